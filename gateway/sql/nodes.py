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
        self._outside_in = everything(tree)
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


def closed(*kinds: type[exp.Expr]) -> frozenset[type[exp.Expr]]:
    """These classes and all that inherit from them: `type(node) in closed(...)` is `isinstance(node, (...))`, and takes
    as long for forty classes as for one."""
    found: set[type[exp.Expr]] = set()
    stack = list(kinds)
    while stack:
        kind = stack.pop()
        if kind not in found:
            found.add(kind)
            stack += kind.__subclasses__()
    return frozenset(found)


QUERIES = closed(exp.Query)

LEAVES = frozenset((exp.Column, exp.Identifier, exp.Literal))
"""Inside of which there are names and stars only."""


def everything(tree: exp.Expr, leaves: frozenset[type[exp.Expr]] = frozenset()) -> list[exp.Expr]:
    """All nodes of a tree in breadth-first order; what is below those of a class in `leaves` is left out."""
    nodes = [tree]
    push = nodes.append
    for node in nodes:
        if type(node) not in leaves:
            for value in node.args.values():
                if isinstance(value, exp.Expr):
                    push(value)
                elif isinstance(value, list):
                    for item in value:
                        if isinstance(item, exp.Expr):
                            push(item)
    return nodes


def nodes_of(tree: exp.Expr, kind: type[N] | tuple[type[N], ...]) -> list[N]:
    """The nodes of a class, or of some, each before what it holds, in the order of the text; for no class of which one
    may stand inside of a column. sqlglot's own walk makes a generator of each step and takes some times as long."""
    nodes: list[N] = []
    stack = [tree]
    push = stack.append
    while stack:
        node = stack.pop()
        if isinstance(node, kind):
            nodes.append(node)
        if type(node) not in LEAVES:
            for value in reversed(node.args.values()):
                if isinstance(value, exp.Expr):
                    push(value)
                elif isinstance(value, list):
                    for item in reversed(value):
                        if isinstance(item, exp.Expr):
                            push(item)
    return nodes


def by_level(tree: exp.Expr, kind: type[N] | tuple[type[N], ...]) -> list[N]:
    """The same nodes as `nodes_of`, in the order of sqlglot's `find_all`: what is nearer to the root comes first."""
    return [node for node in everything(tree, LEAVES) if isinstance(node, kind)]


def holds(tree: exp.Expr, *kinds: type[exp.Expr]) -> bool:
    """Whether a node of one of these classes is in the tree; none of which one may stand inside of a column."""
    if type(tree) in LEAVES:
        return isinstance(tree, kinds)
    return bool(nodes_of(tree, kinds))


T = TypeVar("T", bound=exp.Expr)


def copied(tree: T) -> T:
    """A copy of a typed tree that shares its types with it, which nobody changes. sqlglot's own copies the type of each
    node too, which is a tree itself, and takes some times as long."""
    root = type(tree)()
    stack: list[tuple[exp.Expr, exp.Expr]] = [(tree, root)]
    push = stack.append
    while stack:
        node, copy = stack.pop()
        copy._type = node._type  # noqa: SLF001 - as sqlglot copies it; `type` would build a type of a type
        copy._meta = dict(node._meta) if node._meta else None  # noqa: SLF001 - `meta` makes a dict where there is none
        args = copy.args
        for key, value in node.args.items():
            if value is None or type(value) in PLAIN_VALUES:
                args[key] = value
            elif isinstance(value, exp.Expr):
                args[key] = child = type(value)()
                child.parent, child.arg_key = copy, key
                push((value, child))
            elif isinstance(value, list):
                args[key] = items = list(value)
                for index, item in enumerate(value):
                    if isinstance(item, exp.Expr):
                        items[index] = child = type(item)()
                        child.parent, child.arg_key, child.index = copy, key, index
                        push((item, child))
            else:
                args[key] = value
    return root


PLAIN_VALUES = frozenset({str, bool})
"""What most arguments are that are no nodes."""


def text_of(node: exp.Expr) -> str:
    """The same for nodes that are written alike."""
    if type(node) is exp.Column and not node.args.get(
        "db"
    ):  # most are, and a generator takes ten times as long
        return f'"{node.table}"."{node.name}"'
    if type(node) is exp.Identifier:
        return f'"{node.this}"' if node.args.get("quoted") else str(node.this)
    return PLAIN.generate(node, copy=False)  # as `node.sql` does, but for an import at each call


PLAIN = Dialect()
