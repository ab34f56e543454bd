"""Splitting query texts: what a semicolon ends and what it does not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.frontends.pgwire.statements.splitting import split, tokens


@pytest.mark.parametrize(
    ("text", "statements"),
    [
        ("select 1", ["select 1"]),
        (" select 1 ; select 2;; ", ["select 1", "select 2"]),
        ("select ';'; select 2", ["select ';'", "select 2"]),
        ("select 'it''s;'; x", ["select 'it''s;'", "x"]),
        (r"select '\'; x", [r"select '\'", "x"]),
        (r"select E'\';'; x", [r"select E'\';'", "x"]),
        (r"select e'a''\\'; x", [r"select e'a''\\'", "x"]),
        ('select "a;""b"; x', ['select "a;""b"', "x"]),
        ("select $$a;b$$; x", ["select $$a;b$$", "x"]),
        ("select $t$a;$$;b$t$; x", ["select $t$a;$$;b$t$", "x"]),
        ("select a$1$b; x$1$", ["select a$1$b", "x$1$"]),
        ("select $1; x", ["select $1", "x"]),
        ("select 1 -- a;b\n; x", ["select 1", "x"]),
        ("select /* a; /* b; */ c; */ 1; x", ["select /* a; /* b; */ c; */ 1", "x"]),
        ("select /* open; never closed", ["select"]),
        ("select 'never closed; x", ["select 'never closed; x"]),
        ("select $a$ never; closed $b$", ["select $a$ never; closed $b$"]),
        ("-- only\n /* comments */ ;", []),
        ("select 1.5; select .5;select 1e5", ["select 1.5", "select .5", "select 1e5"]),
        ("sélect ü; \u4e2d", ["sélect ü", "\u4e2d"]),
    ],
)
def test_split(text: str, statements: list[str]) -> None:
    assert [statement.text for statement in split(text)] == statements


def test_where_statements_start_and_what_they_need() -> None:
    first, second = split("select $2, '$9' ; /* $7 */ select $1")
    assert (first.start, first.parameters) == (0, 2)
    assert (second.start, second.parameters) == (27, 1)


@given(st.text(alphabet="ab'\"$;-/*\\E \n1", max_size=40))
def test_any_text_is_covered_in_order(text: str) -> None:
    at = 0
    for token in tokens(text):
        assert at <= token.start < token.stop <= len(text)
        assert token.text == text[token.start : token.stop]
        at = token.stop
    for statement in split(text):
        assert text[statement.start :].startswith(statement.text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("'it''s'", "it's"),
        (r"E'a\'b'", "a'b"),
        ('"a""b"', 'a"b'),
        ("$t$x$t$", "x"),
        ("word", "word"),
        ("1.5", "1.5"),
    ],
)
def test_what_a_token_stands_for(text: str, value: str) -> None:
    assert [token.value for token in tokens(text)] == [value]
