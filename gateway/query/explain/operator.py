"""The operator's view of a statement: which rules applied, what each source will run, what stays and why.

Runs nothing, unless it is asked for what really comes: then it runs the statement as the principal, on record, and
throws the rows away.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from gateway.audit import AuditRecord, AuditSink, SourceAccess
from gateway.query.authorize import AuthorizedQuery, authorize
from gateway.query.bind import bind
from gateway.query.explain.advice import advice
from gateway.query.explain.places import PlaceNote, places
from gateway.query.explain.rules import RelationNote, relation_notes
from gateway.query.explain.words import names_of, piece, pretty
from gateway.query.mesh import Mesh
from gateway.query.parse import parse
from gateway.query.pipeline import described, opened, refusals_on_record, run, visible_to
from gateway.query.plan import Fragment, Plan, Trial, cut, tried_first, written
from gateway.query.plan.draft import Draft
from gateway.query.plan.rules.transfer import transfer
from gateway.query.plan.why import fenced, why
from gateway.query.request import Request
from gateway.query.rewrite import rewrite
from gateway.query.visible import VisibleCatalog


@dataclass(frozen=True, slots=True)
class Explanation:
    """`kept` are (part of the statement, why no source was given it); `advice` what the domains could do. `ran` is the
    record of the run, if there was one."""

    relations: tuple[RelationNote, ...]
    engine: str
    places: tuple[PlaceNote, ...]
    kept: tuple[tuple[str, str], ...]
    advice: tuple[str, ...]
    fragments: tuple[Fragment, ...]
    ran: AuditRecord | None = None

    def text(self) -> str:
        return "\n".join(self._lines())

    def json(self) -> dict[str, object]:
        return {
            "relations": [note.document() for note in self.relations],
            "engine": self.engine,
            "sources": [place.document() for place in self.places],
            "kept": [{"part": part, "reason": reason} for part, reason in self.kept],
            "advice": list(self.advice),
            "actual": None if self.ran is None else _totals(self.ran),
        }

    def _lines(self) -> Iterator[str]:
        for note in self.relations:
            yield from (*note.lines(), "")
        yield "the engine runs"
        if self.ran is not None:
            seconds = (self.ran.seconds or {}).get("execute", 0.0)
            yield f"    actual   {self.ran.rows:,} rows, {self.ran.bytes:,} bytes, {seconds:.3f} s"
        yield from (f"    | {line}" for line in pretty(self.engine, "duckdb").splitlines())
        for place in self.places:
            yield from place.lines("    ")
        if self.kept:
            yield from ("", "not given to a source")
            yield from (f"    {part}: {reason}" for part, reason in self.kept)
        if self.advice:
            yield from ("", "advice")
            yield from (f"    {line}" for line in self.advice)


def _totals(ran: AuditRecord) -> dict[str, object]:
    return {"rows": ran.rows, "bytes": ran.bytes, "seconds": dict(ran.seconds or {})}


def explain(request: Request, mesh: Mesh, *, analyze: bool = False) -> Explanation:
    """As `run`, up to the plan. It is on record, as EXPLAIN of the statement. `analyze`: then the statement runs.

    Raises as `run`.
    """
    record = replace(opened(request), statement=f"EXPLAIN {request.text}")
    with refusals_on_record(record, mesh):
        visible = visible_to(request, mesh, record.time)
        bound = bind(parse(request.text, mesh.limits), request, visible, describing=not analyze)
        authorized = authorize(bound, visible)
        governed = rewrite(authorized)
        draft = cut(governed, mesh.catalog, mesh.connectors, mesh.engine.can_read)
        kept, notes = _kept(draft), tuple(dict.fromkeys(_relations(authorized, visible)))
        kept += tuple(_tried(tried_first(draft, governed.names)))
        schedule = transfer(draft)
        advised = advice(draft, schedule)
        planned = written(draft, schedule, governed.names)
        mesh.audit.write(replace(described(record, authorized), outcome="done"))
    ran = _run(request, mesh) if analyze else None
    return Explanation(
        notes,
        planned.sql,
        places(planned, mesh, _matching(planned, ran)),
        kept,
        advised,
        planned.fragments(),
        ran,
    )


def _relations(authorized: AuthorizedQuery, visible: VisibleCatalog) -> Iterator[RelationNote]:
    for number, governed in authorized.relations.items():
        yield from relation_notes(governed, authorized.bound.relations[number].decision, visible)


def _kept(draft: Draft) -> tuple[tuple[str, str], ...]:
    called = names_of(draft)
    found = [(piece(kept.part, draft, called), kept.reason) for kept in why(draft)]
    found += [
        (
            "conditions that are not leakproof",
            f"they wait at the source for the filters of {relation} (OFFSET 0)",
        )
        for relation in fenced(draft)
    ]
    return tuple(dict.fromkeys(found))


def _tried(trial: Trial | None) -> Iterator[tuple[str, str]]:
    if trial is not None:
        read = trial.plan.inputs[trial.of]
        first = f"the first {trial.most:,} rows of {' and '.join(read.relations)}"
        yield f"LIMIT {trial.wanted}", f"tried with {first}; all is read where these are too few"


# --- what really comes -------------------------------------------------------------------------------------


class _Witness:
    """An AuditSink that writes to another and remembers the last record."""

    def __init__(self, sink: AuditSink) -> None:
        self._sink = sink
        self.last: AuditRecord | None = None

    def write(self, record: AuditRecord) -> None:
        self._sink.write(record)
        self.last = record

    def close(self) -> None:
        """The other's owner closes it."""


def _run(request: Request, mesh: Mesh) -> AuditRecord | None:
    witness = _Witness(mesh.audit)
    result = run(request, replace(mesh, audit=witness))
    try:
        for _ in result.batches():
            pass
    finally:
        result.close()
    return witness.last


def _matching(planned: Plan, ran: AuditRecord | None) -> tuple[SourceAccess, ...] | None:
    """The sources of a run, if they are those of the plan."""
    sources = ran.sources if ran is not None else ()
    expected = [fragment.source for fragment in planned.fragments()] + [
        read.source for read in planned.native
    ]
    return sources if [access.source for access in sources] == expected else None
