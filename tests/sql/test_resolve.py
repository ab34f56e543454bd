"""Golden pairs of tests/query/cases/*.sql: a statement and the same resolved, or the error that it is.

    -- what the pair shows
    SELECT ...
    -- =>
    SELECT ...            or            -- UndefinedColumn: column "x" does not exist

The tables are sales.orders (id, customer, region, Amount, info), sales.customers (customer, region, name),
shipping.parcels (id, weight).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from gateway.errors import Refused
from gateway.settings import Limits
from gateway.sql.dialect import generate
from gateway.sql.names.lineage import filtering, is_plain, lineage
from gateway.sql.names.resolve import Resolved, resolve
from gateway.sql.syntax import parse_query

TABLES = {
    ("sales", "orders"): {
        "id": "BIGINT",
        "customer": "BIGINT",
        "region": "VARCHAR",
        "Amount": "DECIMAL(12,2)",
        "info": "STRUCT(a BIGINT, b VARCHAR)",
    },
    ("sales", "customers"): {"customer": "BIGINT", "region": "VARCHAR", "name": "VARCHAR"},
    ("shipping", "parcels"): {"id": "BIGINT", "weight": "DOUBLE"},
}


@dataclass(frozen=True)
class Case:
    name: str
    sql: str
    expected: str


def cases() -> Iterator[Case]:
    for file in sorted((Path(__file__).parents[1] / "query" / "cases").glob("*.sql")):
        for block in file.read_text("utf-8").strip().split("\n\n"):
            given, _, expected = block.partition("\n-- =>\n")
            name, _, sql = given.partition("\n")
            yield Case(f"{file.stem}: {name.removeprefix('-- ')}", sql, expected.strip())


def resolved(sql: str) -> Resolved:
    return resolve(parse_query(sql, Limits()), TABLES)


@pytest.mark.parametrize("case", list(cases()), ids=lambda case: case.name)
def test_golden_pairs(case: Case) -> None:
    try:
        found = generate(resolved(case.sql).tree)
    except Refused as error:
        found = f"-- {type(error).__name__}: {error}"
    assert found == case.expected


def test_there_are_pairs_of_every_kind() -> None:
    found = list(cases())
    assert len(found) >= 40
    assert any(case.expected.startswith("-- ") for case in found)
    assert len({case.name for case in found}) == len(found)


def test_resolving_changes_neither_its_tree_nor_the_tables() -> None:
    tree = parse_query("SELECT * FROM sales.orders", Limits())
    before = generate(tree)
    resolve(tree, TABLES)
    assert generate(tree) == before


@pytest.mark.parametrize(
    ("sql", "uses"),
    [
        ("SELECT count(*) FROM sales.orders", [()]),
        ("SELECT * FROM sales.customers", [("customer", "region", "name")]),
        ("SELECT o FROM sales.customers AS o", [("customer", "region", "name")]),
        ("SELECT id FROM sales.orders WHERE AMOUNT > 1 ORDER BY Region", [("id", "region", "Amount")]),
        (
            "SELECT id FROM (SELECT * FROM sales.orders) AS o",
            [("id", "customer", "region", "Amount", "info")],
        ),
        (
            "SELECT a.id FROM sales.orders AS a JOIN sales.orders AS b USING (customer)",
            [("id", "customer"), ("customer",)],
        ),
        (
            "SELECT 1 FROM sales.orders AS o NATURAL JOIN sales.customers AS c",
            [("customer", "region"), ("customer", "region")],
        ),
        (
            "SELECT (SELECT max(weight) FROM shipping.parcels AS p WHERE p.id = o.id) FROM sales.orders AS o",
            [("id",), ("id", "weight")],
        ),
        ("WITH x AS (SELECT id FROM shipping.parcels) SELECT id FROM x", [("id",)]),
        ("SELECT info.a FROM sales.orders", [("info",)]),
        (
            "SELECT id FROM shipping.parcels UNION SELECT customer FROM sales.customers",
            [("id",), ("customer",)],
        ),
    ],
)
def test_every_column_that_the_text_uses_is_counted(sql: str, uses: list[tuple[str, ...]]) -> None:
    """Row filters hang on it (governance.md, rule 4)."""
    assert sorted(use.columns for use in resolved(sql).uses) == sorted(uses)


def origins(sql: str) -> dict[str, set[str]]:
    return {
        name: {f"{o.table[-1]}.{o.column}" for o in found} for name, found in lineage(resolved(sql)).items()
    }


def test_lineage_goes_through_expressions_ctes_joins_and_groups() -> None:
    found = origins(
        "WITH x AS (SELECT o.id AS n, upper(o.region) || c.name AS t FROM sales.orders o "
        "JOIN sales.customers c ON o.customer = c.customer) "
        "SELECT n, t, 1 AS one, count(*) AS many FROM x GROUP BY n, t"
    )
    assert found["n"] == {"orders.id"}
    assert found["t"] == {"orders.region", "customers.name"}
    assert found["one"] == set()
    assert found["many"] >= {"orders.id", "orders.region", "customers.name"}


def test_lineage_takes_equal_columns_for_one_another() -> None:
    assert origins(
        "SELECT c.customer AS k FROM sales.orders o JOIN sales.customers c ON o.customer = c.customer"
    )["k"] == {
        "orders.customer",
        "customers.customer",
    }


def test_lineage_of_set_operations_and_subqueries() -> None:
    assert origins("SELECT id FROM sales.orders UNION ALL SELECT customer FROM sales.customers")["id"] == {
        "orders.id",
        "customers.customer",
    }
    assert origins(
        "SELECT (SELECT max(name) FROM sales.customers c WHERE c.customer = o.customer) AS n FROM sales.orders o"
    )["n"] >= {
        "customers.name",
    }


def test_what_filters_is_known() -> None:
    found = filtering(
        resolved("SELECT id FROM sales.orders WHERE region = 'EU' GROUP BY id HAVING max(Amount) > 1")
    )
    assert {origin.column for origin in found} == {"region", "Amount"}


@pytest.mark.parametrize(
    ("sql", "plain"),
    [
        ("SELECT id, region AS place FROM sales.orders", True),
        ("SELECT * FROM sales.orders AS o", True),
        ("SELECT id + 0 AS id FROM sales.orders", False),
        ("SELECT id FROM sales.orders WHERE true", False),
        ("SELECT id FROM sales.orders LIMIT 9", False),
        ("SELECT DISTINCT id FROM sales.orders", False),
        ("SELECT id FROM sales.orders ORDER BY id", False),
        ("SELECT o.id FROM sales.orders AS o, sales.customers", False),
        ("SELECT id FROM (SELECT * FROM sales.orders) AS o", False),
        ("SELECT info.a FROM sales.orders", False),
    ],
)
def test_what_is_plain(sql: str, plain: bool) -> None:
    assert is_plain(resolved(sql)) is plain
