"""Sessions in other time zones than UTC: each statement's answer is PostgreSQL's, or it is refused."""

import datetime as dt
from collections.abc import Iterator
from zoneinfo import ZoneInfo

import psycopg
import pytest

from tests.clients.real_gateway import Real
from tests.clients.test_same_bytes import FOLDER
from tests.clients.verdicts import Wire, wire

ZONES = ("Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe")
REFUSED = (
    "SELECT ARRAY[ordered_at] || ordered_at FROM sales.orders WHERE order_id = 5",
    "SELECT count(*) FROM generate_series(timestamptz '2024-03-30 00:00', timestamptz '2024-04-02 00:00', '1 day')",
    "SELECT to_json(ordered_at) FROM sales.orders WHERE order_id = 5",
    "SELECT note::timestamptz FROM sales.orders WHERE order_id = 5",
    "SELECT ordered_at + transit FROM sales.orders JOIN shipping.parcels USING (order_id) WHERE order_id = 5",
    "SELECT array_agg(ordered_at)::text FROM sales.orders WHERE order_id = 5",
    "SELECT max_by(ordered_at, order_id)::date FROM sales.orders WHERE order_id = 5",
    "SELECT m::date FROM (SELECT max_by(ordered_at, order_id) AS m FROM sales.orders WHERE order_id = 5) AS t",
    "SELECT ordered_at FROM sales.orders WHERE order_id = 5 UNION ALL SELECT ordered_on FROM sales.orders WHERE false",
    "SELECT coalesce(ordered_at, ordered_on) FROM sales.orders WHERE order_id = 5",
    "SELECT ordered_at IN (SELECT ordered_on FROM sales.orders) FROM sales.orders WHERE order_id = 5",
    "SELECT date_diff('day', ordered_at, ordered_at) FROM sales.orders WHERE order_id = 5",
    "SELECT make_timestamptz(2024, 7, 1, 10, 0, 0)",
    "SELECT age(ordered_at) FROM sales.orders WHERE order_id = 5",
)


@pytest.fixture(scope="module", params=ZONES)
def both(real: Real, request: pytest.FixtureRequest) -> Iterator[tuple[Wire, Wire]]:
    with wire(real.uri()) as ours, wire(real.source) as theirs:
        for server in (ours, theirs):
            assert not server.simple(f"SET TIME ZONE '{request.param}'").state
        yield ours, theirs


@pytest.mark.parametrize("statement", (FOLDER / "zones.sql").read_text("utf-8").splitlines())
def test_the_answer_is_postgresqls(both: tuple[Wire, Wire], statement: str) -> None:
    ours, theirs = both
    assert ours.simple(statement) == theirs.simple(statement)
    assert ours.binary(statement) == theirs.binary(statement)


@pytest.mark.parametrize("statement", REFUSED)
def test_what_the_zone_would_change_elsewhere_is_refused(both: tuple[Wire, Wire], statement: str) -> None:
    assert both[0].simple(statement).state in ("0A000", "42883")


def test_every_hour_of_a_year_is_shown_by_the_clock(both: tuple[Wire, Wire]) -> None:
    ours, theirs = both
    hours = "SELECT to_timestamp(1704069000.5 + i * 3600) AS at FROM generate_series(0, 8783) AS s(i)"
    assert ours.simple(hours).rows == theirs.simple(hours).rows
    parts = "SELECT extract(day FROM at), extract(hour FROM at), date_trunc('day', at), at::date, at::text AS shown"
    assert ours.simple(f"{parts} FROM ({hours}) AS t ORDER BY at").rows == (
        theirs.simple(f"{parts} FROM ({hours}) AS t ORDER BY at").rows
    )


def test_a_time_without_an_offset_means_the_sessions_zone(real: Real) -> None:
    """As a parameter in text format, as drivers send it, and in COPY; told at the start like any setting."""
    for uri in (real.uri(), real.source):
        with psycopg.connect(uri, autocommit=True, options="-c timezone=Europe/Berlin") as connection:
            assert connection.info.parameter_status("TimeZone") == "Europe/Berlin"
            found = connection.pgconn.exec_params(b"SELECT $1::timestamptz", [b"2024-07-01 10:00"])
            assert found.get_value(0, 0) == b"2024-07-01 10:00:00+02"
            with connection.cursor().copy(
                "COPY (SELECT timestamptz '2024-07-01 08:00+00') TO STDOUT"
            ) as copy:
                assert b"".join(bytes(part) for part in copy) == b"2024-07-01 10:00:00+02\n"
            (told,) = connection.execute("SELECT timestamptz '2024-07-01 08:00+00'").fetchone() or ()
            assert told == dt.datetime(2024, 7, 1, 10, tzinfo=ZoneInfo("Europe/Berlin"))


def test_a_zone_that_nobody_knows_is_refused(real: Real) -> None:
    with real.connect() as connection, pytest.raises(psycopg.errors.InvalidParameterValue):
        connection.execute("SET timezone = 'Mars/Olympus'")


@pytest.mark.parametrize("zone", ["-5", "'+02'", "'+02:00'", "'GMT-02:00'", "'UTC+3'", "14"])
def test_whole_hours_from_utc_are_a_zone(real: Real, zone: str) -> None:
    with wire(real.uri()) as ours, wire(real.source) as theirs:
        for server in (ours, theirs):
            assert not server.simple(f"SET TIME ZONE {zone}").state
        asked = (
            "SELECT timestamptz '2024-07-01 08:00+00', date_trunc('day', timestamptz '2024-07-01 08:00+00')"
        )
        assert ours.simple(asked) == theirs.simple(asked)
