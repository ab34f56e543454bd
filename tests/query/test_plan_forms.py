"""When a literal of a plan is free, and when it only looks so."""

from dataclasses import replace

import pytest

from connectors.base import Scan, SourceColumn
from gateway.query.plan import Fragment, KeyTransfer, Plan, Stage
from gateway.query.plan_forms import Form, form_of
from gateway.sql.shape import Slot

COLUMN = SourceColumn("a", "BIGINT", "bigint")


def slot(literal: str) -> Slot:
    return Slot(literal.strip("'").replace("''", "'"), is_text=literal.startswith("'"))


def formed(engine: str, source: str, *literals: str, rows: float = 1.0) -> Form:
    scan = Scan((COLUMN,), query=source.format(*literals))
    transfer = KeyTransfer("t1", "other", ("a",), 'a IN (SELECT "k1" FROM t1)', f"about {rows:,.0f} rows")
    fragment = Fragment("s._src", ("s.t",), scan, (), "", (transfer,), rows)
    stage = Stage(("s.t",), engine.format(*literals), {"f1": fragment}, (("a", "BIGINT"),))
    plan = Plan("SELECT a FROM stage", ("a",), {"stage": stage}, ())
    return form_of(plan, tuple(map(slot, literals)))


ENGINE, SOURCE = 'SELECT "k1" FROM f1 WHERE x < {0}', "SELECT a FROM t1 WHERE a = {0} AND b = {1} OR c = 1"


def test_literals_in_the_same_places_are_free() -> None:
    wider = formed(ENGINE, SOURCE, "1", "'x'").widened(formed(ENGINE, SOURCE, "2", "'it''s'", rows=7.0))
    assert wider is not None
    assert wider.free == {0, 1}
    third = (slot("3"), slot("'y'"))
    assert wider.serves(third)
    assert form_of(wider.filled(third), third) == formed(ENGINE, SOURCE, "3", "'y'")


def test_one_after_the_other() -> None:
    first, second, third = (
        formed(ENGINE, SOURCE, *each) for each in (("1", "'x'"), ("2", "'x'"), ("2", "'y'"))
    )
    wider = first.widened(second)
    assert wider is not None
    assert wider.free == {0}
    assert not wider.serves(third.values)
    widest = wider.widened(third)
    assert widest is not None
    assert widest.free == {0, 1}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("WHERE a = 1", "WHERE a = 1"),  # what became of 5 and 6?
        ("WHERE a = 5", "WHERE a = 6 AND b"),
        ("WHERE a = 5 + 1", "WHERE a = 6 + 2"),
        ("WHERE a = 6", "WHERE a = 7"),
        ("WHERE a LIKE '5%'", "WHERE a LIKE '6%'"),
        ("WHERE a LIKE '%5%'", "WHERE a LIKE '%6%'"),
        ('WHERE "k5" = 1', 'WHERE "k6" = 1'),
        ("WHERE a = 5", "WHERE a = 06"),
        ("WHERE a = 5e1", "WHERE a = 6e1"),
        ("WHERE a = 5", "WHERE b = 6"),
        ("WHERE a = '5'", "WHERE a = '6'"),
        ("WHERE a = 'x''5'", "WHERE a = 'x''6'"),
    ],
)
def test_what_went_into_a_plan_in_another_way(one: str, other: str) -> None:
    assert (
        formed("", f"SELECT a FROM t {one}", "5").widened(formed("", f"SELECT a FROM t {other}", "6")) is None
    )


def test_the_pattern_of_a_beginning_is_free_for_texts_as_long() -> None:
    source = "SELECT a FROM t WHERE a LIKE {0}"
    one, other = formed("", source, "'13%'"), formed("", source, "'31%'")
    wider = replace(one, values=(slot("'13'"),)).widened(replace(other, values=(slot("'31'"),)))
    assert wider is not None
    assert wider.serves((slot("'42'"),))
    assert not wider.serves((slot("'4'"),))
    (fragment,) = wider.filled((slot("'42'"),)).fragments()
    assert fragment.scan.query == "SELECT a FROM t WHERE a LIKE '42%'"


def test_which_of_two_literals_a_pattern_comes_from_must_be_clear() -> None:
    source = "SELECT a FROM t WHERE a LIKE {0} AND b = {0}"
    one, other = formed("", source, "'13%'"), formed("", source, "'31%'")
    values = (slot("'13'"), slot("'13%'")), (slot("'31'"), slot("'31%'"))
    assert replace(one, values=values[0]).widened(replace(other, values=values[1])) is None


def test_a_literal_that_stays_is_not_free() -> None:
    wider = formed(ENGINE, SOURCE, "5", "'x'").widened(formed(ENGINE, SOURCE, "6", "'x'"))
    assert wider is not None
    assert not wider.serves((slot("6"), slot("'y'")))
