"""One tree of errors. Each class carries the SQLSTATE, HTTP status and Flight code it answers with.

Two kinds of text reach a consumer (governance.md, rule 11): *refused*, whose text speaks of the consumer's own
names only, and *failed*, whose text is fixed by its class. What an engine or a source said is kept as
`__cause__` and goes to the operator's log, never to a consumer.
"""

from typing import ClassVar


class MeshgateError(Exception):
    """Base of every error that a consumer may see. `str(error)` is safe to show."""

    sqlstate: ClassVar[str] = "XX000"
    http_status: ClassVar[int] = 500
    flight_code: ClassVar[str] = "INTERNAL"

    def __init__(self, message: str, *, hint: str | None = None, position: int | None = None) -> None:
        """`position` is the 1-based character of the statement's text that the error is about."""
        super().__init__(message)
        self.hint = hint
        self.position = position
        self.about: tuple[str, ...] = ()
        """The parts of the name that the error is about, as the statement says it."""
        self.reference: str | None = None
        """The audit record's id. Not part of the text: that must be the same for the same refusal."""


# --- refused: decided by the gateway before anything ran -------------------------------------------------


class Refused(MeshgateError):
    http_status = 400
    flight_code = "INVALID_ARGUMENT"


class SyntaxRefused(Refused):
    sqlstate = "42601"


class SyntaxNotSupported(Refused):
    sqlstate = "0A000"


class WriteRefused(Refused):
    sqlstate = "25006"
    http_status = 403
    flight_code = "UNAUTHORIZED"


class UndefinedTable(Refused):
    sqlstate = "42P01"
    http_status = 404
    flight_code = "NOT_FOUND"


class UndefinedColumn(Refused):
    sqlstate = "42703"


class AmbiguousColumn(Refused):
    sqlstate = "42702"


class DuplicateAlias(Refused):
    sqlstate = "42712"


class InvalidColumnReference(Refused):
    sqlstate = "42P10"


class UndefinedFunction(Refused):
    sqlstate = "42883"


class UndefinedParameter(Refused):
    sqlstate = "42P02"


class UndefinedSetting(Refused):
    sqlstate = "42704"


class InvalidParameterValue(Refused):
    sqlstate = "22023"


class InvalidEscape(Refused):
    sqlstate = "22025"


class DatatypeMismatch(Refused):
    sqlstate = "42804"


class GroupingRefused(Refused):
    sqlstate = "42803"


class AccessDenied(Refused):
    sqlstate = "42501"
    http_status = 403
    flight_code = "UNAUTHORIZED"


class LimitExceeded(Refused):
    """A bound of `[limits]`, named in the text."""

    sqlstate = "54000"
    http_status = 413
    flight_code = "RESOURCE_EXHAUSTED"


class StatementTooComplex(LimitExceeded):
    sqlstate = "54001"


class AuthenticationFailed(Refused):
    sqlstate = "28P01"
    http_status = 401
    flight_code = "UNAUTHENTICATED"


class ProtocolViolation(Refused):
    sqlstate = "08P01"


class TransactionAborted(Refused):
    sqlstate = "25P02"


# --- failed: the statement was right, carrying it out was not possible ----------------------------------


class Failed(MeshgateError):
    """The text is the class's own; the cause stays with the gateway."""

    text: ClassVar[str] = "the gateway failed to answer this statement"

    def __init__(self, message: str | None = None, *, hint: str | None = None) -> None:
        super().__init__(message or self.text, hint=hint)


class InternalFailure(Failed):
    pass


class SourceUnavailable(Failed):
    sqlstate = "58000"
    http_status = 503
    flight_code = "UNAVAILABLE"
    text = "a data source of this product is unavailable"


class SourceFailed(Failed):
    sqlstate = "58030"
    http_status = 502
    flight_code = "UNAVAILABLE"
    text = "a data source failed while it was read; the answer is incomplete and must not be used"


class Unreadable(SourceFailed):
    """A value that shall be shown is none of its column's type."""


class AuditUnavailable(Failed):
    sqlstate = "58030"
    http_status = 503
    flight_code = "UNAVAILABLE"
    text = "the audit record cannot be written, so the statement was not run"


class DataError(Failed):
    sqlstate = "22000"
    http_status = 422
    flight_code = "INVALID_ARGUMENT"
    text = "a value does not fit the operation applied to it"


class InvalidText(DataError):
    sqlstate = "22P02"
    text = "a value cannot be converted to the type asked for"


class NumericOutOfRange(DataError):
    sqlstate = "22003"
    text = "a number is out of the range of its type"


class DivisionByZero(DataError):
    sqlstate = "22012"
    text = "division by zero"


class QueryCanceled(Failed):
    sqlstate = "57014"
    http_status = 499
    flight_code = "CANCELLED"
    text = "the statement was cancelled"


class DeadlineExceeded(QueryCanceled):
    http_status = 504
    flight_code = "DEADLINE_EXCEEDED"
    text = "the statement was cancelled: it ran longer than limits.seconds"


class OutOfMemory(Failed):
    sqlstate = "53200"
    http_status = 503
    flight_code = "RESOURCE_EXHAUSTED"
    text = "the statement needs more memory than limits.memory allows"


class DiskFull(Failed):
    sqlstate = "53100"
    http_status = 503
    flight_code = "RESOURCE_EXHAUSTED"
    text = "the gateway's disk has no room left for what the statement needs"


class OutOfSpill(DiskFull):
    text = "the statement needs more room on disk than limits.spill allows"


class ShuttingDown(Failed):
    sqlstate = "57P01"
    http_status = 503
    flight_code = "UNAVAILABLE"
    text = "the gateway is shutting down"


# --- configuration: for whoever starts the gateway, never for a consumer ---------------------------------


class ConfigurationError(Exception):
    """All that is wrong with a mesh folder, one `file: key.path: what is wrong, what to do` a line."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems
