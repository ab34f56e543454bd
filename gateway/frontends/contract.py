"""What every frontend needs of the rest: someone who answers, and who knows who asks."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from gateway.errors import AuthenticationFailed
from gateway.query.request import Description, Request, Result
from gateway.query.visible import VisibleCatalog
from gateway.running import Statements
from policies.principal import Principal

LOG = logging.getLogger(__name__)

PURPOSE = "x-mesh-purpose"
"""The header, of Flight SQL and HTTP, that says what for."""


class Verifier(Protocol):
    """What SCRAM needs of a password: RFC 5802."""

    @property
    def salt(self) -> bytes: ...
    @property
    def iterations(self) -> int: ...
    @property
    def stored_key(self) -> bytes: ...
    @property
    def server_key(self) -> bytes: ...


class Identities(Protocol):
    """`credentials` answers for unknown names too, always the same, with what nobody has a password for.

    `authenticate` takes a password and costs the same for a wrong one and an unknown name; `bearer` takes a token, as
    in `Authorization: Bearer`; `renewed` is who was authenticated, as of now. These raise AuthenticationFailed.
    `takes_token`: whether somebody of this name could show a token.
    """

    def principal(self, name: str) -> Principal | None: ...
    def credentials(self, name: str) -> Verifier: ...
    def authenticate(self, name: str, password: str) -> Principal: ...
    def takes_token(self, name: str) -> bool: ...
    def bearer(self, token: str) -> Principal: ...
    def renewed(self, principal: Principal) -> Principal: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Gateway:
    """`database` is the mesh's name. `visible` is the catalog as who asks may see it now; that, too, is on record.
    `statements` are those that run, of everybody.

    `version` changes whenever catalog or policies do: a description is made anew after that.
    """

    database: str
    run: Callable[[Request], Result]
    describe: Callable[[Request], Description]
    identities: Callable[[], Identities]
    visible: Callable[[Request], VisibleCatalog]
    version: Callable[[], object] = lambda: None
    statements: Statements = field(default_factory=Statements)


def sign_in_refused(endpoint: str, client: str, error: AuthenticationFailed) -> None:
    """For the operator, who is told more than the client. `client` is where it comes from, if that is known."""
    LOG.warning("sign-in refused, %s, from %s: %s", endpoint, client or "a socket", ascii(str(error)))
