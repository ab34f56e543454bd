"""policy_tests.yaml: what principals should see, written down as cases. Read strictly, as every file of a mesh."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from gateway.auth.identity import IDENTITY, read_identity
from gateway.catalog.domains import POLICY_TESTS
from gateway.documents import Place, Section, did_you_mean
from gateway.settings import Settings
from gateway.yaml_text import YamlError, read_yaml
from policies.fields import ENDPOINTS
from policies.lines import MESH
from policies.principal import Principal

CASE = ("id", "title", "principal", "purpose", "endpoint", "statement", "expect")
EXPECT = ("rows", "count", "columns", "masks", "refusal")
NOBODY = "policy-test"
"""The name of an inline principal that has none."""

Rows = tuple[tuple[object, ...], ...]
_ID = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")
_SQLSTATE = re.compile(r"[0-9A-Z]{5}")


@dataclass(frozen=True, slots=True)
class Refusal:
    """`message` is a part of what the refusal or its hint says; empty: anything."""

    sqlstate: str
    message: str = ""


@dataclass(frozen=True, slots=True)
class Expectation:
    """What must hold of the answer; None: anything. With `refusal` there is nothing else.

    `columns` are the result's names, each with its type or None. `masks` are all masks of the columns that the
    statement uses: the relation's column -> the mask.
    """

    rows: Rows | None = None
    count: int | None = None
    columns: tuple[tuple[str, str | None], ...] | None = None
    masks: Mapping[str, str] | None = None
    refusal: Refusal | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """One statement of one principal and what it should be answered with. `owner`: a domain, or `*` the mesh."""

    owner: str
    id: str
    title: str
    principal: Principal
    purpose: str | None
    endpoint: str
    statement: str
    expect: Expectation
    place: str

    @property
    def name(self) -> str:
        """`sales/ana-sees-europe`; a case of the mesh's own file has its id alone."""
        return self.id if self.owner == MESH else f"{self.owner}/{self.id}"


def read_cases(
    settings: Settings, principals: Mapping[str, Principal]
) -> tuple[tuple[Case, ...], tuple[str, ...]]:
    """All cases of a mesh folder, the mesh's own first, and all that is wrong with their files."""
    problems: list[str] = []
    cases: list[Case] = []
    for path, owner in _files(settings.folder):
        place = Place(path.relative_to(settings.folder).as_posix())
        try:
            document = Section(read_yaml(path), place, problems, ("tests",))
        except (YamlError, FileNotFoundError) as error:
            problems.append(place.problem(str(error)))
            continue
        cases += _cases(document, owner, principals)
    return tuple(cases), tuple(dict.fromkeys(problems))


def _files(folder: Path) -> Iterator[tuple[Path, str]]:
    own = folder / POLICY_TESTS
    if own.is_file():
        yield own, MESH
    for path in sorted((folder / "domains").glob(f"[!.]*/{POLICY_TESTS}")):
        yield path, path.parent.name


def _cases(document: Section, owner: str, principals: Mapping[str, Principal]) -> Iterator[Case]:
    listed = document.raw("tests")
    if not isinstance(listed, list):
        if document.values or not document.problems:
            document.problem("must be a list of cases", "tests")
        return
    seen: set[str] = set()
    for number, values in enumerate(listed, start=1):
        yield _case(values, f"{number}", document, owner, principals, seen)


def _case(
    values: object,
    number: str,
    document: Section,
    owner: str,
    principals: Mapping[str, Principal],
    seen: set[str],
) -> Case:
    named = values.get("id") if isinstance(values, Mapping) else None
    label = named if isinstance(named, str) and _ID.fullmatch(named) else number
    place = document.place.at("tests", label)
    entry = Section(values, place, document.problems, CASE)
    _check_id(entry, seen)
    return Case(
        owner=owner,
        id=label,
        title=entry.text("title"),
        principal=_principal(entry, principals),
        purpose=entry.text("purpose") or None,
        endpoint=_endpoint(entry),
        statement=entry.required("statement"),
        expect=_expectation(entry),
        place=f"{place.file}: {'.'.join(place.path)}",
    )


