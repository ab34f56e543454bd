"""Plans that are remembered, so that a statement that comes again is not planned again, nor one that differs from it in
literals or parameters only.

What a plan depends on is its key: the statement's shape with the kinds of its literals and parameters, purpose and
endpoint; the columns and types that the user sees of each relation it reads; and its authorization: rules, row filters
with the attributes that they name, masks, and where values of tagged columns may go. Catalog, policies and limits need
no place in it: each mesh has a cache of its own, and a reload makes another mesh.

Nothing is allowed from memory. Each statement is decided and authorized anew, and a plan is found by what `authorize`
returned. Nothing is known here of any source's values: a plan holds those of the text and of parameters only.
"""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass

from sqlglot import exp

from gateway.catalog.expressions import attributes_named
from gateway.catalog.product import Catalog
from gateway.query.authorize import AuthorizedQuery, GovernedRelation
from gateway.query.bind import BoundQuery
from gateway.query.parameters import kinds_and_slots
from gateway.query.parse import Statement
from gateway.query.plan.model import Plan
from gateway.query.plan_forms import Form, form_of
from gateway.query.recent import Recent
from gateway.query.request import Request
from gateway.query.visible import VisibleCatalog, VisibleRelation
from gateway.settings import Limits
from gateway.sql.names.base_columns import BaseColumn
from gateway.sql.names.resolve import Resolved, TableName, TableUse
from gateway.sql.shape import Shape, Slot, shape
from policies.decision import RowFilter

ENTRIES = 4_096
BYTES = 32 * 2**20
"""Of each of the memories below, about."""
ENTRY = 2_048
"""Bytes of an entry beside its texts, about."""
FORMS = 8
"""How many plans are kept of statements that differ in more than free literals."""

LONGEST = 2**15
"""Characters of a statement: nothing is kept of a longer one."""
LONGEST_PLAN = 2**17
"""Characters of all of a plan's texts."""

