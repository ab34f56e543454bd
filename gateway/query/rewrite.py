"""Step 4: obligations become SQL. Each reference to a relation becomes a SELECT that shows what its reader may see.

The type is the proof: `rewrite` takes an AuthorizedQuery, which only `authorize` makes.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from sqlglot import exp

from gateway.catalog.product import Catalog, Column
from gateway.query.authorize import AuthorizedQuery, GovernedRelation
from gateway.query.visible import Alternatives
from gateway.sql.dialect import quoted
from gateway.sql.doubt import doubting, failed_casts
from gateway.sql.literals import cast, data_type, literal, shared_type
from gateway.sql.masks import masked, substituted
from gateway.sql.names.passing import passed_on
from gateway.sql.nodes import by_level, copied
from gateway.sql.totality import ATTEMPT, COMPARISONS, numeric, one_family, operands_of, totalized
from policies.decision import ColumnMask, RowFilter
from policies.fields import values_of
from policies.principal import AttributeValue, Principal

SELF = "r"
"""The alias under which a governed relation's own SELECT reads its body."""

ATTRIBUTE = "attribute"
"""Key in the meta of a literal that is an attribute of the principal."""


@dataclass(frozen=True, slots=True)
class GovernedSelect:
    """What one reference may show. Nothing but `columns` is visible above it.

    `select` reads source tables (`exp.Table` with `catalog` = the source's key) and, under the names of `inputs`
    (`exp.Table` with `db` = domain and no catalog), other governed relations. `hashed` columns are still raw
    in it: the gateway hashes them before anybody else sees them. `barrier`: it hides rows or values, or computes,
    so nothing that may raise may be evaluated below it. `tokens` are the columns that were hashed, here or below.
    `arriving` are the columns with the types that they have in `select`, before the gateway hashes. `confined`
    columns carry a tag: their values go to sources of the domains only that are named with them.
    """

    relation: str
    product: tuple[str, str]
    columns: tuple[tuple[str, str], ...]
    arriving: tuple[tuple[str, str], ...]
    select: exp.Select
    barrier: bool
    hashed: tuple[str, ...]
    tokens: frozenset[str]
    confined: Mapping[str, frozenset[str]]
    inputs: Mapping[tuple[str, str], "GovernedSelect"]


@dataclass(frozen=True, slots=True)
class GovernedQuery:
    """The consumer's tree, its base tables numbered in `meta["use"]`, and what stands behind each number."""

    tree: exp.Query
    names: tuple[str, ...]
    relations: Mapping[int, GovernedSelect]


def rewrite(query: AuthorizedQuery) -> GovernedQuery:
    writer = _Writer(query.visible.catalog, query.visible.principal)
    resolved = query.bound.resolved
    relations = {number: writer.governed(relation) for number, relation in query.relations.items()}
    return GovernedQuery(resolved.tree, resolved.names, relations)


@dataclass(frozen=True, slots=True)
class _Writer:
    """No policy is asked here: what is decided is in the AuthorizedQuery, by which plans are remembered."""

    catalog: Catalog
    principal: Principal

    def governed(self, governed: GovernedRelation) -> GovernedSelect:
        relation = governed.relation
        filters = [self._any_of(alternatives, governed) for alternatives in governed.filters]
        inputs = {key: self.governed(read) for key, read in governed.inputs.items()}
        tokens = _tokens(governed.body, inputs)
        exposed = [self._exposed(governed, relation.column(name), tokens) for name in governed.columns]
        select = _reading(governed.body, plain=relation.plain)
        values = _values(governed.body, plain=relation.plain)
        select.set("expressions", [_placed(item, values) for item in exposed] or [_one()])
        for condition in filters:
            select.where(_placed(condition, values), copy=False)
        columns = tuple((name, self._type(governed, name)) for name in governed.columns)
        hashed = tuple(n for n, mask in governed.masks.items() if mask.name == "hash" and n not in tokens)
        return GovernedSelect(
            relation=relation.qualified_name,
            product=(relation.domain, relation.product),
            columns=columns,
            arriving=tuple((n, relation.column(n).type if n in hashed else kind) for n, kind in columns),
            select=select,
            barrier=bool(filters or governed.masks or not relation.plain),
            tokens=tokens | {n for n, mask in governed.masks.items() if mask.name == "hash"},
            confined=governed.confined,
            hashed=hashed,
            inputs=inputs,
        )

    def _type(self, governed: GovernedRelation, name: str) -> str:
        mask = governed.masks.get(name)
        return "VARCHAR" if mask is not None and mask.name == "hash" else governed.relation.column(name).type

    def _exposed(self, governed: GovernedRelation, column: Column, tokens: frozenset[str]) -> exp.Expr:
        """One item of the SELECT list: the column's value as its type, masked."""
        if column.name in tokens and self._type(governed, column.name) == "VARCHAR":
            return exp.alias_(own_column(column.name, "VARCHAR"), column.name, quoted=True, copy=False)
        value: exp.Expr = own_column(column.name, column.body_type)
        if column.type != column.body_type:
            value = cast(value, column.type)
        mask = governed.masks.get(column.name)
        shown = value if mask is None or mask.name == "hash" else self._masked(mask, value, column.type)
        return exp.alias_(shown, column.name, quoted=True, copy=False)

    def _masked(self, mask: ColumnMask, value: exp.Expr, kind: str) -> exp.Expr:
        own = self.catalog.mask(mask.domain, mask.name)
        if own is None:
            return masked(value, mask.name, kind)
        return cast(totalized(substituted(own, value)), kind)

    def _any_of(self, alternatives: Alternatives, governed: GovernedRelation) -> exp.Expr:
        return exp.or_(*(self._filter(row, governed) for row in alternatives), copy=False)

    def _filter(self, row: RowFilter, governed: GovernedRelation) -> exp.Expr:
        """A named filter over the relation's typed columns and the principal's attributes, all of it total."""
        condition = totalized(self.catalog.filter(row.domain, row.name))
        bound = bound_to(condition, self.principal)
        if bound is None:
            return exp.false()
        typed = bound.transform(_typed_columns(governed.relation.column), copy=False)
        return doubting(typed, failed_casts) if _attributes_fit(typed) else exp.false()


