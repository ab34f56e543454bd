"""More keys arrive than an estimate said: of whole numbers the source is asked for the span, of others for all."""

from collections.abc import Iterator
from decimal import Decimal

import pyarrow as pa
import pytest

from gateway.query import gather
from gateway.query.mesh import Mesh
from gateway.query.plan import Fragment
from tests.query.plan.mesh import planned
from tests.query.plan.test_cases import small_mesh

OF_NUMBERS = (
    "SELECT l.item FROM sales.orders AS o JOIN depot.lines AS l ON l.order_id = o.id WHERE o.region = 'EU'"
)
OF_SUMS = "SELECT l.item FROM sales.orders AS o JOIN depot.lines AS l ON l.quantity = o.total WHERE o.id = 7"
SPAN = '"order_id" BETWEEN (SELECT "k"."k1" FROM "keys 1" AS "k") AND (SELECT "k"."k2" FROM "keys 1" AS "k")'


@pytest.fixture(scope="module")
def mesh() -> Iterator[Mesh]:
    made = small_mesh()
    yield made
    made.engine.close()


def asked(mesh: Mesh, sql: str, keys: list[object]) -> tuple[str, list[dict[str, object]]]:
    """The query that gets the keys, and the rows that are sent with it."""
    fragment = next(each for each in planned(mesh, sql).fragments() if each.transfers)
    assert isinstance(fragment, Fragment)
    (transfer,) = fragment.transfers
    scan = gather.filled(fragment, {transfer.origin: pa.table({transfer.columns[0]: keys})})
    return scan.query or "", [row for each in scan.keys for row in each.table.to_pylist()]


def test_few_keys_are_sent_as_they_are(mesh: Mesh) -> None:
    query, rows = asked(mesh, OF_NUMBERS, [7, None, 3, 7])
    assert '"order_id" IN (SELECT "k"."k1" FROM "keys 1" AS "k")' in query
    assert rows == [{"k1": 7}, {"k1": 3}]


def test_of_too_many_numbers_the_least_and_the_greatest_are_sent(
    mesh: Mesh, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gather, "MOST_KEYS", 2)
    query, rows = asked(mesh, OF_NUMBERS, [7, None, 3, 5])
    assert SPAN in query
    assert rows == [{"k1": 3, "k2": 7}]


def test_of_too_many_other_keys_none_is_sent(mesh: Mesh, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gather, "MOST_KEYS", 2)
    query, rows = asked(mesh, OF_SUMS, [Decimal("1.50"), Decimal(2), Decimal(3)])
    assert "keys 1" not in query
    assert rows == []
