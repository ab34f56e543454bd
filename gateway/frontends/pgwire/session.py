"""An authenticated session: messages in, messages out. No sockets, threads or clocks of its own (see `effects`)."""

import time
from collections.abc import Callable, Sequence
from functools import partial

from gateway.errors import LimitExceeded, MeshgateError, ProtocolViolation, ShuttingDown
from gateway.frontends.pgwire import messages as wire
from gateway.frontends.pgwire.commands import Done
from gateway.frontends.pgwire.effects import Call, Disconnected, Receive, Send, Steps, T
from gateway.frontends.pgwire.execution import Execution
from gateway.frontends.pgwire.failure import error_response
from gateway.frontends.pgwire.handshake import Admitted, PostgresGateway
from gateway.frontends.pgwire.metadata.question import Given
from gateway.frontends.pgwire.parameters import bound
from gateway.frontends.pgwire.portal import Portal, Prepared, with_values
from gateway.frontends.pgwire.prepared_statements import Room
from gateway.frontends.pgwire.refusals import FeatureRefused
from gateway.frontends.pgwire.rows import Rows, Shape
from gateway.frontends.pgwire.statement_steps import StatementSteps
from gateway.frontends.pgwire.statements.cursors import (
    CursorStatement,
    Declare,
    ExecutePrepared,
    Fetch,
    Prepare,
)
from gateway.frontends.pgwire.statements.splitting import Statement, split
from gateway.frontends.pgwire.variables import VARIABLES
from gateway.frontends.pgwire.workspace import Workspace
from gateway.query.parse import is_misspelled

_REPORTED = tuple(known.name for known in VARIABLES.values() if known.reported)
_TEXT = (0,)
_LONG = 10_000
"""Characters that take some milliseconds to read."""


