"""The domains' sources: a connector each, and the tables they have now."""

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from connectors.base import Connector, KeepsStatistics, SourceError, SourceTable, TableStatistics
from gateway.catalog.domains import SourceDocument
from gateway.catalog.findings import Findings

Tables = Mapping[tuple[str, ...], SourceTable]
Sizes = Mapping[tuple[str, ...], TableStatistics]
Opener = Callable[[str, Mapping[str, object], Path], Connector]
"""(kind, options, folder for relative paths) -> Connector. ValueError says what is wrong with the options."""

PARALLEL = 16
WAITING = frozenset({"pool", "parallel", "pool_timeout", "connect_timeout", "statement_timeout"})
"""Options that do not say whose account on which server it is."""


@dataclass(frozen=True, slots=True)
class Connections:
    """Keyed by `Source.key`. A source that is in `connectors` but not in `tables` could not be reached.

    `accounts` maps a source to the first one that reaches the same server under the same account.
    """

    connectors: Mapping[str, Connector]
    tables: Mapping[str, Tables]
    statistics: Mapping[str, Sizes]
    accounts: Mapping[str, str]

    def close(self) -> None:
        for connector in self.connectors.values():
            connector.close()


def connect(sources: Iterable[SourceDocument], opener: Opener, findings: Findings) -> Connections:
    """Open every source and read its tables, many at once. One that is down costs only its products."""
    documents = {f"{source.domain}.{source.name}": source for source in sources}
    connectors = {}
    for key, source in documents.items():
        connector = _opened(source, opener, findings)
        if connector:
            connectors[key] = connector
    tables: dict[str, Tables] = {}
    statistics: dict[str, Sizes] = {}
    with ThreadPoolExecutor(PARALLEL, thread_name_prefix="introspect") as pool:
        reading = {key: pool.submit(_introspected, connector) for key, connector in connectors.items()}
        for key, future in reading.items():
            try:
                tables[key], statistics[key] = future.result()
            except SourceError as error:
                text = (
                    f"the source is down, its products answer with an error until a reload finds it: {error}"
                )
                findings.warning(documents[key].place, _one_line(text))
    return Connections(
        MappingProxyType(connectors),
        MappingProxyType(tables),
        MappingProxyType(statistics),
        MappingProxyType(_accounts(documents)),
    )


def _introspected(connector: Connector) -> tuple[Tables, Sizes]:
    tables = connector.tables()
    return tables, connector.statistics(tables) if isinstance(connector, KeepsStatistics) else {}


def _accounts(documents: Mapping[str, SourceDocument]) -> Mapping[str, str]:
    """Two domains may configure one server alike. Whatever differs but how long to wait makes them two."""
    first: dict[object, str] = {}
    found = {}
    for key, source in documents.items():
        if source.connector == "postgres":
            options = sorted(
                (name, repr(value)) for name, value in source.options.items() if name not in WAITING
            )
            found[key] = first.setdefault(tuple(options), key)
    return found


def _opened(source: SourceDocument, opener: Opener, findings: Findings) -> Connector | None:
    if not source.connector:
        return None
    try:
        return opener(source.connector, source.options, source.folder)
    except ValueError as error:
        key, problem = getattr(error, "key", None), getattr(error, "problem", None) or str(error)
        place = source.place.at(key) if isinstance(key, str) and key else source.place
        findings.add([place.problem(_one_line(str(problem)))], source.domain)
    return None


def _one_line(text: str) -> str:
    return " ".join(text.split())
