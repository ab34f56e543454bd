"""One line of a policies.csv, as data, with where it stands; and the reader that refuses whatever it does not
know."""

import csv
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from policies import fields
from policies.fields import Condition, FieldError

MESH = "*"
"""The owner of the mesh's own file, and the domain of a line that holds everywhere."""


@dataclass(frozen=True, slots=True)
class GrantLine:
    """`p`: allows or denies an action. `rows` is the name of a filter of `owner`; None: every row."""

    file: str
    number: int
    owner: str
    id: str
    subject: str
    domain: str
    object: str
    action: str
    rows: str | None
    condition: Condition
    until: float | None
    effect: str


@dataclass(frozen=True, slots=True)
class FilterLine:
    """`p2`: a row filter that holds beside every grant."""

    file: str
    number: int
    owner: str
    id: str
    subject: str
    domain: str
    object: str
    rows: str
    condition: Condition
    until: float | None


@dataclass(frozen=True, slots=True)
class MaskLine:
    """`p3`: a column mask. The mesh's and the domain's lines are resolved apart."""

    file: str
    number: int
    owner: str
    id: str
    subject: str
    domain: str
    object: str
    mask: str
    priority: int
    condition: Condition
    until: float | None


@dataclass(frozen=True, slots=True)
class RoleLine:
    """`g`: gives a role to a user, a group or another role, within a domain. It has no id of its own."""

    file: str
    number: int
    owner: str
    member: str
    role: str
    domain: str

    @property
    def id(self) -> str:
        return f"{self.file}:{self.number}"


RuleLine = GrantLine | FilterLine | MaskLine
Line = RuleLine | RoleLine

_Parser = Callable[[str], object]
_OBJECT: dict[str, _Parser] = {
    "id": fields.line_id,
    "subject": fields.subject,
    "domain": fields.domain,
    "object": fields.object_text,
}
_LIFE: dict[str, _Parser] = {"condition": fields.condition, "until": fields.until}
_KINDS: dict[str, tuple[Callable[..., Line], dict[str, _Parser]]] = {
    "p": (
        GrantLine,
        {**_OBJECT, "action": fields.action, "rows": fields.rows, **_LIFE, "effect": fields.effect},
    ),
    "p2": (FilterLine, {**_OBJECT, "rows": fields.rows, **_LIFE}),
    "p3": (MaskLine, {**_OBJECT, "mask": fields.mask, "priority": fields.priority, **_LIFE}),
    "g": (RoleLine, {"member": fields.member, "role": fields.role, "domain": fields.domain}),
}


def read_lines(text: str, file: str, owner: str) -> tuple[tuple[Line, ...], tuple[str, ...]]:
    """The lines of one policies.csv, and all that is wrong with it as `file:line: what, what to do`.

    `owner` is the domain whose file it is, or `*` for the mesh's own. A line with a problem is not among the
    lines: whoever finds problems must not go on with the rest.
    """
    lines: list[Line] = []
    problems: list[str] = []
    for number, record in _records(text):
        try:
            line = _read(record, file, number, owner)
        except _ProblemsError as found:
            problems += [f"{file}:{number}: {problem}" for problem in found.texts]
        else:
            lines.append(line)
    unique, repeated = _unique(lines)
    return unique, (*problems, *repeated)


def duplicate_ids(lines: Iterable[Line]) -> tuple[str, ...]:
    """What is wrong with the ids of all files' lines together."""
    return _unique(lines)[1]


class _ProblemsError(Exception):
    def __init__(self, texts: Iterable[str]) -> None:
        self.texts = tuple(texts)


def _records(text: str) -> Iterator[tuple[int, str]]:
    """Line numbers and texts without comments and blank lines. Only CR and LF end a line: other separators of
    Unicode would let a comment hide a line, or show one that is none."""
    for number, line in enumerate(re.split(r"\r\n|\n|\r", text.removeprefix("\ufeff")), start=1):
        record = line.strip(" \t")
        if record and not record.startswith("#"):
            yield number, record


def _read(record: str, file: str, number: int, owner: str) -> Line:
    kind, *values = _split(record)
    if kind not in _KINDS:
        raise _ProblemsError([f"unknown kind of line '{kind}'{fields.suggestion(kind, tuple(_KINDS))}"])
    build, parsers = _KINDS[kind]
    if len(values) != len(parsers):
        expected = ", ".join([kind, *parsers])
        raise _ProblemsError(
            [f"a {kind} line has {len(parsers) + 1} fields ({expected}), this one has {len(values) + 1}"]
        )
    line = build(
        file=file, number=number, owner=owner, **_parsed(dict(zip(parsers, values, strict=True)), parsers)
    )
    if problems := (*_place_problems(line), *_kind_problems(line)):
        raise _ProblemsError(problems)
    return line


