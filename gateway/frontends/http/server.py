"""The HTTP endpoint's only I/O: sockets, TLS, threads, by cheroot.

cheroot reads a request in the thread that answers it. So a connection waits for its first byte elsewhere, a request has
a bounded time to come, and there are more threads than statements.
"""

import errno
import io
import logging
import socket
import ssl
import struct
import sys
import threading
from contextlib import suppress
from typing import Any

from cheroot import errors
from cheroot.makefile import MakeFile
from cheroot.server import HeaderReader, HTTPConnection, HTTPRequest
from cheroot.wsgi import Gateway_10
from cheroot.wsgi import Server as WsgiServer

from gateway.errors import ConfigurationError, MeshgateError
from gateway.frontends.contract import Gateway
from gateway.frontends.http.answers import GONE
from gateway.frontends.http.app import BODY_BYTES, Options, create_app
from gateway.frontends.http.asked import CERTIFIED
from gateway.frontends.http.refusals import refusal
from gateway.frontends.http.tls import Tls
from gateway.frontends.http.watch import Attended, Watcher
from gateway.settings import Address
from gateway.tls_settings import TlsSettings

LOG = logging.getLogger(__name__)

HEADER_BYTES = 80_000  # a token may have 64 kB
IDLE_SECONDS = 30  # of a connection without a request, and between two bytes of one
REQUEST_SECONDS = 20.0  # for a whole request to come
STALLED_SECONDS = 300.0  # for a client that reads nothing of an answer
PIECE = 1 << 18  # bytes that are given to a socket at once
BUSY = "503 Service Unavailable"
TOO_LARGE = "Request Entity Too Large"  # what cheroot says of a body in chunks; it has no class for that
SPARE_THREADS = 16  # for what is no statement


class HttpServer:
    """Serves HTTP clients on one address, over TLS only if there is a certificate."""

    def __init__(self, gateway: Gateway, address: Address, tls: TlsSettings | None, options: Options) -> None:
        """Errors: ConfigurationError if the certificate cannot be used."""
        self._address = address
        app = create_app(gateway, options)
        self._server = _Server(address, app, options)
        if tls is not None:
            self._server.ssl_adapter = Tls(tls)
        self._thread = threading.Thread(target=self._server.serve, name="http", daemon=True)

    @property
    def port(self) -> int:
        """The port in use; of interest where the address said 0."""
        port: int = self._server.bind_addr[1]
        return port

    def start(self) -> None:
        """Listen. Errors: ConfigurationError if the address cannot be had."""
        try:
            self._server.prepare()
        except OSError as error:
            self._server.watcher.close()
            cause = self._server.bind_error or error
            raise ConfigurationError((f"http: cannot listen on {self._address}: {cause}",)) from cause
        self._thread.start()

    def stop(self, grace: float = 10.0) -> None:
        """No new clients; running statements get `grace` seconds, then are canceled and their answers cut off."""
        if not self._server.ready:
            return
        self._server.shutdown_timeout = grace
        ending = threading.Timer(grace, self._server.watcher.end_all)
        ending.start()
        self._server.stop()
        ending.cancel()
        self._thread.join()
        self._server.watcher.close()


class _Headers(HeaderReader):
    def _allow_header(self, key_name: bytes) -> bool:
        """WSGI would take `x_mesh_purpose` for `x-mesh-purpose`."""
        return b"_" not in key_name


class _Once(dict[bytes, bytes]):
    """Of two values of one of these headers, which is meant nobody can tell."""

    NAMES = frozenset((b"Authorization", b"Content-Length", b"Content-Type", b"Host", b"X-Mesh-Purpose"))

    def __setitem__(self, name: bytes, value: bytes) -> None:
        if name in self.NAMES and name in self:
            raise ValueError(f"there is more than one header {name.decode()}")
        super().__setitem__(name, value)


class _Request(HTTPRequest):
    header_reader = _Headers()

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.inheaders = _Once()

    def parse_request(self) -> None:
        self.conn.begin()
        super().parse_request()

    def read_request_headers(self) -> bool:
        """Errors, as all, by an answer and False. What cheroot overlooks of RFC 9112 (3.2, 6.1): a proxy before the
        gateway might read such requests otherwise."""
        if not super().read_request_headers():  # type: ignore[no-untyped-call]
            return False
        modern = self.response_protocol == "HTTP/1.1"
        if (modern and b"Host" not in self.inheaders) or {b"Transfer-Encoding", b"Content-Length"} <= {
            *self.inheaders
        }:
            self.simple_response("400 Bad Request", "no Host, or a length beside a transfer encoding")
            return False
        return True

    def respond(self) -> None:
        try:
            super().respond()
        except _Unreadable as error:
            self.simple_response(str(error))

    def simple_response(self, status: str, msg: str = "") -> None:
        """What cheroot refuses before the application hears of it."""
        self.close_connection = True
        self.conn.wfile.write(refusal(str(status), str(msg)))


class _Unreadable(Exception):
    """A body that is not read, or cannot be; the text is the status of the answer."""


