"""Whether the engine would only pass on what the one source of a statement sends."""

from collections.abc import Mapping

from sqlglot import exp

from gateway.engines.answers import is_relabeled
from gateway.query.plan.model import Column, Fragment, Input


def passed_through(tree: exp.Expr, inputs: Mapping[str, Input]) -> tuple[Column, ...]:
    """The columns of the only input that `tree`, the engine's statement, selects and nothing more; empty: it does more,
    or the engine would answer with other Arrow types. Whatever the statement holds besides is more."""
    read = next(iter(inputs.values()), None)
    if len(inputs) != 1 or not isinstance(read, Fragment) or not isinstance(tree, exp.Select):
        return ()
    if not _only_selects(tree, next(iter(inputs))):
        return ()
    kinds = dict(read.columns)
    names = [_plain(item) for item in tree.selects]
    found = tuple((name, kinds[name]) for name in names if name is not None and name in kinds)
    whole = len(found) == len(names) and all(is_relabeled(kind) for _, kind in found)
    return found if whole else ()


def _only_selects(tree: exp.Select, name: str) -> bool:
    if _parts(tree) != {"expressions", "from_"}:
        return False
    table = tree.args["from_"].this
    return isinstance(table, exp.Table) and _parts(table) <= {"this", "alias"} and table.name == name


def _plain(item: exp.Expr) -> str | None:
    """The column's name in the input."""
    value = item.this if isinstance(item, exp.Alias) else item
    return value.name if isinstance(value, exp.Column) and not isinstance(value.this, exp.Star) else None


def _parts(node: exp.Expr) -> set[str]:
    return {key for key, value in node.args.items() if value not in (None, False, [])}
