"""Accuracy and calibration on a domain that training left out: `python benchmarks/unseen_domains.py BUILD`.

For each of five domains of scripts/corpora.py, a model is trained on the labels of all other domains, and scored on the held-out
part of this one, beside a model that was trained on all domains. There are no teachers and no word vectors, which have seen every
domain, and the models start from random weights. BUILD is a folder for the models. Needs the Hub and $RNNSENT_CORPORA.
"""

import os
import sys
from pathlib import Path

import numpy as np
import record
from domains import HeldOut, read_held_out, score

from rnnsent.predictor import Predictor
from rnnsent.training.request import TrainingRequest

sys.path.append(str(Path(__file__).parents[1] / "scripts"))
from corpora import CLASSES, LABELED, read_labeled
from domain_teacher import MAX_TEXTS_PER_CORPUS, NOISY
from english import is_finished, train_or_resume
from english_data import write_table

DOMAINS = ("restaurants", "travel", "software", "news", "apps")
SETTINGS = {
    "training.fine_tune": "",
    "training.validation_fraction": 0.1,
    "training.epochs": 2,
    "training.batch_size": 192,
    "tokenizer.vocab_size": 30_000,
    "model.max_ngram_features": 100_000,
}


def main() -> None:
    build = Path(sys.argv[1])
    build.mkdir(parents=True, exist_ok=True)
    os.chdir(build)
    os.environ["RNNSENT_MODELS_DIR"] = "models"
    held_out = [corpus for corpus in read_held_out() if corpus.corpus.domain in DOMAINS]
    for domain in ("", *DOMAINS):
        name = f"without-{domain}" if domain else "all-domains"
        if not is_finished(name):
            files = [write_labeled(f"{name}-{n_classes}.parquet", domain, n_classes) for n_classes in (3, 2)]
            train_or_resume(TrainingRequest((*files, "sst2", "sentences"), name=name, settings=SETTINGS))
        measure(name, [each for each in held_out if not domain or each.corpus.domain == domain], left_out=bool(domain))


def write_labeled(path: str, left_out: str, n_classes: int) -> str:
    """Write the labeled texts of all corpora with this number of classes, except those of a domain. Returns the path."""
    generator = np.random.default_rng(0)
    pairs: dict[str, str] = {}
    for corpus in LABELED:
        if corpus.domain == left_out or corpus.name in NOISY:
            continue
        rows = [*read_labeled(corpus, "train"), *read_labeled(corpus, "validation")]
        if rows[0].may_be_neutral == (n_classes == len(CLASSES)):
            chosen = generator.permutation(len(rows))[:MAX_TEXTS_PER_CORPUS]
            pairs |= {rows[i].text: rows[i].label for i in chosen}
    write_table(Path(path), list(pairs.items()))
    return path


def measure(name: str, held_out: list[HeldOut], *, left_out: bool) -> None:
    predictor = Predictor.load(name, device="cpu")
    order = [predictor.classes.index(class_name) for class_name in CLASSES]
    for corpus in held_out:
        probabilities = predictor.predict_proba(corpus.texts).probabilities[:, order]
        known = np.isfinite(probabilities).all(axis=1)
        scores = score(probabilities[known], corpus.labels[known], corpus.allowed)
        entry = {
            "domain": corpus.corpus.domain,
            "left_out": left_out,
            "command": "python benchmarks/unseen_domains.py BUILD",
        }
        record.record("unseen_domains", f"{name} on {corpus.corpus.name}", {**entry, **scores})
        print(
            f"{name} on {corpus.corpus.name}: accuracy {scores['accuracy']:.1%}, macro recall "
            f"{scores['macro_recall']:.1%}, ECE {scores['ece']:.3f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
