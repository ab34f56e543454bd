"""An issuer of tokens: its keys as files of a mesh folder, and tokens that it signs."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

ISSUER = "https://login.example.com"
AUDIENCE = "meshgate"
SETTINGS = f"""
[identity.jwt]
key = "issuer.pem"
issuer = "{ISSUER}"
audience = "{AUDIENCE}"
"""

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey


def new_key(algorithm: str = "ES256", bits: int = 2048) -> PrivateKey:
    if algorithm.startswith("ES"):
        curves = {"ES256": ec.SECP256R1(), "ES384": ec.SECP384R1(), "ES512": ec.SECP521R1()}
        return ec.generate_private_key(curves[algorithm])
    if algorithm == "EdDSA":
        return ed25519.Ed25519PrivateKey.generate()
    return rsa.generate_private_key(65537, bits)


@dataclass(frozen=True)
class Issuer:
    """Signs with one key; `identifier` goes into the header as `kid`."""

    key: PrivateKey = field(default_factory=new_key)
    algorithm: str = "ES256"
    identifier: str | None = None

    def pem(self) -> bytes:
        return self.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    def jwk(self) -> dict[str, object]:
        kinds = {"E": ECAlgorithm, "R": RSAAlgorithm, "P": RSAAlgorithm}
        kind = OKPAlgorithm if self.algorithm == "EdDSA" else kinds[self.algorithm[0]]
        written: dict[str, object] = kind.to_jwk(self.key.public_key(), as_dict=True)  # type: ignore[assignment,arg-type]
        return written | ({} if self.identifier is None else {"kid": self.identifier})

    def token(self, name: str, seconds: float = 600, **claims: object) -> str:
        """Claims given as None are left out."""
        usual = {"iss": ISSUER, "aud": AUDIENCE, "sub": name, "exp": int(time.time() + seconds)}
        return self.signed({key: value for key, value in {**usual, **claims}.items() if value is not None})

    def signed(self, claims: Mapping[str, object], **headers: object) -> str:
        named = {} if self.identifier is None else {"kid": self.identifier}
        return jwt.encode(dict(claims), self.key, self.algorithm, {**named, **headers})


def write_keys(folder: Path, *issuers: Issuer) -> None:
    """The public keys, as the PEM file of `SETTINGS`, and as a JWK set."""
    (folder / "issuer.pem").write_bytes(issuers[0].pem())
    (folder / "issuer.json").write_text(json.dumps({"keys": [issuer.jwk() for issuer in issuers]}))
