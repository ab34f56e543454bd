"""The rest of a running query is kept in order wherever it is kept."""

from threading import Event

import pyarrow as pa
import pytest

from connectors.spool import MEMORY_BYTES, Spool


class Source:
    """Batches of the numbers 0, 1, ... each beside some text; fails after `count` of them, or ends."""

    schema = pa.schema({"n": pa.int64(), "text": pa.string()})

    def __init__(self, count: int, *, fails: bool = False, stop: tuple[int, Event] | None = None) -> None:
        self._next = 0
        self._count = count
        self._fails = fails
        self._stop = stop
        self.closed = False

    def __next__(self) -> pa.RecordBatch:
        if self._stop is not None and self._next == self._stop[0]:
            self._stop[1].set()
        if self._next == self._count:
            if self._fails:
                raise OSError("broke off")
            raise StopIteration
        self._next += 1
        return pa.record_batch({"n": [self._next - 1], "text": ["x" * 1000]}, schema=self.schema)

    def close(self) -> None:
        self.closed = True


def numbers(spool: Spool, count: int) -> list[object]:
    return [next(spool).column(0)[0].as_py() for _ in range(count)]


@pytest.mark.parametrize("read", [0, 3])
@pytest.mark.parametrize("count", [5, 2 * MEMORY_BYTES // 1000])
def test_what_is_put_aside_comes_in_order(read: int, count: int) -> None:
    source, ends = Source(count), list[bool]()
    spool = Spool(source, ends.append)
    assert numbers(spool, read) == list(range(read))
    assert spool.put_aside(Event())
    assert (source.closed, ends) == (True, [True])
    assert not spool.put_aside(Event())
    assert numbers(spool, count - read) == list(range(read, count))
    for _ in range(2):
        with pytest.raises(StopIteration):
            next(spool)
    spool.close()
    assert ends == [True]


def test_putting_aside_can_be_given_up_and_taken_up_again() -> None:
    canceled = Event()
    spool = Spool(Source(10, stop=(4, canceled)), lambda _: None)
    assert numbers(spool, 1) == [0]
    assert not spool.put_aside(canceled)
    assert numbers(spool, 1) == [1]
    assert spool.put_aside(Event())
    assert numbers(spool, 8) == list(range(2, 10))
    spool.close()


def test_an_error_comes_after_what_came_before_it() -> None:
    ends = list[bool]()
    spool = Spool(Source(3, fails=True), ends.append)
    assert spool.put_aside(Event())
    assert ends == [False]
    assert numbers(spool, 3) == [0, 1, 2]
    for _ in range(2):
        with pytest.raises(OSError, match="broke off"):
            next(spool)
    spool.close()


def test_closing_early_frees_the_source() -> None:
    source, ends = Source(10), list[bool]()
    spool = Spool(source, ends.append)
    next(spool)
    spool.close()
    spool.close()
    assert (source.closed, ends) == (True, [False])
