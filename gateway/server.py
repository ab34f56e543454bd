"""Composition root: a mesh gets its endpoints, a reload changes it whole."""

import contextlib
import errno
import gc
import itertools
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Protocol

from gateway.audit import AuditSink, JsonLinesSink
from gateway.errors import ConfigurationError, ShuttingDown
from gateway.frontends.contract import Gateway
from gateway.frontends.flight.server import FlightServer
from gateway.frontends.http.app import Options
from gateway.frontends.http.server import HttpServer
from gateway.frontends.pgwire.handshake import PostgresGateway
from gateway.frontends.pgwire.metadata.databases import Databases
from gateway.frontends.pgwire.metadata.governed import GovernedCatalog
from gateway.frontends.pgwire.server import Bounds, PostgresServer
from gateway.opening import OpenMesh, mesh_of
from gateway.query.mesh import Mesh
from gateway.query.pipeline import describe, refusals_on_record, run, visible
from gateway.query.pipeline import opened as audit_record
from gateway.query.request import Description, Request, Result
from gateway.query.visible import VisibleCatalog
from gateway.running import Running, Statements
from gateway.settings import Address, Settings, read_settings
from gateway.system import SystemPostgres

DRAIN_SECONDS = 30.0
"""How long running statements may go on after SIGTERM."""


# --- a running gateway -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Live:
    """A mesh in force and what runs on it."""

    opened: OpenMesh
    running: Running

    def retire(self) -> None:
        """Close it when its last statement has ended."""
        self.running.wait()
        self.opened.close()


class Endpoint(Protocol):
    """One protocol on one port."""

    @property
    def port(self) -> int: ...

    def start(self) -> None:
        """Listen. Raises ConfigurationError, caused by OSError if the address cannot be had."""
        ...

    def stop(self, grace: float) -> None:
        """Nothing new; what runs may end within `grace` seconds; then every connection ends. Idempotent."""
        ...


