"""What a session does with its statements: describes them, opens portals, moves cursors, copies rows."""

from collections.abc import Mapping
from dataclasses import replace
from itertools import islice

from gateway.errors import ShuttingDown
from gateway.frontends.pgwire import messages as wire
from gateway.frontends.pgwire.commands import Done, carry_out, shown
from gateway.frontends.pgwire.effects import Send, Signal, Steps
from gateway.frontends.pgwire.encoding.copy import COPY_DONE, copy_out_response
from gateway.frontends.pgwire.execution import Execution
from gateway.frontends.pgwire.failure import canceled_by_user
from gateway.frontends.pgwire.handshake import Admitted, PostgresGateway
from gateway.frontends.pgwire.metadata.governed import CatalogStatement
from gateway.frontends.pgwire.metadata.question import Given
from gateway.frontends.pgwire.own_rows import TEXT, TRUTH, truth_answer
from gateway.frontends.pgwire.parameters import bound
from gateway.frontends.pgwire.portal import AnyRows, Portal, Prepared, described
from gateway.frontends.pgwire.refusals import (
    BackwardRefused,
    FeatureRefused,
    NoTransaction,
    WrongParameters,
)
from gateway.frontends.pgwire.rows import Shape, catalog_shape, shape_of, values_of
from gateway.frontends.pgwire.scrolling import ScrolledRows
from gateway.frontends.pgwire.statements.copy_options import CopyTo
from gateway.frontends.pgwire.statements.cursors import (
    Declare,
    ExecutePrepared,
    Fetch,
    Prepare,
)
from gateway.frontends.pgwire.statements.recognized import SessionStatement, Show
from gateway.frontends.pgwire.statements.setting_calls import Configure, Setting
from gateway.frontends.pgwire.statements.signal_calls import SessionSignal
from gateway.frontends.pgwire.statements.splitting import Statement, near, outside_brackets, split, tokens
from gateway.frontends.pgwire.transaction import IDLE
from gateway.frontends.pgwire.types import ColumnType, PgType, column_type, duckdb_name
from gateway.frontends.pgwire.variables import PURPOSE, seconds
from gateway.frontends.pgwire.workspace import Workspace
from gateway.query.request import Parameter, Request

_TEXT = (0,)


class StatementSteps:
    """`offset`: where the statement at hand begins in the text that the client counts positions in."""

    def __init__(
        self, gateway: PostgresGateway, admitted: Admitted, peer: str, execution: Execution, work: Workspace
    ) -> None:
        self._gateway = gateway
        self._principal = admitted.principal
        self._peer = peer
        self._execution = execution
        self._work = work
        self.offset = 0

    def describe(self, prepared: Prepared) -> Steps[Prepared]:
        """The statement with its parameters' types and its result's shape, under the policies of now."""
        if isinstance(prepared.session, Declare) and prepared.count:
            inner = yield from self.describe(self._declared_query(prepared.session, prepared))
            return replace(prepared, parameters=inner.parameters)
        if isinstance(prepared.session, ExecutePrepared) and prepared.session.name in self._work.statements:
            inner = yield from self.describe(self._work.statement(prepared.session.name))
            return replace(prepared, parameters=(), shape=inner.shape)
        if isinstance(prepared.session, Configure):
            types = (kind or TEXT for kind in (*prepared.declared, *(None,) * prepared.count))
            parameters = tuple(islice(types, prepared.required))
            return replace(prepared, parameters=parameters, shape=self._own_shape(prepared))
        if prepared.session is not None or not prepared.text:
            return replace(prepared, parameters=(), shape=self._own_shape(prepared))
        if prepared.catalog is not None:
            return (yield from self._described_by_catalog(prepared))
        version = self._gateway.version()
        request = self._request(prepared, ())
        self._start(Portal(prepared, (), ()))
        description = yield from self._execution.describe(request)
        self._execution.end()
        inferred = tuple(column_type(name) for name in description.parameters)
        return described(prepared, inferred, shape_of(description.columns, request.settings), version)

    def _described_by_catalog(self, prepared: Prepared) -> Steps[Prepared]:
        version = self._gateway.version()
        portal = Portal(prepared, (), ())
        self._start(portal)
        known = yield from self._execution.describe_catalog(portal, self._catalog_statement(prepared))
        self._execution.end()
        parameters = tuple(ColumnType(PgType("", oid, -1, 0)) for oid in known.parameters)
        return replace(
            prepared, parameters=parameters, shape=catalog_shape(known.fields), described_by=version
        )

    def _own_shape(self, prepared: Prepared) -> Shape | None:
        match prepared.session:
            case Show(name):
                answer = shown(name, self._work)
                return Shape(answer.names, answer.columns)
            case Configure(calls):
                return Shape(tuple(call.column for call in calls), (TEXT,) * len(calls))
            case Setting(column=column):
                return Shape((column,), (TEXT,))
            case SessionSignal(column=column):
                return Shape((column,), (TRUTH,))
            case Fetch(name, move=False) if name in self._work.portals:
                rows = self._work.portals[name].rows
                return rows.shape if rows is not None else None
        return None

    def parameter_types(self, name: str, prepared: Prepared) -> Steps[tuple[ColumnType, ...]]:
        """As declared; inferred where the client declared none."""
        if prepared.parameters is not None:
            return prepared.parameters
        declared = tuple(kind for kind in prepared.declared if kind is not None)
        if len(declared) == prepared.required and prepared.catalog is None:
            return declared
        known = yield from self.describe(prepared)
        self.remember(name, prepared, known)
        return known.parameters or ()

    def remember(self, name: str, prepared: Prepared, known: Prepared) -> None:
        if self._work.statements.get(name) is prepared:
            self._work.statements[name] = known

    def open(self, portal: Portal, ahead: int | None = None) -> Steps[AnyRows]:
        """Run the portal's statement. `ahead`: up to so many of its rows (0: all) will be asked for next; None: nobody
        knows how many, it is a cursor."""
        prepared = portal.prepared
        self._start(portal)
        if prepared.catalog is None:
            request = replace(self._request(prepared, portal.parameters), partly=ahead != 0)
            return (yield from self._execution.run(portal, request, ahead))
        return (yield from self._execution.run_catalog(portal, self._catalog_statement(prepared)))

    def still_allowed(self, portal: Portal) -> Steps[None]:
        """An open portal goes on under the policies of now, or not at all (governance, rule 10)."""
        self._start(portal)
        if portal.result is not None:
            yield from self._execution.recheck(portal.result)

    def _start(self, portal: Portal) -> None:
        self.offset = portal.prepared.start
        self._execution.begin(portal, seconds(self._work.settings["statement_timeout"]))

    def _catalog_statement(self, prepared: Prepared) -> CatalogStatement:
        assert prepared.catalog is not None
        return CatalogStatement(
            self._request(prepared, ()), prepared.catalog, prepared.oids, self._work.process
        )

    def _request(self, prepared: Prepared, parameters: tuple[Parameter, ...]) -> Request:
        settings: Mapping[str, str] = self._work.settings
        declared = () if prepared.catalog else prepared.parameters or prepared.declared
        return Request(
            prepared.text,
            self._principal,
            "postgres",
            client=f"{self._peer} {settings['application_name']}".strip(),
            purpose=settings[PURPOSE] or None,
            parameters=parameters,
            parameter_types=tuple(None if kind is None else duckdb_name(kind) for kind in declared),
            settings=settings,
        )

    def carried_out(self, command: SessionStatement) -> Steps[Done]:
        if isinstance(command, SessionSignal):
            return (yield from self._signaled(command))
        return carry_out(command, self._work)

    def _signaled(self, command: SessionSignal) -> Steps[Done]:
        if command.process == self._work.process:
            raise ShuttingDown if command.ends else canceled_by_user()
        known = yield Signal(command.process, command.ends)
        warning = wire.Notice(
            "WARNING", "01000", f"PID {command.process} is not a PostgreSQL backend process"
        )
        answer = truth_answer(command.column, truth=bool(known))
        return Done("SELECT 1", answer, () if known else (warning,))

    def executed(self, execute: ExecutePrepared, codes: tuple[int, ...]) -> Steps[Portal]:
        """The portal of an EXECUTE."""
        raw = [None if value is None else value.encode() for value in execute.values]
        if execute.written:
            raw = yield from self._evaluated(execute.written)
        types = yield from self.parameter_types(execute.name, self._work.statement(execute.name))
        prepared = self._work.statement(execute.name)
        if len(raw) != prepared.required:
            raise WrongParameters(
                f'wrong number of parameters for prepared statement "{execute.name}"',
                hint=f"Expected {prepared.required} parameters but got {len(raw)}.",
            )
        if prepared.catalog is not None:
            return Portal(prepared, (), codes, tuple(Given(value, 0) for value in raw))
        return Portal(
            prepared, tuple(bound(value, 0, kind) for value, kind in zip(raw, types, strict=True)), codes
        )

    def _evaluated(self, expressions: str) -> Steps[list[bytes | None]]:
        """What the expressions are, as texts: a statement of its own, on record as any other."""
        words = tuple(tokens(expressions))
        if any(word.word in ("FROM", "UNION", "EXCEPT", "INTERSECT") for word in outside_brackets(words)):
            raise near(words, 0)
        prepared = self._work.prepared(Statement(f"SELECT {expressions}"))
        portal = Portal(prepared, (), _TEXT)
        rows = yield from self.open(portal)
        pulled = yield from self._execution.first(rows)
        self._execution.end()
        self._work.discarded.append(portal)
        return values_of(pulled.data)

    def cursor_command(self, command: Portal) -> Steps[None]:
        """DECLARE or PREPARE."""
        prepared = command.prepared
        match prepared.session:
            case Prepare() as prepare:
                self._work.prepare(prepare, prepared.start)
                yield Send(wire.command_complete("PREPARE"))
            case Declare() as declare:
                yield from self._declare(declare, command)
                yield Send(wire.command_complete("DECLARE CURSOR"))

    def _declare(self, declare: Declare, command: Portal) -> Steps[None]:
        if not declare.hold and self._work.transaction.status == IDLE:
            raise NoTransaction("DECLARE CURSOR can only be used in transaction blocks")
        query = self._declared_query(declare, command.prepared)
        codes = (1,) if declare.binary else _TEXT
        known = command.prepared.parameters or command.prepared.declared
        types = [] if query.catalog else [kind for kind in known if kind is not None]
        values = [
            bound(given.value, given.format, kind) for given, kind in zip(command.given, types, strict=False)
        ]
        portal = Portal(query, tuple(values), codes, command.given)
        portal.hold = declare.hold
        portal.scroll = declare.scroll
        self._work.open_portal(declare.name, portal, "cursor")
        yield from self.open(portal)
        self._execution.end()

    def _declared_query(self, declare: Declare, command: Prepared) -> Prepared:
        parts = split(declare.query)
        start = command.start + declare.start + parts[0].start
        query = self._work.prepared(replace(parts[0], start=start), command.oids)
        if query.session is not None or query.copy is not None:
            raise FeatureRefused("a cursor is declared for a query")
        return query

    def cursor(self, fetch: Fetch) -> Portal:
        """Errors: UndefinedPortal; BackwardRefused for what a cursor without SCROLL has passed, or might have."""
        portal = self._work.portal(fetch.name, "cursor")
        back = fetch.direction in ("backward", "absolute") or (fetch.count is not None and fetch.count < 0)
        if back and not portal.scroll:
            raise BackwardRefused(
                "cursor can only scan forward", hint="Declare it with SCROLL option to enable backward scan."
            )
        return portal

    def fetch(self, fetch: Fetch, codes: tuple[int, ...]) -> Steps[None]:
        portal = self.cursor(fetch)
        rows = portal.rows
        assert rows is not None, "a cursor is opened when it is declared"
        yield from self.still_allowed(portal)
        if codes != portal.codes:
            rows.use(codes)
            portal.codes = codes
        if isinstance(rows, ScrolledRows):
            count = yield from self._execution.seek(rows, fetch)
        else:
            count = yield from self._fetch_forward(rows, fetch)
        self._execution.end()
        yield Send(wire.command_complete(f"{fetch.tag} {count}"))

    def _fetch_forward(self, rows: AnyRows, fetch: Fetch) -> Steps[int]:
        """Of a cursor that keeps nothing."""
        count = fetch.count
        if count == 0:
            return 0
        if fetch.direction == "relative" and count is not None:
            if count > 1:
                yield from self._execution.skip(rows, count - 1)
            count = 1
        if fetch.move:
            return (yield from self._execution.skip(rows, count or 0))
        sent, _ = yield from self._execution.stream(rows, count or 0)
        return sent

    def copy(self, options: CopyTo, rows: AnyRows) -> Steps[None]:
        yield Send(copy_out_response(options, len(rows.shape.names)))
        count, _ = yield from self._execution.stream(rows, 0)
        yield Send(rows.end() + COPY_DONE + wire.command_complete(f"COPY {count}"))
