"""Who shows a JSON Web Token (RFC 7519): signature, issuer, audience and time are verified, claims read strictly."""

import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import lru_cache

import jwt
from jwt import ExpiredSignatureError, InvalidTokenError, PyJWTError

from gateway.auth.identity import read_identity
from gateway.auth.keys import PublicKey
from gateway.documents import Place, Section
from gateway.errors import AuthenticationFailed
from gateway.token_settings import Claim, TokenSettings
from policies.principal import Principal

LOG = logging.getLogger(__name__)

TOKEN_BYTES = 1 << 16
"""A longer one is not looked at."""

NOT_ACCEPTED = "the token is not accepted"
EXPIRED = "the token has expired"
_REMEMBERED = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Bearer(Principal):
    """A principal by virtue of a token, and until that expires (`expires`: seconds since the epoch, leeway added)."""

    token: str = field(repr=False, compare=False)
    expires: float = field(repr=False, compare=False)


class Tokens:
    """The tokens of one issuer under the keys and settings of one reading of the mesh folder."""

    def __init__(self, settings: TokenSettings, keys: tuple[PublicKey, ...]) -> None:
        self._settings = settings
        self._keys = keys
        self._verified = lru_cache(_REMEMBERED)(self._verify)

    def principal(self, token: str) -> Bearer:
        """Errors: AuthenticationFailed. Why, beyond that it has expired, is for the operator's log."""
        try:
            bearer = self._verified(token)
        except ExpiredSignatureError as error:
            raise AuthenticationFailed(EXPIRED) from error
        except PyJWTError as error:
            LOG.warning("a token was refused: %s", error)
            raise AuthenticationFailed(NOT_ACCEPTED) from error
        if time.time() >= bearer.expires:
            raise AuthenticationFailed(EXPIRED)
        return bearer

    def _verify(self, token: str) -> Bearer:
        if len(token) > TOKEN_BYTES or not token.isascii():
            raise InvalidTokenError("it is too long, or no token at all")
        key = self._key(jwt.get_unverified_header(token).get("kid"))
        claims: Mapping[str, object] = jwt.decode(
            token,
            key.key,
            algorithms=key.algorithms,
            audience=self._settings.audience,
            issuer=self._settings.issuer,
            leeway=self._settings.leeway,
            options={"require": ["exp", "iss", "aud"]},
        )
        return self._bearer(token, claims)

    def _key(self, identifier: object) -> PublicKey:
        """A single key needs no name, and one without a name verifies whatever its tokens call it."""
        if len(self._keys) == 1 and None in (identifier, self._keys[0].identifier):
            return self._keys[0]
        named = (key for key in self._keys if identifier is not None and key.identifier == identifier)
        key = next(named, None)
        if key is None:
            raise InvalidTokenError(f"no key is called {identifier!r}; after a change of keys, reload")
        return key

    def _bearer(self, token: str, claims: Mapping[str, object]) -> Bearer:
        expires = claims["exp"]
        if isinstance(expires, bool) or not isinstance(expires, int | float):
            raise InvalidTokenError("exp: must be a number of seconds")
        known = self._identity(claims)
        identity = {item.name: getattr(known, item.name) for item in fields(Principal)}
        return Bearer(**identity, token=token, expires=expires + self._settings.leeway)

    def _identity(self, claims: Mapping[str, object]) -> Principal:
        where = self._settings.claims
        name = _found(claims, where.name)
        attributes = {attribute: _found(claims, claim) for attribute, claim in where.attributes.items()}
        written = {
            "groups": _found(claims, where.groups),
            "purposes": _found(claims, where.purposes),
            "attributes": {key: value for key, value in attributes.items() if value is not None},
        }
        problems: list[str] = []
        if not isinstance(name, str):
            raise InvalidTokenError(f"{'.'.join(where.name)}: must be the principal's name")
        known = read_identity(name, Section(written, Place("claims"), problems))
        if problems:
            raise InvalidTokenError("; ".join(problems))
        return known


def _found(claims: object, claim: Claim) -> object:
    """None: the token says nothing of it."""
    for step in claim:
        claims = claims.get(step) if isinstance(claims, Mapping) else None
    return claims
