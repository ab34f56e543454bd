"""Every access is on record before the first batch."""

from dataclasses import replace

import pytest

from gateway.audit import AuditRecord
from gateway.errors import (
    AuditUnavailable,
    UndefinedColumn,
)
from gateway.query.mesh import Mesh
from gateway.query.pipeline import describe, run
from gateway.query.request import Request
from tests.query.mesh import ask, records
from tests.query.pipeline.shop import ANA, source_of


def last(mesh: Mesh) -> AuditRecord:
    return records(mesh).written[-1]


def test_the_record_is_opened_before_the_first_batch_and_says_all(mesh: Mesh) -> None:
    sql = "SELECT o.id, o.email, p.carrier FROM sales.orders o JOIN shipping.parcels p ON p.order_id = o.id"
    result = run(Request(sql, ANA, "postgres", client="psql", purpose="reports"), mesh)
    (opened,) = records(mesh).written
    assert opened.outcome == "started"
    assert source_of(mesh).scans == [], "nothing may be read before the record stands"
    assert sum(batch.num_rows for batch in result.batches()) == 2
    closed = last(mesh)
    assert closed == replace(
        opened, outcome="done", rows=2, bytes=closed.bytes, seconds=closed.seconds, sources=closed.sources
    )
    assert (closed.id, closed.principal, closed.groups, closed.endpoint) == (
        result.reference,
        "ana",
        ("analysts",),
        "postgres",
    )
    assert (closed.client, closed.purpose, closed.statement) == ("psql", "reports", sql)
    assert closed.relations == ("sales.orders", "shipping.parcels")
    assert closed.columns == (
        "sales.orders.email",
        "sales.orders.id",
        "shipping.parcels.carrier",
        "shipping.parcels.order_id",
    )
    assert closed.masked == ("sales.orders.email",)
    assert "sales.orders.id" in closed.revealed
    assert "sales.orders.email" not in closed.revealed
    assert {"own", "mask", "all"} <= set(closed.rules)
    assert {access.source for access in closed.sources} == {"sales._src", "shipping._src"}
    assert sum(access.rows for access in closed.sources) == 9
    assert closed.bytes > 0
    assert closed.seconds is not None
    assert {"parse", "bind", "authorize", "rewrite", "plan", "start", "execute"} <= set(closed.seconds)


def test_all_five_outcomes_are_on_record(mesh: Mesh) -> None:
    ask(mesh, "SELECT count(*) FROM sales.orders", ANA)
    assert records(mesh).outcomes() == ["started", "done"]
    ask(mesh, "SELECT nope FROM sales.orders", ANA)
    assert (last(mesh).outcome, last(mesh).sqlstate) == ("refused", "42703")
    assert last(mesh).message == 'column "nope" does not exist'
    ask(mesh, "SELECT region::INT FROM sales.orders", ANA)
    assert (last(mesh).outcome, last(mesh).sqlstate) == ("failed", "22P02")
    run(Request("SELECT id FROM sales.orders", ANA, "postgres"), mesh).close()
    assert (last(mesh).outcome, last(mesh).sqlstate) == ("cancelled", "57014")
    ids = [record.id for record in records(mesh).written]
    assert len(set(ids)) == 4


def test_a_refused_description_is_on_record(mesh: Mesh) -> None:
    with pytest.raises(UndefinedColumn) as caught:
        describe(Request("SELECT day FROM sales.orders", ANA, "postgres"), mesh)
    assert last(mesh).outcome == "refused"
    assert last(mesh).id == caught.value.reference


class Full:
    """A sink whose disk is full."""

    def write(self, record: AuditRecord) -> None:
        raise AuditUnavailable

    def close(self) -> None:
        pass


def test_without_a_record_nothing_is_read(mesh: Mesh) -> None:
    with pytest.raises(AuditUnavailable):
        run(Request("SELECT id FROM sales.orders", ANA, "postgres"), replace(mesh, audit=Full()))
    assert source_of(mesh).scans == []
