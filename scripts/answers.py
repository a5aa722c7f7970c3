"""What a teacher says of the texts of a pool, in a small file without the texts.

    python scripts/answers.py TEACHER POOL OUT

TEACHER is a folder of scripts/domain_teacher.py, POOL a folder of results in between, so that an interrupted run continues,
and OUT a file of answers (.npz): a hash of 32 bits for each text, and the probabilities of negative and positive in 8 bits;
that of neutral is the rest. `Answers` looks texts up.
"""

import hashlib
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from rnnsent.atomic import replace_file

TEXTS_PER_PART = 16_384
STEPS = 255  # of a probability


class Answers:
    """Probabilities of negative, neutral and positive by text.

    Args:
        keys: (N,) hashes of the texts, ascending.
        levels: (N, 2) the probabilities of negative and positive, times STEPS.
    """

    def __init__(self, keys: NDArray[np.uint32], levels: NDArray[np.uint8]) -> None:
        self._keys, self._levels = keys, levels

    def __len__(self) -> int:
        return len(self._keys)

    @classmethod
    def collect(cls, texts: Sequence[str], probabilities: NDArray[np.float32]) -> Self:
        """The answers for texts with probabilities (N, 3); of texts with one hash the first."""
        keys, rows = np.unique(np.array([hash_key(text) for text in texts], dtype=np.uint32), return_index=True)
        return cls(keys, np.rint(probabilities[rows][:, [0, 2]] * STEPS).astype(np.uint8))

    @classmethod
    def read(cls, path: Path) -> Self:
        with np.load(path, allow_pickle=False) as arrays:
            return cls(np.cumsum(arrays["gaps"], dtype=np.uint64).astype(np.uint32), arrays["levels"])

    def write(self, path: Path) -> None:
        gaps = np.diff(self._keys, prepend=np.uint32(0))
        with replace_file(path) as temporary, temporary.open("wb") as file:
            np.savez_compressed(file, gaps=gaps, levels=self._levels)

    def look_up(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """The probabilities (N, 3) of texts; NaN for a text without an answer."""
        keys = np.array([hash_key(text) for text in texts], dtype=np.uint32)
        rows = np.searchsorted(self._keys, keys).clip(max=len(self._keys) - 1)
        negative, positive = self._levels[rows].astype(np.float32).T / STEPS
        probabilities = np.stack([negative, np.maximum(1 - negative - positive, 0), positive], axis=1)
        probabilities[self._keys[rows] != keys] = np.nan
        return probabilities / probabilities.sum(axis=1, keepdims=True)


def hash_key(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=4).digest(), "big")


def main() -> None:
    teacher_folder, parts, out = map(Path, sys.argv[1:])
    from domain_teacher import Teacher
    from text_pool import read_pool

    teacher = Teacher.load(teacher_folder)
    texts = read_pool()
    print(f"{len(texts):,} texts", flush=True)
    parts.mkdir(parents=True, exist_ok=True)
    start, n_labeled = time.monotonic(), 0
    for number, first in enumerate(range(0, len(texts), TEXTS_PER_PART)):
        path = parts / f"{number:04}.npy"
        if path.is_file():
            continue
        batch = texts[first : first + TEXTS_PER_PART]
        with replace_file(path) as temporary, temporary.open("wb") as file:
            np.save(file, teacher.probabilities(batch).astype(np.float16))
        n_labeled += len(batch)
        rate = n_labeled / (time.monotonic() - start)
        print(f"{first + len(batch):,} of {len(texts):,}, {rate:.0f} texts/s", flush=True)
    probabilities = np.concatenate([np.load(path) for path in sorted(parts.glob("*.npy"))]).astype(np.float32)
    answers = Answers.collect(texts[: len(probabilities)], probabilities)
    answers.write(out)
    print(f"{len(answers):,} answers, {out.stat().st_size / 1e6:.1f} MB", flush=True)


if __name__ == "__main__":
    main()