Key = tuple[Hashable, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """A request taken apart: what its plan depends on, and the literals that it may turn out not to depend on."""

    key: Key
    values: tuple[Slot, ...]

    @property
    def size(self) -> int:
        return ENTRY + sum(len(part) for part in self.key if isinstance(part, str))


@dataclass(frozen=True, slots=True)
class _Bound:
    """What binding found out, but for the tree, which planning uses up."""

    uses: tuple[TableUse, ...]
    names: tuple[str, ...]
    base: tuple[BaseColumn | None, ...]
    parameters: tuple[str, ...]


class PlanCache:
    """Of one mesh, for any number of threads."""

    def __init__(self, entries: int = ENTRIES, room: int = BYTES) -> None:
        self._shapes: Recent[str, Shape] = Recent(entries, room)
        self._tables: Recent[Key, tuple[TableName, ...]] = Recent(entries, room)
        self._bound: Recent[Key, _Bound] = Recent(entries, room)
        self._forms: Recent[Key, tuple[Form, ...]] = Recent(entries, room)
        self._attributes: dict[tuple[str, str], tuple[str, ...]] = {}

    def asked(self, request: Request, limits: Limits, *, describing: bool = False) -> Asked | None:
        """None: no plan of such a request is kept."""
        found = self._shape(request.text, limits)
        given = None if found is None else kinds_and_slots(request.parameters, found)
        if found is None or given is None:
            return None
        kinds, slots = given
        key = (
            found.key,
            request.endpoint,
            request.purpose,
            request.search_path,
            request.zone,
            request.parameter_types,
            request.partly,
            kinds,
        )
        return Asked((*key, describing and found.asks), (*found.slots, *slots))

    def bound(self, asked: Asked, visible: VisibleCatalog) -> BoundQuery | None:
        """The request as `bind` would bind it now, for `authorize` and `plan` only: the tree in it is empty.

        None: it was not bound before with the same columns in sight. Raises as `VisibleCatalog.relation`.
        """
        tables = self._tables.get(asked.key)
        if tables is None:
            return None
        seen = {name: visible.relation(name) for name in tables}
        found = self._bound.get((asked.key, _in_sight(seen.values())))
        if found is None:
            return None
        relations = {use.number: seen[use.table] for use in found.uses}
        resolved = Resolved(exp.Select(), found.uses, found.names, base=found.base)
        return BoundQuery(resolved, relations, found.parameters)

    def plan(self, asked: Asked, query: AuthorizedQuery) -> Plan | None:
        """The plan of what is asked, under this authorization of it."""
        forms = self._forms.get(self._key(asked, query)) or ()
        return next((form.filled(asked.values) for form in forms if form.serves(asked.values)), None)

    def remember(
        self, asked: Asked | None, statement: Statement, query: AuthorizedQuery, planned: Plan
    ) -> None:
        """The plan that was made for what is asked, if another statement can have it."""
        if asked is None or statement.form != "rows" or query.bound.of_session:
            return
        new = form_of(planned, asked.values)
        if new.size > LONGEST_PLAN:
            return
        resolved = query.bound.resolved
        self._tables.put(asked.key, statement.tables, asked.size)
        found = _Bound(resolved.uses, resolved.names, resolved.base, query.bound.parameters)
        self._bound.put(
            (asked.key, _in_sight(map(query.visible.relation, statement.tables))), found, asked.size
        )
        key = self._key(asked, query)
        forms = _with_form(self._forms.get(key) or (), new)
        self._forms.put(key, forms, asked.size + 2 * sum(form.size for form in forms))  # in pieces, and whole

    def _shape(self, text: str, limits: Limits) -> Shape | None:
        found = self._shapes.get(text)
        if found is None and len(text) <= LONGEST:
            found = shape(text, limits)
            if found is not None:
                self._shapes.put(text, found, ENTRY + 2 * len(text))
        return found

    # --- what an authorization comes down to -----------------------------------------------------------------

    def _key(self, asked: Asked, query: AuthorizedQuery) -> Key:
        visible = query.visible
        relations = tuple((number, self._governed(each, visible)) for number, each in query.relations.items())
        seen = tuple((number, tuple(each.columns.items())) for number, each in query.bound.relations.items())
        return asked.key, relations, seen

    def _governed(self, governed: GovernedRelation, visible: VisibleCatalog) -> Key:
        rows = (tuple(self._row(row, visible) for row in alternatives) for alternatives in governed.filters)
        inputs = ((name, self._governed(read, visible)) for name, read in governed.inputs.items())
        whole = governed.body is governed.relation.body
        return (
            governed.relation.qualified_name, governed.columns, governed.rules, tuple(governed.masks.items()),
            tuple(governed.confined.items()), whole, tuple(rows), tuple(inputs),
        )  # fmt: skip

    def _row(self, row: RowFilter, visible: VisibleCatalog) -> Key:
        """A row filter and what the attributes that it names are; equal values of two types are two."""
        attributes = visible.principal.attributes
        return row, tuple(repr(attributes.get(name)) for name in self._named(row, visible.catalog))

    def _named(self, row: RowFilter, catalog: Catalog) -> tuple[str, ...]:
        names = self._attributes.get((row.domain, row.name))
        if names is None:
            names = tuple(sorted(attributes_named(catalog.filter(row.domain, row.name))))
            self._attributes[row.domain, row.name] = names
        return names


def _in_sight(seen: Iterable[VisibleRelation]) -> Key:
    """The columns and types that are seen of each table."""
    return tuple(tuple(relation.columns.items()) for relation in seen)


def _with_form(forms: tuple[Form, ...], new: Form) -> tuple[Form, ...]:
    """The new form in the place of one that it widens, newest first."""
    for form in forms:
        wider = form.widened(new)
        if wider is not None:
            return wider, *(other for other in forms if other is not form)
    return (new, *forms)[:FORMS]
