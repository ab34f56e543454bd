"""The types that PostgreSQL gives to result columns, where the engine's own say something else.

What is calculated stays the engine's: a length is a BIGINT to it, and `int4` only to who is told of the result. Rules:
PostgreSQL's pg_proc and pg_operator. What is not listed keeps the engine's type.
"""

import re
from collections.abc import Callable, Mapping

from sqlglot import exp

from gateway.sql.dialect import UNSIZED_DECIMAL
from gateway.sql.names.naming import CALLED
from gateway.sql.names.scopes import Scopes, cte_of
from gateway.sql.nodes import by_level
from gateway.sql.totality import T

Declared = Callable[[exp.Table, str], str]
"""What the contract says of a base table's column: a type as here, or '' where it says what the engine does."""

JSONB = "jsonb(*)"
"""That the engine made: it lays values out in its own way."""
ANY_SCALE = "numeric(*)"
"""A numeric that names no size. The engine's has ten digits after the point, of which zeros at the end are its own."""

CALCULATED = "calculated"
"""The engine's type, without a size."""

WHOLE = ("int2", "int4", "int8")
OF_ENGINE: Mapping[exp.DType, str] = {
    T.SMALLINT: "int2", T.INT: "int4", T.BIGINT: "int8", T.FLOAT: "float4", T.DOUBLE: "float8", T.DECIMAL: "numeric",
}  # fmt: skip
CALLS: Mapping[str, str] = {
    **dict.fromkeys(
        """array_length array_lower array_ndims array_upper bit_length cardinality char_length character_length
        grouping json_array_length jsonb_array_length length ntile num_nonnulls num_nulls octet_length position
        regexp_count regexp_instr strpos width_bucket scale min_scale""".split(),
        "int4",
    ),
    **dict.fromkeys(
        "current_catalog current_database current_role current_schema current_user session_user user".split(), "name"
    ),
    **dict.fromkeys(
        "jsonb_agg jsonb_build_array jsonb_build_object jsonb_object_agg jsonb_set jsonb_strip_nulls to_jsonb".split(),
        JSONB,
    ),
    "array_positions": "int4[]",
    "date_part": "float8",
    "div": "numeric",
    "name": "name",
    "oid": "oid",
    "extract": "numeric",
}  # fmt: skip
"""By the name that a function is called by."""
NODES: Mapping[type[exp.Expr], str] = {
    exp.ArraySize: "int4", exp.BitLength: "int4", exp.Extract: "numeric", exp.Grouping: "int4", exp.Length: "int4",
    exp.Ntile: "int4", exp.PercentileCont: "float8", exp.StrPosition: "int4", exp.CurrentCatalog: "name",
    exp.CurrentDatabase: "name", exp.CurrentRole: "name", exp.CurrentSchema: "name", exp.CurrentUser: "name",
    exp.SessionUser: "name",
}  # fmt: skip
PASSING = (
    exp.Alias, exp.Paren, exp.Window, exp.Filter, exp.WithinGroup, exp.IgnoreNulls, exp.RespectNulls, exp.Collate,
    exp.Distinct, exp.Order,
)  # fmt: skip
PICKING = (
    exp.Min, exp.Max, exp.Mode, exp.AnyValue, exp.First, exp.Last, exp.FirstValue, exp.LastValue, exp.NthValue, exp.Lag,
    exp.Lead, exp.Nullif, exp.PercentileDisc,
)  # fmt: skip
"""Give one of the values of their argument, without its size."""
CALCULATING = (exp.Add, exp.Sub, exp.Mul, exp.Mod)
DEEPEST = 50
"""Levels of an expression that are looked at."""
SIZED = re.compile(r"\((?!\*).*?\)")


def presented(tree: exp.Expr, declared: Declared) -> tuple[str, ...]:
    """For each column of a resolved query its type by PostgreSQL's name (`varchar(20)`, `int4`, `jsonb`); '': the
    engine's."""
    if not isinstance(tree, exp.Query):
        return ()
    walk = _Walk(declared)
    return tuple(walk.column(tree, place) for place in range(len(tree.selects)))


