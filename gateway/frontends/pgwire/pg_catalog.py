"""The few catalog questions that drivers ask while they connect, answered from the built-in types.

A statement is recognized by its exact tokens; nothing is evaluated. Static data only: nothing here knows principals
or products. Every other catalog statement goes to the pipeline.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from gateway.frontends.pgwire.statements import tokens
from gateway.frontends.pgwire.types import BY_ARRAY, BY_NAME, BY_OID, ColumnType


@dataclass(frozen=True, slots=True)
class LocalAnswer:
    """Rows that the gateway makes up itself."""

    names: tuple[str, ...]
    columns: tuple[ColumnType, ...]
    batch: pa.RecordBatch


@dataclass(frozen=True, slots=True)
class CatalogStatement:
    """`rows` gets the values of the parameters: str, or list of int."""

    parameters: tuple[ColumnType, ...]
    names: tuple[str, ...]
    columns: tuple[ColumnType, ...]
    rows: Callable[[Sequence[object]], list[tuple[object, ...]]]

    def answer(self, values: Sequence[object]) -> LocalAnswer:
        return local_answer(self.names, self.columns, self.rows(values))


def local_answer(
    names: tuple[str, ...], columns: tuple[ColumnType, ...], rows: Sequence[tuple[object, ...]]
) -> LocalAnswer:
    arrays = [pa.array([row[place] for row in rows], _arrow(column)) for place, column in enumerate(columns)]
    return LocalAnswer(
        names, columns, pa.RecordBatch.from_arrays(arrays, names=[str(i) for i in range(len(names))])
    )


def _arrow(column: ColumnType) -> pa.DataType:
    element = _ARROW.get(column.element.name, pa.string())
    return pa.list_(element) if column.is_array else element


def text_answer(names: Sequence[str], rows: Sequence[tuple[str, ...]]) -> LocalAnswer:
    """An answer whose columns are all text."""
    return local_answer(tuple(names), (TEXT,) * len(names), rows)


def catalog_statement(text: str) -> CatalogStatement | None:
    """The driver's question that a statement is; None: it is something else."""
    if len(text) > _LONGEST:
        return None
    shape = _shape(text)
    if shape[: len(_TREE_HEAD)] == _TREE_HEAD and shape[-len(_TREE_TAIL) :] == _TREE_TAIL:
        return _TYPE_TREE
    return _KNOWN.get(shape)


_ARROW = {"oid": pa.int64(), "int4": pa.int32()}
_LONGEST = 10_000
TEXT = ColumnType(BY_NAME["text"])
OID = ColumnType(BY_NAME["oid"])
NAME = ColumnType(BY_NAME["name"])
CHAR = ColumnType(BY_NAME["char"])
_NAMES_IN_SQL = {
    "bool": "boolean",
    "int2": "smallint",
    "int4": "integer",
    "int8": "bigint",
    "float4": "real",
    "float8": "double precision",
    "varchar": "character varying",
    "bpchar": "character",
    "char": '"char"',
    "time": "time without time zone",
    "timestamp": "timestamp without time zone",
    "timestamptz": "timestamp with time zone",
}
_ALIASES = {"decimal": "numeric", "int": "int4", "float": "float8"} | {
    spelling: name for name, spelling in _NAMES_IN_SQL.items()
}


def _shape(text: str) -> tuple[str, ...]:
    return tuple(
        token.text.lower() if token.kind == "word" else token.text
        for token in tokens(text.rstrip().rstrip(";"))
    )


def _nothing(values: Sequence[object]) -> list[tuple[object, ...]]:  # noqa: ARG001
    return []


def _by_name(values: Sequence[object]) -> list[tuple[object, ...]]:
    """asyncpg: oid, element type and kind of a type in a schema."""
    name, schema = values
    known = BY_NAME.get(str(name)) if schema == "pg_catalog" else None
    return [(known.oid, 0, "b")] if known else []


def _registered(values: Sequence[object]) -> list[tuple[object, ...]]:
    """psycopg: name, oid, oid of the array type, name in SQL and delimiter of a type."""
    name = str(values[0]).lower().removeprefix("pg_catalog.")
    known = BY_NAME.get(_ALIASES.get(name, name))
    if known is None:
        return []
    return [(known.name, known.oid, known.array, _NAMES_IN_SQL.get(known.name, known.name), ",")]


