"""governance.md, "The rules", one by one, over whole statements: what an answer shows and how a refusal reads.

Rule 6 has a file of its own (three kinds of sources), and so has what of rule 10 needs a running gateway. What lines
alone decide is in tests/policies, over which columns tags follow in tests/sql/test_lineage.py.
"""

import itertools
from ast import literal_eval
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.query import pipeline
from gateway.query.explain.operator import explain
from gateway.query.mesh import Mesh
from gateway.query.pipeline import describe
from gateway.query.request import Request
from policies.principal import AttributeValue, Principal
from tests.catalog.loading import problems_of
from tests.meshes import added, edited
from tests.query.mesh import ANYBODY, Builder, Told, ask, multiset, records, values

ORDERS = pa.table(
    {
        "id": [1, 2, 3, 4, 5],
        "region": ["EU", "EU", "US", "UK", None],
        "customer": [10, 20, 10, 30, 20],
        "mail": ["ada@x.org", "bob@y.org", "ada@x.org", None, "eve@z.org"],
        "amount": pa.array([Decimal("10.50"), Decimal("8.00"), None, Decimal("7.25"), Decimal("99.00")],
                           pa.decimal128(9, 2)),
        "note": ["CANARY 1", "CANARY 2", "CANARY 3", "CANARY 4", "CANARY 5"],
    }
)  # fmt: skip
PARCELS = pa.table({"order_id": [1, 2, 3, 9], "customer": [10, 20, 10, 90], "carrier": ["n", "s", "n", "w"]})
TABLES = {"sales.orders": ORDERS, "shipping.parcels": PARCELS, "marketing.leads": pa.table({"id": [1]})}
FILTERS = {
    "own_region": "region = principal.region",
    "my_regions": "region IN principal.regions",
    "eu": "region = 'EU'",
    "large": "amount > 8",
    "not_us": "region <> 'US'",
    "early": "id < 3",
}
ALL = "p, all, role:any, sales, sales.orders, select, *, -, -, allow\n"
DISCOVER = "p, see, role:any, sales, sales.orders, discover, *, -, -, allow\n"
EU = Principal("ana", attributes={"region": "EU"})


@dataclass(frozen=True)
class World:
    """A mesh that lives as long as a question to it."""

    sales: str = ALL
    mesh: str = ""
    shipping: str = ""
    marketing: str = ""
    bodies: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, frozenset[str]] = field(default_factory=dict)
    masks: Mapping[str, str] = field(default_factory=dict)

    def made(self) -> Mesh:
        lines = {
            "sales": self.sales,
            "*": self.mesh,
            "shipping": self.shipping,
            "marketing": self.marketing,
        }
        return Builder(TABLES, lines, FILTERS, self.masks, self.bodies, self.tags).memory()

    def told(self, sql: str, who: Principal = ANYBODY) -> Told:
        mesh = self.made()
        try:
            return ask(mesh, sql, who)
        finally:
            mesh.engine.close()

    def rows(self, sql: str, who: Principal = ANYBODY) -> list[str]:
        told = self.told(sql, who)
        assert not told.error, told
        return sorted(told.rows)


# --- 1: default deny -------------------------------------------------------------------------------------


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


# --- 2: seeing that something exists ---------------------------------------------------------------------


def test_rule_02_discover_shows_no_data_and_says_whom_to_ask() -> None:
    for sql in (
        "SELECT id FROM sales.orders",
        "SELECT count(*) FROM sales.orders",
        "SELECT nope FROM sales.orders",
    ):
        told = World(sales=DISCOVER).told(sql)
        assert (told.sqlstate, told.text) == ("42501", "permission denied for relation sales.orders")
        assert "orders" in str(told.hint)
        assert "team@example.com" in str(told.hint)


@pytest.mark.parametrize("sales", ["", "p, d, user:bob, sales, sales.*, select, *, -, -, allow"])
def test_rule_02_what_may_not_be_seen_is_refused_in_the_words_for_what_never_was(sales: str) -> None:
    hidden = World(sales=sales).told("SELECT id FROM sales.orders")
    never = World(sales=sales).told("SELECT id FROM sales.ordres")
    assert (hidden.sqlstate, hidden.hint) == (never.sqlstate, never.hint) == ("42P01", None)
    assert hidden.text == never.text.replace("ordres", "orders")


# --- 3: columns ------------------------------------------------------------------------------------------

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


# --- 4: rows ---------------------------------------------------------------------------------------------

HOLDS = {
    "*": lambda row: True,
    "own_region": lambda row: row["region"] == "EU",
    "eu": lambda row: row["region"] == "EU",
    "large": lambda row: row["amount"] is not None and row["amount"] > 8,
    "not_us": lambda row: row["region"] is not None and row["region"] != "US",
    "early": lambda row: row["id"] < 3,
}
COLUMNS = ("id", "region", "mail", "amount")

