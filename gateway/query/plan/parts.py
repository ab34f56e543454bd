"""The parts of a statement that can be read side by side: the branches of a UNION ALL.

How many there are is what the consumer wrote, never what a product or a source is made of: sizes, files and the SQL of
products must not show in it.
"""

from collections.abc import Iterator, Mapping

from sqlglot import exp

from gateway.query.plan.blocks import clauses_of, is_wrapped
from gateway.query.plan.model import Fragment, Input, Part, Stage
from gateway.query.plan.passthrough import passed_through
from gateway.sql.dialect import generate

MOST = 16
UNITED = {"this", "expression"}
CHANGING = (exp.CurrentDate, exp.CurrentTime, exp.CurrentTimestamp, exp.Rand, exp.Uuid)
"""Of these one statement has one value, or one row of values, and its parts would have several."""


def united(tree: exp.Expr) -> tuple[exp.Expr, ...]:
    """The branches, in their order; one: there is nothing to part."""
    return tuple(_branches(tree))


def parts(tree: exp.Expr, inputs: Mapping[str, Input], wanted: int) -> tuple[Part, ...]:
    """`wanted`: how many branches the consumer wrote. Empty: the statement is one piece."""
    found = united(tree)
    if not 1 < len(found) == wanted <= MOST or _may_change(tree):
        return ()
    return tuple(_part(branch, inputs) for branch in found)


def _may_change(tree: exp.Expr) -> bool:
    """Of a function by its name alone nobody knows; `read_parquet` is the plan's own."""
    unknown = (each.name.lower() != "read_parquet" for each in tree.find_all(exp.Anonymous))
    return tree.find(*CHANGING) is not None or any(unknown)


def _branches(node: exp.Expr) -> Iterator[exp.Expr]:
    if isinstance(node, exp.Subquery) and is_wrapped(node):
        yield from _branches(node.this)
    elif isinstance(node, exp.Union) and clauses_of(node) == UNITED:
        yield from _branches(node.left)
        yield from _branches(node.right)
    else:
        yield node


def _part(branch: exp.Expr, inputs: Mapping[str, Input]) -> Part:
    own = _closed({table.name for table in branch.find_all(exp.Table)} & inputs.keys(), inputs)
    read = {name: inputs[name] for name in inputs if name in own}
    several = len(list(branch.find_all(exp.Table))) > 1
    kept = frozenset(read) if several else frozenset()
    return Part(generate(branch), tuple(read), kept, passed_through(branch, read))


def _closed(names: set[str], inputs: Mapping[str, Input]) -> set[str]:
    """With those that must be read before."""
    more = {before for name in names for before in _before(inputs[name])} - names
    return _closed(names | more, inputs) if more else names


def _before(read: Input) -> set[str]:
    match read:
        case Stage():
            return {*read.reads}
        case Fragment():
            return {transfer.origin for transfer in read.transfers}
