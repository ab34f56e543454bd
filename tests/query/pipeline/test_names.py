"""Names of columns in answers, and names that the gateway makes itself."""

import pytest

from gateway.query.mesh import Mesh
from tests.query.mesh import ask, values


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
