"""Whether an answer may depend on the order in which joined rows arrive: what comes first where nothing says so."""

from sqlglot import exp

from gateway.query.plan.blocks import joins
from gateway.sql.scopes import USE

AGGREGATES = (
    exp.First, exp.Last, exp.AnyValue, exp.ArrayAgg, exp.GroupConcat, exp.ArgMax, exp.ArgMin, exp.Mode,
    exp.ApproxQuantile,
)  # fmt: skip
NAMED = frozenset({"arbitrary", "json_group_array", "json_group_object", "arg_max_null", "arg_min_null"})
PLACES = (
    exp.RowNumber, exp.Ntile, exp.Lag, exp.Lead, exp.FirstValue, exp.LastValue, exp.NthValue,
)  # fmt: skip
"""Window functions that tell rows apart which their order leaves equal."""


def depends_on_arrival(tree: exp.Query) -> bool:
    """Of one relation the rows come as they lie there."""
    if sum(USE in table.meta for table in tree.find_all(exp.Table)) < 2:
        return False
    return any(map(_takes_some, tree.find_all(exp.Select, exp.SetOperation))) or any(
        (isinstance(node, (*AGGREGATES, *PLACES)) and not isinstance(node.this, exp.Order)) or _is_named(node)
        for node in tree.find_all(exp.Func)
    )


def _takes_some(query: exp.Query) -> bool:
    if isinstance(query, exp.Select) and any(join.method in ("ASOF", "POSITIONAL") for join in joins(query)):
        return True
    cut = any(query.args.get(key) is not None for key in ("limit", "offset"))
    distinct = query.args.get("distinct")
    some = cut or (isinstance(distinct, exp.Distinct) and distinct.args.get("on") is not None)
    return some and query.args.get("order") is None


def _is_named(node: exp.Func) -> bool:
    return isinstance(node, exp.Anonymous) and str(node.this).lower() in NAMED
