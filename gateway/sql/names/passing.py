"""Which columns of a query are a table's column handed up as it is, through subqueries, CTEs and set operations."""

from collections.abc import Callable

from sqlglot import exp

from gateway.sql.names.scopes import Scopes, cte_of

Shows = Callable[[exp.Table, str], bool]
"""Whether a base table's column is one of those that are looked for."""


def passed_on(query: exp.Query, shows: Shows) -> frozenset[str]:
    """Names of the result columns every value of which is one of a column that `shows` says yes to."""
    walk = _Walk(shows)
    return frozenset(name for name in query.named_selects if walk.shown(query, name))


class _Walk:
    def __init__(self, shows: Shows) -> None:
        self._shows = shows
        self._scopes = Scopes()
        self._known: dict[tuple[int, str], bool] = {}

    def shown(self, query: exp.Expr, name: str) -> bool:
        """What a query reads of itself shows what the rest of it does."""
        key = (id(query), name)
        if key not in self._known:
            self._known[key] = True
            self._known[key] = self._of(query, name)
        return self._known[key]

    def _of(self, query: exp.Expr, name: str) -> bool:
        if isinstance(query, exp.Subquery):
            return self.shown(query.this, name)
        if isinstance(query, exp.SetOperation):
            return all(self.shown(side, column) for side, column in _sides(query, name))
        found = [item.unalias() for item in query.expressions if item.alias_or_name == name]
        if len(found) != 1 or not isinstance(query, exp.Select) or not isinstance(found[0], exp.Column):
            return False
        value, source = found[0], self._scopes.source(found[0])
        if isinstance(source, exp.Subquery):
            return self.shown(source.this, value.name)
        if not isinstance(source, exp.Table):
            return False
        cte = cte_of(source)
        return self._shows(source, value.name) if cte is None else self.shown(cte.this, value.name)


def _sides(query: exp.SetOperation, name: str) -> list[tuple[exp.Expr, str]]:
    left, right = query.left.named_selects, query.right.named_selects
    if query.args.get("by_name"):
        return [(side, name) for side in (query.left, query.right) if name in side.named_selects]
    return [(query.left, name), (query.right, right[left.index(name)])]
