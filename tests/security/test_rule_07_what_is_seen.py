"""governance.md, rule 7, what of a policy is seen: what an answer shows and how a refusal reads."""

from gateway.query.explain.operator import explain
from gateway.query.request import Request
from tests.query.mesh import ANYBODY, ask, records
from tests.security.rules import ALL, MASKED, World


def test_rule_07_no_error_and_no_record_tells_a_filter_or_a_value() -> None:
    world = World(sales=ALL.replace("*, -, -, allow", "eu, -, -, allow"))
    mesh = world.made()
    for sql in (
        "SELECT mail::INT FROM sales.orders",
        "SELECT nope FROM sales.orders",
        "SELECT 1/0 FROM sales.orders",
    ):
        told = ask(mesh, sql)
        assert "EU" not in repr(told)
        assert "ada" not in repr(told)
    assert "'EU'" not in repr(records(mesh).written)


def test_rule_07_that_and_how_a_column_is_masked_is_seen() -> None:
    told = explain(Request("SELECT mail FROM sales.orders", ANYBODY, "postgres"), MASKED.made())
    (note,) = told.relations
    assert "partial" in repr(note.masks)
