"""Python's clients over Flight SQL, the real gateway, a real PostgreSQL behind it: the same values as from there."""

import datetime as dt
import threading
import time
from decimal import Decimal
from typing import Any
from uuid import UUID

import adbc_driver_flightsql
import adbc_driver_manager
import duckdb
import pandas as pd
import polars as pl
import psycopg
import pyarrow as pa
import pytest
import sqlalchemy

from gateway.audit import AuditRecord, records
from gateway.frontends.flight.messages import made, packed, read, unpacked
from tests.clients.flight_client import RawClient, connected
from tests.clients.real_gateway import Real
from tests.clients.real_mesh import RELATIONS

LONG = "SELECT count(*) FROM generate_series(1, 6000000) AS a(i) WHERE md5(md5(i::text)) LIKE '%7777%'"


def of_source(real: Real, sql: str, *parameters: object) -> list[tuple[Any, ...]]:
    with psycopg.connect(real.source, autocommit=True) as connection:
        return psycopg.RawCursor(connection).execute(sql.encode(), parameters or None).fetchall()


def over_flight(real: Real, sql: str, *parameters: object) -> list[tuple[Any, ...]]:
    with connected(real.flight, "analyst") as connection, connection.cursor() as cursor:
        cursor.execute(sql, parameters or None)
        return cursor.fetchall()


def on_record(real: Real, statement: str) -> list[AuditRecord]:
    """The last that the audit has of each access."""
    found = [each for each in records(real.folder / "state/audit") if each.statement == statement]
    assert {each.endpoint for each in found} <= {"flight"}
    return list({each.id: each for each in found}.values())


# --- values ----------------------------------------------------------------------------------------------


def same(value: Any) -> Any:
    """What two drivers say of one value: a UUID is a text to one of them, a decimal has zeros at its end."""
    match value:
        case Decimal():
            return value.normalize()
        case UUID() | dt.datetime():
            return str(value)
    return value


UNLIKE = ("transit", "profile", "address", "discount")
"""Columns whose values the two drivers have in Python types that cannot be compared."""


@pytest.mark.parametrize("relation", RELATIONS)
def test_values_are_those_of_postgresql(real: Real, relation: str) -> None:
    names = [column.split(" ")[0] for column in RELATIONS[relation].split(", ")]
    sql = f"SELECT {', '.join(name for name in names if name not in UNLIKE)} FROM {relation}"
    found, expected = over_flight(real, sql), of_source(real, sql)
    assert found
    assert sorted(repr([*map(same, row)]) for row in found) == sorted(
        repr([*map(same, row)]) for row in expected
    )


def test_arrow_types_are_those_that_execute_schema_promises(real: Real) -> None:
    for relation in RELATIONS:
        with connected(real.flight, "analyst") as connection, connection.cursor() as cursor:
            promised = cursor.adbc_execute_schema(f"SELECT * FROM {relation}")
            cursor.execute(f"SELECT * FROM {relation}")
            assert cursor.fetch_arrow_table().schema.equals(promised)
            listed = connection.adbc_get_table_schema(
                relation.split(".")[1], db_schema_filter=relation.split(".")[0]
            )
            assert [(field.name, field.type) for field in listed] == [(f.name, f.type) for f in promised]


ASKED: tuple[tuple[str, object], ...] = (
    ("SELECT count(*) FROM sales.orders WHERE ordered_on >= $1", dt.date(2026, 3, 1)),
    ("SELECT count(*) FROM sales.orders WHERE ordered_on >= $1", "2026-03-01"),
    ("SELECT count(*) FROM sales.orders WHERE ordered_at < $1", dt.datetime(2026, 1, 5, tzinfo=dt.UTC)),
    ("SELECT sum(amount) FROM sales.orders WHERE amount < $1", Decimal("100.25")),
    ("SELECT order_id FROM sales.orders WHERE note LIKE $1 ORDER BY order_id LIMIT 3", "n_"),
    ("SELECT count(*) FROM sales.orders WHERE note IS NOT DISTINCT FROM $1", None),
    ("SELECT count(*) FROM sales.orders WHERE score < $1", 0.1),
    ("SELECT count(*) FROM sales.orders WHERE order_id = $1", -(2**63)),
    ("SELECT name FROM sales.customers WHERE external_id = $1", "c4ca4238-a0b9-2382-0dcc-509a6f75849b"),
    ("SELECT customer_id FROM sales.customers WHERE photo = $1", b"\x00\xff\x5c"),
    ("SELECT count(*) FROM sales.customers WHERE vip = $1", True),
    ("SELECT name FROM sales.customers WHERE name = $1", 'Köln "\\" \t \U0001f600'),
    ("SELECT count(*) FROM shipping.parcels WHERE cutoff < $1", dt.time(17, 0, 1)),
)


