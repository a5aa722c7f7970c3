"""Batches contain every row once within their limits, and padding does not change the tokens."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnsent.data.batches import make_batches, pad, random_crop


@settings(deadline=None, derandomize=True)
@given(st.lists(st.integers(1, 40)), st.integers(1, 8), st.integers(1, 100), st.booleans())
def test_limits(lengths: list[int], max_rows: int, max_tokens: int, is_shuffled: bool) -> None:
    """Every row is in one batch, and only a batch of one row may exceed the number of tokens."""
    sizes = np.array(lengths, dtype=np.int64)
    generator = np.random.default_rng(0) if is_shuffled else None
    batches = make_batches(sizes, max_rows=max_rows, max_tokens=max_tokens, generator=generator)
    assert sorted(int(row) for batch in batches for row in batch) == list(range(len(lengths)))
    for batch in batches:
        assert 0 < len(batch) <= max_rows
        assert len(batch) == 1 or len(batch) * sizes[batch].max() <= max_tokens


def test_sorted() -> None:
    """Without a generator, rows are sorted by length."""
    batches = make_batches(np.array([3, 1, 2]), max_rows=2, max_tokens=99)
    assert [batch.tolist() for batch in batches] == [[1, 2], [0]]


@settings(deadline=None, derandomize=True)
@given(st.lists(st.lists(st.integers(1, 99), min_size=1, max_size=9), min_size=1, max_size=9))
def test_pad(rows: list[list[int]]) -> None:
    """Padding is on the right."""
    ids, lengths = pad([np.array(row, dtype=np.int32) for row in rows])
    assert [ids[i, :length].tolist() for i, length in enumerate(lengths)] == rows
    assert all((ids[i, length:] == 0).all() for i, length in enumerate(lengths))


def test_random_crop() -> None:
    """A crop is a run of consecutive tokens from any start; a row that is short enough is returned whole."""
    row, generator = np.arange(10, dtype=np.int32), np.random.default_rng(0)
    starts = set()
    for _ in range(200):
        crop = random_crop(row, 4, generator)
        assert crop.tolist() == list(range(crop[0], crop[0] + 4))
        starts.add(int(crop[0]))
    assert starts == set(range(7))
    assert random_crop(row, 0, generator) is row
    assert random_crop(row, 10, generator) is row
