"""Which queries show rows of one table of a source, in the order in which they are stored there."""

from collections.abc import Mapping

from sqlglot import exp

from gateway.query.plan.sources import Tables, table_of
from gateway.query.rewrite import GovernedSelect
from gateway.sql.names.scopes import USE, cte_of
from gateway.sql.nodes import holds

REORDERING = ("joins", "laterals", "group", "having", "distinct", "qualify", "windows", "order", "sample")


class Stored:
    """`relations` by the number in the meta of their tables."""

    def __init__(self, relations: Mapping[int, GovernedSelect], tables: Tables) -> None:
        self._relations = relations
        self._tables = tables

    def holds(self, query: exp.Expr | None) -> bool:
        """UNION ALL shows the rows of one side after those of the other."""
        if isinstance(query, exp.Subquery):
            return self.holds(query.this)
        if isinstance(query, exp.Union):
            return not query.args.get("distinct") and self.holds(query.left) and self.holds(query.right)
        return isinstance(query, exp.Select) and self._shows_rows(query, self._relations, {})

    def _shows_rows(
        self,
        select: exp.Select,
        relations: Mapping[int, GovernedSelect],
        inputs: Mapping[tuple[str, str], GovernedSelect],
    ) -> bool:
        start = select.args.get("from_")
        if start is None or any(map(select.args.get, REORDERING)) or _computes_of_many(select):
            return False
        source = start.this
        if isinstance(source, exp.Subquery):
            inner = source.this
            return (
                self._shows_rows(inner, relations, inputs)
                if isinstance(inner, exp.Select)
                else not inputs and self.holds(inner)
            )
        return isinstance(source, exp.Table) and self._is_stored(source, relations, inputs)

    def _is_stored(
        self,
        table: exp.Table,
        relations: Mapping[int, GovernedSelect],
        inputs: Mapping[tuple[str, str], GovernedSelect],
    ) -> bool:
        if table.catalog:
            return not table_of(self._tables, table).view
        number = table.meta_get(USE)
        read = relations.get(number) if number is not None else inputs.get((table.db, table.name))
        if read is not None:
            return self._shows_rows(read.select, {}, read.inputs)
        cte = cte_of(table)
        return cte is not None and not inputs and self.holds(cte.this)


def _computes_of_many(select: exp.Select) -> bool:
    """Also where it asks what another query finds."""
    return any(
        holds(part, exp.AggFunc, exp.Window, exp.Query)
        for part in (*select.expressions, *filter(None, [select.args.get("where")]))
    )
