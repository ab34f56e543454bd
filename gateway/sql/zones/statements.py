"""A statement as it means in a session whose time zone is not UTC.

The engine's zone is UTC, always. What depends on the zone of a `timestamptz` is written out with it: as calculations
with the zone's own clock (`timezone('Europe/Berlin', x)`), and texts as the instant that they mean there. Whatever is
not listed is refused: a wrong answer is worse. Sources: PostgreSQL's manual, 8.5.3, 9.9.4; `timestamptz_pl_interval`.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from sqlglot import exp

from gateway.errors import SyntaxNotSupported
from gateway.sql.bounds.series import counts
from gateway.sql.dialect import generate
from gateway.sql.literals import cast, shared_type
from gateway.sql.names.scopes import Scopes
from gateway.sql.nodes import Nodes
from gateway.sql.spellings.char_formats import TIME
from gateway.sql.spellings.intervals import in_parts
from gateway.sql.templates import written
from gateway.sql.totality import COMPARISONS, T, operands_of
from gateway.sql.zones.clocks import instant
from gateway.sql.zones.nodes import ALIKE, CALLS_OF_CLOCK, CLAUSES, OF_CLOCK, PASSING
from gateway.sql.zones.texts import text_in_zone

WITH_ZONE = "TIMESTAMP WITH TIME ZONE"
CLOCKS = (T.DATE, T.TIMESTAMP, T.TIMESTAMPNTZ, T.DATETIME)
TEXTS = (T.TEXT, T.VARCHAR)

PARTS_OF_INSTANT = frozenset({"EPOCH"})
PARTS_OF_ZONE = frozenset({"TIMEZONE", "TIMEZONE_HOUR", "TIMEZONE_MINUTE"})
DAYS = frozenset({"DAY", "WEEK", "MONTH", "QUARTER", "YEAR", "DECADE", "CENTURY", "MILLENNIUM"})
CLOCK = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:[ T](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,6}))?)?)?")
INSTANT = re.compile(
    r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d(\.\d{1,6})?)?\s*(Z|[+-]\d\d(:?\d\d)?)", re.IGNORECASE
)
PARTS = re.compile(r"(-?\d+) months (-?\d+) days (-?\d+) microseconds")


def in_zone(tree: exp.Query, nodes: Nodes, zone: str) -> None:
    """Changes the typed tree; `zone` empty: UTC. Raises SyntaxNotSupported."""
    if not zone:
        for node in nodes.of_any((exp.Cast, exp.TryCast)):
            if (
                node.args["to"].this is T.TIME and _kind(node.this) is T.TIMESTAMPTZ
            ):  # the engine has no such cast
                node.set("this", cast(node.this.copy(), "TIMESTAMP"))
    elif any(_concerns(node) for node in tree.walk()):
        _Zoned(zone).change(tree)


def _concerns(node: exp.Expr) -> bool:
    if isinstance(node, exp.Anonymous) and node.name.lower() in ("make_timestamptz", "timezone"):
        return True
    kind = node.to if isinstance(node, exp.Cast | exp.TryCast) else node.type
    return kind is not None and _holds_instants(kind)


def _holds_instants(kind: exp.DataType) -> bool:
    return any(part.this is T.TIMESTAMPTZ for part in kind.find_all(exp.DataType))


def _kind(node: exp.Expr) -> exp.DType:
    node = node.unnest()
    if isinstance(node, exp.Literal) and node.is_string:
        return T.TEXT
    kind = node.to if isinstance(node, exp.Cast | exp.TryCast) else node.type
    found = kind.this if kind is not None else T.UNKNOWN
    return found if isinstance(found, T) else T.UNKNOWN


def _refused(node: exp.Expr) -> SyntaxNotSupported:
    return SyntaxNotSupported(
        f"{type(node).__name__.upper()} of a timestamptz is not supported where the session's time zone is not UTC",
        hint="write AT TIME ZONE '...' with it, which gives a timestamp, or SET TIME ZONE 'UTC'",
    )


class _Zoned:
    def __init__(self, zone: str) -> None:
        self._zone = zone
        self._scopes = Scopes()
        self._unsure: set[int] = set()
        """Nodes of no known type that may hold an instant."""

    def change(self, tree: exp.Query) -> None:
        for node in reversed(list(tree.walk(bfs=False))):
            made = self._changed(node)
            if made is not None and made is not node:
                node.replace(made)

    def _changed(self, node: exp.Expr) -> exp.Expr | None:
        if isinstance(node, exp.Column):
            self._note(node, known=_kind(node) is not T.UNKNOWN or counts(self._scopes.source(node)))
            return None
        if isinstance(node, exp.Cast | exp.TryCast):
            return self._cast(node)
        if isinstance(node, COMPARISONS):
            return self._comparison(node)
        if isinstance(node, exp.SetOperation):
            self._union(node)
            return None
        touched = [
            child for child in node.iter_expressions() if self._is_instant(child) or id(child) in self._unsure
        ]
        if not touched:
            if isinstance(node, exp.Anonymous) and node.name.lower() == "make_timestamptz":
                raise _refused(node)
            return None
        if isinstance(node, CLAUSES):
            return None
        if isinstance(node, PASSING) or (isinstance(node, exp.Anonymous) and node.name.lower() == "timezone"):
            self._note(node, known=_kind(node) is not T.UNKNOWN)
            return None
        if any(id(child) in self._unsure for child in touched):
            raise _refused(node)
        rule = RULES.get(type(node))
        if rule is None:
            raise _refused(node)
        return rule(self, node)

    def _note(self, node: exp.Expr, *, known: bool) -> None:
        if not known:
            self._unsure.add(id(node))

    def _is_instant(self, node: exp.Expr) -> bool:
        kind = node.unnest().type
        if isinstance(node.unnest(), exp.Cast | exp.TryCast):
            kind = node.unnest().args["to"]
        return isinstance(kind, exp.DataType) and _holds_instants(kind)

    # --- the zone's clock ----------------------------------------------------------------------------------

    def _clock(self, instant: exp.Expr) -> exp.Expr:
        return _typed(written("timezone($2, $1)", [instant, exp.Literal.string(self._zone)]), "TIMESTAMP")

    def _instant(self, clock: exp.Expr) -> exp.Expr:
        template = "timezone($2, CAST($1 AS TIMESTAMP))"
        return _typed(written(template, [clock, exp.Literal.string(self._zone)]), WITH_ZONE)

    def _read(self, text: str, node: exp.Expr) -> exp.Expr:
        """The instant that a text means here. One with an offset means it anywhere."""
        if INSTANT.fullmatch(text.strip()) or text.strip().lower() in ("infinity", "-infinity"):
            return cast(exp.Literal.string(text), WITH_ZONE)
        clock = CLOCK.fullmatch(text.strip())
        if clock is None:
            raise _refused(node)
        try:
            year, month, day, hour, minute, second = (int(part or 0) for part in clock.groups()[:6])
            at = datetime(year, month, day, hour, minute, second) + timedelta(
                microseconds=int((clock[7] or "0").ljust(6, "0"))
            )
            moment = instant(at, self._zone)
        except (ValueError, OverflowError) as error:
            raise _refused(node) from error
        return cast(exp.Literal.string(moment.isoformat(" ")), WITH_ZONE)

    # --- conversions ---------------------------------------------------------------------------------------

    def _cast(self, node: exp.Expr) -> exp.Expr | None:
        value, wanted = node.this, node.args["to"].this
        source = _kind(value)
        if wanted is T.TIMESTAMPTZ:
            return self._as_instant(value, node)
        if id(value.unnest()) in self._unsure or _holds_instants(node.args["to"]):
            raise _refused(node)
        if not self._is_instant(value):
            return None
        if source is T.TIMESTAMPTZ and wanted in TEXTS:
            return _typed(text_in_zone(value, self._zone), "VARCHAR")
        if source is not T.TIMESTAMPTZ or wanted not in (*CLOCKS, T.TIME):
            raise _refused(node)
        made = type(node)(this=self._clock(value), to=node.args["to"].copy())
        return _typed(made, generate(node.args["to"]))

    def _as_instant(self, value: exp.Expr, node: exp.Expr) -> exp.Expr | None:
        source, plain = _kind(value), value.unnest()
        if source in (T.TIMESTAMPTZ, T.NULL) or isinstance(plain, exp.Null):
            return None
        if isinstance(plain, exp.Literal) and plain.is_string:
            return self._read(plain.name, node)
        if source in CLOCKS:
            return self._instant(value)
        raise _refused(node)

    def _comparison(self, node: exp.Expr) -> exp.Expr | None:
        if isinstance(node, exp.In) and node.args.get("query") is not None:
            kinds = [_kind(node.this), *(_kind(item.unalias()) for item in node.args["query"].this.selects)]
            self._uniform(node, kinds)
            return None
        operands = operands_of(node) or list(node.iter_expressions())
        unsure = [id(operand.unnest()) in self._unsure for operand in operands]
        if any(unsure):
            if not all(unsure):
                self._unsure_pair(node, operands)
            return None
        if not any(map(self._is_instant, operands)):
            return None
        for operand in operands:
            made = self._as_instant(operand, node)
            if made is not None:
                operand.replace(made)
        return None

    def _unsure_pair(self, node: exp.Expr, operands: list[exp.Expr]) -> None:
        """Something unknown beside an instant, or what a text would be made into, or a clock."""
        others = {_kind(operand) for operand in operands if id(operand.unnest()) not in self._unsure}
        if others & {T.TIMESTAMPTZ, *CLOCKS, *TEXTS, T.UNKNOWN}:
            raise _refused(node)

    def _uniform(self, node: exp.Expr, kinds: list[exp.DType]) -> None:
        if T.TIMESTAMPTZ in kinds and not {*kinds} <= {T.TIMESTAMPTZ, T.NULL}:
            raise _refused(node)

    def _union(self, node: exp.SetOperation) -> None:
        columns = [
            (left.unalias(), right.unalias())
            for left, right in zip(node.left.selects, node.right.selects, strict=False)
        ]
        unsure = any(id(side.unnest()) in self._unsure for pair in columns for side in pair)
        instants = any(self._is_instant(side) for pair in columns for side in pair)
        if (instants or unsure) and (unsure or node.args.get("by_name")):
            raise _refused(node)
        for pair in columns:
            self._uniform(node, [_kind(side) for side in pair])

    def _alike(self, node: exp.Expr) -> None:
        if isinstance(node, exp.If):
            return  # of a CASE, which looks at all of its branches
        if isinstance(node, exp.Case):
            values = [*(branch.args["true"] for branch in node.args["ifs"]), node.args.get("default")]
            if node.this is not None:
                self._uniform(node, [_kind(node.this), *(_kind(branch.this) for branch in node.args["ifs"])])
        elif isinstance(node, exp.Lag | exp.Lead):
            values = [node.this, node.args.get("default")]
        else:
            values = [node.this, node.args.get("expression"), *node.expressions]
        found = [_kind(value) for value in values if isinstance(value, exp.Expr)]
        self._uniform(node, [kind for kind in found if kind is not T.NULL])

    def _as_text(self, node: exp.Expr) -> None:
        """`'at ' || x` and its kind: as a cast to text shows it."""
        for value in list(node.iter_expressions()):
            if self._is_instant(value):
                if _kind(value) is not T.TIMESTAMPTZ:
                    raise _refused(node)
                value.replace(_typed(text_in_zone(value, self._zone), "VARCHAR"))

    def _series(self, node: exp.Expr) -> None:
        """Of steps that do not end at midnight."""
        parts = _parts(node.args.get("step") or exp.Null())
        if parts is None or parts[:2] != (0, 0):
            raise _refused(node)

    # --- what the clock tells ------------------------------------------------------------------------------

    def _of_clock(self, node: exp.Expr) -> None:
        if isinstance(node, exp.TimeToStr) and "%Z" in str(node.args.get("format")):
            raise _refused(node)
        if self._is_instant(node.this):
            node.set("this", self._clock(node.this))
        if any(map(self._is_instant, node.iter_expressions())):
            raise _refused(node)

    def _called(self, node: exp.Expr) -> None:
        name = node.name.lower()
        if name in ("date_part", "datepart") and len(node.expressions) == 2:
            part, value = node.expressions[0].name.upper(), node.expressions[1]
            self._part(node, part, value)
        elif name in ("epoch_us", "epoch_ns", "isfinite", "isinf"):
            return
        elif name in CALLS_OF_CLOCK and (name != "age" or len(node.expressions) == 2):
            for value in node.expressions:
                if _kind(value) is T.TIMESTAMPTZ:
                    value.replace(self._clock(value))
            if any(map(self._is_instant, node.expressions)):
                raise _refused(node)
        else:
            raise _refused(node)

    def _transformed(self, node: exp.Expr) -> None:
        """What `to_char` was written out as."""
        body = node.args.get("expression")
        (only, *more) = node.this.expressions if isinstance(node.this, exp.Array) else (None,)
        named = isinstance(body, exp.Lambda) and [each.name for each in body.expressions] == [TIME]
        if not named or more or only is None or _kind(only) is not T.TIMESTAMPTZ:
            raise _refused(node)
        only.replace(self._clock(only))
        node.this.type = shared_type("TIMESTAMP[]")

    def _extract(self, node: exp.Expr) -> None:
        self._part(node, node.this.name.upper(), node.expression)

    def _part(self, node: exp.Expr, part: str, value: exp.Expr) -> None:
        if part in PARTS_OF_ZONE or _kind(value) is not T.TIMESTAMPTZ:
            raise _refused(node)
        if part not in PARTS_OF_INSTANT:
            value.replace(self._clock(value))

    def _truncated(self, node: exp.Expr) -> exp.Expr:
        """By days and more on the zone's clock; hours and less are taken off the instant, which an hour that comes
        twice would not say."""
        value, unit = node.this, node.text("unit").upper()
        if _kind(value) is not T.TIMESTAMPTZ:
            raise _refused(node)
        if unit in DAYS:
            clock = node.copy()
            clock.set("this", self._clock(value))
            return self._instant(clock)
        template = (
            'list_extract(list_transform([$1], lambda "#at": "#at" - (timezone($2, "#at")'
            ' - date_trunc($3, timezone($2, "#at")))), 1)'
        )
        zone = exp.Literal.string(self._zone)
        return _typed(written(template, [value, zone, exp.Literal.string(unit.lower())]), WITH_ZONE)

    # --- calculations --------------------------------------------------------------------------------------

    def _added(self, node: exp.Expr) -> exp.Expr | None:
        assert isinstance(node, exp.Binary)
        left, right = _kind(node.left), _kind(node.right)
        if isinstance(node, exp.Sub) and left is right is T.TIMESTAMPTZ:
            return None
        if isinstance(node, exp.Sub) and {left, right} <= {T.TIMESTAMPTZ, *CLOCKS}:
            for side in (node.left, node.right):
                made = self._as_instant(side, node)
                if made is not None:
                    side.replace(made)
            node.type = shared_type("INTERVAL")
            return None
        value, span = (node.left, node.right) if left is T.TIMESTAMPTZ else (node.right, node.left)
        parts = _parts(span)
        if (
            parts is None
            or (isinstance(node, exp.Sub) and value is node.right)
            or _kind(value) is not T.TIMESTAMPTZ
        ):
            raise _refused(node)
        return self._later(value, parts, -1 if isinstance(node, exp.Sub) else 1)

    def _later(self, value: exp.Expr, parts: tuple[int, int, int], sign: int) -> exp.Expr:
        """Months and days on the zone's clock, then what is less, as it passes."""
        months, days, microseconds = (part * sign for part in parts)
        made = value.copy()
        if months or days:
            made = self._instant(exp.Add(this=self._clock(made), expression=_span(months, days, 0)))
        if microseconds:
            later = _typed(exp.Add(this=made, expression=_span(0, 0, microseconds)), WITH_ZONE)
            made = exp.paren(later, copy=False)
        return _typed(made, WITH_ZONE)


