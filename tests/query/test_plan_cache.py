"""A plan that is remembered answers as one that is made anew, to nobody but who would get the same one.

`warm` is a mesh that has answered before; the oracle is the same mesh with nothing remembered. That a plan was
remembered shows in the audit record: no second was spent on planning.
"""

import datetime as dt
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any, cast

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from gateway.audit import AuditRecord
from gateway.query.authorize import authorize
from gateway.query.bind import bind
from gateway.query.mesh import Mesh
from gateway.query.parse import parse
from gateway.query.pipeline import describe, planned_for, visible_to
from gateway.query.request import Parameter, Request
from gateway.query.rewrite import rewrite
from policies.policy_set import PolicySet
from policies.principal import Circumstances, Principal
from tests.query.mesh import Builder, Records, Told, ask, close_mesh, records
from tests.query.test_shape import CONDITIONS, CUSTOMERS, KINDS, ORDERS, SQLITE, STATEMENTS
from tests.servers import PostgresServer

ANA = Principal("ana", attributes={"region": "EU"})
EVA = Principal("eva", attributes={"region": "EU", "level": 3})
BOB = Principal("bob", attributes={"region": "US"})
NIL = Principal("nil")
CHIEF = Principal("chief", groups=frozenset({"chiefs"}))
CLERK = Principal("clerk", groups=frozenset({"clerks"}), attributes={"region": "EU"})
EVERYONE = (ANA, EVA, BOB, NIL, CHIEF, CLERK)
POLICIES = """
p,  o, role:any, s, s.orders, select, own_region, -, -, allow
p,  a, group:chiefs, s, s.orders, select, *, -, -, allow
p,  h, group:clerks, s, s.orders.amount, select, *, -, -, deny
p3, m, role:any, s, s.orders.email, partial, 1, -, -
p3, n, group:chiefs, s, s.orders.email, none, 2, -, -
p,  c, role:any, s, s.customers, select, *, -, -, allow
"""
FILTERS = {"own_region": "region = principal.region"}


def builder(policies: str = POLICIES, types: Mapping[pa.DataType, pa.DataType] | None = None) -> Builder:
    tables = {"s.orders": ORDERS, "s.customers": CUSTOMERS}
    if types is not None:
        for name, table in tables.items():
            fields = [pa.field(item.name, types.get(item.type, pa.string())) for item in table.schema]
            tables[name] = table.cast(pa.schema(fields))
    return Builder(tables, policies={"s": policies}, filters=FILTERS)


@pytest.fixture(scope="module", params=KINDS)
def warm(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Mesh]:
    folder, kind = tmp_path_factory.mktemp("plans"), request.param
    if kind == "postgres":
        server: PostgresServer = request.getfixturevalue("postgres")
        made = builder().postgres(server, "plans")
    elif kind == "sqlite":
        made = builder(types=SQLITE).sqlite(folder)
    else:
        made = builder().memory() if kind == "memory" else builder().parquet(folder)
    yield made
    close_mesh(made)


@pytest.fixture
def mesh() -> Iterator[Mesh]:
    made = builder().memory()
    yield made
    close_mesh(made)


def afresh(mesh: Mesh) -> Mesh:
    return replace(mesh, audit=Records())


def last(mesh: Mesh) -> AuditRecord:
    return records(mesh).written[-1]


def remembered(mesh: Mesh) -> bool:
    """Whether the last statement was answered without planning it."""
    assert last(mesh).outcome == "done", last(mesh)
    return "plan" not in (last(mesh).seconds or {})


def essence(record: AuditRecord) -> AuditRecord:
    """All of a record but which one it is and how long things took."""
    sources = tuple(replace(source, seconds=None) for source in record.sources)
    return replace(record, id="", time=0, seconds=None, sources=sources)


def said(
    mesh: Mesh, sql: str, user: Principal, parameters: tuple[Parameter, ...] = ()
) -> tuple[Told, list[AuditRecord]]:
    before = len(records(mesh).written)
    told = ask(mesh, sql, user, parameters).unordered()
    return told, [essence(record) for record in records(mesh).written[before:]]


# --- the same answers and records ----------------------------------------------------------------------------


