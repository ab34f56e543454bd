"""What a source's own SQL may be asked, because it means the same there as in DuckDB (execution.md, mechanism 6).

One allow-list per dialect; whatever is not listed stays in the engine.
"""

from collections.abc import Callable

from sqlglot import exp

from gateway.sql.dialect import generate, quoted
from gateway.sql.exact import is_whole, scale_of
from gateway.sql.literals import cast
from gateway.sql.nodes import LEAVES, closed, nodes_of
from gateway.sql.totality import (
    COMPARISONS,
    FAMILIES,
    T,
    is_constant,
    is_plainly_typed,
    is_truth,
    is_valid_pattern,
    kind_of,
    one_family,
    operands_of,
)

TEXT_FAMILY = next(family for family in FAMILIES if T.TEXT in family)
ORDERINGS = (exp.LT, exp.LTE, exp.GT, exp.GTE, exp.Between)

SHAPES = closed(
    exp.Select, exp.From, exp.Table, exp.TableAlias, exp.Where, exp.Alias, exp.Identifier, exp.Subquery, exp.Join,
    exp.Column, exp.Paren, exp.And, exp.Or, exp.Not, exp.Is, exp.Null, exp.DataType, exp.DataTypeParam, exp.Tuple,
    exp.Exists, exp.Star,
)  # fmt: skip
TYPED = (exp.And, exp.Or, exp.Not, exp.Case, exp.If, exp.Is, exp.Nullif)
CLAUSES = {"expressions", "from_", "joins", "where"}
SUMMING_CLAUSES = CLAUSES | {"group", "having", "order", "limit", "distinct"}

POSTGRES_SHAPES = (exp.Having, exp.Order, exp.Ordered)
POSTGRES_FUNCTIONS = (exp.Case, exp.If, exp.Coalesce, exp.Nullif, exp.Length)
AGGREGATES = (exp.Sum, exp.Count, exp.Min, exp.Max)
"""Sums and counts of exact numbers; `avg` is a sum and a count, divided by the engine."""

UNITS = frozenset({"YEAR", "QUARTER", "MONTH", "WEEK", "DAY", "HOUR", "MINUTE", "SECOND"})
"""Of `date_trunc`. Centuries begin a year apart."""
PARTS = frozenset({"YEAR", "MONTH", "DAY"})
"""Parts of a date that are whole numbers, whatever the date."""

WIDENINGS = {
    (T.SMALLINT, T.INT), (T.SMALLINT, T.BIGINT), (T.INT, T.BIGINT), (T.VARCHAR, T.TEXT), (T.TEXT, T.VARCHAR),
    (T.DATE, T.DATE),
}  # fmt: skip

# Native types whose comparison with a constant PostgreSQL and DuckDB read alike.
POSTGRES_TYPES = ("int2", "int4", "int8", "smallint", "integer", "bigint", "numeric", "decimal", "text", "varchar",
                  "character varying", "bool", "boolean", "date", "timestamp", "timestamptz", "uuid")  # fmt: skip
SQLITE_TYPES = ("VARCHAR", "BIGINT")
SQLITE_TEXTS = ("CHAR", "CLOB", "TEXT")


def same_meaning(native_type: str, engine_type: str, dialect: str) -> bool:
    """Whether values of a source's column may take part in expressions at the source."""
    if dialect == "sqlite":
        # By affinity (sqlite.org/datatype3.html): others hold numbers and texts side by side, and compare as either.
        native = native_type.upper()
        return engine_type in SQLITE_TYPES and ("INT" in native or any(w in native for w in SQLITE_TEXTS))
    if " COLLATE " in native_type:
        return False  # different texts are equal there
    base = native_type.lower().split("(", 1)[0].strip()
    return base in POSTGRES_TYPES or base in ("timestamp without time zone", "timestamp with time zone")


