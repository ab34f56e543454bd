"""Certificates for tests: an authority, and what it signs, as PEM files."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID


def _subject(*names: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name) for name in names])


@dataclass(frozen=True)
class Pair:
    """A certificate and its key."""

    cert: Path
    key: Path


@dataclass(frozen=True)
class Authority:
    folder: Path
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def __post_init__(self) -> None:
        extensions = [x509.BasicConstraints(ca=True, path_length=0)]
        self.root.write_bytes(self._signed(self.key, _subject("authority"), extensions, days=9))

    @property
    def root(self) -> Path:
        return self.folder / "authority.pem"

    def server(self) -> Pair:
        """For localhost."""
        names = x509.SubjectAlternativeName([x509.DNSName("localhost")])
        usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
        return self._pair("server", _subject("localhost"), [names, usage], days=9)

    def client(
        self, file: str, *common: str, alternative: Sequence[x509.GeneralName] = (), days: int = 9
    ) -> Pair:
        """`days` below zero: it has expired."""
        usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH])
        more = [x509.SubjectAlternativeName(alternative)] if alternative else []
        return self._pair(file, _subject(*common), [usage, *more], days)

    def _pair(self, file: str, subject: x509.Name, extensions: list[x509.ExtensionType], days: int) -> Pair:
        key = ec.generate_private_key(ec.SECP256R1())
        pair = Pair(self.folder / f"{file}.pem", self.folder / f"{file}.key")
        pair.cert.write_bytes(self._signed(key, subject, extensions, days))
        pair.key.touch(mode=0o600)  # libpq refuses a key that others may read
        pair.key.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        return pair

    def _signed(
        self,
        key: ec.EllipticCurvePrivateKey,
        subject: x509.Name,
        extensions: Sequence[x509.ExtensionType],
        days: int,
    ) -> bytes:
        now = dt.datetime.now(dt.UTC)
        builder = x509.CertificateBuilder(
            _subject("authority"),
            subject,
            key.public_key(),
            x509.random_serial_number(),
            now - dt.timedelta(days=20),
            now + dt.timedelta(days=days),
        )
        for extension in extensions:
            builder = builder.add_extension(extension, critical=isinstance(extension, x509.BasicConstraints))
        return builder.sign(self.key, hashes.SHA256()).public_bytes(Encoding.PEM)