VALUES: Mapping[str, st.SearchStrategy[Any]] = {
    "o.id": st.integers(-40, 40),
    "o.customer": st.sampled_from([1, 2, 3, 2**31, -(2**40)]),
    "o.region": st.sampled_from(["EU", "US", "", "x%", "it's", "\\", "2026-01-01", "UK", "DE"]),
    "o.amount": st.sampled_from(["1.50", "20.00", "20.0", "-1.5", "1.505", "0"]).map(Decimal),
    "o.weight": st.sampled_from([0.5, 1.5, -0.0, 0.0, 1e300]),
    "o.ordered_on": st.sampled_from([dt.date(2026, 1, 1), dt.date(2026, 2, 1), dt.date(1, 1, 1)]),
    "o.seen": st.sampled_from([dt.datetime(2026, 1, 1, 10), dt.datetime(2026, 1, 1, 10, 0, 0, 5)]),
}


@st.composite
def texts(draw: st.DrawFn) -> tuple[str, str, str]:
    """Three texts that differ in literals of conditions, the third from one of the others in some of them."""
    drawn = []
    for _ in range(2):
        form, column = draw(CONDITIONS), draw(st.sampled_from(sorted(VALUES)))
        alike = st.tuples(VALUES[column], VALUES[column])
        pairs = [draw(alike) for _ in range(form.count("{}"))]
        mixed = [draw(st.sampled_from(pair)) for pair in pairs]
        values = [map(written, chosen) for chosen in (*zip(*pairs, strict=True), mixed)]
        drawn.append([form.format(*chosen, c=column) for chosen in values])
    statement = draw(st.sampled_from(STATEMENTS))
    one, two, three = (statement.format(*chosen) for chosen in zip(*drawn, strict=True))
    return one, two, three


def written(value: object) -> str:
    return (
        repr(value)
        if isinstance(value, int | float)
        else (str(value) if isinstance(value, Decimal) else "'" + str(value).replace("'", "''") + "'")
    )


USUAL = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@USUAL
@given(texts=texts(), users=st.lists(st.sampled_from(EVERYONE), min_size=3, max_size=3))
def test_literals(warm: Mesh, texts: tuple[str, str, str], users: list[Principal]) -> None:
    for text, user in [*zip(texts, users, strict=True), *zip(texts, [ANA] * 3, strict=True)]:
        assert said(warm, text, user) == said(afresh(warm), text, user)
        if last(warm).outcome == "done":
            event(f"remembered: {remembered(warm)}")


TYPES = {
    "o.id": ("BIGINT", None, "INTEGER"), "o.customer": ("INTEGER", "BIGINT"), "o.region": ("VARCHAR", None),
    "o.amount": ("DECIMAL(12,2)", "DECIMAL(12,3)", None), "o.weight": ("DOUBLE", None), "o.ordered_on": ("DATE", None),
    "o.seen": ("TIMESTAMP", None),
}  # fmt: skip
PARAMETRIC = (
    "SELECT o.id, o.email FROM s.orders AS o WHERE o.id >= 0 AND {c} = $1",
    "SELECT o.id FROM s.orders AS o JOIN s.customers AS c ON o.customer = c.customer WHERE {c} BETWEEN $1 AND $2",
    "SELECT o.id, $1 AS given FROM s.orders AS o WHERE {c} <> $1",
    "SELECT o.region, count(*) FROM s.orders AS o WHERE {c} IN ($1, $2) OR o.id = 2 GROUP BY 1",
    "SELECT o.id FROM s.orders AS o WHERE ({c} = $1 AND o.id = 1) OR ({c} = $2 AND o.id = 2)",
)


@st.composite
def prepared(draw: st.DrawFn) -> tuple[str, list[tuple[Parameter, ...]]]:
    """A statement and parameters for it, three times."""
    column = draw(st.sampled_from(sorted(VALUES)))
    text = draw(st.sampled_from(PARAMETRIC)).format(c=column)
    one = st.builds(Parameter, st.one_of(VALUES[column], st.none()), st.sampled_from(TYPES[column]))
    count = 2 if "$2" in text else 1
    return text, [tuple(draw(one) for _ in range(count)) for _ in range(4)]


