"""DuckDB type names to PostgreSQL's built-in types, and back for parameters. Built-in OIDs only: an unknown one
starts recursive introspection in some clients (asyncpg)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from gateway.errors import DatatypeMismatch
from gateway.sql.names.presented import CALCULATED
from gateway.sql.zones.clocks import is_utc


@dataclass(frozen=True, slots=True)
class PgType:
    """A built-in type. `length` is pg_type.typlen: bytes, or -1 for variable. `array` is its array type's OID or 0."""

    name: str
    oid: int
    length: int
    array: int


_BUILTIN = (
    PgType("bool", 16, 1, 1000),
    PgType("bytea", 17, -1, 1001),
    PgType("char", 18, 1, 1002),
    PgType("name", 19, 64, 1003),
    PgType("int8", 20, 8, 1016),
    PgType("int2", 21, 2, 1005),
    PgType("int4", 23, 4, 1007),
    PgType("text", 25, -1, 1009),
    PgType("oid", 26, 4, 1028),
    PgType("json", 114, -1, 199),
    PgType("float4", 700, 4, 1021),
    PgType("float8", 701, 8, 1022),
    PgType("bpchar", 1042, -1, 1014),
    PgType("varchar", 1043, -1, 1015),
    PgType("date", 1082, 4, 1182),
    PgType("time", 1083, 8, 1183),
    PgType("timestamp", 1114, 8, 1115),
    PgType("timestamptz", 1184, 8, 1185),
    PgType("interval", 1186, 16, 1187),
    PgType("numeric", 1700, -1, 1231),
    PgType("void", 2278, 4, 0),
    PgType("uuid", 2950, 16, 2951),
    PgType("jsonb", 3802, -1, 3807),
)
BY_NAME = {known.name: known for known in _BUILTIN}
BY_OID = {known.oid: known for known in _BUILTIN}
BY_ARRAY = {known.array: known for known in _BUILTIN if known.array}
UNSPECIFIED = frozenset({0, 705})  # no type given; the pseudo-type `unknown`

_TO_PG = {
    "BOOLEAN": "bool",
    "TINYINT": "int2",
    "SMALLINT": "int2",
    "INTEGER": "int4",
    "BIGINT": "int8",
    "UTINYINT": "int2",
    "USMALLINT": "int4",
    "UINTEGER": "int8",
    "UBIGINT": "numeric",
    "HUGEINT": "numeric",
    "UHUGEINT": "numeric",
    "FLOAT": "float4",
    "DOUBLE": "float8",
    "VARCHAR": "text",
    "ENUM": "text",
    "BIT": "text",
    "NULL": "text",
    '"NULL"': "text",
    "BLOB": "bytea",
    "DATE": "date",
    "TIME": "time",
    "TIMESTAMP": "timestamp",
    "TIMESTAMP_S": "timestamp",
    "TIMESTAMP_MS": "timestamp",
    "TIMESTAMP_NS": "timestamp",
    "TIMESTAMP WITH TIME ZONE": "timestamptz",
    "TIMESTAMPTZ": "timestamptz",
    "INTERVAL": "interval",
    "UUID": "uuid",
    "JSON": "json",
    "STRUCT": "json",
    "MAP": "json",
    "UNION": "json",
    "DECIMAL": "numeric",
}
_COMPOSITE = frozenset({"STRUCT", "MAP", "UNION"})
_SUFFIX = re.compile(r"(?:\[\d*\])+\Z")
_DECIMAL = re.compile(r"DECIMAL\((\d+),\s*(\d+)\)\Z", re.IGNORECASE)
ANY_SIZE = "*"
_VARIABLE_HEADER = 4  # PostgreSQL adds the size of a varlena header to a numeric's type modifier


@dataclass(frozen=True, slots=True)
class ColumnType:
    """How a result column appears to clients.

    `origin` is the DuckDB name of the element type, without parameters: `DECIMAL`, `UHUGEINT`, `STRUCT`; where the
    session writes values in a style of its own, the style follows: `INTERVAL/iso_8601`. `normalized`: zeros at the end
    of a numeric, and the layout of a jsonb, are the engine's and not the value's. `zone`: whose clock a timestamptz is
    written by; empty: UTC.
    """

    element: PgType
    is_array: bool = False
    modifier: int = -1
    origin: str = ""
    normalized: bool = False
    zone: str = ""

    @property
    def oid(self) -> int:
        return self.element.array if self.is_array else self.element.oid

    @property
    def length(self) -> int:
        return -1 if self.is_array else self.element.length

    @property
    def spelled(self) -> str:
        """As a column's type stands in PostgreSQL's SQL."""
        sizes = self.modifier - _VARIABLE_HEADER
        listed = f"{sizes >> 16},{sizes & 0xFFFF}" if self.element.name == "numeric" else str(sizes)
        shown = f"({listed})" if self.modifier >= 0 else ""
        return f"pg_catalog.{self.element.name}{shown}{'[]' if self.is_array else ''}"


STYLED = {"interval": ("IntervalStyle", "postgres"), "bytea": ("bytea_output", "hex")}
"""The setting that says how a type's values are written, and what they are written as without it."""


