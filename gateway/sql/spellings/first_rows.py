"""`FETCH FIRST n ROWS`, as LIMIT, and `WITH TIES`, as a rank. Source: PostgreSQL's manual, SELECT, LIMIT Clause."""

from sqlglot import exp

from gateway.errors import SyntaxNotSupported, SyntaxRefused


def first_rows(node: exp.Expr) -> exp.Expr | None:
    """`FETCH FIRST n ROWS ONLY` is LIMIT n; None: it is not that alone."""
    options = node.args.get("limit_options")
    if options is not None and (options.args.get("percent") or options.args.get("with_ties")):
        return None
    return exp.Limit(expression=_count(node))


def keep_ties(tree: exp.Expr) -> None:
    """`WITH TIES` in the place of the number of rows is a condition on their rank: what is as far in front as the last
    of them is kept too. An OFFSET stays, and the ranks count what it skips. Changes the tree, in which all else is
    spelled as DuckDB does; raises SyntaxNotSupported, SyntaxRefused."""
    for node in list(tree.find_all(exp.Fetch)):
        options = node.args.get("limit_options")
        if options is not None and options.args.get("with_ties") and not options.args.get("percent"):
            _rank(node.parent, _count(node))


def _count(node: exp.Expr) -> exp.Expr:
    return (node.args.get("count") or exp.Literal.number(1)).copy()


def _rank(query: exp.Expr | None, most: exp.Expr) -> None:
    order = query.args.get("order") if query is not None else None
    if query is None or order is None:
        raise SyntaxRefused("WITH TIES cannot be specified without ORDER BY clause")
    if not isinstance(query, exp.Select) or query.args.get("distinct"):
        raise SyntaxNotSupported(
            "WITH TIES beside DISTINCT or UNION is not supported: put the query in brackets"
        )
    keys = [_key(ordered, query) for ordered in order.expressions]
    if any(key.find(exp.Window) for key in keys):
        raise SyntaxNotSupported("WITH TIES in the order of a window function is not supported")
    skipped = query.args.get("offset")
    if skipped is not None:
        most = exp.Add(this=exp.paren(skipped.expression.copy()), expression=exp.paren(most))
    rank = exp.Window(this=exp.Rank(), order=exp.Order(expressions=keys), over="OVER")
    kept: exp.Expr = exp.LTE(this=rank, expression=most)
    if query.args.get("qualify"):
        kept = exp.and_(query.args["qualify"].this, kept)
    query.set("qualify", exp.Qualify(this=kept))
    query.set("limit", None)


def _key(ordered: exp.Expr, query: exp.Select) -> exp.Expr:
    """What is ordered by, written out: a place in the SELECT list and a column's new name mean nothing to a window."""
    made = ordered.copy()
    meant = made.this if isinstance(made, exp.Ordered) else made
    items = query.expressions
    if isinstance(meant, exp.Literal) and meant.is_int:
        place = int(meant.name) - 1
        if any(item.is_star for item in items) or not 0 <= place < len(items):
            raise SyntaxNotSupported("WITH TIES needs what it orders by written out")
        meant.replace(items[place].unalias().copy())
    elif isinstance(meant, exp.Column) and not meant.table:
        named = [
            item.this
            for item in items
            if isinstance(item, exp.Alias) and item.alias.lower() == meant.name.lower()
        ]
        if named:
            meant.replace(named[0].copy())
    return made
