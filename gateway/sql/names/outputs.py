"""What `*` over the sources at one place of a tree stands for, asked of the resolver itself."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlglot import exp
from sqlglot.schema import MappingSchema

from gateway.errors import StatementTooComplex, SyntaxNotSupported
from gateway.sql.dialect import quoted
from gateway.sql.names.qualify import qualified
from gateway.sql.names.scopes import USE, ctes_in_sight

MAX_ASKED = 50
"""Each one resolves a part of the statement once more."""
MAX_COLUMNS = 10_000


@dataclass(frozen=True, slots=True)
class Output:
    """`value` is a qualified column (of a USING join, of both sides); `name` as its relation spells it."""

    name: str
    value: exp.Expr


class Outputs:
    """Of one tree whose base tables are numbered. `spelled`: number -> lower case -> the relation's own spelling."""

    def __init__(self, schema: MappingSchema, spelled: Sequence[Mapping[str, str]]) -> None:
        self._schema = schema
        self._spelled = spelled
        self._asked = self._columns = 0

    def of(self, sources: Mapping[str, object], at: exp.Expr, star: exp.Expr | None = None) -> list[Output]:
        """`sources` are the clauses `from_`, `joins` and `laterals`; `at` is where they stand. Raises
        StatementTooComplex, or SyntaxNotSupported where the columns are not known before the statement runs."""
        self._asked += 1
        if self._asked > MAX_ASKED:
            raise StatementTooComplex(f"PIVOT, UNPIVOT and COLUMNS stand more than {MAX_ASKED} times here")
        probe = exp.Select(expressions=[star.copy() if star else exp.Star()], **_copied(sources))
        with_ = _with(at)
        if with_ is not None:
            probe.set("with_", with_)
        uses = {table.alias.lower(): table.meta[USE] for table in _own_tables(probe)}
        found = [self._output(item, uses) for item in qualified(probe, self._schema).expressions]
        self._columns += len(found)
        if self._columns > MAX_COLUMNS:
            raise StatementTooComplex(
                f"PIVOT, UNPIVOT and COLUMNS stand for more than {MAX_COLUMNS:,} columns"
            )
        return found

    def _output(self, item: exp.Expr, uses: Mapping[str, int]) -> Output:
        value = item.unalias()
        if item.is_star or isinstance(value, exp.Star) or not item.alias_or_name:
            raise SyntaxNotSupported(
                "the columns here need names: give the query in FROM names for its columns"
            )
        name = item.alias_or_name
        number = uses.get(value.table.lower()) if isinstance(value, exp.Column) else None
        return Output(name if number is None else self._spelled[number].get(name.lower(), name), value)


def _copied(sources: Mapping[str, object]) -> dict[str, object]:
    return {
        key: [each.copy() for each in part] if isinstance(part, list) else part.copy()
        for key, part in sources.items()
        if isinstance(part, exp.Expr | list)
    }


def _own_tables(select: exp.Select) -> Iterator[exp.Table]:
    for table in select.find_all(exp.Table):
        if USE in table.meta and table.find_ancestor(exp.Select) is select:
            yield table


def _with(at: exp.Expr) -> exp.With | None:
    """The CTEs that are in sight there, each name's nearest, as one clause."""
    found: dict[str, exp.CTE] = {}
    recursive = False
    for cte in ctes_in_sight(at):
        if cte.alias.lower() not in found:
            itself = _is_inside(at, cte)
            found[cte.alias.lower()] = _stand_in(cte) if itself else cte.copy()
            recursive |= bool(cte.parent and cte.parent.args.get("recursive")) and not itself
    return exp.With(expressions=list(reversed(found.values())), recursive=recursive) if found else None


def _is_inside(node: exp.Expr | None, cte: exp.CTE) -> bool:
    while node is not None and node is not cte:
        node = node.parent
    return node is cte


def _stand_in(cte: exp.CTE) -> exp.CTE:
    """A recursive CTE as it looks from within: its columns by the names that its head gives them."""
    names = cte.args["alias"].columns
    if not names:
        raise SyntaxNotSupported("name the columns of the recursive CTE: r(a, b)")
    nulls = exp.Select(expressions=[exp.alias_(exp.Null(), name.name, quoted=True) for name in names])
    return exp.CTE(this=nulls, alias=exp.TableAlias(this=quoted(cte.alias)))
