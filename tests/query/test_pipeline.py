"""A statement's whole life over a small mesh: values, rights, the record, bounds, ends."""

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pyarrow as pa
import pytest

import gateway.query.pipeline
from connectors.memory import MemoryConnector
from gateway.audit import AuditRecord
from gateway.errors import (
    AccessDenied,
    AuditUnavailable,
    DeadlineExceeded,
    InvalidParameterValue,
    LimitExceeded,
    MeshgateError,
    QueryCanceled,
    SourceFailed,
    SourceUnavailable,
    UndefinedColumn,
    UndefinedParameter,
    UndefinedTable,
)
from gateway.query.explain.operator import explain
from gateway.query.mesh import Mesh
from gateway.query.pipeline import describe, run
from gateway.query.request import Parameter, Request
from gateway.settings import Limits
from policies.principal import Principal
from tests.query.mesh import ANYBODY, Builder, ask, multiset, records, values

ORDERS = pa.table(
    {
        "id": [1, 2, 3, 4, 5],
        "region": ["EU", "EU", "US", "US", None],
        "amount": pa.array(
            [Decimal("10.50"), Decimal("20.00"), Decimal("7.25"), None, Decimal("1.00")], pa.decimal128(12, 2)
        ),
        "email": ["ada@x.org", "bob@y.org", None, "eve@z.org", "joe@w.org"],
        "day": [date(2024, 1, number) for number in range(1, 6)],
    }
)
PARCELS = pa.table({"order_id": [1, 2, 3, 9], "carrier": ["north", "south", "north", "west"]})
TABLES = {"sales.orders": ORDERS, "shipping.parcels": PARCELS}
ANA = Principal("ana", frozenset({"analysts"}), {"region": "EU"}, frozenset({"reports"}))

LINES = {
    "sales": """
p, own, role:any, sales, sales.orders, select, own_region, -, -, allow
p, secret, role:any, sales, sales.orders.day, select, *, -, -, deny
p3, mask, role:any, sales, sales.orders.email, partial, 1, -, -
""",
    "shipping": "p, all, role:any, shipping, shipping.parcels, select, *, -, -, allow",
}
FILTERS = {
    "own_region": "region = principal.region",
    "large": "amount > 8",
    "no_us": "region <> 'US'",
    "first": "id < 3",
}


def made(
    lines: dict[str, str] | None = None,
    tables: dict[str, pa.Table] | None = None,
    limits: Limits | None = None,
) -> Builder:
    return Builder(tables or TABLES, lines or {}, FILTERS, limits=limits or Limits())


@pytest.fixture
def mesh() -> Iterator[Mesh]:
    built = made(LINES).memory()
    yield built
    built.engine.close()


@pytest.fixture
def open_mesh() -> Iterator[Mesh]:
    built = made().memory()
    yield built
    built.engine.close()


def source_of(mesh: Mesh, domain: str = "sales") -> MemoryConnector:
    found = mesh.connectors[f"{domain}._src"]
    assert isinstance(found, MemoryConnector)
    return found


# --- rights ----------------------------------------------------------------------------------------------


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


# --- parameters and session functions --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (True, "BOOLEAN"),
        (7, "INTEGER"),
        (-(2**63), "BIGINT"),
        (2**100, "HUGEINT"),
        (1.5, "DOUBLE"),
        (float("inf"), "DOUBLE"),
        (Decimal("-12.340"), "DECIMAL(12,3)"),
        ('it\'s \\ 東 "q" --', "VARCHAR"),
        (b"\x00\xffa'", "BLOB"),
        (date(2024, 2, 29), "DATE"),
        (datetime(2024, 2, 29, 1, 2, 3, 4), "TIMESTAMP"),
        (datetime(2024, 2, 29, 1, tzinfo=UTC), "TIMESTAMP WITH TIME ZONE"),
        (UUID(int=5), "UUID"),
        ([1, None, 3], "INTEGER[]"),
        (["a'", ""], "VARCHAR[]"),
        (None, "DATE"),
        ("x", "VARCHAR"),
    ],
)
def test_a_parameter_comes_back_as_it_was(open_mesh: Mesh, value: object, kind: str) -> None:
    result = run(Request("SELECT $1", ANYBODY, "postgres", parameters=(Parameter(value, kind),)), open_mesh)
    found = [row for batch in result.batches() for row in batch.column(0).to_pylist()]
    assert found == [str(value) if isinstance(value, UUID) else value]  # Arrow's UUID is a text here
    exact = kind.startswith("DECIMAL")  # a decimal has as many digits as its value
    assert exact or result.columns[0].type == kind


