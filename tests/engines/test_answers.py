"""What an answer's batches look like says nothing about the batches that they were made of."""

from itertools import accumulate, pairwise

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from gateway.engines.answers import BATCH_ROWS, even


@given(st.lists(st.integers(0, 3 * BATCH_ROWS), max_size=8))
def test_batches_end_where_the_number_of_rows_says(counts: list[int]) -> None:
    rows = pa.record_batch({"n": pa.array(range(sum(counts)))})
    given_batches = [
        rows.slice(start, stop - start) for start, stop in pairwise(accumulate(counts, initial=0))
    ]
    made = list(even(given_batches))
    assert pa.Table.from_batches(made, rows.schema) == pa.Table.from_batches([rows])
    assert all(batch.num_rows == BATCH_ROWS for batch in made[:-1])
    assert all(batch.num_rows for batch in made)
