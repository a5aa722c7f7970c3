"""Compare the fit of the n-gram model with liblinear's on the same n-grams: seconds, and accuracy on held-out texts.

    python benchmarks/ngram_fit.py                 # all data sets; IMDB and SST-2 need the Hub
    python benchmarks/ngram_fit.py sentences       # one of them

The reference is what the package did before it had its own solver: np.unique and scikit-learn. The calibrated log loss is
that of the best scale of the logits, since a checkpoint has a fitted one.
"""

import sys
import time
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnnsent.config import ModelConfig, TokenizerConfig
from rnnsent.data.examples import Examples
from rnnsent.data.ids import Ids
from rnnsent.data.sources import find_source
from rnnsent.data.tokenizer import Tokenizer
from rnnsent.network.ngrams import BIAS, KEYS, WEIGHTS, NgramModel, hash_ngrams
from rnnsent.training.fit_ngrams import INVERSE_REGULARIZATION, MIN_TEXTS, SMOOTHING, fit_ngrams

N_SYNTHETIC, N_HELD_OUT_SYNTHETIC, N_IMDB = 300_000, 20_000, 20_000
HELD_OUT_FRACTION = 0.2
LABEL_NOISE = 0.05

Texts = tuple[list[str], NDArray[np.int64]]
Fit = Callable[[Sequence[Ids], NDArray[np.int64]], dict[str, NDArray[Any]]]


def read_sentences() -> tuple[Texts, Texts]:
    examples = find_source("sentences").read("train")
    return split_texts(examples, len(examples) - int(HELD_OUT_FRACTION * len(examples)))


def read_imdb() -> tuple[Texts, Texts]:
    return split_texts(find_source("imdb").read("train"), N_IMDB)


def read_sst2() -> tuple[Texts, Texts]:
    train, validation = (find_source("sst2").read(split) for split in ("train", "validation"))
    return (train.texts, train.labels), (validation.texts, validation.labels)


def read_synthetic() -> tuple[Texts, Texts]:
    """Texts of two fragments of bundled sentences of one class, some with the label of the other class."""
    examples = find_source("sentences").read("train")
    words = [text.split() for text in examples.texts]
    by_class = [np.flatnonzero(examples.labels == label) for label in (0, 1)]
    random = np.random.default_rng(0)
    texts, labels = [], random.integers(2, size=N_SYNTHETIC + N_HELD_OUT_SYNTHETIC)
    for label in labels:
        first, second = (words[i] for i in random.choice(by_class[label], 2))
        start = random.integers(max(1, len(second) - 6))
        texts.append(" ".join([*first[: random.integers(3, 12)], *second[start : start + 8]]))
    noisy = np.where(random.random(len(labels)) < LABEL_NOISE, 1 - labels, labels)
    return (texts[:N_SYNTHETIC], noisy[:N_SYNTHETIC]), (texts[N_SYNTHETIC:], noisy[N_SYNTHETIC:])


def split_texts(examples: Examples, n_train: int) -> tuple[Texts, Texts]:
    order = np.random.default_rng(0).permutation(len(examples))
    first, second = (examples.take(part) for part in (order[:n_train], order[n_train:]))
    return (first.texts, first.labels), (second.texts, second.labels)


def fit_rnnsent(rows: Sequence[Ids], labels: NDArray[np.int64]) -> dict[str, NDArray[Any]]:
    config = ModelConfig()
    max_ngram, max_features = config.max_ngram, config.max_ngram_features
    return fit_ngrams(rows, labels, n_classes=2, max_ngram=max_ngram, max_features=max_features, seed=0)


def fit_liblinear(rows: Sequence[Ids], labels: NDArray[np.int64]) -> dict[str, NDArray[Any]]:
    from scipy.sparse import csr_matrix, diags_array
    from sklearn.linear_model import LogisticRegression

    indices, hashes = hash_ngrams(rows, ModelConfig().max_ngram)
    pairs = np.unique(indices << 32 | hashes)
    keys, columns, n_texts = np.unique(pairs & 0xFFFFFFFF, return_inverse=True, return_counts=True)
    features = csr_matrix((np.ones(len(pairs), dtype=np.float32), (pairs >> 32, columns)))[:, n_texts >= MIN_TEXTS]
    positive = labels == 1
    p, q = (np.asarray(features[in_class].sum(axis=0)).ravel() + SMOOTHING for in_class in (positive, ~positive))
    ratio = np.log((p / p.sum()) / (q / q.sum())).astype(np.float32)
    regression = LogisticRegression(C=INVERSE_REGULARIZATION, solver="liblinear", dual=True, tol=0.01, random_state=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that it did not converge
        regression.fit(features @ diags_array(ratio), positive)
    weights = (regression.coef_[0] * ratio).astype(np.float32)
    largest = np.sort(np.argsort(-np.abs(weights), kind="stable")[: ModelConfig().max_ngram_features])
    return {
        KEYS: keys[n_texts >= MIN_TEXTS].astype(np.uint32)[largest],
        WEIGHTS: weights[largest, None],
        BIAS: regression.intercept_.astype(np.float32),
    }


def measure(fit: Fit, train: tuple[list[Ids], Any], held_out: tuple[list[Ids], Any]) -> tuple[float, float, float]:
    """Seconds, accuracy, and calibrated log loss."""
    from scipy.optimize import minimize_scalar

    start = time.perf_counter()
    weights = fit(*train)
    seconds = time.perf_counter() - start
    rows, labels = held_out
    logits = NgramModel(weights, ModelConfig().max_ngram, 2).logits(rows).astype(np.float64)  # (N, 2)
    margins = (logits[:, 1] - logits[:, 0]) * np.where(labels == 1, 1, -1)  # (N,)
    loss = minimize_scalar(lambda scale: np.logaddexp(0, -scale * margins).mean(), bounds=(0.01, 5), method="bounded")
    return seconds, float((margins > 0).mean()), float(loss.fun)


DATA = {"sentences": read_sentences, "imdb": read_imdb, "sst2": read_sst2, "synthetic": read_synthetic}


def main() -> None:
    for name in sys.argv[1:] or DATA:
        (train_texts, train_labels), (texts, labels) = DATA[name]()
        tokenizer = Tokenizer.train(train_texts, TokenizerConfig())
        train, held_out = (tokenizer.encode(train_texts), train_labels), (tokenizer.encode(texts), labels)
        print(f"{name}: {len(train_texts):,} texts, {sum(map(len, train[0])):,} tokens, {len(texts):,} held out")
        for label, fit in (("liblinear", fit_liblinear), ("rnnsent", fit_rnnsent)):
            seconds, accuracy, loss = measure(fit, train, held_out)
            print(
                f"  {label:<10} {seconds:6.2f} s, accuracy {accuracy:.2%}, calibrated log loss {loss:.4f}", flush=True
            )


if __name__ == "__main__":
    main()