class _Walk:
    def __init__(self, declared: Declared) -> None:
        self._declared = declared
        self._scopes = Scopes()
        self._known: dict[tuple[int, int], str] = {}
        self._items: dict[int, list[exp.Expr]] = {}
        self._places: dict[tuple[int, tuple[str, ...]], dict[str, int]] = {}
        self._depth = 0

    def column(self, query: exp.Expr, place: int) -> str:
        """Of a query's result, from 0. What a query reads of itself is what the rest of it is."""
        key = (id(query), place)
        if key not in self._known:
            self._known[key] = ""
            self._known[key] = self._column(query, place)
        return self._known[key]

    def _column(self, query: exp.Expr, place: int) -> str:
        if isinstance(query, exp.Subquery):
            return self.column(query.this, place)
        if isinstance(query, exp.SetOperation):
            if query.args.get("by_name"):
                return ""
            left, right = self.column(query.left, place), self.column(query.right, place)
            return (
                left
                if left == right
                else SIZED.sub("", left)
                if SIZED.sub("", left) == SIZED.sub("", right)
                else ""
            )
        if id(query) not in self._items:
            self._items[id(query)] = query.selects if isinstance(query, exp.Select) else []
        items = self._items[id(query)]
        if place >= len(items):
            return ""
        item = items[place].unalias()
        return self.of(item) or (self._calculated_decimal(item) if not isinstance(item, exp.Column) else "")

    def of(self, node: exp.Expr) -> str:
        """Of an expression, as far as its type follows from what is near."""
        if self._depth > DEEPEST:
            return ""
        self._depth += 1
        try:
            return self._of(node)
        finally:
            self._depth -= 1

    def _of(self, node: exp.Expr) -> str:
        while isinstance(node, PASSING) and isinstance(inner := node.this, exp.Expr):
            node = inner
        if isinstance(node, exp.Distinct) and len(node.expressions) == 1:
            return self.of(node.expressions[0])
        if isinstance(node, exp.Subquery):
            return SIZED.sub("", self.column(node, 0))
        if isinstance(node, exp.Column):
            return self._of_column(node)
        if isinstance(node, exp.Literal) and node.is_int:
            return _of_number(node) if _of_number(node) in WHOLE else ""
        known = (
            NODES.get(type(node))
            if isinstance(node, exp.Cast)
            else CALLS.get(_called(node)) or NODES.get(type(node))
        )
        if known:
            return ANY_SCALE if _is_days(node) else known
        rule = RULES.get(type(node))
        return rule(self, node) if rule is not None else ""

    def known(self, node: exp.Expr) -> str:
        """As it is presented, or as the engine says; '' where that is nothing of `OF_ENGINE`."""
        node = node.unnest()
        if isinstance(node, exp.Literal) and not node.is_string:
            return _of_number(node)
        if isinstance(node, exp.Neg):
            return self.known(node.this)
        found = SIZED.sub("", self.of(node))
        return found if found not in ("", CALCULATED) else OF_ENGINE.get(_kind(node), "")

    def _of_column(self, column: exp.Column) -> str:
        source = self._scopes.source(column)
        names = source.alias_column_names if source is not None else []
        source = source.this if isinstance(source, exp.Lateral) else source
        if isinstance(source, exp.Unnest):
            first = names[:1] in ([], [column.name])
            return JSONB if first and self.of(source.expressions[0]).startswith("jsonb") else CALCULATED
        if isinstance(source, exp.Subquery):
            return self._named(source.this, column.name, names)
        if not isinstance(source, exp.Table):
            return CALCULATED
        if isinstance(source.this, exp.GenerateSeries):
            return _of_series(source, column.name)
        cte = cte_of(source)
        if cte is not None:
            return self._named(cte.this, column.name, source.alias_column_names or cte.alias_column_names)
        return self._declared(source, column.name) or (
            _of_decimal(column.type) if _kind(column) is T.DECIMAL else ""
        )

    def _named(self, query: exp.Expr, name: str, names: list[str]) -> str:
        """Of the column of a query that is called so, by `names` if there are any."""
        key = (id(query), tuple(names))
        if key not in self._places:
            listed = names or (query.named_selects if isinstance(query, exp.Query) else [])
            self._places[key] = dict(reversed([(each.lower(), place) for place, each in enumerate(listed)]))
        place = self._places[key].get(name.lower())
        return "" if place is None else self.column(query, place)

    def _calculated_decimal(self, node: exp.Expr) -> str:
        """An exact number that is calculated tells no size."""
        unsized = any(_is_unsized(cast.to) for cast in by_level(node, exp.Cast))
        unsized = unsized or any(self._is_unsized(each) for each in by_level(node, exp.Column))
        return ANY_SCALE if unsized else CALCULATED

    def _is_unsized(self, column: exp.Column) -> bool:
        return not isinstance(column.parent, exp.Query) and self.of(column) == ANY_SCALE

    # --- of one node -----------------------------------------------------------------------------------------

    def _cast(self, node: exp.Expr) -> str:
        if _is_unsized(node.args["to"]):
            return ANY_SCALE
        found = of_type(node.args["to"])
        return JSONB if found == "jsonb" else found

    def _extracted(self, node: exp.Expr) -> str:
        return JSONB if self.of(node.this).startswith("jsonb") else ""

    def _joined(self, node: exp.Expr) -> str:
        """A text that is written beside a value of jsonb is one too."""
        assert isinstance(node, exp.Binary)
        sides = [side for side in (node.left, node.right) if not side.is_string]
        return JSONB if sides and all(self.of(side).startswith("jsonb") for side in sides) else ""

    def _sum(self, node: exp.Expr) -> str:
        kinds = {"int2": "int8", "int4": "int8", "float4": "float4"}
        return kinds.get(self.known(node.this), "")

    def _sign(self, node: exp.Expr) -> str:
        return "numeric" if self.known(node.this).startswith("numeric") else "float8"

    def _picked(self, node: exp.Expr) -> str:
        found = SIZED.sub("", self.of(node.this)) if isinstance(node.this, exp.Expr) else ""
        text = isinstance(node, exp.Min | exp.Max | exp.Nullif) and found == "varchar"
        return "" if found in ("numeric", CALCULATED) or text else found

    def _aggregated(self, node: exp.Expr) -> str:
        found = self._picked(node)
        return f"{found}[]" if found and "(" not in found else ""

    def _chosen(self, node: exp.Expr) -> str:
        """Of several values one: the widest of whole numbers, else what all of them are."""
        if isinstance(node, exp.Case):
            values = [*(branch.args["true"] for branch in node.args["ifs"]), node.args.get("default")]
        else:
            values = [node.this, *node.expressions]
        open_ = [
            value for value in values if not (value is None or isinstance(value, exp.Null) or value.is_string)
        ]
        kinds = {self.known(value) for value in open_}
        if kinds and kinds <= set(WHOLE):
            return WHOLE[max(map(WHOLE.index, kinds))]
        found = kinds.pop() if len(kinds) == 1 else ""
        return "" if found in OF_ENGINE.values() else found

    def _calculated(self, node: exp.Expr) -> str:
        assert isinstance(node, exp.Binary)
        left, right = self.known(node.left), self.known(node.right)
        if isinstance(node, exp.Sub) and left.startswith("jsonb"):
            return JSONB
        if isinstance(node, exp.Sub) and _kind(node.left) is _kind(node.right) is T.DATE:
            return "int4"
        if left in WHOLE and right in WHOLE:
            return WHOLE[max(WHOLE.index(left), WHOLE.index(right))]
        exact = {left, right} <= {"numeric", *WHOLE}
        return (
            "numeric"
            if exact and _kind(node) in OF_ENGINE and _kind(node) not in (T.DECIMAL, T.DOUBLE)
            else ""
        )

    def _neg(self, node: exp.Expr) -> str:
        found = self.known(node.this)
        return found if found in WHOLE else ""

    def _divisor(self, node: exp.Expr) -> str:
        if node.name.lower() not in ("gcd", "lcm"):
            return ""
        kinds = [self.known(each) for each in node.expressions]
        return "int4" if kinds and all(kind in ("int2", "int4") for kind in kinds) else ""


