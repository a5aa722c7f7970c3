"""What each block of a training gives, alone and together, over seeds: judged on validation, never on a test split.

    python benchmarks/ablation.py sst2                       # every block
    python benchmarks/ablation.py imdb "as it is" adversarial

A seed draws the validation split, the weights and the order of the data, and every block is run with the same seeds, so
that blocks are compared on the same texts. Without --validation of its own a set is cut by a tenth of its train split.
The figures go to results.json: accuracy and log loss of the whole model, and the accuracy of the network alone.
"""

import os
import sys
import tempfile
from collections.abc import Mapping
from typing import Any

import numpy as np
import record

from rnnsent.request import Request
from rnnsent.train import Saved, train

SEEDS = (0, 1, 2)
AS_IT_IS = "as it is"
BLOCKS: dict[str, dict[str, Any]] = {
    AS_IT_IS: {},
    "without n-grams": {"ngrams": 0},
    "without the moving average": {"average": 0.0},
    "without word dropout": {"word_dropout": 0.0},
    "without embedding dropout": {"embedding_dropout": 0.0},
    "without dropout before the output": {"dropout": 0.0},
    "without any dropout": {"word_dropout": 0.0, "embedding_dropout": 0.0, "dropout": 0.0},
    "one direction": {"bidirectional": False},
    "two layers": {"layers": 2},
    "pooling attention": {"pooling": "attention"},
    "pooling self-attention": {"pooling": "self-attention"},
    "label smoothing": {"label_smoothing": 0.1},
    "adversarial": {"adversarial": 0.02},
    "virtual adversarial": {"virtual_adversarial": 0.03},
    "pretrain vectors": {"pretrain": "vectors", "pretrain_epochs": 5},
    "pretrain lm": {"pretrain": "lm", "pretrain_epochs": 5},
    "pretrain lm and adversarial": {"pretrain": "lm", "pretrain_epochs": 5, "adversarial": 0.02},
}


def measure(source: str, block: str, seed: int) -> dict[str, float]:
    """Validation figures of one training."""
    overrides = {**BLOCKS[block], "seed": seed, "validation": 0.1}
    network = 0.0
    with tempfile.TemporaryDirectory() as folder:
        os.environ["RNNSENT_MODELS_DIR"] = folder
        for event in train(Request((source,), overrides=overrides)):
            if isinstance(event, Saved):
                metrics = event.validation.metrics
            network = max(network, getattr(event, "validation_accuracy", 0.0))
    return {"accuracy": metrics.accuracy, "log_loss": metrics.log_loss, "network_accuracy": network}


def main() -> None:
    source, *asked = sys.argv[1:]
    command = f"python benchmarks/ablation.py {source}"
    for block in asked or BLOCKS:
        runs = [measure(source, block, seed) for seed in SEEDS]
        record.record(
            "ablation", f"{source}: {block}", {"command": command, "settings": BLOCKS[block], **together(runs)}
        )
        print(source, block, together(runs), flush=True)


def together(runs: list[dict[str, float]]) -> Mapping[str, list[float]]:
    """Each figure as a list over the seeds."""
    return {key: [float(np.round(run[key], 5)) for run in runs] for key in runs[0]}


if __name__ == "__main__":
    main()
