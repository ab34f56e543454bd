"""A statement in several parts, which a client pulls side by side: the branches of its UNION ALL."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import adbc_driver_manager
import psycopg
import pyarrow as pa
import pytest
from pyarrow import flight

from gateway.audit import AuditRecord, records
from gateway.frontends.flight import tickets
from gateway.frontends.flight.messages import made
from tests.clients.flight_client import RawClient, connected
from tests.clients.real_gateway import Real
from tests.clients.test_flight_sql import of_source
from tests.clients.test_vanishing import SUM, at_work, wait_for

ORDERS = "SELECT order_id, note FROM sales.orders WHERE order_id BETWEEN 1 AND 3000 AND order_id % 3 ="
BRANCHES = " UNION ALL ".join(f"{ORDERS} {number}" for number in (2, 0, 1))


@pytest.fixture
def client(real: Real) -> Iterator[RawClient]:
    with RawClient(real.flight, "analyst") as made_one:
        yield made_one


def begun(client: RawClient, sql: str) -> flight.FlightInfo:
    return client.info("CommandStatementQuery", query=sql)


def got(client: RawClient, info: flight.FlightInfo) -> list[pa.Table]:
    return [client.get(endpoint.ticket) for endpoint in info.endpoints]


def on_record(real: Real, sql: str) -> AuditRecord:
    """The access; there is one, in however many parts it is read."""
    found = [each for each in records(real.folder / "state/audit") if each.statement == sql]
    assert len({each.id for each in found}) == 1
    return found[-1]


def test_the_parts_are_the_answer_in_its_order(real: Real, client: RawClient) -> None:
    sql = f"{BRANCHES} -- in order"
    info = begun(client, sql)
    assert len(info.endpoints) == 3
    assert on_record(real, sql).outcome == "started"
    parts = got(client, info)
    assert [part.num_rows for part in parts] == [
        of_source(real, f"SELECT count(*) FROM ({ORDERS} {number}) AS t")[0][0] for number in (2, 0, 1)
    ]
    assert all(part.schema.equals(info.schema) for part in parts)
    rows = pa.concat_tables(parts).to_pylist()
    expected = of_source(
        real, "SELECT order_id, note FROM sales.orders WHERE order_id BETWEEN 1 AND 3000 ORDER BY order_id"
    )
    assert sorted((tuple(row.values()) for row in rows), key=lambda row: row[0]) == expected
    record = on_record(real, sql)
    assert (record.outcome, record.rows) == ("done", 3000)
    assert set(record.revealed) == {"sales.orders.note", "sales.orders.order_id"}


def test_clients_that_know_nothing_of_parts_get_all_rows_in_order(real: Real) -> None:
    with connected(real.flight, "analyst") as connection, connection.cursor() as cursor:
        cursor.execute(BRANCHES)
        found = [row[0] % 3 for row in cursor.fetchall()]
    assert (found, len(found)) == (sorted(found, key=[2, 0, 1].index), 3000)


def test_adbc_hands_parts_to_others(real: Real) -> None:
    """Each read over a connection of its own, by the same principal and no other."""
    with connected(real.flight, "analyst") as connection, connection.cursor() as cursor:
        parts, schema = cursor.adbc_execute_partitions(BRANCHES)
    assert (len(parts), schema.names) == (3, ["order_id", "note"])

    def pulled(part: bytes, name: str = "analyst") -> int:
        with connected(real.flight, name) as connection, connection.cursor() as cursor:
            cursor.adbc_read_partition(part)
            return int(cursor.fetch_arrow_table().num_rows)

    with pytest.raises(adbc_driver_manager.Error, match="unknown, used or expired"):
        pulled(parts[0], "dora")
    with ThreadPoolExecutor(3) as pool:
        assert sum(pool.map(pulled, parts)) == 3000
    with pytest.raises(adbc_driver_manager.Error, match="unknown, used or expired"):
        pulled(parts[0])


def test_all_parts_see_one_state_of_the_source(real: Real, client: RawClient) -> None:
    info = begun(client, f"{ORDERS} 0 UNION ALL {ORDERS} 0")
    first = client.get(info.endpoints[0].ticket)
    with psycopg.connect(real.source, autocommit=True) as source:
        source.execute("UPDATE sales.orders SET order_id = 9003 WHERE order_id = 3")
        try:
            second = client.get(info.endpoints[1].ticket)
        finally:
            source.execute("UPDATE sales.orders SET order_id = 3 WHERE order_id = 9003")
    assert sorted(second["order_id"].to_pylist()) == sorted(first["order_id"].to_pylist())
    assert 3 in second["order_id"].to_pylist()


@pytest.mark.parametrize(
    "sql",
    [
        f"{ORDERS} 0",
        f"{ORDERS} 0 UNION {ORDERS} 1",
        f"{ORDERS} 0 UNION ALL {ORDERS} 1 ORDER BY 1",
        f"{ORDERS} 0 UNION ALL {ORDERS} 1 LIMIT 5",
        f"SELECT count(*) AS n FROM ({BRANCHES}) AS t",
        "SELECT 1 AS n UNION ALL SELECT 1.5",
        f"SELECT * FROM ({ORDERS} 0) AS a EXCEPT ALL {ORDERS} 1",
    ],
)
def test_what_is_one_piece_has_one_part(real: Real, client: RawClient, sql: str) -> None:
    info = begun(client, sql)
    assert len(info.endpoints) == 1
    (whole,) = got(client, info)
    with psycopg.connect(real.uri(), autocommit=True) as wire:
        assert whole.num_rows == len(wire.execute(sql.encode()).fetchall())


def test_literals_of_remembered_plans_are_put_into_the_parts(real: Real, client: RawClient) -> None:
    for low, high in ((10, 20), (30, 45), (50, 55), (60, 61)):
        sql = " UNION ALL ".join(
            f"SELECT order_id FROM sales.orders WHERE order_id BETWEEN {low} AND {high} AND order_id % 2 = {rest}"
            for rest in (0, 1)
        )
        info = begun(client, sql)
        assert len(info.endpoints) == 2
        found = [row for part in got(client, info) for row in part["order_id"].to_pylist()]
        assert sorted(found) == list(range(low, high + 1))


def test_now_is_one_moment_in_all_parts(real: Real, client: RawClient) -> None:
    parts = got(
        client, begun(client, "SELECT now() AS t UNION ALL SELECT current_timestamp UNION ALL SELECT now()")
    )
    assert len({moment for part in parts for moment in part["t"].to_pylist()}) == 1


def test_joins_and_other_sources_in_a_part(real: Real, client: RawClient) -> None:
    joined = (
        "SELECT o.order_id FROM sales.orders AS o JOIN sales.customers AS c ON c.customer_id = o.customer_id"
    )
    sql = f"{joined} UNION ALL SELECT carrier_id::bigint FROM shipping.carriers UNION ALL SELECT 7::bigint"
    info = begun(client, sql)
    assert len(info.endpoints) == 3
    found = [list(part.column(0).to_pylist()) for part in got(client, info)]
    with psycopg.connect(real.uri(), autocommit=True) as wire:
        expected = [row[0] for row in wire.execute(sql).fetchall()]
    assert sorted(number for part in found for number in part) == sorted(expected)
    assert found[2] == [7]


def test_a_part_that_fails_ends_all_and_is_on_record(real: Real, client: RawClient) -> None:
    sql = f"{ORDERS} 0 UNION ALL SELECT order_id, CAST(note AS integer)::text FROM sales.orders -- fails"
    info = begun(client, sql)
    client.get(info.endpoints[0].ticket)
    with pytest.raises(pa.ArrowInvalid, match="SQLSTATE 22P02"):
        client.get(info.endpoints[1].ticket)
    record = on_record(real, sql)
    assert (record.outcome, record.sqlstate) == ("failed", "22P02")


def test_a_part_that_nobody_fetches_ends_the_statement(
    real: Real, client: RawClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    sql = f"{BRANCHES} -- abandoned"
    monkeypatch.setattr(real.server._endpoints["flight"][1]._tickets, "_seconds", 0.5)  # type: ignore[attr-defined]
    info = begun(client, sql)
    client.get(info.endpoints[0].ticket)
    wait_for(lambda: on_record(real, sql).outcome == "cancelled")
    with pytest.raises(pa.ArrowInvalid, match="unknown, used or expired"):
        client.get(info.endpoints[1].ticket)
    assert on_record(real, sql).rows == 1000
    assert at_work(real) == 0


class Slow:
    """An answer that is read until it is let go."""

    def __init__(self) -> None:
        self.schema = pa.schema([])
        self.closed = threading.Event()

    def batches(self) -> Iterator[pa.RecordBatch]:
        return iter(())

    def cancel(self) -> None: ...

    def close(self) -> None:
        self.closed.set()


def test_a_part_waits_while_another_is_read() -> None:
    held, answers = tickets.Tickets(most=1, seconds=0.2), [Slow(), Slow()]
    first, _ = held.issue(answers, "ana")
    held.take(first, "ana")
    time.sleep(0.7)
    assert not answers[1].closed.is_set()
    held.done(first)
    assert answers[1].closed.wait(5)


def test_canceling_one_part_or_all_frees_the_source(real: Real, client: RawClient) -> None:
    info = begun(client, f"{SUM} UNION ALL {SUM} -- canceled")
    assert len(info.endpoints) == 2
    reader = client.client.do_get(info.endpoints[0].ticket, client.options)
    reading = threading.Thread(target=lambda: [None for _ in _drained(reader)])
    reading.start()
    wait_for(lambda: at_work(real) > 0)
    client.act("CancelFlightInfo", made("CancelFlightInfoRequest", info=info.serialize()).SerializeToString())
    reading.join(10)
    wait_for(lambda: at_work(real) == 0)
    wait_for(lambda: on_record(real, f"{SUM} UNION ALL {SUM} -- canceled").outcome == "cancelled")


def _drained(reader: flight.FlightStreamReader) -> Iterator[object]:
    try:
        yield from reader
    except (pa.ArrowException, RuntimeError):
        return
