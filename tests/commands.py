"""The command `meshgate` as a process of its own."""

import subprocess
import sys

COMMAND = (sys.executable, "-m", "gateway.cli")


def meshgate(*arguments: object, **options: object) -> "subprocess.CompletedProcess[bytes]":
    command = [*COMMAND, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, check=False, timeout=60, **options)  # type: ignore[call-overload, no-any-return]
