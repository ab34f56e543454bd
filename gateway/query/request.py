"""What a frontend asks and what it gets."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Protocol

import pyarrow as pa

from gateway.engines.base import OutputColumn
from gateway.sql.zones.clocks import is_utc
from policies.principal import Principal

ParameterValue = None | bool | int | float | str | bytes | object
"""None, bool, int, float, Decimal, str, bytes, date, time, datetime, timedelta, UUID, or a list of them.
A `str` stands for any type that is written as text (interval, json, ...): it is cast to the parameter's type."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """`type` is a DuckDB type name; None: the type that `describe` inferred."""

    value: ParameterValue
    type: str | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """One statement of one principal. `parameters` are positional, `$1` first.

    `settings` answer `current_setting` and SHOW: names and texts that the session set. `partly`: it may be that only
    its first rows are read, as of a cursor, and which ones these are must not tell of hidden ones.
    """

    text: str
    principal: Principal
    endpoint: str
    client: str = ""
    purpose: str | None = None
    parameters: tuple[Parameter, ...] = ()
    parameter_types: tuple[str | None, ...] = ()
    settings: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    partly: bool = False

    @property
    def zone(self) -> str:
        """The time zone that `settings` say; empty: UTC."""
        name = self.settings.get("TimeZone", "")
        return "" if is_utc(name) else name

    @property
    def search_path(self) -> tuple[str, ...]:
        """The domains that `settings` say names without one may mean."""
        words = (word.strip() for word in self.settings.get("search_path", "").split(","))
        return tuple(word.strip('"').replace("$user", self.principal.name) for word in words if word)


@dataclass(frozen=True, slots=True)
class Description:
    """Types of parameters (DuckDB names, `$1` first) and result columns, without running anything."""

    parameters: tuple[str, ...]
    columns: tuple[OutputColumn, ...]


class Result(Protocol):
    """A governed answer. Reading `batches` to the end, an error, or `close` closes its audit record.

    Batches hold at most 16,384 rows and 8 MB (a row that is larger comes alone). `cancel` may come from any thread.
    """

    reference: str
    columns: tuple[OutputColumn, ...]

    @property
    def schema(self) -> pa.Schema: ...

    def batches(self) -> Iterator[pa.RecordBatch]: ...

    def parts(self) -> tuple[Iterator[pa.RecordBatch], ...]:
        """In place of `batches`: pieces that several threads may read side by side, each once, and all of them; one
        after the other they are the answer, without the names of its columns."""
        ...

    def recheck(self) -> None:
        """Before rows are handed out on a further demand (FETCH, Execute of an open portal): raises AccessDenied, and
        ends, if policies, principal or product of now show less than the statement began with."""
        ...

    def cancel(self) -> None: ...

    def close(self) -> None: ...