def _split(record: str) -> list[str]:
    """The fields of one record, white space around them removed."""
    spaced = record.replace("\t", " ")
    if not spaced.isprintable():
        hidden = next(character for character in spaced if not character.isprintable())
        raise _ProblemsError([f"the invisible character U+{ord(hidden):04X} stands in this line; remove it"])
    return [value.strip() for value in (_quoted(record) if '"' in record else record.split(","))]


def _quoted(record: str) -> list[str]:
    try:
        return _csv(record)
    except csv.Error:
        return _csv_spaced(record)


def _csv(record: str) -> list[str]:
    return next(csv.reader([record], strict=True, skipinitialspace=True))


def _csv_spaced(record: str) -> list[str]:
    """White space between a closing quote and the comma is not CSV, but people align their columns with
    it."""
    try:
        return _csv(re.sub(r'"[ \t]+(?=,|$)', '"', record))
    except csv.Error as error:
        raise _ProblemsError(
            [f"this is not CSV ({error}); close the quotes, and double a quote inside them"]
        ) from error


def _parsed(values: dict[str, str], parsers: dict[str, _Parser]) -> dict[str, object]:
    """Every field's meaning, or all that is wrong with them."""
    parsed: dict[str, object] = {}
    problems = []
    for name, text in values.items():
        try:
            if not text:
                raise FieldError(
                    f"{name} is empty; write {'-' if name in _LIFE else 'it, or # before an unused line'}"
                )
            parsed[name] = parsers[name](text)
        except FieldError as error:
            problems.append(str(error))
    if problems:
        raise _ProblemsError(problems)
    return parsed


def _place_problems(line: Line) -> Iterator[str]:
    """A domain speaks for itself only; a line about one domain speaks of no other."""
    if line.owner != MESH and line.domain != line.owner:
        yield f"a line of domain {line.owner} must be about domain {line.owner}, not '{line.domain}'"
    if isinstance(line, RoleLine):
        yield from _foreign_roles(line.owner, line.member, line.role)
        return
    yield from _foreign_roles(line.owner, line.subject)
    about = fields.parse_object(line.object)
    if line.object == "*" and line.owner != MESH:
        yield f"object * is for the mesh's own file; write {line.owner}.*"
    if about.domain is not None and line.domain not in (MESH, about.domain):
        yield f"object '{line.object}' is not of domain {line.domain}; a domain's lines name its own objects"


def _foreign_roles(owner: str, *subjects: str) -> Iterator[str]:
    own = f"role:{owner}."
    for name in subjects:
        foreign = name.startswith("role:") and not (name.startswith(own) and name != own)
        if owner != MESH and foreign and name != fields.EVERYONE:
            yield f"'{name}' is not a role of domain {owner}; write {own}<name> or {fields.EVERYONE}"


def _kind_problems(line: Line) -> Iterator[str]:
    match line:
        case GrantLine():
            yield from _grant_problems(line)
        case FilterLine(rows=None):
            yield "a p2 line needs the name of a filter; * would hide no row"


def _grant_problems(line: GrantLine) -> Iterator[str]:
    to_domain = line.subject.startswith("domain:")
    if line.action == "share" and not to_domain:
        yield f"share is to a domain; write domain:<name> instead of '{line.subject}'"
    if to_domain and line.action not in ("share", "*"):
        yield f"a domain can only be given share, not {line.action}"
    if line.action == "*" and line.effect == "allow":
        yield "action * is for deny lines only; an allow line names its action"
    if line.rows is not None and (line.effect == "deny" or line.action not in ("select", "share")):
        yield f"rows must be * here, not '{line.rows}': only allowed select and share have row filters"
    if line.action == "declassify":
        yield from _declassify_problems(line)


def _declassify_problems(line: GrantLine) -> Iterator[str]:
    """A tag is dropped for all or for none, so nothing in the line may narrow it down."""
    if line.owner != MESH:
        yield "declassify is for the mesh's own file only"
    if fields.parse_object(line.object).column is None:
        yield f"declassify names one column, domain.relation.column, not '{line.object}'"
    if (
        (line.subject, line.effect) != (fields.EVERYONE, "allow")
        or line.condition.terms
        or line.until is not None
    ):
        yield f"declassify holds for everyone and for ever; write subject {fields.EVERYONE}, -, - and allow"


def declassified(lines: Iterable[Line]) -> frozenset[str]:
    """The derived columns, `domain.relation.column`, that drop the tags they inherit."""
    return frozenset(
        line.object for line in lines if isinstance(line, GrantLine) and line.action == "declassify"
    )


def _unique(lines: Iterable[Line]) -> tuple[tuple[Line, ...], tuple[str, ...]]:
    first: dict[str, Line] = {}
    problems = []
    for line in lines:
        earlier = first.setdefault(line.id, line)
        if earlier is not line:
            where = f"{earlier.file}:{earlier.number}"
            problems.append(
                f"{line.file}:{line.number}: id '{line.id}' stands in {where} already; choose another"
            )
    return tuple(first.values()), tuple(problems)
