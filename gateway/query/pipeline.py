"""The whole life of a query, top to bottom."""

import logging
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import ParamSpec, TypeVar

from gateway.audit import AuditRecord
from gateway.engines.base import Base, OutputColumn
from gateway.errors import AccessDenied, InternalFailure, MeshgateError, Refused, StatementTooComplex
from gateway.query.authorize import AuthorizedQuery, authorize, stands
from gateway.query.bind import BoundQuery, bind
from gateway.query.deadline import Deadline, deadline
from gateway.query.execute import Execution, execute, named
from gateway.query.explain.consumer_plan import consumer_plan
from gateway.query.explain.consumer_policy import consumer_policy
from gateway.query.explain.nodes import laid_out
from gateway.query.mesh import Governed, Mesh
from gateway.query.parse import Statement, parse
from gateway.query.plan import Plan, plan
from gateway.query.plan.blocks import PARTLY
from gateway.query.plan_cache import Asked
from gateway.query.present import column_notes, columns_of, present, told
from gateway.query.request import Description, Request, Result
from gateway.query.result import GovernedResult, closed
from gateway.query.rewrite import GovernedQuery, rewrite
from gateway.query.visible import VisibleCatalog
from gateway.sql.positions import position_of
from policies.principal import Circumstances

LOG = logging.getLogger(__name__)
P = ParamSpec("P")
T = TypeVar("T")


InForce = Callable[[Request], tuple[Request, Mesh]]
"""The request as its principal is now, and the mesh that is in force now. Raises what refuses the principal."""


def run(request: Request, mesh: Mesh, in_force: InForce | None = None) -> Result:
    """Answer one statement. Every outcome leaves an audit record. Without `in_force` nothing is ever reloaded."""
    record = opened(request)
    with refusals_on_record(record, mesh) as trail, deadline(mesh.limits.seconds) as limit:
        clock = Clock(limit)
        visible = visible_to(request, mesh, record.time)
        asked = mesh.plans.asked(request, mesh.limits)
        known = clock.time("recall", recalled, asked, visible, mesh)
        if known is not None:
            authorized, planned = known
            trail.record = record = described(record, authorized)
        else:
            statement = clock.time("parse", parse, request.text, mesh.limits)
            trail.record = replace(record, relations=statement.relations)
            bound = clock.time("bind", bind, statement, request, visible)
            authorized = clock.time("authorize", authorize, bound, visible)
            trail.record = record = described(record, authorized, data=statement.form in ("rows", "summary"))
            planned = answer_plan(statement, authorized, mesh, clock, partly=request.partly)
            mesh.plans.remember(asked, statement, authorized, planned)
        running = clock.time("start", started, planned, record, mesh, limit)
        return GovernedResult(
            running,
            based(running.columns, authorized.bound),
            record,
            mesh,
            clock.seconds,
            limit,
            lambda: still_stands(authorized, *(in_force(request) if in_force else (request, mesh))),
        )


def started(planned: Plan, record: AuditRecord, mesh: Mesh, limit: Deadline) -> Execution:
    """The running plan, with the record durable before its first batch can leave. A source that passes an answer on
    thinks of it meanwhile; nothing else is asked before."""
    if not planned.passed:
        mesh.audit.write(record)
    running = execute(planned, mesh.engine, mesh.connectors, mesh.hash_key, record.id, limit)
    if planned.passed:
        try:
            running.ask()
            mesh.audit.write(record)
        except BaseException:
            running.close()
            raise
    return running


def still_stands(authorized: AuthorizedQuery, request: Request, mesh: Mesh) -> bool:
    """Whether the request would be shown as much now. Raises AccessDenied for a purpose that was taken away."""
    return stands(authorized, visible_to(request, mesh, time.time()))


def describe(request: Request, mesh: Mesh) -> Description:
    """Say what `run` would answer with, without running it. A refusal is on record."""
    record = opened(request)
    with refusals_on_record(record, mesh) as trail, deadline(mesh.limits.seconds) as limit:
        clock = Clock(limit)
        visible = visible_to(request, mesh, record.time)
        asked = mesh.plans.asked(request, mesh.limits, describing=True)
        known = clock.time("recall", recalled, asked, visible, mesh)
        if known is not None:
            authorized, planned = known
        else:
            statement = clock.time("parse", parse, request.text, mesh.limits)
            trail.record = replace(record, relations=statement.relations)
            bound = clock.time("bind", bind, statement, request, visible, describing=True)
            authorized = clock.time("authorize", authorize, bound, visible)
            planned = answer_plan(statement, authorized, mesh, clock)
            mesh.plans.remember(asked, statement, authorized, planned)
        columns = named(columns_of(planned, mesh.engine), planned)
        return Description(authorized.bound.parameters, based(columns, authorized.bound))


CATALOG = ("catalog",)
"""What the audit names of those who only look at what there is."""


def visible(request: Request, mesh: Mesh) -> VisibleCatalog:
    """The catalog of who asks, now. On record, like any other access; `request.text` says what is looked for."""
    record = replace(opened(request), relations=CATALOG)
    with refusals_on_record(record, mesh):
        seen = visible_to(request, mesh, record.time)
        mesh.audit.write(closed(record, None))
        return seen


