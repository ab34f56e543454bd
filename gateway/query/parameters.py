"""Parameters of a statement: which there are, of which types, and their values in place."""

from collections.abc import Hashable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlglot import exp

from gateway.errors import InvalidParameterValue, SyntaxNotSupported, UndefinedParameter
from gateway.query.request import Parameter
from gateway.sql.literals import as_text, literal
from gateway.sql.shape import Shape, Slot
from gateway.sql.zones.clocks import instant

UNTYPED = "VARCHAR"
"""What a parameter is whose use says nothing: text, as in PostgreSQL."""

SAME_TYPE = (exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE, exp.NullSafeEQ, exp.NullSafeNEQ, exp.In, exp.Between,
             exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Mod, exp.IntDiv, exp.Coalesce, exp.Nullif, exp.Greatest,
             exp.Least, exp.ArrayOverlaps, exp.ArrayContainsAll, exp.ArrayContainedBy)  # fmt: skip


ALWAYS: Mapping[type[object], str] = {
    **dict.fromkeys((exp.Limit, exp.Offset, exp.Fetch), "BIGINT"),
    **dict.fromkeys((exp.And, exp.Or, exp.Not, exp.Where, exp.Having), "BOOLEAN"),
}
"""What stands in a clause or beside a connector is of one type."""

NUMBERS: Mapping[type[exp.Expr], tuple[str, str]] = {
    exp.Left: ("expression", "INTEGER"), exp.Right: ("expression", "INTEGER"),
    exp.Substring: ("start length", "INTEGER"),
    exp.SplitPart: ("part_index", "INTEGER"),
    exp.Lag: ("offset", "INTEGER"), exp.Lead: ("offset", "INTEGER"), exp.NthValue: ("offset", "INTEGER"),
    exp.Ntile: ("this", "INTEGER"), exp.Round: ("decimals", "INTEGER"), exp.Trunc: ("decimals", "INTEGER"),
    exp.DateFromParts: ("year month day", "INTEGER"), exp.Bracket: ("expressions", "INTEGER"),
    exp.Chr: ("expressions", "INTEGER"), exp.Pow: ("expression", "DOUBLE"), exp.UnixToTime: ("this", "DOUBLE"),
    exp.PercentileCont: ("this", "DOUBLE"), exp.PercentileDisc: ("this", "DOUBLE"),
}  # fmt: skip
"""Arguments that are numbers, and of which type."""


def numbered(tree: exp.Query) -> dict[int, list[exp.Placeholder]]:
    """Parameter number -> its places. `?` counts from 1 in the text's order and does not mix with `$n`."""
    places: dict[int, list[exp.Placeholder]] = {}
    found = list(tree.find_all(exp.Placeholder, bfs=False))
    anonymous = [place for place in found if place.this is None]
    if anonymous and len(anonymous) != len(found):
        raise SyntaxNotSupported("? and $1 cannot be mixed in one statement")
    for count, place in enumerate(found, start=1):
        number = count if place.this is None else _number(place)
        places.setdefault(number, []).append(place)
    return places


def _number(place: exp.Placeholder) -> int:
    text = str(place.this)
    if not text.isdigit() or not 1 <= int(text) <= 65_535:
        raise SyntaxNotSupported("parameters are written $1, $2, ... or ?")
    return int(text)


def inferred(places: dict[int, list[exp.Placeholder]], given: Sequence[str | None]) -> tuple[str, ...]:
    """A type name for each of $1 to the highest: the one given, else the one that its use asks for."""
    count = max([*places, len(given)], default=0)
    types = []
    for number in range(1, count + 1):
        told = given[number - 1] if number <= len(given) else None
        guesses = (_asked_for(place) for place in places.get(number, ()))
        types.append(told or next((guess for guess in guesses if guess), UNTYPED))
    return tuple(types)


