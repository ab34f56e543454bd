"""The scans of one query of a PostgreSQL."""

from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import replace
from threading import Event
from typing import Any

import pyarrow as pa
from psycopg import pq

from connectors.base import Scan, SourceColumn, Stream
from connectors.postgres_keys import SentKeys, is_passed_once, sent
from connectors.postgres_known import Arrivals, Known, KnownArrivals, Question
from connectors.postgres_lines import Line, Lines
from connectors.postgres_lookup import row_of
from connectors.postgres_parts import Parts
from connectors.postgres_pool import Pool
from connectors.postgres_types import arrival, quoted
from connectors.postgres_work import Work
from connectors.spool import Spool
from connectors.streams import Batches, PulledStream, Scans, scan_schema


class PostgresSnapshot:
    """Tables without a schema in their name are those of `schema`. At most `parallel` connections read one scan."""

    def __init__(
        self, pool: Pool, schema: str, known: KnownArrivals, lines: Lines, parallel: int = 1
    ) -> None:
        self._pool = pool
        self._parallel = parallel
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
        work = Work(self._pool, self._lines)
        return PulledStream(
            schema,
            self._batches(scan, schema, work),
            work.interrupt,
            ask=lambda: self._ask(scan, work),
            left=work.leave_lookup,
            connections=lambda: work.connections,
        )

    def _ask(self, scan: Scan, work: Work) -> None:
        """Beside the lines, which keep several scans in one state."""
        if scan.one and not scan.keys and self._lines.alone:
            source = self._source(scan)
            known = self._known.get(_question(scan, source))
            if known is not None:
                work.look_up(f"{known.selected} FROM {source} AS s LIMIT 2", known, as_stored=scan.as_stored)

    def _batches(self, scan: Scan, schema: pa.Schema, work: Work) -> Batches:
        answer = work.looked_up()
        if answer is not None and not answer.ntuples:
            return
        row = None if answer is None or work.known is None else _row(answer, schema, work.known)
        if row is not None:
            yield row
        else:
            yield from self._streamed(scan, schema, work)

    def _streamed(self, scan: Scan, schema: pa.Schema, work: Work) -> Batches:
        try:
            parted = yield from self._whole(scan, schema, work)
            if parted is not None:
                yield from self._in_parts(scan, schema, work, parted)
        finally:
            self._lines.ended()

    def _whole(
        self, scan: Scan, schema: pa.Schema, work: Work
    ) -> Generator[pa.RecordBatch, None, Known | None]:
        """Reads nothing where parts are better: then it returns how their columns arrive."""
        keys = tuple(map(sent, scan.keys))
        with work.on_a_line(keys, as_stored=scan.as_stored) as line:
            inline = _inline(line, keys)
            source = self._source(_by_index(scan, line, inline))
            described = [each.description for each in inline]
            question = _question(scan, source, described)
            try:
                asked_before = self._known.get(question)
                known = asked_before or self._found_out(question, line, scan, source, described)
                if scan.parts and not keys and self._parallel > 1 and self._lines.spares():
                    work.leave_line()
                    return known
                selected = f"{known.selected} FROM {source} AS s"
                sql = _with((each.as_expression for each in inline), selected)
                one = work.one(line, sql) if scan.one else None
                if one is not None and asked_before is not None and self._lines.alone:
                    self._pool.open_lookup()  # for the next one: what was asked twice will be asked again
                rows = work.asked(line, sql) if one is None else one
                yield from _arrived(rows, scan, schema, known, line)
            except Exception:
                self._known.forget(question)
                raise
        return None

    def _in_parts(self, scan: Scan, schema: pa.Schema, work: Work, known: Known) -> Batches:
        def arrived(rows: Spool, line: Line) -> Iterator[pa.RecordBatch]:
            return _arrived(rows, scan, schema, known, line)

        sqls = [f"{known.selected} FROM (\n{part}\n) AS s" for part in scan.parts]
        others = [Work(self._pool, self._lines) for _ in range(min(self._parallel, len(sqls)) - 1)]
        parts = Parts(self._lines, [work, *others], sqls, arrived)
        work.work_beside(parts)
        try:
            yield from parts.batches()
        except Exception:
            self._known.forget(_question(scan, self._source(scan)))
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


def _arrived(
    rows: Spool | pa.RecordBatchReader, scan: Scan, schema: pa.Schema, known: Known, line: Line
) -> Iterator[pa.RecordBatch]:
    _refuse_other_types(scan, known.arrivals, rows.schema)
    check_text = line.connection.unchecked_text
    for batch in rows:
        yield _finished(batch, schema, known.arrivals, check_text=check_text)


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
