"""The transaction state of a session and the settings that live and die with it. Frozen: each change is a new value."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from gateway.errors import LimitExceeded
from gateway.frontends.pgwire.refusals import NoTransaction, UndefinedSavepoint
from gateway.frontends.pgwire.variables import VARIABLES, variable

IDLE, OPEN, FAILED = "I", "T", "E"
_NOTHING: Mapping[str, str] = MappingProxyType({})
_DEFAULTS = {known.name: known.default for known in VARIABLES.values()}
_SAVEPOINTS = 1_000
_SETTINGS = 1_000


@dataclass(frozen=True, slots=True)
class Kept:
    """Settings at one moment: those of the session, and those until the end of the transaction."""

    session: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    local: Mapping[str, str] = field(default_factory=lambda: _NOTHING)


@dataclass(frozen=True, slots=True)
class Transaction:
    """`status` is I, T or E as in ReadyForQuery. `startup` are the values RESET returns to.

    `before`: what a rollback returns to; None outside a transaction.
    """

    startup: Mapping[str, str]
    kept: Kept = Kept()
    status: str = IDLE
    before: Kept | None = None
    savepoints: tuple[tuple[str, Kept], ...] = ()

    @property
    def settings(self) -> Mapping[str, str]:
        """Every setting's value in force, by canonical name."""
        found = {**_DEFAULTS, **self.startup, **self.kept.session, **self.kept.local}
        if "transaction_isolation" not in self.kept.local:
            found["transaction_isolation"] = found["default_transaction_isolation"]
        return MappingProxyType(found)

    def begun(self) -> "Transaction":
        return replace(self, status=OPEN, before=self.before or self.kept)

    def committed(self) -> "Transaction":
        """A failed transaction rolls back instead."""
        if self.status == FAILED:
            return self.rolled_back()
        return replace(self, status=IDLE, kept=Kept(self.kept.session), before=None, savepoints=())

    def rolled_back(self) -> "Transaction":
        kept = Kept((self.before or self.kept).session)
        return replace(self, status=IDLE, kept=kept, before=None, savepoints=())

    def failed(self) -> "Transaction":
        return replace(self, status=FAILED) if self.status == OPEN else self

    def with_savepoint(self, name: str) -> "Transaction":
        self._require_block("SAVEPOINT")
        if len(self.savepoints) >= _SAVEPOINTS:
            raise LimitExceeded(f"a transaction has at most {_SAVEPOINTS} savepoints")
        return replace(self, savepoints=(*self.savepoints, (name, self.kept)))

    def released(self, name: str) -> "Transaction":
        self._require_block("RELEASE SAVEPOINT")
        return replace(self, savepoints=self.savepoints[: self._place(name)])

    def rolled_back_to(self, name: str) -> "Transaction":
        self._require_block("ROLLBACK TO SAVEPOINT")
        place = self._place(name)
        kept = self.savepoints[place][1]
        return replace(self, status=OPEN, kept=kept, savepoints=self.savepoints[: place + 1])

    def with_setting(self, name: str, value: str | None, *, local: bool) -> "Transaction":
        """`name` is canonical; None: back to the value at the start. `local` outside a transaction does nothing."""
        value = self.startup.get(name, variable(name).default) if value is None else value
        if len(self.kept.session.keys() | self.kept.local.keys() | {name}) > _SETTINGS:
            raise LimitExceeded(f"a session keeps at most {_SETTINGS} settings of its own")
        if local and self.status == IDLE:
            return self
        until_end = {key: kept for key, kept in self.kept.local.items() if key != name}
        if local:
            return replace(self, kept=replace(self.kept, local=MappingProxyType({**until_end, name: value})))
        session = MappingProxyType({**self.kept.session, name: value})
        return replace(self, kept=Kept(session, MappingProxyType(until_end)))

    def reset(self) -> "Transaction":
        return replace(self, kept=Kept())

    def _place(self, name: str) -> int:
        for place in range(len(self.savepoints) - 1, -1, -1):
            if self.savepoints[place][0] == name:
                return place
        raise UndefinedSavepoint(f'savepoint "{name}" does not exist')

    def _require_block(self, command: str) -> None:
        if self.status == IDLE:
            raise NoTransaction(f"{command} can only be used in transaction blocks")
