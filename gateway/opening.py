"""From a mesh folder to a mesh that is ready for statements."""

import contextlib
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from gateway.audit import AuditSink, JsonLinesSink
from gateway.auth.principals import PROCESS_SECRET, Principals
from gateway.auth.reading import read_principals
from gateway.catalog.conflicts import conflicts
from gateway.catalog.load import Loaded, load
from gateway.engines.duckdb_engine import DuckDBEngine
from gateway.errors import ConfigurationError
from gateway.policy_tests import read_cases
from gateway.query.mesh import Mesh
from gateway.settings import Settings, hash_key, read_settings


@dataclass(frozen=True, slots=True)
class OpenMesh:
    """A mesh and what belongs to it. `warnings` are what whoever starts the gateway should know."""

    settings: Settings
    principals: Principals
    mesh: Mesh
    warnings: tuple[str, ...] = ()

    def close(self) -> None:
        """Give everything back; statements that still run fail."""
        with contextlib.ExitStack() as stack:  # all of them, whatever one of them raises
            stack.callback(self.mesh.audit.close)
            stack.callback(self.mesh.engine.close)
            for connector in self.mesh.connectors.values():
                stack.callback(connector.close)


def check(folder: Path, environment: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """Validate a mesh folder, writing nothing; its warnings. Raises ConfigurationError with all that is wrong."""
    settings, problems = read_settings(folder, environment)
    known, _ = read_principals(settings)
    _, more = read_cases(settings, known.principals)
    principals, loaded = _read(settings, (*problems, *more), PROCESS_SECRET)
    _close(loaded)
    if loaded.lapses:
        raise ConfigurationError(loaded.lapses)
    everybody = {} if settings.tokens else principals.principals
    doubtful = conflicts(loaded.policies.lines, loaded.catalog, everybody, time.time())
    return (*_warnings(settings, principals, loaded), *doubtful)


def open_mesh(folder: Path, environment: Mapping[str, str] | None = None) -> OpenMesh:
    """The mesh of a folder, ready for statements. Raises ConfigurationError with all that is wrong."""
    settings, problems = read_settings(folder, environment)
    return mesh_of(settings, problems, lambda: JsonLinesSink(settings.audit_directory))


def mesh_of(settings: Settings, problems: tuple[str, ...], sink: Callable[[], AuditSink]) -> OpenMesh:
    """The mesh of settings that were read with these `problems`; a sink is made only if nothing is wrong."""
    key = PROCESS_SECRET if problems else hash_key(settings)  # with problems, only to say all of them
    principals, loaded = _read(settings, problems, key)
    try:
        audit, engine = sink(), _engine(settings, loaded.files)
    except BaseException:
        _close(loaded)
        raise
    mesh = Mesh(loaded.catalog, loaded.policies, loaded.connectors, engine, audit, settings.limits, key)
    return OpenMesh(settings, principals, mesh, _warnings(settings, principals, loaded))


def _read(settings: Settings, problems: tuple[str, ...], secret: bytes) -> tuple[Principals, Loaded]:
    """Everything of the folder; what is wrong with any file of it is said at once."""
    principals, more = read_principals(settings, secret)
    with contextlib.closing(DuckDBEngine()) as typer:
        return principals, load(settings, typer, principals.principals, earlier=(*problems, *more))


def _engine(settings: Settings, files: tuple[Path, ...]) -> DuckDBEngine:
    engine = settings.engine
    spill = engine.temp_directory or settings.state / "spill"
    limits = settings.limits
    return DuckDBEngine(files, limits.memory, engine.threads, spill, limits.spill)


def _close(loaded: Loaded) -> None:
    for connector in loaded.connectors.values():
        connector.close()


def _warnings(settings: Settings, principals: Principals, loaded: Loaded) -> tuple[str, ...]:
    lapses = (f"{lapse} (until then who asks for it is refused)" for lapse in loaded.lapses)
    return (*settings.warnings, *principals.warnings, *loaded.warnings, *lapses)