def _settle() -> None:
    """What is loaded now lives until the next reload. The garbage collector need not walk it again and again: a full
    pass over a loaded gateway stops every statement for some 90 ms."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()


class Server:
    """A gateway in this process: `start`, `reload` as often as wanted, `stop`."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._sink: AuditSink | None = None
        self._live: Live | None = None
        self._statements = Statements()
        self._taking = threading.Lock()
        self._calls = itertools.count()
        self._endpoints: dict[str, tuple[Address, Endpoint]] = {}
        self._system = SystemPostgres(settings)
        self._databases = Databases(self._system.uri)

    @property
    def addresses(self) -> Mapping[str, Address]:
        """Where the endpoints listen, by name; the real port where mesh.toml says 0."""
        return MappingProxyType(
            {name: Address(where.host, endpoint.port) for name, (where, endpoint) in self._endpoints.items()}
        )

    @property
    def current(self) -> OpenMesh:
        """The mesh in force; the next statement may meet another one. Raises ShuttingDown after the end."""
        live = self._live
        if live is None:
            raise ShuttingDown
        return live.opened

    def start(self) -> None:
        """Ports open only when everything behind them can answer.

        Raises ConfigurationError with what is wrong; then nothing runs.
        """
        try:
            self._sink = JsonLinesSink(self._settings.audit_directory)
            self._live = self._made(self._settings, (), self._sink)
            self._system.check()
            _settle()
            self._listen()
        except BaseException:
            self.stop(0)
            raise

    def warm(self) -> None:
        """Make ready, beside what runs, what would make a first statement about the catalog wait."""
        threading.Thread(target=self._databases.warm, name="warm", daemon=True).start()

    def reload(self) -> tuple[str, ...]:
        """Read the folder again; its warnings. Raises ConfigurationError; then nothing has changed.

        Statements that run end on the mesh they began with. Addresses, TLS and the audit folder stay.
        """
        assert self._sink is not None, "the server is not running"
        settings, problems = read_settings(self._settings.folder, self._settings.environment)
        fresh = self._made(settings, problems, self._sink)
        with self._taking:
            before, self._live = self._live, fresh
        _settle()
        if before is not None:
            threading.Thread(target=before.retire, name="retire", daemon=True).start()
        return (*_kept(self._settings, settings), *fresh.opened.warnings)

    def stop(self, grace: float = DRAIN_SECONDS) -> None:
        """Let running statements end within `grace` seconds, then close everything. Idempotent."""
        deadline = time.monotonic() + grace
        endpoints, self._endpoints = self._endpoints, {}
        for _, endpoint in endpoints.values():
            endpoint.stop(max(0.0, deadline - time.monotonic()))
        with self._taking:
            live, self._live = self._live, None
        sink, self._sink = self._sink, None
        with contextlib.ExitStack() as stack:  # the sink last, whatever happens before
            if sink is not None:
                stack.callback(sink.close)
            if live is not None:
                stack.callback(live.opened.close)
            stack.callback(self._system.stop)
            stack.callback(self._databases.close)
            stack.callback(gc.unfreeze)

    def _made(self, settings: Settings, problems: tuple[str, ...], sink: AuditSink) -> Live:
        running = Running(sink, self._statements)
        return Live(mesh_of(settings, problems, lambda: running), running)

    # --- what endpoints ask for --------------------------------------------------------------------------

    def run(self, request: Request) -> Result:
        with self._taken() as opened:
            result = run(as_of(opened, request), opened.mesh, self._in_force)
        self._statements.answers(result.reference, result.cancel)
        return result

    def describe(self, request: Request) -> Description:
        with self._taken() as opened:
            return describe(as_of(opened, request), opened.mesh)

    def visible(self, request: Request) -> VisibleCatalog:
        with self._taken() as opened:
            return visible(as_of(opened, request), opened.mesh)

    def _in_force(self, request: Request) -> tuple[Request, Mesh]:
        opened = self.current
        return as_of(opened, request), opened.mesh

    def version(self) -> tuple[str, str]:
        """Changes whenever a statement could mean something else than before."""
        mesh = self.current.mesh
        return mesh.catalog.version, mesh.policies.version

    @contextlib.contextmanager
    def _taken(self) -> Iterator[OpenMesh]:
        """The mesh in force, kept open meanwhile; a result that outlives this keeps it open by its record."""
        call = f"call {next(self._calls)}"
        with self._taking:
            live = self._live
            if live is None:
                raise ShuttingDown
            live.running.begins(call)
        try:
            yield live.opened
        finally:
            live.running.ends(call)

    @contextlib.contextmanager
    def _taken_for(self, request: Request) -> Iterator[tuple[Request, Mesh]]:
        with self._taken() as opened:
            yield as_of(opened, request), opened.mesh

    # --- endpoints ---------------------------------------------------------------------------------------

    def _listen(self) -> None:
        makers: Mapping[str, tuple[Address | None, Callable[[Address], Endpoint]]] = {
            "postgres": (self._settings.postgres, self._postgres),
            "flight": (self._settings.flight, self._flight),
            "http": (self._settings.http, self._http),
        }
        for name, (address, make) in makers.items():
            if address is not None:
                endpoint = make(address)
                _start(name, address, endpoint)
                self._endpoints[name] = (address, endpoint)
        if not self._endpoints:
            problem = 'endpoints: there is none to serve, say for example postgres = "127.0.0.1:5433"'
            raise ConfigurationError((f"mesh.toml: {problem}",))

    def _gateway(self) -> Gateway:
        return Gateway(
            database=self.current.mesh.catalog.name,
            run=self.run,
            describe=self.describe,
            identities=lambda: self.current.principals,
            visible=self.visible,
            version=self.version,
            statements=self._statements,
        )

    def _postgres(self, address: Address) -> Endpoint:
        catalog = GovernedCatalog(self._taken_for, self._databases)
        gateway = PostgresGateway.of(self._gateway(), catalog, lambda: self.current.mesh.limits.text_bytes)
        limits = self._settings.limits
        bounds = Bounds(limits.concurrency, limits.connections, limits.connections_per_principal)
        return PostgresServer(gateway, address, self._settings.tls, bounds)

    def _flight(self, address: Address) -> Endpoint:
        return FlightServer(self._gateway(), address, self._settings.tls, self._settings.limits.concurrency)

    def _http(self, address: Address) -> Endpoint:
        limits = self._settings.limits
        options = Options(self._settings.origins, limits.concurrency, limits.connections)
        return HttpServer(self._gateway(), address, self._settings.tls, options)


def as_of(opened: OpenMesh, request: Request) -> Request:
    """The request with its principal as the identity provider has it now: a session outlives a reload, what its
    principal was given when it began does not. Raises AuthenticationFailed, on record, for one who is gone or whose
    token has expired."""
    try:
        principal = opened.principals.renewed(request.principal)
    except Exception:
        with refusals_on_record(audit_record(request), opened.mesh):
            raise
    return request if principal is request.principal else replace(request, principal=principal)


def _start(name: str, address: Address, endpoint: Endpoint) -> None:
    try:
        endpoint.start()
    except ConfigurationError as error:
        cause = error.__cause__
        if not isinstance(cause, OSError):
            raise
        taken = cause.errno == errno.EADDRINUSE
        reason = "is in use" if taken else f"cannot be listened on ({cause.strerror})"
        problem = f"mesh.toml: endpoints.{name}: {address} {reason}, choose another address"
        raise ConfigurationError((problem,)) from cause


def _kept(before: Settings, after: Settings) -> tuple[str, ...]:
    """What a reload cannot change, where it was changed."""
    keys = {
        "name": "name",
        "postgres": "endpoints.postgres",
        "flight": "endpoints.flight",
        "http": "endpoints.http",
        "origins": "http.origins",
        "tls": "tls",
        "audit_directory": "audit.directory",
    }
    changed = [key for name, key in keys.items() if getattr(before, name) != getattr(after, name)]
    return tuple(f"mesh.toml: {key}: this change takes a restart" for key in changed)
