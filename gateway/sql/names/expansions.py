"""Shorthands that stand for columns, written out before names are resolved: PIVOT, UNPIVOT, COLUMNS, `* LIKE`.

The engine would expand them by what it sees; here they stand for what the principal may see.
"""

from collections.abc import Iterator, Mapping, Sequence

from sqlglot import exp
from sqlglot.schema import MappingSchema

from gateway.errors import SyntaxNotSupported
from gateway.sql.dialect import quoted
from gateway.sql.names.outputs import Outputs
from gateway.sql.names.pivots import written_out
from gateway.sql.names.spread import PATTERNS, is_spread, is_star_pattern, spread
from gateway.sql.nodes import Nodes

FROM_ITEMS = (exp.Subquery, exp.Values)


def expand(tree: exp.Query, schema: MappingSchema, spelled: Sequence[Mapping[str, str]]) -> None:
    """Change a tree whose base tables are numbered. Raises SyntaxNotSupported, StatementTooComplex, UndefinedColumn."""
    found = [node for node in _inside_out(tree) if _is_shorthand(node)]
    _name_sources(tree)
    outputs = Outputs(schema, spelled)
    for number, node in enumerate(found):
        if isinstance(node, exp.Pivot):
            node.replace(_statement(node, outputs))
        if node.args.get("pivots"):
            _turn(node, number, outputs)
        if isinstance(node, exp.Select):
            spread(node, outputs)
    if tree.find(exp.Pivot, exp.Columns, exp.PivotAlias, exp.UnpivotColumns) is not None:
        raise SyntaxNotSupported("PIVOT, UNPIVOT or COLUMNS cannot stand here")


def has_shorthands(nodes: Nodes) -> bool:
    """Whether `expand` has anything to do, at little cost for the many statements without."""
    return bool(nodes.of(exp.Columns) or nodes.of(exp.Pivot)) or any(
        map(is_star_pattern, nodes.of_any(PATTERNS))
    )


def _is_shorthand(node: exp.Expr) -> bool:
    if isinstance(node, exp.Pivot):
        return node.this is not None
    return bool(node.args.get("pivots")) or (isinstance(node, exp.Select) and is_spread(node))


def _inside_out(tree: exp.Expr) -> Iterator[exp.Expr]:
    """Every node after what stands in it; CTEs before the query that names them, in their order."""
    outside_in: list[exp.Expr] = []
    stack = [tree]
    while stack:
        node = stack.pop()
        outside_in.append(node)
        stack += sorted(node.iter_expressions(), key=lambda child: not isinstance(child, exp.With))
    return reversed(outside_in)


def _name_sources(tree: exp.Query) -> None:
    """Subqueries without a name get one, the same in every part of the statement."""
    found = [
        node
        for node in tree.find_all(*FROM_ITEMS)
        if isinstance(node.parent, exp.From | exp.Join | exp.Pivot)
    ]
    for number, node in enumerate(found):
        if not node.alias:
            alias = node.args.get("alias") or exp.TableAlias()
            alias.set("this", quoted(f"#derived {number}"))
            node.set("alias", alias)


def _statement(pivot: exp.Pivot, outputs: Outputs) -> exp.Select:
    """`PIVOT t ON ... USING ...`, in brackets or as a CTE."""
    source = pivot.this
    select = written_out(pivot, source, source, outputs)
    if pivot.args.get("with_"):
        select.set("with_", pivot.args["with_"])
    return select


def _turn(source: exp.Expr, number: int, outputs: Outputs) -> None:
    """`FROM t PIVOT (...) AS p`, one after the other."""
    if not isinstance(source.parent, exp.From):
        raise SyntaxNotSupported(
            "PIVOT beside a join needs brackets of its own: JOIN (SELECT * FROM t PIVOT (...))"
        )
    pivots = source.args["pivots"]
    joins, laterals = source.args.get("joins"), source.args.get("laterals")
    place = exp.Placeholder()
    source.replace(place)
    for key in ("pivots", "joins", "laterals"):
        source.set(key, None)
    turned = source
    for turn, pivot in enumerate(pivots):
        select = written_out(pivot, turned, place, outputs)
        alias = pivot.args.get("alias") or exp.TableAlias()
        if not alias.args.get("this"):
            alias.set("this", quoted(f"#turned {number} {turn}"))
        turned = exp.Subquery(this=select, alias=alias)
    turned.set("joins", joins)
    turned.set("laterals", laterals)
    place.replace(turned)