grants = st.lists(
    st.tuples(st.sampled_from((*COLUMNS, "*")), st.sampled_from(sorted(HOLDS))), min_size=1, max_size=6
)
denials = st.sets(st.sampled_from(COLUMNS), max_size=1)
restrictions = st.lists(st.sampled_from(("large", "not_us", "early")), max_size=2, unique=True)


@settings(max_examples=40, deadline=None)
@given(grants=grants, denied=denials, restricted=restrictions)
def test_rule_04_rows_are_those_of_every_column_that_the_text_uses(
    grants: list[tuple[str, str]], denied: set[str], restricted: list[str]
) -> None:
    """R(c) = OR over the grants of c; rows = AND over the columns used, AND every restriction; a NULL hides."""
    lines = [
        f"p, g{n}, role:any, sales, sales.orders{'' if c == '*' else '.' + c}, select, {f}, -, -, allow"
        for n, (c, f) in enumerate(grants)
    ]
    lines += [f"p, d{c}, role:any, sales, sales.orders.{c}, select, *, -, -, deny" for c in denied]
    lines += [f"p2, r{f}, role:any, sales, sales.orders, {f}, -, -" for f in restricted]
    opening = {c: [f for column, f in grants if column in (c, "*")] for c in ORDERS.column_names}
    selectable = [c for c in ORDERS.column_names if opening[c] and c not in denied]

    def shown(used: tuple[str, ...]) -> list[dict[str, object]]:
        return [
            row
            for row in ORDERS.to_pylist()
            if all(any(HOLDS[f](row) for f in opening[c]) for c in used)
            and all(HOLDS[f](row) for f in restricted)
        ]

    mesh = World(sales="\n".join(lines)).made()
    for count in (1, 2, 3):
        for used in itertools.combinations(COLUMNS, count):
            told = ask(mesh, f"SELECT {', '.join(used)} FROM sales.orders", EU)
            if set(used) <= set(selectable):
                expected = [tuple(row[c] for c in used) for row in shown(used)]
                assert sorted(told.rows) == sorted(map(repr, expected)), used
            else:
                assert told.sqlstate == ("42703" if selectable else "42P01")
    if selectable:
        assert ask(mesh, "SELECT count(*) FROM sales.orders", EU).rows == (
            f"({len(shown(tuple(selectable)))},)",
        )
    mesh.engine.close()


def test_rule_04_a_column_used_anywhere_in_the_text_counts() -> None:
    lines = (
        "p, a, role:any, sales, sales.orders.id, select, *, -, -, allow\n"
        "p, b, role:any, sales, sales.orders.mail, select, eu, -, -, allow"
    )
    world = World(sales=lines)
    narrow = ["(1,)", "(2,)"]
    for sql in (
        "SELECT id FROM sales.orders ORDER BY mail",
        "SELECT id FROM sales.orders WHERE mail IS NULL OR true",
        "SELECT id FROM (SELECT * FROM sales.orders) AS t",
        "WITH t AS (SELECT id, mail FROM sales.orders) SELECT id FROM t",
        "SELECT DISTINCT ON (mail) id FROM sales.orders",
    ):
        assert world.rows(sql) == narrow, sql
    assert len(world.rows("SELECT id FROM sales.orders")) == 5


# --- 5: masks --------------------------------------------------------------------------------------------

MASKED = World(sales=ALL + "p3, m, role:any, sales, sales.orders.mail, partial, 1, -, -")


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


# --- 7: what of a policy is seen -------------------------------------------------------------------------


def test_rule_07_no_error_and_no_record_tells_a_filter_or_a_value() -> None:
    world = World(sales=ALL.replace("*, -, -, allow", "eu, -, -, allow"))
    mesh = world.made()
    for sql in (
        "SELECT mail::INT FROM sales.orders",
        "SELECT nope FROM sales.orders",
        "SELECT 1/0 FROM sales.orders",
    ):
        told = ask(mesh, sql)
        assert "EU" not in repr(told)
        assert "ada" not in repr(told)
    assert "'EU'" not in repr(records(mesh).written)


def test_rule_07_that_and_how_a_column_is_masked_is_seen() -> None:
    told = explain(Request("SELECT mail FROM sales.orders", ANYBODY, "postgres"), MASKED.made())
    (note,) = told.relations
    assert "partial" in repr(note.masks)


# --- 8: products over products ---------------------------------------------------------------------------

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


# --- 9: attributes ---------------------------------------------------------------------------------------