def not_pushable(tree: exp.Expr, dialect: str) -> str | None:
    """Why the source may not be asked this; None: it may. The reason names the kind of expression only."""
    clauses = SUMMING_CLAUSES if dialect == "postgres" else CLAUSES
    stack = [tree]
    while stack:
        node = stack.pop()
        if type(node) is exp.Column:
            continue
        if is_constant(node):
            if not _is_known_constant(node, dialect):
                return _strange(node)
            continue
        if isinstance(node, exp.Select) and {key for key, value in node.args.items() if value} - clauses:
            return "it groups, orders, limits or removes duplicates"
        if isinstance(node, exp.Join) and (node.method or node.args.get("using")):
            return "it has a join that the source does not know"
        if not _means_the_same(node, dialect):
            return _strange(node)
        if type(node) not in LEAVES:
            stack.extend(node.iter_expressions(reverse=True))
    return None


def _strange(node: exp.Expr) -> str:
    return f"{type(node).__name__.lower()} may mean something else at the source"


def _is_known_constant(node: exp.Expr, dialect: str) -> bool:
    return dialect != "sqlite" or _is_sqlite_value(node.unnest()) or _is_whole_constant(node.unnest())


def _means_the_same(node: exp.Expr, dialect: str) -> bool:
    """Of what is no constant."""
    if isinstance(node, TYPED) and not is_plainly_typed(node):
        return (
            False  # DuckDB takes numbers and texts for true or false, sources in their own way or not at all
        )
    if isinstance(node, exp.Where | exp.Having) and not is_truth(node.this):
        return False
    if isinstance(node, exp.Join) and node.args.get("on") is not None and not is_truth(node.args["on"]):
        return False
    if type(node) in SHAPES:
        return True
    if isinstance(node, exp.In) and node.args.get("query") is not None:
        return _compares_with_query(node)
    if isinstance(node, COMPARISONS):
        return one_family(*operands_of(node)) or (dialect == "postgres" and _compares_exact(node))
    if dialect == "sqlite":
        return isinstance(node, exp.Like) and is_valid_pattern(node.expression)
    return _is_shared_with_postgres(node)


def _compares_with_query(node: exp.In) -> bool:
    selected = node.args["query"].this.selects
    return len(selected) == 1 and one_family(node.this, selected[0].unalias())


def _compares_exact(node: exp.Expr) -> bool:
    """Numbers that are calculated exactly on both sides, and so compared."""
    return all(_is_exact(operand) for operand in operands_of(node)) and bool(operands_of(node))


def _is_exact(node: exp.Expr) -> bool:
    node = node.unnest()
    if isinstance(node, exp.Sum | exp.Min | exp.Max):
        return scale_of(node.this) is not None or is_whole(node.this)
    return (
        isinstance(node, exp.Count) or scale_of(node) is not None or (is_constant(node) and is_number(node))
    )


def is_number(node: exp.Expr) -> bool:
    node = node.this if isinstance(node, exp.Neg) else node
    return isinstance(node, exp.Literal) and not node.is_string and "e" not in node.this.lower()


def _is_sqlite_value(node: exp.Expr) -> bool:
    """SQLite has neither booleans nor dates nor exact fractions: it would compare numbers and texts, rounded."""
    node = node.this if isinstance(node, exp.Neg) else node
    return isinstance(node, exp.Null) or (
        isinstance(node, exp.Literal) and (node.is_string or (node.is_int and int(node.this) < 2**63))
    )


def _is_whole_constant(node: exp.Expr) -> bool:
    """A whole number of a parameter or an attribute, which stands there with its type."""
    value = node.this if isinstance(node, exp.Cast) and node.to.this == T.BIGINT else None
    return isinstance(value, exp.Literal | exp.Neg) and is_number(value) and _is_sqlite_value(value)


def _is_shared_with_postgres(node: exp.Expr) -> bool:
    if isinstance(node, exp.Group):
        return not {key for key, value in node.args.items() if value} - {"expressions"}
    if isinstance(node, POSTGRES_SHAPES + POSTGRES_FUNCTIONS):
        return True
    if isinstance(node, AGGREGATES):
        return is_plain_aggregate(node)
    check = POSTGRES_CHECKS.get(type(node))
    return check is not None and check(node)


