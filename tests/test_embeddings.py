"""Proves that word vectors are read from the text formats of GloVe, word2vec and fastText, and bad lines named."""

from pathlib import Path

import numpy as np
import pytest

from rnnsent.data.embeddings import read_vectors, vector_size
from rnnsent.errors import DataError

VOCABULARY = {"<pad>": 0, "<unk>": 1, "good": 2, "bad": 3, "new york": 4, "電影": 5}


def file_of(folder: Path, content: str) -> Path:
    path = folder / "vectors.txt"
    path.write_bytes(content.encode("utf-8"))
    return path


@pytest.mark.parametrize(
    "content",
    [
        "good 1 -2.5 3e-1\nother 9 9 9\nbad 4 5 6\n",  # GloVe
        "3 3\ngood 1 -2.5 3e-1\nother 9 9 9\nbad 4 5 6\n",  # word2vec: a count and a size first
        "3 3\ngood 1 -2.5 3e-1 \nother 9 9 9 \nbad 4 5 6 \n",  # fastText: a space at the end of each line
        "good 1 -2.5 3e-1\r\nother 9 9 9\r\nbad 4 5 6",
    ],
    ids=["glove", "word2vec", "fasttext", "crlf"],
)
def test_each_format_gives_the_same_vectors(tmp_path: Path, content: str) -> None:
    path = file_of(tmp_path, content)
    assert vector_size(path) == 3
    ids, vectors = read_vectors(path, VOCABULARY)
    assert ids.tolist() == [2, 3]
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(vectors, [[1, -2.5, 0.3], [4, 5, 6]])


def test_a_word_may_hold_spaces(tmp_path: Path) -> None:
    ids, vectors = read_vectors(file_of(tmp_path, "good 1 2\nnew york 3 4\n. . . 5 6\n"), VOCABULARY)
    assert ids.tolist() == [2, 4]
    assert vectors.tolist() == [[1, 2], [3, 4]]


def test_a_word_that_python_takes_for_a_line_end_does_not_end_a_line(tmp_path: Path) -> None:
    ids, _ = read_vectors(file_of(tmp_path, "a\u2028b 1 2\n\x85 1 2\n電影 3 4\n"), VOCABULARY)
    assert ids.tolist() == [5]


def test_a_file_of_numbers_named_by_numbers_has_no_header_past_its_first_line(tmp_path: Path) -> None:
    ids, vectors = read_vectors(file_of(tmp_path, "4 1\n7 0.5\ngood 2\n8 9\n"), {"7": 0, "8": 1})
    assert ids.tolist() == [0, 1]
    assert vectors.tolist() == [[0.5], [9]]


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("good 1 2 3\nbad 1 2\n", 2),
        ("2 3\ngood 1 2 3\nbad\n", 3),
        ("good 1 2 3\nbad 1 2 x\n", 2),
        ("good\n", 1),
        ("good 1 2 3\n\nbad 1 2 3\n", 2),
    ],
)
def test_a_line_that_does_not_parse_is_named(tmp_path: Path, content: str, line: int) -> None:
    with pytest.raises(DataError, match=rf"vectors\.txt:{line}: a word and (its|\d) numbers are expected"):
        read_vectors(file_of(tmp_path, content), VOCABULARY)


@pytest.mark.parametrize("content", ["", "2 300\n"])
def test_a_file_without_a_vector_is_empty(tmp_path: Path, content: str) -> None:
    with pytest.raises(DataError, match="is empty"):
        vector_size(file_of(tmp_path, content))


def test_a_file_that_shares_no_word_with_the_vocabulary_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no vector for any entry"):
        read_vectors(file_of(tmp_path, "other 1 2\n"), VOCABULARY)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"absent\.vec: No such file"):
        vector_size(tmp_path / "absent.vec")
