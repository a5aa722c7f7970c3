"""A small training run and what can be seen of it, for the tests of the training loop."""

from typing import Any

import numpy as np
import torch

from rnnsent.config import ModelConfig, TrainConfig
from rnnsent.data.batches import pad
from rnnsent.fit.loop import Encoded, Epoch, Fit, Update
from rnnsent.model.classifier import Classifier

PLAIN: dict[str, Any] = {
    "epochs": 2, "min_updates": 0, "batch_size": 4, "window": 0, "warmup": 0, "decay": "none", "clip_norm": 0.0,
    "average": 0.0, "word_dropout": 0.0, "precision": "float32", "patience": 99,
}  # fmt: skip
VOCABULARY = 8


def encoded(rows: list[np.ndarray], labels: np.ndarray) -> Encoded:
    return Encoded(rows, np.eye(2, dtype=np.float32)[labels])


def examples(count: int = 8, *, length: int = 5, turned: bool = False) -> Encoded:
    """Texts of class 0 or 1 that begin with token 2 or 3; a quarter of them is of class 1."""
    random = np.random.default_rng(0)
    labels = np.array([int(i % 4 == 0) for i in range(count)])
    rows = [np.array([2 + label, *random.integers(4, VOCABULARY, length - 1)], dtype=np.int32) for label in labels]
    return encoded(rows, 1 - labels if turned else labels)


def fit_of(
    train: Encoded | None = None,
    validation: Encoded | None = None,
    *,
    model: dict[str, Any] | None = None,
    **training: Any,
) -> Fit:
    torch.manual_seed(0)
    plain = {"hidden": 4, "embedding_dim": 4, "dropout": 0.0, "embedding_dropout": 0.0, **(model or {})}
    classifier = Classifier(ModelConfig(**plain), vocabulary=VOCABULARY, classes=2)
    config = TrainConfig(**{**PLAIN, **training})
    return Fit(classifier, train or examples(), validation or examples(), config, torch.device("cpu"))


def updates(fit: Fit) -> list[Update]:
    return [event for event in fit.run() if isinstance(event, Update)]


def epochs(fit: Fit) -> list[Epoch]:
    return [event for event in fit.run() if isinstance(event, Epoch)]


def snapshot(module: torch.nn.Module) -> dict[str, torch.Tensor]:
    return {name: tensor.clone() for name, tensor in module.state_dict().items()}


def same(first: dict[str, torch.Tensor], second: dict[str, torch.Tensor]) -> bool:
    return first.keys() == second.keys() and all(torch.equal(first[name], second[name]) for name in first)


def logits_of(fit: Fit, data: Encoded) -> torch.Tensor:
    with torch.inference_mode():
        return fit.classifier(*map(torch.from_numpy, pad(data.rows)))


def seen_ids(fit: Fit) -> list[torch.Tensor]:
    """The ids of every batch that the classifier is going to see."""
    seen: list[torch.Tensor] = []
    fit.classifier.embedding.register_forward_hook(lambda module, given, result: seen.append(given[0].clone()))
    return seen
