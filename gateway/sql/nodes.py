"""The nodes of one tree by their class, from one walk instead of one for each question."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from typing import TypeVar

from sqlglot import exp
from sqlglot.dialects.dialect import Dialect

N = TypeVar("N", bound=exp.Expr)


class Nodes:
    """As they stood when it was made, in breadth-first order; a step that adds or takes nodes makes a new one."""

    def __init__(self, tree: exp.Expr) -> None:
        self._by_class: defaultdict[type[exp.Expr], list[exp.Expr]] = defaultdict(list)
        self._outside_in = tuple(tree.walk())
        for node in self._outside_in:
            self._by_class[type(node)].append(node)

    def __iter__(self) -> Iterator[exp.Expr]:
        for nodes in self._by_class.values():
            yield from nodes

    def of(self, kind: type[N]) -> Sequence[N]:
        """The nodes of exactly this class."""
        return self._by_class.get(kind, ())  # type: ignore[return-value]

    def inside_out(self, kinds: Collection[type[exp.Expr]]) -> list[exp.Expr]:
        """The nodes of these classes, each after all that it holds."""
        return [node for node in reversed(self._outside_in) if type(node) in kinds]

    def of_any(self, kinds: Sequence[type[exp.Expr]]) -> list[exp.Expr]:
        """The nodes of these classes, class by class."""
        return [node for kind in kinds for node in self._by_class.get(kind, ())]


LEAVES = frozenset((exp.Column, exp.Identifier, exp.Literal))
"""Inside of which there are names and stars only."""


def nodes_of(tree: exp.Expr, kind: type[N] | tuple[type[N], ...]) -> list[N]:
    """The nodes of a class, or of some, each before what it holds, in the order of the text; for no class of which one
    may stand inside of a column. sqlglot's own walk makes a generator of each step and takes some times as long."""
    nodes: list[N] = []
    stack = [tree]
    while stack:
        node = stack.pop()
        if isinstance(node, kind):
            nodes.append(node)
        if type(node) not in LEAVES:
            stack.extend(node.iter_expressions(reverse=True))
    return nodes


T = TypeVar("T", bound=exp.Expr)


def copied(tree: T) -> T:
    """A copy of a typed tree that shares its types with it, which nobody changes. sqlglot's own copies the type of each
    node too, which is a tree itself, and takes some times as long."""
    root = type(tree)()
    stack: list[tuple[exp.Expr, exp.Expr]] = [(tree, root)]
    while stack:
        node, copy = stack.pop()
        copy._type = node._type  # noqa: SLF001 - as sqlglot copies it; `type` would build a type of a type
        copy._meta = dict(node._meta) if node._meta else None  # noqa: SLF001 - `meta` makes a dict where there is none
        for key, value in node.args.items():
            if isinstance(value, exp.Expr):
                copy.args[key] = _below(copy, key, None, value, stack)
            elif isinstance(value, list):
                copy.args[key] = [
                    _below(copy, key, index, item, stack) if isinstance(item, exp.Expr) else item
                    for index, item in enumerate(value)
                ]
            else:
                copy.args[key] = value
    return root


def _below(
    parent: exp.Expr, key: str, index: int | None, node: exp.Expr, stack: list[tuple[exp.Expr, exp.Expr]]
) -> exp.Expr:
    """A new node of the same class in its place. `set` would look for what it replaces, and for hashes to forget."""
    child = type(node)()
    child.parent, child.arg_key, child.index = parent, key, index
    stack.append((node, child))
    return child


def text_of(node: exp.Expr) -> str:
    """The same for nodes that are written alike."""
    if type(node) is exp.Column and not node.args.get(
        "db"
    ):  # most are, and a generator takes ten times as long
        return f'"{node.table}"."{node.name}"'
    if type(node) is exp.Identifier:
        return f'"{node.this}"' if node.args.get("quoted") else str(node.this)
    return node.sql(dialect=PLAIN, copy=False)


PLAIN = Dialect()
