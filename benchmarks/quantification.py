"""Errors of the shares that `rnnsent summarize` shows, on samples with shifted shares: `python benchmarks/quantification.py [MODEL]`.

From the held-out texts of three-class corpora (scripts/corpora.py), samples are drawn whose shares of the classes are drawn evenly
from all possible ones. For each, the shares among the model's labels and the corrected shares are compared with the true ones.
"""

import sys
from pathlib import Path

import numpy as np
import record
from domains import read_held_out

from rnnsent.predictor import Predictor
from rnnsent.summary.quantify import correct_shares

sys.path.append(str(Path(__file__).parents[1] / "scripts"))
from corpora import CLASSES

CORPORA = (
    "semeval2017_tweets",
    "tweet_sentiment_extraction",
    "goemotions3",
    "software_comments",
    "hotel_reviews",
    "meld_dialogue",
)
N_SAMPLES, SAMPLE_TEXTS = 200, 500


def main() -> None:
    name = sys.argv[1] if len(sys.argv) > 1 else "english"
    predictor = Predictor.load(name, device="cpu")
    confusion = predictor.confusion_matrix
    assert confusion is not None
    order = [predictor.classes.index(class_name) for class_name in CLASSES]
    matrix = np.array(confusion)[np.ix_(order, order)]
    for held_out in read_held_out():
        if held_out.corpus.name not in CORPORA:
            continue
        probabilities = predictor.predict_proba(held_out.texts).probabilities[:, order]
        known = np.isfinite(probabilities).all(axis=1)
        predicted, labels = probabilities[known].argmax(axis=1), held_out.labels[known]
        generator = np.random.default_rng(0)
        raw, corrected = [], []
        for _ in range(N_SAMPLES):
            true = generator.dirichlet(np.ones(len(CLASSES)))
            sizes = generator.multinomial(SAMPLE_TEXTS, true)
            rows = np.concatenate([generator.choice(np.flatnonzero(labels == k), size) for k, size in enumerate(sizes)])
            counts = np.bincount(predicted[rows], minlength=len(CLASSES))
            shares = correct_shares(counts.tolist(), matrix.tolist())
            assert shares is not None
            raw.append(np.abs(counts / SAMPLE_TEXTS - sizes / SAMPLE_TEXTS).mean())
            corrected.append(np.abs(shares - sizes / SAMPLE_TEXTS).mean())
        values = {"n": SAMPLE_TEXTS, "raw_error": float(np.mean(raw)), "corrected_error": float(np.mean(corrected))}
        record.record(
            "quantification", held_out.corpus.name, {**values, "command": f"python benchmarks/quantification.py {name}"}
        )
        print(held_out.corpus.name, values, flush=True)


if __name__ == "__main__":
    main()