def _check_id(entry: Section, seen: set[str]) -> None:
    name = entry.required("id")
    if name and not _ID.fullmatch(name):
        entry.problem(f"{name!r} must be a word of letters, digits, -, _ and .", "id")
    elif name in seen:
        entry.problem("another case has this id: choose another", "id")
    seen.add(name)


def _principal(entry: Section, principals: Mapping[str, Principal]) -> Principal:
    """A name of principals.yaml, or one that stands here only."""
    if isinstance(entry.raw("principal"), Mapping):
        return _inline(entry.section("principal", ("name", *IDENTITY)), principals)
    name = entry.required("principal")
    if name and name not in principals:
        entry.problem(f"principal '{name}' does not exist{did_you_mean(name, principals)}", "principal")
    return principals.get(name, Principal(name))


def _inline(entry: Section, principals: Mapping[str, Principal]) -> Principal:
    """Under a name of its own: the audit journal must not say that somebody asked who could not have."""
    name = entry.text("name", NOBODY)
    if name in principals:
        entry.problem(
            f"'{name}' is in principals.yaml already: write principal: {name}, or another name here", "name"
        )
    return read_identity(name, entry)


def _endpoint(entry: Section) -> str:
    name = entry.text("endpoint", "cli")
    if name not in ENDPOINTS:
        near = did_you_mean(name, ENDPOINTS) or f"; there are {', '.join(ENDPOINTS)}"
        entry.problem(f"unknown endpoint '{name}'{near}", "endpoint")
    return name


# --- what is expected ------------------------------------------------------------------------------------


def _expectation(entry: Section) -> Expectation:
    section = entry.section("expect", EXPECT)
    if not section.values and isinstance(entry.raw("expect") or {}, Mapping):
        entry.problem(f"must say at least one of {', '.join(EXPECT)}", "expect")
    if "refusal" in section and len(section.values) > 1:
        section.problem("a refused statement has no answer: leave the other keys out", "refusal")
    return Expectation(
        rows=_rows(section),
        count=_count(section),
        columns=_columns(section),
        masks=_masks(section),
        refusal=_refusal(section),
    )


def _rows(section: Section) -> Rows | None:
    value = section.raw("rows")
    if value is None:
        return None
    if isinstance(value, list) and all(isinstance(row, list) for row in value):
        return tuple(tuple(row) for row in value)
    section.problem("must be a list of rows, each a list of values: [[EU, 12.50], [US, null]]", "rows")
    return None


def _count(section: Section) -> int | None:
    value = section.raw("count")
    if value is None or (isinstance(value, int) and not isinstance(value, bool) and value >= 0):
        return value
    section.problem(f"must be a whole number, 0 or more, not {value!r}", "count")
    return None


def _columns(section: Section) -> tuple[tuple[str, str | None], ...] | None:
    """Names, or a mapping of names to types."""
    value = section.raw("columns")
    if value is None:
        return None
    if isinstance(value, list) and all(isinstance(name, str) for name in value):
        return tuple((name, None) for name in value)
    if isinstance(value, Mapping) and all(isinstance(item, str) for pair in value.items() for item in pair):
        return tuple((str(name), str(kind)) for name, kind in value.items())
    section.problem("must be a list of names, or a mapping of names to types", "columns")
    return None


def _masks(section: Section) -> Mapping[str, str] | None:
    if "masks" not in section:
        return None
    masks = section.section("masks")
    return {column: masks.text(column, "null") for column in masks.values}


def _refusal(section: Section) -> Refusal | None:
    """An SQLSTATE alone, or with a part of the message."""
    value = section.raw("refusal")
    if value is None:
        return None
    if isinstance(value, Mapping):
        entry = section.section("refusal", ("sqlstate", "message"))
        return Refusal(_sqlstate(entry, "sqlstate"), entry.text("message"))
    return Refusal(_sqlstate(section, "refusal"))


def _sqlstate(section: Section, key: str) -> str:
    """42501 reads as a number in YAML, 42P01 as text: both mean themselves."""
    value = section.raw(key)
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if isinstance(text, str) and _SQLSTATE.fullmatch(text):
        return text
    section.problem(f"must be an SQLSTATE of five characters, such as 42501, not {value!r}", key)
    return ""
