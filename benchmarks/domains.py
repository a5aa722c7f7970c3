"""Score a model by domain, on the held-out parts of public corpora, three-class where the corpus has neutral texts.

    python benchmarks/domains.py [MODEL]

scripts/corpora.py names the corpora and the rule by which their test parts were cut. Corpora for evaluation only, of which
no model here has seen a text, are read whole. $RNNSENT_CORPORA is their folder.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import record
from numpy.typing import NDArray

from rnnsent.evaluation.evaluate import restrict_classes
from rnnsent.evaluation.intervals import wilson_interval
from rnnsent.evaluation.metrics import expected_calibration_error
from rnnsent.predictor import Predictor

sys.path.append(str(Path(__file__).parents[1] / "scripts"))
from corpora import CLASSES, EVALUATION_ONLY, LABELED, Corpus, read_labeled

MIN_TEXTS = 50


@dataclass(frozen=True)
class HeldOut:
    """The held-out texts of a corpus with labels (N,), and which of the classes it has, (K,)."""

    corpus: Corpus
    texts: list[str]
    labels: NDArray[np.int64]
    allowed: NDArray[np.bool_]


def main() -> None:
    model = sys.argv[1] if len(sys.argv) > 1 else "english"
    predictor = Predictor.load(model, device="cpu")
    order = [predictor.classes.index(name) for name in CLASSES]
    for held_out in read_held_out():
        probabilities = predictor.predict_proba(held_out.texts).probabilities[:, order]
        known = np.isfinite(probabilities).all(axis=1)
        scores = score(probabilities[known], held_out.labels[known], held_out.allowed)
        corpus = held_out.corpus
        entry = {"domain": corpus.domain, "license": corpus.license, "command": f"python benchmarks/domains.py {model}"}
        record.record("domains", f"{Path(model).name} on {corpus.name}", {**entry, **scores})
        print(
            f"{corpus.name:28} {scores['n_classes']} classes, {scores['n']:6,} texts: accuracy {scores['accuracy']:.1%}, "
            f"macro recall {scores['macro_recall']:.1%}, ECE {scores['ece']:.3f}",
            flush=True,
        )


def read_held_out() -> Iterator[HeldOut]:
    for corpus in sorted((*LABELED, *EVALUATION_ONLY), key=lambda corpus: (corpus.domain, corpus.name)):
        rows = read_labeled(corpus, "test")
        if corpus in EVALUATION_ONLY:
            rows += read_labeled(corpus, "train") + read_labeled(corpus, "validation")
        labels = np.array([CLASSES.index(row.label) for row in rows], dtype=np.int64)
        may_be_neutral = bool(rows) and rows[0].may_be_neutral
        if len(rows) >= MIN_TEXTS:
            allowed = np.array([may_be_neutral or name != "neutral" for name in CLASSES])
            yield HeldOut(corpus, [row.text for row in rows], labels, allowed)


def score(
    probabilities: NDArray[np.float64], labels: NDArray[np.int64], allowed: NDArray[np.bool_]
) -> dict[str, float | int | tuple[float, float]]:
    """Scores of probabilities (N, K) among the allowed classes (K,)."""
    probabilities = restrict_classes(probabilities, np.tile(allowed, (len(labels), 1)))
    predicted = probabilities.argmax(axis=1)
    correct = predicted == labels
    return {
        "n": len(labels),
        "n_classes": int(allowed.sum()),
        "accuracy": float(correct.mean()),
        "interval": wilson_interval(int(correct.sum()), len(labels)),
        "macro_recall": float(np.mean([correct[labels == k].mean() for k in np.unique(labels)])),
        "ece": expected_calibration_error(labels, probabilities),
    }


if __name__ == "__main__":
    main()
