"""governance.md, rule 10, time, purpose, change: what an answer shows and how a refusal reads."""

from datetime import UTC, datetime

import pytest

from gateway.query import pipeline
from policies.principal import Principal
from tests.query.mesh import ANYBODY, ask
from tests.security.rules import ALL, World


def test_rule_10_a_purpose_is_one_of_the_principals() -> None:
    world = World(sales=ALL.replace("-, -, allow", "purpose=audit, -, allow"))
    felix = Principal("felix", purposes=frozenset({"audit", "billing"}))
    mesh = world.made()
    assert ask(mesh, "SELECT count(*) FROM sales.orders", felix, purpose="audit").rows == ("(5,)",)
    assert ask(mesh, "SELECT count(*) FROM sales.orders", felix, purpose="billing").sqlstate == "42P01"
    assert ask(mesh, "SELECT count(*) FROM sales.orders", felix).sqlstate == "42P01"
    refused = ask(mesh, "SELECT count(*) FROM sales.orders", ANYBODY, purpose="audit")
    assert (refused.sqlstate, refused.text) == ("42501", 'purpose "audit" is not one of yours')


ENDS = "2030-01-01T00:00:00Z"
END = datetime(2030, 1, 1, tzinfo=UTC).timestamp()
EXPIRING = {
    "a grant of more rows": ("p, w, role:any, sales, sales.orders, select, *, -, {ends}, allow", 5, 2),
    "a denial": ("p, w, role:any, sales, sales.orders.id, select, *, -, {ends}, deny", "42703", 2),
    "a restriction": ("p2, w, role:any, sales, sales.orders, early, -, {ends}", 2, 2),
    "a line about another principal": (
        "p, w, user:bob, sales, sales.orders, select, *, -, {ends}, allow",
        2,
        2,
    ),
}


@pytest.mark.parametrize(("line", "before", "after"), EXPIRING.values(), ids=EXPIRING.keys())
def test_rule_10_a_line_ends_with_the_next_statement(
    line: str, before: int | str, after: int | str, monkeypatch: pytest.MonkeyPatch
) -> None:
    base = "p, eu, role:any, sales, sales.orders, select, eu, -, -, allow\n"
    mesh = World(sales=base + line.format(ends=ENDS)).made()
    for now, expected in ((END - 1, before), (END, after), (END - 1, before)):
        monkeypatch.setattr(pipeline.time, "time", lambda now=now: now)
        told = ask(mesh, "SELECT id FROM sales.orders")
        assert (told.sqlstate or len(told.rows)) == expected
