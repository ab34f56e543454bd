"""Pieces of a draft written as a person would: under the names that relations have, not those that the planner gave."""

import re
from collections.abc import Mapping

from sqlglot import ErrorLevel, exp, parse_one
from sqlglot.errors import SqlglotError

from gateway.query.plan.draft import Draft, is_inner
from gateway.sql.dialect import quoted

PLAIN = re.compile(r"[a-z_][a-z0-9_]*")
WIDTH = 100
"""Characters of a piece that is shown in the middle of a sentence."""
QUERY = "SELECT ..."
GROUPS = "groups"
"""What a unit that was grouped twice reads."""


def pretty(sql: str, dialect: str) -> str:
    """The SQL over several lines; as it is, if it is none that can be read."""
    try:
        return _written(parse_one(sql, read=dialect), dialect, pretty=True)
    except (SqlglotError, ValueError, AttributeError, TypeError, LookupError, RecursionError):
        return sql


def plainly(tree: exp.Expr) -> str:
    """SQL over several lines, without quotes that nobody needs. The tree is used up."""
    return _written(_unquoted(tree), "duckdb", pretty=True)


def piece(node: exp.Expr, draft: Draft, called: Mapping[str, str]) -> str:
    """An expression of a draft on one line; `called` maps the aliases of leaves to what they are called."""
    tree = named(node.copy(), draft, called)
    for query in [one for one in tree.find_all(exp.Select, exp.SetOperation) if one is not tree]:
        query.replace(exp.Var(this=QUERY))
    text = " ".join(_written(_unquoted(tree), "duckdb", pretty=False).split())
    return text if len(text) <= WIDTH else f"{text[: WIDTH - 3]}..."


def named(tree: exp.Expr, draft: Draft, called: Mapping[str, str]) -> exp.Expr:
    """Changes the tree: columns of grouped units become what they stand for, those of leaves get their names."""
    root = exp.Paren(this=tree)
    for column in list(root.find_all(exp.Column)):
        unit = draft.units.get(column.table)
        if is_inner(column.table):
            column.set("table", quoted(GROUPS))
        elif unit is not None and unit.grouped:
            column.replace(named(unit.item(column.name).copy(), draft, called))
        elif column.table in called:
            column.set("table", quoted(called[column.table]))
    found: exp.Expr = root.this
    return found


def names_of(draft: Draft) -> Mapping[str, str]:
    """Leaf -> its relation's name, with a number where there are several."""
    found: dict[str, str] = {}
    for alias, leaf in draft.leaves.items():
        name = base = leaf.governed.relation.split(".")[1]
        count = 1
        while name in found.values():
            count += 1
            name = f"{base}_{count}"
        found[alias] = name
    return found


def _unquoted(tree: exp.Expr) -> exp.Expr:
    for name in tree.find_all(exp.Identifier):
        if PLAIN.fullmatch(name.this):
            name.args["quoted"] = False
    return tree


def _written(tree: exp.Expr, dialect: str, *, pretty: bool) -> str:
    return tree.sql(dialect, pretty=pretty, comments=False, unsupported_level=ErrorLevel.IGNORE)
