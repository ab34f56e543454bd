"""Carrying out session statements on a workspace."""

from dataclasses import dataclass

from gateway.errors import Refused, UndefinedSetting
from gateway.frontends.pgwire.messages import Notice
from gateway.frontends.pgwire.own_rows import LocalAnswer, text_answer
from gateway.frontends.pgwire.refusals import NoTransaction, UndefinedPreparedStatement
from gateway.frontends.pgwire.statements.recognized import (
    Accepted,
    Begin,
    ClosePortal,
    Commit,
    Deallocate,
    Discard,
    OfWorkspace,
    Release,
    Reset,
    Rollback,
    RollbackTo,
    Savepoint,
    Set,
    Show,
)
from gateway.frontends.pgwire.statements.setting_calls import Configure, Setting
from gateway.frontends.pgwire.transaction import FAILED, IDLE
from gateway.frontends.pgwire.variables import VARIABLES, checked, switch, variable
from gateway.frontends.pgwire.workspace import Workspace


class ActiveTransaction(Refused):
    sqlstate = "25001"


@dataclass(frozen=True, slots=True)
class Done:
    """`tag` for CommandComplete, rows of a SHOW, warnings."""

    tag: str
    answer: LocalAnswer | None = None
    notices: tuple[Notice, ...] = ()


def carry_out(command: OfWorkspace, workspace: Workspace) -> Done:  # noqa: C901
    """Errors: of `refusals`, UndefinedSetting, InvalidParameterValue; the workspace is then as before."""
    match command:
        case Begin(tag, isolation):
            return _begin(tag, isolation, workspace)
        case Commit(chain):
            return _end(workspace, chain=chain, commit=True)
        case Rollback(chain):
            return _end(workspace, chain=chain, commit=False)
        case Savepoint(name):
            workspace.transaction = workspace.transaction.with_savepoint(name)
            return Done("SAVEPOINT")
        case Release(name):
            workspace.transaction = workspace.transaction.released(name)
            return Done("RELEASE")
        case RollbackTo(name):
            workspace.transaction = workspace.transaction.rolled_back_to(name)
            return Done("ROLLBACK")
        case Set(name, value, local):
            return _set(workspace, name, value, local=local)
        case Configure():
            return Done("SELECT 1", _configure(command, workspace))
        case Setting():
            return Done("SELECT 1", _setting(command, workspace))
        case Reset(name):
            return _reset(workspace, name)
        case Show(name):
            return Done("SHOW", shown(name, workspace))
        case Discard(what):
            return _discard(workspace, what)
        case Deallocate(name):
            return _deallocate(workspace, name)
        case ClosePortal(name):
            return _close(workspace, name)
        case Accepted(tag, of):
            alone = of and workspace.transaction.status == IDLE
            return Done(tag, notices=(_only_in_blocks(of),) if alone else ())


def shown(name: str | None, workspace: Workspace) -> LocalAnswer:
    """The rows of SHOW."""
    settings = workspace.settings
    if name is None:
        rows = [(known.name, settings[known.name], known.description) for known in VARIABLES.values()]
        return text_answer(("name", "setting", "description"), rows)
    known = variable(name)
    if known.name not in settings:
        raise UndefinedSetting(f'unrecognized configuration parameter "{name}"')
    return text_answer((known.name,), [(settings[known.name],)])


def _configure(command: Configure, workspace: Workspace) -> LocalAnswer:
    shown: list[str] = []
    for call in command.calls:
        name, value, local = (part for part in (call.name, call.value, call.local) if isinstance(part, str))
        _set(workspace, name, value, local=switch(local) == "on")
        shown.append(workspace.settings.get(variable(name).name, value))
    return text_answer([call.column for call in command.calls], [tuple(shown)])


def _setting(asked: Setting, workspace: Workspace) -> LocalAnswer:
    try:
        found: str | None = workspace.settings.get(variable(asked.name).name)
    except UndefinedSetting:
        found = None
    if found is None and not asked.missing:
        raise UndefinedSetting(f'unrecognized configuration parameter "{asked.name}"')
    return text_answer((asked.column,), [(found,)])


def _begin(tag: str, isolation: str | None, workspace: Workspace) -> Done:
    if workspace.transaction.status == IDLE:
        workspace.transaction = workspace.transaction.begun()
        if isolation is not None:
            _set(workspace, "transaction_isolation", isolation, local=True)
        return Done(tag)
    return Done(tag, notices=(Notice("WARNING", "25001", "there is already a transaction in progress"),))


def _end(workspace: Workspace, *, chain: bool, commit: bool) -> Done:
    before = workspace.transaction
    if chain and before.status == IDLE:
        raise NoTransaction(
            f"{'COMMIT' if commit else 'ROLLBACK'} AND CHAIN can only be used in transaction blocks"
        )
    tag = "COMMIT" if commit and before.status != FAILED else "ROLLBACK"
    undone = not commit or before.status == FAILED
    workspace.end(before.rolled_back() if undone else before.committed(), undone=undone)
    if before.status == IDLE:
        return Done(tag, notices=(Notice("WARNING", "25P01", "there is no transaction in progress"),))
    if chain:
        workspace.transaction = workspace.transaction.begun()
    return Done(tag)


def _set(workspace: Workspace, name: str, value: str | None, *, local: bool) -> Done:
    canonical, kept = (variable(name).name, None) if value is None else checked(name, value)
    workspace.transaction = workspace.transaction.with_setting(canonical, kept, local=local)
    if local and workspace.transaction.status == IDLE:
        command = "SET TRANSACTION" if canonical == "transaction_isolation" else "SET LOCAL"
        return Done("SET", notices=(_only_in_blocks(command),))
    return Done("SET")


def _only_in_blocks(command: str) -> Notice:
    return Notice("WARNING", "25P01", f"{command} can only be used in transaction blocks")


def _reset(workspace: Workspace, name: str | None) -> Done:
    if name is None:
        workspace.transaction = workspace.transaction.reset()
    else:
        workspace.transaction = workspace.transaction.with_setting(variable(name).name, None, local=False)
    return Done("RESET")


def _discard(workspace: Workspace, what: str) -> Done:
    if what == "ALL":
        if workspace.transaction.status != IDLE:
            raise ActiveTransaction("DISCARD ALL cannot run inside a transaction block")
        workspace.transaction = workspace.transaction.reset()
        workspace.forget_statements()
        workspace.close_portals()
    return Done(f"DISCARD {'TEMP' if what == 'TEMPORARY' else what}")


def _deallocate(workspace: Workspace, name: str | None) -> Done:
    if name is None:
        workspace.forget_statements()
        return Done("DEALLOCATE ALL")
    if workspace.statements.pop(name, None) is None:
        raise UndefinedPreparedStatement(f'prepared statement "{name}" does not exist')
    return Done("DEALLOCATE")


def _close(workspace: Workspace, name: str | None) -> Done:
    if name is None:
        workspace.close_portals()
        return Done("CLOSE CURSOR ALL")
    workspace.portal(name, "cursor")
    workspace.close_portal(name)
    return Done("CLOSE CURSOR")
