"""EXPLAIN over SQL: a consumer's view of the plan and of the policies, in the consumer's own names."""

import json
import os
import shutil
import subprocess
from ast import literal_eval
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path
from xml.etree import ElementTree as ET

import pyarrow as pa
import pytest

from connectors.base import Connector
from connectors.postgres import PostgresConnector
from gateway.query.explain.operator import explain
from gateway.query.mesh import Mesh
from gateway.query.request import Parameter, Request
from policies.principal import Principal
from tests.query.mesh import Builder, Told, ask, close_mesh, parquet_source, records
from tests.security.corpus import attacks
from tests.security.drivers import PASSWORD, OverPostgres
from tests.security.worlds import ANA as ANYBODY
from tests.security.worlds import builder as world
from tests.servers import PostgresServer

ANA = Principal("ana", attributes={"region": "EU"}, purposes=frozenset({"audit", "billing"}))

POLICIES = {
    "*": """p3, mesh-hash, role:any, *, tag:pii, hash, 1, -, -
p, no-secrets, role:any, *, tag:secret, select, *, -, -, deny
""",
    "sales": """p, own, role:any, sales, sales.orders, select, own_rows, -, -, allow
p, all, role:any, sales, sales.orders, select, *, purpose=audit, 2035-12-31T00:00:00Z, allow
p, keys, role:any, sales, sales.keys, select, *, -, -, allow
p, no-margin, role:any, sales, sales.orders.margin, select, *, -, -, deny
p2, real, role:any, sales, sales.orders, only_real, -, -
p3, short, role:any, sales, sales.orders.email, partial, 1, -, -
p, for-shop, domain:shop, sales, sales.orders, share, *, -, -, allow
""",
    "shop": """p, items, role:any, shop, shop.items, select, *, -, -, allow
p, totals, role:any, shop, shop.totals, select, *, attribute.region=EU, -, allow
p, seen, role:any, shop, shop.stock, discover, *, -, -, allow
p, reads-hr, role:any, shop, shop.people, select, *, -, -, allow
""",
}
ORDERS = pa.table(
    {
        "id": [1, 2], "item": [1, 2], "region": ["EU", "US"], "email": ["a@x.org", "b@x.org"], "margin": [1, 2],
        "amount": [10, 20],
    }
)  # fmt: skip
BUILDER = Builder(
    {
        "sales.orders": ORDERS,
        "sales.keys": pa.table({"k": [1]}),
        "shop.items": pa.table({"id": [1, 2], "kind": ["a", "b"], "price": [1, 2]}),
        "shop.stock": pa.table({"id": [1]}),
        "hr.pay": pa.table({"who": ["x"]}),
    },
    policies=POLICIES,
    filters={"own_rows": "region = principal.region", "only_real": "amount > 0"},
    bodies={
        "shop.totals": "SELECT item, sum(amount) AS total FROM sales.orders GROUP BY item",
        "shop.people": "SELECT who FROM hr.pay",
    },
    tags={"sales.orders.email": frozenset({"pii"})},
)


@pytest.fixture(scope="module")
def mesh(postgres: PostgresServer) -> Iterator[Mesh]:
    made = BUILDER.postgres(postgres, "explain")
    yield made
    close_mesh(made)


def lines(told: Told) -> str:
    assert not told.error, told
    assert told.columns == (("QUERY PLAN", "VARCHAR"),)
    return "\n".join(row[0] for row in map(_value, told.rows))


def _value(row: str) -> tuple[str]:
    found: tuple[str] = literal_eval(row)
    return found


# --- what it says ----------------------------------------------------------------------------------------

JOIN = """EXPLAIN SELECT i.kind, sum(o.amount) AS total FROM sales.orders AS o JOIN shop.items AS i ON i.id = o.item
WHERE o.region = 'EU' AND lower(i.kind) = 'a' GROUP BY i.kind ORDER BY total DESC LIMIT 3"""

