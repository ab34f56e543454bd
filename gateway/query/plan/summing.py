"""Aggregates in parts: what a source adds up, and what the engine makes of it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from sqlglot import exp

from gateway.query.plan.draft import Draft, Unit
from gateway.sql.dialect import quoted
from gateway.sql.exact import is_whole, scale_of
from gateway.sql.literals import shared_type
from gateway.sql.nodes import QUERIES, copied, everything, holds, text_of

KNOWN = (exp.Sum, exp.Count, exp.Min, exp.Max)
TEXTS = (exp.Substring, exp.Left, exp.Right, exp.Upper, exp.Lower, exp.DPipe)


def own_nodes(node: exp.Expr) -> Iterator[exp.Expr]:
    """The node and what is below it, but for subqueries."""
    return (each for each in everything(node, QUERIES) if not isinstance(each, exp.Query))


def parts(select: exp.Select, clauses: tuple[str, ...]) -> list[exp.Expr]:
    """The items of a block's list, and those of the clauses that it has."""
    return [*select.expressions, *(select.args[key] for key in clauses if select.args.get(key))]


def parts_nodes(select: exp.Select, clauses: tuple[str, ...]) -> Iterator[exp.Expr]:
    return (node for part in parts(select, clauses) for node in own_nodes(part))


def aggregates_of(select: exp.Select) -> list[exp.AggFunc] | None:
    """The aggregates of a block; None: some is a window, filtered, ordered, or of a kind that is not taken apart."""
    found: list[exp.AggFunc] = []
    for node in parts_nodes(select, ("having", "order", "qualify")):
        if isinstance(node, exp.Window | exp.Filter | exp.WithinGroup) and isinstance(
            node.this, (*KNOWN, exp.Avg)
        ):
            return None
        if isinstance(node, exp.AggFunc) and not isinstance(node.parent, exp.Window):
            found.append(node)
    return found if all(isinstance(one, KNOWN) for one in found) else None


def keys_of(select: exp.Select) -> list[exp.Expr] | None:
    """The expressions grouped by; None: grouping sets, ALL, or a constant."""
    group = select.args.get("group")
    if group is None:
        return []
    if {key for key, value in group.args.items() if value} - {"expressions"}:
        return None
    keys = list(group.expressions)
    return keys if all(holds(key, exp.Column) for key in keys) else None


def type_of(node: exp.Expr, draft: Draft) -> str | None:
    """The DuckDB type of an expression that a source may be asked for; None: not known for sure."""
    node = node.unnest()
    if isinstance(node, exp.Column):
        unit = draft.units.get(node.table)
        leaf = draft.leaves.get(node.table)
        return unit.types.get(node.name) if unit else leaf.types.get(node.name) if leaf else None
    if isinstance(node, exp.Count):
        return "BIGINT"
    if isinstance(node, exp.Sum):
        scale = scale_of(node.this)
        return f"DECIMAL(38,{scale})" if scale is not None else "HUGEINT" if is_whole(node.this) else None
    if isinstance(node, exp.Min | exp.Max):
        return type_of(node.this, draft)
    if isinstance(node, exp.Extract):
        return "BIGINT"
    return "VARCHAR" if isinstance(node, TEXTS) else None


@dataclass(slots=True)
class Outputs:
    """The items that a grouped unit will have. Equal expressions are shown once."""

    unit: Unit
    draft: Draft
    items: dict[str, tuple[exp.Expr, str]] = field(default_factory=dict)
    _names: dict[str, str] = field(default_factory=dict)

    def column(self, node: exp.Expr) -> exp.Column | None:
        """What stands for the expression outside of the unit; None: its type is not known."""
        text = text_of(node)
        if text not in self._names:
            kind = type_of(node, self.draft)
            if kind is None:
                return None
            self._names[text] = self._name(node)
            self.items[self._names[text]] = (copied(node), kind)
        name = self._names[text]
        column = exp.Column(this=quoted(name), table=quoted(self.unit.alias))
        column.type = shared_type(self.items[name][1])
        return column

    def _name(self, node: exp.Expr) -> str:
        wanted = node.name if isinstance(node, exp.Column) else node.key
        name, count = wanted, 1
        while name in self.items:
            count += 1
            name = f"{wanted}_{count}"
        return name

    def settle(self) -> None:
        """Give the unit its items."""
        self.unit.select.set(
            "expressions",
            [
                exp.alias_(copied(node), name, quoted=True, copy=False)
                for name, (node, _) in self.items.items()
            ],
        )
        self.unit.types = {name: kind for name, (_, kind) in self.items.items()}


def replaced(node: exp.Expr, put: Callable[[exp.Expr], exp.Expr | None]) -> exp.Expr:
    """The expression with what `put` gives for some of its parts, outermost first. Changes the node."""
    new = put(node)
    if new is not None:
        node.replace(new)
        return new
    for child in list(node.iter_expressions()):
        replaced(child, put)
    return node
