"""The story is in the numbers: the same ones each time, with the irregularities the contracts explain."""

from collections.abc import Iterator
from dataclasses import fields
from decimal import Decimal

import duckdb
import pyarrow as pa
import pytest

from gateway.demo.data import Tables, generate

NAMES = tuple(field.name for field in fields(Tables))


def as_bytes(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table.combine_chunks())
    return sink.getvalue().to_pybytes()


@pytest.fixture(scope="module")
def database() -> Iterator[duckdb.DuckDBPyConnection]:
    """20,000 orders: enough for shares to be steady."""
    with duckdb.connect() as connection:
        big = generate(20_000)
        for name in NAMES:
            connection.register(name, getattr(big, name))
        yield connection


def one(database: duckdb.DuckDBPyConnection, sql: str) -> tuple[object, ...]:
    row = database.execute(sql).fetchone()
    assert row is not None
    return row


@pytest.mark.parametrize("name", NAMES)
def test_same_seed_same_bytes(tables: Tables, name: str) -> None:
    again = generate(tables.orders.num_rows)
    assert as_bytes(getattr(tables, name)) == as_bytes(getattr(again, name))


def test_another_seed_other_orders(tables: Tables) -> None:
    other = generate(tables.orders.num_rows, seed=7)
    assert as_bytes(tables.orders) != as_bytes(other.orders)


@pytest.mark.parametrize("scale", [1, 7, 100])
def test_any_scale_gives_that_many_orders(scale: int) -> None:
    small = generate(scale)
    assert small.orders["order_id"].to_pylist() == list(range(1, scale + 1))


def test_money_is_exact(tables: Tables) -> None:
    assert tables.orders.schema.field("amount").type == pa.decimal128(12, 2)
    amounts = tables.orders["amount"].to_pylist()
    assert all(Decimal("5.00") < amount < Decimal("10000") for amount in amounts)
    assert len(set(amounts)) > len(amounts) // 2


def test_shipping_dates_are_known_exactly_for_shipped_and_delivered_orders(
    database: duckdb.DuckDBPyConnection,
) -> None:
    rows = database.execute(
        "SELECT status, count(*), count(shipped_at), count(shipped_on) FROM orders GROUP BY status"
    ).fetchall()
    assert {status for status, *_ in rows} == {
        "open",
        "cancelled",
        "shipped",
        "delivered",
        "returned",
        "reshipped",
    }
    for status, count, instants, days in rows:
        known = count if status in ("shipped", "delivered") else 0
        assert (instants, days) == (known, known), status


def test_the_two_shipping_dates_mean_different_things(database: duckdb.DuckDBPyConnection) -> None:
    """Booked up to three days before, or one day after, the carrier's scan; often on the same day."""
    gaps = dict(
        database.execute(
            "SELECT shipped_at::date - shipped_on, count(*) FROM orders WHERE status = 'delivered' GROUP BY 1"
        ).fetchall()
    )
    assert set(gaps) == {-1, 0, 1, 2, 3} or set(gaps) == {-1, 0, 1, 3}
    assert gaps[0] > sum(gaps.values()) / 2


def test_what_happens_to_an_order_happens_in_order(database: duckdb.DuckDBPyConnection) -> None:
    assert one(
        database,
        """
        SELECT count(*) FILTER (WHERE o.promised_on <= o.ordered_at::date),
               count(*) FILTER (WHERE p.attempt = 1 AND p.handed_over <= o.ordered_at),
               count(*) FILTER (WHERE p.attempt = 1 AND o.shipped_at <> p.handed_over),
               count(*) FILTER (WHERE p.delivered_on < p.handed_over::date),
               count(*) FILTER (WHERE p.attempt = 1 AND r.returned_on <= p.delivered_on),
               count(*) FILTER (WHERE p.attempt = 2 AND p.handed_over::date <= r.returned_on)
        FROM orders o JOIN parcels p USING (order_id) LEFT JOIN returns r USING (order_id)
        """,
    ) == (0, 0, 0, 0, 0, 0)


def test_every_key_points_to_something(database: duckdb.DuckDBPyConnection) -> None:
    dangling = [
        one(
            database, f"SELECT count(*) FROM {child} WHERE {key} IS NOT NULL AND {key} NOT IN (FROM {parent})"
        )
        for child, key, parent in (
            ("orders", "customer_id", "(SELECT customer_id FROM customers)"),
            ("orders", "campaign_id", "(SELECT campaign_id FROM campaigns)"),
            ("parcels", "order_id", "(SELECT order_id FROM orders)"),
            ("returns", "order_id", "(SELECT order_id FROM orders)"),
            ("customers", "lead_id", "(SELECT lead_id FROM leads)"),
        )
    ]
    assert dangling == [(0,)] * 5


def test_returns_explain_the_orders_that_lost_their_dates(database: duckdb.DuckDBPyConnection) -> None:
    assert one(
        database,
        """
        SELECT count(*) FILTER (WHERE (r.order_id IS NOT NULL) <> (o.status IN ('returned', 'reshipped'))),
               count(*) FILTER (WHERE (r.resolution = 'reshipped') <> (o.status = 'reshipped')),
               count(*) FILTER (WHERE r.resolution = 'reshipped' AND r.refund <> 0),
               count(*) FILTER (WHERE r.refund > o.amount),
               count(*) FILTER (WHERE r.resolution = 'refunded' AND r.refund <= 0)
        FROM orders o LEFT JOIN returns r USING (order_id)
        """,
    ) == (0, 0, 0, 0, 0)


def test_late_orders_come_back_more_often(database: duckdb.DuckDBPyConnection) -> None:
    (late, on_time) = one(
        database,
        """
        SELECT avg((r.order_id IS NOT NULL)::int) FILTER (WHERE p.delivered_on > o.promised_on),
               avg((r.order_id IS NOT NULL)::int) FILTER (WHERE p.delivered_on <= o.promised_on)
        FROM orders o JOIN parcels p USING (order_id) LEFT JOIN returns r USING (order_id) WHERE p.attempt = 1
        """,
    )
    assert late > 3 * on_time > 0  # type: ignore[operator]


def test_some_carriers_are_late_in_some_regions(database: duckdb.DuckDBPyConnection) -> None:
    rows = database.execute(
        """
        SELECT o.region, p.carrier, avg((p.delivered_on > o.promised_on)::int) AS late
        FROM orders o JOIN parcels p USING (order_id) WHERE p.attempt = 1 GROUP BY ALL ORDER BY late
        """
    ).fetchall()
    assert len(rows) == 12
    best, worst = rows[0], rows[-1]
    assert worst[:2] == ("EU", "CargoPony")
    assert worst[2] > 3 * best[2]


def test_a_converted_lead_has_its_customers_address(database: duckdb.DuckDBPyConnection) -> None:
    pairs, equal, converted = one(
        database,
        """
        SELECT count(*), count(*) FILTER (WHERE l.email = c.email),
               (SELECT count(*) FROM leads WHERE converted)
        FROM customers c JOIN leads l USING (lead_id)
        """,
    )
    assert pairs == equal == converted != 0
