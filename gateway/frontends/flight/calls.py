"""One call: authenticated by its headers before anything else, known until it is over."""

import itertools
from collections.abc import Callable

from pyarrow import flight

from gateway.errors import ProtocolViolation, ShuttingDown
from gateway.frontends.contract import PURPOSE
from gateway.frontends.flight.boundary import boundary
from gateway.frontends.flight.sessions import Session, Sessions

CALL = "call"
_NUMBERS = itertools.count()


class Call(flight.ServerMiddleware):
    """`purpose` is the header's. `over` are called when the client has everything, or has gone."""

    def __init__(self, session: Session, token: str | None, purpose: str | None) -> None:
        super().__init__()
        self.session = session
        self.purpose = purpose
        self.number = next(_NUMBERS)
        self.over: list[Callable[[], None]] = []
        self._token = token

    def sending_headers(self) -> dict[str, list[str] | list[bytes]]:
        return {"authorization": [f"Bearer {self._token}"]} if self._token else {}

    def call_completed(self, exception: object) -> None:  # noqa: ARG002 - pyarrow's signature
        for end in reversed(self.over):
            end()


class Admission(flight.ServerMiddlewareFactory):
    def __init__(self, sessions: Sessions) -> None:
        super().__init__()
        self._sessions = sessions
        self.closed = False

    def start_call(self, info: object, headers: dict[str, list[str] | list[bytes]]) -> Call:  # noqa: ARG002
        with boundary():
            if self.closed:
                raise ShuttingDown
            purposes = [str(each) for each in headers.get(PURPOSE, [])]
            if len(purposes) > 1:
                raise ProtocolViolation(f"one {PURPOSE} header at most")
            session, token = self._sessions.admit([str(each) for each in headers.get("authorization", [])])
            return Call(session, token, purposes[0] if purposes else None)


class NoHandshake(flight.ServerAuthHandler):
    """pyarrow answers a Handshake only where there is a handler; who calls was found out by the headers before."""

    def authenticate(self, outgoing: object, incoming: object) -> None: ...

    def is_valid(self, token: object) -> bytes:  # type: ignore[override]  # noqa: ARG002
        return b""
