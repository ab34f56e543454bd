"""`SELECT set_config(...)` and `SELECT current_setting(...)`: statements about the session, though they are written as
queries."""

from collections.abc import Sequence
from dataclasses import dataclass

from gateway.frontends.pgwire.statements.splitting import Token

Given = str | int
"""A text, or the number of the parameter that brings it."""


@dataclass(frozen=True, slots=True)
class Assigned:
    """One call of set_config, with the name of its column."""

    name: Given
    value: Given
    local: Given
    column: str = "set_config"


@dataclass(frozen=True, slots=True)
class Configure:
    """Calls of set_config and nothing else."""

    calls: tuple[Assigned, ...]

    def bound(self, values: Sequence[str]) -> "Configure":
        """With the parameters' values in their places."""

        def known(given: Given) -> str:
            return given if isinstance(given, str) else values[given - 1]

        return Configure(
            tuple(
                Assigned(known(call.name), known(call.value), known(call.local), call.column)
                for call in self.calls
            )
        )


@dataclass(frozen=True, slots=True)
class Setting:
    """A call of current_setting, with the name of its one column. `missing`: NULL if there is no such setting."""

    name: str
    missing: bool
    column: str = "current_setting"


def setting_calls(words: Sequence[Token]) -> Configure | Setting | None:
    """Calls of set_config, or one of current_setting, with literals alone or, of set_config, parameters, by whatever
    column names; else it is a query."""
    calls = _calls(words[1:])
    if not calls:
        return None
    names = {call.function for call in calls}
    if names == {"SET_CONFIG"}:
        assigned = [_assigned(call) for call in calls]
        known = tuple(each for each in assigned if each is not None)
        return Configure(known) if len(known) == len(assigned) else None
    if names == {"CURRENT_SETTING"} and len(calls) == 1:
        return _current_setting(calls[0])
    return None


@dataclass(frozen=True, slots=True)
class _Call:
    function: str
    given: Sequence[Token]
    column: str


def _calls(words: Sequence[Token]) -> list[_Call] | None:
    """A SELECT list of such calls; None: it is something else."""
    found: list[_Call] = []
    while words:
        words = words[2:] if words[0].word == "PG_CATALOG" else words
        if len(words) < 3 or words[0].word not in ("SET_CONFIG", "CURRENT_SETTING") or words[1].text != "(":
            return None
        end = next((at for at, word in enumerate(words[:8]) if word.text == ")"), 0)
        rest = words[end + 1 :]
        rest = rest[1:] if rest and rest[0].word == "AS" else rest
        named = bool(rest) and rest[0].text != ","
        if not end or (named and rest[0].kind not in ("word", "quoted")):
            return None
        column = rest[0].name if named else words[0].word.lower()
        found.append(_Call(words[0].word, [word for word in words[2:end] if word.text != ","], column))
        rest = rest[1:] if named else rest
        if rest and (rest[0].text != "," or len(rest) == 1):
            return None
        words = rest[1:]
    return found


def _assigned(call: _Call) -> Assigned | None:
    given = [_given(token) for token in call.given]
    if len(given) != 3 or None in given or call.given[2].kind == "string":
        return None
    name, value, local = (part for part in given if part is not None)
    return Assigned(name, value, local, call.column)


def _given(token: Token) -> Given | None:
    if token.kind == "parameter":
        return int(token.text[1:])
    if token.kind == "string":
        return token.value
    return token.word.lower() if token.word in ("TRUE", "FALSE") else None


def _current_setting(call: _Call) -> Setting | None:
    kinds = [word.kind for word in call.given]
    if kinds == ["string"] or (kinds == ["string", "word"] and call.given[1].word == "TRUE"):
        return Setting(call.given[0].value, len(call.given) == 2, call.column)
    return None
