"""Rule: every item of FROM gets a name of its own in the whole statement, so that no later rule must ask for scopes."""

from collections import Counter

from sqlglot import exp

from gateway.sql.dialect import quoted
from gateway.sql.names.scopes import USE, Scopes
from gateway.sql.nodes import by_level, nodes_of

COPY = "#"
ITEMS = (exp.Table, exp.Subquery, exp.Lateral, exp.Unnest, exp.Values)


def unique_names(tree: exp.Query) -> None:
    """Changes the tree. A relation's use `n` is called `t<n>`, everything else `q<n>`. What a name stands for was
    copied to where the name stood: the relations in each copy have names of their own, as `t<n>#2`."""
    scopes = Scopes()
    found = nodes_of(tree, (exp.Column, exp.TableColumn))
    owners = [(one, scopes.source(one)) for one in found if isinstance(one, exp.Column) and one.table]
    rows = [(one, scopes.named(one.name, one)) for one in found if isinstance(one, exp.TableColumn)]
    named = [node for node in by_level(tree, ITEMS) if node.args.get("alias") and _is_in_from(node)]
    uses = Counter[str]()
    new = {id(node): _name(node, number, uses) for number, node in enumerate(named)}
    for column, owner in owners:
        if owner is not None and id(owner) in new:
            column.set("table", quoted(new[id(owner)]))
    for row, owner in rows:
        if owner is not None and id(owner) in new:
            row.set("this", quoted(new[id(owner)]))
    for node in named:
        _rename(node, new[id(node)])


def _is_in_from(node: exp.Expr) -> bool:
    parent = node.parent
    if isinstance(parent, exp.Lateral):
        return False
    return isinstance(parent, exp.From | exp.Join)


def _name(node: exp.Expr, number: int, uses: Counter[str]) -> str:
    use = node.meta.get(USE) if isinstance(node, exp.Table) else None
    if use is None:
        return f"q{number}"
    name = f"t{use}"
    uses[name] += 1
    return name if uses[name] == 1 else f"{name}{COPY}{uses[name]}"


def _rename(node: exp.Expr, name: str) -> None:
    alias = node.args["alias"]
    if isinstance(alias, exp.TableAlias):
        alias.set("this", quoted(name))
    else:
        node.set("alias", exp.TableAlias(this=quoted(name)))
