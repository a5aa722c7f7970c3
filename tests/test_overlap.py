"""Near duplicates are found despite case, punctuation, and small edits; other texts are not near duplicates."""

import numpy as np
import pytest

from rnnsent.data.overlap import find_near_duplicates, without_near_duplicates_of

TEXT = "A quiet film about two brothers who run a small hotel by the sea and say very little to each other all winter."


@pytest.mark.parametrize(
    "other",
    [
        TEXT,
        TEXT.upper().replace(" ", "  "),
        TEXT.replace(".", "!<br /><br />"),
        TEXT.replace("winter", "summer"),
        "Well: " + TEXT,
    ],
)
def test_similar(other: str) -> None:
    """A text with small differences is a near duplicate."""
    assert find_near_duplicates(["something else entirely, which is different", other], [TEXT]).tolist() == [1]


@pytest.mark.parametrize(
    "other",
    [
        "A quiet film.",
        "",
        "two brothers who run a small hotel",
        " ".join(reversed(TEXT.split())),
        f"{TEXT} {' '.join(map(str, range(40)))}",
    ],
)
def test_not_similar(other: str) -> None:
    """A text that shares only its words, or only a part, is not a near duplicate."""
    assert find_near_duplicates([other], [TEXT]).tolist() == []


def test_short() -> None:
    """Texts shorter than a shingle must have the same words."""
    assert find_near_duplicates(["Great!", "great", "so great", "bad"], ["GREAT."]).tolist() == [0, 1]


def test_common_shingles() -> None:
    """Texts with the same words are duplicates even if all of their shingles are too common to count."""
    common = [f"Do not waste your money on number {number}." for number in range(300)]
    assert find_near_duplicates(["do not waste your money!"], [*common, "Do not waste your money."]).tolist() == [0]


def test_empty() -> None:
    """Without texts there are no near duplicates."""
    assert find_near_duplicates([], ["a"]).tolist() == find_near_duplicates(["a"], []).tolist() == []


def test_complement() -> None:
    """Every text either is a near duplicate or is not."""
    texts = [f"text number {number} of a list of many texts" for number in range(50)]
    near = find_near_duplicates(texts, texts[10:12])
    assert sorted([*near.tolist(), *without_near_duplicates_of(texts, texts[10:12]).tolist()]) == list(range(50))
    assert np.isin([10, 11], near).all()
