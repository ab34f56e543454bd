"""Rule: of what a LEFT JOIN finds, where nothing is looked at but how many values there are, the column by which it is
found is counted, in rows that have a value: so that the source need not send it.

A row of NULLs, which stands where nothing was found, counts for nothing either way, and what equals another column is
not NULL. That a source says of a column that it never is does not count here: it may have changed since.
"""

from sqlglot import exp

from gateway.query.plan.blocks import conjuncts, equality, is_left, is_loose, joins, selects
from gateway.sql.literals import shared_type
from gateway.sql.nodes import copied

EXTREMES = (exp.Min, exp.Max)
"""What is the same of fewer rows that are alike."""


def counted(tree: exp.Query) -> None:
    """Changes the tree."""
    for select in selects(tree):
        for join in joins(select) if is_loose(select) else ():
            if is_left(join) and isinstance(join.this, exp.Table):
                _count_found(select, join)


def _count_found(select: exp.Select, join: exp.Join) -> None:
    key, needed = _key(join), _of(join.this, join.args.get("on"))
    values = [column for column in _of(join.this, select) if not any(column is one for one in needed)]
    names = {column.name for column in values}
    if key is None or len(names) != 1 or not names.isdisjoint(column.name for column in needed):
        return
    if _are_only_counted(values, select):
        join.set("on", exp.And(this=join.args["on"], expression=_is_there(values[0])))
        for value in values:
            value.replace(copied(key))


def _of(table: exp.Table, node: exp.Expr | None) -> list[exp.Column]:
    columns = node.find_all(exp.Column) if node is not None else ()
    return [column for column in columns if column.table == table.alias]


def _key(join: exp.Join) -> exp.Column | None:
    """A column of the joined table that equals another's."""
    pairs = (equality(condition) or () for condition in conjuncts(join.args.get("on")))
    return next((column for pair in pairs for column in pair if column.table == join.this.alias), None)


def _are_only_counted(values: list[exp.Column], select: exp.Select) -> bool:
    """Whether all that the block adds up, beside extremes, is how many values there are."""
    counts = [value.parent for value in values]
    others = [node for node in select.find_all(exp.AggFunc) if not any(node is count for count in counts)]
    return all(map(_is_count, counts)) and all(isinstance(node, EXTREMES) for node in others)


def _is_count(node: exp.Expr | None) -> bool:
    return type(node) is exp.Count and not node.expressions and not isinstance(node.parent, exp.Window)


def _is_there(value: exp.Column) -> exp.Expr:
    missing = exp.Is(this=copied(value), expression=exp.Null())
    there = exp.Not(this=missing)
    missing.type = there.type = shared_type("BOOLEAN")
    return there
