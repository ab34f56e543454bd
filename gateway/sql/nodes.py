"""The nodes of one tree by their class, from one walk instead of one for each question."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import TypeVar

from sqlglot import exp

N = TypeVar("N", bound=exp.Expr)


class Nodes:
    """As they stood when it was made, in breadth-first order; a step that adds or takes nodes makes a new one."""

    def __init__(self, tree: exp.Expr) -> None:
        self._by_class: defaultdict[type[exp.Expr], list[exp.Expr]] = defaultdict(list)
        for node in tree.walk():
            self._by_class[type(node)].append(node)

    def __iter__(self) -> Iterator[exp.Expr]:
        for nodes in self._by_class.values():
            yield from nodes

    def of(self, kind: type[N]) -> Sequence[N]:
        """The nodes of exactly this class."""
        return self._by_class.get(kind, ())  # type: ignore[return-value]

    def of_any(self, kinds: Sequence[type[exp.Expr]]) -> list[exp.Expr]:
        """The nodes of these classes, class by class."""
        return [node for kind in kinds for node in self._by_class.get(kind, ())]
