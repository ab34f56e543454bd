"""Step 1: text to tree."""

from dataclasses import dataclass

from sqlglot import exp

from gateway.errors import Refused, SyntaxRefused
from gateway.settings import Limits
from gateway.sql.explaining import Layout
from gateway.sql.names.resolve import TableName, base_tables, table_name
from gateway.sql.questions import Form, parse_question
from gateway.sql.syntax import not_a_query, parsed


@dataclass(frozen=True, slots=True)
class Statement:
    """One query, or a question about one; nothing in it is outside the allow-lists, no name in it is resolved yet.

    `tables` are the names in FROM that mean relations of the catalog, as written, each once. `limits` are those it
    was held against, and will be when it runs. `form` says what the answer tells: the query's rows, or something about
    the query or, only of `domain` if there is one, the catalog.
    """

    text: str
    tree: exp.Query
    tables: tuple[TableName, ...]
    limits: Limits
    form: Form = "rows"
    domain: str | None = None
    layout: Layout = "text"

    @property
    def relations(self) -> tuple[str, ...]:
        """The relations asked for, as written, for the record of a statement that is refused later."""
        return tuple(dict.fromkeys(map(".".join, self.tables)))


def is_misspelled(text: str) -> bool:
    """Whether no parser would read it, whatever the limits."""
    try:
        check_spelling(text)
    except SyntaxRefused:
        return True
    return False


def check_spelling(text: str) -> None:
    """Raises SyntaxRefused for what no parser would read, whatever the limits."""
    try:
        tree = parsed(text, Limits())
    except SyntaxRefused:
        raise
    except Refused:
        return
    wrong = not_a_query(tree, text) if isinstance(tree, exp.Condition) else None
    if isinstance(wrong, SyntaxRefused):
        raise wrong


def parse(text: str, limits: Limits) -> Statement:
    question = parse_question(text, limits)
    tables = tuple(dict.fromkeys(map(table_name, base_tables(question.tree))))
    return Statement(text, question.tree, tables, limits, question.form, question.domain, question.layout)
