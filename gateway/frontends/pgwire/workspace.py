"""What a session holds between messages: its transaction, prepared statements and portals."""

from collections.abc import Mapping
from dataclasses import replace

from gateway.errors import LimitExceeded, Refused, SyntaxRefused, TransactionAborted
from gateway.frontends.pgwire.metadata.routing import asked
from gateway.frontends.pgwire.portal import Portal, Prepared
from gateway.frontends.pgwire.prepared_statements import PreparedStatements, Room
from gateway.frontends.pgwire.refusals import (
    DuplicatePortal,
    DuplicatePreparedStatement,
    IdleInTransaction,
    IdleSession,
    PortalUsedUp,
    UndefinedPortal,
    UndefinedPreparedStatement,
)
from gateway.frontends.pgwire.statements.copying import copy_to
from gateway.frontends.pgwire.statements.cursors import ExecutePrepared, Fetch, Prepare, cursor_statement
from gateway.frontends.pgwire.statements.recognized import (
    Commit,
    Rollback,
    RollbackTo,
    Show,
    session_statement,
)
from gateway.frontends.pgwire.statements.setting_calls import Configure, Setting
from gateway.frontends.pgwire.statements.signal_calls import SessionSignal
from gateway.frontends.pgwire.statements.splitting import Statement, split
from gateway.frontends.pgwire.transaction import FAILED, IDLE, Kept, Transaction
from gateway.frontends.pgwire.types import parameter_type
from gateway.frontends.pgwire.variables import seconds
from gateway.query.parse import check_spelling

PORTALS = 100
ANSWERING = (Configure, ExecutePrepared, Fetch, SessionSignal, Setting, Show)
"""Commands that give rows."""


