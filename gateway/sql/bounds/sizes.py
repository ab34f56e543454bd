"""How large the values of an expression can become: an upper estimate, made from the text alone.

What a column of a source holds is not known here and taken to be small: the limits are about what a statement makes
out of its own text and of generated rows. Sizes are in bytes.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from sqlglot import exp

T = exp.DType

FIXED_BYTES = 16.0
TEXT_BYTES = 64.0
LIST_ITEMS = 16.0
NUMBER_DIGITS = 48.0

FIXED = frozenset(
    getattr(T, name)
    for name in """
BOOLEAN TINYINT SMALLINT INT BIGINT INT128 UTINYINT USMALLINT UINT UBIGINT UINT128 FLOAT DOUBLE DECIMAL BIGDECIMAL
DATE TIME TIMETZ TIMESTAMP TIMESTAMPTZ TIMESTAMPNTZ TIMESTAMP_S TIMESTAMP_MS TIMESTAMP_NS DATETIME INTERVAL UUID NULL
""".split()
    if hasattr(T, name)
)


@dataclass(frozen=True, slots=True)
class Value:
    """`items` values of size `item` if it is a list. `leaves`: columns of its type, if it were a table.

    `distinct`: how many different values a column of generated rows has; None: it comes from a source.
    """

    bytes: float
    distinct: float | None = 1.0
    items: float = 0.0
    item: "Value | None" = None
    leaves: int = 1


CONSTANT = Value(FIXED_BYTES)


def of_type(kind: exp.DataType | None) -> Value:
    """A value of a source's column."""
    if kind is None or kind.this in FIXED:
        return Value(FIXED_BYTES if kind is not None else TEXT_BYTES, None)
    inner = [child for child in kind.expressions if isinstance(child, exp.DataType | exp.ColumnDef)]
    if kind.this in (T.LIST, T.ARRAY, T.MAP):
        return list_of(
            of_type(inner[0] if inner and isinstance(inner[0], exp.DataType) else None), LIST_ITEMS
        )
    return Value(TEXT_BYTES * max(1, len(inner)), None, leaves=max(1, len(inner)))


def list_of(item: Value, items: float) -> Value:
    return Value(items * item.bytes + FIXED_BYTES, item.distinct, items, item, item.leaves + 1)


def item_of(value: Value) -> Value:
    return value.item or value


def together(values: Sequence[Value]) -> Value:
    """As large as all of them: what a function makes of its arguments unless a rule says otherwise."""
    lists = [value for value in values if value.item is not None]
    item = max((item_of(value) for value in lists), key=lambda value: value.bytes, default=None)
    return Value(
        FIXED_BYTES + sum(value.bytes for value in values),
        combined(values),
        sum(value.items for value in lists),
        item,
        1 + sum(value.leaves for value in values),
    )


def largest(values: Sequence[Value]) -> Value:
    """One of them (CASE, COALESCE)."""
    found = max(values, key=lambda value: value.bytes, default=CONSTANT)
    return replace(found, distinct=combined(values))


def combined(values: Sequence[Value]) -> float | None:
    """Of a function of generated values nothing is known but that it may be the same for all of them."""
    return None if any(value.distinct is None for value in values) else 1.0


def is_fixed(node: exp.Expr) -> bool:
    kind = node.to if isinstance(node, exp.Cast | exp.TryCast) else node.type
    return kind is not None and kind.this in FIXED


def literal_value(node: exp.Expr) -> Value:
    return Value(FIXED_BYTES + (len(str(node.this)) if isinstance(node.this, str) else 0))


def whole_number(node: exp.Expr | None) -> float | None:
    """The number that a literal is; None: not known before the rows are."""
    node = node.unnest() if node is not None else None
    if isinstance(node, exp.Cast | exp.TryCast):
        node = node.this.unnest()
    return float(node.this) if isinstance(node, exp.Literal) and node.is_int else None


# --- functions whose result is larger than their arguments -------------------------------------------------

Rule = Callable[[Sequence[Value]], Value]
"""Sizes of the arguments, in the order in which the tree holds them -> size of the result."""


def _times(factor: float) -> Rule:
    def sized(values: Sequence[Value]) -> Value:
        whole = together(values)
        return Value(whole.bytes * factor, whole.distinct)

    return sized