def test_types_of_parameters_are_inferred(open_mesh: Mesh) -> None:
    sql = (
        "SELECT id FROM sales.orders WHERE id = $1 AND region IN ($2, 'x') AND day > $3 AND amount < $4 "
        "AND $5 LIMIT $6"
    )
    found = describe(Request(sql, ANYBODY, "postgres"), open_mesh)
    assert found.parameters[:4] == ("BIGINT", "VARCHAR", "DATE", "DECIMAL(12, 2)")
    assert found.parameters[5] == "BIGINT"
    assert [(column.name, column.type) for column in found.columns] == [("id", "BIGINT")]


@pytest.mark.parametrize(
    ("condition", "kind"),
    [
        ("region = ANY($1::text[])", "VARCHAR[]"),
        ("region = $1::varchar(5)", "VARCHAR"),
        ("region = ANY($1)", "VARCHAR[]"),
        ("id = ANY($1::int[])", "INTEGER[]"),
        ("id <> ALL($1)", "BIGINT[]"),
        ("$1 = ANY([1::bigint])", "BIGINT"),
        ("amount = $1::numeric", "DECIMAL(38, 10)"),
        ("now() > $1", "TIMESTAMP WITH TIME ZONE"),
        ("$1", "BOOLEAN"),
        ("NOT $1", "BOOLEAN"),
        ("CASE WHEN $1 THEN true END", "BOOLEAN"),
        ("CASE id WHEN $1 THEN true END", "BIGINT"),
    ],
)
def test_the_type_that_a_use_asks_for(open_mesh: Mesh, condition: str, kind: str) -> None:
    request = Request(f"SELECT id FROM sales.orders WHERE {condition}", ANYBODY, "postgres")
    assert describe(request, open_mesh).parameters == (kind,)


def test_a_cast_to_numeric_rounds_nothing(open_mesh: Mesh) -> None:
    given = (Parameter(Decimal("1.2345678901"), "DECIMAL"),)
    assert values(open_mesh, "SELECT $1::numeric, [$1]::numeric[]", parameters=given) == [
        (Decimal("1.2345678901"), [Decimal("1.2345678901")])
    ]


def test_question_marks_count_from_left_to_right(open_mesh: Mesh) -> None:
    sql = "SELECT ? AS a, id FROM sales.orders WHERE id = ? AND region = ?"
    given = (Parameter("x"), Parameter(2), Parameter("EU"))
    assert values(open_mesh, sql, parameters=given) == [("x", 2)]


def test_a_parameter_that_is_not_given(open_mesh: Mesh) -> None:
    with pytest.raises(UndefinedParameter):
        values(open_mesh, "SELECT $2", parameters=(Parameter(1),))


@pytest.mark.parametrize(
    "value", ["a\0b", "\ud800", Decimal("1e1000000"), Decimal("NaN"), Decimal(10) ** 39, object()]
)
def test_a_value_that_no_parameter_can_have(open_mesh: Mesh, value: object) -> None:
    kind = "DECIMAL" if isinstance(value, Decimal) else "VARCHAR"
    with pytest.raises(InvalidParameterValue):
        values(open_mesh, "SELECT $1", parameters=(Parameter(value, kind),))


def test_session_functions_are_the_gateways_own(open_mesh: Mesh) -> None:
    sql = (
        "SELECT current_user, current_database(), current_schema(), version(), now() = current_timestamp, "
        "pg_catalog.version()"
    )
    (row,) = values(open_mesh, sql, ANA)
    assert row == ("ana", "mesh", "public", "PostgreSQL 18.0 (meshgate)", True, "PostgreSQL 18.0 (meshgate)")
    (now,) = values(open_mesh, "SELECT now()", ANA)
    assert abs(now[0] - datetime.now(UTC)) < timedelta(seconds=5)  # type: ignore[operator]


# --- the record ------------------------------------------------------------------------------------------


def last(mesh: Mesh) -> AuditRecord:
    return records(mesh).written[-1]


def test_the_record_is_opened_before_the_first_batch_and_says_all(mesh: Mesh) -> None:
    sql = "SELECT o.id, o.email, p.carrier FROM sales.orders o JOIN shipping.parcels p ON p.order_id = o.id"
    result = run(Request(sql, ANA, "postgres", client="psql", purpose="reports"), mesh)
    (opened,) = records(mesh).written
    assert opened.outcome == "started"
    assert source_of(mesh).scans == [], "nothing may be read before the record stands"
    assert sum(batch.num_rows for batch in result.batches()) == 2
    closed = last(mesh)
    assert closed == replace(
        opened, outcome="done", rows=2, bytes=closed.bytes, seconds=closed.seconds, sources=closed.sources
    )
    assert (closed.id, closed.principal, closed.groups, closed.endpoint) == (
        result.reference,
        "ana",
        ("analysts",),
        "postgres",
    )
    assert (closed.client, closed.purpose, closed.statement) == ("psql", "reports", sql)
    assert closed.relations == ("sales.orders", "shipping.parcels")
    assert closed.columns == (
        "sales.orders.email",
        "sales.orders.id",
        "shipping.parcels.carrier",
        "shipping.parcels.order_id",
    )
    assert closed.masked == ("sales.orders.email",)
    assert "sales.orders.id" in closed.revealed
    assert "sales.orders.email" not in closed.revealed
    assert {"own", "mask", "all"} <= set(closed.rules)
    assert {access.source for access in closed.sources} == {"sales._src", "shipping._src"}
    assert sum(access.rows for access in closed.sources) == 9
    assert closed.bytes > 0
    assert closed.seconds is not None
    assert {"parse", "bind", "authorize", "rewrite", "plan", "start", "execute"} <= set(closed.seconds)


