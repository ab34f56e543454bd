"""The first rows of a join: what a trial reads, and that nothing but time shows whether it found enough."""

from collections.abc import Iterator
from importlib import import_module

import pytest

from tests.query.mesh import Builder, records
from tests.query.plan.alike import Pair, alike
from tests.query.plan.governed import GOVERNED
from tests.query.plan.mesh import TABLES, eager, made, oracle, planned
from tests.servers import PostgresServer

JOINED = "FROM crm.orders AS o JOIN depot.lines AS l ON l.order_id = o.id"


@pytest.fixture(scope="module")
def pair(postgres: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    mesh = made(Builder(TABLES), postgres, "trials", tmp_path_factory.mktemp("trials"))
    with eager(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(import_module("gateway.query.plan.rules.trial"), "LEAST_ROWS", 12)
        yield Pair(mesh, oracle(TABLES))
    mesh.engine.close()


def read(pair: Pair) -> list[tuple[str, int]]:
    """Sources and the rows that they sent, of the last statement."""
    return [(one.source.split(".")[0], one.rows or 0) for one in records(pair.mesh).written[-1].sources]


def test_enough_is_found_among_the_first_rows(pair: Pair) -> None:
    alike(pair, f"SELECT o.id, l.line {JOINED} ORDER BY o.id, l.line LIMIT 5")
    assert sorted(read(pair)) == [("crm", 12), ("depot", 36)]


def test_where_too_few_are_found_all_is_read(pair: Pair) -> None:
    alike(pair, f"SELECT o.id, l.line {JOINED} WHERE l.line + o.id > 250 ORDER BY o.id, l.line LIMIT 5")
    assert [source for source, _ in read(pair)].count("crm") == 2
    assert ("crm", 12) in read(pair)


def test_where_there_are_no_more_rows_nothing_is_read_again(pair: Pair) -> None:
    alike(pair, f"SELECT o.id, l.line {JOINED} WHERE o.id < 4 AND l.line = 9 ORDER BY o.id, l.line LIMIT 5")
    assert sorted(source for source, _ in read(pair)) == ["crm", "depot"]


def test_an_answer_too_large_to_be_held_is_streamed(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_module("gateway.query.tried"), "HELD_BYTES", 10)
    alike(pair, f"SELECT o.id, l.line {JOINED} ORDER BY o.id, l.line LIMIT 5")
    assert [source for source, _ in read(pair)].count("crm") == 2


@pytest.mark.parametrize("order", ["o.priority", "o.priority DESC"])
def test_of_rows_that_are_alike_all_are_seen_or_none(pair: Pair, order: str) -> None:
    """A third of the orders has the first priority: the trial reads some of them."""
    alike(
        pair,
        f"SELECT o.priority, l.price, o.id, l.line {JOINED} ORDER BY {order}, l.price, o.id, l.line LIMIT 5",
    )
    assert [source for source, _ in read(pair)].count("crm") == 2


@pytest.mark.parametrize(
    "sql",
    [
        f"SELECT o.total, o.id, l.line {JOINED} ORDER BY o.total DESC NULLS LAST, o.id, l.line LIMIT 7 OFFSET 3",
        f"SELECT o.status, o.id, l.line {JOINED} ORDER BY o.status NULLS FIRST, o.id, l.line LIMIT 40",
        "SELECT c.name, c.id, o.id AS o FROM crm.customers AS c JOIN desk.notes AS n ON n.text = c.name "
        "LEFT JOIN crm.orders AS o ON o.customer = c.id ORDER BY c.name, c.id, o.id LIMIT 6",
        "SELECT t.n, t.customer, r.zone FROM (SELECT o.customer, count(*) AS n FROM crm.orders AS o "
        "GROUP BY o.customer) AS t JOIN lake.regions AS r ON r.zone = t.customer "
        "ORDER BY t.n DESC, t.customer, r.zone LIMIT 2",
        f"SELECT o.id, (SELECT count(*) FROM desk.notes AS n WHERE n.order_id = o.id) AS n {JOINED} "
        "WHERE l.line = 1 ORDER BY o.id LIMIT 4",
    ],
)
def test_the_answer_is_that_of_all_rows(pair: Pair, sql: str) -> None:
    assert planned(pair.mesh, sql).trial is not None
    alike(pair, sql)


def test_values_that_cannot_be_delivered_do_not_show_what_was_read(
    postgres: PostgresServer, tmp_path_factory: pytest.TempPathFactory
) -> None:
    mesh = made(GOVERNED, postgres, "trials_governed", tmp_path_factory.mktemp("trials"))
    with eager():
        whole = planned(mesh, f"SELECT o.id, l.line {JOINED} ORDER BY o.id, l.line LIMIT 5")
        dated = planned(mesh, f"SELECT o.id, o.placed, l.line {JOINED} ORDER BY o.id, l.line LIMIT 5")
    mesh.engine.close()
    assert whole.trial is not None
    assert (dated.trial is None) == any(c.unsure for f in dated.fragments() for c in f.scan.columns)