@USUAL
@given(asked=prepared(), users=st.lists(st.sampled_from(EVERYONE), min_size=4, max_size=4))
def test_parameters(
    warm: Mesh, asked: tuple[str, list[tuple[Parameter, ...]]], users: list[Principal]
) -> None:
    text, given_ = asked
    for parameters, user in zip(given_, users, strict=True):
        told = said(warm, text, user, parameters)
        assert told == said(afresh(warm), text, user, parameters)
        if last(warm).outcome == "done":
            event(f"remembered: {remembered(warm)}")


# --- what is remembered --------------------------------------------------------------------------------------

BY_ID = "SELECT id, email FROM s.orders WHERE id = {} ORDER BY id"


def test_a_text_that_comes_again(mesh: Mesh) -> None:
    seen = []
    for _ in range(2):
        ask(mesh, BY_ID.format(1), ANA)
        seen.append(remembered(mesh))
    assert seen == [False, True]


def test_the_third_text_of_a_kind(mesh: Mesh) -> None:
    seen = []
    for number in (1, 2, 3, 4):
        assert len(ask(mesh, BY_ID.format(number), CHIEF).rows) == (number < 4)
        seen.append(remembered(mesh))
    assert seen == [False, False, True, True]


def test_a_literal_is_free_only_once_it_was_seen_to_be(mesh: Mesh) -> None:
    text = "SELECT id FROM s.orders WHERE region = '{}' AND id >= {}"
    seen = []
    for region, least in (("EU", 1), ("EU", 2), ("EU", 3), ("US", 3), ("US", 2), ("UK", 1)):
        assert said(mesh, text.format(region, least), CHIEF) == said(
            afresh(mesh), text.format(region, least), CHIEF
        )
        seen.append(remembered(mesh))
    assert seen == [False, False, True, False, True, True]


def test_a_prepared_statement_with_new_parameters(mesh: Mesh) -> None:
    text = "SELECT id FROM s.orders WHERE id = $1"
    seen = []
    for number in (1, 2, 3):
        assert ask(mesh, text, CHIEF, (Parameter(number, "BIGINT"),)).rows == (f"({number},)",)
        seen.append(remembered(mesh))
    assert ask(mesh, text, CHIEF, (Parameter(3, "INTEGER"),)).rows == ("(3,)",)
    assert not remembered(mesh)
    assert ask(mesh, text, CHIEF, (Parameter(None, "BIGINT"),)).rows == ()
    assert seen == [False, False, True]


def test_users_of_equal_rights_share_and_others_do_not(mesh: Mesh) -> None:
    text = "SELECT id, email FROM s.orders ORDER BY id"
    told = {}
    shared = {}
    for user in EVERYONE:
        told[user.name] = ask(mesh, text, user).rows
        shared[user.name] = remembered(mesh)
    assert shared == {"ana": False, "eva": True, "bob": False, "nil": False, "chief": False, "clerk": False}
    assert told["ana"] == told["eva"] == ("(1, 'a***')", "(3, 'c***')")
    assert told["bob"] == ("(2, 'b***')",)
    assert told["nil"] == ()
    assert told["chief"][0] == "(1, 'a@x.org')"


@pytest.mark.parametrize("one", [1, 1.0, True, "1"])
@pytest.mark.parametrize("other", [1, 1.0, True, "1"])
def test_equal_attributes_of_two_types_are_two(one: Any, other: Any) -> None:
    mesh = Builder(
        {"s.t": pa.table({"a": [1, 2]})},
        policies={"s": "p, o, role:any, s, s.t, select, own, -, -, allow\n"},
        filters={"own": "a = principal.level"},
    ).memory()
    for level in (one, other):
        user = Principal("ana", attributes={"level": level})
        assert said(mesh, "SELECT a FROM s.t", user) == said(afresh(mesh), "SELECT a FROM s.t", user)
    assert remembered(mesh) == (type(one) is type(other))
    close_mesh(mesh)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT current_user, id FROM s.orders",
        "SELECT id FROM s.orders WHERE seen < now()",
        "SELECT id FROM s.orders WHERE region <> session_user",
        "SELECT id FROM s.orders WHERE ordered_on <= today()",
        "DESCRIBE SELECT id FROM s.orders",
        "SUMMARIZE s.orders",
        "SHOW TABLES",
        "EXPLAIN SELECT id FROM s.orders",
    ],
)
def test_what_is_of_the_user_or_the_instant_is_asked_anew(mesh: Mesh, text: str) -> None:
    for user in (ANA, ANA, BOB):
        told = said(mesh, text, user)
        assert told[0].error == ""
        if "now()" not in text:
            assert told == said(afresh(mesh), text, user)
        assert "recall" in (last(mesh).seconds or {})
        assert "parse" in (last(mesh).seconds or {})


