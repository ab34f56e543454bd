"""Errors as Flight sends them: the class's code, the text, and nothing of the gateway's inside.

pyarrow appends the Python traceback, with its files, to the text of every exception but its own FlightErrors, and those
lack codes. `extra_info` stays empty: Go clients fail on it.
"""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import pyarrow as pa
from pyarrow import flight

from gateway.errors import Failed, InternalFailure, MeshgateError

LOG = logging.getLogger(__name__)


class _Traceless:
    """pyarrow formats an exception with its causes; where that fails, it names the class and no more."""

    args: tuple[str, ...]

    @property
    def __cause__(self) -> BaseException | None:
        raise RuntimeError

    def __str__(self) -> str:
        return self.args[0]


class InvalidArgument(_Traceless, pa.ArrowInvalid):  # type: ignore[override]
    pass


class NotFound(_Traceless, KeyError):  # type: ignore[override]
    pass


class Unimplemented(_Traceless, pa.ArrowNotImplementedError):  # type: ignore[override]
    pass


_CODES: Mapping[str, type[Exception]] = {
    "INTERNAL": flight.FlightInternalError,
    "INVALID_ARGUMENT": InvalidArgument,
    "NOT_FOUND": NotFound,
    "UNIMPLEMENTED": Unimplemented,
    "UNAUTHENTICATED": flight.FlightUnauthenticatedError,
    "UNAUTHORIZED": flight.FlightUnauthorizedError,
    "UNAVAILABLE": flight.FlightUnavailableError,
    "CANCELLED": flight.FlightCancelledError,
    "DEADLINE_EXCEEDED": flight.FlightTimedOutError,
}


def flight_error(error: MeshgateError) -> Exception:
    """With the SQLSTATE and the hint in its text, which is all that Flight's clients show.

    Flight has no code for exhausted resources: what asks for too much is at fault itself, what meets a full gateway
    may come again.
    """
    code = error.flight_code
    if code == "RESOURCE_EXHAUSTED":
        code = "UNAVAILABLE" if isinstance(error, Failed) else "INVALID_ARGUMENT"
    hint = f"\nHint: {error.hint}" if error.hint else ""
    return _CODES[code](f"{error} (SQLSTATE {error.sqlstate}){hint}")


@contextmanager
def boundary() -> Iterator[None]:
    """Everything that leaves this block by an exception leaves as one that Flight may send."""
    try:
        yield
    except MeshgateError as error:
        raised = flight_error(error)
    except Exception:
        LOG.exception("unexpected error on the Flight endpoint")
        raised = flight_error(InternalFailure())
    else:
        return
    raise raised
