"""What plans of one kind of statement share: all of their SQL but the literals that were seen to be free.

A literal of a statement (a slot, see `gateway.sql.shape`) is *free* once two plans, made for statements that differ in
it, held the one literal and the other in the same places, or the patterns of their beginnings, and differed in nothing
else. The next statement that differs from a known one in free slots only needs no planning: its literals are put in
their places. A literal that became a pattern is free for others as long as it is: a shorter one begins something else.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import repeat

from gateway.query.plan.model import Fragment, Input, KeyTransfer, Plan, Stage
from gateway.sql.shape import Slot, Template, written

TOKEN = re.compile(r"""'(?:[^']++|'')*'|"(?:[^"]++|"")*"|\d+(?:\.\d+)?(?:[eE][+-]?\d+)?\w*|\w+|\W""")
"""Of SQL that the gateway generated. What it takes apart wrongly equals no slot's literal, which is then not free."""

Piece = str | int
"""A token, or the number of the free slot whose literal stands there, `~number` for the pattern of its beginning."""


@dataclass(frozen=True, slots=True)
class Form:
    """A plan without its texts, these with places for slots that are `free`, and the values with which it was made.
    `made` is the plan for these values: most statements come again as they are."""

    plan: Plan
    texts: tuple[Template, ...]
    values: tuple[Slot, ...]
    free: frozenset[int] = frozenset()
    made: Plan = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "made", self._filled(self.values))

    def serves(self, values: Sequence[Slot]) -> bool:
        return all(
            own == other
            or (number in self.free and (number not in self._patterns or len(own.value) == len(other.value)))
            for number, (own, other) in enumerate(zip(self.values, values, strict=True))
        )

    @property
    def _patterns(self) -> frozenset[int]:
        return frozenset(~number for text in self.texts for number in text.numbers if number < 0)

    def filled(self, values: Sequence[Slot]) -> Plan:
        return self.made if values == self.values else self._filled(values)

    def _filled(self, values: Sequence[Slot]) -> Plan:
        return _with_texts(self.plan, ((text.filled(values), text.pieces) for text in self.texts))

    @property
    def size(self) -> int:
        """About the bytes of its texts."""
        return sum(len(piece) for text in self.texts for piece in text.pieces)

    def widened(self, newer: "Form") -> "Form | None":
        """With what a newer form, of which nothing is free yet, shows to be free. None: the plans differ in more, or
        do not hold a literal that the statements differ in, so that it went into them in some other way.

        Slots that are equal in the one are equal in the other (`gateway.sql.shape`): they are free together.
        """
        if self.plan != newer.plan or len(self.texts) != len(newer.texts):
            return None
        pairs = enumerate(zip(self.values, newer.values, strict=True))
        differing = {number: pair for number, pair in pairs if pair[0] != pair[1]}
        newly = {number: pair for number, pair in differing.items() if number not in self.free}
        whole = {(own.sql, new.sql): number for number, (own, new) in newly.items()}
        begun = {
            (own.beginning, new.beginning): ~number
            for number, (own, new) in newly.items()
            if own.is_text and len(own.value) == len(new.value)
        }
        if not whole.keys().isdisjoint(begun):
            return None  # nobody can tell which of two literals stands there
        texts = []
        for before, after in zip(self.texts, newer.texts, strict=True):
            pieces = _widened(list(_pieces(before)), list(_pieces(after)), whole | begun, newer.values)
            if pieces is None:
                return None
            texts.append(_template(pieces))
        met = {max(number, ~number) for text in texts for number in text.numbers}
        if not met.issuperset(whole.values()):
            return None
        return Form(newer.plan, tuple(texts), newer.values, self.free | differing.keys())


def form_of(plan: Plan, values: tuple[Slot, ...]) -> Form:
    """Of one plan: nothing is free."""
    texts = tuple(Template((text,), ()) for text in _texts(plan))
    return Form(_with_texts(plan, repeat(("", ()))), texts, values)


def _widened(
    own: list[Piece], new: list[Piece], numbers: Mapping[tuple[str, str], int], values: Sequence[Slot]
) -> list[Piece] | None:
    if len(own) != len(new):
        return None
    pieces: list[Piece] = []
    for before, after in zip(own, new, strict=True):
        if isinstance(before, int):
            if after != written(before, values):
                return None
            pieces.append(before)
        elif before == after:
            pieces.append(before)
        else:
            number = numbers.get((before, str(after)))
            if number is None:
                return None
            pieces.append(number)
    return pieces


def _pieces(text: Template) -> Iterator[Piece]:
    for piece, number in zip(text.pieces, (*text.numbers, None), strict=True):
        yield from TOKEN.findall(piece)
        if number is not None:
            yield number


def _template(pieces: Sequence[Piece]) -> Template:
    texts, numbers, start = [], [], 0
    for place, piece in enumerate(pieces):
        if isinstance(piece, int):
            texts.append("".join(map(str, pieces[start:place])))
            numbers.append(piece)
            start = place + 1
    return Template((*texts, "".join(map(str, pieces[start:]))), tuple(numbers))


# --- the texts of a plan, in a fixed order -------------------------------------------------------------------


def _texts(plan: Plan) -> Iterator[str]:
    yield plan.sql
    for part in plan.parts:
        yield part.sql
    for read in plan.inputs.values():
        yield from _texts_of(read)
    if plan.trial is not None:
        yield from _texts(plan.trial.plan)


def _texts_of(read: Input) -> Iterator[str]:
    if isinstance(read, Stage):
        yield read.sql
        for inner in read.inputs.values():
            yield from _texts_of(inner)
        return
    if read.scan.query is not None:
        yield read.scan.query
    for transfer in read.transfers:
        yield transfer.condition
        yield transfer.spanned


_Text = tuple[str, tuple[str, ...]]
"""A text, and its pieces between the literals that are free: those of a source's query are its shape."""


def _with_texts(plan: Plan, texts: Iterator[_Text]) -> Plan:
    """The plan with other texts, and without estimates and reasons, which no execution looks at."""
    sql, _ = next(texts)
    parts = tuple(replace(part, sql=next(texts)[0]) for part in plan.parts)
    inputs = {name: _given(read, texts) for name, read in plan.inputs.items()}
    trial = plan.trial
    if trial is not None:
        trial = replace(trial, plan=_with_texts(trial.plan, texts))
    return replace(plan, sql=sql, parts=parts, inputs=inputs, trial=trial)


def _given(read: Input, texts: Iterator[_Text]) -> Input:
    if isinstance(read, Stage):
        sql, _ = next(texts)
        inputs = {name: _given(inner, texts) for name, inner in read.inputs.items()}
        return replace(read, sql=sql, inputs=inputs, rows=None)
    scan = read.scan
    if scan.query is not None:
        query, pieces = next(texts)
        scan = replace(scan, query=query, shape=pieces)
    return replace(read, scan=scan, transfers=_conditions(read, texts), kept="", rows=None, reduced=None)


def _conditions(read: Fragment, texts: Iterator[_Text]) -> tuple[KeyTransfer, ...]:
    return tuple(
        replace(transfer, condition=next(texts)[0], spanned=next(texts)[0], reason="")
        for transfer in read.transfers
    )
