"""Values as syntax-tree nodes: bound values are never text inside SQL text."""

import math
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from uuid import UUID

from sqlglot import exp

from gateway.errors import InvalidParameterValue
from gateway.sql.dialect import DUCKDB
from gateway.sql.nodes import copied


@lru_cache(maxsize=1024)
def shared_type(name: str) -> exp.DataType:
    """The node of a DuckDB type name, to be a node's `type`; never part of a tree."""
    return exp.DataType.build(name, dialect=DUCKDB)


def data_type(name: str) -> exp.DataType:
    """The node of a DuckDB type name, to be part of a tree: a copy each time, since nodes have one parent."""
    return copied(shared_type(name))


def cast(node: exp.Expr, name: str) -> exp.Expr:
    result = exp.Cast(this=node, to=data_type(name))
    result.type = shared_type(name)
    return result


def is_null(node: exp.Expr | None) -> bool:
    """Whether it is NULL of some type, written out."""
    while isinstance(node, exp.Cast | exp.Paren):
        node = node.this
    return isinstance(node, exp.Null)


def literal(value: object, name: str) -> exp.Expr:
    """The value as a constant of type `name`. Raises InvalidParameterValue for what has no exact form."""
    if value is None:
        return cast(exp.Null(), name)
    if name.endswith("[]"):
        return _list(value, name)
    if isinstance(value, bool):
        return exp.Boolean(this=value) if name == "BOOLEAN" else cast(exp.Boolean(this=value), name)
    if isinstance(value, Decimal):
        return _decimal(value, name)
    if isinstance(value, int):
        return cast(_number(str(value)), name)
    text = as_text(value)
    if "\0" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise InvalidParameterValue("a text parameter holds a character that no text can hold")
    return exp.Literal.string(text) if name == "VARCHAR" else cast(exp.Literal.string(text), name)


def _list(value: object, name: str) -> exp.Expr:
    if isinstance(value, str):  # the text form of a list, as a client wrote it
        return cast(exp.Literal.string(value), name)
    if not isinstance(value, Sequence) or isinstance(value, bytes):
        raise InvalidParameterValue(f"a list is expected for a parameter of type {name}")
    items = [literal(item, name[:-2]) for item in value]
    return cast(exp.Array(expressions=items), name)


def _number(text: str) -> exp.Expr:
    digits = exp.Literal.number(text.lstrip("-"))
    return exp.Neg(this=digits) if text.startswith("-") else digits


def _decimal(value: Decimal, name: str) -> exp.Expr:
    if not value.is_finite():
        if name in ("DOUBLE", "FLOAT"):
            return cast(exp.Literal.string(str(value)), name)
        raise InvalidParameterValue("a numeric parameter must be finite")
    if abs(value.adjusted()) > 38:
        raise InvalidParameterValue("a numeric parameter has more than 38 digits")
    text = f"{value:f}"
    if sum(character.isdigit() for character in text) > 38:
        raise InvalidParameterValue("a numeric parameter has more than 38 digits")
    # Its own digits give a number its precision and scale: naming DECIMAL alone would round to three places.
    return _number(text) if name.startswith("DECIMAL") else cast(_number(text), name)


def as_text(value: object) -> str:
    """The text from which DuckDB reads the value back exactly."""
    if isinstance(value, str):
        return value
    if isinstance(value, float):
        return "inf" if value == math.inf else "-inf" if value == -math.inf else repr(value)
    if isinstance(value, bytes | bytearray | memoryview):
        return "".join(f"\\x{byte:02X}" for byte in bytes(value))
    if isinstance(value, timedelta):
        return f"{value.days} days {value.seconds} seconds {value.microseconds} microseconds"
    if isinstance(value, datetime | date | time):
        return value.isoformat(" ") if isinstance(value, datetime) else value.isoformat()
    if isinstance(value, UUID | int | Decimal):
        return str(value)
    raise InvalidParameterValue(f"a value of type {type(value).__name__} cannot be a parameter")
