"""What the expressions of one SELECT cost: the size of each value, times how often it is made."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeGuard

from sqlglot import exp

from gateway.errors import StatementTooComplex
from gateway.sql.bounds.series import length
from gateway.sql.bounds.sizes import (
    CONSTANT,
    FIXED_BYTES,
    NAME_RULES,
    NODE_RULES,
    NUMBER_DIGITS,
    REPEATING,
    REPEATING_NODES,
    Value,
    combined,
    is_fixed,
    item_of,
    list_of,
    literal_value,
    repeated,
    together,
    whole_number,
)
from gateway.sql.bounds.sources import Scope, Source, Spent
from gateway.sql.dialect import generate

Subquery = Callable[[exp.Query, Scope], Source]
Arguments = Mapping[str, Value]
"""A lambda's, by name."""

COLLECTING = frozenset(
    "list array_agg string_agg group_concat listagg histogram json_group_array json_group_object map".split()
)
COLLECTING_NODES = (exp.ArrayAgg, exp.GroupConcat)
HOLDING_NODES = (exp.Median, exp.Quantile, exp.PercentileCont, exp.PercentileDisc, exp.Mode, exp.Distinct)
TABLES = {"levenshtein": 8.0, "editdist3": 8.0, "damerau_levenshtein": 16.0, "jaro_similarity": 0.1,
          "jaro_winkler_similarity": 0.1}  # fmt: skip
"""Functions that fill a table of one text by the other: cost of one cell."""
SEARCHES = frozenset("instr position strpos".split())
SEARCH_NODES = (exp.StrPosition, exp.Contains, exp.Replace)
SEARCH_SPEED = 50.0
"""Characters of a text that are compared with those of another in the time that one byte is made."""
REDUCE_ROUNDS = 64
JSON_PATHS = (exp.JSONExtract, exp.JSONExtractScalar, exp.JSONKeys, exp.JSONType)
BUILDING = frozenset({"json_object", "json_array"})
JSON_SHAPES = frozenset({"from_json", "json_transform", "json_transform_strict", "from_json_strict"})
MAX_SHAPE, MAX_LEVELS = 20_000, 100
FRAME, HOLDING_FRAME = 4.0, 100.0
"""How many times as much as one value a row's frame costs, combined from parts of frames or kept sorted."""
PLAIN_IN_FRAMES = (
    exp.Sum, exp.Avg, exp.Count, exp.Min, exp.Max, exp.RowNumber, exp.Rank, exp.DenseRank, exp.PercentRank,
    exp.CumeDist, exp.Ntile, exp.Lag, exp.Lead, exp.FirstValue, exp.LastValue, exp.NthValue, exp.First, exp.Last,
    exp.AnyValue, exp.Median, exp.Quantile, exp.Stddev, exp.StddevPop, exp.StddevSamp, exp.Variance, exp.VariancePop,
    exp.CountIf, exp.LogicalAnd, exp.LogicalOr, exp.PercentileCont, exp.PercentileDisc,
)  # fmt: skip
"""Aggregates that the engine combines from parts of a frame, and functions of one row of it."""


