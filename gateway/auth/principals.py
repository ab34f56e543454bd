"""Credential -> Principal."""

import hmac
import logging
import secrets
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from gateway.auth.passwords import ITERATIONS, SALT_BYTES, Credentials, derived, derived_bytes
from gateway.auth.tokens import NOT_ACCEPTED, Bearer, Tokens
from gateway.errors import AuthenticationFailed
from policies.principal import Principal

LOG = logging.getLogger(__name__)

PROCESS_SECRET = secrets.token_bytes(32)
NO_TOKENS = "tokens are not accepted here: sign in with a name and a password"


@dataclass(frozen=True, slots=True)
class Principals:
    """Everyone who may sign in: those of principals.yaml by name, others by a token of the provider of `tokens`.

    `secret` makes the credentials of unknown names look like real ones.
    """

    principals: Mapping[str, Principal]
    passwords: Mapping[str, Credentials] = field(repr=False)
    secret: bytes = field(default=PROCESS_SECRET, repr=False)
    warnings: tuple[str, ...] = ()
    tokens: Tokens | None = None

    def principal(self, name: str) -> Principal | None:
        return self.principals.get(name)

    def authenticate(self, name: str, password: str) -> Principal:
        """Who signs in with a clear-text password. AuthenticationFailed costs the same for unknown names."""
        expected = self.credentials(name)
        given = derived(password, expected.salt, expected.iterations)
        fits = hmac.compare_digest(given.stored_key, expected.stored_key)
        if not fits or name not in self.passwords:
            raise AuthenticationFailed(f'password authentication failed for user "{name}"')
        return self.principals[name]

    def takes_token(self, name: str) -> bool:
        """Whether who says to be `name` may show a token. A name of principals.yaml is nobody else's."""
        return self.tokens is not None and name not in self.principals

    def bearer(self, token: str) -> Bearer:
        """Who shows this token, as it stands in `Authorization: Bearer`. AuthenticationFailed, in words for anybody."""
        if self.tokens is None:
            raise AuthenticationFailed(NO_TOKENS)
        principal = self.tokens.principal(token)
        if principal.name in self.principals:
            LOG.warning("a token was refused: its principal %r is in principals.yaml", principal.name)
            raise AuthenticationFailed(NOT_ACCEPTED)
        return principal

    def renewed(self, principal: Principal) -> Principal:
        """The principal of a session as the identity providers have it now. AuthenticationFailed for one who is gone,
        or whose token is not accepted any more."""
        if isinstance(principal, Bearer):
            return self.bearer(principal.token)
        known = self.principals.get(principal.name)
        if known is None:
            raise AuthenticationFailed(f'there is no user "{principal.name}" any more')
        return known

    def credentials(self, name: str) -> Credentials:
        """Of a name without a password: made up, the same each time, so an exchange fails only at its end."""
        known = self.passwords.get(name)
        made_up = self._made_up(name)
        return known or made_up

    def _made_up(self, name: str) -> Credentials:
        iterations, length = self._usual_shape()
        salt, stored, server = (
            derived_bytes(self.secret, kind, name) for kind in ("salt", "stored", "server")
        )
        return Credentials(salt[:length], iterations, stored, server)

    def _usual_shape(self) -> tuple[int, int]:
        shapes = Counter((known.iterations, len(known.salt)) for known in self.passwords.values())
        return min(shapes, key=lambda shape: (-shapes[shape], shape), default=(ITERATIONS, SALT_BYTES))