JOINED = """Engine
  Runs:
    SELECT
      i.kind AS kind,
      SUM("part 1".sum) AS total
    FROM "part 1"
    CROSS JOIN "part 2"
    WHERE
      LOWER(i.kind) = '...' AND i.id = "part 1".item
    GROUP BY
      i.kind
    ORDER BY
      total DESC
    LIMIT 3
  ->  Part 1, at the source of domain sales
        Relations: sales.orders AS o
        Runs:
          SELECT
            SUM(o.amount) AS sum,
            o.item AS item
          FROM sales.orders AS o
          WHERE
            o.region = '...'
          GROUP BY
            o.item
  ->  Part 2, at the source of domain shop
        Relations: shop.items AS i
        Runs:
          SELECT
            i.kind,
            i.id
          FROM shop.items AS i
Planned without the sizes of relations whose rows or values are governed: what runs may differ."""


def test_the_plan_has_the_consumers_names(mesh: Mesh) -> None:
    assert lines(ask(mesh, JOIN, ANA)) == JOINED


POLICY = """Principal ana
  Purpose: none (yours: audit, billing)
  Endpoint: postgres
Relation sales.orders
  Columns: id, email
  Grants: own (domains/sales/policies.csv:1)
  Rows Limited By: own (domains/sales/policies.csv:1), real (domains/sales/policies.csv:5)
  Masks: email: hash by mesh-hash (policies.csv:1)
  Denied By Tag: no-secrets (policies.csv:2)
  Ask: Team <team@example.com>
Relation shop.totals
  Columns: item, total
  Grants: totals (domains/shop/policies.csv:2, depends on your region)
  Rows: all that the product shows
  Denied By Tag: no-secrets (policies.csv:2)
  Ask: Team <team@example.com>
What a product's own SQL leaves out, and rules about what it reads, are not listed: ask its owner."""

POLICIES_OF = """EXPLAIN (POLICY) SELECT o.id, o.email, t.total FROM sales.orders AS o
JOIN shop.totals AS t ON t.item = o.id"""


def test_the_policy_has_rules_by_id_and_line(mesh: Mesh) -> None:
    assert lines(ask(mesh, POLICIES_OF, ANA)) == POLICY


def test_a_purpose_changes_what_decides(mesh: Mesh) -> None:
    told = lines(ask(mesh, "EXPLAIN (POLICY) SELECT id FROM sales.orders", ANA, purpose="audit"))
    assert "Purpose: audit (yours: audit, billing)" in told
    assert "all (domains/sales/policies.csv:2, depends on purpose, until 2035-12-31 00:00)" in told
    assert "Rows Limited By: real (domains/sales/policies.csv:5)\n" in told


def test_json_and_xml_hold_the_same_tree(mesh: Mesh) -> None:
    def about(layout: str) -> str:
        return lines(ask(mesh, JOIN.replace("EXPLAIN", f"EXPLAIN (FORMAT {layout}, VERBOSE)"), ANA))

    (document,) = json.loads(about("json"))
    parts = document["Plan"]["Plans"]
    assert [part["Node Type"] for part in parts] == ["Source", "Source"]
    assert [part["Relations"] for part in parts] == [["sales.orders AS o"], ["shop.items AS i"]]
    tree = ET.fromstring(about("xml"))
    names = [node.text for node in tree.iter("{http://www.postgresql.org/2009/explain}Node-Type")]
    assert names == ["Engine", "Source", "Source"]
    (policy,) = json.loads(lines(ask(mesh, POLICIES_OF.replace("POLICY", "POLICY, FORMAT JSON"), ANA)))
    assert [node["Node Type"] for node in policy["Policy"]] == ["Principal", "Relation", "Relation"]


def test_keys_that_go_from_part_to_part_are_named(postgres: PostgresServer, tmp_path: Path) -> None:
    with closing(Sized(postgres, tmp_path, "keys", hidden=0)) as sized:
        told = lines(ask(sized.mesh, f"EXPLAIN {SENT}", ANA))
    assert "Keys From Part 2: i.id = o.item" in told or "Keys From Part 1: i.id = o.item" in told


