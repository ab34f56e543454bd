"""What a connector may be configured with, declared as data and checked in one place."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path


class OptionError(ValueError):
    """A source is configured wrongly. `key` is the option, `problem` what is wrong, without its value.

    The catalog loader puts the file and the path of the key in front.
    """

    def __init__(self, key: str, problem: str) -> None:
        super().__init__(f"{key}: {problem}")
        self.key = key
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Option:
    """`kind` is str, int, float (seconds; whole numbers too) or Path (relative to the domain's folder)."""

    name: str
    kind: type
    help: str
    required: bool = False
    default: object = None


def validated(options: Mapping[str, object], declared: tuple[Option, ...], folder: Path) -> dict[str, object]:
    """Every declared option's value or default; OptionError for an unknown, missing or mistyped one."""
    known = {option.name: option for option in declared}
    for key in options:
        if key not in known:
            raise OptionError(key, f"unknown key{suggestion(key, known)}")
    return {option.name: _value(option, options, folder) for option in declared}


def suggestion(word: str, known: Collection[str]) -> str:
    """`, did you mean 'port'?`, or the known words when none is close."""
    close = get_close_matches(word, known, n=1)
    return f", did you mean '{close[0]}'?" if close else f", known: {', '.join(sorted(known))}"


def _value(option: Option, options: Mapping[str, object], folder: Path) -> object:
    value = options.get(option.name)
    if value is None:
        if option.required:
            raise OptionError(option.name, f"missing: {option.help}")
        return option.default
    if option.kind is Path and isinstance(value, str) and value:
        return (folder / value).absolute()
    if option.kind is float and isinstance(value, int | float) and not isinstance(value, bool) and value > 0:
        return float(value)
    if option.kind is int and isinstance(value, int) and not isinstance(value, bool) and value > 0:
        return value
    if option.kind is str and isinstance(value, str) and value:
        return value
    raise OptionError(option.name, f"expected {_EXPECTED[option.kind]}: {option.help}")


_EXPECTED = {str: "a text", Path: "a path", int: "a whole number above 0", float: "a number above 0"}
