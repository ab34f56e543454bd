"""What the gateway says of itself: every SqlInfo of the Flight SQL specification, with the numbers it gives them."""

from collections.abc import Iterable, Mapping
from importlib.metadata import version

import pyarrow as pa

Value = str | bool | int | list[str] | dict[int, list[int]]

_KINDS = (
    "string_value",
    "bool_value",
    "bigint_value",
    "int32_bitmask",
    "string_list",
    "int32_to_int32_list_map",
)
_LIST = pa.list_(pa.string())
_MAP = pa.map_(pa.int32(), pa.list_(pa.int32()))
_VALUE = pa.dense_union(
    [
        pa.field(name, kind)
        for name, kind in zip(
            _KINDS, (pa.string(), pa.bool_(), pa.int64(), pa.int32(), _LIST, _MAP), strict=True
        )
    ]
)
SQL_INFO = pa.schema([pa.field("info_name", pa.uint32(), nullable=False), pa.field("value", _VALUE)])

_STRING, _BOOL, _BIGINT, _BITS, _TEXTS, _CONVERT = range(6)
UNLIMITED = 0

_INSENSITIVE = 1  # SQL_CASE_SENSITIVITY_CASE_INSENSITIVE
_NULLS_AT_END = 3
_SAVEPOINTS = 2  # transactions too
_ENTRY_LEVEL = 1
_FULL_OUTER_JOINS = 2
_READ_COMMITTED = 2
_FORWARD_ONLY = 1 << 1
_IN_STATEMENTS = 1 << 1 | 1 << 2  # of procedures, of data manipulation and so on: where a name may stand

NUMERIC = "abs ceil cos exp floor ln log10 mod pi power round sign sin sqrt tan trunc".split()
TEXT = "concat left length lower lpad ltrim position repeat replace right rpad rtrim substring trim upper".split()
SYSTEM = "coalesce current_database current_schema current_user nullif version".split()
TIME = "current_date current_time current_timestamp date_part date_trunc extract now".split()
KEYWORDS = "ILIKE LATERAL LIMIT OFFSET PIVOT QUALIFY UNPIVOT".split()

_BY_KIND: Mapping[int, Mapping[int, Value]] = {
    _STRING: {
        0: "meshgate",
        1: version("meshgate"),
        2: pa.__version__,
        504: '"',
        513: "\\",
        514: "",
        529: "domain",
        530: "procedure",
        531: "mesh",
    },
    _BOOL: {
        3: True, 4: True, 5: False, 9: True, 10: False, 11: False,
        500: False, 501: False, 502: False, 506: False, 515: True, 516: True, 518: True, 519: False, 520: True,
        521: True, 523: True, 524: True, 527: False, 532: True, 536: False, 537: False, 539: True, 556: True,
        563: True, 565: False, 566: True, 572: False, 573: False, 574: False, 575: False, 576: False,
    },
    _BIGINT: {
        541: UNLIMITED, 542: UNLIMITED, 543: UNLIMITED, 544: UNLIMITED, 545: UNLIMITED, 546: UNLIMITED,
        547: UNLIMITED, 548: UNLIMITED, 549: UNLIMITED, 550: UNLIMITED, 551: UNLIMITED, 552: UNLIMITED,
        553: UNLIMITED, 554: UNLIMITED, 555: UNLIMITED, 557: UNLIMITED, 558: UNLIMITED, 559: UNLIMITED,
        560: UNLIMITED, 561: UNLIMITED, 562: _READ_COMMITTED,
    },
    _BITS: {
        8: _SAVEPOINTS, 100: UNLIMITED, 101: UNLIMITED, 503: _INSENSITIVE, 505: _INSENSITIVE, 507: _NULLS_AT_END,
        522: 0b11, 525: 0b11, 526: _ENTRY_LEVEL, 528: _FULL_OUTER_JOINS, 533: _IN_STATEMENTS, 534: _IN_STATEMENTS,
        535: 0, 538: 0b1111, 540: 0b11, 564: 1 << _READ_COMMITTED, 567: _FORWARD_ONLY, 568: 0, 569: 1, 570: 0,
        571: 0,
    },
    _TEXTS: {508: KEYWORDS, 509: NUMERIC, 510: TEXT, 511: SYSTEM, 512: TIME},
    _CONVERT: {517: {}},
}  # fmt: skip


def sql_info(wanted: Iterable[int]) -> pa.Table:
    """The ones asked for that there are; all, if none is."""
    chosen = set(wanted)
    rows = [
        (number, kind, value)
        for kind, values in _BY_KIND.items()
        for number, value in values.items()
        if not chosen or number in chosen
    ]
    rows.sort(key=lambda row: row[0])
    return pa.Table.from_arrays(
        [pa.array([row[0] for row in rows], pa.uint32()), _union(rows)], schema=SQL_INFO
    )


def _union(rows: list[tuple[int, int, Value]]) -> "pa.Array[pa.Scalar[pa.DataType]]":
    children: list[list[object]] = [[] for _ in _KINDS]
    offsets = []
    for _, kind, value in rows:
        offsets.append(len(children[kind]))
        children[kind].append(list(value.items()) if isinstance(value, dict) else value)
    arrays = [pa.array(values, _VALUE.field(kind).type) for kind, values in enumerate(children)]
    kinds = pa.array([kind for _, kind, _ in rows], pa.int8())
    return pa.UnionArray.from_dense(kinds, pa.array(offsets, pa.int32()), arrays, list(_KINDS))
