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
                child = type(value)()
                copy.set(key, child)
                stack.append((value, child))
            elif isinstance(value, list):
                copy.set(key, [_appended(item, stack) for item in value])
            else:
                copy.args[key] = value
    return root


def _appended(item: object, stack: list[tuple[exp.Expr, exp.Expr]]) -> object:
    if not isinstance(item, exp.Expr):
        return item
    child = type(item)()
    stack.append((item, child))
    return child


def text_of(node: exp.Expr) -> str:
    """The same for nodes that are written alike."""
    if type(node) is exp.Column and not node.args.get(
        "db"
    ):  # most are, and a generator takes ten times as long
        return f'"{node.table}"."{node.name}"'
    return node.sql(dialect=PLAIN, copy=False)


PLAIN = Dialect()