@pytest.mark.parametrize(("sql", "value"), ASKED, ids=[f"{sql} {value!r}" for sql, value in ASKED])
def test_parameters_mean_the_same(real: Real, sql: str, value: object) -> None:
    assert over_flight(real, sql, value) == of_source(real, sql, value)


def test_batches_of_bindings_run_one_after_the_other(real: Real) -> None:
    sql = "SELECT order_id FROM sales.orders WHERE customer_id = ? AND order_id < 200 ORDER BY order_id"
    bound = pa.record_batch({"1": pa.array([7, 3, None, 9], pa.int64())})
    with connected(real.flight, "analyst") as connection, connection.cursor() as cursor:
        cursor.adbc_prepare(sql)
        cursor.adbc_statement.bind(bound)
        handle, _ = cursor.adbc_statement.execute_query()
        found = pa.RecordBatchReader.from_stream(handle).read_all()["order_id"].to_pylist()
    each = [of_source(real, sql.replace("?", "$1"), value) for value in (7, 3, None, 9)]
    assert found == [row[0] for part in each for row in part]
    assert [record.outcome for record in on_record(real, sql)] == ["done"] * 4


# --- the ecosystem ---------------------------------------------------------------------------------------

SUMMARY = "SELECT country, n_orders, revenue FROM sales.order_summary ORDER BY country, ordered_on"


def test_pandas(real: Real) -> None:
    with connected(real.flight, "analyst") as connection:
        frame = pd.read_sql(SUMMARY, connection)
    assert [tuple(row) for row in frame.itertuples(index=False)] == of_source(real, SUMMARY)


def test_polars(real: Real) -> None:
    with connected(real.flight, "analyst") as connection:
        frame = pl.read_database(SUMMARY, connection)
    assert frame.rows() == of_source(real, SUMMARY)
    assert frame.schema["n_orders"] == pl.Int64


def test_duckdb_reads_the_stream_as_it_comes(real: Real) -> None:
    with connected(real.flight, "analyst") as connection, connection.cursor() as cursor:
        cursor.execute("SELECT order_id, amount FROM sales.orders WHERE order_id BETWEEN 1 AND 3000")
        orders = cursor.fetch_record_batch()
        with duckdb.connect() as here:
            assert here.execute("SELECT count(*), sum(amount) FROM orders").fetchall() == of_source(
                real, "SELECT count(*), sum(amount) FROM sales.orders WHERE order_id BETWEEN 1 AND 3000"
            )
        assert isinstance(orders, pa.RecordBatchReader)


def test_sqlalchemy(real: Real) -> None:
    address = real.flight.removeprefix("grpc://")
    engine = sqlalchemy.create_engine(
        f"adbc+flightsql://{address}/?tls=false&username=analyst&password=analyst-pw"
    )
    looked_at = sqlalchemy.inspect(engine)
    assert looked_at.get_schema_names() == ["marketing", "sales", "shipping"]
    assert looked_at.has_table("orders", schema="sales")
    orders = sqlalchemy.Table("orders", sqlalchemy.MetaData(), schema="sales", autoload_with=engine)
    with engine.connect() as connection:
        chosen = sqlalchemy.select(orders.c.order_id, orders.c.amount).where(orders.c.order_id == 7)
        assert [tuple(row) for row in connection.execute(chosen)] == of_source(
            real, "SELECT order_id, amount FROM sales.orders WHERE order_id = 7"
        )
    chunks = pd.read_sql("SELECT order_id, status FROM sales.orders", engine, chunksize=1000)
    assert sum(len(chunk) for chunk in chunks) == 3003
    engine.dispose()


