"""What PostgreSQL said of a statement about the catalog, as far as it speaks of the consumer's own words."""

from gateway.errors import (
    AccessDenied,
    AmbiguousColumn,
    DatatypeMismatch,
    GroupingRefused,
    MeshgateError,
    Refused,
    SyntaxRefused,
    UndefinedColumn,
    UndefinedFunction,
    UndefinedParameter,
    UndefinedSetting,
    UndefinedTable,
)
from gateway.frontends.pgwire.refusals import (
    CatalogRefused,
    FeatureRefused,
    IndeterminateType,
    InvalidBinaryValue,
    InvalidDate,
    InvalidName,
    InvalidSchema,
    InvalidTextValue,
    MetadataUnavailable,
    ValueOutOfRange,
)

_KNOWN: tuple[type[Refused], ...] = (
    AmbiguousColumn, DatatypeMismatch, FeatureRefused, GroupingRefused, IndeterminateType, InvalidBinaryValue,
    InvalidDate, InvalidName, InvalidSchema, InvalidTextValue, SyntaxRefused, UndefinedColumn, UndefinedFunction,
    UndefinedParameter, UndefinedSetting, UndefinedTable, ValueOutOfRange,
)  # fmt: skip
_BY_STATE = {known.sqlstate: known for known in _KNOWN}
NOT_OF_CATALOG = ("42501", "58P01")
"""Of what the principal has no right to, and of tables that stand for data products and hold nothing."""
DENIED = (
    "permission denied: a statement about the catalog reads the catalog only, and tells nothing of the host"
)


def refused(state: str, message: str, position: int | None) -> MeshgateError:
    """Texts of errors about names and values hold the consumer's own; those about rights may name ours."""
    if state in NOT_OF_CATALOG:
        return AccessDenied(DENIED, hint="ask data products in a statement of their own", position=position)
    known = _BY_STATE.get(state)
    if known is not None:
        return known(message, position=position)
    if state[:2] in ("22", "42"):
        return CatalogRefused(message, position=position)
    return MetadataUnavailable()
