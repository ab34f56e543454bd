"""How many rows a piece of a statement has, from what the sources know of their tables.

A wrong estimate costs time only: which pieces there are and what they answer does not depend on it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from math import prod, sqrt

from sqlglot import exp

from connectors.base import ColumnStatistics
from gateway.query.plan.barrier.leaves import Leaf
from gateway.query.plan.blocks import clauses_of, conditions, equality, items, where
from gateway.query.plan.draft import Draft, Unit, is_regrouped, operation_of
from gateway.query.plan.rules.take import TAKEN
from gateway.sql.names.resolve import base_tables
from gateway.sql.nodes import by_level, copied, text_of
from gateway.sql.totality import is_constant

UNKNOWN_ROWS = 1_000.0
"""Of a table whose source says nothing."""
NO_STATISTICS = ColumnStatistics()
PARTS = {"YEAR": 100.0, "MONTH": 12.0, "DAY": 31.0}
"""Different parts of the dates of a table, at most."""
LEAST = 0.001
"""Share of rows that a range leaves at least."""
GUESS = 0.75
"""Power of the number of rows that a column of unknown values is taken to have different ones."""
HAVING = 0.01
"""Share of groups that a condition on their sums leaves."""
EQUAL, RANGE, PREFIX, CONTAINS, OTHER = 0.05, 0.33, 0.05, 0.1, 0.33
"""Shares of rows that a condition leaves where statistics say nothing better."""
ENDS = (exp.LT, exp.LTE, exp.GT, exp.GTE, exp.Between)
OWN = "own"
"""Key in the meta of a column of a leaf's filter: it is named as its source names it."""


