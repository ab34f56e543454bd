"""The audit journal: durable lines, refusal instead of silence, and reading what several processes wrote."""

import json
import os
import resource
import signal
import stat
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import islice
from pathlib import Path
from types import MappingProxyType

import pytest

from gateway.audit import AuditRecord, JsonLinesSink, SourceAccess, follow, latest, records
from gateway.errors import AuditUnavailable, ConfigurationError

RECORD = AuditRecord(
    id="q1",
    time=1_790_000_000.25,
    principal="ana",
    groups=("shipping-team",),
    endpoint="postgres",
    client="127.0.0.1:4000",
    purpose="delay-analysis",
    statement="select \"ö\", 'line\nbreak\u2028' from sales.orders",
    relations=("sales.orders",),
    columns=("sales.orders.id",),
    revealed=("sales.orders.id",),
    rules=("sales-1",),
    sources=(SourceAccess("sales.crm", "SELECT id FROM orders", 10, 80),),
    rows=10,
    bytes=80,
    seconds=MappingProxyType({"parse": 0.001}),
    outcome="done",
)


def numbered(number: int, **changes: object) -> AuditRecord:
    return replace(RECORD, id=f"q{number}", **changes)  # type: ignore[arg-type]


def only_segment(directory: Path) -> Path:
    (segment,) = directory.glob("*.jsonl")
    return segment


def test_a_record_comes_back_as_it_was(tmp_path: Path) -> None:
    sink = JsonLinesSink(tmp_path / "new" / "audit")
    sink.write(RECORD)
    assert list(records(tmp_path / "new" / "audit")) == [RECORD]
    sink.close()


def test_each_record_is_one_json_line(tmp_path: Path) -> None:
    sink = JsonLinesSink(tmp_path)
    sink.write(RECORD)
    sink.write(numbered(2, outcome="refused", sqlstate="42501", message="no"))
    sink.close()
    lines = only_segment(tmp_path).read_bytes().split(b"\n")
    assert lines[-1] == b""
    assert [json.loads(line)["outcome"] for line in lines[:-1]] == ["done", "refused"]
    first = json.loads(lines[0])
    assert first["statement"] == RECORD.statement
    assert first["time"] == "2026-09-21T14:13:20.250000+00:00"


def test_only_the_owner_may_read_the_journal(tmp_path: Path) -> None:
    sink = JsonLinesSink(tmp_path / "audit")
    assert stat.S_IMODE(only_segment(tmp_path / "audit").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "audit").stat().st_mode) == 0o700
    sink.close()


def test_threads_lose_nothing_and_tear_nothing(tmp_path: Path) -> None:
    sink = JsonLinesSink(tmp_path)
    threads = [
        threading.Thread(target=lambda base=base: [sink.write(numbered(base + n)) for n in range(25)])
        for base in range(0, 200, 25)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sink.close()
    assert sorted(record.id for record in records(tmp_path)) == sorted(f"q{n}" for n in range(200))


@contextmanager
def disk_full_at(size: int) -> Iterator[None]:
    """No file of this process may grow past `size` bytes: a write at the edge is cut, the next one fails."""
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)


def test_a_full_disk_refuses_and_leaves_no_half_line(tmp_path: Path) -> None:
    sink = JsonLinesSink(tmp_path)
    sink.write(numbered(1))
    whole = only_segment(tmp_path).stat().st_size
    with disk_full_at(whole + 20), pytest.raises(AuditUnavailable, match="was not run"):
        sink.write(numbered(2))
    assert only_segment(tmp_path).stat().st_size == whole
    sink.write(numbered(3))
    sink.close()
    assert [record.id for record in records(tmp_path)] == ["q1", "q3"]


