"""Which literals of a text are slots, and what the key keeps of them."""

import pytest
from sqlglot import exp

from gateway.settings import Limits
from gateway.sql.coercion import NAMES
from gateway.sql.shape import TYPES, Shape, shape

LIMITS = Limits()


def shaped(text: str) -> Shape:
    found = shape(text, LIMITS)
    assert found is not None
    return found


def slots(condition: str) -> list[str]:
    return [slot.value for slot in shaped(f"SELECT a FROM s.t WHERE {condition}").slots]


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("a = 1", ["1"]),
        ("a = -1 AND 'x' <> b OR NOT c < 2.5", ["1", "x", "2.5"]),
        ("a IN (1, -2, 3) AND (b NOT IN ('x', 'it''s'))", ["1", "2", "3", "x", "it's"]),
        ("a BETWEEN 1 AND -2 AND b NOT BETWEEN 'x' AND 'y'", ["1", "2", "x", "y"]),
        ("((a = 1) AND (a + b) * c >= 2)", ["1", "2"]),
        ("a + 1 = b * 2 AND a = 3 + b AND -1 * a = b AND a = b - 4", []),
        (
            "a LIKE 'x%' AND a = DATE '2026-01-01' AND a = 1::int AND a = CAST(2 AS int) AND a > b + INTERVAL '1' DAY",
            [],
        ),
        ("f(a = 1) = 2 AND coalesce(b, 3) = 4 AND a IN (b, 5 + 6)", ["2", "4"]),
        ("CASE WHEN a = 1 THEN 2 ELSE 3 END = 4", ["4"]),
        ("a = 'x' 'y' AND a = E'x' AND a = 'back\\slash' AND a = 'two\nlines' AND a = 1e3", []),
        ("a = 1_000", ["1000"]),
        ("(a, b) IN ((1, 2), (3, 4)) AND 5 AND a IS DISTINCT FROM 6", []),
        (
            "EXISTS (SELECT 1 FROM s.u WHERE u.a = 2 LIMIT 3) AND a = (SELECT max(b) FROM s.u WHERE c = 4)",
            ["2", "4"],
        ),
        ("a BETWEEN 1 + 1 AND 2 AND b = 3 LIMIT 4 OFFSET 5", ["2", "3"]),
    ],
)
def test_slots_are_whole_operands(condition: str, expected: list[str]) -> None:
    assert slots(condition) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "SELECT a = 1, sum(b) FILTER (WHERE c = 2) FROM s.t GROUP BY 1 HAVING count(*) > 3 ORDER BY a = 4 LIMIT 5",
            ["3"],
        ),
        (
            "SELECT DISTINCT ON (a = 1) a FROM s.t JOIN s.u ON t.a = 2 JOIN s.v USING (b) WHERE a = 3",
            ["2", "3"],
        ),
        (
            "SELECT a FROM s.t WHERE a = 1 UNION SELECT 2 = 3 FROM (SELECT b FROM s.u WHERE b = 4) AS x(y)",
            ["1", "4"],
        ),
        ("SELECT a FROM s.t QUALIFY row_number() OVER (ORDER BY a = 1) = 2", []),
        (
            "WITH RECURSIVE c AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM c WHERE n < 5) SELECT n FROM c WHERE n = 6",
            [],
        ),
        ("PIVOT s.t ON year IN (2020, 2021) USING sum(a)", []),
        ("SELECT a FROM (PIVOT s.t ON year IN (2020) USING sum(a)) WHERE a = 1", []),
        ("VALUES (1), ('x')", []),
        ("", []),
    ],
)
def test_slots_stand_in_conditions_only(text: str, expected: list[str]) -> None:
    assert [slot.value for slot in shaped(text).slots] == expected


def share(*values: str) -> bool:
    return len({shaped(f"SELECT a FROM s.t WHERE a = {value} AND b = 7").key for value in values}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1", "'1'"),
        ("1", "12"),
        ("1.5", "15"),
        ("1.5", "1.55"),
        ("32767", "32768"),
        ("9223372036854775807", "9223372036854775808"),
        ("'2026-02-28'", "'2026-02-30'"),
        ("'2026-02-28'", "'2026-02-28 10:00:00'"),
        ("'2026-02-28 10:00:00'", "'2026-02-28 10:00:00Z'"),
        ("'3f2504e0-4f89-11d3-9a0c-0305e82c3301'", "'3f2504e0-4f89-11d3-9a0c-0305e82c330g'"),
        ("'x'", "''"),
        ("'x'", "'x%'"),
        ("'x'", "'x_'"),
        ("1", "-1"),
        ("1", "1 "),
        ("1", "1 /* one */"),
        ("1", "7"),
    ],
)
def test_what_steps_may_decide_by_is_in_the_key(one: str, other: str) -> None:
    """The last pair: one equals another literal of the text, so that two conditions may be one."""
    assert not share(one, other)


def test_values_of_one_class_share_a_key() -> None:
    assert share("1", "2", "5")
    assert share("'EU'", "'United Kingdom'", "'it''s'", "'Köln'")
    assert share("'2026-02-28'", "'1999-12-31'")
    assert share("10.25", "99.99")


def test_every_type_that_constants_are_given_is_in_the_class() -> None:
    assert set(TYPES) | {exp.DType.TIMESTAMPNTZ} == set(NAMES)


@pytest.mark.parametrize(
    "text", ["SELECT '", "SELECT a FROM s.t WHERE a = '\0'", "x" * (LIMITS.text_bytes + 1)]
)
def test_what_cannot_be_read_has_no_shape(text: str) -> None:
    assert shape(text, LIMITS) is None


@pytest.mark.parametrize(
    ("text", "slots", "asks"),
    [
        ("SELECT a FROM s.t WHERE a = $1 AND b IN ($2, 5) AND c BETWEEN $3 AND $1", {1, 2, 3}, True),
        ("SELECT $1 FROM s.t WHERE a = $1 AND b > $2 LIMIT $3", {2}, True),
        ("SELECT a FROM s.t WHERE a = $1 + 1 AND b = -$2 AND c LIKE $3 AND f($4) = 1", set(), True),
        ("SELECT ? FROM s.t WHERE a = ? AND b > ?", {2, 3}, True),
        ("SELECT a FROM s.t WHERE a = $x", set(), True),
        ("SELECT a FROM s.t WHERE a = '$1'", set(), False),
    ],
)
def test_parameters_that_are_whole_operands_only(text: str, slots: set[int], asks: bool) -> None:
    found = shaped(text)
    assert found.parameters == slots
    assert found.asks == asks


def test_the_number_of_a_parameter_is_no_literal() -> None:
    found = shaped("SELECT a FROM s.t WHERE a = $1 AND b = 1 AND c = 'x' LIMIT 1")
    assert [(slot.sql) for slot in found.literals] == ["1", "'x'"]
