"""governance.md, rule 1, default deny: what an answer shows and how a refusal reads."""

import pytest

from tests.security.rules import World


@pytest.mark.parametrize(
    "source",
    ["_src.orders", "memory.main.orders", "duckdb_tables()", "'orders.parquet'", "read_csv('/etc/passwd')",
     "pragma_database_list()", '"sales._src".orders', "sqlite_master", "glob('*')"],
)  # fmt: skip
def test_rule_01_nothing_else_stands_in_from(source: str) -> None:
    told = World().told(f"SELECT * FROM {source}")
    assert told.sqlstate in ("42P01", "42883", "0A000", "42601"), told


def test_rule_01_a_name_is_the_catalogs_or_a_cte_of_the_query() -> None:
    assert World().rows("WITH orders AS (SELECT 7 AS id) SELECT id FROM orders") == ["(7,)"]
    assert World().told("SELECT (WITH x AS (SELECT 1 AS a) SELECT a FROM x), a FROM x").sqlstate == "42P01"


def test_rule_01_without_a_line_nothing_is_there() -> None:
    assert World(sales="").told("SELECT id FROM sales.orders").sqlstate == "42P01"