def _typed(node: exp.Expr, kind: str) -> exp.Expr:
    node.type = shared_type(kind)
    return node


def _span(months: int, days: int, microseconds: int) -> exp.Expr:
    return cast(exp.Literal.string(f"{months} months {days} days {microseconds} microseconds"), "INTERVAL")


def _parts(node: exp.Expr) -> tuple[int, int, int] | None:
    """Months, days and microseconds of an interval that is written out."""
    node = node.unnest()
    text = None
    if isinstance(node, exp.Cast) and node.to.this is T.INTERVAL and node.this.is_string:
        text = in_parts(node.this.name)
    elif (
        isinstance(node, exp.Interval)
        and isinstance(node.this, exp.Literal)
        and node.args.get("unit") is not None
    ):
        text = in_parts(f"{node.this.name} {node.args['unit'].name}")
    found = PARTS.fullmatch(text or "")
    return None if found is None else (int(found[1]), int(found[2]), int(found[3]))


RULES: Mapping[type[exp.Expr], Callable[[_Zoned, exp.Expr], exp.Expr | None]] = {
    **dict.fromkeys(ALIKE, _Zoned._alike),  # noqa: SLF001
    **dict.fromkeys(OF_CLOCK, _Zoned._of_clock),  # noqa: SLF001
    **dict.fromkeys((exp.DPipe, exp.Concat, exp.ConcatWs), _Zoned._as_text),  # noqa: SLF001
    exp.GenerateSeries: _Zoned._series,  # noqa: SLF001
    exp.Anonymous: _Zoned._called,  # noqa: SLF001
    exp.Transform: _Zoned._transformed,  # noqa: SLF001
    exp.Extract: _Zoned._extract,  # noqa: SLF001
    exp.TimestampTrunc: _Zoned._truncated,  # noqa: SLF001
    exp.DateTrunc: _Zoned._truncated,  # noqa: SLF001
    exp.Add: _Zoned._added,  # noqa: SLF001
    exp.Sub: _Zoned._added,  # noqa: SLF001
}
