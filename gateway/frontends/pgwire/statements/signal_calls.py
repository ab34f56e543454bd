"""`SELECT pg_cancel_backend(7)` and `SELECT pg_terminate_backend(7)`: what a program sends to stop a statement that it
runs on another connection."""

from collections.abc import Sequence
from dataclasses import dataclass

from gateway.frontends.pgwire.statements.splitting import Token

_FUNCTIONS = {"PG_CANCEL_BACKEND": False, "PG_TERMINATE_BACKEND": True}


@dataclass(frozen=True, slots=True)
class SessionSignal:
    """`process`: a session's number. `ends`: the session itself is to end, and not only its statement."""

    process: int
    ends: bool
    column: str


def signal_call(words: Sequence[Token]) -> SessionSignal | None:
    """One call with a number, or of all that pg_stat_activity shows with it; else it is a query."""
    rest = words[3:] if [word.text.lower() for word in words[1:3]] == ["pg_catalog", "."] else words[1:]
    if len(rest) < 4 or rest[0].word not in _FUNCTIONS or rest[1].text != "(" or rest[3].text != ")":
        return None
    asked = rest[2] if len(rest) == 4 else _shown(rest)
    if asked is None or asked.kind not in ("number", "string") or not asked.value.isascii():
        return None
    if not asked.value.isdecimal() or int(asked.value) >= 2**31:
        return None
    return SessionSignal(int(asked.value), _FUNCTIONS[rest[0].word], rest[0].name)


def _shown(words: Sequence[Token]) -> Token | None:
    """`(pid) FROM pg_stat_activity WHERE pid = 7`."""
    spelled = [word.text.lower() for word in words[1:-1]]
    wanted = ["(", "pid", ")", "from", "pg_stat_activity", "where", "pid", "="]
    return words[-1] if spelled == wanted else None
