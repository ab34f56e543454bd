"""How large a statement becomes once its CTEs are written out, which is how the engine plans it."""

from sqlglot import exp

from gateway.errors import StatementTooComplex

MAX_CTES = 200
MAX_TABLES = 1_000


def check_expansion(tree: exp.Expr) -> None:
    """Raise StatementTooComplex: a chain of CTEs that each name the one before twice doubles with every link, and
    no engine can be interrupted while it plans."""
    by_name: dict[str, list[exp.CTE]] = {}
    for cte in tree.find_all(exp.CTE):
        by_name.setdefault(cte.alias.lower(), []).append(cte)
    if sum(map(len, by_name.values())) > MAX_CTES:
        raise StatementTooComplex(f"the statement has more than {MAX_CTES} CTEs")
    if by_name and _Counter(by_name).tables_in(tree) > MAX_TABLES:
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