def test_without_autocommit_nothing_changes(real: Real) -> None:
    with connected(real.flight, "analyst") as connection:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 AS one")
            assert cursor.fetchall() == [(1,)]
        connection.commit()
        connection.rollback()


# --- the session -----------------------------------------------------------------------------------------

PURPOSE = "adbc.flight.sql.session.option.purpose"


def test_a_purpose_opens_what_needs_it_and_only_to_whom_has_it(real: Real) -> None:
    asked = "SELECT count(*) FROM sales.customers"
    with connected(real.flight, "carl") as connection, connection.cursor() as cursor:
        with pytest.raises(adbc_driver_manager.Error, match=r'"sales\.customers" does not exist'):
            cursor.execute(asked)
        connection.adbc_connection.set_options(**{PURPOSE: "audit"})
        cursor.execute(asked)
        assert cursor.fetchall() == [(53,)]
        with pytest.raises(adbc_driver_manager.Error):
            connection.adbc_connection.set_options(**{PURPOSE: "anything"})
    (record,) = [each for each in on_record(real, asked) if each.outcome == "done"]
    assert (record.principal, record.purpose) == ("carl", "audit")


def test_a_purpose_may_stand_in_the_header_of_each_call(real: Real) -> None:
    asked = "SELECT max(customer_id) IS NOT NULL AS some FROM sales.customers"
    header = "adbc.flight.sql.rpc.call_header.x-mesh-purpose"
    with connected(real.flight, "carl", **{header: "audit"}) as connection, connection.cursor() as cursor:
        cursor.execute(asked)
        assert cursor.fetchall() == [(True,)]
    with (
        connected(real.flight, "carl", **{header: "anything"}) as connection,
        connection.cursor() as cursor,
        pytest.raises(adbc_driver_manager.Error),
    ):
        cursor.execute(asked)
    found = {(each.outcome, each.purpose) for each in on_record(real, asked)}
    assert found == {("done", "audit"), ("refused", "anything")}


def test_a_schema_is_where_names_without_one_are_looked_for(real: Real) -> None:
    with connected(real.flight, "analyst") as connection, connection.cursor() as cursor:
        connection.adbc_connection.set_options(**{"adbc.connection.db_schema": "shipping"})
        cursor.execute("SELECT count(*) FROM carriers")
        assert cursor.fetchall() == [(3,)]
        assert connection.adbc_current_db_schema == "shipping"
        assert connection.adbc_current_catalog == "mesh"


# --- what is refused, and what is on record --------------------------------------------------------------


@pytest.mark.parametrize(
    ("sql", "kind", "state"),
    [
        ("selec", adbc_driver_manager.ProgrammingError, "42601"),
        ("select * from sales.nope", adbc_driver_manager.ProgrammingError, "42P01"),
        ("select nope from sales.orders", adbc_driver_manager.ProgrammingError, "42703"),
        ("insert into sales.orders values (1)", adbc_driver_manager.ProgrammingError, "25006"),
        ("select 'x'::int", adbc_driver_manager.ProgrammingError, "22P02"),
        ("select 9223372036854775807 + order_id from sales.orders", adbc_driver_manager.Error, "22003"),
    ],
)
def test_errors_tell_their_kind_and_nothing_of_the_inside(
    real: Real, sql: str, kind: type[Exception], state: str
) -> None:
    with connected(real.flight, "analyst") as connection, connection.cursor() as cursor:
        with pytest.raises(kind, match=f"SQLSTATE {state}") as caught:
            cursor.execute(sql).fetchall()
        assert not any(word in str(caught.value) for word in ("Traceback", ".py", "/", "pyarrow"))
    (record,) = on_record(real, sql)
    assert (record.sqlstate, record.outcome) == (state, "failed" if state[:2] == "22" else "refused")


