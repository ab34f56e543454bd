"""A SELECT with fewer columns and the same rows."""

from collections.abc import Iterable

from sqlglot import exp

from gateway.sql.lineage import is_computed_over_rows

FREE_OF_THE_LIST = frozenset(
    {"expressions", "from_", "joins", "where", "laterals", "with_", "group", "having"}
)
"""Clauses of a SELECT that its list has no part in, once names and positions of it are written out."""


def narrowed(select: exp.Select, names: Iterable[str]) -> exp.Select:
    """A copy whose list has only the items of these names; with all of them where the others have a part in which rows
    there are (DISTINCT, ORDER BY, an aggregate without groups, UNNEST)."""
    wanted = {*names}
    narrow = select.copy()
    if not _is_free(narrow):
        return narrow
    kept = [item for item in narrow.expressions if item.alias_or_name in wanted]
    narrow.set("expressions", kept or [exp.alias_(exp.true(), "nothing", quoted=True)])
    source = narrow.args["from_"].this
    if (
        isinstance(source, exp.Subquery)
        and isinstance(source.this, exp.Select)
        and not narrow.args.get("joins")
    ):
        used = (column.name for column in narrow.find_all(exp.Column) if column.table == source.alias)
        source.set("this", narrowed(source.this, [*used]))
    return narrow


def _is_free(select: exp.Select) -> bool:
    group = select.args.get("group")
    if not {key for key, value in select.args.items() if value} <= FREE_OF_THE_LIST:
        return False
    if group is not None:
        return not group.args.get("all")
    return not any(
        is_computed_over_rows(item) or item.find(exp.Unnest, exp.Explode, exp.Posexplode)
        for item in select.expressions
    )
