"""Frozen settings of a mesh. The only file that reads the environment."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Address:
    host: str
    port: int


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one statement (governance.md, "Bounds before work"). None: unlimited."""

    text_bytes: int = 1_000_000
    nesting: int = 100
    nodes: int = 50_000
    in_list: int = 10_000
    generated_rows: int = 10_000_000
    join_rows: int = 1_000_000_000
    recursion: int = 1_000
    value_bytes: int = 16_000_000
    seconds: float = 300.0
    rows: int | None = None
    bytes: int | None = None
    concurrency: int = 32


@dataclass(frozen=True, slots=True)
class TlsSettings:
    cert: Path
    key: Path
    require: bool = False


@dataclass(frozen=True, slots=True)
class EngineSettings:
    memory_limit: str | None = None
    threads: int | None = None
    temp_directory: Path | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """What mesh.toml says, defaults filled in, paths absolute, secrets resolved."""

    name: str
    folder: Path
    postgres: Address | None
    tls: TlsSettings | None
    principals: Path | None
    state: Path
    engine: EngineSettings
    limits: Limits
    audit_directory: Path
