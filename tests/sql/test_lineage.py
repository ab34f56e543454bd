"""governance.md, rule 8: tags follow lineage through expressions, join keys and grouping into derived columns."""

import pytest

from gateway.settings import Limits
from gateway.sql.names.lineage import filtering, lineage
from gateway.sql.names.resolve import Resolved, resolve
from gateway.sql.syntax import parse_query

TABLES = {
    ("c", "people"): {
        "id": "BIGINT", "name": "VARCHAR", "mail": "VARCHAR", "age": "BIGINT", "words": "VARCHAR[]",
        "info": "STRUCT(a BIGINT, b VARCHAR)",
    },
    ("c", "orders"): {"id": "BIGINT", "person": "BIGINT", "mail": "VARCHAR", "amount": "DOUBLE"},
}  # fmt: skip
LIMITS = Limits()


def resolved(sql: str) -> Resolved:
    return resolve(parse_query(sql, LIMITS), TABLES)


CASES = {
    # expressions
    "SELECT upper(mail) AS x FROM c.people": "people.mail",
    "SELECT CASE WHEN mail LIKE 'a%' THEN 1 ELSE 2 END AS x FROM c.people": "people.mail",
    "SELECT list_transform(words, t -> t || mail) AS x FROM c.people": "people.mail people.words",
    "SELECT info.b AS x FROM c.people": "people.info",
    "SELECT p AS x FROM (SELECT id, mail FROM c.people) p": "people.id people.mail",
    "SELECT unnest(words) AS x FROM c.people": "people.words",
    "SELECT u.x FROM c.people p, UNNEST(p.words) AS u(x)": "people.words",
    "SELECT 1 AS x FROM c.people": "",
    # join keys: what one of them carries, the other does too, however they are equated and over how many steps
    "SELECT o.mail AS x FROM c.people p JOIN c.orders o ON p.mail = o.mail": "orders.mail people.mail",
    "SELECT o.mail AS x FROM c.people p JOIN c.orders o USING (mail)": "orders.mail people.mail",
    "SELECT mail AS x FROM c.people NATURAL JOIN c.orders": "orders.mail people.mail",
    "SELECT o.mail AS x FROM c.people p, c.orders o WHERE o.mail = lower(p.mail)": "orders.mail people.mail",
    "SELECT o.mail AS x FROM c.people p JOIN c.orders o ON p.mail IS NOT DISTINCT FROM o.mail":
        "orders.mail people.mail",
    "SELECT o.mail AS x FROM c.orders o WHERE o.mail IN (SELECT p.mail FROM c.people p)":
        "orders.mail people.mail",
    "SELECT o.mail AS x FROM c.orders o WHERE EXISTS (SELECT 1 FROM c.people p WHERE p.mail = o.mail)":
        "orders.mail people.mail",
    "SELECT o.mail AS x FROM c.orders o SEMI JOIN c.people p ON p.mail = o.mail": "orders.mail people.mail",
    "SELECT o.mail AS x FROM c.orders o JOIN c.people p ON p.name = p.mail JOIN c.people q ON o.mail = p.name":
        "orders.mail people.mail people.name",
    "SELECT o.id AS x FROM c.people p JOIN c.orders o ON p.mail = o.mail": "orders.id",
    # grouping: a count says how often the value of the group is there
    "SELECT count(*) AS x FROM c.people GROUP BY mail": "people.mail",
    "SELECT count(*) AS x, mail FROM c.people GROUP BY ALL": "people.mail",
    "SELECT count(*) AS x, mail FROM c.people GROUP BY 2": "people.mail",
    "SELECT count(*) AS x FROM c.people GROUP BY ROLLUP (name, mail)": "people.mail people.name",
    "SELECT entropy(age) AS x FROM c.people GROUP BY mail": "people.age people.mail",
    "SELECT histogram(age) AS x FROM c.people GROUP BY mail": "people.age people.mail",
    "SELECT max(age) FILTER (WHERE mail = 'x') AS x FROM c.people": "people.age people.mail",
    "SELECT name AS x, count(*) AS n FROM c.people GROUP BY name, mail": "people.name",
    "SELECT DISTINCT ON (mail) name AS x FROM c.people ORDER BY mail, age":
        "people.age people.mail people.name",
    # windows
    "SELECT row_number() OVER (PARTITION BY mail) AS x FROM c.people": "people.mail",
    "SELECT row_number() OVER w AS x FROM c.people WINDOW w AS (PARTITION BY mail ORDER BY age)":
        "people.age people.mail",
    "SELECT sum(count(*)) OVER () AS x FROM c.people GROUP BY mail": "people.mail",
    # set operations
    "SELECT name AS x FROM c.people UNION SELECT mail FROM c.orders": "orders.mail people.name",
    "SELECT name AS x FROM c.people EXCEPT SELECT mail FROM c.orders": "orders.mail people.name",
    "SELECT id FROM c.people UNION ALL BY NAME SELECT mail AS x, id FROM c.orders": "orders.mail",
    # subqueries and CTEs, their names for columns, and names that hide others
    "SELECT q.x FROM (SELECT mail, name FROM c.people) AS q(x, y)": "people.mail",
    "SELECT (SELECT count(*) FROM c.people p WHERE p.mail = o.mail) AS x FROM c.orders o":
        "orders.mail people.mail",
    "SELECT l.x FROM c.orders o, LATERAL (SELECT p.mail AS x FROM c.people p WHERE p.id = o.person) AS l":
        "people.mail",
    "WITH t(x, b) AS (SELECT mail, name FROM c.people) SELECT x FROM t": "people.mail",
    "WITH T AS (SELECT mail AS Y FROM c.people) SELECT y AS x FROM t": "people.mail",
    "WITH a AS (SELECT mail AS x FROM c.people), b AS (WITH a AS (SELECT x FROM a) SELECT x FROM a) SELECT x FROM b":
        "people.mail",
}  # fmt: skip


@pytest.mark.parametrize(("sql", "expected"), CASES.items(), ids=CASES.keys())
def test_rule_08_where_the_values_of_a_column_come_from(sql: str, expected: str) -> None:
    found = lineage(resolved(sql))["x"]
    assert " ".join(sorted(f"{origin.table[-1]}.{origin.column}" for origin in found)) == expected


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT id FROM c.people WHERE mail = 'a'",
        "SELECT max(id) AS n FROM c.people GROUP BY name HAVING min(mail) > 'a'",
        "SELECT id FROM c.people QUALIFY row_number() OVER (PARTITION BY mail) = 1",
        "SELECT id FROM c.people ORDER BY mail LIMIT 1",
        "SELECT id FROM (SELECT id FROM c.people ORDER BY mail OFFSET 3) AS q",
    ],
)
def test_rule_08_what_decides_on_rows_is_known_for_the_report(sql: str) -> None:
    assert "mail" in {origin.column for origin in filtering(resolved(sql))}
