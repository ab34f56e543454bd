"""TLS of an endpoint: with which certificate, and what a client's says of who it is."""

import ssl
from collections.abc import Callable, Mapping

from cryptography import x509
from cryptography.x509.oid import NameOID

from gateway.errors import ConfigurationError
from gateway.tls_settings import TlsSettings


def server_context(settings: TlsSettings, *, demanded: bool = False) -> ssl.SSLContext:
    """Clients may show a certificate where there is an authority that signs theirs; where it is `demanded` they must.

    Errors: ConfigurationError if a certificate cannot be used.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.options |= ssl.OP_NO_TICKET  # each connection shows its certificate anew
    context.num_tickets = 0
    try:
        context.load_cert_chain(settings.cert, settings.key)
    except (OSError, ssl.SSLError) as error:
        raise ConfigurationError(
            (f"mesh.toml: tls: cannot use {settings.cert} with {settings.key}: {error}",)
        ) from error
    if settings.client_ca is not None:
        context.verify_mode = ssl.CERT_REQUIRED if demanded else ssl.CERT_OPTIONAL
        try:
            context.load_verify_locations(settings.client_ca)
        except (OSError, ssl.SSLError) as error:
            raise ConfigurationError(
                (f"mesh.toml: tls.client_ca: cannot use {settings.client_ca}: {error}",)
            ) from error
    return context


def certified_names(shown: bytes | None, kind: str) -> frozenset[str]:
    """The names that a certificate which TLS has verified gives its owner. `shown` is DER; `kind` as in
    `tls.client_name`."""
    return frozenset(_NAMES[kind](x509.load_der_x509_certificate(shown))) if shown else frozenset()


def _common_names(certificate: x509.Certificate) -> tuple[str, ...]:
    """Of several, none: which of them is meant nobody can tell."""
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return (str(names[0].value),) if len(names) == 1 else ()


Names = Callable[[x509.Certificate], tuple[str, ...]]


def _alternative(kind: type[x509.RFC822Name | x509.DNSName | x509.UniformResourceIdentifier]) -> Names:
    def names(certificate: x509.Certificate) -> tuple[str, ...]:
        try:
            found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
        except (x509.ExtensionNotFound, ValueError):  # ValueError: it cannot be read
            return ()
        return tuple(found.value.get_values_for_type(kind))

    return names


_NAMES: Mapping[str, Names] = {
    "cn": _common_names,
    "email": _alternative(x509.RFC822Name),
    "dns": _alternative(x509.DNSName),
    "uri": _alternative(x509.UniformResourceIdentifier),
}
