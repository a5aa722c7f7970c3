"""Unlabeled texts for a teacher: where they are read from, how they are segmented, and how texts are synthesized."""

from pathlib import Path

import numpy as np
import pytest

from rnnsent.data.file_source import FileSource
from rnnsent.data.hub import HubSource
from rnnsent.data.unlabeled import (
    CONJUNCTIONS,
    NEGATIONS,
    find_unlabeled_splits,
    read_unlabeled,
    segment,
    split_sentences,
    synthesize_texts,
)
from rnnsent.errors import DataError


@pytest.fixture
def source(tmp_path: Path) -> FileSource:
    folder = tmp_path / "set"
    folder.mkdir()
    (folder / "train.csv").write_text("text,label\na,x\nb,y\n")
    (folder / "test.csv").write_text("text\nwithout a label\n")
    return FileSource("set", folder)


def test_split(source: FileSource) -> None:
    """A split of the sources is read without labels."""
    assert read_unlabeled("test", [source]) == ["without a label"]


@pytest.mark.parametrize("name", ["unsupervised", "unlabelled", "unlabeled"])
def test_unlabeled_splits(source: FileSource, name: str) -> None:
    """Splits whose name says that they are unlabeled are found, without repeats."""
    hub_source = HubSource("set", "owner/set")
    hub_source.__dict__["_dataset"] = {"train": [], name: []}  # where cached_property stores it
    assert find_unlabeled_splits([source, hub_source, hub_source]) == [name]


def test_text_file(tmp_path: Path) -> None:
    """A .txt file is read line by line, without fastText labels and blank lines."""
    path = tmp_path / "lines.txt"
    path.write_text("one line\n\n__label__x two words\n")
    assert read_unlabeled(str(path), []) == ["one line", "two words"]


def test_data_set(source: FileSource) -> None:
    """The train split of another data set is read."""
    assert read_unlabeled(str(source.path), []) == ["a", "b"]


def test_unknown_name(source: FileSource) -> None:
    """The error for an unknown name lists the splits of the sources."""
    with pytest.raises(DataError, match=r"unknown unlabeled data 'x': use a split of the sources \(train, test\)"):
        read_unlabeled("x", [source])


def test_blank_file(tmp_path: Path) -> None:
    """A file of blank lines contains no text."""
    (tmp_path / "blank.txt").write_text("\n \n")
    with pytest.raises(DataError, match="no text"):
        read_unlabeled(str(tmp_path / "blank.txt"), [])


def test_sentences() -> None:
    """Sentences end at punctuation and line breaks; duplicates and sentences that are too short or long are dropped."""
    text = 'It was good fun. "Was it really?" Yes!<br /><br />It was 3.5 of 5, I think\nIt was good fun.'
    assert split_sentences([text]) == ["It was good fun.", '"Was it really?', "It was 3.5 of 5, I think"]
    assert split_sentences(["word " * 41]) == []


def test_segment() -> None:
    """The inputs of a teacher are whole texts, sentences, or both."""
    text = "One two three. Four five six."
    assert segment([text], "texts") == [text]
    assert segment([text], "sentences") == ["One two three.", "Four five six."]
    assert segment([text], "both") == [text, "One two three.", "Four five six."]


def test_synthesize() -> None:
    """Synthetic texts are fragments, joined fragments, negated texts, or texts with some words replaced."""
    text = " ".join(f"w{number}" for number in range(20))
    synthetic = synthesize_texts([text], ["phone", "waiter"], 300, np.random.default_rng(0))
    assert len(synthetic) == 300
    for number, new_text in enumerate(synthetic):
        if number % 6 == 3:
            (conjunction,) = [word for word in new_text.split() if not word.startswith("w")]
            assert conjunction in CONJUNCTIONS
            assert all(f" {fragment} " in f" {text} " for fragment in new_text.split(f" {conjunction} "))
        elif number % 6 == 2:
            assert f" {new_text} " in f" {text} "
            assert 1 <= len(new_text.split()) <= 8
        elif number % 6 > 3:
            negation, _, rest = new_text.removesuffix(" at all").partition(" ")
            assert negation in NEGATIONS
            assert rest in text
        else:
            pairs = zip(new_text.split(), text.split(), strict=True)
            assert all(new in (old, "phone", "waiter") for new, old in pairs)
    assert any("phone" in new_text for new_text in synthetic)


def test_negation_position() -> None:
    """A negation follows an auxiliary verb if there is one."""
    synthetic = synthesize_texts(["the film was fun"], ["x"], 60, np.random.default_rng(0))
    negated = {text.removesuffix(" at all") for text in synthetic[5::6]}
    assert negated <= {f"the film was {negation} fun" for negation in NEGATIONS}