def test_a_refusal_is_never_remembered(mesh: Mesh) -> None:
    for user in (ANA, CLERK, ANA, CLERK):
        told = said(mesh, "SELECT amount FROM s.orders", user)
        assert told == said(afresh(mesh), "SELECT amount FROM s.orders", user)
        assert told[0].error == ("UndefinedColumn" if user is CLERK else "")


@pytest.mark.parametrize(
    "text",
    [
        f"SELECT id FROM s.orders WHERE id = {'9' * 5_000}",
        f"SELECT id FROM s.orders WHERE id = ${'9' * 5_000}",
        "SELECT id FROM s.orders WHERE id = \u0663",
        "SELECT id FROM s.orders WHERE id = $\u0661",
        "SELECT id FROM s.orders WHERE region = '\ud800'",
        "SELECT id FROM s.orders WHERE region = 'EU",
        "SELECT id FROM s.orders WHERE id = $x AND id = ? AND id = $1",
        "",
        "\0",
        "$",
        "?",
    ],
)
def test_a_strange_text_is_the_parsers_to_refuse(mesh: Mesh, text: str) -> None:
    first, again = (said(mesh, text, ANA, (Parameter(1),)) for _ in range(2))
    assert first == again
    assert first[0].error != "InternalFailure"


# --- time, purpose, change -----------------------------------------------------------------------------------

TEXT = "SELECT id FROM s.orders ORDER BY id"
ALL = ("(1,)", "(2,)", "(3,)")
LINE = "p, o, role:any, s, s.orders, select, {rows}, {cond}, {until}, allow\n"


def of_lines(*lines: str) -> Mesh:
    return builder("".join(lines)).memory()


