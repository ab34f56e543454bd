"""What is told of a text without the tokenizer agrees with the tokenizer, and with itself."""

from hypothesis import example, given
from hypothesis import strategies as st

from gateway.settings import Limits
from gateway.sql.lexing import coarse_spans, has_more_tokens, spans
from gateway.sql.tokens import tokenized

PIECES = (
    "GROUP BY", "order   by", "DOUBLE PRECISION", "a", "b1", "_x", "é", "a$b", "1", "1.5", ".5", "1e-5", "1E+5", "'x'",
    "'it''s, (not)'", "''", r"E'a\'b, c'", "N'x'", '"q""q"', "$1", "$$a, b$$", "$t$ , $t$", "?", "::", "->>", "->",
    "<=", ">=", "<>", "!=", "||", "=", "+", "-", "*", "/", "%", "~*", "!~~", "<", "(", ")", "[", "]", "{", "}", ",",
    ";", ".", "--c, c\n", "/* , */", "/* /* , */ , */",
)  # fmt: skip
TEXTS = st.lists(st.sampled_from(PIECES), max_size=30).map(" ".join)


@example("$1 = ''")
@given(TEXTS)
def test_never_more_tokens_than_there_are(text: str) -> None:
    found = len(tokenized(text))
    assert not has_more_tokens(text, found)


@given(st.lists(st.sampled_from((*PIECES, "\n", "'a\nb'", "'a''\n'")), max_size=30).map(" ".join))
def test_places_are_those_of_the_text(text: str) -> None:
    for token in tokenized(text):
        lines = text.split("\n")[: token.line]
        assert sum(len(line) + 1 for line in lines[:-1]) + token.col - 1 == token.end
        assert token.text[:1].upper() in text[token.start : token.end + 1].upper()


def test_lists_that_are_too_long_are_seen() -> None:
    most = Limits().nodes
    for text in (
        ",".join(["1"] * most),
        "(" * (most + 1),
        "a " * 3 * most,
        "1+" * most,
        ", ".join(["'a, b'"] * most),
    ):
        assert has_more_tokens(f"SELECT {text}", most)
    assert not has_more_tokens(f"SELECT '{', ' * 9 * most}' /* {', ' * most} */ -- {'(' * most}", most)


@example("'e''")
@given(
    st.lists(
        st.sampled_from((*PIECES, "e'", "'", '"', "$", "/*", "\\", "\u200b", "1e'", "5$1")), max_size=12
    ).map("".join)
)
def test_coarse_spans_cover_the_same(text: str) -> None:
    fine = list(spans(text))
    ends = [span for span in fine if span[0] in ("end", "parameter")]
    coarse = list(coarse_spans(text))
    assert [span for span in coarse if span[0] in ("end", "parameter")] == ends
    assert [span[1] for span in coarse[:1]] == [span[1] for span in fine[:1]]
    assert [span[2] for span in coarse[-1:]] == [span[2] for span in fine[-1:]]
    assert {span[1] for span in coarse} <= {span[1] for span in fine}
