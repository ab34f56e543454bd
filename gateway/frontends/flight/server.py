"""The only I/O of the Flight SQL endpoint: pyarrow's server, whose threads call in."""

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pyarrow as pa
from pyarrow import flight

from gateway.errors import ConfigurationError, ProtocolViolation, SyntaxNotSupported
from gateway.frontends.contract import Gateway
from gateway.frontends.flight.boundary import boundary
from gateway.frontends.flight.calls import CALL, Admission, Call, NoHandshake
from gateway.frontends.flight.commands import Caller, Commands, Taken, expected
from gateway.frontends.flight.connections import cut
from gateway.frontends.flight.messages import made, packed, read
from gateway.frontends.flight.options import get_options, set_options
from gateway.frontends.flight.sessions import Sessions
from gateway.frontends.flight.tickets import Tickets
from gateway.frontends.flight.watch import Watch
from gateway.settings import Address
from gateway.tls_settings import TlsSettings

_CANCELED, _NOT_CANCELABLE = 1, 3
_CLOSED = 1
_LAST_WORDS = 3.0  # seconds for clients of canceled statements to be told

ACTIONS = {
    "CreatePreparedStatement": "Prepares a statement",
    "ClosePreparedStatement": "Forgets a prepared statement",
    "BeginTransaction": "Begins a transaction, in which nothing can be written",
    "EndTransaction": "Ends a transaction",
    "BeginSavepoint": "Begins a savepoint, to which there is nothing to return",
    "EndSavepoint": "Ends a savepoint",
    "CancelQuery": "Cancels a statement, by its FlightInfo",
    "CancelFlightInfo": "Cancels a statement, by its FlightInfo",
    "SetSessionOptions": "Sets catalog, schema or purpose",
    "GetSessionOptions": "Tells catalog, schema and purpose",
    "CloseSession": "Ends the session and its token",
}


class FlightServer:
    """Serves Flight SQL clients on one address. `statements`: answers that one principal may have open at once."""

    def __init__(
        self, gateway: Gateway, address: Address, tls: TlsSettings | None = None, statements: int = 32
    ) -> None:
        self._gateway = gateway
        self._address = address
        self._tls = tls
        self._tickets = Tickets(statements)
        self._sessions = Sessions(gateway.identities)
        self._admission = Admission(self._sessions)
        self._watch = Watch()
        self._server: _Server | None = None

    @property
    def port(self) -> int:
        """The port in use; of interest where the address said 0."""
        assert self._server is not None
        return self._server.port

    def start(self) -> None:
        """Listen. Errors: ConfigurationError if the address cannot be had or the certificate cannot be used."""
        self._probe()
        scheme = "grpc+tls" if self._tls else "grpc"
        calls = _Calls(self._gateway, self._tickets, self._sessions, self._watch)
        try:
            self._server = _Server(
                calls,
                location=f"{scheme}://{self._address}",
                auth_handler=NoHandshake(),
                middleware={CALL: self._admission},
                **(_tls_options(self._tls) if self._tls else {}),
            )
        except (pa.ArrowException, OSError) as error:
            raise ConfigurationError((f"mesh.toml: endpoints.flight: cannot listen: {error}",)) from error
        self._watch.start()

    def _probe(self) -> None:
        """gRPC would share a port that is in use with its owner; a plain socket is told."""
        family = socket.AF_INET6 if ":" in self._address.host else socket.AF_INET
        try:
            with socket.create_server((self._address.host, self._address.port), family=family):
                pass
        except OSError as error:
            raise ConfigurationError((f"flight: cannot listen on {self._address}",)) from error

    def stop(self, grace: float = 10.0) -> None:
        """No new calls; open answers may be read for `grace` seconds, then they are canceled."""
        server, self._server = self._server, None
        if server is None:
            return
        self._tickets.drain(grace)
        self._admission.closed = True
        self._watch.stop()
        port = server.port
        ending = threading.Thread(target=server.shutdown, name="flight-shutdown", daemon=True)
        ending.start()
        ending.join(_LAST_WORDS)
        if ending.is_alive():
            cut(port)
            ending.join(_LAST_WORDS)


