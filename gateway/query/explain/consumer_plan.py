"""The consumer's view of a plan: which relations are read together, what is done there, what the engine does.

It is a function of what the consumer may know: the statement, the policies, and the sizes of relations of which the
consumer sees every row and value. The sizes of all others are left out before the plan is made, so no choice in it
tells of hidden rows. Relations have the consumer's names; filters, masks and sources are not in it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from sqlglot import exp

from connectors.base import Connector
from gateway.catalog.product import Catalog
from gateway.query.bind import BoundQuery
from gateway.query.explain.nodes import Fact, Facts, Node, Told
from gateway.query.explain.words import GROUPS, named, plainly
from gateway.query.plan import cut
from gateway.query.plan.barrier.leaves import ENGINE
from gateway.query.plan.barrier.settled import sizes_in_sight
from gateway.query.plan.draft import Draft, Unit, is_inner
from gateway.query.plan.rules.names import COPY
from gateway.query.plan.rules.transfer import transfer
from gateway.query.plan.schedule import Schedule
from gateway.query.plan.sources import unasked
from gateway.query.rewrite import GovernedQuery
from gateway.sql.dialect import quoted

NOTE = "Planned without the sizes of relations whose rows or values are governed: what runs may differ."
HIDDEN_TEXT = "..."


def consumer_plan(
    bound: BoundQuery, governed: GovernedQuery, catalog: Catalog, connectors: Mapping[str, Connector]
) -> Told:
    """Raises as `plan`; the query is used up."""
    known = replace(catalog, statistics=sizes_in_sight(governed.relations.values(), catalog.statistics))
    draft = cut(governed, known, connectors, unasked)
    by_use = _called(bound)
    called = {alias: by_use[alias.split(COPY)[0]] for alias in draft.leaves}
    return Told("Plan", (_Telling(draft, transfer(draft), called).engine(),), NOTE)


def _called(bound: BoundQuery) -> Mapping[str, str]:
    """Leaf (named by the number of its use) -> the consumer's own alias, with a number where it occurs again."""
    found: dict[str, str] = {}
    for use in bound.resolved.uses:
        name, count = use.alias, 1
        while name in found.values():
            count += 1
            name = f"{use.alias}_{count}"
        found[f"t{use.number}"] = name
    return found


class _Telling:
    """One draft in the consumer's words. Changes nothing of it."""

    def __init__(self, draft: Draft, schedule: Schedule, called: Mapping[str, str]) -> None:
        self._draft = draft
        self._schedule = schedule
        self._called = called
        appearing = [table.alias for tree in draft.trees() for table in tree.find_all(exp.Table, bfs=False)]
        appearing += [sent.origin for sent in schedule.sent]  # a bound stands in no tree
        self._numbers = {alias: f"part {number}" for number, alias in enumerate(
            (alias for alias in dict.fromkeys(appearing) if alias in draft.units), start=1
        )}  # fmt: skip

    def engine(self) -> Node:
        tree = self._draft.tree.copy()
        self._rename_parts(tree)
        for column in tree.find_all(exp.Column):
            if column.table in self._numbers:
                column.set("table", quoted(self._numbers[column.table]))
        text = _shown(named(tree, self._draft, self._called))
        below = tuple(self._part(self._draft.units[alias]) for alias in self._numbers)
        return Node("Engine", "Engine", facts=(("Runs", text),), below=below)

    def _rename_parts(self, tree: exp.Expr) -> None:
        """The consumer's aliases stand for the columns of what is not grouped."""
        for table in list(tree.find_all(exp.Table)):
            if table.alias in self._numbers:
                table.set("this", quoted(self._numbers[table.alias]))
                table.set("alias", None)

    def _part(self, unit: Unit) -> Node:
        members = unit.members.union(*(self._draft.units[needed].members for needed in unit.needs))
        relations = tuple(self._relation(alias) for alias in sorted(members, key=_number))
        domains = tuple(dict.fromkeys(name.split(".")[0] for name in relations))
        name, kind = self._numbers[unit.alias], "Engine" if unit.site == ENGINE else "Source"
        of = f"of {'domain' if len(domains) == 1 else 'domains'} {', '.join(domains)}"
        where = f"in the engine, {of}" if unit.site == ENGINE else f"at the source {of}"
        head: Facts = (("Name", name), ("Domains", domains))
        facts: Facts = (("Relations", relations), ("Runs", self._query(unit)), *self._keys(unit))
        return Node(kind, f"{name.capitalize()}, {where}", head, facts)

    def _relation(self, alias: str) -> str:
        name, called = self._draft.leaves[alias].governed.relation, self._called[alias]
        return name if name.split(".")[1] == called else f"{name} AS {called}"

    def _query(self, unit: Unit) -> str:
        select = unit.select.copy()
        if not unit.grouped:
            select.set("expressions", self._items(unit))
        for table in list(select.find_all(exp.Table)):
            leaf = self._draft.leaves.get(table.alias)
            if leaf is not None:
                domain, name = leaf.governed.relation.split(".")
                table.set("this", quoted(name))
                table.set("db", quoted(domain))
                table.set("alias", exp.TableAlias(this=quoted(self._called[table.alias])))
        self._rename_parts(select)
        for groups in select.find_all(exp.Subquery):
            if is_inner(groups.alias):
                groups.set("alias", exp.TableAlias(this=quoted(GROUPS)))
        return _shown(named(select, self._draft, self._called))

    def _items(self, unit: Unit) -> list[exp.Expr]:
        """The columns that the rest of the statement, or another source as keys, looks at."""
        looked_at = [column for tree in self._draft.trees() for column in tree.find_all(exp.Column)]
        looked_at += [
            ours for sent in self._schedule.sent if sent.origin == unit.alias for ours, _ in sent.pairs
        ]
        own = {column.sql(): column.copy() for column in looked_at if column.table in unit.members}
        return list(own.values()) or [exp.Literal.number("1")]

    def _keys(self, unit: Unit) -> Iterator[tuple[str, Fact]]:
        for sent in self._schedule.sent:
            if sent.target == unit.alias:
                pairs = [f"{self._name(theirs)} = {self._name(ours)}" for ours, theirs in sent.pairs]
                yield f"Keys From {self._numbers[sent.origin].capitalize()}", " AND ".join(pairs)

    def _name(self, column: exp.Column) -> str:
        if column.table in self._numbers:
            return f"{self._numbers[column.table]}.{column.name}"
        return f"{self._called[column.table]}.{column.name}"


def _number(alias: str) -> int:
    return int(alias.removeprefix("t"))


def _shown(tree: exp.Expr) -> str:
    """Without the texts that the consumer compares with: a plan is handed around more freely than they may be."""
    for literal in tree.find_all(exp.Literal):
        if literal.is_string:
            literal.args["this"] = HIDDEN_TEXT
    return plainly(tree)
