"""The barrier in what sources are asked, for generated statements (governance.md): a condition of the consumer's that
is not leakproof is evaluated on rows that the filters let through, and none sees a raw value behind a mask.

Looked at is the SQL alone, parsed again; which conditions are leakproof is written down here a second time.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlglot import exp, parse_one

from gateway.query.mesh import Mesh
from gateway.query.plan import Fragment, with_keys
from tests.query.plan.first_rows import first_joined
from tests.query.plan.governed import FILTERS, GOVERNED
from tests.query.plan.mesh import eager, planned, silent
from tests.query.plan.set_operations import set_operations
from tests.query.plan.statements import Statement, statements

OWN: Mapping[str, str] = {
    "customers": FILTERS["some_customers"],
    "orders": FILTERS["some_orders"],
    "lines": FILTERS["some_lines"],
    "items": FILTERS["some_items"],
}
"""Source table -> its relation's filter."""
MASKED: Mapping[str, frozenset[str]] = {
    "customers": frozenset({"name", "joined"}),
    "orders": frozenset({"status"}),
    "lines": frozenset({"price"}),
}
COLLATED = re.compile(r' COLLATE (BINARY|"C")')
"""Taken away first: the parser takes a comparison behind one for the name of a collation."""
COMPARED = (exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE, exp.NullSafeEQ, exp.NullSafeNEQ)


class Run:
    """A mesh, and what the run came across, so that the test is known to look at something."""

    def __init__(self, mesh: Mesh) -> None:
        self.mesh = mesh
        self.counts: Counter[str] = Counter()

    def __repr__(self) -> str:
        return "Run()"


@pytest.fixture(scope="module")
def watched() -> Iterator[Run]:
    mesh = GOVERNED.over(silent)
    with eager():
        yield Run(mesh)
    mesh.engine.close()


SAMPLED = settings() if settings.default.max_examples > 100 else settings(max_examples=350, derandomize=True)


@settings(SAMPLED, deadline=None, suppress_health_check=list(HealthCheck))
@given(statement=statements())
def test_nothing_is_asked_of_what_the_filters_hide(watched: Run, statement: Statement) -> None:
    look_at(watched, statement)


@settings(SAMPLED, deadline=None, suppress_health_check=list(HealthCheck))
@given(statement=st.one_of(set_operations(), first_joined()))
def test_nor_by_set_operations_and_trials(watched: Run, statement: Statement) -> None:
    look_at(watched, statement)


def look_at(watched: Run, statement: Statement) -> None:
    plan = planned(watched.mesh, statement.sql)
    tried = plan.trial.plan.fragments() if plan.trial else ()
    for fragment in (*plan.fragments(), *tried):
        if fragment.scan.query is None:
            continue
        for problem in problems(fragment, watched.counts):
            pytest.fail(f"{problem}\n{statement.sql}\n{fragment.scan.query}")


def test_there_was_something_to_look_at(watched: Run) -> None:
    assert min(watched.counts[each] for each in ("filtered", "leakproof", "keys")) >= 50, watched.counts
    assert min(watched.counts[each] for each in ("fenced", "read first", "combined")) >= 5, watched.counts


@pytest.mark.parametrize(
    "query",
    [
        "SELECT o.id FROM orders AS o",
        "SELECT o.id FROM orders AS o WHERE o.priority <> 1 AND length(o.region) > 3",
        "SELECT o.id FROM orders AS o WHERE o.priority <> 1 AND o.status = 'x'",
        "SELECT o.id FROM (SELECT r.id FROM orders AS r WHERE r.priority <> 1) AS o WHERE o.id + 1 > 3",
        "SELECT o.id FROM (SELECT r.id, r.priority FROM orders AS r WHERE r.id + 1 > 3 OFFSET 0) AS o "
        "WHERE o.priority <> 1",
        "SELECT o.id FROM (SELECT r.id, r.priority FROM orders AS r WHERE r.status = 'x' OFFSET 0) AS o "
        "WHERE o.priority <> 1",
        "SELECT o.id FROM (SELECT r.id, r.priority FROM orders AS r WHERE r.id = 3 OFFSET 0) AS o",
        "SELECT o.id FROM (SELECT r.id, r.priority FROM orders AS r WHERE r.id = 3 OFFSET 0) AS o "
        "WHERE o.priority <> 1 AND o.id + 1 > 3",
        "SELECT o.id FROM (SELECT r.id + 1 AS id, r.priority FROM orders AS r WHERE r.id = 3 OFFSET 0) AS o "
        "WHERE o.priority <> 1",
        "SELECT o.id FROM orders AS o CROSS JOIN lines AS l WHERE o.priority <> 1 AND l.order_id = o.id",
        "SELECT 1 FROM orders AS o WHERE o.priority <> 1 GROUP BY CAST(EXTRACT(YEAR FROM o.placed) AS BIGINT)",
        "SELECT o.id FROM orders AS o WHERE o.priority <> 1 OR o.id = 3",
        "SELECT EXTRACT(YEAR FROM o.placed) AS k FROM orders AS o WHERE o.priority <> 1 "
        "EXCEPT SELECT l.line FROM t AS l",
        "SELECT o.id FROM orders AS o WHERE o.priority <> 1 AND o.id > (SELECT max(t.id) FROM t WHERE t.id + 1 > 3)",
        "SELECT o.id FROM orders AS o WHERE o.priority <> 1 AND o.id > (SELECT t.id FROM t)",
        "SELECT u.k FROM (SELECT l.line AS k FROM t AS l UNION ALL SELECT o.id AS k FROM orders AS o "
        "WHERE o.priority <> 1) AS u WHERE u.k + 1 > 3",
        "SELECT EXTRACT(YEAR FROM u.k) FROM (SELECT o.placed AS k FROM orders AS o WHERE o.priority <> 1 UNION ALL "
        "SELECT l.shipped AS k FROM t AS l) AS u GROUP BY EXTRACT(YEAR FROM u.k)",
        "SELECT o.id FROM orders AS o WHERE o.priority <> 1 AND o.id = ANY(ARRAY(SELECT l.order_id FROM lines AS l))",
        "SELECT o.id FROM orders AS o WHERE o.priority <> 1 AND EXISTS (SELECT 1 FROM t WHERE t.id = o.id + 1)",
    ],
)
def test_what_would_leak_is_found(query: str) -> None:
    """The check itself is checked."""
    assert list(_problems(parse_one(query, dialect="postgres"), Counter()))


