"""The scans of one query of a PostgreSQL."""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from threading import Event, Lock
from typing import Any

import pyarrow as pa
from psycopg import pq

from connectors.base import Scan, ScanCanceled, SourceColumn, SourceError, Stream
from connectors.postgres_keys import SentKeys, is_passed_once, sent
from connectors.postgres_lines import Line, Lines
from connectors.postgres_lookup import LookupFailed, LookupSession, row_of
from connectors.postgres_pool import Pool
from connectors.postgres_types import Arrival, arrival, quoted
from connectors.spool import Spool
from connectors.streams import Batches, PulledStream, Scans, scan_schema

Arrivals = Mapping[str, Arrival]


@dataclass(frozen=True, slots=True)
class Known:
    """How the columns of a question arrive, and the SELECT list that asks for them so."""

    arrivals: Arrivals
    selected: str


Question = tuple[tuple[str, ...], tuple[SourceColumn, ...]]
"""A statement that selects the columns as they are, or what it shares with those that select the same, and the columns
as they shall arrive."""


class KnownArrivals:
    """How the columns of a query arrive, so that a source is not asked twice: that costs two round trips.

    Kept only where it lasts: a column may get another type at any time.
    """

    SIZE = 512

    def __init__(self) -> None:
        self._lock = Lock()
        self._known: OrderedDict[Question, Known] = OrderedDict()

    def get(self, question: Question) -> Known | None:
        with self._lock:
            found = self._known.get(question)
            if found is not None:
                self._known.move_to_end(question)
            return found

    def keep(self, question: Question, found: Known) -> None:
        if not all(each.lasting for each in found.arrivals.values()):
            return
        with self._lock:
            self._known[question] = found
            if len(self._known) > self.SIZE:
                self._known.popitem(last=False)

    def forget(self, question: Question) -> None:
        with self._lock:
            self._known.pop(question, None)


class PostgresSnapshot:
    """Tables without a schema in their name are those of `schema`."""

    def __init__(self, pool: Pool, schema: str, known: KnownArrivals, lines: Lines) -> None:
        self._pool = pool
        self._schema = schema
        self._known = known
        self._lines = lines
        self._scans = Scans(self._open)

    def open(self, scan: Scan) -> Stream:
        return self._scans.open(scan)

    def reserve(self, canceled: Event) -> None:
        self._lines.reserve(canceled)

    def close(self) -> None:
        self._scans.close()
        self._lines.close()

    def _open(self, scan: Scan) -> Stream:
        schema = scan_schema(scan.columns)
        work = _Work(self._pool, self._lines)
        return PulledStream(
            schema,
            self._batches(scan, schema, work),
            work.interrupt,
            ask=lambda: self._ask(scan, work),
            left=work.leave_lookup,
        )

    def _ask(self, scan: Scan, work: "_Work") -> None:
        """Beside the lines, which keep several scans in one state."""
        if scan.one and not scan.keys and self._lines.alone:
            source = self._source(scan)
            known = self._known.get(_question(scan, source))
            if known is not None:
                work.look_up(f"{known.selected} FROM {source} AS s LIMIT 2", known)

    def _batches(self, scan: Scan, schema: pa.Schema, work: "_Work") -> Batches:
        answer = work.looked_up()
        if answer is not None and not answer.ntuples:
            return
        row = None if answer is None or work.known is None else _row(answer, schema, work.known)
        if row is not None:
            yield row
        else:
            yield from self._streamed(scan, schema, work)

    def _streamed(self, scan: Scan, schema: pa.Schema, work: "_Work") -> Batches:
        keys = tuple(map(sent, scan.keys))
        with work.on_a_line(keys) as line:
            inline = _inline(line, keys)
            source = self._source(_by_index(scan, line, inline))
            described = [each.description for each in inline]
            question = _question(scan, source, described)
            try:
                asked_before = self._known.get(question)
                known = asked_before or self._found_out(question, line, scan, source, described)
                selected = f"{known.selected} FROM {source} AS s"
                sql = _with((each.as_expression for each in inline), selected)
                one = work.one(line, sql) if scan.one else None
                if one is not None and asked_before is not None and self._lines.alone:
                    self._pool.open_lookup()  # for the next one: what was asked twice will be asked again
                rows = work.asked(line, sql) if one is None else one
                _refuse_other_types(scan, known.arrivals, rows.schema)
                check_text = line.connection.unchecked_text
                for batch in rows:
                    yield _finished(batch, schema, known.arrivals, check_text=check_text)
            except Exception:
                self._known.forget(question)
                raise

    def _found_out(
        self, question: Question, line: Line, scan: Scan, source: str, described: Iterable[str]
    ) -> Known:
        sql = _with(described, _plainly(scan, source))
        arrivals = _arriving(scan.columns, line.connection.describe(sql))
        known = Known(arrivals, _select(scan.columns, lambda column: arrivals[column.name].sql))
        self._known.keep(question, known)
        return known

    def _source(self, scan: Scan) -> str:
        if scan.query is not None:
            return f"(\n{scan.query}\n)"
        table = scan.table or ()
        return ".".join(quoted(part) for part in ((self._schema, *table) if len(table) == 1 else table))


