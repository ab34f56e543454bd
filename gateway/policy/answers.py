"""What the real pipeline answers to a case, and what the policies decided on the way."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

import pyarrow as pa

from gateway.audit import AuditRecord, AuditSink
from gateway.engines.base import OutputColumn
from gateway.errors import MeshgateError
from gateway.policy_tests import Case
from gateway.query.mesh import Mesh
from gateway.query.pipeline import run
from gateway.query.request import Request, Result
from gateway.render import json_texts
from policies.decision import Decision, ProtectedRelation
from policies.lines import Line
from policies.policy_set import PolicySet
from policies.principal import Circumstances, Principal

MARK = ", policy test "
"""In the `client` of a test's audit record; it stands behind the account that ran the test."""

SHOWN_ROWS = 100
"""So many rows more than a case expects are kept; all are counted."""

Row = tuple[object, ...]
"""JSON values; what JSON writes as a number is a Decimal or an int."""


@dataclass(frozen=True, slots=True)
class Considered:
    """One decision that a statement needed. `definer`: the domain whose product reads the relation, or None."""

    definer: str | None
    principal: Principal
    relation: ProtectedRelation
    circumstances: Circumstances
    decision: Decision

    def again(self, policies: PolicySet) -> Decision:
        """What other policies decide in its place."""
        if self.definer is None:
            return policies.decide(self.principal, self.relation, self.circumstances)
        return policies.decide_share(self.definer, self.principal, self.relation, self.circumstances)


@dataclass(frozen=True, slots=True)
class Answer:
    """`error` is a refusal or failure, and then there are no rows. `masks`: relation's column -> mask."""

    columns: tuple[OutputColumn, ...] = ()
    rows: tuple[Row, ...] = ()
    count: int = 0
    numeric: tuple[bool, ...] = ()
    masks: tuple[tuple[str, str], ...] = ()
    error: MeshgateError | None = None
    considered: tuple[Considered, ...] = ()


class WatchedPolicies(PolicySet):
    """A policy set that remembers which decisions it was asked for. For one statement at a time."""

    def __init__(self, lines: Iterable[Line]) -> None:
        super().__init__(lines)
        self.considered: dict[tuple[str | None, str, str], Considered] = {}

    def decide(
        self, principal: Principal, relation: ProtectedRelation, circumstances: Circumstances
    ) -> Decision:
        made = super().decide(principal, relation, circumstances)
        return self._noted(Considered(None, principal, relation, circumstances, made))

    def decide_share(
        self, domain: str, consumer: Principal, relation: ProtectedRelation, circumstances: Circumstances
    ) -> Decision:
        made = super().decide_share(domain, consumer, relation, circumstances)
        return self._noted(Considered(domain, consumer, relation, circumstances, made))

    def _noted(self, considered: Considered) -> Decision:
        self.considered[considered.definer, considered.relation.domain, considered.relation.name] = considered
        return considered.decision


class WitnessSink:
    """The mesh's audit sink; what is written says `cli`, whatever endpoint a case supposes, and is kept."""

    def __init__(self, sink: AuditSink) -> None:
        self._sink = sink
        self.last: AuditRecord | None = None

    def write(self, record: AuditRecord) -> None:
        self.last = replace(record, endpoint="cli")
        self._sink.write(self.last)

    def close(self) -> None:
        """Nothing: the sink is the mesh's."""


def answered(case: Case, mesh: Mesh, client: str) -> Answer:
    """The answer of the real pipeline, on record as every other. `client` says who runs it, and as what."""
    policies, audit = WatchedPolicies(mesh.policies.lines), WitnessSink(mesh.audit)
    return answered_under(case, replace(mesh, policies=policies, audit=audit), policies, audit, client)


def answered_under(
    case: Case, mesh: Mesh, policies: WatchedPolicies, audit: WitnessSink, client: str
) -> Answer:
    request = Request(case.statement, case.principal, case.endpoint, client, case.purpose)
    policies.considered.clear()
    try:
        result = run(request, mesh)
        answer = _read(result, len(case.expect.rows or ()) + SHOWN_ROWS)
    except MeshgateError as error:
        return Answer(error=error, considered=tuple(policies.considered.values()))
    considered = tuple(policies.considered.values())
    masked = audit.last.masked if audit.last else ()
    return replace(answer, masks=_masks(masked, considered), considered=considered)


def _read(result: Result, keep: int) -> Answer:
    """All of the result counted, the first `keep` rows kept."""
    rows: list[Row] = []
    count = 0
    try:
        for batch in result.batches():
            count += batch.num_rows
            if len(rows) < keep:
                rows += _values(batch.slice(0, keep - len(rows)), result.columns)
        numeric = tuple(_is_number(column.type) for column in result.columns)
    finally:
        result.close()
    return Answer(result.columns, tuple(rows), count, numeric)


def _values(batch: pa.RecordBatch, columns: tuple[OutputColumn, ...]) -> Iterable[Row]:
    texts = [json_texts(array, column.type) for array, column in zip(batch.columns, columns, strict=True)]
    return [tuple(json.loads(text, parse_float=Decimal) for text in row) for row in zip(*texts, strict=True)]


def _is_number(kind: str) -> bool:
    """Whether JSON's text for a value of this type may stand for a number (decimals, wide integers)."""
    return kind.startswith("DECIMAL") or kind.endswith("INT") or kind in ("INTEGER", "FLOAT", "DOUBLE")


def _masks(masked: Iterable[str], considered: Iterable[Considered]) -> tuple[tuple[str, str], ...]:
    """`domain.relation.column` -> mask, of the columns that the record says are masked."""
    decisions: Mapping[str, Decision] = {
        f"{one.relation.domain}.{one.relation.name}": one.decision
        for one in considered
        if one.definer is None
    }
    found = []
    for name in masked:
        relation, _, column = name.rpartition(".")
        mask = decisions[relation].columns[column].mask
        found.append((name, mask.name if mask else "none"))
    return tuple(found)
