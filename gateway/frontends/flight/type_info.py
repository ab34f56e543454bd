"""The types of columns, as JDBC and ODBC number them (XdbcDataType of the Flight SQL specification)."""

from typing import NamedTuple

import pyarrow as pa

NULLABLE, SEARCHABLE = 1, 3
DECIMAL, BINARY = 10, 2


class _Type(NamedTuple):
    """`size` in digits, characters or bits; `general` and `subcode` of dates and times."""

    name: str
    number: int
    size: int | None = None
    quote: str | None = None
    unsigned: bool | None = None
    scale: int | None = None
    radix: int | None = None
    general: int | None = None
    subcode: int | None = None


def _whole(name: str, number: int, digits: int) -> _Type:
    return _Type(name, number, digits, unsigned=False, scale=0, radix=DECIMAL)


def _time(name: str, number: int, size: int, subcode: int) -> _Type:
    return _Type(name, number, size, "'", general=9, subcode=subcode)


_TYPES = (
    _Type("BOOLEAN", -7, 1),
    _whole("TINYINT", -6, 3),
    _whole("SMALLINT", 5, 5),
    _whole("INTEGER", 4, 10),
    _whole("BIGINT", -5, 19),
    _whole("HUGEINT", 2, 38),
    _Type("DECIMAL", 3, 38, unsigned=False, scale=38, radix=DECIMAL),
    _Type("FLOAT", 7, 24, unsigned=False, radix=BINARY),
    _Type("DOUBLE", 8, 53, unsigned=False, radix=BINARY),
    _Type("VARCHAR", 12, None, "'"),
    _Type("BLOB", -3, None, "'"),
    _time("DATE", 91, 10, 1),
    _time("TIME", 92, 15, 2),
    _time("TIMESTAMP", 93, 26, 3),
    _time("TIMESTAMP WITH TIME ZONE", 93, 32, 5),
)

_FIELDS: list["pa.Field[pa.DataType]"] = [
    pa.field("type_name", pa.string(), nullable=False),
    pa.field("data_type", pa.int32(), nullable=False),
    pa.field("column_size", pa.int32()),
    pa.field("literal_prefix", pa.string()),
    pa.field("literal_suffix", pa.string()),
    pa.field("create_params", pa.list_(pa.field("item", pa.string(), nullable=False))),
    pa.field("nullable", pa.int32(), nullable=False),
    pa.field("case_sensitive", pa.bool_(), nullable=False),
    pa.field("searchable", pa.int32(), nullable=False),
    pa.field("unsigned_attribute", pa.bool_()),
    pa.field("fixed_prec_scale", pa.bool_(), nullable=False),
    pa.field("auto_increment", pa.bool_()),
    pa.field("local_type_name", pa.string()),
    pa.field("minimum_scale", pa.int32()),
    pa.field("maximum_scale", pa.int32()),
    pa.field("sql_data_type", pa.int32(), nullable=False),
    pa.field("datetime_subcode", pa.int32()),
    pa.field("num_prec_radix", pa.int32()),
    pa.field("interval_precision", pa.int32()),
]
TYPE_INFO = pa.schema(_FIELDS)


def type_info(number: int | None) -> pa.Table:
    """All, or those of one XdbcDataType."""
    chosen = sorted(
        (kind for kind in _TYPES if number in (None, kind.number)), key=lambda kind: (kind.number, kind.name)
    )
    rows = [_row(kind) for kind in chosen]
    columns = [pa.array([row[at] for row in rows], field.type) for at, field in enumerate(TYPE_INFO)]
    return pa.Table.from_arrays(columns, schema=TYPE_INFO)


def _row(kind: _Type) -> tuple[object, ...]:
    numeric = kind.unsigned is not None
    return (
        kind.name, kind.number, kind.size, kind.quote, kind.quote,
        ["precision", "scale"] if kind.name == "DECIMAL" else None,
        NULLABLE, kind.name == "VARCHAR", SEARCHABLE, kind.unsigned, False, False if numeric else None, kind.name,
        0 if kind.scale is not None else None, kind.scale,
        kind.general or kind.number, kind.subcode, kind.radix, None,
    )  # fmt: skip
