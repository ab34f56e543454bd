"""Small tables of awkward values, published as they are, and plain DuckDB over the same: the oracle."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal

import duckdb
import pyarrow as pa

TEXTS = ("north", "Süd", "東", "юг", "", "o'x", None, "NORTH")
ORDERS = pa.table(
    {
        "id": pa.array(range(24), pa.int64()),
        "customer": pa.array([number % 7 if number % 5 else None for number in range(24)], pa.int64()),
        "place": pa.array([TEXTS[number % 8] for number in range(24)]),
        "amount": pa.array(
            [None if number % 9 == 0 else Decimal(number * 37) / 100 for number in range(24)],
            pa.decimal128(12, 2),
        ),
        "day": pa.array(
            [None if number == 3 else date(2024, 1 + number % 3, 1 + number) for number in range(24)]
        ),
        "ratio": pa.array([number / 8 if number % 6 else None for number in range(24)], pa.float64()),
    }
)
CUSTOMERS = pa.table(
    {
        "customer": pa.array([0, 1, 2, 3, 9, None], pa.int64()),
        "place": ["north", "東", None, "юг", "Süd", "north"],
        "name": ["Ann", "Bo", "Çelik", None, "Eve", "Ann"],
    }
)
PARCELS = pa.table(
    {"id": pa.array([1, 1, 2, 5, 30, None], pa.int64()), "weight": [1.5, 2.5, None, 0.25, 8.0, 1.0]}
)
TABLES = {"sales.orders": ORDERS, "sales.customers": CUSTOMERS, "shipping.parcels": PARCELS}


@contextmanager
def plain_duckdb() -> Iterator[duckdb.DuckDBPyConnection]:
    """A DuckDB that has the tables under the names that the gateway gives them."""
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'; CREATE SCHEMA sales; CREATE SCHEMA shipping")
        for name, table in TABLES.items():
            connection.register("given", table)
            connection.execute(f"CREATE TABLE {name} AS SELECT * FROM given")
            connection.unregister("given")
        yield connection
