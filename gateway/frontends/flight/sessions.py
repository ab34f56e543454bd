"""Who calls: Basic becomes a Bearer token, a token finds its session, with its options and prepared statements."""

import base64
import binascii
import hashlib
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import pyarrow as pa

from gateway.errors import AuthenticationFailed, ProtocolViolation
from gateway.frontends.contract import Identities, sign_in_refused
from gateway.query.request import Parameter, Request
from policies.principal import Principal

IDLE_SECONDS = 8 * 3600.0
LIFE_SECONDS = 24 * 3600.0
SESSIONS_EACH = 100
SESSIONS = 10_000
OPTION_LENGTH = 1_000
PREPARED = 1_000
PREPARED_BYTES = 32_000_000

REJECTED = "authentication failed"


@dataclass(frozen=True, slots=True)
class Prepared:
    """`parameters`: how many it has. `rows` are the bindings: one execution each, one after the other.
    `size`: bytes of text and bindings, as sent."""

    text: str
    parameters: int
    schema: pa.Schema
    rows: tuple[tuple[Parameter, ...], ...] = ()
    size: int = 0


@dataclass
class Session:
    """One sign-in. `options` are what the client set: catalog, schema, purpose."""

    principal: Principal
    ends: float
    seen: float
    options: dict[str, str] = field(default_factory=dict)
    _prepared: OrderedDict[bytes, Prepared] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def request(self, text: str, client: str, parameters: tuple[Parameter, ...] = ()) -> Request:
        schema = self.options.get("schema")
        return Request(
            text=text,
            principal=self.principal,
            endpoint="flight",
            client=client,
            purpose=self.options.get("purpose"),
            parameters=parameters,
            parameter_types=tuple(parameter.type for parameter in parameters),
            settings={"search_path": f'"{schema}"'} if schema else {},
        )

    def prepare(self, prepared: Prepared) -> bytes:
        """Its handle. Those that were not used for longest give way when there are too many, or they hold too much."""
        handle = secrets.token_bytes(16)
        with self._lock:
            self._keep(handle, prepared)
        return handle

    def _keep(self, handle: bytes, prepared: Prepared) -> None:
        self._prepared[handle] = prepared
        self._prepared.move_to_end(handle)
        held = sum(each.size for each in self._prepared.values())
        while len(self._prepared) > PREPARED or (held > PREPARED_BYTES and len(self._prepared) > 1):
            held -= self._prepared.popitem(last=False)[1].size

    def prepared(self, handle: bytes) -> Prepared:
        """Raises ProtocolViolation."""
        with self._lock:
            if handle not in self._prepared:
                raise ProtocolViolation("there is no such prepared statement in this session")
            self._prepared.move_to_end(handle)
            return self._prepared[handle]

    def bind(self, handle: bytes, prepared: Prepared) -> None:
        with self._lock:
            if handle in self._prepared:
                self._keep(handle, prepared)

    def forget(self, handle: bytes) -> None:
        with self._lock:
            self._prepared.pop(handle, None)

    def choose(self, name: str, value: str | None, database: str) -> None:
        """Set an option, or with None take it back. Raises KeyError for a name, ValueError for a value."""
        if name not in ("catalog", "schema", "purpose"):
            raise KeyError(name)
        if not value:
            self.options.pop(name, None)
            return
        if len(value) > OPTION_LENGTH:
            raise ValueError("this is too long for a name")
        if name == "catalog" and value != database:
            raise ValueError("there is no such catalog")
        if name == "purpose" and value not in self.principal.purposes:
            raise ValueError("this purpose is not one of yours")
        if name == "schema" and any(character in value for character in '",'):
            raise ValueError("there is no such schema")
        self.options[name] = value


class Sessions:
    """Tokens are random and kept as hashes. Those of one principal make way for each other, not for another's."""

    def __init__(
        self, identities: Callable[[], Identities], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._identities = identities
        self._clock = clock
        self._sessions: OrderedDict[bytes, Session] = OrderedDict()
        self._lock = threading.Lock()

    def admit(self, given: Sequence[str]) -> tuple[Session, str | None]:
        """By the Authorization headers: the session, and the token of a new one.

        Raises AuthenticationFailed, the same for all that is wrong.
        """
        if len(given) != 1:
            raise AuthenticationFailed(REJECTED, hint="Send an Authorization header: Basic or Bearer.")
        scheme, _, credential = given[0].partition(" ")
        if scheme.lower() == "basic":
            return self._signed_in(*_name_and_password(credential))
        if scheme.lower() == "bearer":
            return self._found(credential.strip()), None
        raise AuthenticationFailed(REJECTED)

    def close(self, session: Session) -> None:
        with self._lock:
            for key in [key for key, each in self._sessions.items() if each is session]:
                del self._sessions[key]

    def _signed_in(self, name: str, password: str) -> tuple[Session, str]:
        try:
            principal = self._identities().authenticate(name, password)
        except AuthenticationFailed as error:
            sign_in_refused("flight", "", error)
            raise AuthenticationFailed(REJECTED) from error
        token = secrets.token_urlsafe(32)
        return self._begun(principal, token), token

    def _found(self, token: str) -> Session:
        """Of a token that the gateway gave, or of an issuer outside, whose session begins with its first use."""
        with self._lock:
            session = self._sessions.get(_key(token))
        try:
            if session is None:
                session = self._begun(self._identities().bearer(token), token)
            session.principal = self._identities().renewed(session.principal)
        except AuthenticationFailed as error:
            sign_in_refused("flight", "", error)
            raise AuthenticationFailed(REJECTED) from error
        now = self._clock()
        with self._lock:
            if now > min(session.ends, session.seen + IDLE_SECONDS):
                self._sessions.pop(_key(token), None)
                raise AuthenticationFailed(REJECTED)
            session.seen = now
            if _key(token) in self._sessions:
                self._sessions.move_to_end(_key(token))
        return session

    def _begun(self, principal: Principal, token: str) -> Session:
        session = Session(principal, self._clock() + LIFE_SECONDS, self._clock())
        self._keep(_key(token), session)
        return session

    def _keep(self, key: bytes, session: Session) -> None:
        with self._lock:
            own = [k for k, each in self._sessions.items() if each.principal.name == session.principal.name]
            if len(own) >= SESSIONS_EACH:
                del self._sessions[own[0]]
            elif len(self._sessions) >= SESSIONS:
                self._sessions.popitem(last=False)
            self._sessions[key] = session


def _key(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).digest()


def _name_and_password(credential: str) -> tuple[str, str]:
    """Go's clients send base64 without its padding."""
    try:
        text = base64.b64decode(credential.strip().rstrip("=") + "==", validate=False).decode()
    except (binascii.Error, UnicodeError, ValueError) as error:
        raise AuthenticationFailed(REJECTED) from error
    name, _, password = text.partition(":")
    return name, password
