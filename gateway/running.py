"""The statements that run, and those that run on one mesh."""

import threading
from collections.abc import Callable

from gateway.audit import AuditRecord, AuditSink


class Statements:
    """All that run in this process, on any mesh. From any thread."""

    def __init__(self) -> None:
        self._records: dict[str, AuditRecord] = {}
        self._cancels: dict[str, Callable[[], None]] = {}
        self._canceled: set[str] = set()
        self._changing = threading.Lock()

    def running(self) -> tuple[AuditRecord, ...]:
        """Their records as they began, oldest first."""
        with self._changing:
            return tuple(self._records.values())

    def cancel(self, identifier: str) -> bool:
        """As soon as there is something to cancel. False: it does not run."""
        with self._changing:
            if identifier not in self._records:
                return False
            self._canceled.add(identifier)
            cancel = self._cancels.get(identifier)
        if cancel is not None:
            cancel()
        return True

    def began(self, record: AuditRecord) -> None:
        with self._changing:
            self._records[record.id] = record

    def answers(self, identifier: str, cancel: Callable[[], None]) -> None:
        """From now on `cancel` is how to stop it."""
        with self._changing:
            if identifier in self._records:
                self._cancels[identifier] = cancel
            late = identifier in self._canceled
        if late:
            cancel()

    def ended(self, identifier: str) -> None:
        with self._changing:
            self._records.pop(identifier, None)
            self._cancels.pop(identifier, None)
            self._canceled.discard(identifier)


class Running:
    """The audit sink of one mesh, which so knows its statements: each opens a record first and closes it last."""

    def __init__(self, sink: AuditSink, statements: Statements) -> None:
        self._sink = sink
        self._statements = statements
        self._open: set[str] = set()
        self._changed = threading.Condition()

    def write(self, record: AuditRecord) -> None:
        if record.outcome != "started":
            try:
                self._sink.write(record)
            finally:
                self._statements.ended(record.id)
                self.ends(record.id)
            return
        self.begins(record.id)
        try:
            self._sink.write(record)
        except BaseException:
            self.ends(record.id)
            raise
        self._statements.began(record)

    def close(self) -> None:
        """Nothing: the sink is the process's, and outlives its meshes."""

    def begins(self, identifier: str) -> None:
        with self._changed:
            self._open.add(identifier)

    def ends(self, identifier: str) -> None:
        with self._changed:
            self._open.discard(identifier)
            self._changed.notify_all()

    def wait(self) -> None:
        """Until none runs."""
        with self._changed:
            self._changed.wait_for(lambda: not self._open)
