"""Proves that batches hold every row once within their bounds, and that padding leaves the tokens as they were."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnsent.data.batches import buckets, pad, random_window


@settings(deadline=None, derandomize=True)
@given(st.lists(st.integers(1, 40)), st.integers(1, 8), st.integers(1, 100), st.booleans())
def test_batches_hold_every_row_once_within_their_bounds(
    lengths: list[int], rows: int, tokens: int, shuffled: bool
) -> None:
    sizes = np.array(lengths, dtype=np.int64)
    generator = np.random.default_rng(0) if shuffled else None
    batches = buckets(sizes, max_rows=rows, max_tokens=tokens, generator=generator)
    assert sorted(int(row) for batch in batches for row in batch) == list(range(len(lengths)))
    for batch in batches:
        assert 0 < len(batch) <= rows
        assert len(batch) == 1 or len(batch) * sizes[batch].max() <= tokens


def test_without_a_generator_rows_stand_by_length() -> None:
    batches = buckets(np.array([3, 1, 2]), max_rows=2, max_tokens=99)
    assert [batch.tolist() for batch in batches] == [[1, 2], [0]]


@settings(deadline=None, derandomize=True)
@given(st.lists(st.lists(st.integers(1, 99), min_size=1, max_size=9), min_size=1, max_size=9))
def test_padding_stands_on_the_right_and_tokens_stay(rows: list[list[int]]) -> None:
    ids, lengths = pad([np.array(row, dtype=np.int32) for row in rows])
    assert [ids[i, :n].tolist() for i, n in enumerate(lengths)] == rows
    assert all((ids[i, n:] == 0).all() for i, n in enumerate(lengths))


def test_a_random_window_is_a_piece_of_the_row() -> None:
    row, generator = np.arange(10, dtype=np.int32), np.random.default_rng(0)
    starts = set()
    for _ in range(200):
        window = random_window(row, 4, generator)
        assert window.tolist() == list(range(window[0], window[0] + 4))
        starts.add(int(window[0]))
    assert starts == set(range(7))
    assert random_window(row, 0, generator) is row
    assert random_window(row, 10, generator) is row