class _Work:
    """One scan's use of a line, that another thread may interrupt."""

    def __init__(self, pool: Pool, lines: Lines) -> None:
        self._pool = pool
        self._lines = lines
        self._lock = Lock()
        self._canceled = Event()
        self._line: Line | None = None
        self._rows: Spool | None = None
        self._lookup: LookupSession | None = None
        self.known: Known | None = None

    def interrupt(self) -> None:
        self._canceled.set()
        with self._lock:
            if self._line is not None:
                self._line.cancel()
            if self._lookup is not None:
                self._lookup.cancel()

    def look_up(self, sql: str, known: Known) -> None:
        """Send a question whose columns are `known`, if there is a session for it now."""
        session = self._pool.lookup()
        if session is None:
            return
        try:
            session.send(self._lines.naming, sql)
        except LookupFailed:
            self._pool.give_lookup(session, clean=False)
            return
        with self._lock:
            self._lookup, self.known = session, known

    def looked_up(self) -> pq.abc.PGresult | None:
        """The answer, once; None: nothing was asked, or it was refused. Waits for it."""
        session, well, answer = self._lookup, False, None
        if session is None:
            return None
        try:
            answer = session.answer()
            well = True
        except LookupFailed:
            pass
        finally:
            self.leave_lookup(well=well)
        return answer

    def leave_lookup(self, *, well: bool = False) -> None:
        """Idempotent. Unless it went `well`, nobody knows what still comes."""
        with self._lock:  # from here on a cancel finds nothing; one that was sent may still be on its way
            session, self._lookup = self._lookup, None
        if session is not None:
            self._pool.give_lookup(session, clean=well and not self._canceled.is_set())

    @contextmanager
    def on_a_line(self, keys: tuple[SentKeys, ...]) -> Iterator[Line]:
        try:
            line = self._lines.take(self._canceled, {each.name: each.creation for each in keys if each.many})
            with self._lock:
                self._line = line
            try:
                yield line
            finally:
                if self._rows is not None:
                    self._rows.close()
                self._released(well=False)  # nothing was asked, or it has been released before
        except Exception as error:
            if self._canceled.is_set():
                raise ScanCanceled("the scan was cancelled") from error
            raise self._failure(error, keys) from error
        finally:
            self._lines.ended()

    def asked(self, line: Line, sql: str) -> Spool:
        """The running query. Its end releases the line, in whatever thread that happens."""
        rows = line.connection.query(sql)
        line.spool = self._rows = Spool(rows, lambda well: self._released(well=well))
        return self._rows

    def one(self, line: Line, sql: str) -> pa.RecordBatchReader | None:
        """Its only row, or none, in one round trip instead of three; the line is released. None: there are more rows,
        as many as nobody knows."""
        found = line.connection.at_once(f"{sql} LIMIT 2")
        if found.num_rows > 1:
            return None
        self._released(well=True)
        return found.to_reader()

    def _released(self, *, well: bool) -> None:
        with self._lock:  # from here on a cancel finds nothing; one that was sent may still be on its way
            line, self._line = self._line, None
        if line is not None:
            self._lines.release(line, well=well)

    def _failure(self, error: Exception, keys: tuple[SentKeys, ...]) -> SourceError:
        """Without the keys, which the driver repeats with the statement."""
        found = self._pool.failure(error)
        text = str(found)
        for each in keys:
            text = text.replace(each.arrays, "(keys)")
        return found if text == str(found) else type(found)(text)


