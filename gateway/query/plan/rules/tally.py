"""Rule: where all that a LEFT JOIN finds is counted, the engine counts the rows of each key before it joins them.

Each row that is joined is looked up first, and counted after; counted first, the keys are looked up only. 1.5 million
rows of 100,000 keys take it 0.06 s of a processor instead of 0.14. Their source counts them if that costs it less than
to send them (`preaggregate`).
"""

from sqlglot import exp

from gateway.query.plan.blocks import conjuncts, equality, is_left, is_loose, joins, selects
from gateway.query.plan.draft import Draft
from gateway.query.plan.estimate import Estimator
from gateway.query.plan.summing import aggregates_of
from gateway.sql.dialect import quoted
from gateway.sql.literals import cast
from gateway.sql.nodes import copied, nodes_of

EXTREMES = (exp.Min, exp.Max)
"""What is the same of fewer rows that are alike."""
LEAST_ROWS = 10_000
ROWS_OF_A_KEY = 4
"""At least, on average."""
KEY, ROWS = "k", "n"


def tally(draft: Draft) -> None:
    """Changes the trees."""
    for tree in draft.trees():
        for select in selects(tree):
            found = [join for join in joins(select) if is_left(join)] if is_loose(select) else []
            if len(found) == 1 and isinstance(found[0].this, exp.Table):
                _count_first(found[0], select, draft)


def _count_first(join: exp.Join, select: exp.Select, draft: Draft) -> None:
    unit, on = draft.units.get(join.this.alias), list(conjuncts(join.args.get("on")))
    pair = equality(on[0]) if len(on) == 1 else None
    keys = [column for column in pair or () if unit is not None and column.table in unit.members]
    if unit is None or unit.grouped or unit.needs or len(keys) != 1:
        return
    looked_at = [column for column in nodes_of(select, exp.Column) if column.table in unit.members]
    counts = [column.parent for column in looked_at if column is not keys[0] and column.parent is not None]
    counted = {column.name for column in looked_at} == {keys[0].name} and all(map(_is_count, counts))
    if not counts or not counted or not _are_the_same_of_fewer(counts, select):
        return
    estimator = Estimator(draft)
    rows = estimator.unit_rows(unit)
    if (
        rows < LEAST_ROWS
        or not estimator.knows(keys[0])
        or rows < ROWS_OF_A_KEY * estimator.distinct(keys[0])
    ):
        return
    alias = f"{KEY}{unit.alias}"
    for count in counts:
        found = exp.Sum(this=_column(ROWS, alias))
        count.replace(cast(exp.Coalesce(this=found, expressions=[exp.Literal.number(0)]), "BIGINT"))
    join.this.replace(_counted(join.this, keys[0], alias))
    keys[0].replace(_column(KEY, alias))


def _column(name: str, alias: str) -> exp.Column:
    return exp.Column(this=quoted(name), table=quoted(alias))


def _counted(table: exp.Expr, key: exp.Column, alias: str) -> exp.Subquery:
    """Each key of a unit's rows, and how many of them have it."""
    count = exp.Count(this=exp.Star(), big_int=True)
    items = [exp.alias_(copied(key), KEY, quoted=True), exp.alias_(count, ROWS, quoted=True)]
    group = exp.Group(expressions=[copied(key)])
    select = exp.Select(expressions=items, from_=exp.From(this=table.copy()), group=group)
    return exp.Subquery(this=select, alias=exp.TableAlias(this=quoted(alias)))


def _is_count(node: exp.Expr) -> bool:
    return type(node) is exp.Count and not node.expressions


def _are_the_same_of_fewer(counts: list[exp.Expr], select: exp.Select) -> bool:
    """Whether the block adds up nothing else of its rows."""
    found = aggregates_of(select)
    if found is None or select.find(exp.Window):
        return False
    return all(isinstance(one, EXTREMES) or any(one is count for count in counts) for one in found)
