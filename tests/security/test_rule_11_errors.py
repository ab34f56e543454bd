"""governance.md, rule 11, errors: what an answer shows and how a refusal reads."""

import pytest

from tests.query.mesh import Builder, ask
from tests.security.rules import ORDERS, World


@pytest.mark.parametrize(
    ("sql", "state"),
    [
        ("SELECT note::INT FROM sales.orders", "22P02"),
        ("SELECT cast(note AS DATE) FROM sales.orders", "22"),
        ("SELECT id / (id - id) FROM sales.orders WHERE note::INT > 0", "22"),
        ("SELECT strptime(note, '%Y') FROM sales.orders", "22"),
        ("SELECT nope FROM sales.orders", "42703"),
        ("SELECT note FROM sales.nope", "42P01"),
    ],
)
def test_rule_11_no_text_of_an_engine_or_source_reaches_a_consumer(sql: str, state: str) -> None:
    told = World().told(sql)
    assert told.sqlstate.startswith(state), told
    assert not [
        word for word in ("CANARY", "_src", "scan", "Conversion", "duckdb", "Traceback") if word in repr(told)
    ]


def test_rule_11_filters_and_masks_cannot_fail_on_hidden_rows() -> None:
    line = (
        "p, a, role:any, sales, sales.orders, select, f, -, -, allow\n"
        "p3, m, role:any, sales, sales.orders.mail, k, 1, -, -"
    )
    texts = {"f": "cast(note AS INTEGER) = 1 OR id = 1"}
    masks = {"k": "cast(cast(value AS INTEGER) AS VARCHAR)"}
    mesh = Builder({"sales.orders": ORDERS}, {"sales": line}, texts, masks).memory()
    assert ask(mesh, "SELECT id, mail FROM sales.orders").rows == ("(1, None)",)
