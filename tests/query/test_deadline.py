"""One thread waits for the deadlines of all statements, and forgets those that are called off."""

import gc
import threading
import time
import weakref

from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.query.deadline import Calls


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(st.floats(-0.01, 0.1), st.booleans()), max_size=20))
def test_what_is_not_removed_is_called_when_it_is_due(planned: list[tuple[float, bool]]) -> None:
    calls, start = Calls(), time.monotonic()
    called: dict[int, float] = {}
    numbers = [
        calls.add(start + 0.1 + delay, lambda index=index: called.setdefault(index, time.monotonic()))
        for index, (delay, _) in enumerate(planned)
    ]
    for number, (_, removed) in zip(numbers, planned, strict=True):
        if removed:
            calls.remove(number)
    kept = {index for index, (_, removed) in enumerate(planned) if not removed}
    end = time.monotonic() + 5
    while set(called) < kept and time.monotonic() < end:
        time.sleep(0.01)
    assert set(called) == kept
    assert all(called[index] >= start + 0.1 + planned[index][0] for index in kept)


def test_an_earlier_one_is_not_missed_while_a_later_one_is_waited_for() -> None:
    calls, called = Calls(), threading.Event()
    calls.add(time.monotonic() + 3600, lambda: None)
    time.sleep(0.05)
    calls.add(time.monotonic() + 0.05, called.set)
    assert called.wait(5)


def test_a_call_that_takes_its_time_holds_up_no_other() -> None:
    calls, release, called = Calls(), threading.Event(), threading.Event()
    calls.add(time.monotonic(), lambda: release.wait(10) and None)
    calls.add(time.monotonic() + 0.05, called.set)
    assert called.wait(5)
    release.set()


def test_what_ended_is_not_held() -> None:
    calls, held = Calls(), threading.Event()
    seen = weakref.ref(held)
    calls.remove(calls.add(time.monotonic() + 3600, held.set))
    del held
    gc.collect()
    assert seen() is None