def test_updates_are_refused_and_on_record(real: Real) -> None:
    sql = "DELETE FROM sales.orders WHERE order_id = 4"
    with connected(real.flight, "analyst") as connection, connection.cursor() as cursor:
        with pytest.raises(adbc_driver_manager.Error, match="25006"):
            cursor.executescript(sql)
        with pytest.raises(adbc_driver_manager.Error, match="25006"):
            cursor.adbc_ingest("orders", pa.table({"a": [1]}), mode="append")
    assert [record.outcome for record in on_record(real, sql)] == ["refused"]


def test_rows_are_on_record_before_they_leave(real: Real) -> None:
    sql = "SELECT order_id FROM sales.orders"
    with RawClient(real.flight, "analyst") as client:
        info = client.info("CommandStatementQuery", query=sql)
        assert [record.outcome for record in on_record(real, sql)] == ["started"]
        client.get(info.endpoints[0].ticket)
    (record,) = on_record(real, sql)
    assert (record.outcome, record.rows, record.client) == ("done", 3003, "127.0.0.1")
    assert record.revealed == ("sales.orders.order_id",)


# --- cancel ----------------------------------------------------------------------------------------------


def ended(real: Real, sql: str) -> AuditRecord:
    """The record of a statement, once it is closed."""
    until = time.monotonic() + 10
    while time.monotonic() < until:
        (record,) = on_record(real, sql) or (None,)
        if record is not None and record.outcome != "started":
            return record
        time.sleep(0.05)
    raise AssertionError("the statement has not ended")


def test_a_vanished_client_frees_its_query(real: Real) -> None:
    sql = f"{LONG} -- vanishing"
    client = RawClient(real.flight, "analyst")
    reader = client.client.do_get(
        client.info("CommandStatementQuery", query=sql).endpoints[0].ticket, client.options
    )
    reader.cancel()
    client.close()
    assert ended(real, sql).outcome == "cancelled"


def test_adbc_cancels(real: Real) -> None:
    sql = f"{LONG} -- canceled"
    with connected(real.flight, "analyst") as connection, connection.cursor() as cursor:
        cursor.execute(sql)
        threading.Timer(0.5, cursor.adbc_cancel).start()
        with pytest.raises(adbc_driver_manager.Error):
            cursor.fetchall()
    assert ended(real, sql).outcome == "cancelled"


@pytest.mark.parametrize("action", ["CancelFlightInfo", "CancelQuery"])
def test_a_flight_info_cancels_what_waits_and_what_runs(real: Real, action: str) -> None:
    def canceled(client: RawClient, info: Any) -> int:
        if action == "CancelQuery":
            body = packed("ActionCancelQueryRequest", info=info.serialize())
            return unpacked(client.act(action, body)[0])[1].result
        body = made("CancelFlightInfoRequest", info=info.serialize()).SerializeToString()
        return read("CancelFlightInfoResult", client.act(action, body)[0]).status

    with RawClient(real.flight, "analyst") as client, RawClient(real.flight, "dora") as other:
        waiting, running = (f"{LONG} -- {action} {what}" for what in ("waiting", "running"))
        first = client.info("CommandStatementQuery", query=waiting)
        assert canceled(other, first) == 3
        assert canceled(client, first) == 1
        assert ended(real, waiting).outcome == "cancelled"
        second = client.info("CommandStatementQuery", query=running)
        reader = client.client.do_get(second.endpoints[0].ticket, client.options)
        assert canceled(client, second) == 1
        with pytest.raises(pa.ArrowCancelled):
            for _ in reader:  # `read_all` makes a KeyboardInterrupt of it
                pass
        assert ended(real, running).outcome == "cancelled"
        assert canceled(client, second) == 3


def test_adbc_driver_says_who_it_talks_to(real: Real) -> None:
    with connected(real.flight, "analyst") as connection:
        assert connection.adbc_get_info()["vendor_name"] == "meshgate"
        assert set(connection.adbc_get_table_types()) == {"TABLE", "VIEW"}
    assert adbc_driver_flightsql.__version__
