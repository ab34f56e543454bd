"""Generated statements over the tables of `tests.query.plan.mesh`, whose answers do not depend on any order of rows.

LIMIT stands where the order is total. What may raise on some rows only is left out: whether it does is the plan's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from tests.query.plan.edges import EDGES, RELATIONS, SHARES, Column, Source
from tests.query.plan.mesh import WORDS

MOST_ROWS = 12_000
"""Of a join, by an estimate."""


@dataclass(frozen=True)
class Statement:
    sql: str
    ordered: bool
    """Whether the order of rows is total."""


LITERALS: Mapping[str, Sequence[str]] = {
    "whole": ("0", "1", "2", "17", "-3"),
    "number": ("1.5", "0", "-12.25", "300", "0.005"),
    "text": tuple("'" + word.replace("'", "''") + "'" for word in WORDS),
    "date": ("DATE '2024-02-01'", "DATE '2024-01-15'", "DATE '2024-03-20'", "DATE '1999-12-31'"),
    "time": ("TIMESTAMP '2024-01-01 12:00:00'", "TIMESTAMP '2024-01-02 08:37:00'"),
    "truth": ("true", "false"),
    "real": ("1.5", "20"),
}
PATTERNS = (
    "'n%'", "'%th%'", "'_o%'", "'%ü%'", "'%'", "''", "'%京'", "'🌍%'", "'%ß_'", "'N%H_'",
    "'100#%' ESCAPE '#'", "'%*%'",
)  # fmt: skip
JOINS = (*("JOIN", "LEFT JOIN", ",") * 2, "JOIN", "RIGHT JOIN", "FULL JOIN", "SEMI JOIN", "ANTI JOIN")
OPERATORS = ("UNION", "UNION ALL", "INTERSECT", "EXCEPT", "INTERSECT ALL", "EXCEPT ALL")
AGGREGATES: Mapping[str, Sequence[str]] = {
    "whole": ("sum({})", "count({})", "count(DISTINCT {})", "min({})", "max({})", "avg({})", "avg({})"),
    "number": ("sum({})", "count({})", "min({})", "max({})", "avg({})", "avg({})", "sum(DISTINCT {})"),
    "text": ("min({})", "max({})", "count({})", "count(DISTINCT {})"),
    "date": ("min({})", "max({})", "count({})"),
    "time": ("min({})", "max({})", "count(DISTINCT {})"),
    "truth": ("count({})", "bool_or({})"),
    "real": ("min({})", "max({})", "count({})"),
}


class Writer:
    """Writes one statement. Every choice is hypothesis's, so a failing one shrinks."""

    def __init__(self, draw: DrawFn) -> None:
        self._draw = draw
        self._names = 0
        self._nested = 0
        self._ctes: list[tuple[str, str, Source]] = []

    def one(self, options: Sequence[str]) -> str:
        return options[self.number(len(options))]

    def number(self, below: int) -> int:
        return self._draw(st.integers(0, below - 1))

    def chance(self, of: int, out_of: int = 10) -> bool:
        return self.number(out_of) >= out_of - of

    def name(self, prefix: str) -> str:
        self._names += 1
        return f"{prefix}{self._names}"

    # --- FROM ----------------------------------------------------------------------------------------------

    def source(self, depth: int, *, near: Sequence[Column] = ()) -> Source:
        """A relation, a subquery, or a CTE; with `near`, one that an edge connects with these columns."""
        alias = self.name("t")
        if self._ctes and self.chance(2):
            known = self._ctes[self.number(len(self._ctes))][2]
            if not near or self.edges(near, known.columns):
                return replace(known.under(alias), text=f"{known.text} AS {alias}")
        names = [n for n, r in RELATIONS.items() if not near or self.edges(near, r.columns)]
        relation = RELATIONS[self.one(names or ["regions"])]
        if depth > 0 and self.chance(2):
            inner = self.derived(relation, depth - 1)
            if not near or self.edges(near, inner.columns):
                return replace(inner.under(alias), text=f"({inner.text}) AS {alias}")
        return replace(relation.under(alias), text=f"{relation.text} AS {alias}")

    def derived(self, relation: Source, depth: int) -> Source:
        """A SELECT over one relation, or over a join that begins with it, that keeps what it may be joined by."""
        alias = self.name("t")
        first = replace(relation.under(alias), text=f"{relation.text} AS {alias}")
        joined, text, conditions = self.joined(first, depth, most=2)
        columns, rows = joined.columns, joined.rows
        kept = [columns[self.number(len(columns))] for _ in range(1 + self.number(4))]
        kept += [c for c in first.columns if c.origin.endswith(("id", "item", "supplier", "name"))]
        kept = list({column.text: column for column in kept}.values())
        tail = self.where(columns, conditions, depth)
        form = self.number(5)
        if form == 0:
            value, kind = self.aggregate(columns, depth)
            listed = [*kept[:2], Column(value, kind)]
            tail += f" GROUP BY {', '.join(str(n + 1) for n in range(len(kept[:2])))}"
        elif form == 1:
            kind = self.one(("whole", "text", "number", "truth"))
            value = self.condition(columns, depth) if kind == "truth" else self.value(kind, columns, depth)
            listed = [*kept, Column(value, kind)]
        else:
            listed = kept
        distinct = "DISTINCT " if form == 2 else ""
        outputs = [replace(column, text=f"c{n}") for n, column in enumerate(listed)]
        items = ", ".join(f"{column.text} AS c{n}" for n, column in enumerate(listed))
        if form == 2 and self.chance(3):
            tail += (
                " ORDER BY " + ", ".join(str(n + 1) for n in range(len(listed))) + f" LIMIT {self.number(40)}"
            )
        return Source(f"SELECT {distinct}{items} FROM {text}{tail}", "", tuple(outputs), rows)

    def edges(self, ours: Sequence[Column], theirs: Sequence[Column]) -> list[list[tuple[Column, Column]]]:
        """The sets of equalities that may join the two."""
        found = []
        for edge in EDGES:
            for way in (edge, tuple((b, a) for a, b in edge)):
                pairs = [
                    (
                        next((c for c in ours if c.origin == a), None),
                        next((c for c in theirs if c.origin == b), None),
                    )
                    for a, b in way
                ]
                complete = [(a, b) for a, b in pairs if a is not None and b is not None]
                if len(complete) == len(way):
                    found.append(complete)
        return found

    def joined(self, first: Source, depth: int, most: int) -> tuple[Source, str, list[str]]:
        """The join, its text, and conditions that belong into WHERE."""
        columns, rows, text = first.columns, first.rows, first.text
        conditions: list[str] = []
        for _ in range(self.number(most)):
            other = self.source(depth, near=columns)
            found = self.edges(columns, other.columns)
            if not found:
                continue
            pairs = found[self.number(len(found))]
            share = 1.0
            for ours, theirs in pairs:
                share *= SHARES[frozenset({ours.origin, theirs.origin})]
            after = max(rows, other.rows, rows * other.rows * share)
            if after > MOST_ROWS:
                continue
            kind = self.one(JOINS)
            equal = [f"{a.text} = {b.text}" for a, b in pairs]
            both = (*columns, *other.columns)
            if kind == ",":
                text += f", {other.text}"
                conditions += equal
            else:
                more = [self.condition(both, 0)] if self.chance(2) else []
                text += f" {kind} {other.text} ON {' AND '.join([*equal, *more])}"
            rows = after
            columns = columns if kind in ("SEMI JOIN", "ANTI JOIN") else both
        return Source("", "", columns, rows), text, conditions

    def where(self, columns: Sequence[Column], conditions: list[str], depth: int) -> str:
        conditions = [
            *conditions,
            *(self.condition(columns, depth) for _ in range(max(0, self.number(4) - 1))),
        ]
        return f" WHERE {' AND '.join(conditions)}" if conditions else ""

    # --- values --------------------------------------------------------------------------------------------

    def column(self, kind: str, columns: Sequence[Column]) -> str | None:
        found = [column.text for column in columns if column.kind == kind]
        return self.one(found) if found else None

    def value(self, kind: str, columns: Sequence[Column], depth: int) -> str:
        column = self.column(kind, columns)
        if column is None or self.chance(1):
            return self.one(LITERALS[kind])
        if self._nested > 1 or not self.chance(4):
            return column
        if kind == "text":
            form = self.one(("upper({})", "left({}, 2)", "substr({}, {n}, 2)", "coalesce({}, '?')", "{} || '-x'",
                             "right({}, 1)", "nullif({}, 'north')", "split_part({}, '-', 1)", "lower({})"))  # fmt: skip
            return form.format(column, n=self.number(4) - 1)
        if kind == "whole":
            text, day = self.column("text", columns), self.column("date", columns)
            chosen = f"CASE WHEN {self.condition(columns, 0)} THEN {column} ELSE 0 END"
            forms = [f"({column} + 1)", f"coalesce({column}, 0)", chosen]
            forms += [f"length({text})", f"strpos({text}, 'o')"] if text else []
            forms += [f"year({day})", f"extract(month FROM {day})"] if day else []
            return self.one(forms)
        if kind == "number":
            return self.one((f"({column} * 2)", f"({column} + 0.5)", f"(-{column})", f"coalesce({column}, 0)",
                             f"CASE WHEN {self.condition(columns, 0)} THEN {column} ELSE 0 END",
                             f"({column} * (1 - {self.column(kind, columns)}))"))  # fmt: skip
        if kind in ("date", "time"):
            return self.one(
                (f"date_trunc('month', {column})", column, f"coalesce({column}, {LITERALS[kind][0]})")
            )
        return column

    def aggregate(self, columns: Sequence[Column], depth: int) -> tuple[str, str]:
        """An aggregate and the kind of its value."""
        if self.chance(2):
            return "count(*)", "whole"
        kind = self.one(sorted({column.kind for column in columns}))
        form = self.one(AGGREGATES[kind])
        value = form.format(self.value(kind, columns, depth))
        if form.startswith("count"):
            return value, "whole"
        return value, "real" if form.startswith("avg") else "truth" if form.startswith("bool") else kind

    # --- conditions ----------------------------------------------------------------------------------------

    def condition(self, columns: Sequence[Column], depth: int) -> str:
        self._nested += 1
        number = self.number(12)
        if 5 <= number < 9 and depth > 0:
            written = self.subquery(columns, depth - 1)
        elif number >= 9 and self._nested < 3:
            form = self.one(("({0} OR {1})", "NOT ({0} AND {1})", "({0} AND {1} OR {2} AND {0})"))
            written = form.format(*(self.condition(columns, 0) for _ in range(3)))
        else:
            written = self.comparison(columns, number)
        self._nested -= 1
        return written

    def comparison(self, columns: Sequence[Column], form: int) -> str:
        kinds = sorted({column.kind for column in columns} - {"real"})
        kind = self.one(kinds)
        value = self.value(kind, columns, 0) if self.chance(3) else self.column(kind, columns) or "1"
        if form == 1:
            return f"{value} IS {self.one(('NULL', 'NOT NULL'))}"
        if form == 2:
            listed = ", ".join(self.one(LITERALS[kind]) for _ in range(1 + self.number(3)))
            return f"{value} {self.one(('IN', 'NOT IN'))} ({listed}{', NULL' if self.chance(1) else ''})"
        if form in (3, 4, 5) and kind == "text":
            return f"{value} {self.one(('LIKE', 'NOT LIKE'))} {self.one(PATTERNS)}"
        if form == 3 and kind != "truth":
            return f"{value} BETWEEN {self.one(LITERALS[kind])} AND {self.one(LITERALS[kind])}"
        if form == 4:
            return f"{value} IS {self.one(('', 'NOT '))}DISTINCT FROM {self.value(kind, columns, 0)}"
        return f"{value} {self.one(('=', '<>', '<', '<=', '>', '>='))} {self.value(kind, columns, 0)}"

    def subquery(self, columns: Sequence[Column], depth: int) -> str:
        """IN, EXISTS or a scalar, correlated or not."""
        other = self.source(depth, near=columns)
        found = self.edges(columns, other.columns)
        if not found:
            return "1 = 1"
        pairs = found[self.number(len(found))]
        inside = self.condition(other.columns, depth)
        tied = [f"{b.text} = {a.text}" for a, b in pairs]
        more = [inside] if self.chance(6) else []
        if self.chance(1) and len(pairs) == 1:
            return self._quantified(pairs[0], other, more)
        form = self.number(6)
        if form == 0:
            ours = pairs[0][0].text if len(pairs) == 1 else f"({', '.join(a.text for a, _ in pairs)})"
            listed = ", ".join(b.text for _, b in pairs)
            return f"{ours} {self.one(('IN', 'NOT IN'))} (SELECT {listed} FROM {other.text}{_where(more)})"
        if form == 1:
            listed = self.one(("1", "*", pairs[0][1].text))
            asked = more if self.chance(3) else tied + more
            return f"{self.one(('', 'NOT '))}EXISTS (SELECT {listed} FROM {other.text}{_where(asked)})"
        kinds = {"whole", "number"} & {c.kind for c in columns} & {c.kind for c in other.columns}
        if form in (2, 3, 4) and kinds:
            kind = self.one(sorted(kinds))
            function = self.one(("sum", "min", "max", "avg", "count"))
            value = _over_all(function, str(self.column(kind, other.columns)), kind)
            conditions = _where(tied + more if self.chance(7) else more)
            operator = self.one(("<", ">", "=", "<>"))
            return f"{self.column(kind, columns)} {operator} (SELECT {value} FROM {other.text}{conditions})"
        key = pairs[0][1].text
        grouped = f"{key} FROM {other.text}{_where(more)} GROUP BY {key} HAVING count(*) > {self.number(4)}"
        return f"{pairs[0][0].text} {self.one(('IN', 'NOT IN'))} (SELECT {grouped})"

    def _quantified(self, pair: tuple[Column, Column], other: Source, more: list[str]) -> str:
        value = self.one((f"count({pair[1].text})", f"min({pair[1].text})", pair[1].text))
        if value.startswith("count") and pair[0].kind != "whole":
            value = pair[1].text
        return f"{pair[0].text} = ANY (SELECT {value} FROM {other.text}{_where(more)})"

    # --- whole statements ----------------------------------------------------------------------------------

    def statement(self) -> Statement:
        for _ in range(self.number(3)):
            relation = RELATIONS[self.one(tuple(RELATIONS))]
            inner, name = self.derived(relation, 1), self.name("w")
            self._ctes.append((name, inner.text, replace(inner, text=name)))
        body, width = self.select(2)
        if self.chance(2):
            body = self.combined()
            width = 2
        ordered = self.chance(4)
        if ordered:
            ends = ("", " DESC", " NULLS FIRST", " DESC NULLS FIRST", " ASC NULLS LAST")
            body += " ORDER BY " + ", ".join(f"{n + 1}{self.one(ends)}" for n in range(width))
            body += self.one(
                ("", f" LIMIT {self.number(30)}", f" LIMIT {self.number(9)} OFFSET {self.number(20)}")
            )
        common = ", ".join(f"{name} AS ({text})" for name, text, _ in self._ctes)
        return Statement(f"WITH {common} {body}" if common else body, ordered)

    def select(self, depth: int) -> tuple[str, int]:
        """A SELECT and its number of columns."""
        first = self.source(depth)
        joined, text, conditions = self.joined(first, depth, most=5)
        columns = joined.columns
        tail = self.where(columns, conditions, depth)
        form = self.number(6)
        if form < 3:
            return self.grouped(columns, text, tail, depth)
        count = 1 + self.number(4)
        kinds = [self.one(sorted({column.kind for column in columns})) for _ in range(count)]
        items = [self.value(kind, columns, 0) for kind in kinds]
        if form == 3:
            over = f"PARTITION BY {items[0]} ORDER BY {items[-1]}"
            items.append(f"{self.one(('rank()', 'count(*)', f'max({items[0]})'))} OVER ({over})")
            if self.chance(3):
                tail += f" QUALIFY rank() OVER ({over}) <= {1 + self.number(3)}"
        if form == 4 and depth > 0:
            items.append(self.scalar(columns, depth - 1))
        distinct = "DISTINCT " if self.chance(3) else ""
        return f"SELECT {distinct}{_listed(items)} FROM {text}{tail}", len(items)

    def extreme(self) -> Statement:
        """Rows that have the least or greatest value of something else, or more, or less."""
        joined, text, conditions = self.joined(self.source(0), 0, most=3)
        other = self.source(1)
        kinds = {column.kind for column in joined.columns} & {column.kind for column in other.columns}
        kind = self.one(sorted(kinds - {"truth"}))
        forms = ("min", "max", "avg") if kind in ("whole", "number") else ("min", "max")
        value = _over_all(self.one(forms), str(self.column(kind, other.columns)), kind)
        inside = _where([self.condition(other.columns, 0)] if self.chance(5) else [])
        operator = self.one(("=", "=", "<", "<=", ">", ">="))
        asked = f"{self.column(kind, joined.columns)} {operator} (SELECT {value} FROM {other.text}{inside})"
        items = _listed([column.text for column in joined.columns[:4]])
        return Statement(f"SELECT {items} FROM {text}{_where([*conditions, asked])}", ordered=False)

    def scalar(self, columns: Sequence[Column], depth: int) -> str:
        other = self.source(depth, near=columns)
        found = self.edges(columns, other.columns)
        value, kind = self.aggregate(other.columns, 0)
        value = value if kind == "whole" else f"count({other.columns[0].text})"
        tied = [f"{b.text} = {a.text}" for a, b in found[0]] if found else []
        return f"(SELECT {value} FROM {other.text}{_where(tied)})"

    def grouped(self, columns: Sequence[Column], text: str, tail: str, depth: int) -> tuple[str, int]:
        kinds = [self.one(sorted({column.kind for column in columns})) for _ in range(self.number(3))]
        keys = [self.value(kind, columns, 0) for kind in kinds]
        keys = [key for key in keys if any(column.text in key for column in columns)]
        items = [*keys, *(self.aggregate(columns, depth)[0] for _ in range(1 + self.number(3)))]
        if self.chance(2):
            items.append(self.scalar([column for column in columns if column.text in keys], 0))
        if keys:
            tail += f" GROUP BY {', '.join(str(n + 1) for n in range(len(keys)))}"
        if self.chance(3):
            value, kind = self.aggregate(columns, 0)
            bound = self.one(LITERALS[kind])
            if kind == "whole" and self.chance(4):
                bound = self.scalar([column for column in columns if column.text in keys], 0)
            tail += f" HAVING {value} {self.one(('>', '<=', '<>', '='))} {bound}"
        return f"SELECT {_listed(items)} FROM {text}{tail}", len(items)

    def combined(self, operators: Sequence[str] = OPERATORS) -> str:
        """Two columns, united, intersected or subtracted."""
        kinds = [self.one(("whole", "text", "date")) for _ in range(2)]
        parts = [self._of_kinds(kinds) for _ in range(2 + self.number(2))]
        return f" {self.one(operators)} ".join(parts)

    def _of_kinds(self, kinds: Sequence[str]) -> str:
        source = self.source(1)
        items = [self.value(kind, source.columns, 0) for kind in kinds]
        return f"SELECT {_listed(items)} FROM {source.text}{self.where(source.columns, [], 1)}"


def _over_all(function: str, column: str, kind: str) -> str:
    """An aggregate to compare a value with. DuckDB rounds the average of exact numbers twice, the gateway once: that of
    one value is not what DuckDB takes for equal to it."""
    value = f"{function}({column})"
    return f"round({value}, 6)" if (function, kind) == ("avg", "number") else value


def _where(conditions: Sequence[str]) -> str:
    return f" WHERE {' AND '.join(conditions)}" if conditions else ""


def _listed(items: Sequence[str]) -> str:
    return ", ".join(f"{item} AS r{n}" for n, item in enumerate(items))


@st.composite
def statements(draw: DrawFn) -> Statement:
    return Writer(draw).statement()


@st.composite
def extremes(draw: DrawFn) -> Statement:
    return Writer(draw).extreme()
