"""Text to syntax tree, bounded before the parser sees it."""

import re
from collections.abc import Sequence

from sqlglot import exp
from sqlglot.errors import ParseError, SqlglotError
from sqlglot.tokenizer_core import Token, TokenType

from gateway.errors import (
    LimitExceeded,
    Refused,
    StatementTooComplex,
    SyntaxNotSupported,
    SyntaxRefused,
    WriteRefused,
)
from gateway.settings import Limits
from gateway.sql.allowed.statements import check_allowed
from gateway.sql.bounds.expansion import check_expansion
from gateway.sql.dialect import DUCKDB, WRITTEN, sized
from gateway.sql.lexing import has_more_tokens
from gateway.sql.names.naming import CALLED
from gateway.sql.nodes import everything
from gateway.sql.spellings.forms import respell
from gateway.sql.spellings.words import respelled
from gateway.sql.tokens import tokenized

OPENING = {TokenType.L_PAREN, TokenType.L_BRACKET, TokenType.L_BRACE, TokenType.CASE}
CLOSING = {TokenType.R_PAREN, TokenType.R_BRACKET, TokenType.R_BRACE, TokenType.END}
PREFIXES = {TokenType.DASH, TokenType.PLUS, TokenType.NOT, TokenType.TILDE}
SET_OPERATIONS = {TokenType.UNION, TokenType.INTERSECT, TokenType.EXCEPT}
MAX_SET_OPERATIONS = 200
MAX_QUERIES = 300
"""SELECTs: planning takes a time that grows with the square of both."""
MAX_ITEMS = 5_000
"""Of a SELECT list as it is written; PostgreSQL takes 1,664."""
MAX_JOINS = 200
MAX_NATURAL_JOINS = 20
"""Names are resolved in a time that grows with the square of joins, by far the most for NATURAL ones."""
CHAINED = (exp.Binary, exp.SetOperation)
MAX_CHAIN = 1_000
"""Links of `a + b + c ...`: a tree as deep as that, which every later step walks."""
MAX_WEIGHT = 10_000_000
"""Sum over all nodes of the square of their depth within an expression: the time that DuckDB takes to plan one grows
with it (3 s at 100 million), and nobody can interrupt it meanwhile. AND and OR are flat there, however long."""
MAX_DIGITS = 1_000
NUMBER = re.compile(r"(\d[\d_]*(\.[\d_]*)?|\.[\d_]+)([eE][+-]?\d+)?")
WRITES = (
    exp.DML,
    exp.Create,
    exp.Drop,
    exp.Alter,
    exp.TruncateTable,
    exp.Merge,
    exp.Copy,
    exp.Comment,
    exp.Grant,
)
WRITING_WORDS = frozenset(
    """insert update delete merge create drop alter truncate copy grant revoke comment vacuum call import export attach
    detach install load""".split()
)
COMMANDS = frozenset(
    """analyze checkpoint cluster do listen lock notify reassign refresh reindex security""".split()
)
"""Words that no query begins with, of PostgreSQL's commands that sqlglot cannot read."""


def parse_query(text: str, limits: Limits) -> exp.Query:
    """One SELECT (or set operation, VALUES, FROM-first) as a tree in which every node and function is allowed.

    Raises SyntaxRefused, SyntaxNotSupported, WriteRefused, UndefinedFunction or LimitExceeded.
    """
    return checked(parsed(text, limits), text, limits)


def checked(tree: exp.Expr, text: str, limits: Limits) -> exp.Query:
    """The parsed tree of a query, held against the allow-lists. Raises as `parse_query`."""
    while isinstance(tree, exp.Subquery) and tree.is_wrapper:
        tree = tree.this
    if isinstance(tree, exp.Values):
        tree = _all_of(tree)
    if isinstance(tree, exp.Pivot):
        tree = exp.select("*").from_(exp.Subquery(this=tree))
    if not isinstance(tree, exp.Select | exp.SetOperation):
        raise not_a_query(tree, text)
    if isinstance(tree, exp.Select) and not tree.expressions:
        raise SyntaxRefused("SELECT needs something to select")
    check_expansion(tree)
    check_allowed(tree, limits)
    return tree


