"""Flight SQL's commands: bytes and a session in, schemas, tickets and answers out. No sockets."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa

from gateway.errors import ProtocolViolation, SyntaxNotSupported, WriteRefused
from gateway.frontends.contract import Gateway
from gateway.frontends.flight.answers import TableAnswer, answers
from gateway.frontends.flight.columns import schema_of
from gateway.frontends.flight.messages import made, packed, unpacked
from gateway.frontends.flight.metadata import QUESTIONS
from gateway.frontends.flight.parameters import bindings, parameter_schema
from gateway.frontends.flight.sessions import Prepared, Session
from gateway.frontends.flight.sql_info import SQL_INFO, sql_info
from gateway.frontends.flight.tickets import Answer, Tickets
from gateway.frontends.flight.type_info import TYPE_INFO, type_info
from gateway.query.request import Parameter, Request

READ_ONLY = "this gateway only reads: send a query"
WRITES = ("CommandStatementUpdate", "CommandPreparedStatementUpdate", "CommandStatementIngest")


@dataclass(frozen=True, slots=True)
class Caller:
    """`client` is where the call comes from, `purpose` what its header says; without, the session's option holds."""

    session: Session
    client: str
    purpose: str | None

    @property
    def name(self) -> str:
        return self.session.principal.name

    def request(self, text: str, parameters: tuple[Parameter, ...] = ()) -> Request:
        asked = self.session.request(text, self.client, parameters)
        return replace(asked, purpose=self.purpose) if self.purpose else asked


@dataclass(frozen=True, slots=True)
class Taken:
    """An answer to read. `ticket`: under which `Tickets` hold it; None: they do not."""

    answer: Answer
    ticket: bytes | None = None


