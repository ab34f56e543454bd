"""The tree of a plan: what the engine reads, what runs there, and how large it is."""

from collections.abc import Iterator
from dataclasses import dataclass

from gateway.audit import SourceAccess
from gateway.query.explain.words import pretty
from gateway.query.gather import filled
from gateway.query.mesh import Mesh
from gateway.query.plan import Fragment, Input, Plan, Stage, with_keys

NATIVE = "Parquet files, read by the engine itself"


@dataclass(frozen=True, slots=True)
class KeyNote:
    """Keys that one place gives another: `origin` is the giver's name in the plan."""

    origin: str
    columns: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class PlaceNote:
    """One input of the engine's SQL, by its `name` there: a source's (`source`), or the engine's own (`source` empty),
    with `below` what that reads.

    `query` is what runs there, exactly, with its keys if any; `kept` says why the source runs no more than that; empty:
    it runs all of the relation. `rows` is the estimate without keys, `reduced` with them; `actual` what came. In so
    many `parts` the source may read it; 0: only as a whole.
    """

    name: str
    source: str
    relations: tuple[str, ...]
    query: str
    dialect: str
    kept: str
    rows: float | None
    reduced: float | None
    keys: tuple[KeyNote, ...]
    below: tuple["PlaceNote", ...] = ()
    actual: SourceAccess | None = None
    parts: int = 0

    def lines(self, indent: str = "") -> Iterator[str]:
        yield f"{indent}{self.name}: {self._where()}"
        inner = f"{indent}    "
        yield from (f"{inner}{line}" for line in self._sizes())
        for key in self.keys:
            yield f"{inner}keys from {key.origin} ({', '.join(key.columns)}): {key.reason}"
        if self.kept:
            yield f"{inner}the engine does the rest: {self.kept}"
        yield from (f"{inner}| {line}" for line in pretty(self.query, self.dialect).splitlines())
        for place in self.below:
            yield from place.lines(inner)

    def _where(self) -> str:
        where = f"source {self.source}" if self.source else "the engine, ahead of the rest"
        return f"{where}, for {', '.join(self.relations)}"

    def _sizes(self) -> Iterator[str]:
        if self.rows is not None:
            reduced = f", with keys about {self.reduced:,.0f}" if self.reduced is not None else ""
            yield f"estimate about {self.rows:,.0f} rows{reduced}"
        if self.parts:
            yield f"parts    {self.parts}, read side by side where connections are free"
        if self.actual is not None and self.actual.rows is not None:
            size = f"{self.actual.rows:,} rows, {self.actual.bytes or 0:,} bytes"
            side = f", by {self.actual.connections} connections" if self.actual.connections > 1 else ""
            yield f"actual   {size}, {self.actual.seconds or 0:.3f} s{side}"

    def document(self) -> dict[str, object]:
        return {
            "name": self.name,
            "source": self.source or None,
            "relations": list(self.relations),
            "query": self.query,
            "kept": self.kept or None,
            "estimated_rows": self.rows,
            "estimated_rows_with_keys": self.reduced,
            "keys": [
                {"from": key.origin, "columns": list(key.columns), "reason": key.reason} for key in self.keys
            ],
            "parts": self.parts or None,
            "actual": self._actual(),
            "inputs": [place.document() for place in self.below],
        }

    def _actual(self) -> dict[str, object] | None:
        if self.actual is None:
            return None
        return {
            "rows": self.actual.rows,
            "bytes": self.actual.bytes,
            "seconds": self.actual.seconds,
            "connections": self.actual.connections,
        }


def places(
    planned: Plan, mesh: Mesh, actual: tuple[SourceAccess, ...] | None = None
) -> tuple[PlaceNote, ...]:
    """`actual` are the accesses of a run of this plan, in the order of its fragments, then its Parquet files."""
    asked = iter(actual or ())
    found = [_place(name, read, mesh, asked) for name, read in planned.inputs.items()]
    found += [_native(read.source, read.relation, next(asked, None)) for read in planned.native]
    return tuple(found)


def _place(name: str, read: Input, mesh: Mesh, asked: Iterator[SourceAccess]) -> PlaceNote:
    if isinstance(read, Stage):
        below = tuple(_place(inner, each, mesh, asked) for inner, each in read.inputs.items())
        return PlaceNote(name, "", read.relations, read.sql, "duckdb", "", read.rows, None, (), below)
    return PlaceNote(
        name=name,
        source=read.source,
        relations=read.relations,
        query=_query(read),
        dialect=mesh.connectors[read.source].dialect or "duckdb",
        kept=read.kept,
        rows=read.rows,
        reduced=read.reduced,
        keys=tuple(KeyNote(one.origin, one.columns, one.reason) for one in read.transfers),
        actual=next(asked, None),
        parts=len(read.parts),
    )


def _query(fragment: Fragment) -> str:
    """As the source gets it, all keys there."""
    if fragment.scan.query is None:
        return filled(fragment).asked
    return with_keys(
        fragment.scan.query, fragment.transfers, frozenset(one.name for one in fragment.transfers)
    )


def _native(source: str, relation: str, access: SourceAccess | None) -> PlaceNote:
    return PlaceNote("files", source, (relation,), NATIVE, "duckdb", "", None, None, (), actual=access)
