"""Whether an answer may depend on the order in which joined rows arrive: what comes first where nothing says so."""

from sqlglot import exp

from gateway.query.plan.blocks import joins, takes_some
from gateway.sql.names.scopes import USE
from gateway.sql.nodes import by_level

AGGREGATES = (
    exp.First, exp.Last, exp.AnyValue, exp.ArrayAgg, exp.GroupConcat, exp.ArgMax, exp.ArgMin, exp.Mode,
    exp.ApproxQuantile,
)  # fmt: skip
NAMED = frozenset(
    {
        "arbitrary",
        "json_group_array",
        "json_group_object",
        "arg_max_null",
        "arg_min_null",
        "arg_max_nulls_last",
        "arg_min_nulls_last",
    }
)
PLACES = (
    exp.RowNumber, exp.Ntile, exp.Lag, exp.Lead, exp.FirstValue, exp.LastValue, exp.NthValue,
)  # fmt: skip
"""Window functions that tell rows apart which their order leaves equal."""


def depends_on_arrival(tree: exp.Query) -> bool:
    """Of one relation the rows come as they lie there."""
    if sum(USE in table.meta for table in by_level(tree, exp.Table)) < 2:
        return False
    return any(map(_takes_any, by_level(tree, (exp.Select, exp.SetOperation)))) or any(
        (isinstance(node, (*AGGREGATES, *PLACES)) and not isinstance(node.this, exp.Order)) or _is_named(node)
        for node in by_level(tree, exp.Func)
    )


def _takes_any(query: exp.Query) -> bool:
    if isinstance(query, exp.Select) and any(join.method in ("ASOF", "POSITIONAL") for join in joins(query)):
        return True
    return takes_some(query) and query.args.get("order") is None


def _is_named(node: exp.Func) -> bool:
    return isinstance(node, exp.Anonymous) and str(node.this).lower() in NAMED
