"""Named row filters and masks: what they may say, and whether they fit a relation's columns and types."""

import functools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from sqlglot import exp

from gateway.catalog.bodies import cause
from gateway.catalog.product import Relation
from gateway.catalog.types import Typer, empty_select
from gateway.documents import did_you_mean
from gateway.errors import MeshgateError
from gateway.settings import Limits
from gateway.sql.dialect import generate, quoted
from gateway.sql.literals import cast
from gateway.sql.names.resolve import resolve
from gateway.sql.syntax import parse_expression
from gateway.sql.totality import may_raise, totalized
from policies.principal import AttributeValue, Principal

PRINCIPAL = "principal"
VALUE = "value"
NOT_ROWWISE = (
    exp.Query,
    exp.Subquery,
    exp.AggFunc,
    exp.Window,
    exp.Star,
    exp.Placeholder,
    exp.Parameter,
    exp.Lambda,
)
TABLE = ("mesh", "row")
ANY_TYPE = ("VARCHAR", "BIGINT", "DOUBLE", "BOOLEAN")
"""What an attribute may be. Where no principal shows its type, a filter must fit one of these."""


class ExpressionError(Exception):
    """`str(error)` says what is wrong with a filter or mask and what to do."""


@dataclass(frozen=True, slots=True)
class Attributes:
    """The types that each attribute has, over all principals; not `known`: principals are kept elsewhere."""

    types: Mapping[str, tuple[str, ...]]
    known: bool = True


def attributes_of(principals: Iterable[Principal], *, known: bool) -> Attributes:
    found: dict[str, dict[str, None]] = {}
    for principal in principals:
        for name, value in principal.attributes.items():
            found.setdefault(name, {}).update(dict.fromkeys(_types(value)))
    return Attributes({name: tuple(kinds) for name, kinds in found.items() if kinds}, known)


def _types(value: AttributeValue) -> tuple[str, ...]:
    """DuckDB types, as the rewriter binds them."""
    if isinstance(value, tuple):
        return tuple(kind for item in value for kind in _types(item))
    if isinstance(value, bool):
        return ("BOOLEAN",)
    return (
        ("BIGINT",) if isinstance(value, int) else ("DOUBLE",) if isinstance(value, float) else ("VARCHAR",)
    )


def parsed_filter(text: str, limits: Limits) -> exp.Expr:
    """A row filter: bare columns of the relation and principal.<attribute>, total. Raises ExpressionError."""
    tree = _parsed(text, limits)
    for column in tree.find_all(exp.Column):
        if column.table and (column.table.lower() != PRINCIPAL or column.args.get("db")):
            name = column.sql(dialect="duckdb")
            raise ExpressionError(f"{name}: name the relation's own columns alone, or principal.<attribute>")
    return totalized(tree)


def parsed_mask(text: str, limits: Limits) -> exp.Expr:
    """A mask: an expression over `value` alone, total. Raises ExpressionError."""
    tree = _parsed(text, limits)
    for column in tree.find_all(exp.Column):
        if column.table or column.name.lower() != VALUE:
            name = column.sql(dialect="duckdb")
            raise ExpressionError(f"{name} is not known here: a mask is an expression over value alone")
    return totalized(tree)


def _parsed(text: str, limits: Limits) -> exp.Expr:
    try:
        tree = parse_expression(text, limits)
    except MeshgateError as error:
        raise ExpressionError(str(error)) from error
    found = tree if isinstance(tree, NOT_ROWWISE) else tree.find(*NOT_ROWWISE)
    if found is not None:
        raise ExpressionError(
            f"{found.sql(dialect='duckdb')} does not look at one row alone: it cannot stand here"
        )
    return tree


def attributes_named(tree: exp.Expr) -> frozenset[str]:
    return frozenset(column.name for column in tree.find_all(exp.Column) if column.table)


def check_filter(tree: exp.Expr, relation: Relation, attributes: Attributes, typer: Typer) -> None:
    """That the filter fits the relation: its columns, true or false, never failing; or ExpressionError."""
    types = {column.name: column.type for column in relation.columns}
    for column in tree.find_all(exp.Column):
        if not column.table and column.name not in types:
            near = did_you_mean(column.name, types)
            raise ExpressionError(f"{relation.qualified_name} has no column {column.name}{near}")
    names = attributes_named(tree)
    if names <= attributes.types.keys():
        for kinds in _variants(names, attributes):
            _check_boolean(_with_attributes(tree, kinds), types, relation, typer)
        return
    failures = []
    for guess in ANY_TYPE:
        kinds = {name: attributes.types.get(name, (guess,))[0] for name in names}
        try:
            _check_boolean(_with_attributes(tree, kinds), types, relation, typer)
        except ExpressionError as error:
            failures.append(error)
    if len(failures) == len(ANY_TYPE):
        raise failures[0]


def _check_boolean(bound: exp.Expr, types: Mapping[str, str], relation: Relation, typer: Typer) -> None:
    kind = _checked(bound, types, typer)
    if kind != "BOOLEAN":
        raise ExpressionError(f"must be true or false for a row of {relation.qualified_name}, not {kind}")


def _variants(names: Iterable[str], attributes: Attributes) -> Iterator[Mapping[str, str]]:
    """A type for each attribute; each of its types is tried once."""
    first = {name: attributes.types[name][0] for name in names}
    yield first
    for name in first:
        for kind in attributes.types[name][1:]:
            yield {**first, name: kind}


def _with_attributes(tree: exp.Expr, kinds: Mapping[str, str]) -> exp.Expr:
    root = exp.Paren(this=tree.copy())
    for node in list(root.find_all(exp.Column)):
        if not node.table:
            continue
        example = cast(exp.Null(), kinds[node.name])
        if isinstance(node.parent, exp.In) and node.arg_key == "field":
            node.parent.set("expressions", [example])
            node.parent.set("field", None)
        else:
            node.replace(example)
    bound: exp.Expr = root.this
    return bound


def check_mask(tree: exp.Expr, kind: str, typer: Typer) -> None:
    """That the mask takes and gives values of this type and fails on none. ExpressionError if not."""
    given = _checked(tree, {VALUE: kind}, typer)
    if given != kind:
        raise ExpressionError(f"makes {given} of {kind}: a mask keeps the type, so cast it with TRY_CAST")


def _checked(tree: exp.Expr, types: Mapping[str, str], typer: Typer) -> str:
    """The type of an expression over columns of these types. ExpressionError: it cannot be, or may fail."""
    row = exp.Table(this=quoted(TABLE[1]), db=quoted(TABLE[0]))
    query = exp.Select(expressions=[exp.alias_(tree.copy(), "result", quoted=True)], from_=exp.From(this=row))
    try:
        resolved = resolve(query, {TABLE: types})
        typed = resolved.tree.selects[0].unalias()
        sql = f'WITH "row" AS ({empty_select(types)}) SELECT {generate(typed)} FROM "row"'
        (column,) = typer.describe(sql, {})
    except MeshgateError as error:
        raise ExpressionError(cause(error)) from error
    failing = may_raise(typed)
    if failing:
        raise ExpressionError(
            f"{_bare(failing)} can fail on some value, and the error would tell about hidden rows"
        )
    return column.type


@functools.cache
def _own_prefix() -> str:
    return generate(quoted(TABLE[1])) + "."


def _bare(sql: str) -> str:
    return sql.replace(_own_prefix(), "").replace('"', "")
