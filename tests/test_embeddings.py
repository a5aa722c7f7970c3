"""Word vectors are read from the text formats of GloVe, word2vec, and fastText, and the error names an invalid line."""

from pathlib import Path

import numpy as np
import pytest

from rnnsent.data.embeddings import read_embedding_dim, read_vectors
from rnnsent.errors import DataError

VOCABULARY = {"<pad>": 0, "<unk>": 1, "good": 2, "bad": 3, "new york": 4, "電影": 5}


def write_vectors(folder: Path, content: str) -> Path:
    path = folder / "vectors.txt"
    path.write_bytes(content.encode("utf-8"))
    return path


@pytest.mark.parametrize(
    "content",
    [
        "good 1 -2.5 3e-1\nother 9 9 9\nbad 4 5 6\n",  # GloVe
        "3 3\ngood 1 -2.5 3e-1\nother 9 9 9\nbad 4 5 6\n",  # word2vec: begins with the number of words and the dimension
        "3 3\ngood 1 -2.5 3e-1 \nother 9 9 9 \nbad 4 5 6 \n",  # fastText: a space at the end of each line
        "good 1 -2.5 3e-1\r\nother 9 9 9\r\nbad 4 5 6",
    ],
    ids=["glove", "word2vec", "fasttext", "crlf"],
)
def test_formats(tmp_path: Path, content: str) -> None:
    """Every format yields the same vectors."""
    path = write_vectors(tmp_path, content)
    assert read_embedding_dim(path) == 3
    ids, vectors = read_vectors(path, VOCABULARY)
    assert ids.tolist() == [2, 3]
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(vectors, [[1, -2.5, 0.3], [4, 5, 6]])


def test_word_with_spaces(tmp_path: Path) -> None:
    """A word may contain spaces."""
    ids, vectors = read_vectors(write_vectors(tmp_path, "good 1 2\nnew york 3 4\n. . . 5 6\n"), VOCABULARY)
    assert ids.tolist() == [2, 4]
    assert vectors.tolist() == [[1, 2], [3, 4]]


def test_word_with_line_separator(tmp_path: Path) -> None:
    """Only a newline ends a line, not the other characters at which str.splitlines splits."""
    ids, _ = read_vectors(write_vectors(tmp_path, "a\u2028b 1 2\n\x85 1 2\n電影 3 4\n"), VOCABULARY)
    assert ids.tolist() == [5]


def test_numeric_words(tmp_path: Path) -> None:
    """Two numbers on a line are a header only on the first line."""
    ids, vectors = read_vectors(write_vectors(tmp_path, "4 1\n7 0.5\ngood 2\n8 9\n"), {"7": 0, "8": 1})
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
def test_invalid_line(tmp_path: Path, content: str, line: int) -> None:
    """The error names the file and the line."""
    with pytest.raises(DataError, match=rf"vectors\.txt:{line}: expected a word and its (\d )?numbers$"):
        read_vectors(write_vectors(tmp_path, content), VOCABULARY)


@pytest.mark.parametrize("content", ["", "2 300\n"])
def test_empty(tmp_path: Path, content: str) -> None:
    """A file without a vector is reported as empty."""
    with pytest.raises(DataError, match="is empty"):
        read_embedding_dim(write_vectors(tmp_path, content))


def test_no_common_word(tmp_path: Path) -> None:
    """A file without a word of the vocabulary is rejected."""
    with pytest.raises(DataError, match="no vector for any entry"):
        read_vectors(write_vectors(tmp_path, "other 1 2\n"), VOCABULARY)


def test_missing_file(tmp_path: Path) -> None:
    """The error names the missing file."""
    with pytest.raises(DataError, match=r"absent\.vec: No such file"):
        read_embedding_dim(tmp_path / "absent.vec")
