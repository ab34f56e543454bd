"""TLS of the PostgreSQL endpoint: with which certificate, and what a client's says of who it is."""

import asyncio
import ssl
from collections.abc import Callable, Mapping

from cryptography import x509
from cryptography.x509.oid import NameOID

from gateway.errors import ConfigurationError
from gateway.frontends.pgwire.handshake import Channel
from gateway.frontends.pgwire.scram import Binding, usable
from gateway.settings import TlsSettings


class Tls:
    """Of one server. Clients may show a certificate where there is an authority that signs theirs."""

    def __init__(self, settings: TlsSettings) -> None:
        """Errors: ConfigurationError if a certificate cannot be used."""
        self.context = _context(settings)
        self.required = settings.require
        self._binding = _channel_binding(settings)
        self._names = _NAMES[settings.client_name]

    def channel(self, transport: asyncio.BaseTransport) -> Channel:
        """What is known of who sends over this transport."""
        if not encrypted(transport):
            return Channel()
        shown = transport.get_extra_info("ssl_object").getpeercert(binary_form=True)
        certified = self._names(x509.load_der_x509_certificate(shown)) if shown else ()
        return Channel(encrypted=True, binding=self._binding, certified=frozenset(certified))


def encrypted(transport: asyncio.BaseTransport) -> bool:
    return transport.get_extra_info("ssl_object") is not None


def _channel_binding(tls: TlsSettings) -> Binding | None:
    """None: clients cannot bind to this certificate."""
    binding = ("tls-server-end-point", tls.cert.read_text("ascii", "replace"))
    return binding if usable(binding) else None


def _context(tls: TlsSettings) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.options |= ssl.OP_NO_TICKET  # each connection shows its certificate anew
    context.num_tickets = 0
    try:
        context.load_cert_chain(tls.cert, tls.key)
    except (OSError, ssl.SSLError) as error:
        raise ConfigurationError(
            (f"mesh.toml: tls: cannot use {tls.cert} with {tls.key}: {error}",)
        ) from error
    if tls.client_ca is not None:
        _trust(context, tls)
    return context


def _trust(context: ssl.SSLContext, tls: TlsSettings) -> None:
    context.verify_mode = ssl.CERT_OPTIONAL
    try:
        context.load_verify_locations(tls.client_ca)
    except (OSError, ssl.SSLError) as error:
        raise ConfigurationError(
            (f"mesh.toml: tls.client_ca: cannot use {tls.client_ca}: {error}",)
        ) from error


def _common_names(certificate: x509.Certificate) -> tuple[str, ...]:
    """Of several, none: which of them is meant nobody can tell."""
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return (str(names[0].value),) if len(names) == 1 else ()


def _alternative(kind: type[x509.RFC822Name | x509.DNSName | x509.UniformResourceIdentifier]) -> "Names":
    def names(certificate: x509.Certificate) -> tuple[str, ...]:
        try:
            found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
        except (x509.ExtensionNotFound, ValueError):  # ValueError: it cannot be read
            return ()
        return tuple(found.value.get_values_for_type(kind))

    return names


Names = Callable[[x509.Certificate], tuple[str, ...]]

_NAMES: Mapping[str, Names] = {
    "cn": _common_names,
    "email": _alternative(x509.RFC822Name),
    "dns": _alternative(x509.DNSName),
    "uri": _alternative(x509.UniformResourceIdentifier),
}
