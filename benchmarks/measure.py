"""What the benchmarks share: the machine in words, times, tables."""

import os
import platform
import signal
import sys
import time
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from statistics import median

VERSIONS = ("duckdb", "sqlglot", "pycasbin", "pyarrow", "psycopg", "asyncpg", "adbc-driver-postgresql")


def machine() -> str:
    """Processor, memory, versions and the load that the numbers were taken under."""
    known = ", ".join(f"{name} {version(name)}" for name in VERSIONS)
    load = os.getloadavg()[0]
    return (
        f"{_processor()}, {os.cpu_count()} cores, {_memory_gb():.0f} GB, {platform.system()} {platform.release()}; "
        f"Python {platform.python_version()}, {known}; load average {load:.1f} at the start"
    )


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or "unknown processor"


def _memory_gb() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9


def resident(pid: int) -> float:
    """Megabytes that a process holds in memory."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) / 1024


def clean_up_when_told_to_end() -> None:
    """SIGTERM ends the benchmark as Ctrl-C does: what it started stops, what it wrote goes."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))


def seconds(action: Callable[[], object]) -> float:
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def medians(rounds: int, *actions: Callable[[], object]) -> list[float]:
    """The median seconds of each, taken in turns, so that a busy moment hits all of them."""
    taken: list[list[float]] = [[] for _ in actions]
    for _ in range(rounds):
        for times, action in zip(taken, actions, strict=True):
            times.append(seconds(action))
    return [median(times) for times in taken]


def processor_seconds(*others: int) -> float:
    """Of this process, and of those with these numbers, so far."""
    ticks = 0
    for pid in others:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return time.process_time() + ticks / os.sysconf("SC_CLK_TCK")


def table(heads: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """As Markdown, which `results.md` takes over."""
    lines = [f"| {' | '.join(heads)} |", f"|{'---|' * len(heads)}"]
    return "\n".join([*lines, *(f"| {' | '.join(str(value) for value in row)} |" for row in rows)])


def verdict(goal: str, *, holds: bool) -> str:
    return f"goal: {goal}: {'holds' if holds else 'DOES NOT HOLD'}"