def test_all_five_outcomes_are_on_record(mesh: Mesh) -> None:
    ask(mesh, "SELECT count(*) FROM sales.orders", ANA)
    assert records(mesh).outcomes() == ["started", "done"]
    ask(mesh, "SELECT nope FROM sales.orders", ANA)
    assert (last(mesh).outcome, last(mesh).sqlstate) == ("refused", "42703")
    assert last(mesh).message == 'column "nope" does not exist'
    ask(mesh, "SELECT region::INT FROM sales.orders", ANA)
    assert (last(mesh).outcome, last(mesh).sqlstate) == ("failed", "22P02")
    run(Request("SELECT id FROM sales.orders", ANA, "postgres"), mesh).close()
    assert (last(mesh).outcome, last(mesh).sqlstate) == ("cancelled", "57014")
    ids = [record.id for record in records(mesh).written]
    assert len(set(ids)) == 4


def test_a_refused_description_is_on_record(mesh: Mesh) -> None:
    with pytest.raises(UndefinedColumn) as caught:
        describe(Request("SELECT day FROM sales.orders", ANA, "postgres"), mesh)
    assert last(mesh).outcome == "refused"
    assert last(mesh).id == caught.value.reference


class Full:
    """A sink whose disk is full."""

    def write(self, record: AuditRecord) -> None:
        raise AuditUnavailable

    def close(self) -> None:
        pass


def test_without_a_record_nothing_is_read(mesh: Mesh) -> None:
    with pytest.raises(AuditUnavailable):
        run(Request("SELECT id FROM sales.orders", ANA, "postgres"), replace(mesh, audit=Full()))
    assert source_of(mesh).scans == []


# --- bounds, cancelling, sources that fail ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("limits", "name"), [(Limits(rows=3), "limits.rows"), (Limits(bytes=10), "limits.bytes")]
)
def test_a_limit_fails_by_its_name(limits: Limits, name: str) -> None:
    mesh = made(limits=limits).memory()
    with pytest.raises(LimitExceeded, match=name):
        values(mesh, "SELECT id FROM sales.orders")
    assert records(mesh).outcomes() == ["started", "refused"]


def held_mesh(
    limits: Limits | None = None, lines: dict[str, str] | None = None
) -> tuple[Mesh, threading.Event]:
    held = threading.Event()
    return made(lines, limits=limits).over(lambda _, tables: MemoryConnector(tables, held=held)), held


def test_cancel_reaches_a_source_that_waits() -> None:
    mesh, _ = held_mesh()
    result = run(Request("SELECT id FROM sales.orders", ANYBODY, "postgres"), mesh)
    threading.Timer(0.2, result.cancel).start()
    start = time.monotonic()
    with pytest.raises(QueryCanceled):
        list(result.batches())
    assert time.monotonic() - start < 1.5
    assert records(mesh).outcomes() == ["started", "cancelled"]


HASHED = {
    "sales": "p, a, role:any, sales, sales.orders, select, *, -, -, allow\n"
    "p3, h, role:any, sales, sales.orders.email, hash, 1, -, -"
}


@pytest.mark.parametrize("lines", [None, HASHED], ids=["plain", "hashed by the gateway"])
def test_the_gateway_owns_the_clock(lines: dict[str, str] | None) -> None:
    mesh, _ = held_mesh(Limits(seconds=0.3), lines)
    start = time.monotonic()
    with pytest.raises(DeadlineExceeded, match=r"limits\.seconds"):
        values(mesh, "SELECT email FROM sales.orders")
    assert time.monotonic() - start < 2
    assert records(mesh).outcomes() == ["started", "cancelled"]


def test_a_hash_is_the_same_for_the_same_value_and_shows_none() -> None:
    mesh = made(HASHED).memory()
    rows = values(mesh, "SELECT email, email = email, length(email) FROM sales.orders ORDER BY id")
    assert len({row[0] for row in rows}) == 5
    assert rows[2] == (None, None, None)
    assert all("@" not in str(row) for row in rows)
    assert rows == values(mesh, "SELECT email, email = email, length(email) FROM sales.orders ORDER BY id")
    assert all("ada@" not in str(record) for record in records(mesh).written)


