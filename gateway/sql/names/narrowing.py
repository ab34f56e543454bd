"""A SELECT with fewer columns and the same rows."""

from collections.abc import Iterable, Iterator

from sqlglot import exp

from gateway.sql.names.lineage import is_computed_over_rows
from gateway.sql.names.scopes import Scopes, cte_of

FREE_OF_THE_LIST = frozenset(
    {"expressions", "from_", "joins", "where", "laterals", "with_", "group", "having"}
)
"""Clauses of a SELECT that its list has no part in, once names and positions of it are written out."""


def narrowed(select: exp.Select, names: Iterable[str]) -> exp.Select:
    """A copy whose list has only the items of these names, and so have its subqueries and CTEs what they are read for;
    with all of them where the others have a part in which rows there are (DISTINCT, ORDER BY, an aggregate without
    groups, UNNEST)."""
    narrow = select.copy()
    _narrow(narrow, {*names})
    return narrow


def _narrow(select: exp.Select, wanted: set[str]) -> None:
    if not _is_free(select):
        return
    kept = [item for item in select.expressions if item.alias_or_name in wanted]
    select.set("expressions", kept or [exp.alias_(exp.true(), "nothing", quoted=True)])
    if select.find(exp.TableColumn):  # a whole row of something: all of its columns are read
        return
    for source in _subqueries(select):
        _narrow(source.this, _read_of(select, [source]))
    for cte in reversed(select.ctes):
        if isinstance(cte.this, exp.Select) and not cte.args["alias"].columns:
            _narrow(cte.this, _read_of(select, _references(select, cte)))


def _is_free(select: exp.Select) -> bool:
    clauses = {key for key, value in select.args.items() if value}
    group, with_ = select.args.get("group"), select.args.get("with_")
    if not clauses <= FREE_OF_THE_LIST or (with_ is not None and with_.args.get("recursive")):
        return False
    if group is not None:
        return not group.args.get("all")
    return not any(
        is_computed_over_rows(item) or item.find(exp.Unnest, exp.Explode, exp.Posexplode)
        for item in select.expressions
    )


def _subqueries(select: exp.Select) -> Iterator[exp.Subquery]:
    """Those that its FROM reads, but for those that name their columns by position."""
    clauses = [select.args.get("from_"), *(select.args.get("joins") or ())]
    for clause in clauses:
        source = clause.this if clause is not None else None
        named = source.args["alias"].columns if source is not None and source.args.get("alias") else ()
        if isinstance(source, exp.Subquery) and isinstance(source.this, exp.Select) and not named:
            yield source


def _references(select: exp.Select, cte: exp.CTE) -> list[exp.Expr]:
    return [table for table in select.find_all(exp.Table) if cte_of(table) is cte]


def _read_of(select: exp.Select, sources: list[exp.Expr]) -> set[str]:
    scopes = Scopes()
    found = {id(source) for source in sources}
    return {column.name for column in select.find_all(exp.Column) if id(scopes.source(column)) in found}
