"""Drives a session without sockets: recorded bytes in, the server's bytes out."""

from collections.abc import Callable
from functools import partial

from gateway.errors import MeshgateError
from gateway.frontends.pgwire.effects import Call, Receive, Send, Signal, Steps
from gateway.frontends.pgwire.handshake import Admitted
from gateway.frontends.pgwire.messages import take_message
from gateway.frontends.pgwire.prepared_statements import Room
from gateway.frontends.pgwire.session import Session
from policies.principal import Principal
from tests.frontends.fake_gateway import DuckGateway, gateway_over


def session_over(mesh: DuckGateway, room: Room | None = None, **settings: str) -> Session:
    admitted = Admitted(
        Principal("analyst", purposes=frozenset({"audit"})), {"session_authorization": "analyst", **settings}
    )
    return Session(gateway_over(mesh), admitted, room or Room())


class Replay:
    """One session fed with bytes. `error` is what ended it, if something did."""

    def __init__(self, session: Session, before_call: Callable[[], None] = lambda: None) -> None:
        self._session = session
        self._before_call = before_call
        self._steps: Steps[None] = session.steps(1, 2)
        self._incoming = bytearray()
        self._sent = bytearray()
        self._waiting: Receive | None = None
        self.ended = False
        self.error: MeshgateError | None = None
        self._go(partial(next, self._steps))
        self._sent.clear()

    def send(self, *messages: bytes) -> bytes:
        """Everything the session answers to these messages."""
        self._incoming += b"".join(messages)
        while not self.ended and self._waiting is not None:
            try:
                message = take_message(self._incoming, self._waiting.limit)
            except MeshgateError as error:
                self._go(partial(self._steps.throw, error))
                continue
            if message is None:
                break
            self._go(partial(self._steps.send, message))
        answer = bytes(self._sent)
        self._sent.clear()
        return answer

    def close(self) -> None:
        self._steps.close()
        self._session.close()

    def _go(self, resume: Callable[[], object]) -> None:
        try:
            effect = resume()
            while not isinstance(effect, Receive):
                effect = self._carry_out(effect)
            self._waiting = effect
        except StopIteration:
            self.ended = True
        except MeshgateError as error:
            self.ended, self.error = True, error

    def _carry_out(self, effect: object) -> object:
        if isinstance(effect, Send):
            self._sent += effect.data
            return self._steps.send(None)
        if isinstance(effect, Signal):
            return self._steps.send(False)
        assert isinstance(effect, Call)
        self._sent += bytes(effect.meanwhile)
        self._before_call()
        try:
            outcome = effect.function()
        except Exception as error:  # noqa: BLE001 - the session decides
            return self._steps.throw(error)
        return self._steps.send(outcome)
