"""TLS of the PostgreSQL endpoint: what is known of a connection because of it."""

import asyncio

from gateway.frontends.certificates import certified_names, server_context
from gateway.frontends.pgwire.handshake import Channel
from gateway.frontends.pgwire.scram import Binding, usable
from gateway.tls_settings import TlsSettings


class Tls:
    """Of one server. Clients may show a certificate where there is an authority that signs theirs."""

    def __init__(self, settings: TlsSettings) -> None:
        """Errors: ConfigurationError if a certificate cannot be used."""
        self.context = server_context(settings)
        self.required = settings.require
        self._binding = _channel_binding(settings)
        self._kind = settings.client_name

    def channel(self, transport: asyncio.BaseTransport) -> Channel:
        """What is known of who sends over this transport."""
        if not encrypted(transport):
            return Channel()
        shown = transport.get_extra_info("ssl_object").getpeercert(binary_form=True)
        certified = certified_names(shown, self._kind)
        return Channel(encrypted=True, binding=self._binding, certified=certified)


def encrypted(transport: asyncio.BaseTransport) -> bool:
    return transport.get_extra_info("ssl_object") is not None


def _channel_binding(tls: TlsSettings) -> Binding | None:
    """None: clients cannot bind to this certificate."""
    binding = ("tls-server-end-point", tls.cert.read_text("ascii", "replace"))
    return binding if usable(binding) else None
