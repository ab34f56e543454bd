"""What a load has found so far: everything wrong at once, without what only follows from it."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from gateway.documents import Place


@dataclass(slots=True)
class Findings:
    """`broken` names domains that could not be read whole: what seems to be missing may stand there. `lapses` are
    what products read and is not shared with them (any more)."""

    problems: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    lapses: list[str] = field(default_factory=list)
    broken: set[str] = field(default_factory=set)

    def problem(self, place: Place, text: str) -> None:
        self.problems.append(place.problem(text))

    def warning(self, place: Place, text: str) -> None:
        self.warnings.append(place.problem(text))

    def lapse(self, place: Place, text: str) -> None:
        self.lapses.append(place.problem(text))

    def add(self, problems: Iterable[str], domain: str) -> None:
        """Problems with a document of `domain`, which is broken if there are any."""
        before = len(self.problems)
        self.problems.extend(problems)
        if len(self.problems) > before:
            self.broken.add(domain)
