"""The audit record and where it goes: JSON lines, on disk before the first byte of an answer leaves."""

import contextlib
import heapq
import itertools
import json
import logging
import os
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

from gateway.errors import AuditUnavailable, ConfigurationError

LOG = logging.getLogger(__name__)
SUFFIX = ".jsonl"
FLUSH_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class SourceAccess:
    """What one source was asked: the query as sent (no keys, no secrets), rows and bytes that came, and for how long it
    was read, in seconds; None: not counted, the engine reads the files itself. `connections` read it side by side."""

    source: str
    query: str
    rows: int | None
    bytes: int | None
    seconds: float | None = None
    connections: int = 1


@dataclass(frozen=True, slots=True)
class AuditRecord:
    """One access. `time` is seconds since the epoch.

    `outcome` is `started`, `done`, `refused`, `failed` or `cancelled`.

    A record is written when it is opened (`started`) and again, under the same id, when it is closed.
    """

    id: str
    time: float
    principal: str
    groups: tuple[str, ...]
    endpoint: str
    client: str
    purpose: str | None
    statement: str
    relations: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    revealed: tuple[str, ...] = ()
    masked: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    sources: tuple[SourceAccess, ...] = ()
    rows: int = 0
    bytes: int = 0
    seconds: Mapping[str, float] | None = None
    outcome: str = "started"
    sqlstate: str | None = None
    message: str | None = None


_NAMES = tuple(field.name for field in fields(AuditRecord))
_OF_SOURCE = tuple(field.name for field in fields(SourceAccess))
_ENCODE = json.JSONEncoder(separators=(",", ":")).encode


class AuditSink(Protocol):
    def write(self, record: AuditRecord) -> None:
        """Durable on return, or AuditUnavailable; how an access ended whose beginning is durable is written on return
        and durable a moment later. Thread-safe."""
        ...

    def close(self) -> None: ...


# --- writing ---------------------------------------------------------------------------------------------


class JsonLinesSink:
    """One segment a process in `directory`, named by start time and process, readable by its owner only.

    Threads that write at once share one flush. The end of an access whose beginning is on disk does not wait for its
    flush, which comes with the next beginning or FLUSH_SECONDS later. A write that fails takes back what it left, so no
    half line stays before the next record, and the next write tries again.
    """

    def __init__(self, directory: Path) -> None:
        """Raises ConfigurationError if `directory` cannot be written to."""
        self._directory = directory
        self._pending: list[_Line] = []
        self._turn = threading.Condition()
        # Something is left to be flushed later; an event, so that not every line wakes the thread that does it.
        self._left = threading.Event()
        self._over = threading.Event()
        self._busy = False
        self._last_instant = 0.0
        self._segment: _Segment | None = None
        self._closed = False
        self._begun: set[str] = set()
        self._flushing: threading.Thread | None = None
        try:
            directory.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._segment = _Segment(directory)
        except OSError as error:
            problem = f"mesh.toml: audit.directory: {directory} cannot be written to ({error.strerror})"
            raise ConfigurationError((f"{problem}, choose a folder this account may write",)) from error

    def write(self, record: AuditRecord) -> None:
        line = _Line(record, ends=record.outcome != "started" and record.id in self._begun)
        if (batch := self._joined(line)) is not None:
            self._commit(batch)
        self._begun.discard(record.id)
        if line.error is not None:
            raise AuditUnavailable from line.error
        if record.outcome == "started":
            self._begun.add(record.id)

    def close(self) -> None:
        with self._turn:
            self._turn.wait_for(lambda: not self._busy)
            self._closed = True
            self._turn.notify_all()
            self._over.set()
            self._left.set()
            if self._segment is not None:
                self._segment.close()
                self._segment = None

    def _joined(self, line: "_Line") -> list["_Line"] | None:
        """Queue `line`. None: another thread has written it; otherwise the lines this thread has to write."""
        with self._turn:
            self._pending.append(line)
            self._turn.wait_for(lambda: line.done or not self._busy)
            if line.done:
                return None
            self._busy = True
            batch, self._pending = self._pending, []
            return batch

    def _commit(self, batch: list["_Line"]) -> None:
        error: BaseException | None = AuditUnavailable()  # what an interrupt leaves behind
        try:
            data = b"".join(line.sealed(self._instant()) for line in batch)
            self._append(data, flush=not all(line.ends for line in batch))
            error = None
        except OSError as failure:
            error = failure
        finally:
            with self._turn:
                for line in batch:
                    line.done, line.error = True, error
                self._busy = False
                self._turn.notify_all()

    def _append(self, data: bytes, *, flush: bool) -> None:
        if self._closed:
            raise OSError("the audit sink is closed")
        if not os.access(self._directory, os.W_OK):
            raise PermissionError(f"{self._directory} is not writable")
        if self._segment is not None and not self._segment.in_place():
            self._segment.close()
            self._segment = None
        if self._segment is None:
            self._segment = _Segment(self._directory)
        try:
            self._segment.append(data, flush=flush)
        except _FlushError:
            # The kernel may have dropped pages and report success next time: start afresh.
            self._segment.close()
            self._segment = None
            raise
        if not flush:
            self._left.set()
        if not flush and self._flushing is None:
            self._flushing = threading.Thread(target=self._flush_later, name="audit", daemon=True)
            self._flushing.start()

    def _flush_later(self) -> None:
        """Until the sink is closed, which flushes too."""
        while not self._closed:
            self._left.wait()
            self._over.wait(FLUSH_SECONDS)
            self._left.clear()
            with self._turn:
                self._turn.wait_for(lambda: not self._busy)
                segment = self._segment
                if segment is None or not segment.unflushed:
                    continue
                try:
                    segment.flush()
                except OSError:
                    LOG.exception("how the last statements ended may not be on disk")
                    segment.close()
                    self._segment = None

    def _instant(self) -> float:
        """Now, but never before the line before: segments are merged by it."""
        self._last_instant = max(self._last_instant, time.time())
        return self._last_instant


