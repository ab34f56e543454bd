"""Statements whose plans may not depend on sizes, as sizes tell of hidden rows.

On which rows a condition is evaluated, the order of joins decides, and which rows a source was asked for; and in which
order rows arrive. Where a condition may raise, or an answer depends on that order, all of it would tell how much is
hidden: such a statement is planned without the sizes of governed relations, and the engine joins what it has filtered
before (`EngineReader`), whose sizes the consumer may know.
"""

from collections.abc import Iterable, Iterator

from sqlglot import exp

from gateway.errors import DataError, InvalidText, NumericOutOfRange
from gateway.query.plan.barrier.arrival import depends_on_arrival
from gateway.query.plan.barrier.raising import ARITHMETIC, NUMBERS, TIMES, raises, raising
from gateway.query.plan.barrier.unreadable import UNREADABLE
from gateway.query.plan.blocks import conditions, items, listing
from gateway.query.plan.model import Plan
from gateway.query.plan.sources import Statistics
from gateway.query.plan.summing import parts
from gateway.query.rewrite import GovernedQuery, GovernedSelect
from gateway.sql.names.resolve import base_tables
from gateway.sql.nodes import by_level, holds
from gateway.sql.remote import TEXT_FAMILY
from gateway.sql.totality import COMPARISONS, T, kind_of

LISTED = ("group", "having", "qualify", "order")
HARMLESS = (
    exp.Alias, exp.Distinct, exp.Exists, exp.Filter, exp.Having, exp.Ordered, exp.Qualify, exp.Star, exp.Where,
    exp.Sum, exp.Avg, exp.Min, exp.Max, exp.Count,
    exp.Window, exp.WindowSpec, exp.RowNumber, exp.Rank, exp.DenseRank, exp.Lag, exp.Lead,
)  # fmt: skip
"""Nodes that raise for no row, if what is below them does not."""

PLAIN = frozenset({*NUMBERS, *TIMES, *TEXT_FAMILY, T.BOOLEAN})


def is_settled(query: GovernedQuery) -> bool:
    """Whether a relation is governed, and something may raise on rows that are not those of the answer, or the answer
    depends on the order of rows. Asked when the tree has got its shape."""
    if not any(relation.barrier for relation in query.relations.values()):
        return False
    if depends_on_arrival(query.tree):
        return True
    last = {id(select) for select in listing(query.tree)}
    return any(
        _may_raise(part)
        for select in by_level(query.tree, exp.Select)
        for part in _evaluated_before(select, is_last=id(select) in last)
    )


def errors_in_sight(query: GovernedQuery) -> frozenset[type[DataError]]:
    """The kinds of errors that may be raised, if a relation is governed."""
    if not any(relation.barrier for relation in query.relations.values()):
        return frozenset()
    parts = (p for one in by_level(query.tree, exp.Select) for p in _evaluated_before(one, is_last=False))
    return frozenset(_error_of(node) for part in parts for node in raising(part, HARMLESS))


def is_blurred(errors: frozenset[type[DataError]], plan: Plan) -> bool:
    """Whether errors of several kinds may be raised: which of them comes first tells where hidden rows lie between
    those that raise them, so that consumers are told of no kind."""
    return DataError in errors or len(errors) + _may_be_unreadable(plan) > 1


def _may_be_unreadable(plan: Plan) -> bool:
    """Of files it is not told whether the engine can read all of them: some of that may be hidden."""
    files = [scan.columns for scan in (fragment.scan for fragment in plan.fragments()) if scan.query is None]
    if any(read.whole for read in plan.native) or any(
        one.marks is not None for columns in files for one in columns
    ):
        return True
    return any(UNREADABLE in sql for sql in (plan.sql, *(stage.sql for stage in plan.stages())))


def _error_of(node: exp.Expr) -> type[DataError]:
    """What the engine raises for it; DataError: one or another."""
    operands = [kind_of(operand) for operand in node.iter_expressions()]
    if isinstance(node, exp.Cast):
        return InvalidText if operands[0] in PLAIN and node.to.this in PLAIN else DataError
    if isinstance(node, COMPARISONS):
        return InvalidText if all(kind in PLAIN for kind in operands) else DataError
    numbers = isinstance(node, (*ARITHMETIC, exp.Neg)) and all(kind in NUMBERS for kind in operands)
    return NumericOutOfRange if numbers else DataError


def sizes_in_sight(relations: Iterable[GovernedSelect], known: Statistics) -> Statistics:
    """The sizes of tables of which no rows or values are hidden."""
    hidden = {table for select in relations if select.barrier for table in _tables(select)}
    return {
        key: {name: size for name, size in sizes.items() if (key, name[-1].lower()) not in hidden}
        for key, sizes in known.items()
    }


def _tables(select: GovernedSelect) -> Iterator[tuple[str, str]]:
    """Source and bare name of the tables that a relation and its inputs read."""
    for table in base_tables(select.select):
        if table.catalog:
            yield table.catalog, table.name.lower()
    for read in select.inputs.values():
        yield from _tables(read)


def _evaluated_before(select: exp.Select, *, is_last: bool) -> Iterator[exp.Expr]:
    yield from conditions(select)
    yield from (item for item in items(select) if not isinstance(item, exp.Table | exp.Subquery))
    for part in [] if is_last else parts(select, LISTED):
        yield from part.expressions if isinstance(part, exp.Group | exp.Order) else [part]


def _may_raise(part: exp.Expr) -> bool:
    return raises(part, HARMLESS) or any(map(_may_find_several, by_level(part, exp.Subquery)))


def _may_find_several(subquery: exp.Subquery) -> bool:
    """Whether one value is asked for, and there may be rows of more."""
    select = subquery.this
    if isinstance(subquery.parent, (exp.From, exp.Join, exp.In, exp.SetOperation, exp.Subquery, exp.Exists)):
        return False
    if not isinstance(select, exp.Select) or select.args.get("group"):
        return True
    return not holds(select.expressions[0], exp.AggFunc)
