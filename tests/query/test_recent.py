"""What is remembered is bounded, in number and in bytes."""

from hypothesis import given
from hypothesis import strategies as st

from gateway.query.recent import Recent


def test_what_was_asked_for_least_recently_goes_first() -> None:
    kept: Recent[str, int] = Recent(2, 100)
    kept.put("a", 1, 1)
    kept.put("b", 2, 1)
    assert kept.get("a") == 1
    kept.put("c", 3, 1)
    assert [kept.get(key) for key in "abc"] == [1, None, 3]


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 60))))
def test_bounds(puts: list[tuple[int, int]]) -> None:
    kept: Recent[int, int] = Recent(4, 100)
    for key, size in puts:
        kept.put(key, size, size)
        held = [kept.get(each) for each in range(10)]
        assert sum(each for each in held if each is not None) <= 100
        assert len(kept) <= 4
        assert kept.get(key) == size


def test_what_is_too_large_is_not_kept() -> None:
    kept: Recent[str, int] = Recent(4, 100)
    kept.put("a", 1, 101)
    assert kept.get("a") is None
    assert len(kept) == 0
