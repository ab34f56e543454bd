"""governance.md, rule 8, products over products: what an answer shows and how a refusal reads."""

from ast import literal_eval
from dataclasses import replace

import pytest

from policies.principal import Principal
from tests.query.mesh import ANYBODY
from tests.security.rules import ALL, EU, World

BODIES = {
    "shipping.delays": "SELECT o.id, o.region, o.mail, p.carrier FROM sales.orders AS o "
    "JOIN _src.parcels AS p ON p.order_id = o.id",
    "marketing.top": "WITH d AS (SELECT id, region, mail, carrier FROM shipping.delays) "
    "SELECT id, region, mail, upper(carrier) AS carrier FROM d",
    "marketing.counts": "SELECT region, count(*) AS n FROM shipping.delays GROUP BY region",
}
SHARE = "p, share, domain:shipping, sales, sales.orders, share, *, -, -, allow\n"
SHIPPING = (
    "p, ship, role:any, shipping, shipping.delays, select, *, -, -, allow\n"
    "p, pass, domain:marketing, shipping, shipping.delays, share, *, -, -, allow\n"
)
MARKETING = "p, mark, role:any, marketing, marketing.*, select, *, -, -, allow\n"


def chain(sales: str = SHARE, mesh: str = "", shipping: str = SHIPPING, **tags: frozenset[str]) -> World:
    named = {f"sales.orders.{column}": found for column, found in tags.items()}
    return World(sales, mesh, shipping, MARKETING, BODIES, named)


def test_rule_08_a_product_reads_as_its_domain_through_every_level() -> None:
    assert chain().rows("SELECT id FROM marketing.top") == ["(1,)", "(2,)", "(3,)"]
    assert chain().told("SELECT id FROM sales.orders").sqlstate == "42P01", "the consumer may not itself"
    assert chain(SHARE.replace("*, -, -", "eu, -, -")).rows("SELECT id FROM marketing.top") == [
        "(1,)",
        "(2,)",
    ]
    refused = chain("").told("SELECT id FROM marketing.top")
    assert (refused.sqlstate, "orders" in refused.text + str(refused.hint)) == ("42501", False)


def test_rule_08_role_any_never_includes_a_domain() -> None:
    assert chain(ALL).told("SELECT id FROM shipping.delays").sqlstate == "42501"


@pytest.mark.parametrize("sql", ["SELECT id FROM marketing.top", "SELECT id FROM shipping.delays"])
def test_rule_08_restrictions_on_an_input_hold_for_the_consumer(sql: str) -> None:
    world = chain(SHARE + "p2, r, role:any, sales, sales.orders, own_region, -, -")
    assert world.rows(sql, EU) == ["(1,)", "(2,)"]
    assert world.rows(sql, Principal("bob", attributes={"region": "US"})) == ["(3,)"]
    assert world.rows(sql) == [], "nobody's region"
    assert world.rows("SELECT n FROM marketing.counts", EU) == ["(2,)"]


def test_rule_08_mesh_wide_masks_on_an_input_hold_for_the_consumer() -> None:
    world = chain(mesh="p3, m, user:ana, *, tag:pii, redact, 1, -, -", mail=frozenset({"pii"}))
    assert world.rows("SELECT DISTINCT mail FROM marketing.top", EU) == ["('***',)"]
    assert len(world.rows("SELECT DISTINCT mail FROM marketing.top")) == 2


def test_rule_08_mesh_wide_denials_on_an_input_cost_their_columns_and_no_others() -> None:
    world = chain(mesh="p, m, user:ana, *, sales.orders.mail, select, *, -, -, deny")
    for relation in ("marketing.top", "shipping.delays"):
        assert world.told(f"SELECT mail FROM {relation}", EU).sqlstate == "42703"
        assert len(world.rows(f"SELECT id, carrier FROM {relation}", EU)) == 3
        assert world.rows(f"SELECT count(*) FROM {relation}", EU) == ["(3,)"]
        assert len(world.rows(f"SELECT mail FROM {relation}")) == 3


DENIALS = {
    "by tag": "p, m, user:ana, *, tag:pii, select, *, -, -, deny",
    "by the name of the input's column": "p, m, user:ana, *, sales.orders.mail, select, *, -, -, deny",
}


