"""governance.md, rule 3, columns: what an answer shows and how a refusal reads."""

import pytest

from tests.security.rules import ALL, EU, World

HIDDEN = World(
    sales=ALL + "p, no, role:any, sales, tag:secret, select, *, -, -, deny",
    tags={"sales.orders.note": frozenset({"secret.kept"})},
    shipping="p, ship, role:any, shipping, shipping.parcels, select, *, -, -, allow",
)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT note FROM sales.orders",
        "SELECT id FROM sales.orders WHERE note = 'x'",
        "SELECT id FROM sales.orders ORDER BY note",
        "SELECT count(*) FROM sales.orders GROUP BY note",
        "SELECT id FROM sales.orders WHERE EXISTS (SELECT 1 FROM sales.orders o WHERE o.note = orders.mail)",
        "SELECT 1 FROM sales.orders a JOIN sales.orders b USING (note)",
        "SELECT o.note FROM sales.orders o",
        "SELECT sales.orders.note FROM sales.orders",
        "SELECT * EXCLUDE (note) FROM sales.orders",
        "SELECT x FROM sales.orders AS o(a, b, c, d, e, x)",
        "WITH t AS (SELECT * FROM sales.orders) SELECT note FROM t",
    ],
)
def test_rule_03_a_denied_column_is_refused_like_an_unknown_one(sql: str) -> None:
    denied, unknown = HIDDEN.told(sql), HIDDEN.told(sql.replace("note", "nope"))
    assert denied.sqlstate in ("42703", "42601", "42P10"), denied
    assert (denied.sqlstate, denied.text.replace("note", "nope"), denied.hint) == (
        unknown.sqlstate,
        unknown.text,
        unknown.hint,
    )
    assert "mean" not in denied.text, "there are no suggestions to consumers"


def test_rule_03_a_denied_column_is_in_no_star_no_row_and_no_natural_join() -> None:
    seen = ["id", "region", "customer", "mail", "amount"]
    assert [name for name, _ in HIDDEN.told("SELECT * FROM sales.orders").columns] == seen
    assert "CANARY" not in repr(HIDDEN.told("SELECT o FROM sales.orders AS o"))
    pairs = HIDDEN.rows("SELECT count(*) FROM sales.orders NATURAL JOIN (SELECT 1 AS id, 'x' AS note) AS t")
    assert pairs == ["(1,)"], "joined by id alone"


@pytest.mark.parametrize("tag", ["secret", "secret.kept", "SECRET"])
def test_rule_03_a_deny_by_tag_counts_for_its_child_tags(tag: str) -> None:
    deny = ALL + f"p, no, role:any, sales, tag:{tag}, select, *, -, -, deny"
    world = World(sales=deny, tags={"sales.orders.note": frozenset({"secret.kept"})})
    assert world.told("SELECT note FROM sales.orders").sqlstate == "42703"
    child = World(sales=deny, tags={"sales.orders.note": frozenset({"other"})})
    assert not child.told("SELECT note FROM sales.orders").error


def test_rule_03_deny_overrides_every_allow() -> None:
    allows = ALL + "p, b, user:ana, sales, sales.orders.note, select, *, -, -, allow\n"
    world = World(sales="p, no, role:any, sales, sales.orders.note, select, *, -, -, deny\n" + allows)
    assert world.told("SELECT note FROM sales.orders", EU).sqlstate == "42703"
