"""The operator's view of a statement: which rules applied, what each source will run, what stays and why.

Runs nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from gateway.query.authorize import Alternatives, GovernedRelation, authorize
from gateway.query.bind import bind
from gateway.query.gather import filled
from gateway.query.mesh import Mesh
from gateway.query.parse import parse
from gateway.query.pipeline import described, opened, planned_for, refusals_on_record, visible_to
from gateway.query.plan import Fragment
from gateway.query.request import Request
from gateway.query.rewrite import rewrite
from gateway.sql.dialect import generate


@dataclass(frozen=True, slots=True)
class RuleNote:
    """A policy line that applied: its id and `file:line`."""

    id: str
    place: str


@dataclass(frozen=True, slots=True)
class RelationNote:
    """One relation that the statement, or a product it reads, refers to. `rows` and `masks` hold SQL."""

    relation: str
    reader: str
    columns: tuple[str, ...]
    rows: tuple[str, ...]
    masks: tuple[tuple[str, str], ...]
    rules: tuple[RuleNote, ...]


@dataclass(frozen=True, slots=True)
class FragmentNote:
    """What one source runs. `kept` is empty where it runs all of the relation."""

    source: str
    relation: str
    query: str
    kept: str


@dataclass(frozen=True, slots=True)
class Explanation:
    relations: tuple[RelationNote, ...]
    engine: str
    fragments: tuple[FragmentNote, ...]

    def text(self) -> str:
        return "\n".join(line for block in self._blocks() for line in block)

    def json(self) -> dict[str, object]:
        return {
            "relations": [
                {
                    "relation": note.relation,
                    "reader": note.reader,
                    "columns": list(note.columns),
                    "rows": list(note.rows),
                    "masks": dict(note.masks),
                    "rules": [{"id": rule.id, "place": rule.place} for rule in note.rules],
                }
                for note in self.relations
            ],
            "engine": self.engine,
            "sources": [
                {
                    "source": note.source,
                    "relation": note.relation,
                    "query": note.query,
                    "kept": note.kept or None,
                }
                for note in self.fragments
            ],
        }

    def _blocks(self) -> Iterator[list[str]]:
        for note in self.relations:
            yield _relation_lines(note)
        for fragment in self.fragments:
            yield _fragment_lines(fragment)
        yield ["engine", f"  {self.engine}"]


def _relation_lines(note: RelationNote) -> list[str]:
    return [
        f"relation {note.relation}, read by {note.reader}",
        f"  columns  {', '.join(note.columns) or 'none: only rows are counted'}",
        *(f"  rows     {row}" for row in note.rows or ("all",)),
        *(f"  mask     {column}: {mask}" for column, mask in note.masks),
        *(f"  rule     {rule.id} ({rule.place})" for rule in note.rules),
        "",
    ]


def _fragment_lines(fragment: FragmentNote) -> list[str]:
    remains = (
        f"the engine does the rest: {fragment.kept}"
        if fragment.kept
        else "the source runs all of the relation"
    )
    return [f"source {fragment.source}, for {fragment.relation}", f"  {fragment.query}", f"  {remains}", ""]


def explain(request: Request, mesh: Mesh) -> Explanation:
    """As `run`, up to the plan. It is on record, as EXPLAIN of the statement."""
    record = replace(opened(request), statement=f"EXPLAIN {request.text}")
    with refusals_on_record(record, mesh):
        visible = visible_to(request, mesh, record.time)
        authorized = authorize(
            bind(parse(request.text, mesh.limits), request, visible, describing=True), visible
        )
        planned = planned_for(rewrite(authorized), mesh)
        mesh.audit.write(replace(described(record, authorized), outcome="done"))
    notes = [
        note
        for governed in authorized.relations.values()
        for note in _notes(governed, f"user:{request.principal.name}", mesh)
    ]
    fragments = tuple(_fragment_note(fragment) for fragment in planned.fragments())
    native = tuple(
        FragmentNote(key, name, "Parquet files, read by the engine itself", "")
        for key, name in planned.native
    )
    return Explanation(tuple(notes), planned.sql, fragments + native)


def _fragment_note(fragment: Fragment) -> FragmentNote:
    return FragmentNote(fragment.source, ", ".join(fragment.relations), filled(fragment).asked, fragment.kept)


def _notes(governed: GovernedRelation, reader: str, mesh: Mesh) -> Iterator[RelationNote]:
    yield RelationNote(
        relation=governed.relation.qualified_name,
        reader=reader,
        columns=governed.columns,
        rows=tuple(_any_of(alternatives, mesh) for alternatives in governed.filters),
        masks=tuple((column, f"{mask.name} ({mask.rule})") for column, mask in governed.masks.items()),
        rules=tuple(RuleNote(rule, _place(rule, mesh)) for rule in governed.rules),
    )
    for read in governed.inputs.values():
        yield from _notes(read, f"domain:{governed.relation.domain}", mesh)


def _any_of(alternatives: Alternatives, mesh: Mesh) -> str:
    return " OR ".join(
        f"{row.name}: {generate(mesh.catalog.filter(row.domain, row.name))} ({row.rule})"
        for row in alternatives
    )


def _place(rule: str, mesh: Mesh) -> str:
    """`domain:<d>` is no line but a domain's right to read its own relations."""
    try:
        line = mesh.policies.line(rule)
    except KeyError:
        return "its own relations"
    return f"{line.file}:{line.number}"
