"""Near duplicates are found through case, punctuation and small changes, and nothing else is taken for one."""

import numpy as np
import pytest

from rnnsent.data.overlap import distinct_from, near_duplicates

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
def test_a_text_that_differs_little_is_a_near_duplicate(other: str) -> None:
    assert near_duplicates(["something else entirely, which is not near", other], [TEXT]).tolist() == [1]


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
def test_a_text_that_shares_words_or_a_part_is_not(other: str) -> None:
    assert near_duplicates([other], [TEXT]).tolist() == []


def test_short_texts_must_have_the_same_words() -> None:
    assert near_duplicates(["Great!", "great", "so great", "bad"], ["GREAT."]).tolist() == [0, 1]


def test_the_same_words_are_a_duplicate_even_where_every_run_of_them_is_common() -> None:
    common = [f"Do not waste your money on number {number}." for number in range(300)]
    assert near_duplicates(["do not waste your money!"], [*common, "Do not waste your money."]).tolist() == [0]


def test_nothing_is_near_to_nothing() -> None:
    assert near_duplicates([], ["a"]).tolist() == near_duplicates(["a"], []).tolist() == []


def test_the_others_are_those_that_are_not_near() -> None:
    texts = [f"text number {number} of a list that goes on" for number in range(50)]
    near = near_duplicates(texts, texts[10:12])
    assert sorted([*near.tolist(), *distinct_from(texts, texts[10:12]).tolist()]) == list(range(50))
    assert np.isin([10, 11], near).all()
