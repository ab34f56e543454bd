"""The statements that run on one mesh."""

import threading

from gateway.audit import AuditRecord, AuditSink


class Running:
    """The audit sink of one mesh, which so knows its statements: each opens a record first and closes it last."""

    def __init__(self, sink: AuditSink) -> None:
        self._sink = sink
        self._open: set[str] = set()
        self._changed = threading.Condition()

    def write(self, record: AuditRecord) -> None:
        if record.outcome != "started":
            try:
                self._sink.write(record)
            finally:
                self.ends(record.id)
            return
        self.begins(record.id)
        try:
            self._sink.write(record)
        except BaseException:
            self.ends(record.id)
            raise

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
