"""Statements about the session itself, recognized before any SQL parser sees them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice

from gateway.errors import AccessDenied
from gateway.frontends.pgwire.statements.setting_calls import Configure, Setting, setting_calls
from gateway.frontends.pgwire.statements.signal_calls import SessionSignal, signal_call
from gateway.frontends.pgwire.statements.splitting import Token, near, tokens

_LONGEST = 200  # tokens: a session statement is short


@dataclass(frozen=True, slots=True)
class Begin:
    """`isolation`: the level asked for, if one was."""

    tag: str = "BEGIN"
    isolation: str | None = None


@dataclass(frozen=True, slots=True)
class Commit:
    chain: bool = False


@dataclass(frozen=True, slots=True)
class Rollback:
    chain: bool = False


@dataclass(frozen=True, slots=True)
class Savepoint:
    name: str


@dataclass(frozen=True, slots=True)
class Release:
    name: str


@dataclass(frozen=True, slots=True)
class RollbackTo:
    name: str


@dataclass(frozen=True, slots=True)
class Set:
    """`value` None: the default. `local`: until the transaction ends."""

    name: str
    value: str | None
    local: bool = False


@dataclass(frozen=True, slots=True)
class Reset:
    """`name` None: everything."""

    name: str | None


@dataclass(frozen=True, slots=True)
class Show:
    """`name` None: everything."""

    name: str | None


@dataclass(frozen=True, slots=True)
class Discard:
    what: str


@dataclass(frozen=True, slots=True)
class Deallocate:
    """`name` None: every prepared statement."""

    name: str | None


@dataclass(frozen=True, slots=True)
class ClosePortal:
    """`name` None: every portal."""

    name: str | None


@dataclass(frozen=True, slots=True)
class Accepted:
    """Nothing to do here; the client expects it to work. `of`: what outside a transaction has nothing to work on, which
    clients are warned of."""

    tag: str
    of: str = ""


OfWorkspace = (
    Begin
    | Commit
    | Rollback
    | Savepoint
    | Release
    | RollbackTo
    | Set
    | Configure
    | Setting
    | Reset
    | Show
    | Discard
    | Deallocate
    | ClosePortal
    | Accepted
)
"""What concerns nothing but the session's own state."""
SessionStatement = OfWorkspace | SessionSignal


def session_statement(text: str) -> SessionStatement | None:
    """The session statement that a statement's text is; None: it is something else.

    Errors: SyntaxRefused for one that is malformed, AccessDenied for a change of identity.
    """
    words = tuple(islice(tokens(text), _LONGEST))
    recognize = _RECOGNIZED.get(words[0].word) if words else None
    return recognize(words) if recognize else None


def _is(words: Sequence[Token], *expected: str) -> bool:
    """True if the words begin with these."""
    return len(words) >= len(expected) and all(
        token.word == word for token, word in zip(words, expected, strict=False)
    )


def _name(words: Sequence[Token]) -> str:
    """The one name that is left."""
    if len(words) != 1 or words[0].kind not in ("word", "quoted"):
        raise near(words, len(words) - 1)
    return words[0].name


def _begin(words: Sequence[Token]) -> SessionStatement | None:
    if words[0].word == "START" and not _is(words[1:], "TRANSACTION"):
        return None
    tag = "START TRANSACTION" if words[0].word == "START" else "BEGIN"
    return Begin(tag, _isolation(words))


def _isolation(words: Sequence[Token]) -> str | None:
    """The level among a transaction's modes."""
    for at in range(len(words)):
        if _is(words[at:], "ISOLATION", "LEVEL"):
            level = words[at + 2 : at + 4]
            return " ".join(
                word.word.lower() for word in (level[:1] if _is(level, "SERIALIZABLE") else level)
            )
    return None


def _without_noise(words: Sequence[Token]) -> Sequence[Token]:
    return words[1:] if words and words[0].word in ("WORK", "TRANSACTION") else words


def _chained(rest: Sequence[Token]) -> bool:
    if not rest or _is(rest, "AND", "NO", "CHAIN"):
        return False
    if _is(rest, "AND", "CHAIN"):
        return True
    raise near(rest, len(rest) - 1)


def _commit(words: Sequence[Token]) -> SessionStatement | None:
    return Commit(_chained(_without_noise(words[1:])))


def _rollback(words: Sequence[Token]) -> SessionStatement | None:
    rest = _without_noise(words[1:])
    if not _is(rest, "TO"):
        return Rollback(_chained(rest))
    rest = rest[1:]
    return RollbackTo(_name(rest[1:] if _is(rest, "SAVEPOINT") and len(rest) > 1 else rest))


def _savepoint(words: Sequence[Token]) -> SessionStatement | None:
    return Savepoint(_name(words[1:]))


def _release(words: Sequence[Token]) -> SessionStatement | None:
    rest = words[1:]
    return Release(_name(rest[1:] if _is(rest, "SAVEPOINT") and len(rest) > 1 else rest))


