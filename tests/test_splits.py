"""Splits are recognized by the words in a path and by their aliases."""

from pathlib import Path

import pytest

from rnnsent.data.splits import match_split, split_from_path


@pytest.mark.parametrize(
    ("path", "split"),
    [
        ("train.csv", "train"),
        ("dev-0.csv", "validation"),
        ("my_VALID.csv", "validation"),
        ("test/a.csv", "test"),
        ("latest.csv", None),
        ("reviews.csv", None),
    ],
)
def test_split_from_path(path: str, split: str | None) -> None:
    """A whole word of the path names the split."""
    assert split_from_path(Path(path)) == split


def test_match_split() -> None:
    """A split is found by its own name first, then by an alias."""
    assert match_split(["dev", "validation"], "validation") == "validation"
    assert match_split(["Train", "dev"], "validation") == "dev"
    assert match_split(["unsupervised"], "unsupervised") == "unsupervised"
    assert match_split(["train"], "test") is None
    assert match_split(["train", "validation"], "dev") == "validation"
    assert match_split(["train", "Extra"], "extra") == "Extra"
