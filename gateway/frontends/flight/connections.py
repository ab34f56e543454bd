"""Connections of gRPC, which waits without end for a client that does not read; pyarrow gives it no deadline."""

import os
import socket
import stat
from contextlib import suppress
from pathlib import Path


def cut(port: int) -> None:
    """End every connection that clients have to this port of this process."""
    descriptors = [int(path.name) for path in Path("/dev/fd").iterdir()]
    for descriptor in descriptors:
        with suppress(OSError):
            if stat.S_ISSOCK(os.fstat(descriptor).st_mode):
                _cut(descriptor, port)


def _cut(descriptor: int, port: int) -> None:
    """Of a duplicate, so that whoever owns the descriptor closes it. OSError: it is no connection."""
    with socket.socket(fileno=os.dup(descriptor)) as connection:
        internet = connection.family in (socket.AF_INET, socket.AF_INET6)
        if internet and connection.getsockname()[1] == port:
            connection.shutdown(socket.SHUT_RDWR)