def _all_of(values: exp.Values) -> exp.Select:
    """`VALUES ... ORDER BY 1` as a SELECT, in the order and with the limits that stand after the values."""
    after = {
        key: values.args.pop(key) for key in ("with_", "order", "limit", "offset") if values.args.get(key)
    }
    whole = exp.select("*").from_(values)
    for key, clause in after.items():
        whole.set(key, clause)
    return whole


def parse_expression(text: str, limits: Limits) -> exp.Expr:
    """One scalar expression (a row filter, a mask), under the same allow-lists. Raises as `parse_query`."""
    tree = parsed(f"SELECT {text}\n", limits)
    expressions = tree.expressions if isinstance(tree, exp.Select) else []
    if len(expressions) != 1 or {key for key, value in tree.args.items() if value} != {"expressions"}:
        raise SyntaxRefused(f"one expression is expected: {text}")
    if isinstance(expressions[0], exp.Alias):
        raise SyntaxRefused(f"an expression without a name is expected: {text}")
    check_allowed(tree, limits)
    expression: exp.Expr = expressions[0]
    return expression.pop()


def parsed(text: str, limits: Limits) -> exp.Expr:
    """One statement of any kind as a tree, bounded in size; nothing in it is allowed yet. Raises SyntaxRefused,
    SyntaxNotSupported, LimitExceeded."""
    if len(text.encode("utf-8", "surrogatepass")) > limits.text_bytes:
        raise LimitExceeded(f"the statement is longer than limits.text_bytes ({limits.text_bytes:,})")
    if "\0" in text:
        raise SyntaxRefused("the statement holds a NUL character")
    if has_more_tokens(text, limits.nodes):
        raise _too_many_tokens(limits)
    try:
        tokens = respelled(tokenized(text), text)
        _check_shape(tokens, limits)
        trees = [
            tree
            for tree in DUCKDB.parser().parse(tokens, text)
            if tree and not isinstance(tree, exp.Semicolon)
        ]
    except RecursionError as error:
        raise StatementTooComplex(
            f"the statement nests deeper than limits.nesting ({limits.nesting})"
        ) from error
    except (SqlglotError, ValueError, AttributeError, TypeError, IndexError, KeyError) as error:
        # sqlglot raises plain Python errors on some malformed texts; all of them mean: not understood.
        raise _syntax_error(error, text) from error
    if len(trees) != 1:
        raise SyntaxRefused("exactly one statement is expected" if trees else "the statement is empty")
    _check_size(trees[0], limits)
    _finish(trees[0])
    respell(trees[0])
    return trees[0]


def _finish(tree: exp.Expr) -> None:
    """The positions of words in the text have served; every copy of the tree would copy them too. Types in types
    (`numeric[]`) are read as those that stand alone."""
    for node in everything(tree):
        if isinstance(node, exp.DataType):
            sized(node)
        called = node.meta_get(WRITTEN)  # kept by another key, or the engine would be called by it too
        node._meta = {CALLED: called.lower()} if called else None  # noqa: SLF001  `meta` makes a dict where there is none


def _check_shape(tokens: Sequence[Token], limits: Limits) -> None:
    """Bounds before a recursive parser runs: its depth follows brackets, CASE and runs of prefix operators."""
    if len(tokens) > limits.nodes:
        raise _too_many_tokens(limits)
    depth = run = unions = links = 0
    before = None
    _check_numbers(tokens)
    for token in tokens:
        kind = token.token_type
        depth += (kind in OPENING) - (kind in CLOSING)
        run = run + 1 if kind in PREFIXES else 0
        unions += kind in SET_OPERATIONS
        links += kind is TokenType.L_BRACKET and before is TokenType.R_BRACKET
        before = kind
        if max(depth, run, links) > limits.nesting:
            raise StatementTooComplex(f"the statement nests deeper than limits.nesting ({limits.nesting})")
        if unions > MAX_SET_OPERATIONS:
            raise StatementTooComplex(f"the statement has more than {MAX_SET_OPERATIONS} set operations")


def _too_many_tokens(limits: Limits) -> StatementTooComplex:
    return StatementTooComplex(f"the statement has more than limits.nodes ({limits.nodes:,}) tokens")