class Session:
    """One client after authentication. `steps` is the protocol; `cancel` may come from any thread."""

    def __init__(
        self,
        gateway: PostgresGateway,
        admitted: Admitted,
        room: Room,
        peer: str = "",
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._gateway = gateway
        self._execution = Execution(gateway, clock)
        self._work = Workspace(admitted.settings, gateway.database, room)
        self._statements = StatementSteps(gateway, admitted, peer, self._execution, self._work)
        self._skipping = False
        self._undescribed: Portal | None = None
        self._unchecked: str | None = None
        self._reported: dict[str, str] = {}
        self._idle = False

    # --- the life of a session -----------------------------------------------------------------------

    def steps(self, process: int, secret: int) -> Steps[None]:
        """Until the client leaves, or an error that ends the session (raised)."""
        self._work.process = process
        yield Send(self._changed_settings() + wire.backend_key(process, secret) + self._ready())
        while True:
            message = yield from self._next_message()
            match message:
                case wire.Terminate():
                    return
                case wire.Query(text):
                    yield from self._answer_deferred()
                    if not self._skipping:
                        yield from self._simple(text)
                case wire.Sync():
                    yield from self._sync()
                case wire.CopyMessage():
                    pass
                case wire.Password():
                    raise ProtocolViolation("unexpected password message")
                case wire.FunctionCall():
                    yield from self._failed(FeatureRefused("function calls by protocol are not supported"))
                    yield Send(self._ready())
                case _ if not self._skipping:
                    yield from self._extended(message)

    def _next_message(self) -> Steps[wire.Message]:
        """Errors: IdleInTransaction, IdleSession if the client, told that the session is ready, is silent too long."""
        timeout = self._work.idle_seconds() if self._idle else None
        try:
            message: wire.Message = yield Receive(timeout=timeout)
        except TimeoutError:
            raise self._work.idle_too_long() from None
        self._idle = False
        return message

    def cancel(self, reason: MeshgateError) -> None:
        """Stop the running statement, if any; the client gets `reason`. From any thread; may block a moment."""
        self._execution.cancel(reason)

    def close(self) -> None:
        """Give everything back; blocks."""
        running = self._execution.portal
        for portal in (*self._work.given_up(), *((running,) if running else ())):
            portal.close()

    def _aside(self, text: str, function: Callable[[], T]) -> Steps[T]:
        """What reads a long text does so in a thread: others are served meanwhile. A too long one is not read."""
        bound = self._gateway.text_bytes()
        if len(text) > bound:
            raise LimitExceeded(f"the text is longer than limits.text_bytes ({bound:,})")
        if len(text) < _LONG:
            return function()
        outcome: T = yield Call(function)
        return outcome

    # --- simple protocol -----------------------------------------------------------------------------

    def _simple(self, text: str) -> Steps[None]:
        self._work.statements.pop("", None)
        self._work.close_portal("")
        try:
            statements = yield from self._aside(text, partial(split, text))
            if not statements:
                yield Send(wire.EMPTY_QUERY)
            for statement in (yield from self._aside(text, partial(self._in_order, statements))):
                yield from self._simple_statement(statement)
        except MeshgateError as error:
            yield from self._failed(error)
        except Disconnected:
            raise
        except Exception as error:  # noqa: BLE001 - told to the client without its text, logged with it
            yield from self._failed(error)
        yield Send(self._ready())
        yield from self._release()

    def _in_order(self, statements: Sequence[Statement]) -> Sequence[Statement]:
        """All are read before the first runs: of several with a mistake in writing only the first such one is left,
        to be refused on record. Errors: SyntaxRefused for one about the session."""
        for statement in statements if len(statements) > 1 else ():
            self._statements.offset = statement.start
            found = self._work.understood(statement)
            if found.session is None and found.catalog is None and is_misspelled(found.text):
                return (statement,)
        return statements

    def _simple_statement(self, statement: Statement) -> Steps[None]:
        self._statements.offset = statement.start
        prepared = yield from self._aside(statement.text, partial(self._work.prepared, statement))
        match prepared.session:
            case None:
                yield from self._simple_query(Portal(prepared, (), _TEXT))
            case Declare() | Prepare():
                yield from self._statements.cursor_command(Portal(prepared, (), _TEXT))
            case Fetch() as fetch:
                cursor = self._statements.cursor(fetch)
                if not fetch.move and cursor.rows is not None:
                    yield Send(wire.row_description(cursor.rows.shape.description(cursor.codes)))
                yield from self._statements.fetch(fetch, cursor.codes)
            case ExecutePrepared() as execute:
                yield from self._simple_query((yield from self._statements.executed(execute, _TEXT)))
            case _:
                done = yield from self._command(prepared)
                if done.answer is not None:
                    yield from self._answered(done)
                yield Send(wire.command_complete(done.tag))

    def _simple_query(self, portal: Portal) -> Steps[None]:
        try:
            rows = yield from self._statements.open(portal, ahead=0)
            if portal.prepared.copy is not None:
                yield from self._statements.copy(portal.prepared.copy, rows)
            else:
                yield Send(wire.row_description(rows.shape.description(_TEXT)))
                count, _ = yield from self._execution.stream(rows, 0)
                yield Send(wire.command_complete(portal.tag(count)))
            portal.close()  # its result has ended: nothing to wait for
        finally:
            self._execution.end()
            self._work.discarded.append(portal)

    def _answered(self, done: Done) -> Steps[None]:
        assert done.answer is not None
        rows = Rows(iter((done.answer.batch,)), Shape(done.answer.names, done.answer.columns), _TEXT)
        yield Send(wire.row_description(rows.shape.description(_TEXT)))
        yield Send(rows.pull().data)

    # --- extended protocol ---------------------------------------------------------------------------

    def _extended(self, message: wire.Message) -> Steps[None]:
        try:
            if self._undescribed is not None and not isinstance(message, wire.Execute):
                yield from self._describe_now()
            yield from self._parsed(check=isinstance(message, wire.Flush))
            yield from self._step(message)
        except MeshgateError as error:
            yield from self._failed(error)
            self._skipping = True
        except Disconnected:
            raise
        except Exception as error:  # noqa: BLE001 - told to the client without its text, logged with it
            yield from self._failed(error)
            self._skipping = True
        yield from self._release()

    def _step(self, message: wire.Message) -> Steps[None]:
        match message:
            case wire.Parse(name, text, types):
                yield from self._aside(text, partial(self._work.keep, name, text, tuple(types)))
                self._unchecked = name
            case wire.Bind():
                yield from self._bind(message)
            case wire.Describe("S", name):
                yield from self._describe_statement(name)
            case wire.Describe(_, name):
                yield from self._describe_portal(self._work.portal(name))
            case wire.Execute(name, limit):
                yield from self._execute(self._work.portal(name), max(0, limit))
            case wire.Close(kind, name):
                if kind == "S":
                    self._work.statements.pop(name, None)
                else:
                    self._work.close_portal(name)
                yield Send(wire.CLOSE_COMPLETE)

    def _sync(self) -> Steps[None]:
        yield from self._answer_deferred()
        self._skipping = False
        yield Send(self._ready())
        yield from self._release()

    def _answer_deferred(self) -> Steps[None]:
        """What was put off until the next message would show whether it is needed."""
        if not self._skipping and (self._undescribed is not None or self._unchecked is not None):
            yield from self._extended(wire.Flush())

    def _bind(self, message: wire.Bind) -> Steps[None]:
        prepared = self._work.statement(message.statement)
        self._work.require_alive(prepared)
        if len(message.values) != prepared.required:
            raise ProtocolViolation(
                f'bind message supplies {len(message.values)} parameters, but prepared statement "{message.statement}"'
                f" requires {prepared.required}"
            )
        types = yield from self._statements.parameter_types(message.statement, prepared)
        codes = message.formats or (0,)
        codes = codes * len(types) if len(codes) == 1 else codes
        prepared = self._work.statements.get(message.statement, prepared)
        if prepared.catalog is not None or isinstance(prepared.session, Declare):
            given = tuple(map(Given, message.values, codes))
            portal = Portal(prepared, (), message.result_formats, given)
        else:
            values = tuple(map(bound, message.values, codes, types))
            portal = with_values(prepared, values, message.result_formats)
        self._work.open_portal(message.portal, portal)
        yield Send(wire.BIND_COMPLETE)

    def _describe_statement(self, name: str) -> Steps[None]:
        prepared = self._work.statement(name)
        self._work.require_alive(prepared)
        known = yield from self._statements.describe(prepared)
        self._statements.remember(name, prepared, known)
        yield Send(wire.parameter_description([kind.oid for kind in known.parameters or ()]))
        yield Send(self._description(None if known.copy else known.shape, _TEXT))

    def _parsed(self, *, check: bool) -> Steps[None]:
        """Answer the last Parse. A client that waits for that expects there what is wrong with the statement, as
        PostgreSQL tells it: pg8000 cannot bear it later."""
        name, self._unchecked = self._unchecked, None
        if name is None:
            return
        prepared = self._work.statement(name)
        if check and prepared.text and prepared.session is None:
            del self._work.statements[name]
            self._work.statements[name] = yield from self._statements.describe(prepared)
        yield Send(wire.PARSE_COMPLETE)

    def _describe_portal(self, portal: Portal) -> Steps[None]:
        """Deferred where it needs the pipeline: if the next message executes the portal, one planning serves both."""
        self._work.require_alive(portal.prepared)
        prepared = portal.prepared
        if prepared.copy is not None:
            yield Send(wire.NO_DATA)
        elif portal.rows is not None:
            yield Send(self._description(portal.rows.shape, portal.codes))
        elif prepared.shape is not None and prepared.described_by == self._gateway.version():
            yield Send(self._description(prepared.shape, portal.codes))
        else:
            self._undescribed = portal

    def _describe_now(self) -> Steps[None]:
        portal, self._undescribed = self._undescribed, None
        assert portal is not None
        portal.prepared = yield from self._statements.describe(portal.prepared)
        yield Send(self._description(portal.prepared.shape, portal.codes))

    def _description(self, shape: Shape | None, codes: tuple[int, ...]) -> bytes:
        return wire.NO_DATA if shape is None else wire.row_description(shape.description(codes))

    def _execute(self, portal: Portal, limit: int) -> Steps[None]:
        prepared = portal.prepared
        self._work.require_alive(prepared)
        if self._undescribed is not None and (
            self._undescribed is not portal or not self._planned_by_run(prepared)
        ):
            yield from self._describe_now()
        if not prepared.text:
            yield Send(wire.EMPTY_QUERY)
        elif prepared.session is not None:
            yield from self._execute_command(portal)
        else:
            yield from self._execute_query(portal, limit)

    def _planned_by_run(self, prepared: Prepared) -> bool:
        return bool(prepared.text) and prepared.session is None

    def _execute_command(self, portal: Portal) -> Steps[None]:
        self._work.use_up(portal)
        match portal.prepared.session:
            case Declare() | Prepare():
                yield from self._statements.cursor_command(portal)
                return
            case Fetch() as fetch:
                yield from self._statements.fetch(fetch, portal.codes)
                return
            case ExecutePrepared() as execute:
                yield from self._execute_query(
                    (yield from self._statements.executed(execute, portal.codes)), 0
                )
                return
        done = yield from self._command(portal.prepared)
        if done.answer is not None:
            shape = Shape(done.answer.names, done.answer.columns)
            yield Send(Rows(iter((done.answer.batch,)), shape, portal.codes).pull().data)
        yield Send(wire.command_complete(done.tag))

    def _execute_query(self, portal: Portal, limit: int) -> Steps[None]:
        rows = portal.rows
        if portal.done:
            yield Send(wire.command_complete("SELECT 0"))
            return
        if rows is None:
            rows = yield from self._statements.open(portal, ahead=limit)
        else:
            yield from self._statements.still_allowed(portal)
        if portal.prepared.copy is not None:
            yield from self._statements.copy(portal.prepared.copy, rows)
            self._execution.end()
            portal.close()
            return
        if self._undescribed is portal:
            self._undescribed = None
            yield Send(self._description(rows.shape, portal.codes))
        count, done = yield from self._execution.stream(rows, limit)
        self._execution.end()
        if not done:
            yield Send(wire.PORTAL_SUSPENDED)
            return
        yield Send(wire.command_complete(portal.tag(count)))
        portal.close()  # its result has ended: nothing to wait for

    # --- statements ----------------------------------------------------------------------------------

    def _command(self, prepared: Prepared) -> Steps[Done]:
        assert prepared.session is not None
        assert not isinstance(prepared.session, CursorStatement)
        done = yield from self._statements.carried_out(prepared.session)
        yield Send(b"".join(notice.encoded() for notice in done.notices))
        yield from self._release()
        return done

    # --- ends ----------------------------------------------------------------------------------------

    def _ready(self) -> bytes:
        self._work.mark_ready()
        self._idle = True
        return self._changed_settings() + wire.ready(self._work.transaction.status)

    def _changed_settings(self) -> bytes:
        """Told before ReadyForQuery, as PostgreSQL does since 14: also those that a rollback changed."""
        settings = self._work.settings
        changed = {name: settings[name] for name in _REPORTED if settings[name] != self._reported.get(name)}
        self._reported.update(changed)
        return b"".join(wire.parameter_status(name, value) for name, value in changed.items())

    def _release(self) -> Steps[None]:
        while self._work.discarded:
            portal = self._work.discarded.pop()
            if not portal.done:
                yield Call(portal.close)

    def _failed(self, error: Exception) -> Steps[None]:
        """Tell the client, in the words of the error tree only."""
        self._execution.end()
        self._undescribed = None
        if isinstance(error, ShuttingDown):
            raise error
        self._work.fail()
        yield Send(error_response(error, start=self._statements.offset))