RULES: Mapping[type[exp.Expr], Callable[[_Walk, exp.Expr], str]] = {
    exp.Cast: _Walk._cast,  # noqa: SLF001
    exp.TryCast: _Walk._cast,  # noqa: SLF001
    exp.JSONExtract: _Walk._extracted,  # noqa: SLF001
    exp.Bracket: _Walk._extracted,  # noqa: SLF001
    exp.DPipe: _Walk._joined,  # noqa: SLF001
    exp.Sum: _Walk._sum,  # noqa: SLF001
    exp.Sign: _Walk._sign,  # noqa: SLF001
    exp.Neg: _Walk._neg,  # noqa: SLF001
    exp.Anonymous: _Walk._divisor,  # noqa: SLF001
    exp.ArrayAgg: _Walk._aggregated,  # noqa: SLF001
    **dict.fromkeys((exp.Case, exp.Coalesce, exp.Greatest, exp.Least), _Walk._chosen),  # noqa: SLF001
    **dict.fromkeys(PICKING, _Walk._picked),  # noqa: SLF001
    **dict.fromkeys(CALCULATING, _Walk._calculated),  # noqa: SLF001
}


def _called(node: exp.Expr) -> str:
    called = node.meta_get(CALLED) or (node.name.lower() if isinstance(node, exp.Anonymous) else "")
    return str(called)


