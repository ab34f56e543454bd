"""Parameters of a statement, and session functions."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from gateway.errors import (
    InvalidParameterValue,
    UndefinedParameter,
)
from gateway.query.mesh import Mesh
from gateway.query.pipeline import describe, run
from gateway.query.request import Parameter, Request
from tests.query.mesh import ANYBODY, values
from tests.query.pipeline.shop import ANA


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
