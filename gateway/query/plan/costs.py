"""What work costs where, in microseconds of one processor for each row.

Measured with PostgreSQL 17 and 18 on TPC-H at scale 1 (6 million rows): sending one bigint takes the server 0.15, each
value more 0.05 and a numeric 0.15; adding up in few groups 0.1 to 0.2, in a million groups 0.5 more, since every row
misses the caches; joining two tables 0.35. The gateway receives a value in 0.05. Only the ratios matter.
"""

from collections.abc import Sequence

from sqlglot import exp

from gateway.query.plan.draft import Unit
from gateway.query.plan.estimate import Estimator
from gateway.sql.nodes import by_level, text_of
from gateway.sql.totality import T, kind_of

SENDING = 0.10
VALUE = 0.10
NUMBER = 0.20
GROUPING = 0.10
ADDING = 0.08
COUNTING = 0.02
SPREADING = 0.35
IN_ORDER = 0.06
MANY_GROUPS = 10_000
SUM = 0.30
"""A sum of decimals is received as text."""

KEY = 4.0
"""A key that is sent to a source, and looked up there for its rows."""
READING = 0.1
"""A row of a table that a source or the engine looks at."""
ARRIVING = {"postgres": 0.6, "sqlite": 8.0}
"""A row of a few values, sent and received; SQLite's come through Python."""
SHARED = 0.5
"""Of work that goes on beside other work, how much delays it: servers and gateway share processors."""
ROUND_TRIP = 500.0
"""A statement that a source is asked besides another."""
AT_HAND = 0.05
"""A row that the engine has already."""

JOIN_KEEPS = 0.7
"""A join at the source pays if it leaves fewer of its inputs' rows than this: the engine joins ten times as fast."""


def is_worth_adding_up(
    unit: Unit,
    aggregates: Sequence[exp.Expr],
    keys: Sequence[exp.Expr],
    estimator: Estimator,
    *,
    in_order: bool = False,
) -> bool:
    """Whether a unit's rows cost less added up at its source than sent as they are. Where the source says nothing of
    its sizes, the least is sent. `in_order`: rows of one group lie together."""
    if unit.grouped or not estimator.is_known(unit):
        return True
    rows, groups = estimator.unit_rows(unit), estimator.groups(unit, keys)
    columns = {
        text_of(column): column for node in (*aggregates, *keys) for column in by_level(node, exp.Column)
    }
    own = [column for column in columns.values() if column.table in unit.members]
    many = 0.0 if groups <= MANY_GROUPS else IN_ORDER if in_order else SPREADING
    return _of_adding_up(rows, groups, len(keys), aggregates, many) <= _of_sending(rows, own)


def is_worth_uniting(rows: float, found: float, columns: Sequence[exp.Expr]) -> bool:
    """Whether a set operation at the source, over so many rows, costs less than sending them. Measured with PostgreSQL
    18: it looks at a row in 0.1 to 0.2, and each that it has found or holds takes 0.4 more."""
    asked = rows * GROUPING + found * SPREADING + _of_sending(found, columns)
    return asked <= _of_sending(rows, columns) + ROUND_TRIP


def _of_sending(rows: float, columns: Sequence[exp.Expr]) -> float:
    return rows * (SENDING + sum(NUMBER if kind_of(column) is T.DECIMAL else VALUE for column in columns))


def _of_adding_up(
    rows: float, groups: float, keys: int, aggregates: Sequence[exp.Expr], many: float
) -> float:
    parts = [COUNTING if isinstance(one, exp.Count) else ADDING for one in aggregates]
    each = (GROUPING if keys else 0) + sum(parts) + many
    return rows * each + groups * (SENDING + keys * VALUE + len(parts) * SUM)


def of_reading(read: float, rows: float, keys: float, dialect: str) -> float:
    """Until a unit that looks at `read` rows and was sent `keys` has answered with `rows`."""
    return read * READING + keys * KEY + rows * ARRIVING.get(dialect, AT_HAND)
