"""`SELECT o FROM sales.orders o`: a relation's whole row as a struct of the columns in sight.

A struct is never NULL to the engine, where PostgreSQL's row of a side of a join that found nothing is; and `o IS NULL`
asks all of its columns. Source: PostgreSQL's manual, 9.2 (IS NULL of rows).
"""

from collections.abc import Mapping, Sequence

from sqlglot import exp

from gateway.errors import SyntaxNotSupported
from gateway.sql.dialect import quoted
from gateway.sql.names.scopes import enclosing_selects
from gateway.sql.nodes import Nodes


def expand_whole_rows(
    nodes: Nodes, columns: Sequence[Mapping[str, str]], by_select: Mapping[int, Mapping[str, int]]
) -> None:
    """`by_select`: id of a SELECT -> alias -> number of the base table of that name in its FROM. Rows of subqueries and
    CTEs stay. Changes the tree; raises SyntaxNotSupported."""
    for row in nodes.of(exp.TableColumn):
        for select in enclosing_selects(row):
            number = by_select.get(id(select), {}).get(row.name.lower())
            if number is not None:
                _expand(row, select, list(columns[number]))
                break
        else:
            _check_derived(row)


def _expand(row: exp.Expr, select: exp.Select, names: Sequence[str]) -> None:
    cells = [exp.Column(this=quoted(name.lower()), table=quoted(row.name)) for name in names]
    test = _test(row)
    if test is not None:
        whole, null = test
        tests = [exp.Is(this=cell, expression=exp.Null()) for cell in cells]
        whole.replace(exp.paren(exp.and_(*(each if null else exp.not_(each) for each in tests)), copy=False))
        return
    fields = zip(names, cells, strict=True)
    made: exp.Expr = exp.Struct(
        expressions=[exp.PropertyEQ(this=quoted(name), expression=cell) for name, cell in fields]
    )
    if _may_be_missing(row.name, select) and not isinstance(_outside(row).parent, exp.Dot):
        there = [exp.not_(exp.Is(this=cell.copy(), expression=exp.Null())) for cell in cells]
        made = exp.Case(ifs=[exp.If(this=exp.or_(*there), true=made)])
    row.replace(made)


def _check_derived(row: exp.Expr) -> None:
    if _test(row) is not None or isinstance(row.parent, exp.Count):
        raise SyntaxNotSupported("whether a row of a subquery is NULL is not known: name one of its columns")


def _outside(node: exp.Expr) -> exp.Expr:
    """Its brackets."""
    while isinstance(node.parent, exp.Paren):
        node = node.parent
    return node


def _test(row: exp.Expr) -> tuple[exp.Expr, bool] | None:
    """The test that asks whether a row is NULL, or not NULL; None: it is something else. (The parser reads NOT before
    such a test as IS NOT NULL.)"""
    asked = _outside(row)
    test = asked.parent
    if not isinstance(test, exp.Is) or test.this is not asked or not isinstance(test.expression, exp.Null):
        return None
    negated = isinstance(test.parent, exp.Not)
    return (test.parent if isinstance(test.parent, exp.Not) else test), not negated


def _may_be_missing(alias: str, select: exp.Select) -> bool:
    """Whether the source is on a side of a join that may find nothing."""
    source = select.args.get("from_")
    found = source is not None and source.this.alias_or_name.lower() == alias.lower()
    for join in select.args.get("joins") or ():
        if join.this.alias_or_name.lower() == alias.lower():
            found = True
            if join.side in ("LEFT", "FULL"):
                return True
        elif found and join.side in ("RIGHT", "FULL"):
            return True
    return not found