# --- looking at a source's SQL -------------------------------------------------------------------------------


def problems(fragment: Fragment, counts: Counter[str]) -> Iterator[str]:
    sent = frozenset(transfer.name for transfer in fragment.transfers)
    text = with_keys(fragment.scan.query or "", fragment.transfers, sent)
    counts["keys"] += len(sent)
    counts["combined"] += any(f" {word} " in text for word in ("UNION", "INTERSECT", "EXCEPT"))
    dialect = "sqlite" if fragment.source.startswith("shop") else "postgres"
    return _problems(parse_one(COLLATED.sub("", text), dialect=dialect), counts)


def _problems(tree: exp.Expr, counts: Counter[str]) -> Iterator[str]:
    for table in tree.find_all(exp.Table):
        if table.name in OWN:
            select, alias = table.find_ancestor(exp.Select), table.alias
            assert select is not None
            own = frozenset(map(_plain, _conjuncts(parse_one(OWN[table.name]))))
            hidden = MASKED.get(table.name, frozenset())
            if _is_read_first(select):
                yield from _looked_at(alias, hidden, list(_conditions(select)), counts)
                counts["read first"] += 1
                assert isinstance(select.parent, exp.Subquery)
                alias, select = select.parent.alias, select.parent.find_ancestor(exp.Select)
                assert select is not None
            conditions = list(_conditions(select))
            if not own <= {_plain(one) for one in conditions}:
                yield f"{table.name} is read without its filter"
            counts["filtered"] += 1
            others = [one for one in conditions if _plain(one) not in own]
            yield from _looked_at(alias, hidden, others, counts)
            yield from _grouped(alias, select)
            yield from _above(select, counts)


def _is_read_first(select: exp.Select) -> bool:
    """Whether it shows columns of one table behind a fence, in the FROM of another SELECT that has the filter."""
    plain = set(_given(select)) == {"expressions", "from_", "where", "offset"}
    around = select.parent
    return (
        plain
        and isinstance(around, exp.Subquery)
        and isinstance(around.parent, exp.From)
        and all(isinstance(item, exp.Column) for item in select.expressions)
    )


def _above(select: exp.Select, counts: Counter[str]) -> Iterator[str]:
    """Conditions on what a SELECT shows, up to the fence around it."""
    around = select.parent
    if select.args.get("offset") is not None:
        counts["fenced"] += 1
        return
    while isinstance(around, exp.SetOperation):
        around = around.parent
    if not isinstance(around, exp.Subquery) or not isinstance(around.parent, exp.From | exp.Join):
        return
    outer = around.find_ancestor(exp.Select)
    if outer is None or select.args.get("group") is not None:
        return
    computed = frozenset(
        item.alias_or_name for item in select.expressions if not isinstance(item.unalias(), exp.Column)
    )
    yield from _looked_at(around.alias, computed, list(_conditions(outer)), counts)
    yield from _grouped(around.alias, outer)
    yield from _above(outer, counts)


def _looked_at(
    alias: str, hidden: frozenset[str], conditions: list[exp.Expr], counts: Counter[str]
) -> Iterator[str]:
    for condition in conditions:
        columns = [column for column in condition.find_all(exp.Column) if column.table == alias]
        if not columns or _adds_up(condition):
            continue  # after grouping, where PostgreSQL leaves it
        if any(column.name in hidden for column in columns):
            yield f"a condition sees a raw value: {condition.sql()}"
        if not _is_leakproof(condition):
            yield f"a condition is evaluated on hidden rows: {condition.sql()}"
        counts["leakproof"] += 1


