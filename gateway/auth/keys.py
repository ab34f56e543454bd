"""The public keys of whoever issues tokens: one as PEM, or a JWK set (RFC 7517)."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1 as P256
from cryptography.hazmat.primitives.asymmetric.ec import SECP384R1 as P384
from cryptography.hazmat.primitives.asymmetric.ec import SECP521R1 as P521
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurve, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed448 import Ed448PublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from jwt import PyJWK, PyJWTError

from gateway.documents import Place, shown
from gateway.token_settings import TokenSettings

MIN_RSA_BITS = 2048
"""RFC 7518, 3.3."""

Key = RSAPublicKey | EllipticCurvePublicKey | Ed25519PublicKey | Ed448PublicKey

_CURVES: dict[type[EllipticCurve], str] = {P256: "ES256", P384: "ES384", P521: "ES512"}


@dataclass(frozen=True, slots=True)
class PublicKey:
    """`algorithms`: those that this key may have signed with. `identifier`: the `kid` of its tokens."""

    key: Key
    algorithms: tuple[str, ...]
    identifier: str | None = None


class _Unusable(Exception):
    """Why, and what to do."""


def read_keys(settings: TokenSettings, folder: Path, problems: list[str]) -> tuple[PublicKey, ...]:
    """The keys of the files; empty if something is wrong with them, which is then among the problems."""
    path = settings.key or settings.jwks
    assert path is not None
    read = _of_pem if settings.key else _of_set
    try:
        keys = tuple(read(path.read_bytes(), settings.algorithms))
    except _Unusable as error:
        problems.append(Place(shown(path, folder)).problem(str(error)))
        return ()
    except OSError as error:
        problems.append(Place(shown(path, folder)).problem(f"cannot be read ({error.strerror})"))
        return ()
    return keys


def _of_pem(data: bytes, accepted: tuple[str, ...]) -> Iterator[PublicKey]:
    if b"PRIVATE KEY" in data:
        raise _Unusable("holds a private key, which only the issuer should have: put the public key here")
    try:
        key = load_pem_public_key(data)
    except (ValueError, UnsupportedAlgorithm) as error:
        text = "is no public key in PEM (-----BEGIN PUBLIC KEY-----); openssl x509 -pubkey takes it from a certificate"
        raise _Unusable(text) from error
    yield _usable(key, accepted)


def _of_set(data: bytes, accepted: tuple[str, ...]) -> Iterator[PublicKey]:
    """Keys for encryption and for other algorithms may stand in an issuer's set; they are left out."""
    keys = [_of_jwk(each, accepted) for each in _signing(data)]
    if not keys:
        raise _Unusable("has no public key for signatures (kty RSA, EC or OKP)")
    names = [key.identifier for key in keys]
    if len(keys) > 1 and (None in names or len({*names}) < len(names)):
        raise _Unusable("has several keys: each must have a kid of its own")
    yield from keys


def _signing(data: bytes) -> list[dict[str, object]]:
    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise _Unusable("is no JSON") from error
    keys = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(keys, list) or not all(isinstance(key, dict) for key in keys):
        raise _Unusable('is no JWK set: {"keys": [...]}')
    return [key for key in keys if key.get("kty") != "oct" and key.get("use", "sig") == "sig"]


def _of_jwk(written: dict[str, object], accepted: tuple[str, ...]) -> PublicKey:
    identifier, algorithm = written.get("kid"), written.get("alg")
    if identifier is not None and not isinstance(identifier, str):
        raise _Unusable("has a key whose kid is no text")
    called = f"the key {identifier!r}" if identifier is not None else "its key"
    if "d" in written:
        raise _Unusable(
            f"{called} is a private one, which only the issuer should have: leave out d and the primes"
        )
    try:
        usable = _usable(PyJWK(written).key, accepted)
    except (PyJWTError, UnsupportedAlgorithm, ValueError, TypeError) as error:
        raise _Unusable(f"{called} is no key that can be used here") from error
    except _Unusable as error:
        raise _Unusable(f"{called}: {error}") from error
    algorithms = tuple(name for name in usable.algorithms if algorithm in (None, name))
    if not algorithms:
        raise _Unusable(f"{called} is for {algorithm}, which identity.jwt.algorithms does not accept for it")
    return replace(usable, algorithms=algorithms, identifier=identifier)


def _usable(key: object, accepted: tuple[str, ...]) -> PublicKey:
    match key:
        case RSAPublicKey(key_size=bits) if bits < MIN_RSA_BITS:
            raise _Unusable(f"an RSA key of {bits} bits is too weak: {MIN_RSA_BITS} at least")
        case RSAPublicKey():
            fitting = tuple(name for name in accepted if name[:2] in ("RS", "PS"))
        case EllipticCurvePublicKey(curve=curve):
            fitting = tuple(name for name in accepted if name == _CURVES.get(type(curve)))
        case Ed25519PublicKey() | Ed448PublicKey():
            fitting = tuple(name for name in accepted if name == "EdDSA")
        case _:
            raise _Unusable("is a key of a kind that signs no tokens: RSA, EC or Ed25519 do")
    if not fitting:
        raise _Unusable("none of identity.jwt.algorithms fits this key")
    return PublicKey(key, fitting)
