"""Repeated texts and conflicting labels."""

import numpy as np

from rnnsent.data.duplicates import find_duplicates


def test_duplicates() -> None:
    """Case and whitespace do not matter; a conflict counts the labels of its group."""
    texts = ["So good", "so  GOOD ", "bad", "so good", "bad", "fine"]
    found = find_duplicates(texts, np.array([1, 0, 0, 1, 0, 1]))
    assert found.n_repeated == 3
    assert found.conflicts == (("So good", {0: 1, 1: 2}),)


def test_none() -> None:
    found = find_duplicates(["a", "b"], np.array([0, 1]))
    assert (found.n_repeated, found.conflicts) == (0, ())
