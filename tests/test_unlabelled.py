"""Texts for a teacher: where they are read from, how they are cut, and what is made of them."""

from pathlib import Path

import numpy as np
import pytest

from rnnsent.data.hub import HubSource
from rnnsent.data.sources import FileSource
from rnnsent.data.unlabelled import JOINTS, NEGATIONS, cut, made_texts, read_unlabelled, sentences, unlabelled_splits
from rnnsent.errors import DataError


@pytest.fixture
def source(tmp_path: Path) -> FileSource:
    folder = tmp_path / "set"
    folder.mkdir()
    (folder / "train.csv").write_text("text,label\na,x\nb,y\n")
    (folder / "test.csv").write_text("text\nwithout a label\n")
    return FileSource("set", folder)


def test_a_split_of_the_sources_is_read_without_labels(source: FileSource) -> None:
    assert read_unlabelled("test", [source]) == ["without a label"]


def test_splits_named_as_having_no_labels_are_found_once(source: FileSource) -> None:
    hub = HubSource("set", "owner/set")
    hub.__dict__["_loaded"] = {"train": [], "unsupervised": []}  # as cached_property keeps it
    assert unlabelled_splits([source, hub, hub]) == ["unsupervised"]


def test_a_text_file_gives_its_lines_without_marks_and_blanks(tmp_path: Path) -> None:
    path = tmp_path / "lines.txt"
    path.write_text("one line\n\n__label__x two words\n")
    assert read_unlabelled(str(path), []) == ["one line", "two words"]


def test_another_source_gives_its_train_split(source: FileSource) -> None:
    assert read_unlabelled(str(source.path), []) == ["a", "b"]


def test_what_is_nothing_is_named_with_the_splits_that_there_are(source: FileSource) -> None:
    with pytest.raises(DataError, match=r"'nosuch' is no split of the sources \(train, test\)"):
        read_unlabelled("nosuch", [source])


def test_a_file_of_blanks_holds_no_text(tmp_path: Path) -> None:
    (tmp_path / "blank.txt").write_text("\n \n")
    with pytest.raises(DataError, match="no text"):
        read_unlabelled(str(tmp_path / "blank.txt"), [])


def test_sentences_end_at_stops_and_breaks_and_stand_once() -> None:
    text = 'It was good fun. "Was it really?" Yes!<br /><br />It was 3.5 of 5, I think\nIt was good fun.'
    assert sentences([text]) == ["It was good fun.", '"Was it really?', "It was 3.5 of 5, I think"]
    assert sentences(["word " * 41]) == []


def test_pieces_are_whole_texts_or_sentences_or_both() -> None:
    text = "One two three. Four five six."
    assert cut([text], "texts") == [text]
    assert cut([text], "sentences") == ["One two three.", "Four five six."]
    assert cut([text], "both") == [text, "One two three.", "Four five six."]


def test_made_texts_are_fragments_joined_or_not_or_negated_or_have_other_words_in_the_same_places() -> None:
    text = " ".join(f"w{number}" for number in range(20))
    made = made_texts([text], ["phone", "waiter"], 300, np.random.default_rng(0))
    assert len(made) == 300
    for number, each in enumerate(made):
        if number % 6 == 3:
            (joint,) = [word for word in each.split() if not word.startswith("w")]
            assert joint in JOINTS
            assert all(f" {part} " in f" {text} " for part in each.split(f" {joint} "))
        elif number % 6 == 2:
            assert f" {each} " in f" {text} "
            assert 1 <= len(each.split()) <= 8
        elif number % 6 > 3:
            negation, _, rest = each.removesuffix(" at all").partition(" ")
            assert negation in NEGATIONS
            assert rest in text
        else:
            assert all(new in (old, "phone", "waiter") for new, old in zip(each.split(), text.split(), strict=True))
    assert any("phone" in each for each in made)


def test_a_negation_stands_after_an_auxiliary_verb_where_there_is_one() -> None:
    made = made_texts(["the film was fun"], ["x"], 60, np.random.default_rng(0))
    assert {each.removesuffix(" at all") for each in made[5::6]} <= {f"the film was {word} fun" for word in NEGATIONS}