def test_the_refusal_of_one_thread_reaches_all_that_share_its_flush(tmp_path: Path) -> None:
    sink = JsonLinesSink(tmp_path)
    sink.write(numbered(0))
    size, outcomes = only_segment(tmp_path).stat().st_size, list[str]()

    def attempt(number: int) -> None:
        try:
            sink.write(numbered(number))
        except AuditUnavailable:
            outcomes.append("refused")
        else:
            outcomes.append("written")

    with disk_full_at(size + 10):
        threads = [threading.Thread(target=attempt, args=(n,)) for n in range(1, 9)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    sink.close()
    assert outcomes == ["refused"] * 8
    assert [record.id for record in records(tmp_path)] == ["q0"]


class Disk:
    """Counts the flushes, as if the disk failed from time to time."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.flushes = 0
        self.fails = False
        self._real = os.fdatasync
        monkeypatch.setattr(os, "fdatasync", self._flush)

    def _flush(self, descriptor: int) -> None:
        if self.fails:
            raise OSError(5, "Input/output error")
        self._real(descriptor)
        self.flushes += 1

    def wait(self, flushes: int) -> None:
        end = time.monotonic() + 5
        while self.flushes < flushes:
            assert time.monotonic() < end
            time.sleep(0.01)


def test_a_beginning_waits_for_the_disk_and_its_end_follows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sink, disk = JsonLinesSink(tmp_path), Disk(monkeypatch)
    sink.write(numbered(1, outcome="started"))
    assert disk.flushes == 1
    sink.write(numbered(1))
    assert [record.outcome for record in records(tmp_path)] == ["started", "done"], "to be read at once"
    disk.wait(2)
    sink.write(numbered(1))
    assert disk.flushes == 3, "the access had ended: what this is nobody knows"
    sink.write(numbered(2, outcome="started"))
    sink.write(numbered(2))
    sink.close()
    assert disk.flushes == 5
    assert len(list(records(tmp_path))) == 5


@pytest.mark.parametrize("outcome", ["refused", "failed", "cancelled", "done"])
def test_a_record_without_a_beginning_waits_for_the_disk(
    outcome: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sink, disk = JsonLinesSink(tmp_path), Disk(monkeypatch)
    sink.write(numbered(1, outcome="started"))
    sink.write(numbered(2, outcome=outcome))
    assert disk.flushes == 2
    sink.close()


def test_a_beginning_that_is_not_on_disk_has_no_end_that_follows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sink, disk = JsonLinesSink(tmp_path), Disk(monkeypatch)
    disk.fails = True
    with pytest.raises(AuditUnavailable):
        sink.write(numbered(1, outcome="started"))
    with pytest.raises(AuditUnavailable):
        sink.write(numbered(1, outcome="failed"))
    disk.fails = False
    sink.write(numbered(1, outcome="failed"))
    assert disk.flushes == 1
    sink.close()


def test_a_disk_that_fails_later_is_no_reason_to_lose_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    sink, disk = JsonLinesSink(tmp_path), Disk(monkeypatch)
    sink.write(numbered(1, outcome="started"))
    disk.fails = True
    sink.write(numbered(1))
    end = time.monotonic() + 5
    while "may not be on disk" not in caplog.text:
        assert time.monotonic() < end
        time.sleep(0.01)
    disk.fails = False
    sink.write(numbered(2, outcome="started"))
    sink.close()
    assert {record.id for record in records(tmp_path)} == {"q1", "q2"}
    assert len(list(tmp_path.glob("*.jsonl"))) == 2


def test_a_removed_folder_refuses_until_it_is_back(tmp_path: Path) -> None:
    directory = tmp_path / "audit"
    sink = JsonLinesSink(directory)
    sink.write(numbered(1))
    directory.rename(tmp_path / "moved")
    with pytest.raises(AuditUnavailable):
        sink.write(numbered(2))
    directory.mkdir()
    sink.write(numbered(3))
    sink.close()
    assert [record.id for record in records(directory)] == ["q3"]


def test_a_removed_segment_does_not_swallow_records(tmp_path: Path) -> None:
    sink = JsonLinesSink(tmp_path)
    only_segment(tmp_path).unlink()
    sink.write(numbered(1))
    sink.close()
    assert [record.id for record in records(tmp_path)] == ["q1"]


def test_a_closed_sink_refuses(tmp_path: Path) -> None:
    sink = JsonLinesSink(tmp_path)
    sink.close()
    sink.close()
    with pytest.raises(AuditUnavailable):
        sink.write(RECORD)


def test_a_folder_that_cannot_be_written_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(ConfigurationError, match=r"mesh\.toml: audit\.directory: .*cannot be written to"):
        JsonLinesSink(tmp_path / "file" / "audit")


def test_a_torn_last_line_is_left_out_and_damage_is_not(tmp_path: Path) -> None:
    sink = JsonLinesSink(tmp_path)
    sink.write(numbered(1))
    sink.write(numbered(2))
    sink.close()
    segment = only_segment(tmp_path)
    os.truncate(segment, segment.stat().st_size - 5)
    assert [record.id for record in records(tmp_path)] == ["q1"]
    segment.write_bytes(b"{}\n" + segment.read_bytes())
    with pytest.raises(AuditUnavailable, match="line 1: not an audit record"):
        list(records(tmp_path))


def test_segments_of_several_processes_are_merged_in_order_of_writing(tmp_path: Path) -> None:
    one, two = JsonLinesSink(tmp_path), JsonLinesSink(tmp_path)
    for number in range(6):
        (one if number % 2 else two).write(numbered(number))
    one.close()
    two.close()
    assert [record.id for record in records(tmp_path)] == [f"q{n}" for n in range(6)]


def test_nothing_written_is_an_empty_journal(tmp_path: Path) -> None:
    assert list(records(tmp_path / "absent")) == []


def test_latest_shows_each_access_once_in_its_last_state() -> None:
    events = [
        numbered(1, outcome="started"),
        numbered(2, outcome="started"),
        numbered(1, outcome="done"),
        numbered(3, outcome="refused"),
    ]
    assert [(r.id, r.outcome) for r in latest(events, 10)] == [
        ("q2", "started"),
        ("q1", "done"),
        ("q3", "refused"),
    ]
    assert [r.id for r in latest(events, 2)] == ["q1", "q3"]
    assert latest(events, 0) == ()


def test_follow_shows_what_comes_after_also_from_new_processes(tmp_path: Path) -> None:
    old = JsonLinesSink(tmp_path)
    old.write(numbered(1))
    arriving = follow(tmp_path, pause=0.01)
    seen = list[str]()
    reader = threading.Thread(target=lambda: seen.extend(record.id for record in islice(arriving, 3)))
    reader.start()
    new = None
    for number in range(2, 500):
        if new is None:
            new = JsonLinesSink(tmp_path)
        (old if number % 2 else new).write(numbered(number))
        reader.join(0.02)
        if not reader.is_alive():
            break
    reader.join(5)
    old.close()
    if new is not None:
        new.close()
    assert len(seen) == 3
    assert "q1" not in seen