def _asked_for(place: exp.Expr) -> str | None:
    parent = place.parent
    if isinstance(parent, exp.Tuple) and (beside := _beside(place, parent)) is not None:
        return _known_type(beside)
    while isinstance(parent, exp.Paren | exp.Tuple | exp.Neg):
        place, parent = parent, parent.parent
    if isinstance(parent, exp.Cast | exp.TryCast):
        return _type_name(parent.to)
    if known := ALWAYS.get(type(parent)):
        return known
    if isinstance(parent, exp.If) and place.arg_key == "this":  # of CASE WHEN, or of CASE subject WHEN
        subject = parent.parent.this if isinstance(parent.parent, exp.Case) else None
        return _known_type(subject) if subject else "BOOLEAN"
    names, kind = NUMBERS.get(type(parent), ("", "")) if parent is not None else ("", "")
    if place.arg_key in names.split():
        return kind
    whole = parent.parent if isinstance(parent, exp.If) else parent
    if isinstance(whole, exp.Case):  # one of its results
        results = [*(branch.args["true"] for branch in whole.args["ifs"]), whole.args.get("default")]
        return next((known for each in results if each is not None and (known := _known_type(each))), None)
    if isinstance(parent, exp.Add | exp.Mul | exp.Div) and (moment := _of_moment(place, parent)) is not None:
        return moment
    if parent is not None and _quantifies(parent):
        inner = _asked_for(parent)
        return f"{inner}[]" if inner else None
    if isinstance(parent, exp.GenerateSeries):
        return _of_series(place, parent)
    if isinstance(parent, SAME_TYPE):
        siblings = (child for child in parent.iter_expressions() if child is not place)
        return next((name for name in map(_known_type, siblings) if name), None)
    return None


def _of_series(place: exp.Expr, series: exp.GenerateSeries) -> str | None:
    """Of a bound the type of the other one; the step between moments is an interval."""
    others = (series.args.get(key) for key in ("start", "end"))
    known = next((kind for each in others if each is not None and (kind := _known_type(each))), None)
    if known is not None and known.startswith(("DATE", "TIMESTAMP")):
        return "INTERVAL" if place.arg_key == "step" else known
    return "INTEGER" if known == "BIGINT" and series.find(exp.Literal) else known


def _beside(place: exp.Expr, row: exp.Tuple) -> exp.Expr | None:
    """What a row's value is compared with: `(a, b) = ($1, $2)`, `(a, b) IN (($1, $2))`."""
    at, compared = row.expressions.index(place), row.parent
    if not isinstance(compared, exp.In | exp.EQ | exp.NEQ | exp.LT | exp.LTE | exp.GT | exp.GTE):
        return None
    other = (
        compared.expression if compared.this is row and not isinstance(compared, exp.In) else compared.this
    )
    values = other.unnest().expressions if isinstance(other.unnest(), exp.Tuple) else []
    return values[at] if other is not row and at < len(values) else None


def _of_moment(place: exp.Expr, parent: exp.Expr) -> str | None:
    """What is added to a moment, or an interval is multiplied by."""
    other = parent.expression if parent.this is place else parent.this
    kind = _known_type(other) or ""
    if isinstance(other, exp.Interval) or kind == "INTERVAL":
        return "DOUBLE" if isinstance(parent, exp.Mul | exp.Div) else None
    return "INTERVAL" if isinstance(parent, exp.Add) and kind.startswith("TIME") else None


def _quantifies(node: exp.Expr) -> bool:
    """`ANY(list)` or `ALL(list)` beside an operator; the second is a plain function to sqlglot."""
    return isinstance(node, exp.Any) or (isinstance(node, exp.Anonymous) and str(node.this).lower() == "all")


def _known_type(node: exp.Expr) -> str | None:
    if _quantifies(node):
        items = node.this if isinstance(node, exp.Any) else next(iter(node.expressions), None)
        kind = _known_type(items.unnest()) if isinstance(items, exp.Expr) else None
        return kind[:-2] if kind is not None and kind.endswith("[]") else None
    if node.type is None or node.type.this in (exp.DataType.Type.UNKNOWN, exp.DataType.Type.NULL):
        return None
    if isinstance(node, exp.Literal) and not node.is_string:
        return "BIGINT" if node.is_int else "DOUBLE"
    return _type_name(node.type)


def _type_name(kind: exp.DataType) -> str:
    """As the engine spells it: sqlglot writes `TEXT(5)[]` where the engine says `VARCHAR[]`."""
    text = kind.sql(dialect="duckdb")
    element = text.rstrip("[]")
    suffix = text[len(element) :]
    word = element.partition("(")[0]
    return NAMES.get(element, NAMES[word] if word in SIZELESS else element) + suffix