def _is_days(node: exp.Expr) -> bool:
    """The epoch of a date is whole seconds."""
    return (
        isinstance(node, exp.Extract)
        and node.this.name.upper() == "EPOCH"
        and _kind(node.expression) is T.DATE
    )


def of_type(kind: exp.DataType) -> str:
    """A written type, where it is another than the engine's of the same name."""
    if kind.this in (T.ARRAY, T.LIST) and kind.expressions:
        inner = of_type(kind.expressions[0])
        return f"{inner}[]" if inner else ""
    if kind.this is T.DECIMAL:
        return _of_decimal(kind)
    size = f"({kind.expressions[0].name})" if kind.expressions else ""
    if kind.this is T.VARCHAR:
        return f"varchar{size}"
    if kind.this in (T.CHAR, T.NCHAR):
        return f"bpchar{size or '(1)'}"
    return {T.BPCHAR: "bpchar", T.JSONB: "jsonb", T.NAME: "name"}.get(kind.this, "")


def _of_decimal(kind: exp.DataType | None) -> str:
    sizes = tuple(int(size.name) for size in kind.expressions) if kind is not None else ()
    if not sizes:
        return ANY_SCALE
    return f"numeric({sizes[0]},{sizes[1] if len(sizes) > 1 else 0})"


def _is_unsized(kind: exp.DataType) -> bool:
    """Of a cast: the parser writes out the size of a numeric that names none."""
    sizes = tuple(size.name for size in kind.expressions)
    return kind.this is T.DECIMAL and sizes in ((), tuple(map(str, UNSIZED_DECIMAL)))


def _of_number(node: exp.Literal) -> str:
    if not node.is_int:
        return "numeric"
    number = int(node.this)
    return "int4" if number < 2**31 else "int8" if number < 2**63 else "numeric"


def _of_series(source: exp.Table, name: str) -> str:
    """Of whole numbers that are written out; the number of each row is another column."""
    parts = [source.this.args.get(key) for key in ("start", "end", "step")]
    bounds = [part.this if isinstance(part, exp.Neg) else part for part in parts if part is not None]
    listed = source.alias_column_names
    whole = all(_is_int4(part) for part in bounds)
    return "int4" if whole and name.lower() in [each.lower() for each in listed[:1]] else ""


def _is_int4(node: exp.Expr) -> bool:
    """A number that is written out, or a value that is cast to it."""
    if isinstance(node, exp.Cast):
        return node.to.this in (exp.DType.SMALLINT, exp.DType.INT)
    return isinstance(node, exp.Literal) and node.is_int and int(node.this) < 2**31


def _kind(node: exp.Expr) -> exp.DType:
    kind = node.type.this if node.type is not None else T.UNKNOWN
    return kind if isinstance(kind, T) else T.UNKNOWN