class _Connection(HTTPConnection):
    RequestHandlerClass = _Request
    attended: Attended
    is_cut = False

    def __init__(self, server: "_Server", sock: socket.socket, makefile: Any = MakeFile) -> None:
        super().__init__(server, sock, makefile)
        self.wfile = _Writer(sock)

    def communicate(self) -> bool:
        self.attended = self.server.watcher.attend(self.socket, REQUEST_SECONDS)
        try:
            return bool(super().communicate())  # type: ignore[no-untyped-call]
        finally:
            self.server.watcher.leave(self.attended)

    def begin(self) -> None:
        """In a thread of its own, as a slow client must not keep others waiting. Errors: FatalSSLAlert."""
        self.socket.settimeout(IDLE_SECONDS)
        if isinstance(self.socket, ssl.SSLSocket) and self.socket.version() is None:
            try:
                self.socket.do_handshake()
            except OSError as error:
                raise errors.FatalSSLAlert(*error.args) from error

    def certified(self) -> frozenset[str]:
        """The names in the certificate that the client has shown."""
        adapter = self.server.ssl_adapter
        return adapter.certified(self.socket) if adapter is not None else frozenset()

    def refuse(self) -> None:
        """More connections than there may be. Over TLS nothing can be said before the handshake."""
        if self.server.ssl_adapter is None:
            with suppress(OSError):
                self.socket.settimeout(0)
                self.socket.send(refusal(BUSY, "too many connections, try again", sqlstate="53300"))
        self.close()

    def close(self) -> None:
        self.server.connected.discard(self)
        super().close()

    def cut(self) -> None:
        """End it by a reset, so that no client takes what it has got for all."""
        self.is_cut = True
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def _close_kernel_socket(self) -> None:
        if not self.is_cut:  # a FIN before the reset would look like the end
            super()._close_kernel_socket()  # type: ignore[misc]  # its stubs leave it out


class _Writer:
    """What cheroot writes to. Its own copies each piece several times."""

    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock
        self.bytes_written = 0

    def write(self, data: bytes) -> int:
        view = memoryview(data)
        for start in range(0, len(view), PIECE):
            self._socket.sendall(view[start : start + PIECE])
        return len(view)


class _WsgiGateway(Gateway_10):
    def get_environ(self) -> dict[str, Any]:  # type: ignore[override]  # its stubs say None
        """The body is read whole: until then the client has to hurry, from then on the gateway."""
        environ: dict[str, Any] = super().get_environ()  # type: ignore[no-untyped-call]
        body = self._body()
        connection = self.req.conn
        connection.attended.came()
        connection.socket.settimeout(STALLED_SECONDS)
        environ.update({"wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body))})
        environ[GONE] = connection.attended
        environ[CERTIFIED] = connection.certified()
        return environ

    def _body(self) -> bytes:
        try:
            return bytes(self.req.rfile.read())
        except ValueError as error:
            raise _Unreadable("400 Bad Request") from error
        except OSError as error:
            if error.args == (TOO_LARGE,):
                raise _Unreadable("413 Content Too Large") from error
            raise

    def respond(self) -> None:
        """Errors: BrokenPipeError where an answer is cut off, which cheroot takes for the client's doing."""
        try:
            super().respond()
        except Exception as error:
            if not self.req.sent_headers:
                raise
            self.req.conn.cut()
            if not isinstance(error, MeshgateError | OSError):
                LOG.exception("an answer was cut off")
            raise BrokenPipeError(errno.EPIPE, "an answer was cut off") from error


class _Server(WsgiServer):
    ConnectionClass = _Connection
    max_request_header_size = HEADER_BYTES
    max_request_body_size = BODY_BYTES
    keep_alive_conn_limit = sys.maxsize  # those that there are may stay

    def __init__(self, address: Address, app: Any, options: Options) -> None:
        super().__init__(
            (address.host, address.port),
            app,
            numthreads=options.statements + SPARE_THREADS,
            server_name="meshgate",
            request_queue_size=256,
            timeout=IDLE_SECONDS,
        )
        self.gateway = _WsgiGateway
        self.software = "meshgate"
        self.watcher = Watcher()
        self.connected: set[_Connection] = set()
        self._most = options.connections
        self.bind_error: OSError | None = None

    def bind(self, family: int, type: int, proto: int = 0) -> socket.socket:  # noqa: A002  # cheroot's name
        try:
            bound: socket.socket = super().bind(family, type, proto)
        except OSError as error:
            self.bind_error = error
            raise
        return bound

    def process_conn(self, conn: _Connection) -> None:
        """A new connection waits for its first byte with the idle ones, not in a thread."""
        if conn.last_used is not None:
            super().process_conn(conn)
        elif len(self.connected) < self._most:
            self.connected.add(conn)
            self.put_conn(conn)
        else:
            conn.refuse()

    def error_log(self, msg: str = "", level: int = logging.INFO, traceback: bool = False) -> None:  # noqa: FBT001, FBT002
        LOG.log(level, msg, exc_info=traceback)
