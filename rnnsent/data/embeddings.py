"""Pre-trained word vectors in the text formats of GloVe, word2vec and fastText: a word and its numbers on a line."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rnnsent.data.files import open_text
from rnnsent.errors import DataError


def vector_size(path: Path) -> int:
    """How many numbers each vector of the file has. Raises DataError where it is no such file."""
    return len(next(_vectors(path))[1])


def read_vectors(path: Path, vocabulary: Mapping[str, int]) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Ids (N,) of the entries of the vocabulary that the file has, and their vectors (N, size).

    Raises:
        DataError: a line does not parse, or the file has none of them.
    """
    ids, vectors = [], []
    for word, numbers in _vectors(path):
        if word in vocabulary:
            ids.append(vocabulary[word])
            vectors.append(numbers)
    if not ids:
        raise DataError(f"{path} has no vector for any entry of the vocabulary")
    return np.array(ids, dtype=np.int64), np.stack(vectors)


def _vectors(path: Path) -> Iterator[tuple[str, NDArray[np.float32]]]:
    size = 0
    try:
        with open_text(path, newline="\n") as file:
            for number, line in enumerate(file, start=1):
                fields = line.rstrip().split(" ")
                if number == 1 and len(fields) == 2 and all(field.isdecimal() for field in fields):
                    continue  # word2vec and fastText begin with a count and a size
                size = size or len(fields) - 1
                if size < 1 or len(fields) <= size:
                    raise DataError(f"{path}:{number}: a word and {size or 'its'} numbers are expected")
                try:
                    vector = np.array(fields[-size:], dtype=np.float32)
                except ValueError:
                    raise DataError(f"{path}:{number}: a word and {size} numbers are expected") from None
                yield " ".join(fields[:-size]), vector
    except OSError as error:
        raise DataError(f"{path}: {error.strerror or error}") from None
    if not size:
        raise DataError(f"{path} is empty")
