"""The child's side: a process that answers statements for one peer and measures itself. Standard library only."""

import os
import pickle
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol


class Asked(Protocol):
    """`ask` receives an answer whole; `rows` gives it as Python values, which is not measured.

    `pid` is the process whose memory counts.
    """

    pid: int

    def ask(self, sql: str) -> object: ...

    def rows(self, answer: Any) -> list[tuple[object, ...]]: ...


def answer(connect: Callable[[Mapping[str, Any]], Asked]) -> None:
    """Until the parent hangs up. In: the configuration, then (statement, whether the rows are wanted).

    Out: {} when connected, then mappings: `error`, or `seconds`, `cpu` (seconds, all threads), `peak` (MB), `rows`.
    """
    output = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no part of the protocol
    peer = connect(pickle.load(sys.stdin.buffer))
    _say({}, output)
    with suppress(EOFError):
        while True:
            sql, wanted = pickle.load(sys.stdin.buffer)
            _say(_measured(peer, sql, wanted=wanted), output)


def _say(message: Mapping[str, object], output: Any) -> None:
    pickle.dump(message, output)
    output.flush()


def _measured(peer: Asked, sql: str, *, wanted: bool) -> Mapping[str, object]:
    _forget_peak(peer.pid)
    start, computed = time.perf_counter(), time.process_time()
    try:
        answered = peer.ask(sql)
        seconds, cpu = time.perf_counter() - start, time.process_time() - computed
        found = {"seconds": seconds, "cpu": cpu, "peak": _peak(peer.pid)}
        return {**found, "rows": peer.rows(answered) if wanted else None}
    except Exception as error:  # noqa: BLE001  (reported, whatever it is)
        return {"error": f"{type(error).__name__}: {error}".splitlines()[0][:200]}


def _forget_peak(pid: int) -> None:
    with suppress(OSError):
        Path(f"/proc/{pid}/clear_refs").write_text("5")


def _peak(pid: int) -> float:
    """Most resident megabytes since `_forget_peak`."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) / 1024


def arrow_rows(table: Any) -> list[tuple[object, ...]]:
    return list(zip(*(column.to_pylist() for column in table.columns), strict=True))
