"""What can be told of files without reading them."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from connectors.base import ColumnStatistics, TableStatistics

SAMPLE_BYTES = 64 << 10


def parquet_statistics(files: tuple[Path, ...]) -> TableStatistics:
    """Rows exactly, NULLs and ranges where all row groups have them."""
    footers = [pq.read_metadata(file) for file in files]
    rows = sum(footer.num_rows for footer in footers)
    parts: dict[str, list[Any]] = {}
    for footer in footers:
        for group in map(footer.row_group, range(footer.num_row_groups)):
            for chunk in map(group.column, range(group.num_columns)):
                parts.setdefault(chunk.path_in_schema, []).append(chunk.statistics)
    return TableStatistics(rows, {name: _column(chunks, rows) for name, chunks in parts.items()})


def line_statistics(files: tuple[Path, ...]) -> TableStatistics:
    """Rows by the lines at the beginning of each file."""
    return TableStatistics(sum(map(_lines, files)))


def arrow_statistics(files: tuple[Path, ...]) -> TableStatistics:
    """Rows by the files' sizes: the format counts them in every batch only."""
    width = 0
    for file in files:
        with pa.OSFile(str(file), "r") as opened:
            is_file = opened.read(6) == b"ARROW1"
            opened.seek(0)
            reader = pa.ipc.open_file(opened) if is_file else pa.ipc.open_stream(opened)
            width = max(width, 8 * len(reader.schema))
    return TableStatistics(sum(file.stat().st_size for file in files) / max(width, 1))


def _lines(file: Path) -> float:
    size = file.stat().st_size
    with file.open("rb") as opened:
        begin = opened.read(SAMPLE_BYTES)
    return size * begin.count(b"\n") / len(begin) if begin else 0


def _column(chunks: Iterable[Any], rows: int) -> ColumnStatistics:
    found = list(chunks)
    if any(chunk is None for chunk in found):
        return ColumnStatistics()
    nulls = sum(chunk.null_count for chunk in found) if all(c.has_null_count for c in found) else None
    ranges = [chunk for chunk in found if chunk.has_min_max]
    # A row group of NULLs alone has no range, and neither has one of a type without an order.
    ranged = ranges and all(chunk.has_min_max or chunk.num_values == 0 for chunk in found)
    least, most = _span(ranges) if ranged else (None, None)
    return ColumnStatistics(
        null_fraction=nulls / rows if nulls is not None and rows else None, minimum=least, maximum=most
    )


def _span(chunks: list[Any]) -> tuple[object, object]:
    try:
        return min(chunk.min for chunk in chunks), max(chunk.max for chunk in chunks)
    except (ValueError, OverflowError):
        # no text, or one that was cut short inside of a character; a day or a time that Python does not know
        return None, None
