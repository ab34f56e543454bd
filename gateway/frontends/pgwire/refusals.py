"""Refusals that only this protocol knows. Each carries its SQLSTATE, as those of `gateway.errors` do."""

from gateway.errors import Failed, LimitExceeded, Refused


class UnknownDatabase(Refused):
    sqlstate = "3D000"


class InsecureConnection(Refused):
    sqlstate = "28000"


class FeatureRefused(Refused):
    sqlstate = "0A000"


class WrongParameters(Refused):
    sqlstate = "42601"


class BackwardRefused(Refused):
    sqlstate = "55000"


class UndefinedPreparedStatement(Refused):
    sqlstate = "26000"


class UndefinedPortal(Refused):
    sqlstate = "34000"


class DuplicatePreparedStatement(Refused):
    sqlstate = "42P05"


class DuplicatePortal(Refused):
    sqlstate = "42P03"


class IndeterminateType(Refused):
    sqlstate = "42P18"


class InvalidText(Refused):
    """Bytes that are not UTF-8."""

    sqlstate = "22021"


class InvalidBinaryValue(Refused):
    sqlstate = "22P03"


class InvalidTextValue(Refused):
    sqlstate = "22P02"


class ValueOutOfRange(Refused):
    sqlstate = "22003"


class InvalidDate(Refused):
    sqlstate = "22007"


class PortalUsedUp(Refused):
    sqlstate = "55000"


class NoTransaction(Refused):
    sqlstate = "25P01"


class IdleInTransaction(Refused):
    sqlstate = "25P03"


class IdleSession(Refused):
    sqlstate = "57P05"


class UndefinedSavepoint(Refused):
    sqlstate = "3B001"


class TooManyConnections(LimitExceeded):
    sqlstate = "53300"


class ConnectionTimedOut(Failed):
    sqlstate = "08006"
    text = "the client took too long to authenticate"


class MetadataUnavailable(Failed):
    sqlstate = "58000"
    http_status = 503
    flight_code = "UNAVAILABLE"
    text = "the catalog cannot be asked at the moment"


class CatalogRefused(Refused):
    """Anything else that is wrong with a statement about the catalog."""

    sqlstate = "42000"


class InvalidName(Refused):
    sqlstate = "42602"


class InvalidSchema(Refused):
    sqlstate = "3F000"
