"""Texts of intervals and jsonb, read and written as PostgreSQL does."""

import json

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.frontends.pgwire.encoding.convert import jsonb_text
from gateway.sql.spellings.intervals import in_parts
from tests.servers import PostgresServer

INTERVALS = (
    "1 day ago", "1-2", "-1-2", "1 02:03:04", "P1Y2M3DT4H5M6S", "PT1H", "P2W", "1.5 days", "1.5 months", "1.5 years",
    "2 weeks 3 days", "1 mon 2 h", "02:03", "1 year 3 months", "1 day -02:00:00", "10", "1y2d", "-1 day +02:03",
    "@ 1 minute", "1 day 2", "3 4:05", "1 decade", "2 centuries 1 millennium", "500 ms", "7 us", "1.25 hours",
    "nonsense", "", "1 fortnight", "1 day 2 days ago", "1:2:3.5",
)  # fmt: skip


@pytest.mark.parametrize("text", INTERVALS)
def test_an_interval_is_read_as_postgresql_reads_it(postgres: PostgresServer, text: str) -> None:
    ours, asked = (
        in_parts(text),
        "SELECT extract(epoch FROM %s::interval), age(%s::interval + '2000-01-01', '2000-01-01')",
    )
    with psycopg.connect(postgres.uri(), autocommit=True) as connection:
        try:
            theirs = connection.execute("SELECT %s::interval::text", (text,)).fetchone()
        except psycopg.Error:
            assert ours is None, asked
            return
        assert ours is not None
        assert connection.execute("SELECT %s::interval::text", (ours,)).fetchone() == theirs


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(st.characters(exclude_characters="\0", codec="utf-8")),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text("aäb\U0001f600c", max_size=3), inner, max_size=4)
    ),
    max_leaves=8,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(value=VALUES, blanks=st.sampled_from([(",", ":"), (" , ", " : ")]))
def test_a_jsonb_is_written_as_postgresql_writes_it(
    postgres: PostgresServer, value: object, blanks: tuple[str, str]
) -> None:
    text = json.dumps(value, ensure_ascii=False, separators=blanks)
    ((theirs,),) = postgres.query("SELECT '" + text.replace("'", "''") + "'::jsonb::text")
    assert jsonb_text(text) == theirs


@pytest.mark.parametrize(
    "text", ["1.50", "1e2", "-0", "1.0e-3", "0.10", '{"a":1,"a":2}', "123456789012345678901234567890"]
)
def test_numbers_of_a_jsonb_keep_their_digits(postgres: PostgresServer, text: str) -> None:
    assert postgres.query(f"SELECT '{text}'::jsonb::text") == [(jsonb_text(text),)]
