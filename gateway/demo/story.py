"""The analyst's question, asked by three people over the gateway's own PostgreSQL endpoint."""

from dataclasses import dataclass
from typing import LiteralString
from urllib.parse import quote

import psycopg

from gateway.settings import Address

DATABASE = "demo"
PURPOSE = "mesh.purpose"
REFUSED = (
    "42",
)  # SQLSTATE classes by which the gateway says no; anything else is a fault, and not part of the story


@dataclass(frozen=True, slots=True)
class Asker:
    """A principal of the demo mesh, with the password that its principals.yaml holds a verifier of."""

    name: str
    about: str
    purpose: str | None = None

    @property
    def password(self) -> str:
        return f"{self.name}-demo"

    def uri(self, address: Address) -> str:
        """What psql and every driver connect with."""
        options = f"?options={quote(f'-c {PURPOSE}={self.purpose}')}" if self.purpose else ""
        return f"postgresql://{self.name}:{self.password}@{address}/{DATABASE}{options}"


@dataclass(frozen=True, slots=True)
class Question:
    """The first `keys` columns of an answer tell its rows apart."""

    title: str
    sql: LiteralString
    keys: int


@dataclass(frozen=True, slots=True)
class Answer:
    """Rows, or the words of a refusal (SQLSTATE first)."""

    asker: Asker
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[object, ...], ...] = ()
    refusal: str | None = None


ANA = Asker("ana", "shipping analyst in Europe")
FELIX = Asker("felix", "finance, for an audit", purpose="audit")
OLGA = Asker("olga", "contractor")
MIA = Asker("mia", "marketing")
ASKERS = (ANA, FELIX, OLGA)

DELAYS = Question(
    title="How do delays hurt revenue and returns, by region and carrier?",
    keys=2,
    sql="""\
WITH delivered AS (
    SELECT o.region, p.carrier, o.amount, r.return_id,
           p.delivered_on > o.promised_on AS late,
           r.refund + coalesce(c.cost_per_order, 0) AS lost  -- advertising for what came back was in vain
    FROM sales.orders AS o
    JOIN shipping.parcels AS p ON p.order_id = o.order_id
    LEFT JOIN shipping.returns AS r ON r.order_id = o.order_id
    LEFT JOIN marketing.campaigns AS c ON c.campaign_id = o.campaign_id
    WHERE p.attempt = 1 AND p.delivered_on IS NOT NULL
)
SELECT region, carrier, count(*) AS orders, sum(amount) AS revenue,
       round(100.0 * count(*) FILTER (WHERE late) / count(*), 1) AS late_pct,
       round(100.0 * count(return_id) FILTER (WHERE NOT late)
             / nullif(count(*) FILTER (WHERE NOT late), 0), 1) AS on_time_back_pct,
       round(100.0 * count(return_id) FILTER (WHERE late)
             / nullif(count(*) FILTER (WHERE late), 0), 1) AS late_back_pct,
       coalesce(sum(lost) FILTER (WHERE late), 0) AS lost_by_delay
FROM delivered
GROUP BY region, carrier
ORDER BY region, carrier""",
)

CUSTOMERS = Question(
    title="Which customers in Europe got the most back because their order arrived too late?",
    keys=1,
    sql="""\
SELECT c.customer_id, c.name, c.email, sum(r.refund) AS refunded
FROM sales.customers AS c
JOIN sales.orders AS o ON o.customer_id = c.customer_id
JOIN shipping.returns AS r ON r.order_id = o.order_id
WHERE r.reason = 'arrived too late' AND c.region = 'EU'
GROUP BY c.customer_id, c.name, c.email
ORDER BY refunded DESC, c.customer_id
LIMIT 4""",
)
QUESTIONS = (DELAYS, CUSTOMERS)


def ask(asker: Asker, question: Question, address: Address) -> Answer:
    """The gateway's answer or refusal. Raises psycopg.Error for everything else."""
    try:
        with psycopg.connect(asker.uri(address), autocommit=True) as connection:
            cursor = connection.execute(question.sql)
            columns = tuple(column.name for column in cursor.description or ())
            return Answer(asker, columns, tuple(cursor.fetchall()))
    except psycopg.Error as error:
        if not (error.sqlstate or "").startswith(REFUSED):
            raise
        return Answer(asker, refusal=f"{error.sqlstate} {error.diag.message_primary}{_hint(error)}")


def _hint(error: psycopg.Error) -> str:
    return f" ({error.diag.message_hint})" if error.diag.message_hint else ""
