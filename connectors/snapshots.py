"""All sources of one query, each in one state."""

from collections.abc import Callable, Mapping
from threading import Event, Lock

from connectors.base import Connector, Reserves, Scan, Snapshot, Stream
from connectors.streams import Batches, PulledStream


class Snapshots:
    """A snapshot of every source that a query reads, and the one place that closes them.

    `connectors` are the query's own; `scans` says how many scans each will be asked, where that is known. A query
    that holds one source's connection while it waits for another's could wait for a query that does the reverse:
    the first stream that is read takes a place at all sources, in the order of their names.
    """

    def __init__(
        self, connectors: Mapping[str, Connector], reference: str = "", scans: Mapping[str, int] | None = None
    ) -> None:
        known = scans or {}
        self._snapshots: Mapping[str, Snapshot] = {
            name: connectors[name].snapshot(reference, known.get(name)) for name in sorted(connectors)
        }
        several = self._snapshots.values() if len(self._snapshots) > 1 else ()
        self._waiting = [made for made in several if isinstance(made, Reserves)]
        self._reserving = Lock()
        self._reserved = len(self._waiting) < 2

    def open(self, source: str, scan: Scan) -> Stream:
        """Does not connect, as Snapshot.open."""
        stream = self._snapshots[source].open(scan)
        if self._reserved:
            return stream
        turn = _Turn(self._reserve, stream)
        return PulledStream(
            stream.schema, turn.batches(), turn.interrupt, connections=lambda: stream.connections
        )

    def close(self) -> None:
        """Idempotent. Every source is let go, also if one fails to."""
        failed: list[Exception] = []
        for snapshot in self._snapshots.values():
            try:
                snapshot.close()
            except Exception as error:  # noqa: BLE001 - raised below, when the others are closed
                failed.append(error)
        if failed:
            raise failed[0]

    def _reserve(self, canceled: Event) -> None:
        while not self._reserving.acquire(timeout=0.05):
            if canceled.is_set():
                return  # the stream says so itself
        try:
            if not self._reserved:
                for snapshot in self._waiting:
                    snapshot.reserve(canceled)
                self._reserved = True
        finally:
            self._reserving.release()


class _Turn:
    """A stream that waits for all sources before its first batch."""

    def __init__(self, reserve: Callable[[Event], None], stream: Stream) -> None:
        self._reserve = reserve
        self._stream = stream
        self._canceled = Event()

    def interrupt(self) -> None:
        self._canceled.set()
        self._stream.cancel()

    def batches(self) -> Batches:
        try:
            self._reserve(self._canceled)
            yield from self._stream.reader()
        finally:
            self._stream.close()
