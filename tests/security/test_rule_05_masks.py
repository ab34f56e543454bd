"""governance.md, rule 5, masks: what an answer shows and how a refusal reads."""

from decimal import Decimal

import pytest

from gateway.query.pipeline import describe
from gateway.query.request import Request
from tests.query.mesh import ANYBODY, multiset, values
from tests.security.rules import ALL, MASKED, World


def test_rule_05_everything_that_the_consumer_writes_sees_the_mask() -> None:
    rows = MASKED.rows
    assert rows("SELECT mail FROM sales.orders WHERE id = 1") == ["('a***',)"]
    assert rows("SELECT id FROM sales.orders WHERE mail = 'ada@x.org'") == []
    assert rows("SELECT id FROM sales.orders WHERE mail LIKE '%@%'") == []
    assert rows("SELECT id FROM sales.orders WHERE mail = 'a***'") == ["(1,)", "(3,)"]
    assert rows("SELECT mail, count(*) FROM sales.orders GROUP BY mail HAVING mail > 'b'") == [
        "('b***', 1)",
        "('e***', 1)",
    ]
    assert rows("SELECT max(length(mail)) FROM sales.orders") == ["(4,)"]
    assert rows(
        "SELECT a.id, b.id FROM sales.orders a JOIN sales.orders b ON a.mail = b.mail AND a.id < b.id"
    ) == ["(1, 3)"]


def test_rule_05_filters_see_raw_values_and_no_mask_is_put_on_another() -> None:
    masks = (
        "p3, m, role:any, sales, sales.orders.region, null, 1, -, -\n"
        "p3, n, role:any, sales, sales.orders.mail, twice, 1, -, -"
    )
    world = World(
        sales=ALL.replace("*, -, -, allow", "eu, -, -, allow") + masks,
        masks={"twice": "value || '/' || value"},
    )
    assert world.rows("SELECT id, region FROM sales.orders") == ["(1, None)", "(2, None)"]
    assert world.rows("SELECT mail FROM sales.orders WHERE id = 2") == ["('bob@y.org/bob@y.org',)"]


LAYERS = {
    ("null", 1, "partial", 9): None,  # the mesh's is stricter
    ("partial", 9, "null", 1): None,  # the domain's is stricter
    ("redact", 1, "none", 999): "***",  # no domain line weakens a mesh mask
    ("none", 9, "email", 1): "a***@x.org",
    ("last4", 5, "email", 5): "***.org",  # equally strict: the mesh's
}


@pytest.mark.parametrize(("lines", "shown"), LAYERS.items())
def test_rule_05_the_stricter_of_the_two_layers_applies(
    lines: tuple[str, int, str, int], shown: str | None
) -> None:
    meshs, first, domains, second = lines
    world = World(
        sales=ALL + f"p3, d, role:any, sales, sales.orders.mail, {domains}, {second}, -, -",
        mesh=f"p3, m, role:any, *, tag:pii, {meshs}, {first}, -, -",
        tags={"sales.orders.mail": frozenset({"pii.mail"})},
    )
    assert world.rows("SELECT mail FROM sales.orders WHERE id = 1") == [repr((shown,))]


def test_rule_05_a_masked_column_keeps_its_type_and_a_hashed_one_is_text() -> None:
    masks = (
        "p3, m, role:any, sales, sales.orders.amount, bucket, 1, -, -\n"
        "p3, h, role:any, sales, sales.orders.id, hash, 1, -, -"
    )
    mesh = World(sales=ALL + masks).made()
    found = describe(Request("SELECT amount, id FROM sales.orders", ANYBODY, "postgres"), mesh)
    assert [column.type for column in found.columns] == ["DECIMAL(9,2)", "VARCHAR"]
    assert multiset(values(mesh, "SELECT amount FROM sales.orders WHERE amount > 20")) == multiset(
        [(Decimal("90.00"),)]
    )
