"""The files that the English model is trained on, beside data sets of the Hub.

- three-classes.parquet: the open corpora that have neutral texts (scripts/corpora.py).
- two-classes.parquet: the open corpora without neutral texts, which say nothing about neutral.
- phrases.parquet: labeled phrases from a grammar (scripts/phrases.py), for training alone.
- pool.txt and pool.npz: the unlabeled pieces of scripts/text_pool.py, noisy copies of some of them (scripts/noise.py), and
  the teachers' probabilities for all.

Of the corpora, the training and the validation part are written: `rnnsent train` cuts the validation part by the same rule.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from corpora import CLASSES, EVALUATION_ONLY, LABELED, VALIDATION_BELOW, read_labeled
from noise import add_noise
from phrases import generate_phrases
from text_pool import read_pool

from rnnsent.atomic import replace_file
from rnnsent.data.sources import find_source
from rnnsent.data.validation_split import hash_text
from rnnsent.training.answers import Answers

THREE_CLASSES, TWO_CLASSES, PHRASES = "three-classes.parquet", "two-classes.parquet", "phrases.parquet"
POOL, POOL_ANSWERS = "pool.txt", "pool.npz"
N_PHRASES, N_NOISY, SEED = 60_000, 250_000, 0
EVALUATION_SPLITS = (("imdb", "test"), ("sst2", "validation"), ("sst5", "validation"), ("sentences", "test"))
# Held-out texts of the corpora with fewer words are common property ("I love it"), so equal ones may be trained on.
MIN_EVALUATION_WORDS = 6


def write_labeled(folder: Path) -> None:
    """Write the three tables of labeled texts."""
    tables: dict[str, list[tuple[str, str]]] = {THREE_CLASSES: [], TWO_CLASSES: []}
    for corpus in LABELED:
        if corpus.license != "open":
            continue
        rows = [*read_labeled(corpus, "train"), *read_labeled(corpus, "validation")]
        name = THREE_CLASSES if rows[0].may_be_neutral else TWO_CLASSES
        tables[name] += [(row.text, row.label) for row in rows]
    phrases = generate_phrases(N_PHRASES, SEED)
    # For validation they would be too easy, and make the calibration overconfident.
    tables[PHRASES] = [(text, label) for text, label in phrases if hash_text(text) >= VALIDATION_BELOW]
    for name, pairs in tables.items():
        write_table(folder / name, list(dict(pairs).items()))


def write_pool(folder: Path, answers: Sequence[Path]) -> None:
    """Write the pool and its probabilities, the mean of the teachers' answers where all have one."""
    pieces = read_pool()
    tables = [Answers.read(path) for path in answers]
    probabilities = np.mean([table.look_up(pieces) for table in tables], axis=0)  # (N, K)
    known = np.flatnonzero(np.isfinite(probabilities).all(axis=1))
    texts = [" ".join(pieces[i].split()) for i in known]  # one line each
    probabilities = probabilities[known]
    generator = np.random.default_rng(SEED)
    sample = np.sort(generator.choice(len(texts), min(N_NOISY, len(texts)), replace=False))
    noisy = [add_noise(texts[i], generator) for i in sample]
    changed = [position for position, i in enumerate(sample) if noisy[position] != texts[i]]
    texts += [noisy[position] for position in changed]
    probabilities = np.concatenate([probabilities, probabilities[sample[changed]]])
    Answers.collect(CLASSES, texts, probabilities).write(folder / POOL_ANSWERS)
    with replace_file(folder / POOL) as temporary:
        temporary.write_text("\n".join(texts) + "\n", encoding="utf-8", errors="replace")


def read_evaluation_texts() -> list[str]:
    """Every text that the model is evaluated on; neither these texts nor near duplicates of them are trained on."""
    texts = [text for name, split in EVALUATION_SPLITS for text in find_source(name).read_texts(split)]
    for corpus in (*LABELED, *EVALUATION_ONLY):
        parts = [read_labeled(corpus, "validation"), read_labeled(corpus, "test")]
        texts += [row.text for rows in parts for row in rows if len(row.text.split()) >= MIN_EVALUATION_WORDS]
    return texts


def write_table(path: Path, pairs: Sequence[tuple[str, str]]) -> None:
    """Write pairs of a text and its label as Parquet."""
    import pyarrow
    import pyarrow.parquet

    texts, labels = zip(*pairs, strict=True)
    with replace_file(path) as temporary:
        pyarrow.parquet.write_table(pyarrow.table({"text": texts, "label": labels}), temporary)
