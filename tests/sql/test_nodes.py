"""One walk answers what several would."""

import pytest
from sqlglot import exp

from gateway.settings import Limits
from gateway.sql.dialect import DUCKDB
from gateway.sql.nodes import Nodes
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
