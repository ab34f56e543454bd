"""The passes of sqlglot's optimizer that resolving a statement needs, one by one: `qualify` as a whole does more."""

from collections.abc import Iterable, Mapping, Sequence

from sqlglot import exp
from sqlglot.optimizer.annotate_types import TypeAnnotator
from sqlglot.optimizer.normalize_identifiers import normalize_identifiers
from sqlglot.optimizer.qualify_columns import qualify_columns
from sqlglot.optimizer.qualify_tables import qualify_tables
from sqlglot.optimizer.scope import Scope
from sqlglot.schema import MappingSchema

from gateway.errors import StatementTooComplex
from gateway.sql.dialect import DUCKDB
from gateway.sql.literals import shared_type
from gateway.sql.nodes import Nodes

MAX_FIELDS = 5_000
"""Parts of one type, all levels counted."""


def schema_of(columns: Sequence[Mapping[str, str]]) -> MappingSchema:
    """The columns of each numbered table. Types as nodes: sqlglot would parse a name each time it meets the column."""
    tables: dict[str, object] = {
        f"#{number}": {name.lower(): shared_type(kind) for name, kind in of_one.items()}
        for number, of_one in enumerate(columns)
    }
    return MappingSchema(tables, dialect=DUCKDB, normalize=False)


def qualified(tree: exp.Query, schema: MappingSchema) -> exp.Query:
    """sqlglot's `qualify`, without its last steps: ours check what it leaves, and quote in a walk with others."""
    tree = normalize_identifiers(tree, dialect=DUCKDB, store_original_column_identifiers=True)
    tree = qualify_tables(tree, dialect=DUCKDB)
    return qualify_columns(tree, schema)


def annotate(tree: exp.Query, scopes: Iterable[Scope], schema: MappingSchema) -> None:
    """sqlglot's `annotate_types`, over scopes that are known already."""
    annotator = TypeAnnotator(schema, expression_metadata=METADATA)
    for scope in scopes:
        annotator.annotate_scope(scope)
    annotator.annotate(tree, annotate_scope=False)


def quote(nodes: Nodes) -> None:
    """All identifiers, but the names of functions."""
    for identifier in nodes.of(exp.Identifier):
        DUCKDB.quote_identifier(identifier, identify=True)


def _struct(annotator: TypeAnnotator, struct: exp.Expr) -> exp.Expr:
    """The type of a struct holds those of its fields: `{a: x, b: x}` of such an x doubles it, link by link."""
    kinds = (field.expression.type for field in struct.expressions if field.args.get("expression"))
    if sum(1 for kind in kinds if kind is not None for _ in kind.walk()) > MAX_FIELDS:
        raise StatementTooComplex(f"the type of a value has more than {MAX_FIELDS:,} fields")
    annotated: exp.Expr = OF_STRUCT(annotator, struct)
    return annotated


def _difference(annotator: TypeAnnotator, node: exp.Expr) -> exp.Expr:
    """Of two moments an interval, of two days a number."""
    annotated: exp.Expr = OF_DIFFERENCE(annotator, node)
    assert isinstance(node, exp.Binary)
    kinds = {side.type.this for side in (node.left, node.right) if side.type is not None}
    if kinds == {T.DATE}:
        annotated.type = shared_type("BIGINT")
    elif len(kinds) > 0 and kinds <= MOMENTS and node.left.type is not None and node.right.type is not None:
        annotated.type = shared_type("INTERVAL")
    return annotated


def _of_seconds(_annotator: TypeAnnotator, node: exp.Expr) -> exp.Expr:
    """`to_timestamp` of a number; `epoch_ms` and `make_timestamp` tell of no zone."""
    node.type = shared_type("TIMESTAMP" if node.args.get("scale") is not None else "TIMESTAMP WITH TIME ZONE")
    return node


def _of_intervals(annotator: TypeAnnotator, node: exp.Expr) -> exp.Expr:
    """A sum or an average: of intervals an interval."""
    if isinstance(node, exp.Sum):
        OF_SUM(annotator, node)
    else:
        node.type = shared_type("DOUBLE")
    if node.this.type is not None and node.this.type.this is T.INTERVAL:
        node.type = shared_type("INTERVAL")
    return node


T = exp.DType
MOMENTS = {T.DATE, T.TIMESTAMP, T.TIMESTAMPNTZ, T.TIMESTAMPTZ, T.DATETIME}
OF_STRUCT = DUCKDB.EXPRESSION_METADATA[exp.Struct]["annotator"]
OF_DIFFERENCE = DUCKDB.EXPRESSION_METADATA[exp.Sub]["annotator"]
OF_SUM = DUCKDB.EXPRESSION_METADATA[exp.Sum]["annotator"]
METADATA = {
    **DUCKDB.EXPRESSION_METADATA,
    exp.Avg: {"annotator": _of_intervals},
    exp.Struct: {"annotator": _struct},
    exp.Sum: {"annotator": _of_intervals},
    exp.Sub: {"annotator": _difference},
    exp.UnixToTime: {"annotator": _of_seconds},
}