def _check_numbers(tokens: Sequence[Token]) -> None:
    """``1foo` are numbers to DuckDB or mistakes, never a number and its alias."""
    for index, token in enumerate(tokens):
        if token.token_type is not TokenType.NUMBER:
            continue
        after = tokens[index + 1] if index + 1 < len(tokens) else None
        glued = after is not None and after.start == token.end + 1 and re.match(r"\w", after.text)
        if len(token.text) > MAX_DIGITS:
            raise StatementTooComplex(f"a number has more than {MAX_DIGITS:,} digits")
        if glued or not NUMBER.fullmatch(token.text):
            raise SyntaxRefused(
                "syntax error: trailing junk after a numeric literal", position=token.start + 1
            )


def _check_size(tree: exp.Expr, limits: Limits) -> None:
    """Bounds on the tree, walked without recursion. A chain of one operator (a AND b AND c) counts as one level."""
    stack: list[tuple[exp.Expr, int, int, int]] = [(tree, 0, 0, 0)]
    nodes = joins = natural = weight = queries = 0
    while stack:
        node, depth, links, inside = stack.pop()
        kind = type(node)
        nodes += 1
        weight += inside * inside
        if weight > MAX_WEIGHT:
            raise StatementTooComplex("the expressions of the statement nest too deep for their number")
        queries += kind is exp.Select
        if queries > MAX_QUERIES:
            raise StatementTooComplex(f"the statement has more than {MAX_QUERIES} SELECTs")
        if kind is exp.Select and len(node.expressions) > MAX_ITEMS:
            raise StatementTooComplex(f"a SELECT list is longer than {MAX_ITEMS:,} items")
        if isinstance(node, exp.Join):
            joins += 1
            natural += node.method == "NATURAL"
        if joins > MAX_JOINS or natural > MAX_NATURAL_JOINS:
            raise StatementTooComplex(
                f"the statement has more than {MAX_JOINS} joins, or {MAX_NATURAL_JOINS} natural ones"
            )
        if nodes > limits.nodes:
            raise StatementTooComplex(f"the statement has more than limits.nodes ({limits.nodes:,}) nodes")
        if links > MAX_CHAIN:
            raise StatementTooComplex(f"the statement chains more than {MAX_CHAIN:,} operators of one kind")
        if depth > 4 * limits.nesting:  # a bracket of the text makes up to four levels of the tree
            raise StatementTooComplex(f"the statement nests deeper than limits.nesting ({limits.nesting})")
        if isinstance(node, exp.In) and len(node.expressions) > limits.in_list:
            raise LimitExceeded(f"an IN list is longer than limits.in_list ({limits.in_list:,})")
        for child in node.iter_expressions():
            chained = type(child) is kind and isinstance(child, CHAINED)
            deeper = 0 if isinstance(child, exp.Query) else inside + (not isinstance(child, exp.Connector))
            stack.append((child, depth, links + 1, deeper) if chained else (child, depth + 1, 0, deeper))


def _first_word(text: str) -> str:
    return text.split(None, 1)[0].lower().strip("(;") if text.split() else ""


def _write_refused() -> WriteRefused:
    return WriteRefused("this gateway only reads: the statement would write or change something")


def not_a_query(tree: exp.Expr, text: str) -> Refused:
    """What is wrong with a statement that asks for no rows."""
    word = _first_word(text)
    if isinstance(tree, WRITES) or word in WRITING_WORDS | COMMANDS:
        return _write_refused()
    if tree.find(exp.Query) is None and not isinstance(tree, exp.Command | exp.Describe | exp.Show | exp.Set):
        return SyntaxRefused(f'syntax error at or near "{word[:60]}"')
    return SyntaxNotSupported("this kind of statement is not supported: SELECT is")


def _syntax_error(error: Exception, text: str) -> Refused:
    if _first_word(text) in COMMANDS:
        return _write_refused()
    if isinstance(error, ParseError) and error.errors:
        first = error.errors[0]
        near = str(first.get("highlight") or "")[:60]
        return SyntaxRefused(
            f'syntax error at or near "{near}"' if near else "syntax error at end of input",
            position=_position(text, first.get("line"), first.get("col"), len(near)),
        )
    return SyntaxRefused("syntax error: the statement cannot be read")


def _position(text: str, line: int | None, column: int | None, width: int) -> int | None:
    """1-based character of the offending token; sqlglot counts columns to the token's end."""
    if not line or not column:
        return None
    before = sum(len(row) + 1 for row in text.split("\n")[: line - 1])
    return max(1, before + column - max(0, width - 1))
