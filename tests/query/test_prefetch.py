"""What a source sends waits for its reader, in order, up to a bound; an error, an end and a stop all arrive."""

import threading
import time
from collections.abc import Iterator

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.base import ScanCanceled, SourceError
from gateway.query.prefetch import WORTH_BYTES, Prefetch

BATCH = 250_000
"""Bytes."""


def batch(number: int, size: int = BATCH) -> pa.RecordBatch:
    return pa.record_batch({"a": pa.array([number] * (size // 8), pa.int64())})


def settled(produced: list[int]) -> int:
    """How many there are once no more come."""
    before = -1
    while before != len(produced):
        before = len(produced)
        time.sleep(0.2)
    return before


def produced_into(produced: list[int], count: int, size: int = BATCH) -> Iterator[pa.RecordBatch]:
    for number in range(count):
        produced.append(number)
        yield batch(number, size)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(8, 900_000), max_size=12), st.integers(1, 2_000_000), st.booleans())
def test_all_come_in_order_and_an_error_after_them(sizes: list[int], most: int, breaks: bool) -> None:
    def source() -> Iterator[pa.RecordBatch]:
        for number, size in enumerate(sizes):
            yield batch(number, size)
        if breaks:
            raise SourceError("the source broke off")

    seen: list[int] = []
    try:
        seen.extend(each.num_rows for each in Prefetch(source(), most).batches())
        assert not breaks
    except SourceError:
        assert breaks
    assert seen == [size // 8 for size in sizes]


def test_a_slow_reader_holds_the_source_up() -> None:
    produced: list[int] = []
    ahead = Prefetch(produced_into(produced, 1000), most=4 * BATCH).batches()
    read = 0
    for _ in range(10):
        next(ahead)
        read += 1
        waiting = settled(produced) - read
        assert waiting * BATCH <= 4 * BATCH + BATCH
    assert waiting >= 4, "the source works while nobody reads"
    assert len(list(ahead)) == 1000 - read


def test_a_short_answer_starts_no_thread() -> None:
    produced: list[int] = []
    ahead = Prefetch(produced_into(produced, 100, WORTH_BYTES // 100 - 8)).batches()
    next(ahead)
    assert settled(produced) == 1
    assert len(list(ahead)) == 99


def test_a_stop_reaches_a_reader_that_waits_and_a_full_queue() -> None:
    release = threading.Event()

    def source() -> Iterator[pa.RecordBatch]:
        yield batch(0, WORTH_BYTES)
        release.wait(10)
        yield batch(1)

    ahead = Prefetch(source())
    batches = ahead.batches()
    next(batches)
    threading.Timer(0.2, ahead.stop).start()
    start = time.monotonic()
    with pytest.raises(ScanCanceled):
        next(batches)
    assert time.monotonic() - start < 1
    release.set()


def test_a_reader_that_goes_away_ends_the_thread() -> None:
    before = {thread for thread in threading.enumerate() if thread.name == "prefetch"}
    ahead = Prefetch(produced_into([], 1000), most=BATCH).batches()
    for _ in range(4):
        next(ahead)
    ahead.close()  # type: ignore[attr-defined]
    end = time.monotonic() + 5
    while {thread for thread in threading.enumerate() if thread.name == "prefetch"} - before:
        assert time.monotonic() < end
        time.sleep(0.01)