def _set(words: Sequence[Token]) -> SessionStatement | None:
    rest = words[1:]
    if _is(rest, "TRANSACTION") or _is(rest, "SESSION", "CHARACTERISTICS", "AS", "TRANSACTION"):
        level = _isolation(rest)
        local = _is(rest, "TRANSACTION")
        if level is None:
            return Accepted("SET", "SET TRANSACTION" if local else "")
        return Set("transaction_isolation" if local else "default_transaction_isolation", level, local)
    if _is(rest, "CONSTRAINTS"):
        return Accepted("SET CONSTRAINTS", "SET CONSTRAINTS")
    local = _is(rest, "LOCAL")
    if local or (_is(rest, "SESSION") and not _is(rest, "SESSION", "AUTHORIZATION")):
        rest = rest[1:]
    if _is(rest, "ROLE") or _is(rest, "SESSION", "AUTHORIZATION"):
        return _identity(rest)
    for spelling, name in (
        (("TIME", "ZONE"), "TimeZone"),
        (("NAMES",), "client_encoding"),
        (("SCHEMA",), "search_path"),
    ):
        if _is(rest, *spelling):
            value = rest[len(spelling) :]
            value = value[1:2] if _is(value, "INTERVAL") else value  # `INTERVAL '+00:00' HOUR TO MINUTE`
            return Set(name, _value(value), local)
    name, rest = _setting_name(rest)
    if not rest or not (rest[0].word == "TO" or rest[0].text == "="):
        raise near(words, len(words) - 1)
    return Set(name, _value(rest[1:], as_written=name.lower() == "search_path"), local)


def _identity(rest: Sequence[Token]) -> SessionStatement:
    if rest[-1].word in ("NONE", "DEFAULT"):
        return Accepted("SET")
    raise AccessDenied("a session keeps the principal it was authenticated as")


def _setting_name(words: Sequence[Token]) -> tuple[str, Sequence[Token]]:
    """A name that may have dots, and what follows it."""
    if not words or words[0].kind not in ("word", "quoted"):
        raise near(words, len(words) - 1)
    name, rest = words[0].value, words[1:]
    while len(rest) >= 2 and rest[0].text == ".":
        name, rest = f"{name}.{rest[1].value}", rest[2:]
    return name, rest


def _value(words: Sequence[Token], *, as_written: bool = False) -> str | None:
    """The value of a SET: words, strings or numbers with commas between them. `as_written`: names keep quotes."""
    if not words:
        raise near(words, 0)
    if _is(words, "DEFAULT") and len(words) == 1:
        return None
    parts: list[str] = []
    sign = ""
    for token in words:
        if token.kind == "symbol" and token.text in "+-" and not sign:
            sign = token.text
        elif token.text == "," and parts:
            continue
        elif token.kind in ("word", "quoted", "string", "number"):
            parts.append(sign + (token.text if as_written and token.kind == "quoted" else token.value))
            sign = ""
        else:
            raise near((token,), 0)
    return ", ".join(parts)


def _reset(words: Sequence[Token]) -> SessionStatement | None:
    rest = words[1:]
    if _is(rest, "ALL"):
        return Reset(None)
    if _is(rest, "ROLE") or _is(rest, "SESSION", "AUTHORIZATION"):
        return Accepted("RESET")
    return Reset("TimeZone" if _is(rest, "TIME", "ZONE") else _whole_name(rest))


def _show(words: Sequence[Token]) -> SessionStatement | None:
    """A setting; SHOW TABLES and the like are questions about the catalog, which the session does not know."""
    rest = words[1:]
    if any(_is(rest, *spelling) for spelling in (("TABLES",), ("ALL", "TABLES"), ("COLUMNS",))):
        return None
    for spelling, name in (
        (("ALL",), None),
        (("TIME", "ZONE"), "TimeZone"),
        (("TRANSACTION", "ISOLATION", "LEVEL"), "transaction_isolation"),
        (("SESSION", "AUTHORIZATION"), "session_authorization"),
    ):
        if _is(rest, *spelling) and len(rest) == len(spelling):
            return Show(name)
    return Show(_whole_name(rest))


def _whole_name(words: Sequence[Token]) -> str:
    name, rest = _setting_name(words)
    if rest:
        raise near(rest, len(rest) - 1)
    return name


def _discard(words: Sequence[Token]) -> SessionStatement | None:
    what = words[1].word if len(words) == 2 else ""
    if what not in ("ALL", "PLANS", "SEQUENCES", "TEMP", "TEMPORARY"):
        raise near(words, len(words) - 1)
    return Discard(what)


def _deallocate(words: Sequence[Token]) -> SessionStatement | None:
    rest = words[1:]
    if _is(rest, "PREPARE") and len(rest) > 1:
        rest = rest[1:]
    return Deallocate(None if _is(rest, "ALL") and len(rest) == 1 else _name(rest))


def _close(words: Sequence[Token]) -> SessionStatement | None:
    rest = words[1:]
    return ClosePortal(None if _is(rest, "ALL") and len(rest) == 1 else _name(rest))


def _unlisten(words: Sequence[Token]) -> SessionStatement | None:  # noqa: ARG001
    return Accepted("UNLISTEN")


_RECOGNIZED: dict[str, Callable[[Sequence[Token]], SessionStatement | None]] = {
    "BEGIN": _begin,
    "START": _begin,
    "COMMIT": _commit,
    "END": _commit,
    "ROLLBACK": _rollback,
    "ABORT": _rollback,
    "SAVEPOINT": _savepoint,
    "RELEASE": _release,
    "SELECT": lambda words: setting_calls(words) or signal_call(words),
    "SET": _set,
    "RESET": _reset,
    "SHOW": _show,
    "DISCARD": _discard,
    "DEALLOCATE": _deallocate,
    "CLOSE": _close,
    "UNLISTEN": _unlisten,
}