def _tree(values: Sequence[object]) -> list[tuple[object, ...]]:
    """asyncpg: types and their element types, elements first."""
    asked = values[0] if isinstance(values[0], list) else []
    arrays = [BY_ARRAY[oid] for oid in asked if oid in BY_ARRAY]
    depths = {known: 0 for known in (BY_OID.get(oid) for oid in asked) if known} | dict.fromkeys(arrays, 1)
    elements = [_tree_row(known.oid, known.name, 0, None, depth, "-") for known, depth in depths.items()]
    lists = [
        _tree_row(known.array, f"_{known.name}", known.oid, ",", 0, _NAMES_IN_SQL.get(known.name, known.name))
        for known in arrays
    ]
    return sorted(elements + lists, key=lambda row: -int(str(row[10])))


def _tree_row(
    oid: int, name: str, element: int, delimiter: str | None, depth: int, element_name: str
) -> tuple[object, ...]:
    row = (oid, "pg_catalog", name, "b", None, element, delimiter, None, None, None, depth)
    return (*row, None, element_name, None)


def _no_jit(values: Sequence[object]) -> list[tuple[object, ...]]:  # noqa: ARG001
    return [("off", "off")]


def _void(values: Sequence[object]) -> list[tuple[object, ...]]:  # noqa: ARG001
    return [("",)]


_TYPE_BY_NAME = CatalogStatement((NAME, NAME), ("oid", "elemtype", "kind"), (OID, OID, CHAR), _by_name)


def _type_info(array: str) -> CatalogStatement:
    """`array` is what psycopg calls the array type's OID; it changed over time."""
    names = ("name", "oid", array, "regtype", "delimiter")
    return CatalogStatement((TEXT,), names, (NAME, OID, OID, TEXT, CHAR), _registered)


_HSTORE = CatalogStatement((), ("oid", "typarray"), (OID, OID), _nothing)
_UNLOCK = CatalogStatement((), ("pg_advisory_unlock_all",), (ColumnType(BY_NAME["void"]),), _void)

_JIT = CatalogStatement((), ("cur", "new"), (TEXT, TEXT), _no_jit)
_TREE_HEAD = _shape(
    "WITH RECURSIVE typeinfo_tree(oid, ns, name, kind, basetype, elemtype, elemdelim, "
    "range_subtype, attrtypoids, attrnames, depth) AS ("
)
_TREE_TAIL = _shape(
    "SELECT DISTINCT *, basetype::regtype::text AS basetype_name, elemtype::regtype::text AS elemtype_name, "
    "range_subtype::regtype::text AS range_subtype_name FROM typeinfo_tree ORDER BY depth DESC"
)
_TYPE_TREE = CatalogStatement(
    (ColumnType(BY_NAME["oid"], is_array=True),),
    (
        *("oid", "ns", "name", "kind", "basetype", "elemtype", "elemdelim", "range_subtype", "attrtypoids"),
        *("attrnames", "depth", "basetype_name", "elemtype_name", "range_subtype_name"),
    ),
    (
        *(OID, NAME, NAME, CHAR, OID, OID, CHAR, OID, ColumnType(BY_NAME["oid"], is_array=True)),
        *(ColumnType(BY_NAME["text"], is_array=True), ColumnType(BY_NAME["int4"]), TEXT, TEXT, TEXT),
    ),
    _tree,
)
_KNOWN: Mapping[tuple[str, ...], CatalogStatement] = {
    _shape(text): statement
    for text, statement in (
        (
            "SELECT t.oid, t.typelem AS elemtype, t.typtype AS kind FROM pg_catalog.pg_type AS t "
            "INNER JOIN pg_catalog.pg_namespace ns ON (ns.oid = t.typnamespace) "
            "WHERE t.typname = $1 AND ns.nspname = $2",
            _TYPE_BY_NAME,
        ),
        *(
            (
                f"SELECT typname AS name, oid, typarray AS {array}, oid::regtype::text AS regtype, "
                "typdelim AS delimiter FROM pg_type t WHERE t.oid = to_regtype($1) ORDER BY t.oid",
                _type_info(array),
            )
            for array in ("array_oid", "array")
        ),
        (
            "SELECT t.oid, typarray FROM pg_type t JOIN pg_namespace ns ON typnamespace = ns.oid "
            "WHERE typname = 'hstore'",
            _HSTORE,
        ),
        ("SELECT pg_advisory_unlock_all()", _UNLOCK),
        ("SELECT current_setting('jit') AS cur, set_config('jit', 'off', false) AS new", _JIT),
    )
}
