"""Proves that a word on the command line leads to its data, split by split, and that sources merge into one corpus."""

import re
from pathlib import Path

import pytest

from rnnsent.data.hub import HubSource
from rnnsent.data.sources import find_source, matching_split, read_corpus, split_of
from rnnsent.errors import DataError


def table(path: Path, rows: list[tuple[str, str]]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("text,label\n" + "".join(f"{text},{label}\n" for text, label in rows), encoding="utf-8")
    return path


def both(word: str, count: int = 10) -> list[tuple[str, str]]:
    return [(f"{word} {i}", "pos" if i % 2 else "neg") for i in range(count)]


def test_the_embedded_sentences_are_split_with_no_text_on_both_sides() -> None:
    source = find_source("sentences")
    train, test = source.read("train"), source.read("test")
    assert (len(train), len(test)) == (2_420, 580)
    assert train.classes == test.classes == ("negative", "positive")
    assert not set(train.texts) & set(test.texts)
    assert source.location == "the package"


@pytest.mark.parametrize(
    ("path", "split"),
    [
        ("train.csv", "train"),
        ("dev-0.csv", "validation"),
        ("my_VALID.csv", "validation"),
        ("test/a.csv", "test"),
        ("latest.csv", "train"),
        ("reviews.csv", "train"),
    ],
)
def test_a_file_name_tells_its_split(path: str, split: str) -> None:
    assert split_of(Path(path)) == split


def test_a_file_is_a_train_split(tmp_path) -> None:
    source = find_source(str(table(tmp_path / "reviews.csv", both("x"))))
    assert source.splits == ["train"]
    assert source.read("train").counts() == {"negative": 5, "positive": 5}


def test_a_folder_is_split_by_the_names_of_its_files(tmp_path) -> None:
    table(tmp_path / "train-0.csv", [("a", "neg")])
    table(tmp_path / "train-1.csv", [("b", "pos")])
    table(tmp_path / "deep" / "test.csv", both("t"))
    (tmp_path / "README.md").write_text("no data", encoding="utf-8")
    source = find_source(str(tmp_path))
    assert sorted(source.splits) == ["test", "train"]
    train = source.read("train")
    assert (train.texts, train.labels.tolist(), train.classes) == (["a", "b"], [0, 1], ("negative", "positive"))


def test_a_row_of_json_without_the_column_of_texts_is_no_text(tmp_path) -> None:
    (tmp_path / "a.jsonl").write_text('{"text": "a"}\n{"other": "b"}\n{"text": 3}\n{"text": "c"}\n')
    assert find_source(str(tmp_path / "a.jsonl")).texts("train") == ["a", "c"]


def archive(root: Path) -> Path:
    """A folder laid out like the archive of the IMDB reviews."""
    for place, text in (
        ("train/pos/0_9.txt", "so good\n"), ("train/pos/1_8.txt", "fine"), ("train/neg/0_1.txt", "bad"),
        ("train/unsup/0_0.txt", "who knows"), ("test/pos/0_9.txt", "great"), ("test/neg/0_1.txt", "dull"),
        ("train/urls_pos.txt", "http://"), ("imdb.vocab", "the"), ("README", "read me"),
    ):  # fmt: skip
        (root / place).parent.mkdir(parents=True, exist_ok=True)
        (root / place).write_text(text, encoding="utf-8")
    return root


def test_a_folder_with_a_folder_for_each_class_has_a_text_in_each_file(tmp_path) -> None:
    source = find_source(str(archive(tmp_path)))
    assert source.splits == ["train", "test"]
    train = source.read("train")
    assert sorted(zip(train.texts, [train.classes[label] for label in train.labels], strict=True)) == [
        ("bad", "negative"), ("fine", "positive"), ("so good", "positive"),
    ]  # fmt: skip
    assert train.left_out == 1
    assert source.read("test").counts() == {"negative": 1, "positive": 1}
    assert sorted(source.texts("train")) == ["bad", "fine", "so good", "who knows"]
    assert find_source(str(tmp_path / "train")).read("train").texts == train.texts


def test_folders_of_fasttext_files_are_no_classes(tmp_path) -> None:
    for split in ("train", "test"):
        (tmp_path / split).mkdir()
        (tmp_path / split / "a.txt").write_text("__label__pos x\n__label__neg y\n")
    assert find_source(str(tmp_path)).read("test").counts() == {"negative": 1, "positive": 1}


def test_validation_texts_that_stand_in_train_are_counted(tmp_path) -> None:
    table(tmp_path / "train.csv", both("x", 20))
    table(tmp_path / "valid.csv", [*both("v", 6), *both("x", 3)])
    corpus = read_corpus([find_source(str(tmp_path))], validation_share=0, seed=0)
    assert corpus.sources[0]["validation_in_train"] == 3
    assert (
        read_corpus([find_source(str(tmp_path))], validation_share=0.2, seed=0).sources[0]["validation_in_train"] == 0
    )


def test_a_class_too_small_to_cut_names_its_source(tmp_path) -> None:
    path = table(tmp_path / "a.csv", [*both("x"), ("alone", "rare")])
    with pytest.raises(DataError, match=rf"^{re.escape(str(path))}: the class 'rare' has 1 distinct text"):
        read_corpus([find_source(str(path))], validation_share=0, seed=0)


def test_a_folder_without_data_is_refused(tmp_path) -> None:
    with pytest.raises(DataError, match="no file of a known format"):
        _ = find_source(str(tmp_path)).splits


def test_a_file_without_rows_is_refused(tmp_path) -> None:
    with pytest.raises(DataError, match="has no rows"):
        find_source(str(table(tmp_path / "a.csv", []))).read("train")


def test_columns_can_be_chosen(tmp_path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("one,two\nx,a\ny,b\n", encoding="utf-8")
    assert find_source(str(path), text="one", label="two").read("train").texts == ["x", "y"]
    with pytest.raises(DataError, match="--label-column"):
        find_source(str(path)).read("train")


def test_a_hub_id_may_name_a_configuration() -> None:
    source = find_source("owner/name:part")
    assert isinstance(source, HubSource)
    assert (source.identifier, source.config) == ("owner/name", "part")


@pytest.mark.parametrize("name", ["absent.csv", "./absent", "/absent/x", "a/b/c"])
def test_a_path_that_is_not_there_is_not_looked_for_on_the_hub(name: str) -> None:
    with pytest.raises(DataError, match="there is no file or folder"):
        find_source(name)


def test_an_unknown_short_name_is_answered_with_the_known_ones() -> None:
    with pytest.raises(DataError, match=r"unknown data set 'nothing'.*sentences"):
        find_source("nothing")


def test_a_split_is_found_under_its_other_names(tmp_path) -> None:
    table(tmp_path / "dev.csv", both("d"))
    source = find_source(str(tmp_path))
    assert matching_split(source, "validation") == "validation"
    assert matching_split(source, "test") is None
    with pytest.raises(DataError, match="no split to train on; it has validation"):
        read_corpus([source], validation_share=0, seed=0)


def test_a_corpus_takes_a_validation_split_or_cuts_one_off(tmp_path) -> None:
    table(tmp_path / "train.csv", both("x", 20))
    table(tmp_path / "valid.csv", both("v", 6))
    table(tmp_path / "test.csv", both("t", 6))
    own = read_corpus([find_source(str(tmp_path))], validation_share=0, seed=0)
    assert (len(own.train), len(own.validation)) == (20, 6)
    cut = read_corpus([find_source(str(tmp_path))], validation_share=0.2, seed=0)
    assert (len(cut.train), len(cut.validation)) == (16, 4)
    assert own.sources[0]["validation_from"] == "validation"
    assert cut.sources[0]["validation_from"] == "train"
    assert own.sources[0]["train_fingerprint"] == cut.sources[0]["train_fingerprint"]


def test_several_sources_merge_into_one_corpus(tmp_path) -> None:
    first = table(tmp_path / "one.csv", both("x", 20))
    second = table(tmp_path / "two.csv", [(text, "positive" if c == "pos" else "Negative") for text, c in both("y")])
    corpus = read_corpus([find_source(str(first)), find_source(str(second))], validation_share=0, seed=0)
    texts = corpus.train.texts + corpus.validation.texts
    assert sorted(texts) == sorted(text for text, _ in both("x", 20) + both("y"))
    assert corpus.train.classes == ("negative", "positive")
    assert [each["location"] for each in corpus.sources] == [str(first), str(second)]


def test_sources_with_other_classes_do_not_merge(tmp_path) -> None:
    first = table(tmp_path / "one.csv", both("x"))
    second = table(tmp_path / "two.csv", [(text, "good" if c == "pos" else "bad") for text, c in both("y")])
    with pytest.raises(DataError, match="classes agree"):
        read_corpus([find_source(str(first)), find_source(str(second))], validation_share=0, seed=0)


def test_rows_left_out_are_counted_when_validation_is_cut_off(tmp_path) -> None:
    path = table(tmp_path / "a.csv", [*both("x"), ("unlabelled", ""), ("", "pos")])
    corpus = read_corpus([find_source(str(path))], validation_share=0.2, seed=0)
    assert corpus.sources[0]["left_out"] == 2


def test_one_class_is_nothing_to_train_on(tmp_path) -> None:
    path = table(tmp_path / "a.csv", [("x", "pos"), ("y", "pos")])
    with pytest.raises(DataError, match="one class only"):
        read_corpus([find_source(str(path))], validation_share=0, seed=0)