class _FlushError(OSError):
    pass


class _Line:
    """A record on its way to disk and what became of it."""

    __slots__ = ("done", "ends", "error", "text")

    def __init__(self, record: AuditRecord, *, ends: bool) -> None:
        """Encoded here: a record that cannot be is its writer's error alone. ASCII: no text breaks a line."""
        self.text = _ENCODE(document(record))
        self.ends = ends
        self.done = False
        self.error: BaseException | None = None

    def sealed(self, instant: float) -> bytes:
        """The whole line; `written` orders lines across segments."""
        return f'{self.text[:-1]},"written":"{_iso(instant)}"}}\n'.encode("ascii")


class _Segment:
    """One open file of whole lines."""

    def __init__(self, directory: Path) -> None:
        started = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
        self._path = directory / f"{started}-{os.getpid()}{SUFFIX}"
        self._descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        self._size = 0
        self._torn = False
        self.unflushed = False
        try:
            _flush_folder(directory)
        except OSError:
            os.close(self._descriptor)
            raise

    def in_place(self) -> bool:
        """Whether the file still stands under its name: a removed one swallows records without an error."""
        try:
            return os.path.samestat(self._path.stat(), os.fstat(self._descriptor))
        except OSError:
            return False

    def append(self, data: bytes, *, flush: bool) -> None:
        """All of `data` in the file and, if `flush`, on disk; or OSError and none of it."""
        self._mend()
        self._torn = True
        try:
            self._put(data)
            self.unflushed = True
            if flush:
                self.flush()
        except OSError:
            with contextlib.suppress(OSError):
                self._mend()
            raise
        self._size += len(data)
        self._torn = False

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._mend()
            if self.unflushed:
                self.flush()
        os.close(self._descriptor)

    def _put(self, data: bytes) -> None:
        view, offset = memoryview(data), self._size
        while view:
            written = os.pwrite(self._descriptor, view, offset)
            view, offset = view[written:], offset + written

    def flush(self) -> None:
        try:
            os.fdatasync(self._descriptor)
        except OSError as error:
            raise _FlushError(*error.args) from error
        self.unflushed = False

    def _mend(self) -> None:
        if self._torn:
            os.ftruncate(self._descriptor, self._size)
            self._torn = False


