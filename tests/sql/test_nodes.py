"""One walk answers what several would."""

import pytest
from sqlglot import exp

from gateway.settings import Limits
from gateway.sql.dialect import DUCKDB
from gateway.sql.nodes import Nodes, by_level, closed, copied, everything, holds, nodes_of
from gateway.sql.syntax import parse_query

TREE = parse_query(
    "WITH c AS (SELECT a, 1 AS one FROM x.t) SELECT a, (SELECT max(b) FROM y.u WHERE u.a = c.a) FROM c WHERE a > 1",
    Limits(),
)


@pytest.mark.parametrize("kind", [exp.Column, exp.Table, exp.Select, exp.Literal, exp.Star])
def test_of_is_find_all(kind: type[exp.Expr]) -> None:
    assert [id(node) for node in Nodes(TREE).of(kind)] == [id(node) for node in TREE.find_all(kind)]


def test_every_node_is_there_once() -> None:
    assert sorted(id(node) for node in Nodes(TREE)) == sorted(id(node) for node in TREE.walk())


def test_of_any_is_all_of_each() -> None:
    found = Nodes(TREE).of_any([exp.EQ, exp.GT, exp.LT])
    assert {id(node) for node in found} == {id(node) for node in TREE.find_all(exp.EQ, exp.GT, exp.LT)}


def test_duckdb_has_no_columns_of_another_class() -> None:
    """`of(exp.Column)` would not see sqlglot's pseudocolumns."""
    assert not DUCKDB.PSEUDOCOLUMNS


KINDS = [exp.Column, exp.Table, exp.Select, exp.Literal, exp.Query, exp.AggFunc, exp.Func, (exp.EQ, exp.GT)]


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_by_level_is_find_all_and_nodes_of_is_in_the_order_of_the_text(
    kind: type[exp.Expr] | tuple[type[exp.Expr], ...],
) -> None:
    kinds = kind if isinstance(kind, tuple) else (kind,)
    assert list(map(id, by_level(TREE, kind))) == list(map(id, TREE.find_all(*kinds)))
    assert list(map(id, nodes_of(TREE, kind))) == list(map(id, TREE.find_all(*kinds, bfs=False)))
    assert holds(TREE, *kinds) is (TREE.find(*kinds) is not None)


def test_everything_is_what_sqlglot_walks() -> None:
    assert list(map(id, everything(TREE))) == list(map(id, TREE.walk()))
    outermost = TREE.walk(prune=lambda node: isinstance(node, exp.CTE | exp.Subquery))
    assert list(map(id, everything(TREE, closed(exp.CTE, exp.Subquery)))) == list(map(id, outermost))


def test_closed_is_isinstance() -> None:
    """For every class that there is."""
    kinds = (exp.Cast, exp.Query, exp.Literal, exp.Connector, exp.Concat)
    every = closed(exp.Expr)
    assert len(every) > 500
    assert closed(*kinds) == {one for one in every if issubclass(one, kinds)}


def test_a_copy_is_equal_and_of_other_nodes() -> None:
    copy = copied(TREE)
    assert copy == TREE
    assert {id(node) for node in everything(copy)}.isdisjoint(id(node) for node in everything(TREE))
    for node in everything(copy):
        assert node.parent is None or node.pop() is node