@dataclass(slots=True)
class ValueCosts:
    """`rows`: how many rows an aggregate is made of. Adds what it finds to `spent`."""

    scope: Scope
    spent: Spent
    subquery: Subquery

    def of(self, node: exp.Expr, times: float | None = None) -> Value:
        """`times`: how often it is evaluated, if not once for each row. (What an aggregate is made of always is.)"""
        return self._of(node, self.scope.times if times is None else times, {})

    def _of(self, node: exp.Expr, times: float, arguments: Arguments) -> Value:
        node = node.unnest()
        if isinstance(node, exp.Alias):
            return self._of(node.this, times, arguments)
        if isinstance(node, exp.Literal):
            return literal_value(node)
        if isinstance(node, exp.Column | exp.Identifier):
            return self._column(node, arguments)
        if isinstance(node, exp.Query):
            return self._scalar(node)
        if isinstance(node, exp.GenerateSeries):
            return list_of(CONSTANT, float(length(node) or self.spent.limits.in_list))
        if _is_operator(node):
            return self._chain(node, times, arguments)
        if isinstance(node, exp.Star):
            return CONSTANT
        value = self._made(node, times, arguments)
        if not isinstance(node, exp.AggFunc):  # made once for all of the rows
            self.spent.add(times * value.bytes)
        return self.spent.check_value(value)

    def _column(self, node: exp.Expr, arguments: Arguments) -> Value:
        name = node.name.lower()
        table = node.args.get("table")
        if table is None:
            return arguments.get(name, CONSTANT)
        source = self.scope.source(node.table.lower()) if isinstance(node, exp.Column) else None
        return source.column(node) if source is not None and isinstance(node, exp.Column) else CONSTANT

    def _scalar(self, query: exp.Query) -> Value:
        found = self.subquery(query, self.scope)
        value = next(iter(found.columns.values()), CONSTANT)
        return replace(value, distinct=None)

    def _chain(self, node: exp.Binary, times: float, arguments: Arguments) -> Value:
        """`a || b || c ...` from the left, as engines do, without recursion."""
        links: list[exp.Binary] = [node]
        while _is_operator(below := links[-1].left.unnest()):
            links.append(below)
        value = self._of(links[-1].left, times, arguments)
        for link in reversed(links):
            right = self._of(link.right, times, arguments)
            looked_through = value.items + right.items
            value = self._binary(link, value, right)
            self.spent.add(times * (value.bytes + looked_through))
            self.spent.check_value(value)
        return value

    def _binary(self, node: exp.Binary, left: Value, right: Value) -> Value:
        if is_fixed(node) or isinstance(node, exp.Predicate | exp.Connector):
            return Value(FIXED_BYTES, _kept_distinct(node, left, right))
        return replace(together((left, right)), distinct=_kept_distinct(node, left, right))

    def _made(self, node: exp.Expr, times: float, arguments: Arguments) -> Value:
        if isinstance(node, exp.Window):
            return self._window(node, times, arguments)
        if isinstance(node, exp.AggFunc) or _name(node) in COLLECTING:
            return self._aggregate(node, self.scope.times, arguments)
        if isinstance(node, exp.Cast | exp.TryCast):
            return self._cast(node, self._of(node.this, times, arguments))
        if any(isinstance(child, exp.Lambda) for child in node.iter_expressions()):
            return self._over_items(node, times, arguments)
        return self._function(node, times, arguments)

    def _function(self, node: exp.Expr, times: float, arguments: Arguments) -> Value:
        children = [
            child for child in node.iter_expressions() if not isinstance(child, exp.DataType | exp.Var)
        ]
        values = [self._of(child, times, arguments) for child in children]
        name = _name(node)
        if name in TABLES or isinstance(node, exp.Levenshtein | exp.JarowinklerSimilarity):
            cells = values[0].bytes * values[1].bytes if len(values) > 1 else 0.0
            self.spent.add(
                times * cells * TABLES.get(name, 8.0), cells if name.startswith("damerau") else 0.0
            )
        if (name in SEARCHES or isinstance(node, SEARCH_NODES)) and len(values) > 1:
            self.spent.add(times * values[0].bytes * values[1].bytes / SEARCH_SPEED)
        self.spent.add(times * sum(value.items for value in values))  # lists are looked through
        if name in REPEATING or isinstance(node, REPEATING_NODES):
            return repeated(children, values)
        if isinstance(node, exp.FromJson) or name in JSON_SHAPES:
            self._check_shape(children)
        if (
            len(values) > 1
            and (isinstance(node, JSON_PATHS) or name.startswith("json_"))
            and name not in BUILDING
        ):
            self.spent.add(times * values[0].bytes ** _searches(children[1]))
        rule = NODE_RULES.get(type(node)) or NAME_RULES.get(name)
        if values and rule is not None:
            return rule(values)
        return Value(FIXED_BYTES, combined(values)) if is_fixed(node) else together(values)

    def _check_shape(self, arguments: Sequence[exp.Expr]) -> None:
        """The structure that `from_json` is given becomes a type: DuckDB takes minutes for 1,000 levels."""
        for shape in arguments[1:]:
            text = shape.this if isinstance(shape, exp.Literal) else ""
            if (
                not isinstance(shape, exp.Literal)
                or len(text) > MAX_SHAPE
                or sum(map(text.count, "{[")) > MAX_LEVELS
            ):
                raise StatementTooComplex("the structure given to from_json must be written out, and simple")

    def _cast(self, node: exp.Expr, value: Value) -> Value:
        if is_fixed(node):
            return Value(FIXED_BYTES, value.distinct)
        if value.item is not None or value.leaves > 1:
            return replace(value, bytes=value.bytes * 4)
        return replace(value, bytes=max(value.bytes, NUMBER_DIGITS))

    # --- aggregates and lists ---------------------------------------------------------------------------

    def _aggregate(self, node: exp.Expr, rows: float, arguments: Arguments) -> Value:
        values = [self._of(child, rows, arguments) for child in node.iter_expressions()]
        whole = together(values)
        if isinstance(node, COLLECTING_NODES) or _name(node) in COLLECTING:
            held = rows * whole.bytes
            self.spent.add(held, held)
            text = isinstance(node, exp.GroupConcat) or "string" in _name(node)
            return Value(held, whole.distinct) if text else list_of(whole, rows)
        if isinstance(node, HOLDING_NODES) or node.find(exp.Distinct):
            self.spent.add(rows * whole.bytes, rows * whole.bytes)
        return Value(FIXED_BYTES, whole.distinct) if is_fixed(node) else whole

    def _window(self, node: exp.Window, times: float, arguments: Arguments) -> Value:
        """A window function that collects holds all rows of its frame for each row."""
        value = self._of(node.this, times, arguments)
        for child in (*(node.args.get("partition_by") or ()), node.args.get("order")):
            if child is not None:
                self._of(child, times, arguments)
        holding = node.this.find(*HOLDING_NODES) is not None
        each = FIXED_BYTES * (times if _is_slow(node) else HOLDING_FRAME if holding else FRAME)
        self.spent.add(times * (value.bytes + each), times * (value.bytes + FIXED_BYTES))
        return value

    def _over_items(self, node: exp.Expr, times: float, arguments: Arguments) -> Value:
        """`list_transform(list, lambda x: ...)` and its kind: the lambda once for each item."""
        children = list(node.iter_expressions())
        lists = [self._of(child, times, arguments) for child in children if not isinstance(child, exp.Lambda)]
        function = next(child for child in children if isinstance(child, exp.Lambda))
        over = lists[0] if lists else CONSTANT
        names = [name.name.lower() for name in function.expressions]
        if "reduce" in _name(node):
            return self._reduced(function, names, over, times, arguments)
        bound = {**arguments, **dict.fromkeys(names[:1], item_of(over)), **dict.fromkeys(names[1:], CONSTANT)}
        made = self._of(function.this, times * max(over.items, 1), bound)
        filters = _name(node).endswith("filter") or isinstance(node, exp.ArrayFilter)
        return over if filters else list_of(made, over.items)

    def _reduced(
        self, function: exp.Lambda, names: Sequence[str], over: Value, times: float, arguments: Arguments
    ) -> Value:
        """The result of each round goes into the next: what grows is followed until it stops or is too much."""
        value, rounds = item_of(over), int(max(over.items, 1))
        for done in range(min(rounds, REDUCE_ROUNDS)):
            before = value
            bound = {**arguments, **dict.fromkeys(names, item_of(over)), names[0]: value}
            value = self._of(function.this, times, bound)
            if value.bytes <= before.bytes:
                break
            if done == REDUCE_ROUNDS - 1:
                grown = value.bytes + (rounds - REDUCE_ROUNDS) * (value.bytes - before.bytes)
                self.spent.add(times * grown * rounds / 2)
                value = replace(value, bytes=grown)
        self.spent.add(times * value.bytes * rounds / 2)
        return self.spent.check_value(value)


