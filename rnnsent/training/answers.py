"""A teacher's probabilities for many texts in a small file without the texts, which is a teacher in turn.

Texts are looked up by a hash of 32 bits. Of a million texts, about one in 4,000 shares its hash with another one, and one
in 4,000 unknown texts is taken for a known one. Probabilities have 8 bits.
"""

import hashlib
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from rnnsent.atomic import replace_file
from rnnsent.errors import ModelError

SUFFIX = ".npz"
STEPS = 255  # of a probability


class Answers:
    """The probabilities of K classes by text.

    Args:
        classes: names of the K classes.
        keys: (N,) hashes of the texts, ascending and unique.
        levels: (N, K - 1) the probabilities of all classes but the last, times STEPS.
    """

    def __init__(self, classes: Sequence[str], keys: NDArray[np.uint32], levels: NDArray[np.uint8]) -> None:
        self.classes = tuple(classes)
        self._keys, self._levels = keys, levels

    def __len__(self) -> int:
        return len(self._keys)

    @classmethod
    def collect(cls, classes: Sequence[str], texts: Sequence[str], probabilities: NDArray[np.floating]) -> Self:
        """The answers for N texts with probabilities (N, K); of texts with the same hash, the first."""
        keys, rows = np.unique(_hash(texts), return_index=True)
        return cls(classes, keys, np.rint(probabilities[rows][:, :-1] * STEPS).astype(np.uint8))

    @classmethod
    def read(cls, path: Path) -> Self:
        """Raises ModelError if the file is not one that `write` wrote."""
        try:
            with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
                classes, gaps, levels = (arrays[name] for name in ("classes", "gaps", "levels"))
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
            raise ModelError(f"{path} is not a file of a teacher's answers: {error}") from None
        expected = (len(gaps), len(classes) - 1) if classes.ndim == gaps.ndim == 1 else None
        if (classes.dtype.kind, gaps.dtype, levels.dtype, levels.shape) != ("U", np.uint32, np.uint8, expected):
            raise ModelError(f"{path} is not a file of a teacher's answers: its arrays have other types or shapes")
        keys = np.cumsum(gaps, dtype=np.uint64)
        if not len(keys) or len(classes) < 2 or keys[-1] >> np.uint64(32) or (gaps[1:] == 0).any():
            raise ModelError(f"{path} is not a file of a teacher's answers: its hashes or classes are invalid")
        return cls(classes.tolist(), keys.astype(np.uint32), levels)

    def write(self, path: Path) -> None:
        gaps = np.diff(self._keys, prepend=np.uint32(0))
        with replace_file(path) as temporary, temporary.open("wb") as file:
            np.savez_compressed(file, classes=np.array(self.classes), gaps=gaps, levels=self._levels)

    def look_up(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """The probabilities (N, K) of N texts; NaN for a text without an answer."""
        keys = _hash(texts)  # (N,)
        rows = np.searchsorted(self._keys, keys).clip(max=len(self._keys) - 1)
        levels = self._levels[rows].astype(np.float32)  # (N, K - 1)
        last = np.maximum(STEPS - levels.sum(axis=1, keepdims=True), 0)  # rounding may leave less than nothing
        probabilities = np.concatenate([levels, last], axis=1)
        probabilities[self._keys[rows] != keys] = np.nan
        return probabilities / probabilities.sum(axis=1, keepdims=True)


class AnswersTeacher:
    """A file of answers as a teacher. A text without an answer has no probabilities, so it is not learned from.

    Raises:
        ModelError: the file is not one of answers.
    """

    words: Sequence[str] = ()  # so it cannot label synthetic texts

    def __init__(self, path: Path) -> None:
        self._path, self._answers = path, Answers.read(path)

    @property
    def classes(self) -> tuple[str, ...]:
        return self._answers.classes

    @property
    def digest(self) -> str:
        with self._path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def predict_proba(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Probabilities (N, K) for N texts; NaN for a text without an answer."""
        return self._answers.look_up(texts)


def _hash(texts: Sequence[str]) -> NDArray[np.uint32]:
    """A hash (N,) of each text."""
    digests = b"".join(hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=4).digest() for text in texts)
    return np.frombuffer(digests, dtype=">u4").astype(np.uint32)
