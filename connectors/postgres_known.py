"""How the columns of questions to a PostgreSQL arrive, as far as it was found out before."""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock

from connectors.base import SourceColumn
from connectors.postgres_types import Arrival

Arrivals = Mapping[str, Arrival]


@dataclass(frozen=True, slots=True)
class Known:
    """How the columns of a question arrive, and the SELECT list that asks for them so."""

    arrivals: Arrivals
    selected: str


Question = tuple[tuple[str, ...], tuple[SourceColumn, ...]]
"""A statement that selects the columns as they are, or what it shares with those that select the same, and the columns
as they shall arrive."""


class KnownArrivals:
    """How the columns of a query arrive, so that a source is not asked twice: that costs two round trips.

    Kept only where it lasts: a column may get another type at any time.
    """

    SIZE = 512

    def __init__(self) -> None:
        self._lock = Lock()
        self._known: OrderedDict[Question, Known] = OrderedDict()

    def get(self, question: Question) -> Known | None:
        with self._lock:
            found = self._known.get(question)
            if found is not None:
                self._known.move_to_end(question)
            return found

    def keep(self, question: Question, found: Known) -> None:
        if not all(each.lasting for each in found.arrivals.values()):
            return
        with self._lock:
            self._known[question] = found
            if len(self._known) > self.SIZE:
                self._known.popitem(last=False)

    def forget(self, question: Question) -> None:
        with self._lock:
            self._known.pop(question, None)