def test_nothing_runs_and_it_is_on_record(mesh: Mesh) -> None:
    before = len(records(mesh).written)
    lines(ask(mesh, "EXPLAIN (POLICY) SELECT email FROM sales.orders WHERE id = $1", ANA, (Parameter(1),)))
    started, done = records(mesh).written[before:]
    assert (started.outcome, done.outcome) == ("started", "done")
    assert done.statement.startswith("EXPLAIN (POLICY)")
    assert done.relations == ("sales.orders",)
    assert (done.columns, done.revealed, done.masked, done.sources) == ((), (), (), ())


# --- what it does not say --------------------------------------------------------------------------------

STATEMENTS = (
    "SELECT * FROM sales.orders",
    "SELECT count(*) FROM sales.orders",
    "SELECT email FROM sales.orders WHERE email = 'CANARY_MASK_A1@x.com'",
    "SELECT o.customer, sum(o.amount) FROM sales.orders o JOIN sales.customers c ON c.id = o.id GROUP BY 1 LIMIT 2",
    "SELECT p.status FROM sales.parcels p WHERE p.order_id IN (SELECT id FROM sales.orders WHERE note LIKE 'x%')",
    "SELECT cast(note AS bigint) FROM sales.orders ORDER BY 1 LIMIT 1",
    "SELECT * FROM sales.customers FULL JOIN sales.orders USING (id)",
    "WITH a AS (SELECT ssn FROM sales.customers) SELECT count(*) FROM a, a AS b WHERE a.ssn = b.ssn",
    "SELECT margin FROM sales.orders",
    "SELECT * FROM hr.salaries",
    "SELECT * FROM _src.orders",
    'SELECT "orders"."api_key" FROM sales.orders',
)
FORMS = (
    "EXPLAIN {0}",
    "EXPLAIN (POLICY) {0}",
    "EXPLAIN (FORMAT JSON) {0}",
    "EXPLAIN (POLICY, FORMAT XML) {0}",
)
HIDDEN = (
    "CANARY",
    "_src",
    "principal",
    "SUBSTRING",
    "visible",
    "own_region",
    "margin",
    "api_key",
    "worlds_explain",
)


@pytest.fixture(scope="module", params=["memory", "postgres"])
def worlds(request: pytest.FixtureRequest, postgres: PostgresServer) -> Iterator[tuple[Mesh, Mesh]]:
    plans = [world("A"), world("B")]
    made = [
        plan.memory() if request.param == "memory" else plan.postgres(postgres, f"worlds_explain_{number}")
        for number, plan in enumerate(plans)
    ]
    yield made[0], made[1]
    for each in made:
        each.engine.close()


@pytest.mark.parametrize("statement", STATEMENTS)
def test_it_is_the_same_in_two_worlds(statement: str, worlds: tuple[Mesh, Mesh]) -> None:
    for form in FORMS:
        first, second = (ask(mesh, form.format(statement), ANYBODY) for mesh in worlds)
        assert first == second
        told = "\n".join((*first.rows, first.text, first.hint or ""))
        assert not [word for word in HIDDEN if word in told and word not in statement]
        assert "CANARY" not in told


def test_no_attack_learns_from_its_explanation(worlds: tuple[Mesh, Mesh]) -> None:
    """What the corpus asks, explained: the same refusal or the same plan, without a hidden value or name."""
    explained = 0
    for attack in attacks():
        if attack.kind == "dos" or "\0" in attack.sql:
            continue
        parameters = tuple(map(Parameter, attack.parameters))
        for form in ("EXPLAIN ", "EXPLAIN (POLICY, FORMAT JSON) "):
            first, second = (ask(mesh, form + attack.sql, ANYBODY, parameters) for mesh in worlds)
            assert first == second, attack
            assert first.error != "InternalFailure", attack
            told = "\n".join((*first.rows, first.text, first.hint or ""))
            assert "CANARY" not in told.replace(attack.sql, ""), attack
            assert "_src" not in told or "_src" in attack.sql, attack
            explained += not first.error
    assert explained > 100


SENT = "SELECT sum(i.price) FROM sales.orders AS o JOIN shop.items AS i ON i.id = o.item"