def _flush_folder(directory: Path) -> None:
    """A new file is durable only when its name is."""
    folder = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


# --- reading ---------------------------------------------------------------------------------------------


class SegmentReader:
    """Reads one segment from where it stopped: `new()` gives the whole lines that were added since."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._offset = 0
        self._number = 0

    def new(self) -> Iterator[tuple[str, AuditRecord]]:
        """(instant of writing, record) in order. A last line without its end (a crash) is left out."""
        with self._path.open("rb") as file:
            file.seek(self._offset)
            for line in file:
                if not line.endswith(b"\n"):
                    return
                self._offset += len(line)
                self._number += 1
                yield self._decoded(line)

    def _decoded(self, line: bytes) -> tuple[str, AuditRecord]:
        try:
            return _record(json.loads(line))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise AuditUnavailable(f"{self._path}: line {self._number}: not an audit record") from error


def records(directory: Path) -> Iterator[AuditRecord]:
    """Every record of every process that wrote here, in order of writing.

    Raises AuditUnavailable where a line is damaged.
    """
    readers = [SegmentReader(path) for path in segments(directory)]
    merged = heapq.merge(*(reader.new() for reader in readers), key=lambda entry: entry[0])
    return (record for _, record in merged)


def segments(directory: Path) -> tuple[Path, ...]:
    """The files of a journal, oldest first; none if nothing was ever written."""
    return tuple(sorted(directory.glob(f"*{SUFFIX}")))


def latest(entries: Iterable[AuditRecord], count: int) -> tuple[AuditRecord, ...]:
    """The newest `count` accesses, each once, in its last known state; oldest first."""
    order = itertools.count()
    running: dict[str, tuple[int, AuditRecord]] = {}
    ended: deque[tuple[int, AuditRecord]] = deque(maxlen=count)
    for record in entries:
        if record.outcome == "started":
            running[record.id] = (next(order), record)
        else:
            running.pop(record.id, None)
            ended.append((next(order), record))
    ordered = sorted([*running.values(), *ended], key=lambda entry: entry[0])
    return tuple(record for _, record in ordered[max(0, len(ordered) - count) :])


def follow(directory: Path, pause: float = 0.3) -> Iterator[AuditRecord]:
    """Records written after this call, without end, also those of processes that start later."""
    readers = {path: SegmentReader(path) for path in segments(directory)}
    for reader in readers.values():
        deque(reader.new(), maxlen=0)
    return _arriving(directory, readers, pause)


def _arriving(directory: Path, readers: dict[Path, SegmentReader], pause: float) -> Iterator[AuditRecord]:
    while True:
        for path in segments(directory):
            readers.setdefault(path, SegmentReader(path))
        fresh = [entry for reader in readers.values() for entry in reader.new()]
        yield from (record for _, record in sorted(fresh, key=lambda entry: entry[0]))
        time.sleep(pause)


def document(record: AuditRecord) -> dict[str, Any]:
    """The record as JSON shows it: the instant in ISO 8601, UTC."""
    values = {name: getattr(record, name) for name in _NAMES}
    values["time"] = _iso(record.time)
    values["sources"] = [{name: getattr(source, name) for name in _OF_SOURCE} for source in record.sources]
    values["seconds"] = None if record.seconds is None else dict(record.seconds)
    return values


def _record(line: dict[str, Any]) -> tuple[str, AuditRecord]:
    known = {name: line[name] for name in _NAMES if name in line}
    for name in ("groups", "relations", "columns", "revealed", "masked", "rules"):
        known[name] = tuple(known[name])
    known["sources"] = tuple(SourceAccess(**source) for source in known["sources"])
    known["time"] = datetime.fromisoformat(known["time"]).timestamp()
    return line["written"], AuditRecord(**known)


def _iso(instant: float) -> str:
    """Seconds since the epoch as `2026-11-22T13:50:00.123456+00:00`: fixed width, so texts sort by time."""
    return datetime.fromtimestamp(instant, UTC).isoformat(timespec="microseconds")
