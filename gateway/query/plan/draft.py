"""A statement while it is planned: the consumer's tree, and what stands behind the names in its FROM."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from sqlglot import exp

from gateway.query.plan.barrier.leaves import ENGINE, Leaf, Namer
from gateway.query.plan.sources import Sources
from gateway.sql.nodes import by_level, copied


@dataclass(slots=True)
class Unit:
    """Leaves that one site joins: a fragment (or a stage of the engine) in the making.

    `select` reads leaves by their aliases. Before it is `grouped` (or made distinct, or united with others), it shows
    what the statement around it uses of its leaves; after, items of its own, whose DuckDB types are `types`. `kept`
    says why its site is the engine. `tried`: its first rows are a trial (`trial.py`). A block that the engine runs
    ahead `needs` other units.
    """

    alias: str
    site: str
    source: str
    members: set[str]
    select: exp.Select
    types: dict[str, str] = field(default_factory=dict)
    kept: str = ""
    needs: frozenset[str] = frozenset()
    tried: bool = False

    def item(self, name: str) -> exp.Expr:
        """What a grouped unit shows under a name."""
        return _item(self.select, name)

    def origin(self, name: str) -> exp.Expr:
        """What a grouped unit shows under a name, in what the unit reads, however often it is grouped."""
        select, value = self.select, self.item(name)
        while isinstance(value, exp.Column) and is_regrouped(select):
            select = select.args["from_"].this.this
            value = _item(select, value.name)
        return value

    @property
    def grouped(self) -> bool:
        return bool(self.types)


def _item(select: exp.Select, name: str) -> exp.Expr:
    found: exp.Expr = next(item for item in select.expressions if item.alias_or_name == name)
    return found.unalias()


def inner_name(unit: str, below: exp.Query) -> str:
    """Of what stands in the FROM of a unit in the place of leaves: groups, or a set operation."""
    return f"{unit}.{1 + sum(1 for _ in by_level(below, exp.Subquery))}"


def is_inner(name: str) -> bool:
    """Whether it is one of those. No other name in a FROM has a point."""
    return "." in name


def _only_source(select: exp.Select) -> exp.Expr | None:
    start = select.args.get("from_")
    return start.this if start is not None else None


def is_regrouped(select: exp.Select) -> bool:
    """Whether the SELECT of a grouped unit reads rows that are grouped already."""
    source = _only_source(select)
    return (
        isinstance(source, exp.Subquery)
        and isinstance(source.this, exp.Select)
        and not source.meta.get("leaf")
    )


def operation_of(select: exp.Select) -> exp.SetOperation | None:
    """The set operation whose rows the SELECT of a grouped unit shows."""
    source = _only_source(select)
    operation = source.this if isinstance(source, exp.Subquery) else None
    return operation if isinstance(operation, exp.SetOperation) else None


@dataclass(frozen=True, slots=True)
class Bound:
    """Of the rows that have `column`, those matter only that are at least (`lower`) or at most what a unit shows for
    its column `value`; all do if that is NULL."""

    value: exp.Column
    column: exp.Column
    lower: bool


@dataclass(slots=True)
class Draft:
    """`apart`: no source joins anything, as the answer depends on the order of joined rows, which a source chooses by
    what it knows of hidden ones, too."""

    tree: exp.Query
    leaves: dict[str, Leaf]
    sources: Sources
    namer: Namer
    units: dict[str, Unit] = field(default_factory=dict)
    bounds: list[Bound] = field(default_factory=list)
    apart: bool = False

    def fork(self) -> "Draft":
        """Another draft of the same statement: what is planned further of the one leaves the other as it is."""
        leaves = {alias: replace(leaf, select=copied(leaf.select)) for alias, leaf in self.leaves.items()}
        units = {
            alias: replace(
                unit, members=set(unit.members), select=copied(unit.select), types=dict(unit.types)
            )
            for alias, unit in self.units.items()
        }
        return replace(self, tree=copied(self.tree), leaves=leaves, namer=Namer(), units=units)

    def leaf(self, column: exp.Column) -> Leaf | None:
        return self.leaves.get(column.table)

    def trees(self) -> list[exp.Query]:
        """The statement, and the blocks of it that run ahead."""
        return [self.tree, *(unit.select for unit in self.units.values() if unit.needs)]

    def dialect(self, unit: Unit) -> str:
        return "duckdb" if unit.site == ENGINE else self.sources.dialect(unit.source) or ""

    def leaves_of(self, aliases: Iterable[str]) -> set[str]:
        """Of names in FROM: the leaves, and those of the units."""
        named = set(aliases)
        inside = (unit.members for alias, unit in self.units.items() if alias in named)
        return (named & self.leaves.keys()).union(*inside)

    def governed(self, aliases: Iterable[str]) -> bool:
        """Whether something is hidden behind one of these leaves."""
        return any(self.leaves[alias].governed.barrier for alias in aliases if alias in self.leaves)