def is_plain_aggregate(node: exp.Expr) -> bool:
    """COUNT; SUM of exact numbers; MIN and MAX of a column of a type that is ordered alike."""
    argument = node.this
    if argument is None:  # count()
        return False
    if isinstance(node, exp.Count):
        return not node.expressions and not (
            isinstance(argument, exp.Distinct) and len(argument.expressions) > 1
        )
    if isinstance(argument, exp.Distinct):
        return False
    if isinstance(node, exp.Sum):
        return scale_of(argument) is not None or is_whole(argument)
    return not node.expressions and isinstance(argument, exp.Column) and kind_of(argument) in ORDERED


ORDERED = frozenset(
    {T.SMALLINT, T.INT, T.BIGINT, T.DECIMAL, T.TEXT, T.VARCHAR, T.DATE, T.TIMESTAMP, T.TIMESTAMPTZ}
)


def _is_whole_literal(node: exp.Expr | None, least: int) -> bool:
    return isinstance(node, exp.Literal) and node.is_int and int(node.this) >= least


def _is_widening(node: exp.Expr) -> bool:
    assert isinstance(node, exp.Cast | exp.TryCast)
    source, target = kind_of(node.this), node.to.this
    if isinstance(node.this, exp.TimestampTrunc):
        return target in (T.DATE, T.TIMESTAMP, T.TIMESTAMPTZ)
    return (source == target and source is not T.DECIMAL) or (source, target) in WIDENINGS


def _is_part(node: exp.Expr) -> bool:
    return node.this.name.upper() in PARTS and kind_of(node.expression) in (T.DATE, T.TIMESTAMP)


def _is_prefix(node: exp.Expr) -> bool:
    """`substring(text, start, length)` counts alike from 1 on; before it, the two count differently."""
    start, length = node.args.get("start"), node.args.get("length")
    return kind_of(node.this) in TEXT_FAMILY and _is_whole_literal(start, 1) and _is_whole_literal(length, 0)


def _is_split(node: exp.Expr) -> bool:
    """At an empty text PostgreSQL does not split, DuckDB does between any two characters."""
    delimiter = node.args.get("delimiter")
    written = isinstance(delimiter, exp.Literal) and delimiter.is_string and delimiter.this
    return bool(written) and _is_whole_literal(node.args.get("part_index"), 1)


POSTGRES_CHECKS: dict[type[exp.Expr], Callable[[exp.Expr], bool]] = {
    exp.Add: lambda node: scale_of(node) is not None,
    exp.Sub: lambda node: scale_of(node) is not None,
    exp.Mul: lambda node: scale_of(node) is not None,
    exp.Distinct: lambda node: not node.args.get("on"),
    exp.Limit: lambda node: _is_whole_literal(node.expression, 0) and not node.args.get("limit_options"),
    exp.Left: lambda node: _is_whole_literal(node.expression, 0),
    exp.Right: lambda node: _is_whole_literal(node.expression, 0),
    exp.StrPosition: lambda node: isinstance(node.args.get("substr"), exp.Literal),
    exp.DPipe: lambda node: {kind_of(node.this), kind_of(node.expression)} <= TEXT_FAMILY,
    exp.SplitPart: _is_split,
    exp.TimestampTrunc: lambda node: (
        kind_of(node.this) in (T.DATE, T.TIMESTAMP, T.TIMESTAMPTZ) and node.text("unit").upper() in UNITS
    ),
    exp.Cast: _is_widening,
    exp.TryCast: _is_widening,
    exp.Like: lambda node: is_valid_pattern(node.expression),
    exp.Extract: _is_part,
    exp.Var: lambda node: isinstance(node.parent, exp.Extract),
    exp.Substring: _is_prefix,
}


def remote_text(tree: exp.Select, dialect: str) -> str:
    """SQL in the source's dialect of a tree that `not_pushable` let pass. The tree is used up."""
    found = nodes_of(tree, (exp.Table, exp.TryCast, *COMPARISONS))
    for node in found:
        if isinstance(node, exp.Table):
            node.set("catalog", None)
        elif isinstance(node, exp.TryCast):
            node.replace(exp.Cast(this=node.this, to=node.to))
    for node in found:
        if isinstance(node, COMPARISONS):
            COLLATORS[dialect](node)
    SPELLERS[dialect](tree)
    return generate(tree, dialect, consume=True)