def _searches(path: exp.Expr) -> int:
    """How many parts of a JSON path look at all levels below: each looks from wherever the one before has been."""
    if isinstance(path, exp.Array):
        return max([1, *map(_searches, path.expressions)])
    if not isinstance(path, exp.Literal | exp.JSONPath):
        place = path.this if isinstance(path, exp.Neg) else path
        if not isinstance(place, exp.Literal) and path.find(exp.Column) is None and path.find(exp.Literal):
            raise StatementTooComplex("a JSON path without a column must be written as one text")
        return 1  # the engine refuses such parts in a path that is no constant
    text = generate(path)
    return 1 + text.count("**") + text.count("..")


def _is_operator(node: exp.Expr) -> TypeGuard[exp.Binary]:
    return isinstance(node, exp.Binary) and not isinstance(node, (exp.Dot, *JSON_PATHS))


def _is_slow(node: exp.Window) -> bool:
    """Whether the engine makes the function anew for each row's frame, or leaves out rows of each frame."""
    functions = list(node.this.find_all(exp.Func))
    plain = all(isinstance(function, PLAIN_IN_FRAMES) for function in functions)
    spec = node.args.get("spec")
    return not plain or (spec is not None and spec.args.get("exclude") is not None)


def _name(node: exp.Expr) -> str:
    if isinstance(node, exp.Anonymous | exp.AnonymousAggFunc | exp.CombinedAggFunc | exp.ParameterizedAgg):
        return str(node.this).lower()
    return node.sql_name().lower() if isinstance(node, exp.Func) else ""


def _kept_distinct(node: exp.Binary, left: Value, right: Value) -> float | None:
    """`x + 1` and `x || 'a'` have as many values as x; `x % 10` has ten."""
    if left.distinct is None or right.distinct is None:
        return None
    if isinstance(node, exp.Add | exp.Sub | exp.DPipe) and min(left.distinct, right.distinct) <= 1:
        return max(left.distinct, right.distinct)
    if isinstance(node, exp.Mod):
        return min(left.distinct, whole_number(node.right) or 1.0)
    return 1.0
