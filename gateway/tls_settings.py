"""`[tls]` of mesh.toml: the certificate of the endpoints, and whose certificates clients may or must show."""

from dataclasses import dataclass
from pathlib import Path

from gateway.documents import Section, choices

CLIENT_NAMES = ("cn", "dns", "email", "uri")
DEMANDED = ("flight_certificates", "http_certificates")
KNOWN = ("cert", "key", "require", "client_ca", "client_name", *DEMANDED)


@dataclass(frozen=True, slots=True)
class TlsSettings:
    """`client_ca`: who signs the certificates that principals may show instead of a password. `client_name`: where the
    principal's name stands in one: the subject's common name, or the alternative names of a kind.

    `flight_certificates`: Flight SQL clients must show one too, beside their password or token; whose it is, pyarrow's
    server cannot say. `http_certificates`: HTTP clients must show one, with or without password or token.
    """

    cert: Path
    key: Path
    require: bool = False
    client_ca: Path | None = None
    client_name: str = "cn"
    flight_certificates: bool = False
    http_certificates: bool = False


def read_tls_settings(section: Section, folder: Path) -> TlsSettings | None:
    """None: no TLS, or what is said of it is wrong, which then is among the problems."""
    if not section.values:
        return None
    require = section.flag("require")
    cert, key = (section.file(name, folder) if section.required(name) else None for name in ("cert", "key"))
    authority = section.file("client_ca", folder)
    kind = section.text("client_name", "cn")
    if kind not in CLIENT_NAMES:
        section.problem(f"must be one of {choices(CLIENT_NAMES)}, not {kind!r}", "client_name")
    demanded = {name: section.flag(name) for name in DEMANDED}
    for name in DEMANDED:
        if demanded[name] and "client_ca" not in section:
            section.problem("takes a client_ca, which signs the certificates", name)
    return TlsSettings(cert, key, require, authority, kind, **demanded) if cert and key else None