def test_a_source_that_breaks_off_is_an_error() -> None:
    mesh = made().over(lambda _, tables: MemoryConnector(tables, breaks_after=2))
    for sql in (
        "SELECT id FROM sales.orders",
        "SELECT count(*) FROM sales.orders",
        "SELECT * FROM sales.orders NATURAL JOIN sales.orders AS b",
    ):
        with pytest.raises(SourceFailed):
            values(mesh, sql)
    assert set(records(mesh).outcomes()) == {"started", "failed"}


def test_a_source_that_is_down(open_mesh: Mesh) -> None:
    source_of(open_mesh).down = True
    with pytest.raises(SourceUnavailable):
        values(open_mesh, "SELECT id FROM sales.orders")
    assert values(open_mesh, "SELECT count(*) FROM shipping.parcels") == [(4,)], "the others answer"


def test_a_product_whose_source_was_down_at_load(open_mesh: Mesh) -> None:
    catalog = replace(open_mesh.catalog, unavailable={("sales", "orders"): "sales._src"})
    with pytest.raises(SourceUnavailable):
        values(replace(open_mesh, catalog=catalog), "SELECT id FROM sales.orders")


def test_an_unread_result_ends_when_it_is_dropped(open_mesh: Mesh) -> None:
    batches = run(Request("SELECT id FROM sales.orders", ANYBODY, "postgres"), open_mesh).batches()
    next(batches)
    batches.close()  # type: ignore[attr-defined]
    assert records(open_mesh).outcomes() == ["started", "cancelled"]


def test_an_error_is_not_its_own_cause(open_mesh: Mesh) -> None:
    """Whoever walks the causes of an error must come to an end."""
    with pytest.raises(MeshgateError) as caught:
        values(open_mesh, "SELECT region::INT FROM sales.orders")
    seen: list[BaseException] = []
    cause: BaseException | None = caught.value
    while cause is not None:
        assert all(cause is not other for other in seen)
        seen.append(cause)
        cause = cause.__cause__


def test_explain_runs_nothing(mesh: Mesh) -> None:
    told = explain(Request("SELECT email FROM sales.orders WHERE id = 1", ANA, "postgres"), mesh)
    assert source_of(mesh).scans == []
    note = next(note for note in told.relations if note.relation == "sales.orders")
    assert {rule.id for rule in note.rules} >= {"own", "mask"}
    assert note.masks
    assert [fragment.source for fragment in told.fragments] == ["sales._src"]


# --- names -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sql", "names"),
    [
        (
            "SELECT 1, 'a', id, upper(region), count(*) FROM sales.orders GROUP BY ALL",
            ["?column?", "?column?", "id", "upper", "count"],
        ),
        ('SELECT id AS ID, id AS "ID", ID FROM sales.orders', ["id", "ID", "id"]),
        ("SELECT id::TEXT, NULL::DATE, CASE WHEN true THEN 1 END FROM sales.orders", ["id", "date", "case"]),
        ("SELECT * FROM range(2)", ["range"]),
        (
            "SELECT * RENAME (id AS number) FROM sales.orders LIMIT 1",
            ["number", "region", "amount", "email", "day"],
        ),
        (
            "SELECT id FROM sales.orders UNION ALL BY NAME SELECT id, region FROM sales.orders",
            ["id", "region"],
        ),
        ("VALUES (1, 2)", ["column1", "column2"]),
    ],
)
def test_result_names_are_postgresqls(open_mesh: Mesh, sql: str, names: list[str]) -> None:
    told = ask(open_mesh, sql)
    assert not told.error, told
    assert [name for name, _ in told.columns] == names


def test_no_cte_takes_the_place_of_a_source(open_mesh: Mesh) -> None:
    for name in ("scan 1", "SCAN 1", "orders", "_src"):
        sql = (
            f'WITH "{name}" AS (SELECT 7 AS id) SELECT o.id FROM sales.orders AS o, "{name}" AS c ORDER BY 1'
        )
        assert values(open_mesh, sql) == [(1,), (2,), (3,), (4,), (5,)]


def test_a_value_that_is_too_large_is_no_answer() -> None:
    """Estimates know texts of statements only; what a source holds is measured as it leaves."""
    rows = pa.table({"id": [1, 2], "note": ["x" * 17_000_000, "y"]})
    mesh = Builder({"sales.orders": rows}).memory()
    told = ask(mesh, "SELECT note FROM sales.orders")
    assert told.error == "LimitExceeded"
    assert "limits.value_bytes" in told.text
    assert ask(mesh, "SELECT note FROM sales.orders WHERE id = 2").rows == ("('y',)",)