class Estimator:
    """Memory of one statement's estimates."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft
        self._rows: dict[str, float] = {}
        self._sizes: dict[str, float] = {}

    def leaf_rows(self, alias: str) -> float:
        """Rows that a relation shows."""
        if alias not in self._rows:
            leaf, rows = self._draft.leaves[alias], self._base_rows(alias)
            own = [one for one in where(leaf.select) if not one.meta.get(TAKEN)] if leaf.plain else []
            shares = [self._own_share(leaf, one) for one in own]
            self._rows[alias] = max(1.0, rows * prod(shares))
        return self._rows[alias]

    def rows(self, unit: Unit) -> float:
        """Rows that a unit shows, but for a LIMIT of its own."""
        if unit.needs:
            return self.block_rows(unit)
        if not unit.grouped or operation_of(unit.select) is not None:
            return self.unit_rows(unit)
        group = unit.select.args.get("group")
        if unit.select.args.get("distinct"):
            return self.groups(unit, [item.unalias() for item in unit.select.expressions])
        if group is None:
            return 1.0
        rows = self.groups(unit, group.expressions)
        return max(1.0, rows * 0.1) if unit.select.args.get("having") else rows

    def unit_rows(self, unit: Unit) -> float:
        """Rows that a unit's FROM and WHERE leave."""
        operation = operation_of(unit.select)
        if operation is not None:
            return combined_rows(
                operation, *(self._rows_below(unit, side) for side in (operation.left, operation.right))
            )
        if is_regrouped(unit.select):
            return self._rows_below(unit, unit.select.args["from_"].this.this)
        rows = prod(self.leaf_rows(item.alias) for item in items(unit.select) if item.alias in unit.members)
        edges: dict[frozenset[str], list[tuple[exp.Column, exp.Column]]] = {}
        alone = []
        for condition in conditions(unit.select):
            pair = equality(condition)
            if pair is not None and {pair[0].table, pair[1].table} <= unit.members:
                edges.setdefault(frozenset({pair[0].table, pair[1].table}), []).append(pair)
            else:
                alone.append(condition)
        joined = prod(self.join_share(pairs) for pairs in edges.values())
        return max(1.0, rows * self._share_of_all(alone) * joined)

    def _rows_below(self, unit: Unit, select: exp.Expr) -> float:
        """Rows of a SELECT in the place of one of the unit's leaves: of groups, or of a side."""
        assert isinstance(select, exp.Select)
        shown = clauses_of(select) & {"group", "distinct"} or is_regrouped(select)
        types = unit.types if shown else {}
        return self.rows(replace(unit, select=select, types=types))

    def kinds_of(self, unit: Unit, values: Sequence[exp.Expr]) -> float:
        """Different rows that a unit shows, if it shows these values."""
        return self.rows(unit) if unit.grouped else self.groups(unit, values)

    def _share_of_all(self, conditions: list[exp.Expr]) -> float:
        """Conditions are taken to have nothing to do with each other, but for the two ends of one column's range."""
        ends: dict[str, list[float]] = {}
        share = 1.0
        for condition in conditions:
            if isinstance(condition, exp.LT | exp.LTE | exp.GT | exp.GTE) and isinstance(
                condition.this, exp.Column
            ):
                ends.setdefault(text_of(condition.this), []).append(self.share(condition))
            else:
                share *= self.share(condition)
        return share * prod(max(LEAST, sum(shares) - len(shares) + 1.0) for shares in ends.values())

    def block_rows(self, block: Unit) -> float:
        """Rows of a block over other units: as many as its smallest has, or groups of them."""
        rows = min(self.unit_rows(self._draft.units[alias]) for alias in block.needs)
        group = block.select.args.get("group")
        if not block.select.args.get("from_"):
            return 1.0
        if group is None and isinstance(block.select.expressions[0].unalias(), exp.AggFunc):
            return 1.0
        if group is not None:
            columns = [column for key in group.expressions for column in by_level(key, exp.Column)]
            rows = min(rows, prod(self.distinct(column) for column in columns))
        return max(1.0, rows * (HAVING if block.select.args.get("having") else 1.0))

    def join_share(self, pairs: list[tuple[exp.Column, exp.Column]]) -> float:
        """Share of all pairs of rows of two units that equalities between their leaves leave."""
        columns = [column for pair in pairs for column in pair]
        for alias in dict.fromkeys(column.table for column in columns):
            own = [column for column in columns if column.table == alias]
            if self.is_unique(alias, {column.name for column in own}) or any(
                map(self._is_as_good_as_unique, own)
            ):
                return 1.0 / max(1.0, self._base_rows(alias))
        return prod(1.0 / max(1.0, self.distinct(left), self.distinct(right)) for left, right in pairs)

    def is_unique(self, alias: str, columns: set[str]) -> bool:
        """Whether the source keeps a set of columns unique that is among these of a plain leaf."""
        read = (self._read(exp.column(name, table=alias)) for name in columns)
        return self._is_key(alias, {column.name for column in read if column is not None})

    def _is_as_good_as_unique(self, column: exp.Column) -> bool:
        """Whether a column has as many values as rows, though its source does not keep it so: a file does not."""
        return (
            column.table in self._draft.leaves and self.distinct(column) >= self._base_rows(column.table) > 1
        )

    def _is_key(self, alias: str, names: set[str]) -> bool:
        """`names` are the source's."""
        table = self._draft.leaves[alias].table
        return table is not None and any(set(key) <= names for key in self._draft.sources.known(table).unique)

    def distinct(self, column: exp.Column) -> float:
        """Different values in a leaf's column, before any condition."""
        if column.table not in self._draft.leaves:
            return UNKNOWN_ROWS
        rows, read = self._base_rows(column.table), self._read(column)
        if read is not None and self._is_key(column.table, {read.name}):
            return rows
        known = self._column(column)
        low, high = known.minimum, known.maximum
        span = high - low + 1.0 if isinstance(low, int) and isinstance(high, int) else None
        if known.distinct is None:
            return max(1.0, min(rows, span) if span is not None else rows**GUESS)
        if span is None or not self._is_part_of_key(column):
            return max(1.0, known.distinct)
        # A sample of neighboring rows sees too few values of a column that, with others, is a key: the truth lies
        # between what the source says and the span of the values.
        return sqrt(known.distinct * max(known.distinct, min(rows, span)))

    def knows(self, column: exp.Column) -> bool:
        """Whether a source says how many different values a column has, or keeps it unique."""
        read = self._read(column)
        return read is not None and (
            self._column(column).distinct is not None or self._is_key(column.table, {read.name})
        )

    def _is_part_of_key(self, column: exp.Column) -> bool:
        read, table = self._read(column), self._draft.leaves[column.table].table
        if read is None or table is None:
            return False
        return any(read.name in key for key in self._draft.sources.known(table).unique)

    def read_rows(self, unit: Unit) -> float:
        """Rows that the unit's site looks at."""
        return sum(self._base_rows(alias) for alias in unit.members)

    def is_known(self, unit: Unit) -> bool:
        """Whether the sources say how large the unit's tables are; without, the least is moved."""
        tables = [table for alias in unit.members for table in _sources(self._draft.leaves[alias])]
        return all(self._draft.sources.known(table).rows is not None for table in tables)

    def groups(self, unit: Unit, columns: Iterable[exp.Expr]) -> float:
        """Different combinations of values among a unit's rows."""
        kinds = prod(self._kinds(column) for column in columns)
        return max(1.0, min(self.unit_rows(unit), kinds))

    def are_in_order(self, unit: Unit, keys: Sequence[exp.Expr]) -> bool:
        """Whether the rows of a unit lie in the order of what they are grouped by, and an index has it."""
        if len(unit.members) > 1 or len(keys) != 1 or not isinstance(keys[0], exp.Column):
            return False
        read, table = self._read(keys[0]), self._draft.leaves[min(unit.members)].table
        return (
            read is not None and table is not None and read.name in self._draft.sources.known(table).ordered
        )

    def _kinds(self, node: exp.Expr) -> float:
        """Different values of an expression: at most those of its column, or the years, months or days there are."""
        known = min((self.distinct(column) for column in by_level(node, exp.Column)), default=1.0)
        part = node.this.name.upper() if isinstance(node, exp.Extract) else ""
        return min(known, PARTS.get(part, known))

    def span_share(self, unit: Unit, ours: exp.Column, theirs: exp.Column) -> float | None:
        """Share of the span of `theirs` in which the values of `ours`, a column of the unit, can lie; None: unknown."""
        known, target = self._column(ours), self._column(theirs)
        low, high = _number(target.minimum), _number(target.maximum)
        if low is None or high is None or high <= low:
            return None
        text, least, most = text_of(ours), [low, _number(known.minimum)], [high, _number(known.maximum)]
        for condition in where(unit.select):
            if isinstance(condition, ENDS) and text_of(condition.this) == text:
                first, last = _bounds(condition) or (None, None)
                least.append(first)
                most.append(last)
        start = max(end for end in least if end is not None)
        stop = min(end for end in most if end is not None)
        return max(LEAST, (stop - start) / (high - low))

    def share(self, condition: exp.Expr) -> float:
        """Share of rows that a condition on the columns of leaves lets through."""
        node = condition.unnest()
        if isinstance(node, exp.And):
            return prod(map(self.share, node.flatten()))
        if isinstance(node, exp.Or):
            return min(1.0, sum(map(self.share, node.flatten())))
        if isinstance(node, exp.Not):
            return max(0.01, 1.0 - self.share(node.this))
        if isinstance(node, exp.In) and not node.args.get("query"):
            return min(1.0, len(node.expressions) * self._equal(node.this))
        if isinstance(node, exp.EQ):
            return self._equal(node.left if isinstance(node.left.unnest(), exp.Column) else node.right)
        if isinstance(node, ENDS):
            return self._range(node)
        if isinstance(node, exp.Is) and isinstance(node.expression, exp.Null):
            return self._missing(node.this.unnest())
        if isinstance(node, exp.Like):
            found = CONTAINS if str(node.expression.this).startswith(("%", "_")) else PREFIX
            return 1.0 - found if node.args.get("negate") else found
        return 1.0 if isinstance(node, exp.NEQ) else OTHER

    def _own_share(self, leaf: Leaf, condition: exp.Expr) -> float:
        """Of a leaf's own filter, over its source's columns, whether or not the leaf shows them."""

        def put(node: exp.Expr) -> exp.Expr:
            if not isinstance(node, exp.Column):
                return node
            own = exp.column(node.name, table=leaf.alias)
            own.meta[OWN] = True
            return own

        return self.share(copied(condition).transform(put, copy=False))

    def _read(self, column: exp.Column) -> exp.Column | None:
        """The source's column that a plain leaf's column shows as it is."""
        leaf = self._draft.leaves.get(column.table)
        if leaf is None or leaf.table is None:
            return None
        value = column if column.meta.get(OWN) else leaf.value(column.name)
        return value if isinstance(value, exp.Column) else None

    def _equal(self, operand: exp.Expr) -> float:
        operand = operand.unnest()
        if not isinstance(operand, exp.Column):
            return EQUAL
        if operand.meta.get(OWN) and self._column(operand) == NO_STATISTICS:
            return EQUAL  # row filters divide a table into few parts
        return 1.0 / self.distinct(operand)

    def _missing(self, operand: exp.Expr) -> float:
        known = self._column(operand).null_fraction if isinstance(operand, exp.Column) else None
        return OTHER if known is None else known

    def _range(self, node: exp.Expr) -> float:
        column = node.this.unnest()
        if not isinstance(column, exp.Column):
            return RANGE
        known = self._column(column)
        low, high = _number(known.minimum), _number(known.maximum)
        bounds = _bounds(node)
        if low is None or high is None or high <= low or bounds is None:
            return RANGE if bounds is None or len([b for b in bounds if b is not None]) < 2 else EQUAL * 2
        start, end = max(low, bounds[0] or low), min(high, bounds[1] if bounds[1] is not None else high)
        return min(1.0, max(LEAST, (end - start) / (high - low)))

    def _base_rows(self, alias: str) -> float:
        """Looked up once: walking a relation's tree for each comparison of a long OR is quadratic."""
        if alias not in self._sizes:
            known = (self._draft.sources.known(table).rows for table in _sources(self._draft.leaves[alias]))
            self._sizes[alias] = max((rows or UNKNOWN_ROWS for rows in known), default=1.0)
        return self._sizes[alias]

    def _column(self, column: exp.Column) -> ColumnStatistics:
        read = self._read(column)
        table = self._draft.leaves[column.table].table if read is not None else None
        if read is None or table is None:
            return NO_STATISTICS
        return self._draft.sources.known(table).columns.get(read.name, NO_STATISTICS)


