"""COLUMNS(...) and `* LIKE`, written out over the columns in sight."""

from collections.abc import Iterator, Sequence

from sqlglot import exp

from gateway.errors import SyntaxNotSupported, UndefinedColumn
from gateway.sql.dialect import quoted
from gateway.sql.names.name_patterns import holds, matches, named_by
from gateway.sql.names.outputs import Output, Outputs
from gateway.sql.names.undefined import undefined_column

PATTERNS = (exp.Like, exp.ILike, exp.SimilarTo, exp.Glob)
STAR = "*"
"""The name that a star has in `* LIKE ...`."""


def is_star_pattern(item: exp.Expr) -> bool:
    """`* LIKE 'a%'`, `t.* NOT SIMILAR TO '...'` in a SELECT list."""
    item = item.unalias()
    item = item.this if isinstance(item, exp.Not) else item
    return isinstance(item, PATTERNS) and (isinstance(item.this, exp.Star) or item.this.is_star)


def is_spread(select: exp.Select) -> bool:
    """Whether `spread` has work to do; subqueries are SELECTs of their own."""
    return any(map(is_star_pattern, select.expressions)) or next(_own(select, select), None) is not None


def spread(select: exp.Select, outputs: Outputs) -> None:
    """Changes the SELECT. Raises SyntaxNotSupported, UndefinedColumn, SyntaxRefused."""
    listed = _Listed(select, outputs)
    for node in [node for node in _own(select, select) if node.args.get("unpack")]:
        _unpack(node, [output.value for output in listed.chosen(node.this)])
    select.set("expressions", [made for item in select.expressions for made in listed.items(item)])
    for clause in ("where", "qualify", "having"):
        condition = select.args.get(clause)
        if condition is not None:
            condition.set(
                "this", exp.and_(*(value for _, value in listed.copies(condition.this)), copy=False)
            )
    order = select.args.get("order")
    if order is not None:
        order.set("expressions", [value for item in order.expressions for _, value in listed.copies(item)])
    if next(_own(select, select), None) is not None:
        raise SyntaxNotSupported("COLUMNS may stand in SELECT, WHERE, HAVING, QUALIFY and ORDER BY only")


def chosen(outputs: Sequence[Output], which: exp.Expr) -> list[Output]:
    """The columns that the argument of COLUMNS means, of those in sight, in their order."""
    if isinstance(which, exp.Literal) and which.is_string:
        found = [output for output in outputs if matches(which.this, output.name)]
    elif isinstance(which, exp.Lambda) and len(which.expressions) == 1:
        argument = which.expressions[0].name
        found = [output for output in outputs if holds(which.this, argument, output.name)]
    elif isinstance(which, exp.Array):
        found = _listed(outputs, [item.name for item in which.expressions])
    elif which.is_star or isinstance(which, exp.Star):
        found = _without(outputs, which.this if isinstance(which, exp.Column) else which)
    else:
        raise SyntaxNotSupported("COLUMNS takes *, a pattern, a list of names, or a lambda")
    if not found:
        raise UndefinedColumn("no column matches what COLUMNS asks for")
    return found


def _listed(outputs: Sequence[Output], names: Sequence[str]) -> list[Output]:
    wanted = {name.lower(): name for name in names}
    for missing in wanted.keys() - {output.name.lower() for output in outputs}:
        raise undefined_column(wanted[missing])
    return [output for output in outputs if output.name.lower() in wanted]


def _without(outputs: Sequence[Output], star: exp.Expr) -> list[Output]:
    """A star's columns but those it excludes, each of which must be there."""
    if star.args.get("replace") or star.args.get("rename"):
        raise SyntaxNotSupported("REPLACE and RENAME inside of COLUMNS are not supported")
    left_out = {node.name.lower(): node.name for node in star.args.get("except_") or ()}
    for missing in left_out.keys() - {output.name.lower() for output in outputs}:
        raise undefined_column(left_out[missing])
    return [output for output in outputs if output.name.lower() not in left_out]


def _own(node: exp.Expr, select: exp.Select) -> Iterator[exp.Columns]:
    for found in node.find_all(exp.Columns):
        if found.find_ancestor(exp.Select) is select:
            yield found