MISSING: dict[str, AttributeValue] = {}
ATTRIBUTES: list[tuple[str, dict[str, AttributeValue], list[int]]] = [
    ("region = principal.region", {"region": "EU"}, [1, 2]),
    ("region = principal.region", MISSING, []),
    ("region = principal.region", {"region": ""}, []),
    ("region = principal.region", {"region": ("EU",)}, []),
    ("region = principal.region", {"region": 7}, []),
    ("region = principal.region", {"region": True}, []),
    ("region = principal.region", {"region": "EU' OR '1'='1"}, []),
    ("region IS DISTINCT FROM principal.region", MISSING, []),
    ("region IS DISTINCT FROM principal.region", {"region": ""}, []),
    ("region IS DISTINCT FROM principal.region", {"region": "EU"}, [3, 4, 5]),
    ("NOT (region = principal.region)", MISSING, []),
    ("region <> principal.region OR true", MISSING, []),
    ("principal.region IS NULL OR id = 1", MISSING, []),
    ("coalesce(principal.region, 'EU') = region", MISSING, []),
    ("region IN principal.regions", {"regions": ("EU", "UK")}, [1, 2, 4]),
    ("region IN principal.regions", {"regions": ()}, []),
    ("region IN principal.regions", {"regions": "EU"}, []),
    ("region NOT IN principal.regions", {"regions": ("EU", "UK")}, [3]),
    ("region NOT IN principal.regions", {"regions": ()}, []),
    ("region NOT IN (principal.a, principal.b)", {"a": ("EU",), "b": ("US",)}, [4]),
    ("region NOT IN (principal.a, principal.b)", {"a": "EU", "b": ("US", "UK")}, []),
    ("region IN (principal.a, 'UK')", {"a": "EU"}, [1, 2, 4]),
    ("region IN (principal.a, 'UK')", MISSING, []),
    ("id <= principal.level", {"level": 2}, [1, 2]),
    ("id <= principal.level", {"level": 2.5}, [1, 2]),
    ("id <= principal.level", {"level": "2"}, []),
    ("principal.staff", {"staff": True}, [1, 2, 3, 4, 5]),
    ("principal.staff", {"staff": False}, []),
    ("principal.staff", {"staff": "true"}, []),
    ("NOT principal.staff", {"staff": "false"}, []),
    ("NOT principal.staff", MISSING, []),
]  # fmt: skip


@pytest.mark.parametrize(("text", "attributes", "ids"), ATTRIBUTES)
def test_rule_09_attributes_that_do_not_fit_make_the_whole_filter_false(
    text: str, attributes: dict[str, AttributeValue], ids: list[int]
) -> None:
    line = "p, a, role:any, sales, sales.orders, select, f, -, -, allow"
    mesh = Builder({"sales.orders": ORDERS}, {"sales": line}, {"f": text}).memory()
    told = ask(mesh, "SELECT id FROM sales.orders", Principal("ana", attributes=attributes))
    mesh.engine.close()
    assert (told.error, sorted(told.rows)) == ("", [f"({number},)" for number in ids])


# --- 10: time, purpose, change ---------------------------------------------------------------------------


def test_rule_10_a_purpose_is_one_of_the_principals() -> None:
    world = World(sales=ALL.replace("-, -, allow", "purpose=audit, -, allow"))
    felix = Principal("felix", purposes=frozenset({"audit", "billing"}))
    mesh = world.made()
    assert ask(mesh, "SELECT count(*) FROM sales.orders", felix, purpose="audit").rows == ("(5,)",)
    assert ask(mesh, "SELECT count(*) FROM sales.orders", felix, purpose="billing").sqlstate == "42P01"
    assert ask(mesh, "SELECT count(*) FROM sales.orders", felix).sqlstate == "42P01"
    refused = ask(mesh, "SELECT count(*) FROM sales.orders", ANYBODY, purpose="audit")
    assert (refused.sqlstate, refused.text) == ("42501", 'purpose "audit" is not one of yours')


ENDS = "2030-01-01T00:00:00Z"
END = datetime(2030, 1, 1, tzinfo=UTC).timestamp()
EXPIRING = {
    "a grant of more rows": ("p, w, role:any, sales, sales.orders, select, *, -, {ends}, allow", 5, 2),
    "a denial": ("p, w, role:any, sales, sales.orders.id, select, *, -, {ends}, deny", "42703", 2),
    "a restriction": ("p2, w, role:any, sales, sales.orders, early, -, {ends}", 2, 2),
    "a line about another principal": (
        "p, w, user:bob, sales, sales.orders, select, *, -, {ends}, allow",
        2,
        2,
    ),
}


