"""Reading a configuration document key by key; all that is wrong is collected, with the key's path."""

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from gateway.references import References


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands: a file (relative to the mesh folder) and a key's path in it."""

    file: str
    path: tuple[str, ...] = ()

    def at(self, *keys: str) -> "Place":
        return replace(self, path=self.path + keys)

    def problem(self, text: str) -> str:
        return f"{self.file}: {'.'.join(self.path)}: {text}" if self.path else f"{self.file}: {text}"


def shown(path: Path, folder: Path) -> str:
    """A path as problems name it: relative to the mesh folder if it lies there."""
    return path.relative_to(folder).as_posix() if path.is_relative_to(folder) else str(path)


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that is most like this one, if any is like it."""
    by_folded = {name.casefold(): name for name in sorted(known)}
    near = difflib.get_close_matches(word.casefold(), by_folded, n=1, cutoff=0.6)
    return by_folded[near[0]] if near else None


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`, did you mean 'port'?`, or nothing when no known word is near."""
    near = nearest(word, known)
    return f", did you mean '{near}'?" if near else ""


def choices(known: Iterable[str]) -> str:
    return ", ".join(sorted(known))


class Section:
    """One mapping of a document. A wrong value is added to `problems` and reads as the default."""

    def __init__(
        self,
        values: object,
        place: Place,
        problems: list[str],
        known: Iterable[str] | None = None,
        references: References | None = None,
    ) -> None:
        """`known` None: any key may stand here. `references` None: `${NAME}` is plain text."""
        self.place, self.problems, self._references = place, problems, references
        self._misspelt: set[str | None] = set()
        self.values = self._mapping(values)
        if known is not None:
            self._refuse_unknown(tuple(known))

    def _mapping(self, values: object) -> Mapping[str, object]:
        if values is None:
            return {}
        if not isinstance(values, Mapping):
            self.problem("must be a mapping of keys to values")
            return {}
        for key in values:
            if not isinstance(key, str):
                self.problem(f"the key {key!r} must be text: put it in quotes")
        return {key: value for key, value in values.items() if isinstance(key, str)}

    def _refuse_unknown(self, known: tuple[str, ...]) -> None:
        for key in self.values:
            if key not in known:
                self._misspelt.add(nearest(key, known))
                near = did_you_mean(key, known)
                self.problem(f"unknown key{near or f'; known keys are {choices(known)}'}", key)
        self.values = {key: value for key, value in self.values.items() if key in known}

    def problem(self, text: str, *keys: str) -> None:
        self.problems.append(self.place.at(*keys).problem(text))

    def __contains__(self, key: str) -> bool:
        return self.values.get(key) is not None

    def raw(self, key: str) -> object:
        return self.values.get(key)

    def section(self, key: str, known: Iterable[str] | None = None) -> "Section":
        """The mapping under a key. Under a misspelt key it is not looked for: that problem is enough."""
        problems = [] if key in self._misspelt and key not in self else self.problems
        return Section(self.values.get(key), self.place.at(key), problems, known, self._references)

    def text(self, key: str, default: str = "") -> str:
        value = self.values.get(key)
        if value is None:
            return default
        if not isinstance(value, str):
            self.problem(f"must be text, not {_kind(value)}: put it in quotes", key)
            return default
        if not self._references:
            return value
        resolved = self._references.resolve(value)
        if isinstance(resolved, str):
            return resolved
        self.problem(resolved.reason, key)
        return default

    def required(self, key: str) -> str:
        """A text that must be there; '' when it is not, and then a problem says so."""
        if key not in self:
            if key not in self._misspelt:
                self.problem("is missing", key)
            return ""
        text = self.text(key)
        if not text.strip() and isinstance(self.values[key], str):
            self.problem("must not be empty", key)
        return text

    def integer(self, key: str) -> int | None:
        """A whole number above zero, or None."""
        value = self.values.get(key)
        if value is None:
            return None
        if isinstance(value, int) and not isinstance(value, bool) and value > 0:
            return value
        self.problem(f"must be a whole number above zero, not {value!r}", key)
        return None

    def number(self, key: str) -> float | None:
        """A finite number above zero, or None."""
        value = self.values.get(key)
        if value is None:
            return None
        if isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < float("inf"):
            return float(value)
        self.problem(f"must be a number above zero, not {value!r}", key)
        return None

    def flag(self, key: str) -> bool:
        """`true` or `false`; absent: false."""
        value = self.values.get(key)
        if value is None or isinstance(value, bool):
            return bool(value)
        self.problem(f"must be true or false, not {value!r}", key)
        return False

    def path(self, key: str, folder: Path) -> Path | None:
        """A path, relative to `folder` if it is not absolute."""
        text = self.text(key)
        return (folder / text).resolve() if text else None

    def file(self, key: str, folder: Path) -> Path | None:
        """The path of a file that is there."""
        path = self.path(key, folder)
        if path and not path.is_file():
            self.problem(f"there is no file {self.raw(key)!r}", key)
        return path

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts; absent: empty."""
        value = self.values.get(key)
        if value is None:
            return ()
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            return tuple(value)
        self.problem("must be a list of texts", key)
        return ()


def _kind(value: object) -> str:
    names = {bool: "true or false", int: "a number", float: "a number", list: "a list", dict: "a mapping"}
    return names.get(type(value), f"a {type(value).__name__}")
