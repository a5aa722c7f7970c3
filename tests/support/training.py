"""A small trainer and data for it, for the tests of the training loop."""

from typing import Any

import numpy as np
import torch

from rnnsent.config import ModelConfig, TrainingConfig
from rnnsent.data.batches import pad
from rnnsent.network.classifier import Classifier
from rnnsent.training.dataset import EncodedDataset
from rnnsent.training.events import EpochResult, StepResult
from rnnsent.training.loop import Trainer

# Without schedule, clipping, averaging and dropout, so that losses can be computed by hand.
PLAIN_TRAINING: dict[str, Any] = {
    "epochs": 2, "min_steps": 0, "batch_size": 4, "crop_length": 0, "warmup_steps": 0, "lr_schedule": "constant",
    "max_grad_norm": 0.0, "ema_decay": 0.0, "word_dropout": 0.0, "precision": "float32", "patience": 99,
}  # fmt: skip
PLAIN_MODEL: dict[str, Any] = {"hidden_size": 4, "embedding_dim": 4, "dropout": 0.0, "embedding_dropout": 0.0}
VOCAB_SIZE = 8


def one_hot(rows: list[np.ndarray], labels: np.ndarray) -> EncodedDataset:
    """A data set of rows with labels of 2 classes."""
    return EncodedDataset(rows, np.eye(2, dtype=np.float32)[labels])


def make_dataset(n_texts: int = 8, *, length: int = 5, swap_labels: bool = False) -> EncodedDataset:
    """Texts of class 0 or 1, which begin with token 2 or 3; a quarter of them is of class 1."""
    random = np.random.default_rng(0)
    labels = np.array([int(i % 4 == 0) for i in range(n_texts)])
    rows = [np.array([2 + label, *random.integers(4, VOCAB_SIZE, length - 1)], dtype=np.int32) for label in labels]
    return one_hot(rows, 1 - labels if swap_labels else labels)


def make_trainer(
    train: EncodedDataset | None = None,
    validation: EncodedDataset | None = None,
    *,
    model: dict[str, Any] | None = None,
    **training: Any,
) -> Trainer:
    """A trainer of a small network; keywords are fields of TrainingConfig."""
    torch.manual_seed(0)
    classifier = Classifier(ModelConfig(**{**PLAIN_MODEL, **(model or {})}), vocabulary=VOCAB_SIZE, classes=2)
    config = TrainingConfig(**{**PLAIN_TRAINING, **training})
    return Trainer(classifier, train or make_dataset(), validation or make_dataset(), config, torch.device("cpu"))


def run_steps(trainer: Trainer) -> list[StepResult]:
    """Run to the end and return the results of the steps."""
    return [event for event in trainer.run() if isinstance(event, StepResult)]


def run_epochs(trainer: Trainer) -> list[EpochResult]:
    """Run to the end and return the results of the epochs."""
    return [event for event in trainer.run() if isinstance(event, EpochResult)]


def copy_weights(module: torch.nn.Module) -> dict[str, torch.Tensor]:
    return {name: tensor.clone() for name, tensor in module.state_dict().items()}


def is_equal(first: dict[str, torch.Tensor], second: dict[str, torch.Tensor]) -> bool:
    return first.keys() == second.keys() and all(torch.equal(first[name], second[name]) for name in first)


def compute_logits(trainer: Trainer, dataset: EncodedDataset) -> torch.Tensor:
    with torch.inference_mode():
        return trainer.classifier(*map(torch.from_numpy, pad(dataset.rows)))


def record_ids(trainer: Trainer) -> list[torch.Tensor]:
    """A list that the ids of every batch are appended to when the classifier gets it."""
    batches: list[torch.Tensor] = []
    trainer.classifier.embedding.register_forward_hook(lambda module, inputs, output: batches.append(inputs[0].clone()))
    return batches
