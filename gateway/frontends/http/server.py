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
import threading
from typing import Any

from cheroot import errors
from cheroot.makefile import MakeFile
from cheroot.server import HTTPConnection, HTTPRequest
from cheroot.ssl import Adapter
from cheroot.wsgi import Gateway_10
from cheroot.wsgi import Server as WsgiServer

from gateway.errors import ConfigurationError, MeshgateError
from gateway.frontends.contract import Gateway
from gateway.frontends.http.answers import GONE
from gateway.frontends.http.app import BODY_BYTES, Options, create_app
from gateway.frontends.http.watch import Attended, Watcher
from gateway.settings import Address, TlsSettings

LOG = logging.getLogger(__name__)

HEADER_BYTES = 80_000  # a token may have 64 kB
IDLE_SECONDS = 30  # of a connection without a request, and between two bytes of one
REQUEST_SECONDS = 20.0  # for a whole request to come
STALLED_SECONDS = 300.0  # for a client that reads nothing of an answer
PIECE = 1 << 18  # bytes that are given to a socket at once
TOO_LARGE = "Request Entity Too Large"  # what cheroot says of a body in chunks; it has no class for that
SPARE_THREADS = 16  # for what is no statement
CONNECTIONS = 500


class HttpServer:
    """Serves HTTP clients on one address, over TLS only if there is a certificate."""

    def __init__(self, gateway: Gateway, address: Address, tls: TlsSettings | None, options: Options) -> None:
        """Errors: ConfigurationError if the certificate cannot be used."""
        self._address = address
        app = create_app(gateway, options)
        self._server = _Server(address, app, options.statements + SPARE_THREADS)
        if tls is not None:
            self._server.ssl_adapter = _Tls(tls)
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


class _Request(HTTPRequest):
    def parse_request(self) -> None:
        self.conn.begin()
        super().parse_request()

    def respond(self) -> None:
        try:
            super().respond()
        except _Unreadable as error:
            self.close_connection = True
            self.simple_response(str(error))


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
    keep_alive_conn_limit = CONNECTIONS

    def __init__(self, address: Address, app: Any, threads: int) -> None:
        super().__init__(
            (address.host, address.port),
            app,
            numthreads=threads,
            server_name="meshgate",
            request_queue_size=256,
            timeout=IDLE_SECONDS,
        )
        self.gateway = _WsgiGateway
        self.software = "meshgate"
        self.watcher = Watcher()
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
        elif self.can_add_keepalive_connection:
            self.put_conn(conn)
        else:
            conn.close()

    def error_log(self, msg: str = "", level: int = logging.INFO, traceback: bool = False) -> None:  # noqa: FBT001, FBT002
        LOG.log(level, msg, exc_info=traceback)


class _Tls(Adapter):
    """The handshake is made in `_Connection.begin`."""

    def __init__(self, tls: TlsSettings) -> None:
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.minimum_version = ssl.TLSVersion.TLSv1_2
        try:
            self.context.load_cert_chain(tls.cert, tls.key)
        except (OSError, ssl.SSLError) as error:
            problem = f"mesh.toml: tls: cannot use {tls.cert} with {tls.key}: {error}"
            raise ConfigurationError((problem,)) from error

    def bind(self, sock: socket.socket) -> socket.socket:
        return sock

    def wrap(self, sock: socket.socket) -> tuple[ssl.SSLSocket, dict[str, Any]]:
        wrapped = self.context.wrap_socket(sock, server_side=True, do_handshake_on_connect=False)
        return wrapped, self.get_environ()

    def get_environ(self) -> dict[str, Any]:
        return {"wsgi.url_scheme": "https", "HTTPS": "on"}

    def makefile(self, sock: socket.socket, mode: str = "r", bufsize: int = -1) -> Any:
        return MakeFile(sock, mode, io.DEFAULT_BUFFER_SIZE if bufsize < 0 else bufsize)
