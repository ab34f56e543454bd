"""DESCRIBE, SUMMARIZE, SHOW and EXPLAIN: questions about a query or the catalog, told apart from queries."""

import re
from dataclasses import dataclass
from typing import Literal

from sqlglot import exp

from gateway.errors import SyntaxNotSupported
from gateway.settings import Limits
from gateway.sql.explaining import Layout, explain_statement
from gateway.sql.syntax import checked, parsed

Form = Literal["rows", "columns", "summary", "tables", "all tables", "plan", "policy"]
"""What the answer is: the query's rows; its columns; a summary of each column; what relations there are; its plan, the
policy lines that decided about it."""

DESCRIBES = re.compile(r"\s*SHOW\s+COLUMNS\s+(FROM|IN)\b", re.IGNORECASE)
NO_MORE = "this form of {0} is not supported"


@dataclass(frozen=True, slots=True)
class Question:
    """`tree` is the query that is asked about. `domain`: only its relations. `layout` is that of a plan or policy."""

    form: Form
    tree: exp.Query
    domain: str | None = None
    layout: Layout = "text"


def parse_question(text: str, limits: Limits) -> Question:
    """Raises as `parse_query`."""
    explain = explain_statement(text[: limits.text_bytes + 1])
    if explain is not None:
        about = checked(parsed(explain.query, limits), explain.query, limits)
        return Question(explain.about, about, layout=explain.layout)
    tree = parsed(DESCRIBES.sub("DESCRIBE ", text, count=1), limits)
    if isinstance(tree, exp.Describe):
        table = {"kind"} if str(tree.args.get("kind")).upper() == "TABLE" else set[str]()
        return Question("columns", _asked_about(tree, {"this", "as_json"} | table, text, limits))
    if isinstance(tree, exp.Summarize):
        return Question("summary", _asked_about(tree, {"this", "table"}, text, limits))
    if isinstance(tree, exp.Show):
        return _listing(tree)
    return Question("rows", checked(tree, text, limits))


def _asked_about(tree: exp.Expr, known: set[str], text: str, limits: Limits) -> exp.Query:
    if {key for key, value in tree.args.items() if value} - known:
        raise SyntaxNotSupported(NO_MORE.format(type(tree).__name__.upper()))
    about = tree.this
    if isinstance(about, exp.Table):
        about = exp.select("*").from_(about)
    if not isinstance(about, exp.Query | exp.Values | exp.Pivot):
        raise SyntaxNotSupported(NO_MORE.format(type(tree).__name__.upper()))
    return checked(about.pop() if about.parent is tree else about, text, limits)


def _listing(tree: exp.Show) -> Question:
    source = tree.args.get("from_")
    form = str(tree.this).lower()
    others = {key for key, value in tree.args.items() if value} - {"this", "from_"}
    if others or form not in ("tables", "all tables") or (source and (form != "tables" or source.db)):
        raise SyntaxNotSupported("SHOW TABLES, SHOW ALL TABLES and SHOW COLUMNS FROM are supported")
    nothing = exp.select(exp.alias_(exp.Literal.number(1), "nothing", quoted=True))
    return Question("tables" if form == "tables" else "all tables", nothing, source.name if source else None)