def recalled(asked: Asked | None, visible: VisibleCatalog, mesh: Mesh) -> tuple[AuthorizedQuery, Plan] | None:
    """What is asked, authorized now, and the plan that was made for it earlier. None: there is none, or it is refused
    now, which the steps will say."""
    try:
        bound = mesh.plans.bound(asked, visible) if asked is not None else None
        authorized = authorize(bound, visible) if bound is not None else None
    except Refused:
        return None
    planned = mesh.plans.plan(asked, authorized) if asked is not None and authorized is not None else None
    if authorized is None or planned is None:
        return None
    still_read = all(mesh.engine.can_read(read.files, read.whole) for read in planned.native if read.whole)
    return (authorized, planned) if still_read else None


def answer_plan(
    statement: Statement, authorized: AuthorizedQuery, mesh: Mesh, clock: "Clock", *, partly: bool = False
) -> Plan:
    """The plan of what the statement asks for: rows, or something about them."""
    if statement.form == "policy":
        return told(laid_out(consumer_policy(authorized), statement.layout))
    notes = column_notes(authorized.bound) if statement.form == "columns" else ()
    presented = authorized.bound.resolved.presented if statement.form == "rows" else ()
    governed = clock.time("rewrite", rewrite, authorized)
    if partly:
        governed.tree.meta[PARTLY] = True
    if statement.form == "plan":
        outline = consumer_plan(authorized.bound, governed, mesh.catalog, mesh.connectors)
        return told(laid_out(outline, statement.layout))
    planned = replace(clock.time("plan", planned_for, governed, mesh), presented=presented)
    return present(statement, notes, planned, authorized.visible, mesh.engine)


def based(columns: tuple[OutputColumn, ...], bound: BoundQuery) -> tuple[OutputColumn, ...]:
    """With the relations' columns that they show, as who asks sees these now: a remembered plan is of others too."""
    if len(bound.resolved.base) != len(columns):
        return columns
    return tuple(
        column
        if base is None
        else OutputColumn(column.name, column.type, column.presented, _seen(bound, *base))
        for column, base in zip(columns, bound.resolved.base, strict=True)
    )


def _seen(bound: BoundQuery, number: int, name: str) -> Base:
    seen = bound.relations[number]
    return Base(seen.relation.domain, seen.relation.name, 1 + list(seen.columns).index(name))


def planned_for(governed: GovernedQuery, mesh: Mesh) -> Plan:
    return plan(governed, mesh.catalog, mesh.connectors, mesh.engine.can_read)


def visible_to(request: Request, mesh: Governed, now: float) -> VisibleCatalog:
    """The catalog of this principal, now. Raises AccessDenied for a purpose that is not the principal's."""
    principal = request.principal
    if request.purpose is not None and request.purpose not in principal.purposes:
        raise AccessDenied(
            f'purpose "{request.purpose}" is not one of yours',
            hint=f"Yours are: {', '.join(sorted(principal.purposes)) or 'none'}.",
        )
    circumstances = Circumstances(now, request.endpoint, request.purpose)
    return VisibleCatalog(mesh.catalog, mesh.policies, principal, circumstances, request.search_path)


class Clock:
    """Seconds per step. No step begins once the deadline has passed."""

    def __init__(self, limit: Deadline) -> None:
        self._limit = limit
        self.seconds: dict[str, float] = {}

    def time(self, step: str, function: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
        self._limit.check()
        start = time.perf_counter()
        try:
            return function(*arguments, **named)
        finally:
            self.seconds[step] = time.perf_counter() - start


# --- the record ------------------------------------------------------------------------------------------


class Trail:
    """The record as far as the steps have filled it."""

    def __init__(self, record: AuditRecord) -> None:
        self.record = record


@contextmanager
def refusals_on_record(record: AuditRecord, mesh: Mesh) -> Iterator[Trail]:
    """Whatever ends a statement before its result stands is written down, then raised."""
    trail = Trail(record)
    try:
        yield trail
    except MeshgateError as error:
        error.reference = record.id
        if error.position is None and error.about:
            error.position = position_of(error.about, record.statement)
        mesh.audit.write(closed(trail.record, error))
        raise
    except RecursionError as error:
        refusal = StatementTooComplex("the statement nests deeper than limits.nesting")
        refusal.reference = record.id
        mesh.audit.write(closed(trail.record, refusal))
        raise refusal from error
    except Exception as error:
        LOG.exception("statement %s failed", record.id)
        failure = InternalFailure()
        failure.reference = record.id
        mesh.audit.write(closed(trail.record, failure))
        raise failure from error


def opened(request: Request) -> AuditRecord:
    return AuditRecord(
        id=uuid.uuid4().hex,
        time=time.time(),
        principal=request.principal.name,
        groups=tuple(sorted(request.principal.groups)),
        endpoint=request.endpoint,
        client=request.client,
        purpose=request.purpose,
        statement=request.text,
    )


def described(record: AuditRecord, query: AuthorizedQuery, *, data: bool = True) -> AuditRecord:
    """The record with what was asked for. Without `data`, the answer tells of columns and shows none of them."""
    relations = tuple(dict.fromkeys(r.relation.qualified_name for r in query.relations.values()))
    revealed, masked = (query.revealed, query.masked) if data else ((), ())
    return replace(
        record,
        relations=relations,
        columns=tuple(sorted(revealed + masked)),
        revealed=revealed,
        masked=masked,
        rules=query.rules,
    )