class Commands:
    def __init__(self, gateway: Gateway, tickets: Tickets) -> None:
        self._gateway = gateway
        self._tickets = tickets

    # --- what a descriptor asks for ------------------------------------------------------------------

    def begin(self, caller: Caller, descriptor: bytes) -> tuple[pa.Schema, tuple[bytes, ...]]:
        """The schema and the tickets of an answer, one for each of its parts. A statement runs from here on; what is
        asked about the catalog is answered to whoever brings the ticket, as that one may see it."""
        name, command = unpacked(descriptor)
        if name in ("CommandStatementQuery", "CommandPreparedStatementQuery"):
            started = self._started(caller, name, command)
            issued = self._tickets.issue(started, caller.name)
            tickets = tuple(packed("TicketStatementQuery", statement_handle=each) for each in issued)
            return started[0].schema, tickets
        return self._fixed_schema(name, command), (descriptor,)

    def schema(self, caller: Caller, descriptor: bytes) -> pa.Schema:
        """Without running anything."""
        name, command = unpacked(descriptor)
        if name == "CommandStatementQuery":
            return self._described(caller, command.query)[1]
        if name == "CommandPreparedStatementQuery":
            return caller.session.prepared(command.prepared_statement_handle).schema
        return self._fixed_schema(name, command)

    def _fixed_schema(self, name: str, command: Any) -> pa.Schema:
        if name in QUESTIONS:
            return QUESTIONS[name].schema(command)
        if name in ("CommandGetSqlInfo", "CommandGetXdbcTypeInfo"):
            return SQL_INFO if name == "CommandGetSqlInfo" else TYPE_INFO
        raise _refused(name)

    def _started(self, caller: Caller, name: str, command: Any) -> tuple[Answer, ...]:
        if name == "CommandStatementQuery":
            requests = [caller.request(command.query)]
        else:
            prepared = caller.session.prepared(command.prepared_statement_handle)
            rows = prepared.rows or ((),)
            requests = [caller.request(prepared.text, row) for row in rows]
        return answers(self._gateway.run, requests, self._gateway.database)

    def _described(self, caller: Caller, text: str) -> tuple[pa.Schema, pa.Schema]:
        """Of the parameters, of the result."""
        found = self._gateway.describe(caller.request(text))
        return parameter_schema(found.parameters), schema_of(found.columns, self._gateway.database)

    # --- what a ticket stands for --------------------------------------------------------------------

    def take(self, caller: Caller, ticket: bytes) -> Taken:
        name, command = unpacked(ticket)
        if name == "TicketStatementQuery":
            handle = command.statement_handle
            return Taken(self._tickets.take(handle, caller.name), handle)
        if name == "CommandGetSqlInfo":
            return Taken(TableAnswer(sql_info(command.info)))
        if name == "CommandGetXdbcTypeInfo":
            number = command.data_type if command.HasField("data_type") else None
            return Taken(TableAnswer(type_info(number)))
        if name not in QUESTIONS:
            raise _refused(name)
        request = caller.request(_told(name, command))
        return Taken(TableAnswer(QUESTIONS[name].answer(self._gateway.visible(request), command)))

    # --- what a put brings ---------------------------------------------------------------------------

    def put(self, caller: Caller, descriptor: bytes, batches: Iterable[pa.RecordBatch]) -> bytes:
        """Parameters of a prepared statement; the answer's metadata. Everything else would write."""
        name, command = unpacked(descriptor)
        if name == "CommandStatementUpdate":
            self._described(caller, command.query)  # its refusal, if it is none to run, is on record
        if name != "CommandPreparedStatementQuery":
            raise WriteRefused(READ_ONLY) if name in WRITES else _refused(name)
        handle = command.prepared_statement_handle
        prepared = caller.session.prepared(handle)
        rows, size = bindings(batches, prepared.parameters)
        caller.session.bind(handle, replace(prepared, rows=rows, size=len(prepared.text) + size))
        result: bytes = made(
            "DoPutPreparedStatementResult", prepared_statement_handle=handle
        ).SerializeToString()
        return result

    # --- actions -------------------------------------------------------------------------------------

    def prepare(self, caller: Caller, body: bytes) -> bytes:
        command = expected("ActionCreatePreparedStatementRequest", body)
        parameters, schema = self._described(caller, command.query)
        handle = caller.session.prepare(
            Prepared(command.query, len(parameters), schema, size=len(command.query))
        )
        return packed(
            "ActionCreatePreparedStatementResult",
            prepared_statement_handle=handle,
            dataset_schema=schema.serialize().to_pybytes(),
            parameter_schema=parameters.serialize().to_pybytes(),
        )

    def forget(self, caller: Caller, body: bytes) -> None:
        command = expected("ActionClosePreparedStatementRequest", body)
        caller.session.forget(command.prepared_statement_handle)

    def begin_transaction(self, _: Caller, body: bytes) -> bytes:
        """Nothing is written, so there is nothing that a transaction would hold together."""
        expected("ActionBeginTransactionRequest", body)
        return packed("ActionBeginTransactionResult", transaction_id=secrets.token_bytes(8))

    def end_transaction(self, _: Caller, body: bytes) -> None:
        expected("ActionEndTransactionRequest", body)

    def begin_savepoint(self, _: Caller, body: bytes) -> bytes:
        expected("ActionBeginSavepointRequest", body)
        return packed("ActionBeginSavepointResult", savepoint_id=secrets.token_bytes(8))

    def end_savepoint(self, _: Caller, body: bytes) -> None:
        expected("ActionEndSavepointRequest", body)

    def cancel(self, caller: Caller, tickets: Iterable[bytes]) -> bool:
        """Whether one of these tickets stands for something of the caller that still goes on."""
        commands = [unpacked(ticket) for ticket in tickets]
        handles = [each.statement_handle for name, each in commands if name == "TicketStatementQuery"]
        canceled = [self._tickets.cancel(handle, caller.name) for handle in handles]
        return any(canceled)


def expected(name: str, body: bytes) -> Any:
    """The message in an action's body. Errors: ProtocolViolation, also for another message."""
    found, command = unpacked(body)
    if found != name:
        raise ProtocolViolation(f"the action's body is no {name}")
    return command


def _told(name: str, command: Any) -> str:
    """For the audit: what was asked about the catalog."""
    fields = ", ".join(f"{field.name} = {value!r}" for field, value in command.ListFields())
    return f"{name.removeprefix('Command')}({fields})"


def _refused(name: str) -> SyntaxNotSupported | ProtocolViolation:
    if name == "CommandStatementSubstraitPlan":
        return SyntaxNotSupported("Substrait plans are not supported", hint="Send SQL.")
    return ProtocolViolation(f"{name} cannot be asked for in this way")