@pytest.mark.parametrize(("line", "before", "after"), EXPIRING.values(), ids=EXPIRING.keys())
def test_rule_10_a_line_ends_with_the_next_statement(
    line: str, before: int | str, after: int | str, monkeypatch: pytest.MonkeyPatch
) -> None:
    base = "p, eu, role:any, sales, sales.orders, select, eu, -, -, allow\n"
    mesh = World(sales=base + line.format(ends=ENDS)).made()
    for now, expected in ((END - 1, before), (END, after), (END - 1, before)):
        monkeypatch.setattr(pipeline.time, "time", lambda now=now: now)
        told = ask(mesh, "SELECT id FROM sales.orders")
        assert (told.sqlstate or len(told.rows)) == expected


# --- 11: errors ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sql", "state"),
    [
        ("SELECT note::INT FROM sales.orders", "22P02"),
        ("SELECT cast(note AS DATE) FROM sales.orders", "22"),
        ("SELECT id / (id - id) FROM sales.orders WHERE note::INT > 0", "22"),
        ("SELECT strptime(note, '%Y') FROM sales.orders", "22"),
        ("SELECT nope FROM sales.orders", "42703"),
        ("SELECT note FROM sales.nope", "42P01"),
    ],
)
def test_rule_11_no_text_of_an_engine_or_source_reaches_a_consumer(sql: str, state: str) -> None:
    told = World().told(sql)
    assert told.sqlstate.startswith(state), told
    assert not [
        word for word in ("CANARY", "_src", "scan", "Conversion", "duckdb", "Traceback") if word in repr(told)
    ]


def test_rule_11_filters_and_masks_cannot_fail_on_hidden_rows() -> None:
    line = (
        "p, a, role:any, sales, sales.orders, select, f, -, -, allow\n"
        "p3, m, role:any, sales, sales.orders.mail, k, 1, -, -"
    )
    texts = {"f": "cast(note AS INTEGER) = 1 OR id = 1"}
    masks = {"k": "cast(cast(value AS INTEGER) AS VARCHAR)"}
    mesh = Builder({"sales.orders": ORDERS}, {"sales": line}, texts, masks).memory()
    assert ask(mesh, "SELECT id, mail FROM sales.orders").rows == ("(1, None)",)


# --- 12: administration ----------------------------------------------------------------------------------

SALES = "domains/sales/policies.csv"
FOREIGN = {
    "p, x, role:any, shipping, shipping.parcels, select, *, -, -, allow": "must be about domain sales",
    "p, x, role:any, *, sales.orders, select, *, -, -, allow": "must be about domain sales",
    "p, x, role:any, sales, shipping.parcels, select, *, -, -, allow": "is not of domain sales",
    "p, x, role:any, sales, *, select, *, -, -, allow": "object * is for the mesh's own file",
    "p, x, role:shipping.boss, sales, sales.orders, select, *, -, -, allow": "is not a role of domain sales",
    "g, user:ana, role:shipping.boss, sales": "is not a role of domain sales",
    "g, user:ana, role:boss, sales": "is not a role of domain sales",
    "g, user:ana, role:sales.boss, shipping": "must be about domain sales",
    "p, x, role:any, sales, sales.orders.note, declassify, *, -, -, allow": "for the mesh's own file only",
}  # fmt: skip


@pytest.mark.parametrize(("line", "problem"), FOREIGN.items(), ids=FOREIGN.keys())
def test_rule_12_a_domains_lines_concern_its_own_only(tmp_path: Path, line: str, problem: str) -> None:
    number = len(added(SALES, line)[SALES].splitlines())
    found = problems_of(tmp_path, added(SALES, line))
    assert any(text.startswith(f"{SALES}:{number}: ") and problem in text for text in found), found


def test_rule_12_owners_cannot_lift_a_mesh_wide_denial() -> None:
    own = ALL + "p, more, user:ana, sales, sales.orders.note, select, *, -, -, allow\n"
    world = World(sales=own, mesh="p, no, role:any, *, tag:secret, select, *, -, -, deny",
                  tags={"sales.orders.note": frozenset({"secret"})})  # fmt: skip
    assert world.told("SELECT note FROM sales.orders", EU).sqlstate == "42703"


@pytest.mark.parametrize("name", ["SHIPPING_DB", "HOME", "SALESX_DB", "MESH_HASH_KEY"])
def test_rule_12_a_domain_cannot_borrow_the_environment_of_another(tmp_path: Path, name: str) -> None:
    change = edited("domains/sales/domain.yaml", "path: ./crm.sqlite", f'path: "${{{name}}}"')
    (problem,) = [text for text in problems_of(tmp_path, change) if name in text]
    assert problem.startswith("domains/sales/domain.yaml: sources.crm.path: ")
    assert "must begin with SALES_" in problem