class Workspace:
    """`discarded` are portals whose results still have to be closed, which may take a moment. `process`: the session's
    number in cancel keys."""

    __slots__ = ("_database", "_ready", "discarded", "portals", "process", "statements", "transaction")

    def __init__(self, startup: Mapping[str, str], database: str, room: Room) -> None:
        self._database = database
        self.process = 0
        self.transaction = Transaction(startup)
        self.statements = PreparedStatements(room)
        self.portals: dict[str, Portal] = {}
        self.discarded: list[Portal] = []
        self._ready: Kept = self.transaction.kept

    @property
    def settings(self) -> Mapping[str, str]:
        return self.transaction.settings

    def mark_ready(self) -> None:
        """A ReadyForQuery: from here an implicit transaction starts. Portals live on in an explicit one only."""
        self._ready = self.transaction.kept
        if self.transaction.status == IDLE:
            self._settle()

    def idle_seconds(self) -> float | None:
        """How long the client may be silent between statements; None: for ever."""
        between = self.transaction.status == IDLE
        name = "idle_session_timeout" if between else "idle_in_transaction_session_timeout"
        return seconds(self.settings[name])

    def idle_too_long(self) -> Refused:
        if self.transaction.status == IDLE:
            return IdleSession("terminating connection due to idle-session timeout")
        return IdleInTransaction("terminating connection due to idle-in-transaction timeout")

    def fail(self) -> None:
        """A statement failed: the explicit transaction has failed, an implicit one is undone."""
        self.transaction = self.transaction.failed()
        if self.transaction.status == IDLE:
            self.transaction = replace(self.transaction, kept=self._ready)
        self._undo()

    def end(self, transaction: Transaction, *, undone: bool = False) -> None:
        """The transaction ended, and its portals with it; those WITH HOLD live on unless it was `undone`."""
        self.transaction = transaction
        self._ready = transaction.kept
        if undone:
            self._undo()
        else:
            self._settle()

    def _settle(self) -> None:
        self._close([name for name, portal in self.portals.items() if not portal.hold])
        for portal in self.portals.values():
            portal.settled = True

    def _undo(self) -> None:
        self._close([name for name, portal in self.portals.items() if not portal.settled])

    def _close(self, names: list[str]) -> None:
        for name in names:
            self.close_portal(name)

    def prepared(self, statement: Statement, oids: tuple[int, ...] = ()) -> Prepared:
        """Errors: TransactionAborted in a failed transaction, for all but its end; what nobody could read is told so
        there too, and goes no further."""
        understood = self.understood(statement, oids)
        if self.transaction.status == FAILED and understood.session is None and understood.catalog is None:
            check_spelling(understood.text)
        self.require_alive(understood)
        return understood

    def understood(self, statement: Statement, oids: tuple[int, ...] = ()) -> Prepared:
        """What the statement is, whatever the transaction's state."""
        command = session_statement(statement.text) or cursor_statement(statement.text)
        copy = copy_to(statement.text) if command is None else None
        if copy is not None:
            statement = Statement(copy.query, statement.start + copy.start, statement.parameters)
        catalog = asked(statement.text, self._database) if command is None else None
        return Prepared(
            statement.text,
            statement.start,
            statement.parameters,
            () if catalog else tuple(map(parameter_type, oids)),
            session=command,
            catalog=catalog,
            oids=oids,
            copy=copy,
        )

    def keep(self, name: str, text: str, oids: tuple[int, ...]) -> None:
        """A Parse message. The unnamed statement is gone, whatever comes of the new one."""
        if not name:
            self.statements.pop("", None)
        parts = split(text)
        if len(parts) > 1:
            raise SyntaxRefused(
                "cannot insert multiple commands into a prepared statement", position=parts[1].start + 1
            )
        prepared = self.prepared(parts[0], oids) if parts else Prepared("")
        if name and name in self.statements:
            raise DuplicatePreparedStatement(f'prepared statement "{name}" already exists')
        self.statements[name] = prepared

    def prepare(self, command: Prepare, start: int) -> None:
        """PREPARE as a statement: in the same place as those of Parse messages."""
        self.keep(command.name, command.query, ())
        kept = self.statements[command.name]
        declared = () if kept.catalog else command.types
        self.statements[command.name] = replace(kept, declared=declared, start=start + command.start)

    def given_up(self) -> list[Portal]:
        """Of a session that ends: the portals whose results still have to be closed."""
        self.statements.clear()
        self.close_portals()
        discarded, self.discarded = self.discarded, []
        return discarded

    def forget_statements(self) -> None:
        """But for the unnamed one."""
        for name in [name for name in self.statements if name]:
            del self.statements[name]

    def statement(self, name: str) -> Prepared:
        if name not in self.statements:
            raise UndefinedPreparedStatement(
                f'prepared statement "{name}" does not exist'
                if name
                else "unnamed prepared statement does not exist"
            )
        return self.statements[name]

    def portal(self, name: str, kind: str = "portal") -> Portal:
        if name not in self.portals:
            raise UndefinedPortal(f'{kind} "{name}" does not exist')
        return self.portals[name]

    def open_portal(self, name: str, portal: Portal, kind: str = "portal") -> None:
        """A Bind message. The unnamed portal is replaced."""
        if name and name in self.portals:
            raise DuplicatePortal(f'{kind} "{name}" already exists')
        if len(self.portals) >= PORTALS:
            raise LimitExceeded(f"a session holds at most {PORTALS} portals")
        self.close_portal(name)
        self.portals[name] = portal

    def use_up(self, portal: Portal) -> None:
        """A command runs once a portal. Errors: PortalUsedUp."""
        if isinstance(portal.prepared.session, ANSWERING):
            return
        if portal.done:
            raise PortalUsedUp("portal cannot be run")
        portal.done = True

    def close_portal(self, name: str) -> None:
        portal = self.portals.pop(name, None)
        if portal is not None:
            self.discarded.append(portal)

    def close_portals(self) -> None:
        self.discarded.extend(self.portals.values())
        self.portals.clear()

    def require_alive(self, prepared: Prepared) -> None:
        if self.transaction.status == FAILED and not isinstance(
            prepared.session, Commit | Rollback | RollbackTo
        ):
            raise aborted()


def aborted() -> TransactionAborted:
    return TransactionAborted(
        "current transaction is aborted, commands ignored until end of transaction block"
    )