def combined_rows(operation: exp.SetOperation, left: float, right: float) -> float:
    if isinstance(operation, exp.Union):
        return left + right
    return min(left, right) if isinstance(operation, exp.Intersect) else left


def _sources(leaf: Leaf) -> list[exp.Table]:
    return [table for table in base_tables(leaf.select) if table.catalog]


def _bounds(node: exp.Expr) -> tuple[float | None, float | None] | None:
    """The lower and upper end that a comparison with constants sets; None: no constants, or no numbers."""
    if isinstance(node, exp.Between):
        return _constant(node.args["low"]), _constant(node.args["high"])
    value = _constant(node.expression)
    if value is None:
        return None
    return (None, value) if isinstance(node, exp.LT | exp.LTE) else (value, None)


def _constant(node: exp.Expr) -> float | None:
    node = node.unnest()
    if not is_constant(node):
        return None
    inner = node.this if isinstance(node, exp.Cast | exp.TryCast) else node
    sign = -1 if isinstance(inner, exp.Neg) else 1
    inner = inner.this if isinstance(inner, exp.Neg) else inner
    if not isinstance(inner, exp.Literal):
        return None
    if not inner.is_string:
        return sign * float(inner.this)
    try:
        return _number(datetime.fromisoformat(inner.this))
    except ValueError:
        return None


def _number(value: object) -> float | None:
    """A number that grows with the value: days for dates and times."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float | Decimal):
        return float(value)
    if isinstance(value, datetime):
        return value.toordinal() + value.hour / 24
    return float(value.toordinal()) if isinstance(value, date) else None
