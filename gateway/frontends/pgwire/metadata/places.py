"""How many statements about the catalog run at a time, and how many of them may be one principal's."""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from gateway.frontends.pgwire.refusals import MetadataUnavailable

BUSY = 20
"""With the connections that are kept, far from the embedded server's `max_connections`."""
EACH = 5
"""Of one principal: whoever asks what takes long keeps nobody else waiting."""
WAITED_SECONDS = 15.0
"""Three times what one statement may take."""


class Places:
    def __init__(self) -> None:
        self._busy: Counter[str] = Counter()
        self._changed = threading.Condition()

    @contextmanager
    def taken(self, who: str) -> Iterator[None]:
        """Waits for a place. Raises MetadataUnavailable where none gets free in time."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._is_free(who), WAITED_SECONDS):
                raise MetadataUnavailable
            self._busy[who] += 1
        try:
            yield
        finally:
            with self._changed:
                self._busy[who] -= 1
                self._busy += Counter()  # forgets who has none
                self._changed.notify_all()

    def _is_free(self, who: str) -> bool:
        return self._busy[who] < EACH and self._busy.total() < BUSY