class Sized:
    """Orders with two rows in sight and any number of hidden ones, and 20,000 items that anybody sees."""

    def __init__(self, server: PostgresServer, folder: Path, name: str, hidden: int) -> None:
        self._server, self._folder, self._name = server, folder / name, name
        size = 2 + hidden
        table = pa.table(
            {
                "id": list(range(size)), "item": list(range(size)), "email": ["x"] * size, "margin": [1] * size,
                "region": ["EU"] * size, "amount": [1, 1, *[0] * hidden],
            }
        )  # fmt: skip
        plan = replace(BUILDER, tables={**BUILDER.tables, "sales.orders": table})
        self.mesh = plan.over(self._source)

    def _source(self, domain: str, tables: dict[str, pa.Table]) -> Connector:
        if domain != "shop":
            return parquet_source(self._folder / domain, tables)
        schema = f"sized_{self._name}"
        self._server.run(
            f"DROP SCHEMA IF EXISTS {schema} CASCADE",
            f"CREATE SCHEMA {schema}",
            f"CREATE TABLE {schema}.items AS SELECT g AS id, 'k' || g % 5 AS kind, g % 9 AS price"
            " FROM generate_series(1::bigint, 20000) AS g",
            f"CREATE TABLE {schema}.stock (id bigint)",
            f"ANALYZE {schema}.items",
        )
        return PostgresConnector(self._server.uri(), schema=schema)

    def close(self) -> None:
        close_mesh(self.mesh)


def test_no_choice_in_it_tells_of_hidden_rows(postgres: PostgresServer, tmp_path: Path) -> None:
    """What really runs depends on how many rows there are, so that a plan that showed it would tell."""
    with (
        closing(Sized(postgres, tmp_path, "few", hidden=0)) as few,
        closing(Sized(postgres, tmp_path, "many", hidden=600_000)) as many,
    ):
        request = Request(SENT, ANA, "cli", purpose="audit")
        really = [explain(request, sized.mesh).fragments for sized in (few, many)]
        sent = [any(fragment.transfers for fragment in fragments) for fragments in really]
        assert sent == [True, False]
        told = [lines(ask(sized.mesh, f"EXPLAIN {SENT}", ANA, purpose="audit")) for sized in (few, many)]
        assert told[0] == told[1]


def test_inputs_of_products_and_named_denials_are_not_told(mesh: Mesh) -> None:
    for form in ("EXPLAIN", "EXPLAIN (POLICY)", "EXPLAIN (POLICY, FORMAT JSON)"):
        told = lines(ask(mesh, f"{form} SELECT item, total FROM shop.totals", ANA))
        for hidden in ("sales", "orders", "for-shop", "no-margin", "amount", "real"):
            assert hidden not in told, (form, hidden)
    told = lines(ask(mesh, "EXPLAIN (POLICY) SELECT * FROM sales.orders", ANA))
    assert "margin" not in told


def test_a_denied_tag_is_told_whether_a_column_has_it_or_not(mesh: Mesh) -> None:
    tagged = replace(BUILDER, tags={**BUILDER.tags, "shop.items.price": frozenset({"secret"})}).memory()
    sql = "EXPLAIN (POLICY) SELECT id, kind FROM shop.items"
    assert ask(tagged, sql, ANA) == ask(BUILDER.memory(), sql, ANA)
    assert ask(tagged, "SELECT price FROM shop.items", ANA).sqlstate == "42703"


