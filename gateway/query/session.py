"""Functions that ask about the session, answered as literals: engine and host are not asked."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import MappingProxyType

from sqlglot import exp

from gateway.errors import UndefinedSetting
from gateway.sql.literals import cast, literal
from gateway.sql.nodes import Nodes
from gateway.sql.zones.clocks import zone_of


@dataclass(frozen=True, slots=True)
class Session:
    """`now` is the statement's one instant, seconds since the epoch; `schema` tells where names are sought first.
    `zone`: whose clock tells it; empty: UTC. `settings` are those of the connection.
    """

    principal: str
    database: str
    now: float
    schema: Callable[[], str | None]
    zone: str = ""
    settings: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


SERVER_VERSION = "18.0"
"""The PostgreSQL version whose behavior the endpoint follows, and whose catalog the embedded PostgreSQL has: clients
choose by it what they ask of the catalog."""

CLASSES: Mapping[type[exp.Expr], str] = {
    exp.CurrentUser: "current_user",
    exp.SessionUser: "current_user",
    exp.CurrentTimestamp: "now",
    exp.CurrentDate: "current_date",
    exp.CurrentTime: "current_time",
    exp.Localtime: "current_time",
    exp.Localtimestamp: "localtimestamp",
    exp.CurrentSchema: "current_schema",
    exp.CurrentDatabase: "current_database",
    exp.CurrentCatalog: "current_database",
    exp.CurrentRole: "current_user",
    exp.CurrentVersion: "version",
}

ALIASES = {
    "transaction_timestamp": "now", "statement_timestamp": "now", "get_current_timestamp": "now",
    "clock_timestamp": "now", "today": "current_date",
    "session_user": "current_user", "user": "current_user", "current_role": "current_user",
    "current_catalog": "current_database", "localtime": "current_time",
}  # fmt: skip


OF_SESSION = frozenset(
    {
        "current_schema",
        "current_setting",
        "current_user",
        "now",
        "localtimestamp",
        "current_date",
        "current_time",
    }
)
"""Those that answer one user and instant differently from another."""


def answer_session_functions(nodes: Nodes, session: Session) -> bool:
    """Replace every session function by its value; whether one is of this user or instant. Changes their tree."""
    of_session = False
    for node in nodes.of_any((*CLASSES, exp.Anonymous)):
        name = CLASSES.get(type(node)) or str(node.this).lower()
        name = ALIASES.get(name, name)
        value = _setting(node, session) if name == "current_setting" else _value(name, session)
        if value is not None:
            _place(node).replace(value)
            of_session = of_session or name in OF_SESSION
    return of_session


def _setting(node: exp.Expr, session: Session) -> exp.Expr | None:
    """`current_setting('name'[, missing_ok])`. Raises UndefinedSetting."""
    name, *missing_ok = node.expressions or (None,)
    if not isinstance(name, exp.Literal) or not name.is_string or len(missing_ok) > 1:
        return None
    known = {each.lower(): text for each, text in session.settings.items()}
    found = known.get(name.name.lower())
    if found is None and not (missing_ok and missing_ok[0] == exp.true()):
        raise UndefinedSetting(f'unrecognized configuration parameter "{name.name[:60]}"')
    return literal(found, "VARCHAR")


def _place(node: exp.Expr) -> exp.Expr:
    """A function behind `pg_catalog.` stands for the whole of it."""
    return node.parent if isinstance(node.parent, exp.Dot) and node.arg_key == "expression" else node


def _value(name: str, session: Session) -> exp.Expr | None:
    now = datetime.fromtimestamp(session.now, UTC)
    if name in ("current_user", "current_database"):
        return literal(session.principal if name == "current_user" else session.database, "VARCHAR")
    if name == "current_schema":
        return literal(session.schema(), "VARCHAR")
    if name == "version":
        return literal(f"PostgreSQL {SERVER_VERSION} (meshgate)", "VARCHAR")
    if name == "now":
        return literal(now, "TIMESTAMP WITH TIME ZONE")
    clock = now.astimezone(zone_of(session.zone)) if session.zone else now
    if name == "localtimestamp":
        return literal(clock.replace(tzinfo=None), "TIMESTAMP")
    if name == "current_date":
        return literal(clock.date(), "DATE")
    if name == "current_time":
        return literal(clock.time(), "TIME")
    return cast(exp.Literal.number("0"), "INTEGER") if name == "pg_backend_pid" else None
