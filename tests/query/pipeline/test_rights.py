"""What a principal gets: rows, columns, masks, purposes, refusals."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

import gateway.query.pipeline
from gateway.errors import (
    AccessDenied,
    UndefinedTable,
)
from gateway.query.mesh import Mesh
from gateway.query.pipeline import run
from gateway.query.request import Request
from policies.principal import Principal
from tests.query.mesh import ask, multiset, records, values
from tests.query.pipeline.shop import ANA, ORDERS, made


def test_rows_columns_and_masks(mesh: Mesh) -> None:
    told = ask(mesh, "SELECT * FROM sales.orders ORDER BY id", ANA)
    assert [name for name, _ in told.columns] == ["id", "region", "amount", "email"]
    assert told.rows == (
        "(1, 'EU', Decimal('10.50'), 'a***')",
        "(2, 'EU', Decimal('20.00'), 'b***')",
    )


@pytest.mark.parametrize(
    "attributes", [{}, {"region": ""}, {"region": ("EU",)}, {"region": 1}, {"Region": "EU"}]
)
def test_an_attribute_that_is_missing_or_no_single_value_shows_nothing(
    mesh: Mesh, attributes: dict[str, object]
) -> None:
    assert values(mesh, "SELECT count(*) FROM sales.orders", Principal("ana", attributes=attributes)) == [
        (0,)
    ]  # type: ignore[arg-type]


def test_count_without_columns_is_over_all_that_may_be_selected() -> None:
    lines = "p, a, role:any, sales, sales.orders.id, select, *, -, -, allow\n"
    lines += "p, b, role:any, sales, sales.orders.region, select, own_region, -, -, allow"
    mesh = made({"sales": lines}).memory()
    assert values(mesh, "SELECT count(*) FROM sales.orders", ANA) == [(2,)]
    assert values(mesh, "SELECT count(id) FROM sales.orders", ANA) == [(5,)]
    assert values(mesh, "SELECT count(1) FROM sales.orders WHERE region IS NOT NULL", ANA) == [(2,)]


def test_grants_add_up_by_column_and_restrictions_by_row() -> None:
    """R(c) = OR of the grants that cover c; rows = AND over the columns used, AND every restriction: by brute force."""
    grants = {
        "id": ("own_region", "large"),
        "region": ("*",),
        "amount": ("large", "first"),
        "email": ("own_region",),
    }
    lines = [
        f"p, g{n}, role:any, sales, sales.orders.{column}, select, {name}, -, -, allow"
        for n, (column, name) in enumerate((c, f) for c, names in grants.items() for f in names)
    ]
    lines.append("p2, r, role:any, sales, sales.orders, no_us, -, -")
    mesh = made({"sales": "\n".join(lines)}).memory()
    holds = {
        "*": lambda row: True,
        "own_region": lambda row: row["region"] == "EU",
        "large": lambda row: row["amount"] is not None and row["amount"] > 8,
        "first": lambda row: row["id"] < 3,
    }
    rows = [row for row in ORDERS.to_pylist() if row["region"] is not None and row["region"] != "US"]
    for count in range(1, 16):
        used = [column for bit, column in enumerate(grants) if count >> bit & 1]
        expected = [
            tuple(row[column] for column in used)
            for row in rows
            if all(any(holds[name](row) for name in grants[column]) for column in used)
        ]
        assert multiset(values(mesh, f"SELECT {', '.join(used)} FROM sales.orders", ANA)) == multiset(
            expected
        ), used


def test_each_reference_is_judged_by_its_own_columns() -> None:
    lines = "p, a, role:any, sales, sales.orders.id, select, *, -, -, allow\n"
    lines += "p, b, role:any, sales, sales.orders.email, select, own_region, -, -, allow"
    mesh = made({"sales": lines}).memory()
    assert values(
        mesh,
        "SELECT count(a.id), count(b.email) FROM sales.orders a LEFT JOIN sales.orders b ON a.id = b.id",
        ANA,
    ) == [(5, 2)]


def test_definer_rights() -> None:
    """The product reads its input as its domain; the consumer needs no right on it, but restrictions hold for both."""
    bodies = {
        "shipping.delays": "SELECT o.id, o.region, p.carrier FROM sales.orders AS o "
        "JOIN _src.parcels AS p ON p.order_id = o.id"
    }
    share = "p, share, domain:shipping, sales, sales.orders, share, *, -, -, allow\n"
    open_to_all = "p, d, role:any, shipping, shipping.delays, select, *, -, -, allow"
    sql = "SELECT id, carrier FROM shipping.delays ORDER BY id"
    free = replace(made({"sales": share, "shipping": open_to_all}), bodies=bodies).memory()
    assert values(free, sql) == [(1, "north"), (2, "south"), (3, "north")]
    with pytest.raises(UndefinedTable):
        values(free, "SELECT id FROM sales.orders")
    restricted = share + "p2, r, role:any, sales, sales.orders, own_region, -, -"
    narrowed = replace(made({"sales": restricted, "shipping": open_to_all}), bodies=bodies).memory()
    assert values(narrowed, sql, ANA) == [
        (1, "north"),
        (2, "south"),
    ]  # ana's own region, though the domain sees all
    assert values(narrowed, sql) == []
    unshared = replace(made({"shipping": open_to_all}), bodies=bodies).memory()
    with pytest.raises(AccessDenied) as denied:
        values(unshared, sql)
    assert "orders" not in str(denied.value)


def test_purposes(open_mesh: Mesh) -> None:
    with pytest.raises(AccessDenied):
        run(Request("SELECT 1", ANA, "postgres", purpose="spying"), open_mesh)
    told = ask(open_mesh, "SELECT 1", ANA, purpose="reports")
    assert told.rows == ("(1,)",)
    assert records(open_mesh).written[-1].purpose == "reports"


def test_a_grant_ends_with_the_next_statement(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = {"sales": "p, until, role:any, sales, sales.orders, select, *, -, 2027-01-01T00:00:00Z, allow"}
    mesh = made(lines).memory()
    end = datetime(2027, 1, 1, tzinfo=UTC).timestamp()
    monkeypatch.setattr(gateway.query.pipeline.time, "time", lambda: end - 1)
    assert values(mesh, "SELECT count(*) FROM sales.orders") == [(5,)]
    monkeypatch.setattr(gateway.query.pipeline.time, "time", lambda: end)
    with pytest.raises(UndefinedTable):
        values(mesh, "SELECT count(*) FROM sales.orders")


@pytest.mark.parametrize(
    ("sql", "unknown"),
    [
        ("SELECT day FROM sales.orders", "SELECT dax FROM sales.orders"),
        ("SELECT * FROM hr.pay", "SELECT * FROM hr.nay"),
    ],
)
def test_what_is_hidden_is_refused_like_what_never_was(mesh: Mesh, sql: str, unknown: str) -> None:
    first, second = ask(mesh, sql, ANA), ask(mesh, unknown, ANA)
    assert first.error == second.error
    assert first.text == second.text.replace("dax", "day").replace("nay", "pay")


def test_what_may_be_discovered_says_whom_to_ask() -> None:
    mesh = made({"sales": "p, d, role:any, sales, sales.orders, discover, *, -, -, allow"}).memory()
    told = ask(mesh, "SELECT * FROM sales.orders")
    assert told.sqlstate == "42501"
    assert told.hint is not None
    assert "team@example.com" in told.hint
