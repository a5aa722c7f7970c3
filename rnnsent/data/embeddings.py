"""Pretrained word vectors in the text formats of GloVe, word2vec, and fastText: a word and its values on each line."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rnnsent.data.byte_input import ByteInput
from rnnsent.data.encoding import Utf8Input
from rnnsent.data.lines import TextLines
from rnnsent.errors import DataError


def read_embedding_dim(path: Path) -> int:
    """The dimension E of the file's vectors. Raises DataError if it is not a file of vectors."""
    return len(next(_read_lines(path))[1])


def read_vectors(path: Path, vocabulary: Mapping[str, int]) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Ids (N,) of the vocabulary's entries that are in the file, and their vectors (N, E).

    Raises:
        DataError: a line cannot be parsed, or the file has no vector for any entry.
    """
    ids, vectors = [], []
    for word, vector in _read_lines(path):
        if word in vocabulary:
            ids.append(vocabulary[word])
            vectors.append(vector)
    if not ids:
        raise DataError(f"{path} has no vector for any entry of the vocabulary; use vectors of the texts' language")
    return np.array(ids, dtype=np.int64), np.stack(vectors)


def _read_lines(path: Path) -> Iterator[tuple[str, NDArray[np.float32]]]:
    dim = 0
    for number, line in enumerate(TextLines(Utf8Input(ByteInput.open(path), "utf-8").chunks()), start=1):
        fields = line.rstrip().split(" ")
        if number == 1 and len(fields) == 2 and all(field.isdecimal() for field in fields):
            continue  # the header of word2vec and fastText: the number of words, and the dimension
        dim = dim or len(fields) - 1
        if dim < 1 or len(fields) <= dim:
            raise DataError(f"{path}:{number}: expected a word and its {_values(dim)}")
        try:
            vector = np.array(fields[-dim:], dtype=np.float32)
        except ValueError:
            raise DataError(f"{path}:{number}: expected a word and its {_values(dim)}") from None
        yield " ".join(fields[:-dim]), vector
    if not dim:
        raise DataError(f"{path} is empty; expected a word and its vector on each line")


def _values(dim: int) -> str:
    return f"{dim} numbers" if dim > 0 else "numbers"