@pytest.mark.parametrize("deny", DENIALS.values(), ids=DENIALS)
@pytest.mark.parametrize("relation", ["marketing.top", "shipping.delays"])
def test_rule_08_a_column_made_of_a_denied_one_is_gone_for_every_question(deny: str, relation: str) -> None:
    """In the builder's mesh tags do not follow lineage, so those of the derived columns are written out."""
    pii = frozenset({"pii"})
    tags = {f"{name}.mail": pii for name in ("sales.orders", "shipping.delays", "marketing.top")}
    world = World(SHARE, deny, SHIPPING, MARKETING, BODIES, tags)
    rest = [("id", "BIGINT"), ("region", "VARCHAR"), ("carrier", "VARCHAR")]
    asked = world.told(f"SELECT * FROM {relation}", EU)
    assert (list(asked.columns), len(asked.rows)) == (rest, 3)
    described = world.told(f"DESCRIBE {relation}", EU).rows
    assert [literal_eval(row)[:2] for row in described] == rest
    assert world.told(f"SHOW COLUMNS FROM {relation}", EU).rows == described
    assert world.told(f"SUMMARIZE {relation}", EU).error == ""
    assert "mail" not in repr(world.told("SHOW ALL TABLES", EU))
    assert "mail" in repr(world.told("SHOW ALL TABLES"))
    assert len(world.told(f"SELECT * FROM {relation}").columns) == 4, "for others it is there"
    unknown = world.told(f"SELECT nope FROM {relation}", EU)
    for sql in ("SELECT mail FROM {}", "SELECT id FROM {} WHERE mail IS NULL", "EXPLAIN SELECT mail FROM {}"):
        told = world.told(sql.format(relation), EU)
        assert replace(told, text=told.text.replace("mail", "nope")) == unknown


def test_rule_08_rows_of_an_input_are_those_of_all_that_the_products_text_reads() -> None:
    """Also where the consumer asks for less of it, or a mesh-wide denial takes the column away."""
    lines = [
        f"p, s{c}, domain:shipping, sales, sales.orders.{c}, share, {'eu' if c == 'mail' else '*'}, -, -, allow"
        for c in ("id", "region", "mail")
    ]
    deny = "p, m, user:ana, *, sales.orders.mail, select, *, -, -, deny"
    for who in (EU, ANYBODY):
        assert chain("\n".join(lines), deny).rows("SELECT id FROM marketing.top", who) == ["(1,)", "(2,)"]


def test_rule_08_a_product_that_calculates_with_a_token_is_refused() -> None:
    world = chain(mesh="p3, m, user:ana, *, sales.orders.id, hash, 1, -, -")
    told = world.told("SELECT carrier FROM shipping.delays", EU)
    assert (told.sqlstate, told.text) == ("42501", "permission denied for relation shipping.delays")
    assert "hashed" in str(told.hint)
    assert len(world.rows("SELECT carrier FROM shipping.delays")) == 3


HANDED_UP = {
    "as it is": "SELECT d.mail, d.carrier FROM shipping.delays AS d",
    "through a CTE": "WITH x AS (SELECT * FROM shipping.delays) SELECT mail, carrier FROM x",
    "through a subquery": "SELECT q.mail, q.carrier FROM (SELECT * FROM shipping.delays) AS q",
    "through a group": "SELECT mail, max(carrier) AS carrier FROM shipping.delays GROUP BY mail",
    "through a union": "SELECT u.mail, u.carrier FROM (SELECT mail, carrier FROM shipping.delays "
    "UNION SELECT mail, carrier FROM shipping.delays) AS u",
}


@pytest.mark.parametrize("body", HANDED_UP.values(), ids=HANDED_UP.keys())
def test_rule_08_a_token_stays_the_token_however_a_product_hands_it_up(body: str) -> None:
    """Hashing it again would make every join on it empty."""
    tags = {
        f"{name}.mail": frozenset({"pii"}) for name in ("sales.orders", "shipping.delays", "marketing.top")
    }
    world = World(SHARE, "p3, m, role:any, *, tag:pii, hash, 1, -, -", SHIPPING, MARKETING,
                  {**BODIES, "marketing.top": body}, tags)  # fmt: skip
    joined = "SELECT DISTINCT t.mail = d.mail FROM marketing.top t JOIN shipping.delays d ON t.mail = d.mail"
    assert world.rows(joined) == ["(True,)"]
    assert "@" not in repr(world.rows("SELECT mail FROM marketing.top"))


@pytest.mark.parametrize(
    "body",
    [
        "SELECT o.note AS mail, o.id FROM sales.orders AS o",
        "SELECT u.mail, u.id FROM (SELECT mail, id FROM sales.orders UNION ALL SELECT note, id FROM sales.orders) AS u",
        "SELECT coalesce(o.mail, o.note) AS mail, o.id FROM sales.orders AS o",
    ],
)
def test_rule_08_what_is_no_token_is_hashed(body: str) -> None:
    world = World(
        SHARE,
        "p3, m, role:any, *, sales.orders.mail, hash, 1, -, -\np3, n, role:any, *, shipping.mix.mail, hash, 1, -, -",
        "p, mix, role:any, shipping, shipping.mix, select, *, -, -, allow",
        bodies={"shipping.mix": body},
    )
    rows = world.rows("SELECT mail FROM shipping.mix")
    assert rows
    assert not [row for row in rows if "CANARY" in row or "@" in row]


def test_rule_08_what_consumers_write_has_the_rights_of_who_asks() -> None:
    world = chain(SHARE + ALL.replace("*, -, -, allow", "eu, -, -, allow"))
    assert world.rows("WITH t AS (SELECT id FROM sales.orders) SELECT count(*) FROM t") == ["(2,)"]
    assert world.rows("SELECT count(*) FROM (SELECT id FROM sales.orders) AS t") == ["(2,)"]
    assert world.rows("SELECT count(*) FROM shipping.delays") == ["(3,)"]
