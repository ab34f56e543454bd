"""Of a value that is made of others: whether it shows one that is marked.

As the engine evaluates it: what a CASE does not choose, or the other side of AND or OR decides, shows nothing.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from sqlglot import exp

from gateway.query.plan.barrier.attempts import over_rows
from gateway.sql.nodes import copied

Branch = tuple[list[exp.Expr], exp.Expr, exp.Expr | None]
"""What is tested, the condition, and the value; None: what was tested."""

PICKING = (exp.Lag, exp.Lead, exp.FirstValue, exp.LastValue, exp.NthValue)
"""Window functions that show the value of one row."""


def any_of(marks: Iterable[exp.Expr]) -> exp.Expr | None:
    listed = list(marks)
    if len(listed) < 2:
        return listed[0] if listed else None
    return exp.Paren(this=exp.or_(*listed, copy=False))


@dataclass(frozen=True, slots=True)
class Marking:
    """`used`: id of a node -> its mark. `grouped`: a mark is asked for of all rows of a group."""

    used: Mapping[int, exp.Expr]
    grouped: bool = False

    def of(self, node: exp.Expr | None) -> exp.Expr | None:
        """None: it shows nothing that is marked."""
        if node is None or not any(id(one) in self.used for one in node.walk()):
            return None
        if self.grouped and not any(map(over_rows, node.walk())):
            of_row = Marking(self.used).of(node)
            return exp.LogicalOr(this=of_row) if of_row is not None else None
        own = [copied(self.used[id(node)])] if id(node) in self.used else []
        return any_of([*own, *self._inner(node)])

    def each(self, nodes: Iterable[exp.Expr]) -> Iterator[exp.Expr]:
        yield from (mark for node in nodes if (mark := self.of(node)) is not None)

    def _inner(self, node: exp.Expr) -> Iterator[exp.Expr]:
        if isinstance(node, exp.Query):  # it depends on columns of its surroundings
            outer = (
                copied(self.used[id(one)]) for one in node.walk() if id(one) in self.used and one is not node
            )
            yield from (exp.LogicalOr(this=mark) if self.grouped else mark for mark in outer)
        elif isinstance(node, exp.Window):
            yield from self._of_window(node)
        elif isinstance(node, exp.Filter | exp.WithinGroup) or over_rows(node):
            below = any_of(Marking(self.used).each(_operands(node)))
            if below is not None:
                yield exp.LogicalOr(this=below)
        elif isinstance(node, exp.Case):
            yield self._chosen(map(_when(node), node.args["ifs"]), node.args.get("default"))
        elif isinstance(node, exp.If):
            yield self._chosen([([node.this], node.this, node.args["true"])], node.args.get("false"))
        elif isinstance(node, exp.Coalesce):
            *first, last = [node.this, *node.expressions]
            yield self._chosen([([value], _is_given(value), None) for value in first], last)
        elif isinstance(node, exp.Connector):
            below = any_of(self.each((node.left, node.right)))
            undecided = exp.Is(this=exp.Paren(this=copied(node)), expression=exp.null())
            if below is not None:
                yield exp.Paren(this=exp.And(this=undecided, expression=below))
        else:
            yield from self.each(node.iter_expressions())

    def _of_window(self, window: exp.Window) -> Iterator[exp.Expr]:
        """Of the rows that it looks at, and of what places its own."""
        function = window.this
        if isinstance(function, exp.IgnoreNulls | exp.RespectNulls):
            function = function.this
        below = any_of(self.each(_operands(function)))
        if below is not None:
            picked = copied(function) if isinstance(function, PICKING) else exp.LogicalOr()
            picked.set("this", below)
            picked.set("default", None)
            same = copied(window)
            same.set("this", picked)
            yield same
        yield from self.each(node for node in window.iter_expressions() if node is not window.this)

    def _chosen(self, branches: Iterable[Branch], default: exp.Expr | None) -> exp.Expr:
        """The mark of the branch that is taken, or of what decided on it."""
        ifs = []
        for tested, condition, value in branches:
            doubt = any_of(self.each(tested))
            if doubt is not None:
                ifs.append(exp.If(this=doubt, true=exp.true()))
            ifs.append(exp.If(this=copied(condition), true=self.of(value) or exp.false()))
        return exp.Case(ifs=ifs, default=self.of(default) or exp.false())


def _operands(node: exp.Expr) -> Iterator[exp.Expr]:
    """Of an aggregate, its FILTER and its order included."""
    if isinstance(node, exp.Filter | exp.WithinGroup):
        yield from _operands(node.this)
        yield node.expression
    else:
        yield from node.iter_expressions()


def _when(case: exp.Case) -> Callable[[exp.If], Branch]:
    def branch(one: exp.If) -> Branch:
        if case.this is None:
            return [one.this], one.this, one.args["true"]
        same = exp.EQ(this=copied(case.this), expression=copied(one.this))
        return [case.this, one.this], same, one.args["true"]

    return branch


def _is_given(value: exp.Expr) -> exp.Expr:
    return exp.Not(this=exp.Is(this=exp.Paren(this=copied(value)), expression=exp.null()))
