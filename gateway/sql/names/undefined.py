"""The errors of names, in the words that name nothing but what the text said."""

from typing import TypeVar

from gateway.errors import (
    AmbiguousColumn,
    DuplicateAlias,
    MeshgateError,
    UndefinedColumn,
    UndefinedFunction,
    UndefinedTable,
)

E = TypeVar("E", bound=MeshgateError)


def undefined_table(written: tuple[str, ...]) -> UndefinedTable:
    return _about(UndefinedTable(f'relation "{".".join(written)}" does not exist'), *written)


def undefined_column(name: str) -> UndefinedColumn:
    return _about(UndefinedColumn(f'column "{name}" does not exist'), *name.split("."))


def ambiguous(name: str) -> AmbiguousColumn:
    return _about(AmbiguousColumn(f'column reference "{name}" is ambiguous'), *name.split("."))


def undefined_function(name: str) -> UndefinedFunction:
    return _about(UndefinedFunction(f"function {name} does not exist or is not supported"), name)


def duplicate_alias(name: str) -> DuplicateAlias:
    return DuplicateAlias(f'table name "{name}" specified more than once')


def _about(error: E, *name: str) -> E:
    error.about = name
    return error