MOST_DIGITS = 38
NAMES = {"INT": "INTEGER", "TEXT": "VARCHAR", "TIMESTAMPTZ": "TIMESTAMP WITH TIME ZONE", "REAL": "FLOAT"}
SIZELESS = {"TEXT"}


def fill(
    places: dict[int, list[exp.Placeholder]],
    types: tuple[str, ...],
    values: Sequence[Parameter] | None,
    zone: str = "",
) -> None:
    """Put the values, or for `values` None a NULL of the right type, in the places. Changes the tree. `zone`: whose
    clock an instant without an offset is told by; empty: UTC's.

    Raises UndefinedParameter where the statement uses a parameter that was not given.
    """
    for number, nodes in places.items():
        if values is not None and number > len(values):
            raise UndefinedParameter(f"there is no parameter ${number}")
        for place in nodes:
            value = values[number - 1].value if values is not None else _unknown(place)
            place.replace(literal(_instant(value, types[number - 1], zone), types[number - 1]))


def _unknown(place: exp.Expr) -> int | None:
    """What stands for a value: NULL, but where the engine needs a number to tell a type."""
    digits = isinstance(place.parent, exp.Round | exp.Trunc) and place.arg_key == "decimals"
    return 0 if digits or isinstance(place.parent, exp.PercentileCont | exp.PercentileDisc) else None


def _instant(value: object, kind: str, zone: str) -> object:
    if not kind.startswith("TIMESTAMP WITH TIME ZONE"):
        return value
    if isinstance(value, list):
        return [_instant(item, kind, zone) for item in value]
    if not isinstance(value, datetime) or value.tzinfo is not None:
        return value
    try:
        return instant(value, zone or "UTC")
    except OverflowError as error:
        raise InvalidParameterValue("a time is beyond the years 1 to 9999") from error


# --- what of them a plan depends on --------------------------------------------------------------------------


def kinds_and_slots(
    parameters: Sequence[Parameter], shape: Shape
) -> tuple[tuple[Hashable, ...], tuple[Slot, ...]] | None:
    """Of each parameter its type and value, but of one that is a slot the value's kind, sign and which literal of the
    statement it equals, as in the key of `shape`; and the slots. None: a value has no exact text."""
    literals = {slot: number for number, slot in enumerate(shape.literals)}
    kinds: list[Hashable] = []
    slots = []
    for number, parameter in enumerate(parameters, start=1):
        slot = _slot(parameter) if number in shape.parameters else None
        try:
            kind = _exact(parameter.value) if slot is None else _kind(parameter, slot)
        except InvalidParameterValue:
            return None
        if slot is not None:
            slots.append(slot)
            kind = (*kind, literals.setdefault(slot, len(literals)))
        kinds.append((parameter.type, kind))
    return tuple(kinds), tuple(slots)


def _slot(parameter: Parameter) -> Slot | None:
    """The literal that `literal` writes for the value, if it is one that every dialect writes alike."""
    value = parameter.value
    if type(value) is int:
        slot = Slot(str(abs(value)), is_text=False)
    elif type(value) is Decimal and value.is_finite() and abs(value.adjusted()) <= MOST_DIGITS:
        slot = Slot(f"{value:f}".lstrip("-"), is_text=False)
    elif type(value) in (date, datetime, UUID) or (type(value) is str and parameter.type == "VARCHAR"):
        slot = Slot(as_text(value), is_text=True)
    else:
        return None
    return slot if slot.plain else None


def _kind(parameter: Parameter, slot: Slot) -> tuple[Hashable, ...]:
    value = parameter.value
    if isinstance(value, int | Decimal):
        return type(value).__name__, slot.kind, f"{value:f}".startswith("-")
    return type(value).__name__, slot.kind, 0 if isinstance(value, str) else len(slot.value)


def _exact(value: object) -> tuple[Hashable, ...]:
    """Equal for what `literal` makes the same of only. Raises InvalidParameterValue."""
    if value is None:
        return ()
    if isinstance(value, Sequence) and not isinstance(value, str | bytes | bytearray | memoryview):
        return "list", tuple(_exact(item) for item in value)
    return type(value).__name__, as_text(value)
