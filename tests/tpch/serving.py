"""A gateway in a process of its own, as `meshgate serve` starts it."""

import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import Queue
from threading import Thread

MESHGATE = Path(sys.executable).with_name("meshgate")
START_SECONDS = 60.0
STOP_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Gateway:
    """Where its endpoints listen, and its process."""

    ports: Mapping[str, int]
    pid: int

    @property
    def port(self) -> int:
        return self.ports["postgres"]


@contextmanager
def serving(folder: Path, environment: Mapping[str, str]) -> Iterator[Gateway]:
    """Up when this is entered; told to stop, and gone, at the end."""
    command = [str(MESHGATE), "serve", str(folder)]
    process = subprocess.Popen(command, env=dict(environment), stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield Gateway(_ports(process), process.pid)
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()


def _ports(process: "subprocess.Popen[str]") -> Mapping[str, int]:
    """Of the line `ready postgres=host:port ...`. RuntimeError: it ended or said something else."""
    lines: Queue[str] = Queue()
    output = process.stdout
    assert output is not None
    Thread(target=lambda: lines.put(output.readline()), daemon=True).start()
    line = lines.get(timeout=START_SECONDS).strip()
    if not line.startswith("ready postgres="):
        raise RuntimeError(f"the gateway did not start: {line or 'see its standard error'}")
    addresses = (word.split("=") for word in line.split()[1:])
    return {name: int(address.rpartition(":")[2]) for name, address in addresses}