def test_a_grant_that_expires_between_two_statements() -> None:
    until = dt.datetime.fromtimestamp(time.time() + 5, dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    mesh = of_lines(
        LINE.format(rows="*", cond="-", until=until),
        LINE.replace("p, o", "p, e").format(rows="own_region", cond="-", until="-"),
    )
    assert ask(mesh, TEXT, ANA).rows == ALL
    assert ask(mesh, TEXT, ANA).rows == ALL
    assert remembered(mesh)
    time.sleep(5.5)
    assert ask(mesh, TEXT, ANA).rows == ("(1,)", "(3,)")
    assert not remembered(mesh)
    close_mesh(mesh)


def test_a_purpose_is_in_the_key() -> None:
    mesh = of_lines(
        LINE.format(rows="*", cond="purpose=audit", until="-"),
        LINE.replace("p, o", "p, e").format(rows="own_region", cond="-", until="-"),
    )
    user = replace(ANA, purposes=frozenset({"audit", "sales"}))
    asked = [
        (ask(mesh, TEXT, user, purpose=purpose).rows, remembered(mesh))
        for purpose in ("audit", "sales", "audit", None, None)
    ]
    own = ("(1,)", "(3,)")
    assert asked == [(ALL, False), (own, False), (ALL, True), (own, False), (own, True)]
    close_mesh(mesh)


def test_attributes_and_groups_that_change(mesh: Mesh) -> None:
    for user in (
        ANA,
        replace(ANA, attributes={"region": "US"}),
        replace(ANA, groups=frozenset({"chiefs"})),
        ANA,
    ):
        assert said(mesh, TEXT, user) == said(afresh(mesh), TEXT, user)


def test_describe_shares_it(mesh: Mesh) -> None:
    ask(mesh, TEXT, ANA)
    kept = describe(Request(TEXT, ANA, "postgres"), mesh)
    assert kept == describe(Request(TEXT, ANA, "postgres"), afresh(mesh))
    ask(mesh, TEXT, ANA)
    assert remembered(mesh)
    text = "SELECT id, $1 AS x FROM s.orders WHERE id = $2"
    asked = Request(text, ANA, "postgres")
    assert describe(asked, mesh) == describe(asked, mesh) == describe(asked, afresh(mesh))
    assert ask(mesh, text, ANA, (Parameter(5, "BIGINT"), Parameter(1))).rows == ("(1, 5)",)


# --- bounds --------------------------------------------------------------------------------------------------


def test_threads_ask_at_once(mesh: Mesh) -> None:
    wrong: list[object] = []

    def asking(user: Principal, start: int) -> None:
        for number in range(start, start + 20):
            told = ask(mesh, BY_ID.format(number % 5), user).rows
            own = {1: ("EU",), 2: ("US",), 3: ("EU",)}.get(number % 5, ())
            expected = 1 if own and (user is CHIEF or user.attributes.get("region") in own) else 0
            if len(told) != expected:
                wrong.append((user.name, number, told))

    threads = [
        threading.Thread(target=asking, args=(user, n)) for n, user in enumerate((ANA, BOB, CHIEF, NIL))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


# --- products over products, tags ----------------------------------------------------------------------------

LAYERED = Builder(
    {
        "a.t": pa.table({"id": [1, 2, 3], "region": ["EU", "US", "EU"], "note": ["x", "y", "z"]}),
        "b.u": pa.table({"id": [1, 2, 3], "kind": ["k", "l", "m"]}),
    },
    policies={
        "a": "p, a, domain:b, a, a.t, share, *, -, -, allow\np, o, role:any, a, a.t, select, *, -, -, allow\n"
        "p2, r, role:any, a, a.t, own_region, -, -\n",
        "b": "p, b, role:any, b, b.*, select, *, -, -, allow\n",
        "*": "p3, h, group:clerks, *, tag:pii, hash, 1, -, -\n",
    },
    filters=FILTERS,
    bodies={"b.v": "SELECT t.id, t.note, t.region FROM a.t AS t WHERE t.id < 3"},
    tags={"a.t.note": frozenset({"pii"}), "b.v.note": frozenset({"pii"}), "a.t.id": frozenset({"key"})},
)
LAYERS = (
    "SELECT v.id, v.note FROM b.v AS v",
    "SELECT v.id, u.kind FROM b.v AS v JOIN b.u AS u ON u.id = v.id",
    "SELECT count(*) FROM a.t AS t JOIN b.v AS v ON v.note = t.note WHERE t.id IN (SELECT u.id FROM b.u AS u)",
)


@pytest.mark.parametrize("text", LAYERS)
def test_products_over_products(text: str) -> None:
    mesh = LAYERED.memory()
    seen: dict[str, list[bool]] = {}
    for user in (ANA, BOB, CLERK, NIL, EVA, ANA, BOB, CLERK, NIL, EVA):
        told = said(mesh, text, user)
        assert told == said(afresh(mesh), text, user)
        assert told[0].error == ""
        seen.setdefault(user.name, []).append(remembered(mesh))
    assert seen == {user.name: [user is EVA, True] for user in (ANA, BOB, CLERK, NIL, EVA)}
    close_mesh(mesh)


@pytest.mark.parametrize("text", LAYERS)
def test_after_authorize_no_policy_is_asked(text: str) -> None:
    """What a plan depends on is in what `authorize` returns, whose circumstances nobody looks at, or its key is not
    whole."""
    mesh = LAYERED.memory()
    request = Request(text, CLERK, "postgres")
    visible = visible_to(request, mesh, 1.0)
    query = authorize(bind(parse(text, mesh.limits), request, visible), visible)
    nobody = Principal("", attributes=CLERK.attributes)
    blind = replace(visible, policies=cast(PolicySet, None), circumstances=cast(Circumstances, None))
    assert planned_for(rewrite(replace(query, visible=replace(blind, principal=nobody))), mesh).sql
    close_mesh(mesh)
