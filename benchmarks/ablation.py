"""Ablation study: train variants of the default recipe over several seeds, and measure them on validation data.

    python benchmarks/ablation.py sst2                                  # every variant
    python benchmarks/ablation.py imdb default "adversarial training"   # some of them

All variants start from random weights. A seed determines these and the order of the data, and every variant runs with the
same seeds. A tenth of the train split is used for validation. No test split is read. The script records the accuracy and log
loss of the whole model and the accuracy of the network alone.
"""

import os
import sys
import tempfile
from collections.abc import Mapping
from typing import Any

import numpy as np
import record

from rnnsent.training.events import ModelSaved
from rnnsent.training.request import TrainingRequest
from rnnsent.training.train import train

SEEDS = (0, 1, 2)
DEFAULT = "default"
VARIANTS: dict[str, dict[str, Any]] = {
    DEFAULT: {},
    "without n-grams": {"model.max_ngram": 0},
    "without EMA": {"training.ema_decay": 0.0},
    "without word dropout": {"training.word_dropout": 0.0},
    "without embedding dropout": {"model.embedding_dropout": 0.0},
    "without output dropout": {"model.dropout": 0.0},
    "without any dropout": {"training.word_dropout": 0.0, "model.embedding_dropout": 0.0, "model.dropout": 0.0},
    "unidirectional": {"model.bidirectional": False},
    "two layers": {"model.num_layers": 2},
    "attention pooling": {"model.pooling": "attention"},
    "self-attention pooling": {"model.pooling": "self-attention"},
    "label smoothing": {"training.label_smoothing": 0.1},
    "adversarial training": {"training.adversarial_epsilon": 0.02},
    "virtual adversarial training": {"training.vat_epsilon": 0.03},
    "LM pretraining": {"training.lm_epochs": 5},
    "LM pretraining and adversarial training": {"training.lm_epochs": 5, "training.adversarial_epsilon": 0.02},
}


def measure(source: str, variant: str, seed: int) -> dict[str, float]:
    """Train once; return the metrics on the validation split."""
    common = {"training.seed": seed, "training.validation_fraction": 0.1, "training.fine_tune": ""}
    settings = {**VARIANTS[variant], **common}
    network_accuracy = 0.0
    with tempfile.TemporaryDirectory() as folder:
        os.environ["RNNSENT_MODELS_DIR"] = folder
        for event in train(TrainingRequest((source,), settings=settings)):
            if isinstance(event, ModelSaved):
                metrics = event.validation.metrics
            network_accuracy = max(network_accuracy, getattr(event, "validation_accuracy", 0.0))
    return {"accuracy": metrics.accuracy, "log_loss": metrics.log_loss, "network_accuracy": network_accuracy}


def collect(runs: list[dict[str, float]]) -> Mapping[str, list[float]]:
    """Each metric as a list over the seeds."""
    return {key: [float(np.round(run[key], 5)) for run in runs] for key in runs[0]}


def main() -> None:
    source, *variants = sys.argv[1:]
    command = f"python benchmarks/ablation.py {source}"
    for variant in variants or VARIANTS:
        metrics = collect([measure(source, variant, seed) for seed in SEEDS])
        record.record(
            "ablation", f"{source}: {variant}", {"command": command, "settings": VARIANTS[variant], **metrics}
        )
        print(source, variant, metrics, flush=True)


if __name__ == "__main__":
    main()
