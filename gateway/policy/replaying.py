"""`meshgate policy replay`: what was asked, decided again under the policies of another folder. Runs nothing."""

import textwrap
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from gateway.audit import AuditRecord, records
from gateway.errors import ConfigurationError, Refused
from gateway.policy.access import Below, Side
from gateway.policy.answers import MARK
from gateway.policy.difference import Change, hidden_changes
from gateway.policy.folders import Folder, notes_of, read_folder, read_pair
from gateway.policy.mutations import Progress
from gateway.policy.testing import printable_lines
from gateway.query.pipeline import visible_to
from gateway.query.request import Request
from gateway.settings import FILE
from policies.principal import Principal

DAY = 86_400.0
"""Seconds."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One statement as one principal asked it, however often."""

    principal: str
    groups: tuple[str, ...]
    purpose: str | None
    endpoint: str
    statement: str


@dataclass(slots=True)
class Journal:
    """What a journal says of the time in question: each Asked with how often, and its newest record."""

    counts: dict[Asked, int] = field(default_factory=dict)
    newest: dict[Asked, AuditRecord] = field(default_factory=dict)
    tests: int = 0
    explained: int = 0


@dataclass(frozen=True, slots=True)
class Decided:
    """`refusal` empty: it is answered. `rules`, and `hidden` None, where only the record is known."""

    refusal: str = ""
    columns: frozenset[str] = frozenset()
    masked: frozenset[str] = frozenset()
    rules: frozenset[str] = frozenset()
    hidden: dict[str, Below] | None = None


@dataclass(frozen=True, slots=True)
class Changed:
    asked: Asked
    count: int
    last: float
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Replay:
    """`statements` different ones were decided again, of `accesses` in all."""

    changes: tuple[Changed, ...]
    statements: int
    accesses: int
    notes: tuple[str, ...]

    def text(self) -> str:
        return printable_lines(self._lines())

    def _lines(self) -> Iterator[str]:
        for changed in self.changes:
            yield from _changed_lines(changed)
        accesses = sum(changed.count for changed in self.changes)
        yield (
            f"{len(self.changes):,} of {self.statements:,} statements ({accesses:,} of {self.accesses:,} accesses) "
            "would be answered otherwise"
        )
        yield from (f"note: {note}" for note in self.notes)

    def json(self) -> dict[str, object]:
        return {
            "changes": [_changed_json(changed) for changed in self.changes],
            "statements": self.statements,
            "accesses": self.accesses,
            "notes": list(self.notes),
        }


def _changed_lines(changed: Changed) -> Iterator[str]:
    asked = changed.asked
    purpose = f", purpose {asked.purpose}" if asked.purpose else ""
    times = "once" if changed.count == 1 else f"{changed.count:,} times"
    yield f"{asked.principal}{purpose}, via {asked.endpoint}: {times}, last {_iso(changed.last)}"
    yield f"  {textwrap.shorten(asked.statement, 200, placeholder=' ...')}"
    yield from (f"    {change.text()}" for change in changed.changes)


def _changed_json(changed: Changed) -> dict[str, object]:
    asked = changed.asked
    return {
        "principal": asked.principal,
        "groups": list(asked.groups),
        "purpose": asked.purpose,
        "endpoint": asked.endpoint,
        "statement": asked.statement,
        "count": changed.count,
        "last": _iso(changed.last),
        "changes": [change.json() for change in changed.changes],
    }


