"""Step 2: names to relations and columns, parameters and session functions to values."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlglot import exp

from gateway.errors import DivisionByZero, UndefinedColumn
from gateway.query.parameters import fill, inferred, numbered
from gateway.query.parse import Statement
from gateway.query.request import Request
from gateway.query.session import Session, answer_session_functions
from gateway.query.visible import VisibleCatalog, VisibleRelation
from gateway.sql.allowed.statements import check_length
from gateway.sql.bounds.costs import check_costs
from gateway.sql.bounds.recursion import bound_recursion
from gateway.sql.coercion import type_constants
from gateway.sql.exact_parts import give_fractions
from gateway.sql.names.resolve import Resolved, resolve
from gateway.sql.nodes import Nodes
from gateway.sql.spellings.like_escapes import write_escapes
from gateway.sql.spellings.typed import respell_typed
from gateway.sql.zones.statements import in_zone


@dataclass(frozen=True, slots=True)
class BoundQuery:
    """A statement whose every name is known to the principal who asks.

    `relations` is keyed by the number of the TableUse; `parameters` are the types of $1, $2, ...; `of_session`: the
    tree holds the user's name or the instant, which a session function asked for.
    """

    resolved: Resolved
    relations: Mapping[int, VisibleRelation]
    parameters: tuple[str, ...]
    of_session: bool = False


def bind(
    statement: Statement, request: Request, visible: VisibleCatalog, *, describing: bool = False
) -> BoundQuery:
    """Raises UndefinedTable, UndefinedColumn, AmbiguousColumn, AccessDenied, UndefinedParameter, LimitExceeded.

    `describing` leaves parameters without a value: each is a NULL of its type.
    """
    seen = {name: visible.relation(name) for name in statement.tables}
    try:
        resolved = resolve(
            statement.tree,
            {name: relation.columns for name, relation in seen.items()},
            {name: relation.declared for name, relation in seen.items()},
        )
    except UndefinedColumn as error:
        error.hint = visible.whom_to_ask(seen.values())
        raise
    if statement.form != "rows":  # the answer's columns are others
        resolved = replace(resolved, base=())
    nodes = Nodes(resolved.tree)
    session = Session(
        visible.principal.name,
        visible.catalog.name,
        visible.circumstances.now,
        visible.current_schema,
        request.zone,
        request.settings,
    )
    of_session = answer_session_functions(nodes, session)
    places = numbered(resolved.tree) if nodes.of(exp.Placeholder) else {}
    given = tuple(parameter.type for parameter in request.parameters) or request.parameter_types
    types = inferred(places, given)
    fill(places, types, None if describing else request.parameters, request.zone)
    for series in nodes.of(exp.GenerateSeries) if places else ():
        check_length(series, statement.limits, bound=True)
    in_zone(resolved.tree, nodes, request.zone)
    write_escapes(nodes)
    type_constants(nodes)
    if give_fractions(nodes):
        nodes = Nodes(resolved.tree)
    respell_typed(nodes)
    _refuse_zero_divisors(nodes)
    check_costs(resolved.tree, statement.limits)
    if any(clause.args.get("recursive") for clause in nodes.of(exp.With)):
        bound_recursion(resolved.tree, {use.number: use.columns for use in resolved.uses}, statement.limits)
    return BoundQuery(resolved, {use.number: seen[use.table] for use in resolved.uses}, types, of_session)


def _refuse_zero_divisors(nodes: Nodes) -> None:
    """A zero that is written there is a mistake in every dialect; DuckDB would calculate an infinity or NULL."""
    for division in (*nodes.of(exp.Div), *nodes.of(exp.IntDiv), *nodes.of(exp.Mod)):
        divisor = division.expression.unnest()
        if (
            isinstance(divisor, exp.Literal)
            and not divisor.is_string
            and not float(divisor.this.replace("_", ""))
        ):
            raise DivisionByZero