def _inline(line: Line, keys: tuple[SentKeys, ...]) -> tuple[SentKeys, ...]:
    """Fill the line's tables; the other keys are for the statement itself."""
    for each in keys:
        if each.name in line.tables:
            line.connection.run(each.filling)
    return tuple(each for each in keys if each.name not in line.tables)


def _by_index(scan: Scan, line: Line, keys: tuple[SentKeys, ...]) -> Scan:
    """The scan as the source can run it in a time that does not grow with the product of rows and keys: an index may
    have been dropped since the statement was planned. The keys are told: of none there would be no row."""
    if scan.query is None or scan.otherwise is None:
        return scan
    asked = _with((each.as_expression for each in keys), scan.query)
    plan = line.connection.at_once(f"EXPLAIN {asked}").column(0)
    return scan if is_passed_once(map(str, plan)) else replace(scan, query=scan.otherwise)


def _with(expressions: Iterable[str], selected: str) -> str:
    """On a line of its own, which the server does not repeat in an error of the rest."""
    listed = ", ".join(expressions)
    return f"WITH {listed}\n{selected}" if listed else selected


def _read(columns: tuple[SourceColumn, ...]) -> tuple[SourceColumn, ...]:
    """Without those that mark others."""
    return tuple(column for column in columns if column.marks is None)


def _arriving(columns: tuple[SourceColumn, ...], described: Iterable["pa.Field[Any]"]) -> Arrivals:
    found = {
        column.name: arrival(column, field) for column, field in zip(_read(columns), described, strict=True)
    }
    marks = {column.name: found[column.marks].mark() for column in columns if column.marks is not None}
    marked = [column.marks for column in columns if column.marks is not None]
    return {**found, **{name: found[name].sparing() for name in marked}, **marks}


def _plain(column: SourceColumn) -> str:
    return f"s.{quoted(column.name)}"


def _select(columns: tuple[SourceColumn, ...], expression: Callable[[SourceColumn], str]) -> str:
    listed = ", ".join(f"{expression(column)} AS {quoted(column.name)}" for column in columns)
    return f"SELECT {listed}"


def _plainly(scan: Scan, source: str) -> str:
    return f"{_select(_read(scan.columns), _plain)} FROM {source} AS s"


def _question(scan: Scan, source: str, described: Iterable[str] = ()) -> Question:
    return scan.shape or (_with(described, _plainly(scan, source)),), scan.columns


def _refuse_other_types(scan: Scan, arrivals: Arrivals, delivered: pa.Schema) -> None:
    for column, field in zip(scan.columns, delivered, strict=True):
        if field.type != arrivals[column.name].type:
            raise TypeError(f"column {column.name}: expected {arrivals[column.name].type}, got {field.type}")


def _row(answer: pq.abc.PGresult, schema: pa.Schema, known: Known) -> pa.RecordBatch | None:
    """The only row of a lookup; None: there are more, or what came is for the other driver to read or to refuse."""
    arrivals = [known.arrivals[name] for name in schema.names]
    arrays = row_of(answer, [each.type for each in arrivals]) if answer.ntuples == 1 else None
    if arrays is None:
        return None
    try:
        finished = [each.finish(array) for each, array in zip(arrivals, arrays, strict=True)]
    except pa.ArrowInvalid:
        return None
    return pa.RecordBatch.from_arrays(finished, schema=schema)


def _finished(
    batch: pa.RecordBatch, schema: pa.Schema, arrivals: Arrivals, *, check_text: bool
) -> pa.RecordBatch:
    if check_text:
        batch.validate(full=True)
    arrays = []
    for field, array in zip(schema, batch.columns, strict=True):
        try:
            arrays.append(arrivals[field.name].finish(array))
        except pa.ArrowInvalid as error:
            raise ValueError(f"column {field.name}: {error}") from error
    return pa.RecordBatch.from_arrays(arrays, schema=schema)