def in_style(kind: ColumnType, settings: Mapping[str, str]) -> ColumnType:
    if kind.element.name == "timestamptz":
        zone = settings.get("TimeZone", "UTC")
        return kind if is_utc(zone) else replace(kind, zone=zone)
    name, usual = STYLED.get(kind.element.name, ("", ""))
    style = settings.get(name, usual)
    return kind if style == usual else replace(kind, origin=f"{kind.origin}/{style}")


def style_of(origin: str) -> str:
    """Empty: the usual one."""
    return origin.partition("/")[2]


_WHOLE = frozenset(
    {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "HUGEINT"}
)
_PRESENTED = {
    "int2": _WHOLE,
    "int4": _WHOLE,
    "int8": _WHOLE,
    "oid": _WHOLE,
    "numeric": _WHOLE | {"DECIMAL"},
    "float4": frozenset({"FLOAT", "DOUBLE"}),
    "float8": _WHOLE | {"DECIMAL", "FLOAT", "DOUBLE"},
    "name": frozenset({"VARCHAR"}),
    "varchar": frozenset({"VARCHAR", "ENUM"}),
    "bpchar": frozenset({"VARCHAR", "ENUM"}),
    "jsonb": frozenset({"JSON"}),
}
"""PostgreSQL's type -> the engine's whose values can be presented as it."""
_SHOWN = re.compile(r"(?P<name>\w+)(?:\((?P<sizes>[\d,*]+)\))?(?P<array>\[\])?")


@lru_cache(4_096)
def column_type(name: str, presented: str = "") -> ColumnType:
    """The PostgreSQL type of a DuckDB type name. Lists of composites are one json value. `presented`: as which type it
    is to appear, if its values can.

    Errors: DatatypeMismatch for types whose values the protocol cannot carry without loss.
    """
    engine = _engine_type(name)
    if presented == CALCULATED:
        return replace(engine, modifier=-1)
    shown = _SHOWN.fullmatch(presented)
    if shown is None or engine.origin not in _PRESENTED.get(shown["name"], ()):
        return engine
    element, sizes = BY_NAME[shown["name"]], shown["sizes"]
    whole = sizes == ANY_SIZE and element.name == "numeric" and engine.origin != "DECIMAL"
    if whole or engine.is_array != (shown["array"] is not None):
        return engine
    modifier = _sized(sizes) if sizes not in (None, ANY_SIZE) else -1
    return ColumnType(element, engine.is_array, modifier, engine.origin, normalized=sizes == ANY_SIZE)


def _sized(sizes: str) -> int:
    precision, _, scale = sizes.partition(",")
    return (int(precision) << 16 | int(scale) if scale else int(precision)) + _VARIABLE_HEADER


def _engine_type(name: str) -> ColumnType:
    base = _SUFFIX.sub("", name)
    is_array = base != name
    origin = base.partition("(")[0].strip().upper()
    if origin not in _TO_PG:
        raise DatatypeMismatch(
            f"a column of type {base} cannot be sent over the PostgreSQL protocol", hint="cast it to VARCHAR"
        )
    element = BY_NAME[_TO_PG[origin]]
    return ColumnType(element, is_array and origin not in _COMPOSITE, _modifier(base), origin)


def _modifier(base: str) -> int:
    match = _DECIMAL.match(base)
    if not match:
        return -1
    precision, scale = int(match[1]), int(match[2])
    return (precision << 16 | scale) + _VARIABLE_HEADER


_TO_DUCKDB = {
    "bool": "BOOLEAN",
    "bytea": "BLOB",
    "char": "VARCHAR",
    "name": "VARCHAR",
    "int8": "BIGINT",
    "int2": "SMALLINT",
    "int4": "INTEGER",
    "text": "VARCHAR",
    "oid": "BIGINT",
    "json": "JSON",
    "float4": "FLOAT",
    "float8": "DOUBLE",
    "bpchar": "VARCHAR",
    "varchar": "VARCHAR",
    "date": "DATE",
    "time": "TIME",
    "timestamp": "TIMESTAMP",
    "timestamptz": "TIMESTAMP WITH TIME ZONE",
    "interval": "INTERVAL",
    "numeric": "DECIMAL(18,3)",  # while the value is unknown; a bound value brings its own precision
    "uuid": "UUID",
    "jsonb": "JSON",
}


def parameter_type(oid: int) -> ColumnType | None:
    """The type a client declared for a parameter; None: unspecified.

    Errors: DatatypeMismatch for a type that is not built in.
    """
    if oid in UNSPECIFIED:
        return None
    if oid in BY_OID and BY_OID[oid].name in _TO_DUCKDB:
        return ColumnType(BY_OID[oid])
    if oid in BY_ARRAY:
        return ColumnType(BY_ARRAY[oid], is_array=True)
    raise DatatypeMismatch(f"parameters of the type with OID {oid} are not supported")


def duckdb_name(declared: ColumnType) -> str:
    """The DuckDB type name a parameter of this type is passed under."""
    return _TO_DUCKDB[declared.element.name] + ("[]" if declared.is_array else "")
