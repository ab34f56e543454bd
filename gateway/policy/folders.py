"""Mesh folders for deciding only: their policies and contracts, whether or not their sources can be reached."""

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from connectors import connector
from connectors.base import Connector, Snapshot, SourceDown, SourceTable
from gateway.auth.reading import read_principals
from gateway.catalog.load import Loaded, load
from gateway.catalog.product import Catalog
from gateway.engines.duckdb_engine import DuckDBEngine
from gateway.settings import Settings, read_settings, with_placeholders
from policies.policy_set import PolicySet
from policies.principal import Principal

PLACEHOLDER = "not set: nobody connects with this"
"""What stands for a variable of the environment that is not set here. A source that needs it is not reached."""


@dataclass(frozen=True, slots=True)
class Folder:
    """A mesh folder read for its policies. `unreached`: relations known by their contracts only."""

    settings: Settings
    principals: Mapping[str, Principal]
    catalog: Catalog
    policies: PolicySet

    @property
    def unreached(self) -> tuple[str, ...]:
        return tuple(
            sorted(
                relation.qualified_name
                for relation in self.catalog.relations.values()
                if (relation.domain, relation.product) in self.catalog.unavailable
            )
        )


class _Unreached:
    """A source that nobody connects to."""

    dialect: str | None = None

    def tables(self) -> Mapping[tuple[str, ...], SourceTable]:
        raise SourceDown("it is not reached from here")

    def snapshot(self, reference: str = "", scans: int | None = None) -> Snapshot:  # noqa: ARG002
        raise SourceDown("it is not reached from here")

    def close(self) -> None: ...


def read_folder(path: Path, left_out: Iterable[str] = ()) -> Folder:
    """Policies and contracts of a folder; ConfigurationError with all that is wrong. No source is asked for rows,
    and those of the domains `left_out` for nothing at all."""
    settings, problems = read_settings(path, with_placeholders(path, PLACEHOLDER))
    principals, more = read_principals(settings)
    with contextlib.closing(DuckDBEngine()) as typer:
        loaded = load(
            settings,
            typer,
            principals.principals,
            earlier=(*problems, *more),
            opener=_opener(frozenset(left_out)),
        )
    _close(loaded)
    return Folder(settings, principals.principals, loaded.catalog, loaded.policies)


def read_pair(old: Path, new: Path) -> tuple[Folder, Folder]:
    """Two folders to be compared. Where a source is out of reach for one of them it is left out of both: tags and
    inputs that only one side knows would look like a change."""
    left_out: frozenset[str] = frozenset()
    while True:
        pair = read_folder(old, left_out), read_folder(new, left_out)
        down = {key.partition(".")[0] for one in pair for key in one.catalog.unavailable.values()}
        if down <= left_out or not _differ(pair):
            return pair
        left_out |= down


def _differ(pair: tuple[Folder, Folder]) -> bool:
    one, other = pair
    return one.catalog.unavailable != other.catalog.unavailable


Opener = Callable[[str, Mapping[str, object], Path], Connector]


def _opener(left_out: frozenset[str]) -> Opener:
    def opened(kind: str, options: Mapping[str, object], folder: Path) -> Connector:
        placeheld = any(PLACEHOLDER in str(value) for value in options.values())
        if folder.name in left_out or placeheld:
            return _Unreached()
        return connector(kind, options, folder)

    return opened


def _close(loaded: Loaded) -> None:
    for opened in loaded.connectors.values():
        opened.close()


def notes_of(folders: Iterable[Folder]) -> Iterator[str]:
    """What a reader must know of relations that were not seen whole."""
    names = sorted({name for folder in folders for name in folder.unreached})
    if names:
        yield (
            f"{', '.join(names)}: the source is out of reach, so this is known by contract alone: tags that come "
            "from the inputs of its SQL, and what their policies hide, are no part of this"
        )