def _substituted(values: Sequence[Value]) -> Value:
    """Every character may be replaced by the whole of the replacement, and one may stand between any two."""
    text, replacement = values[0], values[2] if len(values) > 2 else CONSTANT
    return Value((text.bytes + 1) * max(1.0, replacement.bytes), combined(values))


def _joined(values: Sequence[Value]) -> Value:
    """`array_to_string(list, separator)`: the separator once for each item."""
    separator = values[1].bytes if len(values) > 1 else 0.0
    return Value(values[0].bytes * 4 + max(values[0].items, 1) * separator, combined(values))


def _separated(values: Sequence[Value]) -> Value:
    """`concat_ws(separator, ...)`."""
    return Value(sum(value.bytes for value in values[1:]) + len(values) * values[0].bytes, combined(values))


def _split(values: Sequence[Value]) -> Value:
    """A list of as many items as the text has characters."""
    return list_of(Value(FIXED_BYTES + 1, combined(values)), values[0].bytes + 1)


def _squared(values: Sequence[Value]) -> Value:
    """`json_pretty`: each level of nesting is indented by what is above it."""
    return Value(values[0].bytes ** 2, combined(values))


def _added_up(values: Sequence[Value]) -> Value:
    """`list_aggregate(list, 'string_agg', separator)`: all items, and the rest once for each."""
    rest = sum(value.bytes for value in values[1:])
    return Value(values[0].bytes + max(values[0].items, 1) * rest, combined(values))


def _flattened(values: Sequence[Value]) -> Value:
    inner = item_of(values[0])
    return list_of(item_of(inner), max(values[0].items, 1) * max(inner.items, 1))


def _zipped(values: Sequence[Value]) -> Value:
    row = together([item_of(value) for value in values])
    return list_of(row, max((value.items for value in values), default=0))


def _listed(values: Sequence[Value]) -> Value:
    return list_of(largest(values), len(values)) if values else CONSTANT


def _item(values: Sequence[Value]) -> Value:
    return replace(item_of(values[0]), distinct=combined(values))


NODE_RULES: dict[type[exp.Expr], Rule] = {
    exp.Replace: _substituted,
    exp.RegexpReplace: _substituted,
    exp.Hex: _times(2),
    exp.ToBinary: _times(8),
    exp.ToBase64: _times(1.5),
    exp.ArrayToString: _joined,
    exp.ConcatWs: _separated,
    exp.Split: _split,
    exp.RegexpExtractAll: _split,
    exp.Flatten: _flattened,
    exp.Array: _listed,
    exp.Bracket: _item,
    exp.TimeToStr: _times(8),
    exp.Case: largest,
    exp.Coalesce: largest,
    exp.Nullif: largest,
    exp.Greatest: largest,
    exp.Least: largest,
    exp.If: largest,
}

NAME_RULES: dict[str, Rule] = {
    "url_encode": _times(3), "to_json": _times(6), "json_quote": _times(6), "row_to_json": _times(6), "bin": _times(8),
    "array_to_json": _times(6), "json_object": _times(6), "json_array": _times(6), "json_structure": _times(20),
    "json_pretty": _squared, "list_zip": _zipped, "array_zip": _zipped, "list_value": _listed, "array_value": _listed,
    "list_extract": _item, "list_element": _item, "array_extract": _item, "list_first": _item, "list_last": _item,
    "list_any_value": _item, "string_split": _split, "str_split": _split, "string_to_array": _split,
    "regexp_split_to_array": _split, "split": _split, "strftime": _times(8),
    "list_aggregate": _added_up, "list_aggr": _added_up, "array_aggregate": _added_up, "array_aggr": _added_up,
    "list_string_agg": _added_up,
}  # fmt: skip

LARGE = float(2**62)


def repeated(arguments: Sequence[exp.Expr], values: Sequence[Value]) -> Value:
    """`repeat(x, 100)`, `lpad(x, 100, y)`, `list_resize(x, 100)`: as often as a literal says, else too often."""
    number = whole_number(arguments[1]) if len(arguments) > 1 else None
    count = LARGE if number is None else number
    size = values[0].bytes + (values[2].bytes if len(values) > 2 else 4.0)
    if values[0].item is not None:
        return list_of(item_of(values[0]), max(values[0].items, 1) * max(count, 1))
    return Value(size * max(1.0, count), combined(values))


REPEATING = frozenset("repeat lpad rpad list_resize array_resize bar".split())
REPEATING_NODES: tuple[type[exp.Expr], ...] = (exp.Repeat, exp.Pad)
