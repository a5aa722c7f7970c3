"""The stages of a training run on one network: language-model pretraining, if any, then training."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch
from torch import Tensor

from rnnsent.checkpoint.shapes import EMBEDDING
from rnnsent.checkpoint.store import find_model
from rnnsent.data.embeddings import read_vectors
from rnnsent.data.ids import UNKNOWN_ID
from rnnsent.data.sentiment_scales import recognize_classes
from rnnsent.network.classifier import Classifier
from rnnsent.network.ngrams import network_weights
from rnnsent.recipe import Recipe
from rnnsent.training.dataset import EncodedDataset, concatenate
from rnnsent.training.language_model import Pretrainer
from rnnsent.training.loop import Trainer
from rnnsent.training.training_data import TrainingData


class StageProgress(Protocol):
    """How far a stage is."""

    epoch: int  # number of finished epochs


class Stage(Protocol):
    """One stage of a run. Between two events of `run`, `state` is complete."""

    NAME: str  # in the saved state

    @property
    def progress(self) -> StageProgress: ...

    def run(self) -> Iterator[Any]:
        """Run the rest of the stage, yielding an event after each step."""
        ...

    def state(self) -> tuple[dict[str, Tensor], dict[str, Any]]:
        """Everything that `restore` needs: tensors by name, and the progress as plain values."""
        ...

    def restore(self, tensors: Mapping[str, Tensor], progress: Mapping[str, Any]) -> None:
        """Continue from the `state` of a stage with the same settings, data and device."""
        ...


def make_stages(recipe: Recipe, data: TrainingData, device: torch.device) -> tuple[list[Stage], Trainer]:
    """All stages in order, on one initialized network, and again the last one."""
    classifier = initialize_classifier(recipe, data)
    datasets = [data.labeled] * recipe.distillation.labeled_repeats + [data.teacher_labeled]
    if recipe.uses_vat_on_unlabeled:
        no_targets = np.zeros((len(data.unlabeled), len(data.classes)), dtype=np.float32)
        datasets.append(EncodedDataset(data.unlabeled, no_targets))
    trainer = Trainer(classifier, concatenate(datasets), data.validation, recipe.training, device)
    if recipe.training.lm_epochs:
        rows = [*data.labeled.rows, *data.unlabeled]
        return [Pretrainer(classifier, rows, recipe.training, device), trainer], trainer
    return [trainer], trainer


def initialize_classifier(recipe: Recipe, data: TrainingData) -> Classifier:
    """A network with random weights, and those of a base model or of word vectors where the recipe has them."""
    torch.manual_seed(recipe.training.seed)
    vocabulary = data.tokenizer.vocabulary()
    classifier = Classifier(recipe.model, vocabulary=len(vocabulary), classes=len(data.classes))
    classifier.initialize()
    if recipe.training.fine_tune:
        base = find_model(recipe.training.fine_tune)
        base_weights = {name: torch.from_numpy(weight) for name, weight in network_weights(base.weights).items()}
        names = {name: name for name in data.classes} | recognize_classes(data.classes, base.classes)
        shared_classes = [name for name in data.classes if names[name] in base.classes]
        rows = [data.classes.index(name) for name in shared_classes]
        base_rows = [base.classes.index(names[name]) for name in shared_classes]
        for name, weight in classifier.state_dict().items():
            if name not in base_weights or base_weights[name].shape[1:] != weight.shape[1:]:
                continue
            if name.startswith("output."):  # of one row for each class
                weight[rows] = base_weights[name][base_rows]
            elif name == EMBEDDING:
                weight[:] = base_weights[name][UNKNOWN_ID]  # a word that the base model lacks starts as an unknown one
                weight[: len(base_weights[name])] = base_weights[name]
            elif base_weights[name].shape == weight.shape:
                weight.copy_(base_weights[name])
    if recipe.training.pretrained_embeddings:
        ids, vectors = read_vectors(Path(recipe.training.pretrained_embeddings), vocabulary)
        classifier.embedding.weight.data[ids, : vectors.shape[1]] = torch.from_numpy(vectors)
    return classifier
