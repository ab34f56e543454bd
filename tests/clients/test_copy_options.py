"""Each option of COPY TO STDOUT, in both spellings: the bytes are PostgreSQL's, and so is what is refused."""

import pytest

from tests.clients.real_gateway import Real
from tests.clients.test_wire_sequences import exchanged
from tests.frontends.wire_messages import query

ROWS = r"""SELECT i, b, c, d FROM
(VALUES (1, 'a', 'x,"y"', NULL), (2, E'b\tc\n\\', '', 'N'), (3, NULL, '\.', 'é')) AS t(i, b, c, d)"""
TABLE = "SELECT * FROM sales.customers WHERE customer_id < 2 ORDER BY 1"
OPTIONS = (
    "", "WITH (FORMAT csv)", "WITH (FORMAT csv, HEADER)", "WITH (FORMAT text, HEADER)", "(FORMAT 'csv')",
    "(FORMAT csv, HEADER true, DELIMITER ';')", "(FORMAT csv, QUOTE '''')", r"(FORMAT csv, ESCAPE E'\\')",
    "(FORMAT csv, NULL 'NULL')", "(FORMAT csv, FORCE_QUOTE *)", "(NULL '')", "(DELIMITER '|')",
    "(DELIMITER ',', NULL 'n')", "(FORMAT binary)", "(ENCODING 'UTF8')", "CSV", "CSV HEADER", "BINARY",
    "CSV HEADER DELIMITER ';'", "DELIMITER '|' NULL 'x'", "WITH CSV HEADER FORCE QUOTE *", "(FORMAT csv, HEADER off)",
    "WITH DELIMITER AS ',' NULL AS ''", "(FORMAT csv, HEADER 1)", r"(FORMAT csv, DELIMITER E'\t')",
    r"DELIMITER E'\t' CSV", r"(DELIMITER E'\x01')", r"(NULL E'\\N')", r"(DELIMITER E'\n')", "(DELIMITER 'a')",
    "(DELIMITER ',', NULL ',')", "(FORMAT xml)", "(DELIMITER 'ab')", "(FORMAT binary, DELIMITER ',')",
    "(FORMAT csv, DELIMITER '\"')", "(QUOTE '\"')", "(FORMAT csv, FORMAT csv)", r"(NULL E'a\n')",
    "(FORMAT csv, NULL '\"')", "(FORMAT csv, HEADER 'yes')", "(FORMAT csv,)", "(NOSUCH 1)",
)  # fmt: skip
OTHERS = (
    "COPY shipping.carriers TO STDOUT", "COPY shipping.carriers (name) TO STDOUT",
    "COPY shipping.carriers (name, carrier_id) TO STDOUT CSV HEADER", "COPY shipping.carriers (nope) TO STDOUT",
    "COPY BINARY shipping.carriers TO STDOUT", "COPY BINARY shipping.carriers TO STDOUT (FORMAT csv)",
    "COPY nope TO STDOUT", "COPY (TABLE shipping.carriers) TO STDOUT", "COPY (VALUES (1), (2)) TO STDOUT",
    "COPY (WITH a AS (SELECT 1 AS x) SELECT * FROM a) TO STDOUT", "COPY (SELECT 1 WHERE false) TO STDOUT CSV HEADER",
    "COPY (SELECT cast(name AS int) FROM sales.customers) TO STDOUT", "COPY (SELECT 1; SELECT 2) TO STDOUT",
    "COPY (SELECT b, c FROM (VALUES (1, 2)) t(b, c)) TO STDOUT CSV FORCE QUOTE b",
)  # fmt: skip


def whole(messages: list[object]) -> list[object]:
    """With the pieces of a copy's data put together: where they are cut is the server's own affair."""
    found: list[object] = []
    for message in messages:
        last = found[-1] if found else None
        if isinstance(message, tuple) and message[0] == "d" and isinstance(last, tuple) and last[0] == "d":
            found[-1] = ("d", last[1] + message[1])
        else:
            found.append(message)
    return found


@pytest.mark.parametrize(
    "statement",
    [*(f"COPY ({rows}) TO STDOUT {option}" for rows in (ROWS, TABLE) for option in OPTIONS), *OTHERS],
)
def test_copies_are_postgresqls(real: Real, statement: str) -> None:
    ours, theirs = (whole(exchanged(uri, [query(statement)])) for uri in (real.uri(), real.source))
    assert ours == theirs
