"""How large a statement becomes once its CTEs, stars and aliases are written out, which is how it is planned."""

from collections.abc import Iterator, Mapping, Sequence, Sized

from sqlglot import exp

from gateway.errors import StatementTooComplex
from gateway.sql.nodes import QUERIES, everything

MAX_CTES = 200
MAX_TABLES = 1_000
MAX_COLUMNS = 20_000
MAX_NODES = 100_000


def check_expansion(tree: exp.Expr) -> None:
    """Raise StatementTooComplex: a chain of CTEs that each name the one before twice doubles with every link, and
    no engine can be interrupted while it plans."""
    by_name: dict[str, list[exp.CTE]] = {}
    for cte in tree.find_all(exp.CTE):
        by_name.setdefault(cte.alias.lower(), []).append(cte)
    if sum(map(len, by_name.values())) > MAX_CTES:
        raise StatementTooComplex(f"the statement has more than {MAX_CTES} CTEs")
    try:
        tables = _Counter(by_name).tables_in(tree) if by_name else 0
    except RecursionError as error:
        raise StatementTooComplex("the CTEs of the statement build on each other too deep") from error
    if tables > MAX_TABLES:
        raise StatementTooComplex(
            f"with its CTEs written out, the statement reads more than {MAX_TABLES:,} tables"
        )


class _Counter:
    """Names count for whatever CTE bears them, wherever it stands: never too few."""

    def __init__(self, by_name: dict[str, list[exp.CTE]]) -> None:
        self._by_name = by_name
        self._known: dict[int, int] = {}

    def tables_in(self, node: exp.Expr) -> int:
        return sum(1 + self._of(table.name.lower()) for table in node.find_all(exp.Table))

    def _of(self, name: str) -> int:
        return max((self._tables_of(cte) for cte in self._by_name.get(name, ())), default=0)

    def _tables_of(self, cte: exp.CTE) -> int:
        if id(cte) not in self._known:
            self._known[id(cte)] = 0  # its own name inside of it means something else
            self._known[id(cte)] = self.tables_in(cte.this)
        return self._known[id(cte)]


# --- what stars and aliases stand for ------------------------------------------------------------------------


def check_names(tree: exp.Expr, columns: Sequence[Sized], use: str) -> None:
    """Raise StatementTooComplex for a statement whose stars and references to aliases, written out, are too many.

    `columns` are those of each numbered table; `use` is the key of the number in a table's meta.
    """
    stars = _Stars(columns, use)
    for select in tree.find_all(exp.Select):
        if _written_out(select) > MAX_NODES:
            raise StatementTooComplex(
                f"with its aliases written out, the statement has more than {MAX_NODES:,} nodes"
            )
    stars.columns_of(tree)


def _written_out(select: exp.Select) -> int:
    """Nodes of a SELECT once each alias is replaced by what it names, again and again."""
    sizes: dict[str, int] = {}
    in_order: list[int] = []
    total = 0
    for item in select.expressions:
        in_order.append(_size(item, sizes, ()))
        total += in_order[-1]
        if isinstance(item, exp.Alias):
            sizes[item.alias.lower()] = in_order[-1]
        if total > MAX_NODES:
            return total
    clauses = (select.args.get(key) for key in ("where", "group", "having", "qualify", "order"))
    return total + sum(_size(clause, sizes, in_order) for clause in clauses if clause is not None)


def _size(node: exp.Expr, sizes: Mapping[str, int], by_position: Sequence[int]) -> int:
    total = 0
    for each in everything(node, QUERIES):
        total += 1
        if isinstance(each, exp.Column) and not each.table:
            total += sizes.get(each.name.lower(), 0)
        elif isinstance(each, exp.Literal) and each.is_int and len(each.this) < 6:
            position = int(each.this)
            total += by_position[position - 1] if 0 < position <= len(by_position) else 0
    return total


class _Stars:
    """Columns of each query, counted once each: all that stars stand for is MAX_COLUMNS at most."""

    def __init__(self, columns: Sequence[Sized], use: str) -> None:
        self._columns = columns
        self._use = use
        self._expanded = 0

    def columns_of(self, node: exp.Expr, known: Mapping[str, int] | None = None) -> int:
        """How many columns a query has. `known` are those of the CTEs in sight."""
        known = dict(known or {})
        clause = node.args.get("with_")
        for cte in clause.expressions if clause is not None else ():
            known[cte.alias.lower()] = self.columns_of(cte.this, known)
        if isinstance(node, exp.SetOperation):
            return max(self.columns_of(branch, known) for branch in _branches(node))
        if isinstance(node, exp.Subquery):
            return self.columns_of(node.this, known)
        return self._of_select(node, known) if isinstance(node, exp.Select) else 1

    def _of_select(self, select: exp.Select, known: Mapping[str, int]) -> int:
        sources: dict[str, int] = {}
        for item in _own(select):
            sources[item.alias_or_name.lower() or f"#{len(sources)}"] = self._of_source(item, known)
        total = 0
        for item in select.expressions:
            plain = item.unalias()
            if plain.is_star or plain.find(exp.Columns):
                table = plain.table.lower() if isinstance(plain, exp.Column) else ""
                found = sources.get(table, sum(sources.values()))
                self._expanded += found
                total += found
            else:
                total += 1
        if self._expanded > MAX_COLUMNS:
            raise StatementTooComplex(
                f"the stars of the statement stand for more than {MAX_COLUMNS:,} columns"
            )
        return total

    def _of_source(self, item: exp.Expr, known: Mapping[str, int]) -> int:
        if isinstance(item, exp.Subquery | exp.Query):
            return self.columns_of(item, known)
        if isinstance(item, exp.Lateral):
            return self._of_source(item.this, known)
        if isinstance(item, exp.Table):
            number = item.meta_get(self._use)
            return known.get(item.name.lower(), 1) if number is None else len(self._columns[number])
        return 1


def _branches(node: exp.SetOperation) -> list[exp.Expr]:
    found: list[exp.Expr] = []
    stack: list[exp.Expr] = [node]
    while stack:
        branch = stack.pop()
        if isinstance(branch, exp.SetOperation):
            stack += [branch.right, branch.left]
        else:
            found.append(branch)
    return found


def _own(select: exp.Select) -> Iterator[exp.Expr]:
    """What stands in a SELECT's own FROM, its subqueries not opened."""
    parts = [
        select.args.get("from_"),
        *(select.args.get("joins") or ()),
        *(select.args.get("laterals") or ()),
    ]
    for part in parts:
        if part is not None:
            for node in everything(part, QUERIES | {exp.Lateral}):
                if isinstance(node, exp.Table | exp.Query | exp.Lateral):
                    yield node
