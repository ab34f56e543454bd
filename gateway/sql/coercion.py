"""Constants in the type of the column they are compared with, as the engine would read them.

`ordered_on >= '2026-01-01'` compares a date with a text; the engine reads the text as a date. Written out, the
comparison has one type, is known not to raise, and may go to the source.
"""

from sqlglot import exp

from gateway.sql.literals import cast
from gateway.sql.totality import COMPARISONS, T, is_constant, kind_of, operands_of

NAMES = {
    T.DATE: "DATE",
    T.TIMESTAMP: "TIMESTAMP",
    T.TIMESTAMPNTZ: "TIMESTAMP",
    T.TIMESTAMPTZ: "TIMESTAMP WITH TIME ZONE",
    T.UUID: "UUID",
}


def type_constants(tree: exp.Query) -> None:
    """Give text constants beside a date, time or UUID column its type, where they surely fit. Changes the tree."""
    for comparison in tree.find_all(*COMPARISONS):
        operands = operands_of(comparison)
        kinds = {kind_of(operand) for operand in operands if isinstance(operand, exp.Column)}
        name = NAMES.get(kinds.pop()) if len(kinds) == 1 else None
        for operand in operands if name is not None else ():
            if isinstance(operand, exp.Literal) and operand.is_string:
                _type(operand, name)


def _type(text: exp.Literal, name: str | None) -> None:
    assert name is not None
    typed = cast(text.copy(), name)
    if is_constant(typed):
        text.replace(typed)