def _tls_options(tls: TlsSettings) -> dict[str, Any]:
    """Errors: ConfigurationError; gRPC would fail each handshake instead."""
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(tls.cert, tls.key)
    except (OSError, ssl.SSLError) as error:
        problem = f"mesh.toml: tls: cannot use {tls.cert} with {tls.key}: {error}"
        raise ConfigurationError((problem,)) from error
    options: dict[str, Any] = {"tls_certificates": [(tls.cert.read_bytes(), tls.key.read_bytes())]}
    if tls.flight_certificates and tls.client_ca is not None:
        options |= {"verify_client": True, "root_certificates": tls.client_ca.read_bytes()}
    return options


class _Server(flight.FlightServerBase):
    """pyarrow's hooks, each within the boundary."""

    def __init__(self, calls: "_Calls", **options: Any) -> None:
        self._calls = calls
        super().__init__(**options)

    def get_flight_info(
        self, context: flight.ServerCallContext, descriptor: flight.FlightDescriptor
    ) -> flight.FlightInfo:
        with boundary():
            return self._calls.flight_info(context, descriptor)

    def get_schema(  # type: ignore[override]
        self, context: flight.ServerCallContext, descriptor: flight.FlightDescriptor
    ) -> flight.SchemaResult:
        with boundary():
            return self._calls.schema(context, descriptor)

    def do_get(self, context: flight.ServerCallContext, ticket: flight.Ticket) -> flight.GeneratorStream:
        with boundary():
            return self._calls.stream(context, ticket)

    def do_put(
        self,
        context: flight.ServerCallContext,
        descriptor: flight.FlightDescriptor,
        reader: flight.MetadataRecordBatchReader,
        writer: flight.FlightMetadataWriter,
    ) -> None:
        with boundary():
            self._calls.put(context, descriptor, reader, writer)

    def do_action(  # type: ignore[override]
        self, context: flight.ServerCallContext, action: flight.Action
    ) -> list[flight.Result]:
        with boundary():
            return self._calls.act(context, action)

    def list_actions(self, _: flight.ServerCallContext) -> list[tuple[str, str]]:  # type: ignore[override]
        return list(ACTIONS.items())

    def list_flights(self, *_: object) -> None:  # type: ignore[override]
        with boundary():
            raise _unknown("ListFlights", "Ask for tables by Flight SQL's GetTables.")

    def do_exchange(self, *_: object) -> None:
        with boundary():
            raise _unknown("DoExchange")


def _unknown(method: str, hint: str | None = None) -> "Unsupported":
    return Unsupported(f"{method} is not supported", hint=hint)


class Unsupported(SyntaxNotSupported):
    flight_code = "UNIMPLEMENTED"


