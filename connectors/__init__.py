"""The connectors by name, imported when first asked for.

Third parties add one through the entry-point group `meshgate.connectors`: its name, and a class with
`OPTIONS` and `configured` as `ConnectorClass` asks. A name of the table below cannot be taken over.
"""

from collections.abc import Mapping
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path
from typing import ClassVar, Protocol, cast

from connectors.base import Connector
from connectors.options import Option, OptionError, suggestion, validated

CONNECTORS: Mapping[str, str] = {
    "files": "connectors.files:FilesConnector",
    "postgres": "connectors.postgres:PostgresConnector",
    "sqlite": "connectors.sqlite:SqliteConnector",
}

GROUP = "meshgate.connectors"


class ConnectorClass(Protocol):
    """What stands behind a name: the options it takes, and how it is made of them."""

    OPTIONS: ClassVar[tuple[Option, ...]]

    @classmethod
    def configured(cls, options: Mapping[str, object]) -> Connector:
        """`options` are validated and complete. Must not connect."""
        ...


def connector(kind: str, options: Mapping[str, object], folder: Path) -> Connector:
    """The connector `kind` made of `options`; paths are relative to `folder`. OptionError: do not fit."""
    found = connector_class(kind)
    return found.configured(validated(options, found.OPTIONS, folder))


def connector_class(kind: str) -> ConnectorClass:
    """OptionError with the key `connector` for a name that nobody provides."""
    if kind in CONNECTORS:
        module, _, name = CONNECTORS[kind].partition(":")
        return cast("ConnectorClass", getattr(import_module(module), name))
    others = {entry.name: entry for entry in entry_points(group=GROUP)}
    if kind in others:
        return cast("ConnectorClass", others[kind].load())
    known = (*CONNECTORS, *others)
    raise OptionError("connector", f"unknown connector '{kind}'{suggestion(kind, known)}")
