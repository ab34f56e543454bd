"""Passwords as a SCRAM-SHA-256 server keeps them (RFC 5802)."""

import base64
import binascii
import hashlib
import hmac
import os
import re
from dataclasses import dataclass, field

from scramp.utils import ScramException, saslprep

ITERATIONS = 4096
MAX_ITERATIONS = 1_000_000
SALT_BYTES = 16
_VERIFIER = re.compile(r"SCRAM-SHA-256\$(\d{1,9}):([A-Za-z0-9+/=]+)\$([A-Za-z0-9+/=]+):([A-Za-z0-9+/=]+)")
_LOOKS_LIKE_VERIFIER = re.compile(r"(?i:scram-|md5[0-9a-f]{32}$)")


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a SCRAM-SHA-256 server knows of a password (RFC 5802): enough to verify it, no more."""

    salt: bytes
    iterations: int
    stored_key: bytes = field(repr=False)
    server_key: bytes = field(repr=False)

    def verifier(self) -> str:
        salt, stored, server = (
            base64.b64encode(part).decode() for part in (self.salt, self.stored_key, self.server_key)
        )
        return f"SCRAM-SHA-256${self.iterations}:{salt}${stored}:{server}"


def verifier(password: str) -> str:
    """The verifier of a password, with a new salt, as principals.yaml and PostgreSQL write it."""
    return derived(password, os.urandom(SALT_BYTES), ITERATIONS).verifier()


def looks_like_verifier(text: str) -> bool:
    return bool(_LOOKS_LIKE_VERIFIER.match(text))


def parsed(text: str) -> Credentials | None:
    match = _VERIFIER.fullmatch(text.strip())
    if not match:
        return None
    try:
        salt, stored, server = (base64.b64decode(part, validate=True) for part in match.groups()[1:])
    except binascii.Error:
        return None
    iterations = int(match.group(1))
    fits = len(stored) == len(server) == 32 and len(salt) >= 8
    if not fits or not ITERATIONS <= iterations <= MAX_ITERATIONS:
        return None
    return Credentials(salt, iterations, stored, server)


def derived(password: str, salt: bytes, iterations: int) -> Credentials:
    salted = hashlib.pbkdf2_hmac("sha256", _prepared(password), salt, iterations)
    client_key = hmac.digest(salted, b"Client Key", "sha256")
    stored_key = hashlib.sha256(client_key).digest()
    return Credentials(salt, iterations, stored_key, hmac.digest(salted, b"Server Key", "sha256"))


def _prepared(password: str) -> bytes:
    """SASLprep; a password that it does not allow is used as it is, as PostgreSQL and libpq do."""
    try:
        return str(saslprep(password)).encode("utf-8", "surrogatepass")
    except (ScramException, UnicodeError):
        return password.encode("utf-8", "surrogatepass")


def derived_bytes(secret: bytes, kind: str, name: str) -> bytes:
    return hmac.digest(secret, f"scram {kind} {name}".encode("utf-8", "surrogatepass"), "sha256")
