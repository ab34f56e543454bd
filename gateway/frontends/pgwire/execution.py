"""The one statement that a session runs at a time: its deadline, how it is canceled, its rows."""

from collections.abc import Callable
from functools import partial

from gateway.errors import MeshgateError
from gateway.frontends.pgwire.effects import Call, Disconnected, Send, Steps, T
from gateway.frontends.pgwire.encoding.batches import formats_of
from gateway.frontends.pgwire.handshake import PostgresGateway
from gateway.frontends.pgwire.metadata.governed import CatalogStatement
from gateway.frontends.pgwire.metadata.question import Described
from gateway.frontends.pgwire.portal import AnyRows, Portal
from gateway.frontends.pgwire.refusals import FeatureRefused
from gateway.frontends.pgwire.rows import CatalogRows, Pulled, Rows, catalog_shape, shape_of
from gateway.frontends.pgwire.scrolling import ScrolledRows
from gateway.frontends.pgwire.statements.cursors import Fetch
from gateway.query.request import Description, Request, Result

NOTHING = memoryview(b"")


class Execution:
    """`clock` counts seconds. `cancel` may come from any thread, everything else from the session's."""

    __slots__ = ("_clock", "_deadline", "_gateway", "_reason", "portal")

    def __init__(self, gateway: PostgresGateway, clock: Callable[[], float]) -> None:
        self._gateway = gateway
        self._clock = clock
        self._deadline: float | None = None
        self._reason: MeshgateError | None = None
        self.portal: Portal | None = None

    def begin(self, portal: Portal, timeout: float | None) -> None:
        """`timeout` in seconds; None: no end."""
        self._deadline = None if timeout is None else self._clock() + timeout
        self._reason = None
        self.portal = portal

    def end(self) -> None:
        self.portal = None

    def cancel(self, reason: MeshgateError) -> None:
        """Stop what runs, if anything; its next step raises `reason`. May block for a moment."""
        portal = self.portal
        if portal is None or self._reason is not None:
            return
        self._reason = reason
        portal.running.cancel()
        if portal.result is not None:
            portal.result.cancel()

    def describe(self, request: Request) -> Steps[Description]:
        return (yield from self._call(partial(self._gateway.describe, request)))

    def describe_catalog(self, portal: Portal, statement: CatalogStatement) -> Steps[Described]:
        return (yield from self._call(partial(self._gateway.catalog.describe, statement, portal.running)))

    def run_catalog(self, portal: Portal, statement: CatalogStatement) -> Steps[AnyRows]:
        copy = portal.prepared.copy
        formats = partial(formats_of, portal.codes if copy is None else copy.codes)
        run = partial(self._gateway.catalog.run, statement, portal.given, formats, portal.running)
        found = yield from self._call(run)
        return portal.answered(CatalogRows(found.rows, catalog_shape(found.fields)))

    def run(self, portal: Portal, request: Request, ahead: int | None = None) -> Steps[AnyRows]:
        """`ahead`: up to so many rows (0: all) will be asked for next. Errors: FeatureRefused too, if the columns are
        not those that the client was told."""
        return (yield from self._call(partial(self._opened, portal, request, ahead)))

    def recheck(self, result: Result) -> Steps[None]:
        """Errors: AccessDenied, if what the result shows may not be shown any more."""
        yield from self._call(result.recheck)

    def seek(self, rows: ScrolledRows, fetch: Fetch) -> Steps[int]:
        """Send the rows that a FETCH means, or do not for a MOVE. How many."""
        count = yield from self._call(partial(rows.seek, fetch))
        while not fetch.move:
            pulled = yield from self._call(rows.sought)
            if pulled.done:
                break
            yield Send(pulled.data)
        return count

    def first(self, rows: AnyRows) -> Steps[Pulled]:
        """The first row."""
        return (yield from self._call(partial(rows.pull, 1)))

    def stream(self, rows: AnyRows, limit: int) -> Steps[tuple[int, bool]]:
        """Send up to `limit` rows (0: all). How many, and whether there are no more."""
        count, sending = 0, NOTHING
        while not limit or count < limit:
            most = limit - count if limit else 0
            pulled = None if isinstance(rows, ScrolledRows) or sending else rows.ready(most)
            if pulled is None:
                pulled = yield from self._call(partial(rows.pull, most), sending)
            count += pulled.rows
            sending = pulled.data
            if pulled.done:
                yield Send(sending)
                return count, True
        yield Send(sending)
        return count, False

    def skip(self, rows: AnyRows, limit: int) -> Steps[int]:
        """Read up to `limit` rows (0: all) without sending them. How many."""
        count = 0
        while not limit or count < limit:
            pulled = yield from self._call(partial(rows.pull, limit - count if limit else 0))
            count += pulled.rows
            if pulled.done:
                break
        return count

    def _opened(self, portal: Portal, request: Request, ahead: int | None) -> AnyRows:
        """In a thread. A cancel that came before there was a result is passed on to it."""
        portal.result = self._gateway.run(request)
        if self._reason is not None:
            portal.result.cancel()
        told, shape = portal.prepared.shape, shape_of(portal.result.columns, request.settings)
        rows = portal.opened(portal.result, shape)
        if told is not None and not told.same(shape):
            raise FeatureRefused("cached plan must not change result type")
        if ahead is not None and isinstance(rows, Rows):
            rows.read_ahead(ahead)
        return rows

    def _call(self, function: Callable[[], T], meanwhile: memoryview = NOTHING) -> Steps[T]:
        """What the function returns; if the statement was canceled meanwhile, the reason, whatever came back."""
        timeout = None if self._deadline is None else max(0.0, self._deadline - self._clock())
        try:
            outcome: T = yield Call(function, timeout, meanwhile)
        except Disconnected:
            raise
        except Exception as error:
            if self._reason is not None:
                raise self._reason from error
            raise
        if self._reason is not None:
            raise self._reason
        return outcome
