"""Rows that the gateway makes up itself: the answers of SHOW and the like."""

from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa

from gateway.frontends.pgwire.types import BY_NAME, ColumnType

TEXT = ColumnType(BY_NAME["text"])
TRUTH = ColumnType(BY_NAME["bool"])


@dataclass(frozen=True, slots=True)
class LocalAnswer:
    names: tuple[str, ...]
    columns: tuple[ColumnType, ...]
    batch: pa.RecordBatch


def text_answer(names: Sequence[str], rows: Sequence[tuple[str | None, ...]]) -> LocalAnswer:
    """An answer whose columns are all text."""
    arrays = [pa.array([row[place] for row in rows], pa.string()) for place in range(len(names))]
    batch = pa.RecordBatch.from_arrays(arrays, names=[str(place) for place in range(len(names))])
    return LocalAnswer(tuple(names), (TEXT,) * len(names), batch)


def truth_answer(name: str, *, truth: bool) -> LocalAnswer:
    """An answer of one truth value."""
    batch = pa.RecordBatch.from_arrays([pa.array([truth])], names=["0"])
    return LocalAnswer((name,), (TRUTH,), batch)
