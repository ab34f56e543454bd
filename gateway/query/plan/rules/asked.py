"""Rule: what a block groups by and asks a subquery for is calculated before it groups.

`SELECT CASE WHEN id IN (SELECT ...) THEN 1 END AS vip, count(*) ... GROUP BY vip` says the same expression twice. The
engine would have to see that it is the same, and each side's subquery is planned by itself.
"""

from collections.abc import Iterator, Mapping

from sqlglot import exp

from gateway.query.plan.blocks import items, selects
from gateway.query.plan.rules.names import ITEMS
from gateway.query.plan.summing import replaced
from gateway.sql.dialect import quoted
from gateway.sql.nodes import by_level, holds

BEFORE = ("from_", "joins", "laterals", "where")
AFTER = ("group", "having", "qualify", "order", "distinct", "windows")
SETS = (exp.Group, exp.GroupingSets, exp.Rollup, exp.Cube, exp.Tuple, exp.Paren)


def asked(tree: exp.Query) -> None:
    """Changes the tree."""
    for number, select in enumerate(selects(tree)):
        group = select.args.get("group")
        keys = [key for key in _keys(group) if holds(key, exp.Query)] if group is not None else []
        if keys and not select.args.get("sample") and not holds(select, exp.TableColumn):
            _Calculated(select, f"g{number}").before_grouping(keys)


def _keys(node: exp.Expr) -> Iterator[exp.Expr]:
    if isinstance(node, SETS):
        for inner in node.iter_expressions():
            yield from _keys(inner)
    else:
        yield node


class _Calculated:
    """A block in two: the inner one calculates keys, the outer one groups by them."""

    def __init__(self, select: exp.Select, name: str) -> None:
        self._select = select
        self._name = name
        self._own = {item.alias for item in items(select)}
        self._shown: dict[str, exp.Expr] = {}

    def before_grouping(self, keys: list[exp.Expr]) -> None:
        select = self._select
        for key in keys:
            self._shown.setdefault(_text(key), key.copy())
        clauses = {clause: select.args.get(clause) for clause in BEFORE}
        for item in select.expressions:
            if isinstance(item, exp.Column):
                item.replace(exp.alias_(item.copy(), item.name, quoted=True))
        for part in [
            *select.expressions,
            *(select.args[clause] for clause in AFTER if select.args.get(clause)),
        ]:
            for each in part if isinstance(part, list) else [part]:
                replaced(each, self._put)
        listed = [exp.alias_(value, f"k{n}", quoted=True) for n, value in enumerate(self._shown.values(), 1)]
        inner = exp.Select(expressions=listed, **clauses)
        for clause in BEFORE:
            select.set(clause, None)
        around = exp.Subquery(this=inner, alias=exp.TableAlias(this=quoted(self._name)))
        select.set("from_", exp.From(this=around))

    def _put(self, node: exp.Expr) -> exp.Expr | None:
        if isinstance(node, exp.Column):
            if node.table not in self._own:
                return None
            self._shown.setdefault(_text(node), node.copy())
        elif not holds(node, exp.Query) or _text(node) not in self._shown:
            return None
        column = exp.column(f"k{list(self._shown).index(_text(node)) + 1}", self._name, quoted=True)
        column.type = node.type
        return column


def _text(key: exp.Expr) -> str:
    """Of copies of one expression the same: each has other names in its FROMs."""
    copy = key.copy()
    named = [node for node in by_level(copy, ITEMS) if node.alias]
    names: Mapping[str, str] = {node.alias: f"#{number}" for number, node in enumerate(named)}
    for node in named:
        node.set("alias", exp.TableAlias(this=quoted(names[node.alias])))
    for column in by_level(copy, exp.Column):
        if column.table in names:
            column.set("table", quoted(names[column.table]))
    return copy.sql()
