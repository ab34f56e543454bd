"""The audit record and where it goes: JSON lines, flushed to disk before the first byte of an answer leaves."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class SourceAccess:
    """What one source was asked: the remote query as sent (no keys, no secrets), rows and bytes that arrived."""

    source: str
    query: str
    rows: int
    bytes: int


@dataclass(frozen=True, slots=True)
class AuditRecord:
    """One access. `outcome` is `started`, `done`, `refused`, `failed` or `cancelled`; `time` is seconds since the epoch.

    A record is written when it is opened (`started`) and again, under the same id, when it is closed.
    """

    id: str
    time: float
    principal: str
    groups: tuple[str, ...]
    endpoint: str
    client: str
    purpose: str | None
    statement: str
    relations: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    revealed: tuple[str, ...] = ()
    masked: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    sources: tuple[SourceAccess, ...] = ()
    rows: int = 0
    bytes: int = 0
    seconds: Mapping[str, float] | None = None
    outcome: str = "started"
    sqlstate: str | None = None
    message: str | None = None


class AuditSink(Protocol):
    def write(self, record: AuditRecord) -> None:
        """Durable on return, or AuditUnavailable. Thread-safe."""
        ...

    def close(self) -> None: ...