class _Calls:
    """What the hooks do: contexts to callers, answers to streams."""

    def __init__(self, gateway: Gateway, tickets: Tickets, sessions: Sessions, watch: Watch) -> None:
        self._tickets = tickets
        self._sessions = sessions
        self._watch = watch
        self._commands = Commands(gateway, tickets)
        bodies: dict[str, Callable[[Caller, bytes], bytes | None]] = {
            "CreatePreparedStatement": self._commands.prepare,
            "ClosePreparedStatement": self._commands.forget,
            "BeginTransaction": self._commands.begin_transaction,
            "EndTransaction": self._commands.end_transaction,
            "CancelQuery": self._cancel_query,
            "CancelFlightInfo": self._cancel_flight_info,
            "BeginSavepoint": self._commands.begin_savepoint,
            "EndSavepoint": self._commands.end_savepoint,
            "SetSessionOptions": partial(set_options, gateway),
            "GetSessionOptions": lambda caller, _: get_options(gateway, caller),
            "CloseSession": self._close_session,
        }
        self._actions = bodies

    def flight_info(
        self, context: flight.ServerCallContext, descriptor: flight.FlightDescriptor
    ) -> flight.FlightInfo:
        schema, tickets = self._commands.begin(_caller(context), _command(descriptor))
        endpoints = [flight.FlightEndpoint(flight.Ticket(ticket), []) for ticket in tickets]
        return flight.FlightInfo(schema, descriptor, endpoints, -1, -1)

    def schema(
        self, context: flight.ServerCallContext, descriptor: flight.FlightDescriptor
    ) -> flight.SchemaResult:
        return flight.SchemaResult(self._commands.schema(_caller(context), _command(descriptor)))

    def stream(self, context: flight.ServerCallContext, ticket: flight.Ticket) -> flight.GeneratorStream:
        taken = self._commands.take(_caller(context), ticket.ticket)
        call = _call(context)
        self._watch.add(call.number, context, taken.answer.cancel)
        call.over += [lambda: self._finished(taken), lambda: self._watch.remove(call.number)]
        return flight.GeneratorStream(taken.answer.schema, _guarded(taken.answer.batches()))

    def _finished(self, taken: Taken) -> None:
        taken.answer.close()
        if taken.ticket is not None:
            self._tickets.done(taken.ticket)

    def put(
        self,
        context: flight.ServerCallContext,
        descriptor: flight.FlightDescriptor,
        reader: flight.MetadataRecordBatchReader,
        writer: flight.FlightMetadataWriter,
    ) -> None:
        batches = (chunk.data for chunk in reader if chunk.data is not None)
        writer.write(pa.py_buffer(self._commands.put(_caller(context), _command(descriptor), batches)))

    def act(self, context: flight.ServerCallContext, action: flight.Action) -> list[flight.Result]:
        if action.type not in self._actions:
            raise _unknown(f"the action {action.type[:100]}")
        result = self._actions[action.type](_caller(context), action.body.to_pybytes())
        return [] if result is None else [flight.Result(pa.py_buffer(result))]

    def _cancel_query(self, caller: Caller, body: bytes) -> bytes:
        request = expected("ActionCancelQueryRequest", body)
        return packed("ActionCancelQueryResult", result=self._canceled(caller, request.info))

    def _cancel_flight_info(self, caller: Caller, body: bytes) -> bytes:
        request = read("CancelFlightInfoRequest", body)
        status = self._canceled(caller, request.info)
        result: bytes = made("CancelFlightInfoResult", status=status).SerializeToString()
        return result

    def _canceled(self, caller: Caller, info: bytes) -> int:
        try:
            endpoints = flight.FlightInfo.deserialize(info).endpoints
        except pa.ArrowException as error:
            raise ProtocolViolation("malformed FlightInfo") from error
        tickets = [endpoint.ticket.ticket for endpoint in endpoints]
        return _CANCELED if self._commands.cancel(caller, tickets) else _NOT_CANCELABLE

    def _close_session(self, caller: Caller, _: bytes) -> bytes:
        self._sessions.close(caller.session)
        result: bytes = made("CloseSessionResult", status=_CLOSED).SerializeToString()
        return result


def _guarded(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    with boundary(), contextlib.closing(batches):  # type: ignore[type-var]
        yield from batches


def _call(context: flight.ServerCallContext) -> Call:
    call = context.get_middleware(CALL)
    assert isinstance(call, Call)
    return call


def _caller(context: flight.ServerCallContext) -> Caller:
    """The client's address, without its port, as other endpoints have it on record."""
    _, _, address = context.peer().partition(":")
    call = _call(context)
    return Caller(call.session, address.rpartition(":")[0].strip("[]"), call.purpose)


def _command(descriptor: flight.FlightDescriptor) -> bytes:
    command: bytes | None = descriptor.command
    if command is None:
        raise ProtocolViolation("a descriptor without a command: this gateway speaks Flight SQL")
    return command