def _spell_for_postgres(tree: exp.Select) -> None:
    found = nodes_of(tree, (exp.Select, exp.Extract, *BY_ORDER))
    grouped = [one for one in found if isinstance(one, exp.Select) and _is_distinct_in_order(one)]
    for select in grouped:
        _group_distinct(select)
    parts = nodes_of(tree, exp.Extract) if grouped else [one for one in found if isinstance(one, exp.Extract)]
    for part in parts:
        part.replace(_counted_part(part))
    for ordered in nodes_of(tree, BY_ORDER) if grouped or parts else found:
        if isinstance(ordered, BY_ORDER) and kind_of(ordered.this) in TEXT_FAMILY:
            ordered.set("this", _collated(ordered.this, quoted("C")))


BY_ORDER = (exp.Ordered, exp.Min, exp.Max)


def _is_distinct_in_order(select: exp.Select) -> bool:
    return bool(select.args.get("distinct") and select.args.get("order"))


def _counted_part(part: exp.Extract) -> exp.Expr:
    """As a whole number. PostgreSQL knows no year 0: the one before the first is -1 there, and 0 in DuckDB."""
    value: exp.Expr = cast(part.copy(), "BIGINT")
    if part.this.name.upper() != "YEAR":
        return value
    first = cast(exp.Literal.string("0001-01-01"), "DATE")
    before = exp.If(this=exp.LT(this=part.expression.copy(), expression=first), true=exp.Literal.number("1"))
    shift = exp.Case(ifs=[before], default=exp.Literal.number("0"))
    return exp.Paren(this=exp.Add(this=value, expression=shift))


def _group_distinct(select: exp.Select) -> None:
    """With DISTINCT, PostgreSQL orders by what stands in the list only, and collated is something else."""
    select.set("group", exp.Group(expressions=[item.unalias().copy() for item in select.expressions]))
    select.set("distinct", None)


def _spell_for_sqlite(tree: exp.Select) -> None:
    """SQLite's LIKE ignores the case of ASCII letters; its GLOB does not. Its DISTINCT compares by a column's
    collation, which may take different texts for one."""
    for select in nodes_of(tree, exp.Select):
        for item in select.expressions if select.args.get("distinct") else ():
            value = item.unalias()
            value.replace(_collated(value, exp.Var(this="BINARY")))
    for number in nodes_of(tree, exp.Cast):
        number.replace(number.this)  # a whole one: `_is_whole_constant`
    for like in nodes_of(tree, exp.Like):
        pattern = "".join(
            f"[{letter}]" if letter in "*?[" else GLOB.get(letter, letter) for letter in like.expression.this
        )
        glob: exp.Expr = exp.Glob(this=like.this, expression=exp.Literal.string(pattern))
        like.replace(exp.Not(this=glob) if like.args.get("negate") else glob)


GLOB = {"%": "*", "_": "?"}
SPELLERS: dict[str, Callable[[exp.Select], None]] = {
    "postgres": _spell_for_postgres,
    "sqlite": _spell_for_sqlite,
}


def _collated(node: exp.Expr, collation: exp.Expr) -> exp.Expr:
    """COLLATE binds closer than any operator."""
    whole = exp.paren(node) if isinstance(node, exp.Binary | exp.Not | exp.Neg) else node.copy()
    return exp.Collate(this=whole, expression=collation)


def _bytewise_order(comparison: exp.Expr) -> None:
    """PostgreSQL orders text by the database's collation, DuckDB by bytes."""
    if isinstance(comparison, ORDERINGS) and kind_of(comparison.this) in TEXT_FAMILY:
        comparison.set("this", _collated(comparison.this, quoted("C")))


def _bytewise(comparison: exp.Expr) -> None:
    """A SQLite column may be declared with a collation that ignores case, which `=` would then follow."""
    if kind_of(comparison.this) in TEXT_FAMILY:
        comparison.set("this", _collated(comparison.this, exp.Var(this="BINARY")))


COLLATORS: dict[str, Callable[[exp.Expr], None]] = {"postgres": _bytewise_order, "sqlite": _bytewise}