def _tokens(body: exp.Select, inputs: Mapping[tuple[str, str], GovernedSelect]) -> frozenset[str]:
    """Columns that show an input's hashed column as it is. Hashing one again would break joins on it."""

    def is_token(table: exp.Table, column: str) -> bool:
        read = inputs.get((table.db.lower(), table.name.lower())) if not table.catalog else None
        return read is not None and column in read.tokens

    return passed_on(body, is_token) if inputs else frozenset()


def _attributes_fit(condition: exp.Expr) -> bool:
    """Whether no comparison with an attribute makes the engine cast the column, which fails on some rows: the
    identity provider may send a number where the filter's author thought of a text."""
    compared = (
        node for node in by_level(condition, COMPARISONS) if any(map(_is_attribute, operands_of(node)))
    )
    fit = all(one_family(*operands_of(node)) or numeric(*operands_of(node)) for node in compared)
    return fit and all(isinstance(node, exp.Boolean) for node in _taken_for_true(condition))


def _taken_for_true(condition: exp.Expr) -> Iterator[exp.Expr]:
    """Attributes that stand where true or false is asked for: `principal.staff AND ...`."""
    for node in by_level(condition, (exp.Literal, exp.Cast, exp.Boolean)):
        place = node.parent
        while isinstance(place, exp.Paren):
            place = place.parent
        asked = place is None or isinstance(place, exp.Not | exp.Connector | exp.If)
        if ATTRIBUTE in node.meta and asked:
            yield node


def _is_attribute(node: exp.Expr) -> bool:
    return ATTRIBUTE in node.unnest().meta


def _attribute(value: object) -> exp.Expr:
    node = literal(value, attribute_type(value))
    node.meta[ATTRIBUTE] = True
    return node


def own_column(name: str, kind: str) -> exp.Column:
    column = exp.Column(this=quoted(name), table=quoted(SELF))
    column.type = shared_type(kind)
    return column


def _one() -> exp.Expr:
    return exp.alias_(exp.true(), "nothing", quoted=True, copy=False)


def _typed_columns(column_of: Callable[[str], Column]) -> Callable[[exp.Expr], exp.Expr]:
    """A filter's bare column becomes the relation's column, tried as its type where the body delivers another."""

    def typed(node: exp.Expr) -> exp.Expr:
        if not isinstance(node, exp.Column) or node.table == SELF:
            return node
        column = column_of(node.name)
        value = own_column(column.name, column.body_type)
        if column.type == column.body_type:
            return value
        attempt = exp.TryCast(this=value, to=data_type(column.type))
        attempt.type = shared_type(column.type)
        attempt.meta[ATTEMPT] = True
        return attempt

    return typed


def bound_to(condition: exp.Expr, principal: Principal) -> exp.Expr | None:
    """The filter, changed in place, with the principal's attributes as typed literals. None: one is missing, empty, or
    of the wrong arity, which makes the whole filter false (governance.md, rule 9)."""
    root = exp.Paren(this=condition)
    for node in by_level(root, exp.Column):
        if node.table.lower() != "principal":
            continue
        value = principal.attributes.get(node.name)
        if value is None or value in ("", ()) or not _put(node, value):
            return None
    bound: exp.Expr = root.this.pop()
    return bound


def _put(attribute: exp.Column, value: AttributeValue) -> bool:
    """The value in the attribute's place; False: it does not fit there. `x IN principal.regions` takes a list, an item
    of `x IN (principal.region, 'y')` one value or a list, every other place one value."""
    values, listed = [_attribute(item) for item in values_of(value)], attribute.parent
    if isinstance(listed, exp.In) and attribute.arg_key == "expressions":
        items = [values if item is attribute else [item] for item in listed.expressions]
        listed.set("expressions", [item for several in items for item in several])
    elif isinstance(listed, exp.In) and attribute.arg_key == "field":
        listed.set("field", None)
        listed.set("expressions", values)
        return isinstance(value, tuple)
    else:
        attribute.replace(values[0])
        return not isinstance(value, tuple)
    return True


def attribute_type(value: object) -> str:
    """The DuckDB type of an attribute of the identity provider."""
    if isinstance(value, bool):
        return "BOOLEAN"
    return "BIGINT" if isinstance(value, int) else "DOUBLE" if isinstance(value, float) else "VARCHAR"


def _reading(body: exp.Select, *, plain: bool) -> exp.Select:
    """SELECT FROM the body: a plain one directly from its source table, so that filters reach it."""
    if plain:
        table = copied(body.args["from_"].this)
        table.set("alias", exp.TableAlias(this=quoted(SELF)))
        return exp.Select(from_=exp.From(this=table))
    subquery = exp.Subquery(this=copied(body), alias=exp.TableAlias(this=quoted(SELF)))
    return exp.Select(from_=exp.From(this=subquery))


def _values(body: exp.Select, *, plain: bool) -> Mapping[str, str]:
    """Of a plain body: result column -> the source table's column."""
    return {item.alias_or_name: item.unalias().name for item in body.expressions} if plain else {}


def _placed(node: exp.Expr, values: Mapping[str, str]) -> exp.Expr:
    """Names of the relation's columns become those of the source table that a plain body reads."""
    for column in by_level(node, exp.Column):
        if column.table == SELF:
            column.set("this", quoted(values.get(column.name, column.name)))
    return node