def _adds_up(condition: exp.Expr) -> bool:
    own = condition.walk(prune=lambda node: isinstance(node, exp.Query))
    return any(isinstance(node, exp.AggFunc) for node in own)


def _grouped(alias: str, select: exp.Select) -> Iterator[str]:
    group = select.args.get("group")
    items = [*(group.expressions if group is not None else [])]
    around = select.parent
    compared = isinstance(around, exp.SetOperation) and (
        around.args.get("distinct") or not isinstance(around, exp.Union)
    )
    if select.args.get("distinct") or compared:
        items += [item.unalias() for item in select.expressions]
    for item in items:
        if any(column.table == alias for column in item.find_all(exp.Column)) and item.find(
            exp.Cast, exp.Extract
        ):
            yield f"grouped by what may raise on hidden rows: {item.sql()}"


def _conditions(select: exp.Select) -> Iterator[exp.Expr]:
    for key in ("where", "having"):
        if select.args.get(key) is not None:
            yield from _conjuncts(select.args[key].this)
    for join in select.args.get("joins") or []:
        if join.args.get("on") is not None:
            yield from _conjuncts(join.args["on"])


def _conjuncts(node: exp.Expr) -> Iterator[exp.Expr]:
    node = node.unnest()
    if isinstance(node, exp.And):
        yield from _conjuncts(node.left)
        yield from _conjuncts(node.right)
    else:
        yield node


def _plain(node: exp.Expr) -> str:
    """The text without the names of tables and quotes."""

    def strip(each: exp.Expr) -> exp.Expr:
        return exp.column(each.name) if isinstance(each, exp.Column) else each

    return node.copy().transform(strip).sql()


def _is_leakproof(node: exp.Expr) -> bool:
    """Comparisons of columns with columns and constants, and AND, OR and NOT of them; of a subquery, what it compares
    with what is outside, and all that it asks itself."""
    node = node.unnest()
    if isinstance(node, exp.And | exp.Or):
        return _is_leakproof(node.left) and _is_leakproof(node.right)
    if isinstance(node, exp.Not):
        return _is_leakproof(node.this)
    if isinstance(node, exp.Is):
        return _is_value(node.this)
    if isinstance(node, exp.In) and node.args.get("query") is not None:
        inner = node.args["query"].this
        return (
            all(map(_is_value, _items(node.this))) and isinstance(inner, exp.Select) and _asks_nothing(inner)
        )
    if isinstance(node, exp.Exists):
        return isinstance(node.this, exp.Select) and _asks_nothing(node.this)
    if isinstance(node, exp.In):
        return all(map(_is_value, [node.this, *node.expressions]))
    if isinstance(node, exp.Between):
        return all(map(_is_value, [node.this, node.args["low"], node.args["high"]]))
    if isinstance(node, exp.Like | exp.Glob):
        return _is_value(node.this) and isinstance(node.expression, exp.Literal)
    if isinstance(node, exp.EQ) and isinstance(node.right, exp.Any):
        return _is_value(node.left) and _are_keys(node.right.this.unnest())
    return isinstance(node, COMPARED) and _is_value(node.left) and _is_value(node.right)


def _items(node: exp.Expr) -> list[exp.Expr]:
    return node.expressions if isinstance(node, exp.Tuple) else [node]


def _asks_nothing(select: exp.Select) -> bool:
    return (
        all(map(_is_leakproof, _conditions(select)))
        and all(
            _is_value(item.unalias()) or isinstance(item.unalias(), exp.Literal)
            for item in select.expressions
        )
        and not any(select.args.get(key) for key in ("group", "having", "offset", "limit"))
    )


def _is_value(node: exp.Expr) -> bool:
    node = node.unnest()
    if isinstance(node, exp.Cast | exp.Neg):
        return isinstance(node.this.unnest(), exp.Literal)
    plain = isinstance(node, exp.Column | exp.Literal | exp.Null | exp.Boolean)
    return plain or _is_key(node) or _is_one_value(node)


def _is_one_value(node: exp.Expr) -> bool:
    """What all rows of a subquery add up to, if nothing in it can raise: whether it is calculated may depend on hidden
    rows around it."""
    if not isinstance(node, exp.Select) or not set(_given(node)) <= {
        "expressions",
        "from_",
        "joins",
        "where",
    }:
        return False
    (item,) = node.expressions
    value = item.unalias()
    total = isinstance(value, exp.Min | exp.Max | exp.Sum | exp.Count) and not value.find(
        exp.Cast, exp.Extract
    )
    return total and all(map(_is_leakproof, _conditions(node)))


def _is_key(node: exp.Expr) -> bool:
    """The only value of a key set."""
    if not isinstance(node, exp.Select) or set(_given(node)) != {"expressions", "from_"}:
        return False
    return node.args["from_"].this.name.startswith("keys ") and isinstance(node.expressions[0], exp.Column)


def _are_keys(node: exp.Expr) -> bool:
    """A key set as an array."""
    return isinstance(node, exp.Array) and len(node.expressions) == 1 and _is_key(node.expressions[0])


def _given(node: exp.Expr) -> list[str]:
    return [key for key, value in node.args.items() if value]
