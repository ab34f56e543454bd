"""governance.md, rule 2, seeing that something exists: what an answer shows and how a refusal reads."""

import pytest

from tests.security.rules import DISCOVER, World


def test_rule_02_discover_shows_no_data_and_says_whom_to_ask() -> None:
    for sql in (
        "SELECT id FROM sales.orders",
        "SELECT count(*) FROM sales.orders",
        "SELECT nope FROM sales.orders",
    ):
        told = World(sales=DISCOVER).told(sql)
        assert (told.sqlstate, told.text) == ("42501", "permission denied for relation sales.orders")
        assert "orders" in str(told.hint)
        assert "team@example.com" in str(told.hint)


@pytest.mark.parametrize("sales", ["", "p, d, user:bob, sales, sales.*, select, *, -, -, allow"])
def test_rule_02_what_may_not_be_seen_is_refused_in_the_words_for_what_never_was(sales: str) -> None:
    hidden = World(sales=sales).told("SELECT id FROM sales.orders")
    never = World(sales=sales).told("SELECT id FROM sales.ordres")
    assert (hidden.sqlstate, hidden.hint) == (never.sqlstate, never.hint) == ("42P01", None)
    assert hidden.text == never.text.replace("ordres", "orders")
