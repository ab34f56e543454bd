"""Step 5: which source runs what, and what the engine does with it.

Each governed relation is a barrier of its own: a leaf. The rules cut the statement into units, leaves of one account
that are joined, filtered and added up where they are; each rule is one file and one function. What a rule may move is
decided on typed trees: what it means (`gateway.sql.remote`), and what it tells (`push`).
"""

from collections.abc import Mapping
from dataclasses import replace

from sqlglot import exp

from connectors.base import Connector
from gateway.catalog.product import Catalog
from gateway.errors import SourceUnavailable
from gateway.query.plan.barrier.arrival import depends_on_arrival
from gateway.query.plan.barrier.leaves import Namer, leaf_of
from gateway.query.plan.barrier.settled import errors_in_sight, is_blurred, is_settled, sizes_in_sight
from gateway.query.plan.blocks import selects
from gateway.query.plan.draft import Draft
from gateway.query.plan.emit import emit
from gateway.query.plan.model import (
    Form,
    Fragment,
    Input,
    KeyTransfer,
    Part,
    Plan,
    Stage,
    Trial,
    read_as_stored,
    with_keys,
)
from gateway.query.plan.parts import united
from gateway.query.plan.rules.ahead import ahead
from gateway.query.plan.rules.anyrow import anyrow
from gateway.query.plan.rules.asked import asked
from gateway.query.plan.rules.average import average
from gateway.query.plan.rules.bound import bound
from gateway.query.plan.rules.branches import branches
from gateway.query.plan.rules.counted import counted
from gateway.query.plan.rules.cutoff import cutoff
from gateway.query.plan.rules.decorrelate import decorrelate
from gateway.query.plan.rules.definite import definite
from gateway.query.plan.rules.eachside import eachside
from gateway.query.plan.rules.factor import factor
from gateway.query.plan.rules.fuse import fuse, separate
from gateway.query.plan.rules.hoist import hoist
from gateway.query.plan.rules.inline import inline, merge
from gateway.query.plan.rules.inorder import inorder
from gateway.query.plan.rules.keyed import keyed
from gateway.query.plan.rules.mirror import mirror
from gateway.query.plan.rules.names import COPY, unique_names
from gateway.query.plan.rules.preaggregate import preaggregate
from gateway.query.plan.rules.prefix import prefix
from gateway.query.plan.rules.probe import probe
from gateway.query.plan.rules.push import push
from gateway.query.plan.rules.scalar import scalar
from gateway.query.plan.rules.semijoin import semijoin
from gateway.query.plan.rules.share import share
from gateway.query.plan.rules.sides import sides
from gateway.query.plan.rules.simplify import simplify
from gateway.query.plan.rules.single import single
from gateway.query.plan.rules.summarize import summarize
from gateway.query.plan.rules.tally import tally
from gateway.query.plan.rules.ties import ties
from gateway.query.plan.rules.transfer import transfer
from gateway.query.plan.rules.trial import trial
from gateway.query.plan.rules.unite import unite
from gateway.query.plan.schedule import Schedule
from gateway.query.plan.sources import CanRead, Sources
from gateway.query.rewrite import GovernedQuery, GovernedSelect
from gateway.sql.names.scopes import USE
from gateway.sql.nodes import by_level, copied

__all__ = [
    "Form",
    "Fragment",
    "Input",
    "KeyTransfer",
    "Part",
    "Plan",
    "Stage",
    "Trial",
    "cut",
    "plan",
    "tried_first",
    "with_keys",
    "written",
]

SHAPING = (
    unique_names, asked, mirror, inline, simplify, branches, prefix, hoist, sides, factor, anyrow, decorrelate, single,
    average, counted,
)  # fmt: skip
"""Rules that look at the statement only, in order."""

CUTTING = (separate, push, fuse, push, scalar, eachside, summarize, cutoff, preaggregate, unite)
"""Rules for each block, innermost first, in order."""


def plan(
    query: GovernedQuery, catalog: Catalog, connectors: Mapping[str, Connector], can_read: CanRead
) -> Plan:
    """Raises SourceUnavailable for a product whose source was down when the mesh was loaded.
    The query is used up: copying its typed trees would cost as much as the rest of the step."""
    as_stored = definite(query, catalog.tables)
    branches, errors = len(united(query.tree)), errors_in_sight(query)
    draft = cut(query, catalog, connectors, can_read)
    tried = tried_first(draft, query.names)
    made = _made(draft, query.names, branches)
    made = replace(made, blurred=is_blurred(errors, made), trial=tried)
    return read_as_stored(made) if as_stored else made


def _made(draft: Draft, names: tuple[str, ...], branches: int = 1) -> Plan:
    schedule = transfer(draft)
    ties(draft)
    return written(draft, schedule, names, branches)


def tried_first(draft: Draft, names: tuple[str, ...]) -> Trial | None:
    """Of a draft that is cut and not yet written; it stays as it is. None: there is no trial, or a value that cannot be
    delivered would show whether it was among the rows that were read."""
    tried = trial(draft)
    if tried is None:
        return None
    governed = draft.governed(draft.leaves)
    made = _made(tried.draft, names)
    if governed and any(map(_is_unsure, made.fragments())):
        return None
    found = (
        (name, read.first) for name, read in made.inputs.items() if isinstance(read, Fragment) and read.first
    )
    of, order = next(found)
    return Trial(made, of, order, tried.most, tried.wanted)


def _is_unsure(fragment: Fragment) -> bool:
    return any(column.unsure or column.marks for column in fragment.scan.columns)


def cut(
    query: GovernedQuery, catalog: Catalog, connectors: Mapping[str, Connector], can_read: CanRead
) -> Draft:
    """The statement cut into units, before it is decided which gives keys to which. Raises as `plan`."""
    for select in query.relations.values():
        _check_available(select, catalog.unavailable)
    for shape in SHAPING:
        shape(query.tree)
    settled = is_settled(query)
    sizes = sizes_in_sight(query.relations.values(), catalog.statistics) if settled else catalog.statistics
    draft = _drafted(query, Sources(catalog.tables, connectors, sizes, catalog.accounts, settled, can_read))
    draft.apart = settled and depends_on_arrival(query.tree)
    for block in selects(draft.tree):
        merge(block, draft.tree)
        for rule in CUTTING:
            rule(block, draft)
    ahead(draft)
    semijoin(draft)
    bound(draft)
    return draft


def written(draft: Draft, schedule: Schedule, names: tuple[str, ...], branches: int = 1) -> Plan:
    """Uses the draft up. `branches`: those of UNION ALL that the consumer wrote."""
    keyed(draft, schedule)
    probe(draft, schedule)
    inorder(draft)
    tally(draft)
    return emit(draft, schedule, share(draft, schedule), names, branches)


def _drafted(query: GovernedQuery, sources: Sources) -> Draft:
    tree = query.tree
    tables = [table for table in by_level(tree, exp.Table) if USE in table.meta]
    leaves = {each.alias: leaf_of(each.alias, _own(each, query), sources) for each in tables}
    return Draft(tree, leaves, sources, Namer())


def _own(table: exp.Table, query: GovernedQuery) -> GovernedSelect:
    governed = query.relations[table.meta[USE]]
    return replace(governed, select=copied(governed.select)) if COPY in table.alias else governed


def _check_available(select: GovernedSelect, unavailable: Mapping[tuple[str, str], str]) -> None:
    if select.product in unavailable:
        raise SourceUnavailable(
            f'the data source of product "{select.product[0]}.{select.product[1]}" is unavailable'
        )
    for read in select.inputs.values():
        _check_available(read, unavailable)
