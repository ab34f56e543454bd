"""The domains' sources: a connector each, and the tables they have now."""

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from connectors.base import Connector, SourceError, SourceTable
from gateway.catalog.domains import SourceDocument
from gateway.catalog.findings import Findings

Tables = Mapping[tuple[str, ...], SourceTable]
Opener = Callable[[str, Mapping[str, object], Path], Connector]
"""(kind, options, folder for relative paths) -> Connector. ValueError says what is wrong with the options."""

PARALLEL = 16


@dataclass(frozen=True, slots=True)
class Connections:
    """Keyed by `Source.key`. A source that is in `connectors` but not in `tables` could not be reached."""

    connectors: Mapping[str, Connector]
    tables: Mapping[str, Tables]

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
    tables = {}
    with ThreadPoolExecutor(PARALLEL, thread_name_prefix="introspect") as pool:
        reading = {key: pool.submit(connector.tables) for key, connector in connectors.items()}
        for key, future in reading.items():
            try:
                tables[key] = future.result()
            except SourceError as error:
                text = (
                    f"the source is down, its products answer with an error until a reload finds it: {error}"
                )
                findings.warning(documents[key].place, _one_line(text))
    return Connections(MappingProxyType(connectors), MappingProxyType(tables))


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
