"""Whether an engine can read all that Parquet files hold in some columns.

A text that is not UTF-8, or a time beyond its type, fails the engine's own scan wherever it lies, also where its row is
hidden. So it is found out by reading the columns, once for every state of a file.
"""

from collections.abc import Callable, Collection
from pathlib import Path

from connectors.base import SourceError
from connectors.files import Stamp, stamp


class WholeFiles:
    """`reads` says whether one column of one file can be read. For any number of threads: two that ask of the same one
    at the same time may both read it."""

    def __init__(self, reads: Callable[[Path, str], bool]) -> None:
        self._reads = reads
        self._known: dict[tuple[Path, str], tuple[Stamp, bool]] = {}

    def can_read(self, files: Collection[Path], columns: Collection[str]) -> bool:
        """False for a file that is gone, too: whoever scans it hears of that."""
        return all(self._can_read(file, column) for file in files for column in columns)

    def _can_read(self, file: Path, column: str) -> bool:
        try:
            state = stamp(file)
        except SourceError:
            return False
        known = self._known.get((file, column))
        if known is None or known[0] != state:
            known = self._known[file, column] = state, self._reads(file, column)
        return known[1]
