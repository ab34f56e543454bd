"""What `*` stands for, as far as the text says it before names are resolved."""

from sqlglot import exp

from gateway.sql.dialect import quoted
from gateway.sql.nodes import Nodes


def name_generators(nodes: Nodes) -> None:
    """`FROM range(3)` has a column of the function's name, which a star must find."""
    for table in nodes.of(exp.Table):
        if isinstance(table.this, exp.GenerateSeries) and not table.alias_column_names:
            name = "range" if table.this.args.get("is_end_exclusive") else "generate_series"
            alias = exp.TableAlias(this=quoted(table.alias or name), columns=[quoted(name)])
            table.set("alias", alias)


def columns_that_stars_change(nodes: Nodes) -> dict[int, set[str]]:
    """id of a SELECT -> the columns that EXCLUDE, REPLACE and RENAME name in its stars."""
    found: dict[int, set[str]] = {}
    for star in nodes.of(exp.Star):
        select = star.find_ancestor(exp.Select)
        left_out = star.args.get("except_") or ()
        renamed = (item.this for item in star.args.get("rename") or ())
        replaced = (item.args["alias"] for item in star.args.get("replace") or ())
        names = {node.name.lower() for node in (*left_out, *renamed, *replaced)}
        if select is not None:
            found.setdefault(id(select), set()).update(names)
    return found
