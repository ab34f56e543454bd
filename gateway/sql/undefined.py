"""The errors of names, in the words that name nothing but what the text said."""

from gateway.errors import AmbiguousColumn, UndefinedColumn, UndefinedTable


def undefined_table(written: tuple[str, ...]) -> UndefinedTable:
    return UndefinedTable(f'relation "{".".join(written)}" does not exist')


def undefined_column(name: str) -> UndefinedColumn:
    return UndefinedColumn(f'column "{name}" does not exist')


def ambiguous(name: str) -> AmbiguousColumn:
    return AmbiguousColumn(f'column reference "{name}" is ambiguous')
