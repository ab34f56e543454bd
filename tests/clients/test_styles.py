"""Settings that say how values are written: what arrives is what PostgreSQL writes."""

import psycopg
import pytest

from tests.clients.real_gateway import Real
from tests.clients.verdicts import wire

INTERVALS = (
    "0", "1 day", "-1 day", "1 year 2 mons", "-1 year -2 mons", "1 year -2 mons", "3 days 04:05:06.789",
    "-3 days -04:05:06.789", "1 year 2 mons -3 days 04:05:06", "-1 mons -00:00:00.000001", "00:00:01", "-00:00:01",
    "00:00:00.5", "-00:00:00.5", "1 mons 1 day", "04:00:00", "-1 years -1 day -00:01:00", "100:00:00", "00:01:01",
)  # fmt: skip
STYLES = ("postgres", "postgres_verbose", "iso_8601", "sql_standard")


@pytest.mark.parametrize("style", STYLES)
def test_intervals(real: Real, style: str) -> None:
    shown = ", ".join(f"interval '{text}'" for text in INTERVALS)
    asked = f"SELECT {shown}, ARRAY[interval '1 day', NULL]"
    with wire(real.uri()) as ours, wire(real.source) as theirs:
        for server in (ours, theirs):
            assert server.simple(f"SET IntervalStyle = {style}").tags == ("SET",)
        assert ours.simple(asked).rows == theirs.simple(asked).rows
        assert ours.binary(asked).rows == theirs.binary(asked).rows
        copied = f"COPY ({asked}) TO STDOUT"
        assert ours.simple(copied).tags == theirs.simple(copied).tags == ("COPY 1",)


def test_bytes(real: Real) -> None:
    asked = "SELECT '\\x00015c7e7fff2741'::bytea, photo FROM sales.customers ORDER BY customer_id"
    with wire(real.uri()) as ours, wire(real.source) as theirs:
        for server in (ours, theirs):
            server.simple("SET bytea_output = escape")
        assert ours.simple(asked).rows == theirs.simple(asked).rows


@pytest.mark.parametrize("path", ["sales", "nope, shipping", "'shipping'", "public", '"$user", public'])
def test_the_current_schema_is_the_first_of_the_search_path(real: Real, path: str) -> None:
    with real.connect() as ours, psycopg.connect(real.source, autocommit=True) as theirs:
        found = []
        for server in (ours, theirs):
            server.execute(f"SET search_path = {path}".encode())
            found.append(server.execute("SELECT current_schema, current_schema()::text").fetchall())
        assert found[0] == found[1]
