"""Generated statements over five sources of four kinds, and over DuckDB on the raw rows: the very same answer.

Whether a rule fires depends on sizes; here all that are right fire (`eager`), and the last test counts that they did.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from importlib import import_module

import duckdb
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from gateway.query.hashing import hash_columns
from gateway.query.mesh import Mesh
from gateway.query.plan import SHAPING, Form, Plan, cut
from gateway.query.plan.rules.inorder import inorder
from gateway.query.plan.rules.keyed import keyed
from gateway.query.plan.rules.share import share
from gateway.query.plan.rules.transfer import transfer
from tests.query.mesh import Builder, close_mesh
from tests.query.plan.asked_keys import asked_keys
from tests.query.plan.beginnings import beginnings
from tests.query.plan.first_rows import first_joined, first_rows, united
from tests.query.plan.governed import CAPPED, FILTERS, GOVERNED
from tests.query.plan.lookups import lookups
from tests.query.plan.mesh import (
    TABLES,
    Answered,
    answered,
    eager,
    expected,
    governed_query,
    made,
    multiset,
    oracle,
    planned,
    shown,
)
from tests.query.plan.set_operations import set_operations
from tests.query.plan.statements import Statement, extremes, statements
from tests.query.plan.twice import twice
from tests.servers import PostgresServer

pytestmark = pytest.mark.xdist_group("same answers")

FUZZING = settings.get_current_profile_name() == "fuzz"
"""The profile of `make fuzz` says how many; otherwise it is always the same ones."""


def examples(count: int) -> settings:
    return settings(
        max_examples=settings.default.max_examples if FUZZING and settings.default else count,
        derandomize=not FUZZING,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.explicit, Phase.generate, *([Phase.reuse, Phase.shrink] if FUZZING else [])],
    )


class Pair:
    """A mesh, and DuckDB over what it shows. `fired` counts in how many answers each rule had a part."""

    def __init__(self, mesh: Mesh, plain: duckdb.DuckDBPyConnection) -> None:
        self.mesh = mesh
        self.plain = plain
        self.fired: Counter[str] = Counter()

    def __repr__(self) -> str:
        return "Pair()"


def paired(mesh: Mesh, tables: Mapping[str, pa.Table]) -> Iterator[Pair]:
    plain = oracle(tables)
    with eager():
        yield Pair(mesh, plain)
    plain.close()
    close_mesh(mesh)


@pytest.fixture(scope="module")
def raw(postgres: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    folder = tmp_path_factory.mktemp("raw")
    yield from paired(made(Builder(TABLES), postgres, "same_raw", folder), TABLES)


# --- the same with policies --------------------------------------------------------------------------------

SEEN = {
    "crm.customers": f"""SELECT * REPLACE (left(name, 1) || '***' AS name, date_trunc('year', joined)::DATE AS joined)
                         FROM given WHERE {FILTERS["some_customers"]}""",
    "crm.orders": f"SELECT * FROM given WHERE {FILTERS['some_orders']}",
    "depot.lines": f"""SELECT * REPLACE (({CAPPED.replace("value", "price")})::DECIMAL(12, 4) AS price)
                       FROM given WHERE {FILTERS["some_lines"]}""",
    "shop.items": f"SELECT * FROM given WHERE {FILTERS['some_items']}",
    "lake.regions": f"SELECT * FROM given WHERE {FILTERS['some_regions']}",
    "desk.notes": "SELECT * REPLACE (left(text, 1) || '***' AS text) FROM given",
}
"""What the policies leave to see, written by hand; `orders.status` is hashed besides."""


def seen() -> Mapping[str, pa.Table]:
    connection = duckdb.connect()
    found: dict[str, pa.Table] = dict(TABLES)
    for name, sql in SEEN.items():
        connection.register("given", TABLES[name])
        found[name] = connection.sql(sql).to_arrow_table()
    connection.close()
    hashed = [hash_columns(batch, ("status",), b"k" * 32) for batch in found["crm.orders"].to_batches()]
    return {**found, "crm.orders": pa.Table.from_batches(hashed)}


@pytest.fixture(scope="module")
def governed(postgres: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    folder = tmp_path_factory.mktemp("governed")
    yield from paired(made(GOVERNED, postgres, "same_governed", folder), seen())


# --- answers -----------------------------------------------------------------------------------------------


def compared(pair: Pair, statement: Statement) -> None:
    wanted = expected(pair.plain, statement.sql)
    if wanted.error:  # what DuckDB refuses or cannot calculate has no answer to compare
        pair.fired["refused by DuckDB"] += 1
        return
    plan = planned(pair.mesh, statement.sql)
    pair.fired.update(rules_fired(pair.mesh, statement.sql, plan))
    got = answered(pair.mesh, statement.sql)
    assert got == Answered(wanted.columns, got.rows), f"{statement.sql}\n{shown(plan)}"
    rows, others = (tuple(map(without_last_digits, one.rows)) for one in (got, wanted))
    if statement.ordered:
        assert rows == others, f"{statement.sql}\n{shown(plan)}"
    else:
        assert multiset(rows) == multiset(others), f"{statement.sql}\n{shown(plan)}"


def without_last_digits(row: object) -> str:
    """DuckDB rounds averages of exact numbers twice, the gateway once (`average`): the last of 16 digits may differ."""
    return re.sub(r"-?\d+\.\d{8,}", lambda found: f"{float(found[0]):.14g}", repr(row))


@examples(110)
@given(statement=statements())
def test_the_answer_is_duckdbs(raw: Pair, statement: Statement) -> None:
    compared(raw, statement)


@examples(90)
@given(statement=statements())
def test_the_answer_over_policies_is_duckdbs_over_what_they_show(
    governed: Pair, statement: Statement
) -> None:
    compared(governed, statement)


SHAPES: Mapping[str, tuple[st.SearchStrategy[Statement], int]] = {
    "rows of the least or greatest value": (extremes(), 80),
    "texts that begin with others": (beginnings(), 30),
    "the first rows and what they meet": (first_rows(), 40),
    "the first rows of what is joined": (first_joined(), 80),
    "the first rows of several": (united(), 60),
    "what is made of set operations": (set_operations(), 80),
    "the same rows twice": (twice(), 50),
    "groups by what is asked of others": (asked_keys(), 40),
    "rows looked up by their keys": (lookups(), 80),
}
"""Statements of a shape that others seldom have, and how many of them."""


@pytest.mark.parametrize("shape", SHAPES)
def test_statements_of_one_shape(shape: str, raw: Pair, governed: Pair) -> None:
    written, count = SHAPES[shape]

    @examples(count)
    @given(statement=written)
    def over_both(statement: Statement) -> None:
        compared(raw, statement)
        compared(governed, statement)

    over_both()


@examples(30)
@given(statement=statements(), room=st.sampled_from([0, 4_000, 40_000]))
def test_what_is_too_large_to_be_held_is_streamed(raw: Pair, statement: Statement, room: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(import_module("gateway.query.gather"), "GATHERED_BYTES", room)
        compared(raw, statement)


@examples(40)
@given(statement=statements(), most=st.sampled_from([0, 3]))
def test_more_keys_than_were_expected(raw: Pair, governed: Pair, statement: Statement, most: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(import_module("gateway.query.gather"), "MOST_KEYS", most)
        compared(raw, statement)
        compared(governed, statement)


@examples(60)
@given(statement=st.one_of(statements(), lookups(), twice()))
def test_too_many_keys_to_be_sent(raw: Pair, governed: Pair, statement: Statement) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(import_module("gateway.query.plan.rules.transfer"), "MOST_KEYS", 0)
        patch.setattr(import_module("gateway.query.plan.rules.transfer"), "FEW", 0.0)
        patch.setattr(import_module("gateway.query.plan.rules.span"), "WORTH", 1.0)
        compared(raw, statement)
        compared(governed, statement)


# --- which rules had a part in it --------------------------------------------------------------------------

SUMMED = re.compile(r"\b(COUNT|SUM|MIN|MAX)\(|GROUP BY")
OF_PARTS = re.compile(r'\b(SUM|MIN|MAX)\("u\d+"\."(count|sum|min|max)')
COMBINED = re.compile(r"\b(UNION|INTERSECT|EXCEPT)( ALL)? SELECT")
COMPARED = re.compile(r"[<>=] \(SELECT (COUNT|SUM|MIN|MAX)\(")
SIDES = re.compile(r"\b(UNION|INTERSECT|EXCEPT) SELECT")


def rules_fired(mesh: Mesh, sql: str, plan: Plan) -> set[str]:
    found = set(shaped_by(mesh, sql)) | set(arranged_by(mesh, sql))
    for fragment in plan.fragments():
        asked = fragment.scan.query or ""
        found |= {"fuse"} if " JOIN " in asked else set()
        found |= {"push"} if " WHERE " in asked else set()
        forms = {transfer.form for transfer in fragment.transfers}
        found |= {"transfer"} if Form.KEYS in forms else set()
        found |= {"bound"} if forms & {Form.LEAST, Form.MOST} else set()
        found |= {"probe"} if any(" = ANY(ARRAY(" in each.condition for each in fragment.transfers) else set()
        found |= {"span"} if Form.SPAN in forms else set()
        found |= {"cutoff"} if " LIMIT " in asked else set()
        if SUMMED.search(asked):
            found.add("preaggregate" if OF_PARTS.search(plan.sql) else "summarize")
        found |= {"scalar"} if COMPARED.search(asked) else set()
        found |= {"trial"} if plan.trial is not None else set()
        found |= {"unite"} if COMBINED.search(asked) else set()
        if asked.startswith("SELECT DISTINCT") and SIDES.search(plan.sql):
            found.add("eachside")
        if asked.startswith("SELECT DISTINCT") and ("EXISTS(" in plan.sql or " IN (SELECT" in plan.sql):
            found.add("semijoin")
    return found


def shaped_by(mesh: Mesh, sql: str) -> Iterator[str]:
    tree = governed_query(mesh, sql).tree
    before = tree.sql(copy=False)
    for rule in SHAPING:
        rule(tree)
        after = tree.sql(copy=False)
        if after != before:
            yield rule.__name__
        before = after


def arranged_by(mesh: Mesh, sql: str) -> Iterator[str]:
    draft = cut(governed_query(mesh, sql), mesh.catalog, mesh.connectors, mesh.engine.can_read)
    schedule = transfer(draft)
    keyed(draft, schedule)
    if any(leaf.keyed for leaf in draft.leaves.values()):
        yield "keyed"
    inorder(draft)
    if any(leaf.ordered for leaf in draft.leaves.values()):
        yield "inorder"
    if share(draft, schedule):
        yield "share"


RULES = [
    *(rule.__name__ for rule in SHAPING), "fuse", "push", "eachside", "summarize", "cutoff", "preaggregate", "semijoin",
    "unite", "trial", "scalar", "bound", "span", "transfer", "probe", "share", "inorder",
]  # fmt: skip
OF_FILTERS = ["keyed"]


@pytest.mark.parametrize("rule", RULES + OF_FILTERS)
def test_each_rule_had_a_part_in_the_answers(rule: str, raw: Pair, governed: Pair) -> None:
    if not raw.fired or not governed.fired:
        pytest.fail("run the tests above with this one: it counts what they did")
    assert raw.fired[rule] >= (0 if rule in OF_FILTERS else 4)
    assert governed.fired[rule] >= 2
    assert raw.fired["refused by DuckDB"] + governed.fired["refused by DuckDB"] < 10