# --- what is refused -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sql", "sqlstate", "text"),
    [
        ("EXPLAIN SELECT * FROM hr.pay", "42P01", 'relation "hr.pay" does not exist'),
        ("EXPLAIN (POLICY) SELECT * FROM hr.nothing", "42P01", 'relation "hr.nothing" does not exist'),
        ("EXPLAIN SELECT margin FROM sales.orders", "42703", 'column "margin" does not exist'),
        ("EXPLAIN SELECT * FROM shop.stock", "42501", "permission denied for relation shop.stock"),
        ("EXPLAIN SELECT * FROM shop.people", "42501", "permission denied for relation shop.people"),
        ("EXPLAIN DELETE FROM sales.orders", "25006", "this gateway only reads"),
        ("EXPLAIN CREATE TABLE a AS SELECT 1", "25006", "this gateway only reads"),
        ("EXPLAIN (POLICY) COPY sales.orders TO 'x'", "25006", "this gateway only reads"),
        ("EXPLAIN EXPLAIN SELECT 1", "0A000", "this kind of statement is not supported"),
        ("EXPLAIN (POLICY) EXPLAIN ANALYZE SELECT 1", "0A000", "this kind of statement is not supported"),
        ("EXPLAIN DESCRIBE sales.orders", "0A000", "this kind of statement is not supported"),
        ("EXPLAIN SHOW TABLES", "0A000", "this kind of statement is not supported"),
        ("EXPLAIN EXECUTE p", "0A000", "this kind of statement is not supported"),
        ("EXPLAIN ANALYZE SELECT 1", "0A000", "EXPLAIN ANALYZE is not supported"),
        (
            "EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) SELECT id FROM sales.orders",
            "0A000",
            "EXPLAIN ANALYZE is not",
        ),
        ("EXPLAIN SELECT 1; DROP TABLE a", "42601", "exactly one statement is expected"),
        ("EXPLAIN SELECT * FROM read_csv('/etc/passwd')", "42883", "table function read_csv"),
        ("EXPLAIN SELECT * FROM duckdb_settings()", "42883", "table function duckdb_settings"),
        ("EXPLAIN SELECT id FROM sales.orders WHERE", "42601", "syntax error"),
    ],
)
def test_refusals_are_those_of_the_query(sql: str, sqlstate: str, text: str, mesh: Mesh) -> None:
    told = ask(mesh, sql, ANA)
    assert told.sqlstate == sqlstate, told
    assert told.text.startswith(text), told
    assert records(mesh).written[-1].outcome == "refused"


@pytest.mark.parametrize("relation", ["shop.stock", "shop.people"])
def test_a_refusal_says_whom_to_ask(relation: str, mesh: Mesh) -> None:
    """Also where the reason is what a product reads, whose name is not told."""
    told = ask(mesh, f"SELECT * FROM {relation}", ANA)
    assert "team@example.com" in (told.hint or "")
    assert "hr" not in (told.hint or "").replace("owner", "")


@pytest.mark.parametrize("column", ["margin", "never_was"])
def test_who_misses_a_column_is_told_whom_to_ask(column: str, mesh: Mesh) -> None:
    """In the same words, whether it is denied or never was."""
    for form in ("", "EXPLAIN ", "EXPLAIN (POLICY) "):
        told = ask(mesh, f"{form}SELECT {column} FROM sales.orders, shop.items", ANA)
        assert told.sqlstate == "42703"
        owners = [f"About {name} ask Team, team@example.com." for name in ("sales.orders", "shop.items")]
        assert told.hint == " ".join(owners)


# --- over the endpoint -----------------------------------------------------------------------------------


def test_over_the_postgresql_endpoint(mesh: Mesh) -> None:
    driver = OverPostgres()
    told = driver.ask(mesh, JOIN, ANA, ())
    assert not told.error, told
    assert "\n".join(row[0] for row in map(_value, told.rows)) == JOINED
    prepared = driver.ask(mesh, "EXPLAIN (POLICY) SELECT id FROM sales.orders WHERE id = $1", ANA, (1,))
    assert not prepared.error, prepared


def test_psql(mesh: Mesh) -> None:
    psql = shutil.which("psql")
    if psql is None:
        pytest.fail("psql is not installed: apt-get install postgresql-client")
    driver = OverPostgres()
    driver.identity.current = ANA
    environment = {**os.environ, "PGPASSWORD": PASSWORD, "PAGER": "cat"}
    arguments = ["-X", "-At", "-h", "127.0.0.1", "-p", str(driver._server(mesh).port), "-U", "ana", "mesh"]
    said = partial(
        subprocess.run,
        [psql, *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert said(input=f"{JOIN};").stdout == JOINED + "\n"
    assert said(input=f"{POLICIES_OF};").stdout == POLICY + "\n"
    refused = said(input="\\set VERBOSITY verbose\nEXPLAIN (ANALYZE, BUFFERS) SELECT 1;")
    assert "0A000: EXPLAIN ANALYZE is not supported" in refused.stderr
    assert "meshgate explain" in refused.stderr