class _Listed:
    """The columns in sight of one SELECT."""

    def __init__(self, select: exp.Select, outputs: Outputs) -> None:
        self._select = select
        self._outputs = outputs
        self._known: dict[str, list[Output]] = {}

    def _all(self, which: exp.Expr) -> list[Output]:
        """Those of the one source before the dot, or of all."""
        table = which.table if isinstance(which, exp.Column) else ""
        if table not in self._known:
            clauses = {key: self._select.args.get(key) for key in ("from_", "joins", "laterals")}
            at = self._select.args.get("from_")
            if at is None:
                raise SyntaxNotSupported("COLUMNS needs a FROM")
            star = exp.Column(this=exp.Star(), table=quoted(table)) if table else None
            self._known[table] = self._outputs.of(clauses, at, star)
        return self._known[table]

    def chosen(self, which: exp.Expr) -> list[Output]:
        return chosen(self._all(which), which)

    def items(self, item: exp.Expr) -> list[exp.Expr]:
        """What stands in the list for one item."""
        if is_star_pattern(item):
            return self._like(item)
        copies = self.copies(item)
        if len(copies) == 1 and copies[0][0] is None:
            return [item]
        return [_named(value, output, item) for output, value in copies if output is not None]

    def _like(self, item: exp.Expr) -> list[exp.Expr]:
        if isinstance(item, exp.Alias):
            raise SyntaxNotSupported("* LIKE cannot have an alias")
        condition = item.this if isinstance(item, exp.Not) else item
        star = condition.this
        listed = _without(self._all(star), star.this if isinstance(star, exp.Column) else star)
        pattern = condition.copy()
        pattern.set("this", exp.Star())
        wanted = not isinstance(item, exp.Not)
        if isinstance(pattern, exp.SimilarTo) and wanted:  # so does DuckDB: anywhere here, in full behind NOT
            pattern = exp.RegexpLike(this=exp.Star(), expression=pattern.expression)
        found = [output for output in listed if holds(pattern, STAR, output.name) is wanted]
        if not found:
            raise UndefinedColumn("no column matches the pattern of *")
        return [_alias(output.value.copy(), output.name) for output in found]

    def copies(self, node: exp.Expr) -> list[tuple[Output | None, exp.Expr]]:
        """The expression once for each column that its COLUMNS stands for; as it is where it has none."""
        places = list(_own(node, self._select))
        if not places:
            return [(None, node)]
        if any(place != places[0] for place in places):
            raise SyntaxNotSupported("several different COLUMNS in one expression are not supported")
        return [(output, _filled(node, output)) for output in self.chosen(places[0].this)]


def _filled(node: exp.Expr, output: Output) -> exp.Expr:
    copied = node.copy()
    for place in list(copied.find_all(exp.Columns)):
        if place is copied:
            return output.value.copy()
        place.replace(output.value.copy())
    return copied


def _named(value: exp.Expr, output: Output, item: exp.Expr) -> exp.Expr:
    if not isinstance(item, exp.Alias):
        return _alias(value, output.name)
    which = next(item.find_all(exp.Columns)).this
    template = item.alias
    if "\\" in template:
        if not (isinstance(which, exp.Literal) and which.is_string):
            raise SyntaxNotSupported("an alias with groups needs COLUMNS('a regular expression')")
        template = named_by(which.this, template, output.name)
    return _alias(value.unalias(), template)


def _alias(value: exp.Expr, name: str) -> exp.Alias:
    return exp.Alias(this=value, alias=quoted(name))


def _unpack(node: exp.Columns, values: Sequence[exp.Expr]) -> None:
    """`coalesce(*COLUMNS(...))`: the columns as arguments."""
    parent, key, copies = node.parent, node.arg_key, [value.copy() for value in values]
    if parent is not None and key == "expressions" and isinstance(parent, UNPACKED):
        at = parent.expressions.index(node)
        parent.set("expressions", [*parent.expressions[:at], *copies, *parent.expressions[at + 1 :]])
    elif isinstance(parent, exp.Coalesce | exp.Greatest | exp.Least) and key == "this":
        parent.set("this", copies[0])
        parent.set("expressions", [*copies[1:], *parent.expressions])
    else:
        raise SyntaxNotSupported(
            "*COLUMNS may stand among the arguments of coalesce, greatest, concat and lists only"
        )


UNPACKED = (exp.Coalesce, exp.Greatest, exp.Least, exp.Concat, exp.ConcatWs, exp.Array, exp.In, exp.Anonymous)
