"""How a statement ends before its last row: limits, cancelling, sources that fail."""

import threading
import time
from dataclasses import replace

import pyarrow as pa
import pytest

from connectors.memory import MemoryConnector
from gateway.errors import (
    DeadlineExceeded,
    LimitExceeded,
    MeshgateError,
    QueryCanceled,
    SourceFailed,
    SourceUnavailable,
)
from gateway.query.explain.operator import explain
from gateway.query.mesh import Mesh
from gateway.query.pipeline import run
from gateway.query.request import Request
from gateway.settings import Limits
from tests.query.mesh import ANYBODY, Builder, ask, records, values
from tests.query.pipeline.shop import ANA, held_mesh, made, source_of


@pytest.mark.parametrize(
    ("limits", "name"), [(Limits(rows=3), "limits.rows"), (Limits(bytes=10), "limits.bytes")]
)
def test_a_limit_fails_by_its_name(limits: Limits, name: str) -> None:
    mesh = made(limits=limits).memory()
    with pytest.raises(LimitExceeded, match=name):
        values(mesh, "SELECT id FROM sales.orders")
    assert records(mesh).outcomes() == ["started", "refused"]


def test_cancel_reaches_a_source_that_waits() -> None:
    mesh, _ = held_mesh()
    result = run(Request("SELECT id FROM sales.orders", ANYBODY, "postgres"), mesh)
    threading.Timer(0.2, result.cancel).start()
    start = time.monotonic()
    with pytest.raises(QueryCanceled):
        list(result.batches())
    assert time.monotonic() - start < 1.5
    assert records(mesh).outcomes() == ["started", "cancelled"]


HASHED = {
    "sales": "p, a, role:any, sales, sales.orders, select, *, -, -, allow\n"
    "p3, h, role:any, sales, sales.orders.email, hash, 1, -, -"
}


@pytest.mark.parametrize("lines", [None, HASHED], ids=["plain", "hashed by the gateway"])
def test_the_gateway_owns_the_clock(lines: dict[str, str] | None) -> None:
    mesh, _ = held_mesh(Limits(seconds=0.3), lines)
    start = time.monotonic()
    with pytest.raises(DeadlineExceeded, match=r"limits\.seconds"):
        values(mesh, "SELECT email FROM sales.orders")
    assert time.monotonic() - start < 2
    assert records(mesh).outcomes() == ["started", "cancelled"]


def test_a_hash_is_the_same_for_the_same_value_and_shows_none() -> None:
    mesh = made(HASHED).memory()
    rows = values(mesh, "SELECT email, email = email, length(email) FROM sales.orders ORDER BY id")
    assert len({row[0] for row in rows}) == 5
    assert rows[2] == (None, None, None)
    assert all("@" not in str(row) for row in rows)
    assert rows == values(mesh, "SELECT email, email = email, length(email) FROM sales.orders ORDER BY id")
    assert all("ada@" not in str(record) for record in records(mesh).written)


def test_a_source_that_breaks_off_is_an_error() -> None:
    mesh = made().over(lambda _, tables: MemoryConnector(tables, breaks_after=2))
    for sql in (
        "SELECT id FROM sales.orders",
        "SELECT count(*) FROM sales.orders",
        "SELECT * FROM sales.orders NATURAL JOIN sales.orders AS b",
    ):
        with pytest.raises(SourceFailed):
            values(mesh, sql)
    assert set(records(mesh).outcomes()) == {"started", "failed"}


def test_a_source_that_is_down(open_mesh: Mesh) -> None:
    source_of(open_mesh).down = True
    with pytest.raises(SourceUnavailable):
        values(open_mesh, "SELECT id FROM sales.orders")
    assert values(open_mesh, "SELECT count(*) FROM shipping.parcels") == [(4,)], "the others answer"


def test_a_product_whose_source_was_down_at_load(open_mesh: Mesh) -> None:
    catalog = replace(open_mesh.catalog, unavailable={("sales", "orders"): "sales._src"})
    with pytest.raises(SourceUnavailable):
        values(replace(open_mesh, catalog=catalog), "SELECT id FROM sales.orders")


def test_an_unread_result_ends_when_it_is_dropped(open_mesh: Mesh) -> None:
    batches = run(Request("SELECT id FROM sales.orders", ANYBODY, "postgres"), open_mesh).batches()
    next(batches)
    batches.close()  # type: ignore[attr-defined]
    assert records(open_mesh).outcomes() == ["started", "cancelled"]


def test_an_error_is_not_its_own_cause(open_mesh: Mesh) -> None:
    """Whoever walks the causes of an error must come to an end."""
    with pytest.raises(MeshgateError) as caught:
        values(open_mesh, "SELECT region::INT FROM sales.orders")
    seen: list[BaseException] = []
    cause: BaseException | None = caught.value
    while cause is not None:
        assert all(cause is not other for other in seen)
        seen.append(cause)
        cause = cause.__cause__


def test_explain_runs_nothing(mesh: Mesh) -> None:
    told = explain(Request("SELECT email FROM sales.orders WHERE id = 1", ANA, "postgres"), mesh)
    assert source_of(mesh).scans == []
    note = next(note for note in told.relations if note.relation == "sales.orders")
    assert {rule.id for rule in note.rules} >= {"own", "mask"}
    assert note.masks
    assert [fragment.source for fragment in told.fragments] == ["sales._src"]


def test_a_value_that_is_too_large_is_no_answer() -> None:
    """Estimates know texts of statements only; what a source holds is measured as it leaves."""
    rows = pa.table({"id": [1, 2], "note": ["x" * 17_000_000, "y"]})
    mesh = Builder({"sales.orders": rows}).memory()
    told = ask(mesh, "SELECT note FROM sales.orders")
    assert told.error == "LimitExceeded"
    assert "limits.value_bytes" in told.text
    assert ask(mesh, "SELECT note FROM sales.orders WHERE id = 2").rows == ("('y',)",)