def _iso(instant: float) -> str:
    return datetime.fromtimestamp(instant, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


# --- what was asked --------------------------------------------------------------------------------------


def read_journal(directory: Path, since: float, progress: Progress) -> Journal:
    """Raises AuditUnavailable, which names the file, where a journal is damaged; ConfigurationError: none."""
    if not directory.is_dir():
        raise ConfigurationError((f"{directory}: there is no journal: say --audit FOLDER",))
    journal = Journal()
    ids: set[str] = set()
    for number, record in enumerate(records(directory)):
        if number % 1_000 == 0:
            progress(f"{number:,} records")
        if record.time >= since:
            _note(journal, record, first=record.id not in ids)
            ids.add(record.id)
    return journal


def _note(journal: Journal, record: AuditRecord, *, first: bool) -> None:
    if record.endpoint == "cli" and MARK in record.client:
        journal.tests += first
    elif record.statement.lstrip()[:7].upper() == "EXPLAIN":
        journal.explained += first
    else:
        asked = Asked(record.principal, record.groups, record.purpose, record.endpoint, record.statement)
        journal.counts[asked] = journal.counts.get(asked, 0) + first
        journal.newest[asked] = record


# --- what is decided -------------------------------------------------------------------------------------


def replayed(new: Path, audit: Path | None, seconds: float, progress: Progress) -> Replay:
    """The statements of the last `seconds`. `audit`: the old mesh folder, or a folder of journals.

    Raises ConfigurationError for a broken folder, AuditUnavailable for a damaged journal.
    """
    now = time.time()
    old_folder: Folder | None = None
    if audit is not None and (audit / FILE).exists():
        old_folder, new_folder = read_pair(audit, new)
    else:
        new_folder = read_folder(new)
    directory = old_folder.settings.audit_directory if old_folder else audit
    journal = read_journal(directory or new_folder.settings.audit_directory, now - seconds, progress)
    before = Side(old_folder, (), now) if old_folder else None
    return _decided_again(journal, before, Side(new_folder, (), now), now, progress)


def _decided_again(journal: Journal, old: Side | None, new: Side, now: float, progress: Progress) -> Replay:
    found = []
    for number, (asked, count) in enumerate(journal.counts.items()):
        progress(f"{number:,} of {len(journal.counts):,} statements")
        record = journal.newest[asked]
        before = _decided(asked, old, now) if old else _recorded(record)
        changes = tuple(_changes(before, _decided(asked, new, now)))
        if changes:
            found.append(Changed(asked, count, record.time, changes))
    found.sort(key=lambda changed: (changed.asked.principal, -changed.count, changed.asked.statement))
    notes = tuple(_notes(journal, old, new))
    return Replay(tuple(found), len(journal.counts), sum(journal.counts.values()), notes)


def _decided(asked: Asked, side: Side, now: float) -> Decided:
    """What the policies of a folder decide; groups are those of then, everything else is as it is now."""
    known = side.folder.principals.get(asked.principal)
    if known is None:
        return Decided(refusal=f"principals.yaml has no principal {asked.principal}")
    principal = Principal(known.name, frozenset(asked.groups), known.attributes, known.purposes)
    request = Request(asked.statement, principal, asked.endpoint, purpose=asked.purpose)
    try:
        query = side.authorized(request, visible_to(request, side, now))
    except Refused as error:
        return Decided(refusal=f"{error.sqlstate}: {error}")
    return Decided(
        columns=frozenset(query.revealed + query.masked),
        masked=frozenset(query.masked),
        rules=frozenset(query.rules),
        hidden=dict(side.hidden(query, principal)),
    )


def _recorded(record: AuditRecord) -> Decided:
    """A statement that a limit stopped while it ran was not refused by policies: its rules are on record."""
    if record.outcome == "refused" and not record.rules:
        return Decided(refusal=f"{record.sqlstate}: {record.message}")
    columns = frozenset((*record.revealed, *record.masked))
    return Decided(columns=columns, masked=frozenset(record.masked), rules=frozenset(record.rules))


def _changes(old: Decided, new: Decided) -> Iterator[Change]:
    if old.refusal or new.refusal:
        if old.refusal != new.refusal:
            yield Change("refused", (), old.refusal, new.refusal)
        return
    for kind, one, other in (("gains", new, old), ("loses", old, new)):
        columns = tuple(sorted(one.columns - other.columns))
        if columns:
            yield Change(kind, columns, "", "")
    if old.hidden is not None and new.hidden is not None:
        for kind, of, before, after in hidden_changes(old.hidden, new.hidden):
            yield Change(kind, (of,), before, after)
        return
    yield from _changes_from_record(old, new)


def _changes_from_record(old: Decided, new: Decided) -> Iterator[Change]:
    """A record knows which columns were masked, and by which rules, but neither filters nor masks."""
    both = old.columns & new.columns
    for before, after, columns in (
        ("raw", "masked", both & (new.masked - old.masked)),
        ("masked", "raw", both & (old.masked - new.masked)),
    ):
        if columns:
            yield Change("mask", tuple(sorted(columns)), before, after)
    if old.rules != new.rules:
        gone, come = (sorted(one.rules - other.rules) for one, other in ((old, new), (new, old)))
        yield Change("rules", (), ", ".join(gone), ", ".join(come))


# --- what a reader must know -----------------------------------------------------------------------------


def _notes(journal: Journal, old: Side | None, new: Side) -> Iterator[str]:
    sides = [side for side in (old, new) if side]
    if journal.tests:
        yield f"left out: {journal.tests:,} of policy tests"
    if journal.explained:
        yield f"left out: {journal.explained:,} of EXPLAIN"
    if old is None:
        yield (
            "compared with what the records say: a rule that kept its id is taken to say the same, and other rules "
            "may or may not mean other rows; --audit with the old mesh folder compares filters and masks themselves"
        )
    if any(side.folder.principals[name].attributes for side in sides for name in _names(journal, side)):
        yield "attributes and purposes are those of principals.yaml now: the journal does not keep them"
    for name in sorted(_moved(journal, new.folder)):
        yield f"{name} is in other groups now than then: decided with those of then"
    yield from notes_of(side.folder for side in sides)


def _names(journal: Journal, side: Side) -> Iterable[str]:
    return {asked.principal for asked in journal.counts} & side.folder.principals.keys()


def _moved(journal: Journal, folder: Folder) -> Iterator[str]:
    for name, groups in {(asked.principal, asked.groups) for asked in journal.counts}:
        known = folder.principals.get(name)
        if known is not None and known.groups != frozenset(groups):
            yield name
