"""Which fragments may be read in parts, by several connections side by side.

One large table, most of whose rows are sent: of few rows PostgreSQL looks for them in several processes by itself.
They come in the order in which one connection would send them. Nothing of the relation is hidden: how many parts there
are is a matter of the table's size, and where one ends shows in the batches that the engine gets, on which the last
digit of its sums of floating numbers may depend.
"""

from dataclasses import replace

from sqlglot import exp

from gateway.query.plan.blocks import BARE, clauses_of, set_where, where
from gateway.query.plan.draft import Draft, Unit
from gateway.query.plan.model import PART, Fragment, Input, without_parts

WORTH = 0.25
"""Share of the table's rows at least, as estimated."""
LEAST_ROWS = 100_000.0


def parted(select: exp.Select, unit: Unit, draft: Draft, rows: float) -> tuple[str, ...]:
    """The conditions of the parts, after PART was put into the SELECT of a unit, written out; none: it stays as it is.
    `rows` are those that are expected."""
    leaf = draft.leaves[min(unit.members)]
    if len(unit.members) > 1 or unit.grouped or leaf.table is None or leaf.governed.barrier:
        return ()
    known = draft.sources.known(leaf.table)
    if not known.parts or rows < max(LEAST_ROWS, WORTH * (known.rows or 0.0)) or not _is_plain(select):
        return ()
    set_where(select, [exp.Var(this=PART), *where(select)])
    return known.parts


def _is_plain(select: exp.Select) -> bool:
    """Whether each row of the answer is made of one row of one table, and all rows of it are asked for."""
    if clauses_of(select) & {*BARE, "joins", "laterals"}:
        return False
    table = select.args["from_"].this
    if not isinstance(table, exp.Table) or clauses_of(table) - {"this", "db", "catalog", "alias"}:
        return False
    return all(node is select for node in select.find_all(exp.AggFunc, exp.Window, exp.Query))


def in_one_piece(read: Input) -> Input:
    """It streams: what came of another part would wait in memory."""
    if not isinstance(read, Fragment) or not read.parts or read.scan.query is None:
        return read
    return replace(read, scan=replace(read.scan, query=without_parts(read.scan.query)), parts=())
