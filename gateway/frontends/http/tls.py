"""TLS of the HTTP endpoint, as cheroot asks for it. The handshake is made in the thread that answers."""

import io
import socket
import ssl
from typing import Any

from cheroot.makefile import MakeFile
from cheroot.ssl import Adapter

from gateway.frontends.certificates import certified_names, server_context
from gateway.tls_settings import TlsSettings


class Tls(Adapter):
    def __init__(self, settings: TlsSettings) -> None:
        """Errors: ConfigurationError if a certificate cannot be used."""
        self.context = server_context(settings, demanded=settings.http_certificates)
        self._kind = settings.client_name

    def certified(self, connection: ssl.SSLSocket) -> frozenset[str]:
        """The names in the certificate that the client has shown."""
        return certified_names(connection.getpeercert(binary_form=True), self._kind)

    def bind(self, sock: socket.socket) -> socket.socket:
        return sock

    def wrap(self, sock: socket.socket) -> tuple[ssl.SSLSocket, dict[str, Any]]:
        wrapped = self.context.wrap_socket(sock, server_side=True, do_handshake_on_connect=False)
        return wrapped, self.get_environ()

    def get_environ(self) -> dict[str, Any]:
        return {"wsgi.url_scheme": "https", "HTTPS": "on"}

    def makefile(self, sock: socket.socket, mode: str = "r", bufsize: int = -1) -> Any:
        return MakeFile(sock, mode, io.DEFAULT_BUFFER_SIZE if bufsize < 0 else bufsize)
