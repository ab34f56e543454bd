"""The fake source that other tests rely on."""

import threading

import pyarrow as pa
import pytest

from connectors.base import ColumnStatistics, KeepsStatistics, ScanCanceled, SourceError
from connectors.memory import MemoryConnector
from tests.connectors.sources import opened, read

TABLE = pa.table({"a": pa.array(range(10)), "b": pa.array(["x"] * 10)})


def test_it_remembers_what_was_asked() -> None:
    source = MemoryConnector({"t": TABLE, "s.u": TABLE})
    assert set(source.tables()) == {("t",), ("s", "u")}
    read(opened(source, "t", "b"))
    assert [scan.table for scan in source.scans] == [("t",)]
    assert source.references == ["test"]
    assert [column.name for column in source.scans[0].columns] == ["b"]
    assert source.rows == 10
    source.close()
    assert source.closed


def test_it_breaks_off_after_the_rows_asked_for() -> None:
    source = MemoryConnector({"t": TABLE}, breaks_after=3)
    reader = opened(source, "t").reader()
    assert reader.read_next_batch().num_rows == 3
    with pytest.raises(SourceError):
        reader.read_next_batch()


def test_it_waits_until_it_is_let_go_or_cancelled() -> None:
    gate = threading.Event()
    source = MemoryConnector({"t": TABLE}, held=gate)
    stream = opened(source, "t")
    threading.Timer(0.1, stream.cancel).start()
    with pytest.raises(ScanCanceled):
        stream.reader().read_all()
    gate.set()
    assert read(opened(source, "t")).num_rows == 10


def test_statistics_are_exact() -> None:
    table = pa.table({"id": [1, 2, 3, 4], "word": ["b", "a", None, "b"], "raw": pa.array([[1]] * 4)})
    source = MemoryConnector({"s.t": table})
    assert isinstance(source, KeepsStatistics)
    found = source.statistics([("s", "t"), ("nope",)])
    assert set(found) == {("s", "t")}
    told = found[("s", "t")]
    assert (told.rows, told.unique) == (4, (("id",),))
    assert told.columns["id"] == ColumnStatistics(4, 0, 8, 1, 4)
    word = told.columns["word"]
    assert (word.distinct, word.null_fraction, word.minimum, word.maximum) == (2, 0.25, "a", "b")
    assert told.columns["raw"].minimum is None
