"""The training loop: a generator of events over encoded texts. Knows ids and targets; no text, files or printing.

The rest of a run depends only on the weights, the optimizer state, the random state and the `Progress`. A run that
stops between two steps therefore continues from its `state` to the same weights, bit for bit. The order of the data is
a function of the seed and the epoch.
"""

import math
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F
from torch.optim.swa_utils import AveragedModel

from rnnsent.config import TrainingConfig
from rnnsent.data.batches import crop_and_batch, make_batches, pad
from rnnsent.data.ids import UNKNOWN_ID, Ids
from rnnsent.network.classifier import Classifier, to_tensors
from rnnsent.network.device import autocast
from rnnsent.training.dataset import EncodedDataset
from rnnsent.training.events import EpochResult, StepResult
from rnnsent.training.objective import Objective
from rnnsent.training.optimization import compute_learning_rate, ema_update, make_optimizer, optimizer_step
from rnnsent.training.state import pack_state, restore_optimizer, unpack_part

MAX_EPOCHS_FOR_MIN_STEPS = 30  # training.min_steps raises the number of epochs up to this
VALIDATION_ROWS, VALIDATION_TOKENS = 256, 16_384


@dataclass
class Progress:
    """How far training is, as plain values that are saved beside the tensors. Sums are over the current epoch."""

    epoch: int = 0  # finished epochs
    batch: int = 0  # finished batches of the current epoch
    step: int = 0  # finished optimizer steps of all epochs
    n_labeled: int = 0
    n_tokens: int = 0
    loss_sum: float = 0.0
    n_correct: int = 0
    seconds: float = 0.0
    best_epoch: int = -1
    best_accuracy: float = -1.0
    best_loss: float = math.inf

    @property
    def mean_loss(self) -> float:
        return self.loss_sum / max(self.n_labeled, 1)  # the first batches may have no labeled text

    @property
    def accuracy(self) -> float:
        return self.n_correct / max(self.n_labeled, 1)

    def start_epoch(self) -> None:
        self.epoch, self.batch = self.epoch + 1, 0
        self.n_labeled = self.n_tokens = self.n_correct = 0
        self.loss_sum = self.seconds = 0.0


class Trainer:
    """Trains a classifier in place.

    Attributes:
        epochs: number of epochs, including those that `training.min_steps` adds.
        averaged_model: the moving average of the weights, None without `training.ema_decay`.
        best_weights: weights of the epoch with the best validation accuracy, on the CPU; empty before the first epoch.
    """

    NAME = "training"

    def __init__(
        self,
        classifier: Classifier,
        train: EncodedDataset,
        validation: EncodedDataset,
        config: TrainingConfig,
        device: torch.device,
    ) -> None:
        self.config, self.device = config, device
        self.train, self.validation = train, validation
        self.classifier = classifier.to(device)
        self.averaged_model = (
            AveragedModel(self.classifier, multi_avg_fn=ema_update(config.ema_decay)) if config.ema_decay else None
        )
        self.optimizer = make_optimizer(self.classifier, self.classifier.embedding.weight, config)
        self.best_weights: dict[str, Tensor] = {}
        self.progress = Progress()
        batches_per_epoch = len(self._make_batches(0)[1])
        epochs_for_min_steps = math.ceil(config.min_steps / batches_per_epoch)
        self.epochs = max(config.epochs, min(epochs_for_min_steps, MAX_EPOCHS_FOR_MIN_STEPS))
        class_weights = self._compute_class_weights() if config.class_weights == "balanced" else None
        self._objective = Objective(self.classifier, config, class_weights)

    def run(self) -> Iterator[StepResult | EpochResult]:
        """Train for the rest of the epochs, yielding after each step and each epoch.

        Raises:
            RnnsentError: the loss is NaN or infinite.
        """
        progress = self.progress
        while progress.epoch < self.epochs and progress.epoch - progress.best_epoch <= self.config.patience:
            rows, batches = self._make_batches(progress.epoch)
            self.classifier.train()
            while progress.batch < len(batches):
                start = time.perf_counter()
                self._train_batch(rows, batches)
                progress.seconds += time.perf_counter() - start
                yield StepResult(
                    epoch=progress.epoch + 1,
                    epochs=self.epochs,
                    batch=progress.batch,
                    batches=len(batches),
                    loss=progress.mean_loss,
                    accuracy=progress.accuracy,
                    tokens_per_second=progress.n_tokens / progress.seconds,
                )
            yield self._finish_epoch()

    def state(self) -> tuple[dict[str, Tensor], dict[str, Any]]:
        """Everything that `restore` needs: tensors by name, and the progress as plain values."""
        average = self.averaged_model.state_dict() if self.averaged_model is not None else {}
        parts = {"model": self.classifier.state_dict(), "average": average, "best": self.best_weights}
        return pack_state(parts, self.optimizer, self.device), asdict(self.progress)

    def restore(self, tensors: Mapping[str, Tensor], progress: Mapping[str, Any]) -> None:
        """Continue from the `state` of a run with the same settings, data and device."""
        self.classifier.load_state_dict(unpack_part(tensors, "model"))
        if self.averaged_model is not None:
            self.averaged_model.load_state_dict(unpack_part(tensors, "average"))
        self.best_weights = unpack_part(tensors, "best")
        restore_optimizer(tensors, self.optimizer, self.device)
        self.progress = Progress(**progress)

    def _make_batches(self, epoch: int) -> tuple[list[Ids], list[NDArray[np.int64]]]:
        """The cropped rows of an epoch, and its batches of row indices."""
        config = self.config
        return crop_and_batch(
            self.train.rows,
            crop_length=config.crop_length,
            max_rows=config.batch_size,
            max_tokens=config.batch_tokens,
            generator=np.random.default_rng([config.seed, epoch]),
        )

    def _train_batch(self, rows: list[Ids], batches: list[NDArray[np.int64]]) -> None:
        config, progress = self.config, self.progress
        batch = batches[progress.batch]
        ids, lengths = to_tensors(*pad([rows[i] for i in batch]), self.device)  # (B, T), (B,)
        targets = torch.from_numpy(self.train.targets[batch]).to(self.device)  # (B, K)
        allowed = self._read_allowed(self.train, batch)  # (B, K) or None
        if config.word_dropout:
            ids = ids.masked_fill(torch.rand(ids.shape, device=self.device) < config.word_dropout, UNKNOWN_ID)
        with autocast(self.device, config.precision):
            logits, loss = self._objective.compute(ids, lengths, targets, allowed)  # (B, K), scalar
        fraction = (progress.epoch + progress.batch / len(batches)) / self.epochs
        learning_rate = compute_learning_rate(config, progress.step, fraction)
        loss_value = optimizer_step(loss, self.optimizer, config, learning_rate)
        if self.averaged_model is not None:
            self.averaged_model.update_parameters(self.classifier)
        if allowed is not None:
            logits = logits.masked_fill(~allowed, -torch.inf)
        labeled = targets.sum(dim=-1) > 0  # (B,)
        n_labeled = int(labeled.sum())
        progress.batch += 1
        progress.step += 1
        progress.n_labeled += n_labeled
        progress.n_tokens += int(sum(len(rows[i]) for i in batch))
        progress.loss_sum += loss_value * n_labeled
        progress.n_correct += int(((logits.argmax(dim=-1) == targets.argmax(dim=-1)) & labeled).sum())

    def _finish_epoch(self) -> EpochResult:
        progress = self.progress
        model = self.averaged_model.module if self.averaged_model is not None else self.classifier
        accuracy, loss = self._validate(model)
        is_best = (accuracy, -loss) > (progress.best_accuracy, -progress.best_loss)
        if is_best:
            progress.best_epoch, progress.best_accuracy, progress.best_loss = progress.epoch, accuracy, loss
            self.best_weights = {name: tensor.detach().cpu().clone() for name, tensor in model.state_dict().items()}
        result = EpochResult(
            epoch=progress.epoch + 1,
            epochs=self.epochs,
            train_loss=progress.mean_loss,
            train_accuracy=progress.accuracy,
            validation_loss=loss,
            validation_accuracy=accuracy,
            learning_rate=self.optimizer.param_groups[0]["lr"],
            tokens_per_second=progress.n_tokens / progress.seconds,
            seconds=progress.seconds,
            best=is_best,
        )
        progress.start_epoch()
        return result

    @torch.inference_mode()
    def _validate(self, model: nn.Module) -> tuple[float, float]:
        """Accuracy and mean cross-entropy on the validation texts, which are not cropped."""
        model.eval()
        row_lengths = np.array([len(row) for row in self.validation.rows], dtype=np.int64)
        n_correct, loss_sum = 0, 0.0
        for batch in make_batches(row_lengths, max_rows=VALIDATION_ROWS, max_tokens=VALIDATION_TOKENS):
            ids, lengths = to_tensors(*pad([self.validation.rows[i] for i in batch]), self.device)  # (B, T), (B,)
            labels = torch.from_numpy(self.validation.labels[batch]).to(self.device)  # (B,)
            logits = model(ids, lengths)  # (B, K)
            if (allowed := self._read_allowed(self.validation, batch)) is not None:
                logits = logits.masked_fill(~allowed, -torch.inf)
            n_correct += int((logits.argmax(dim=-1) == labels).sum())
            loss_sum += float(F.cross_entropy(logits, labels, reduction="sum"))
        return n_correct / len(row_lengths), loss_sum / len(row_lengths)

    def _read_allowed(self, dataset: EncodedDataset, batch: NDArray[np.int64]) -> Tensor | None:
        """The classes (B, K) that each text of a batch may have; None if these are all classes."""
        return None if dataset.allowed is None else torch.from_numpy(dataset.allowed[batch]).to(self.device)

    def _compute_class_weights(self) -> Tensor:
        """Weights (K,) inverse to the frequency of each class, with mean 1 over the texts (King and Zeng 2001)."""
        counts = self.train.targets.sum(axis=0)  # (K,)
        weights = counts.sum() / (len(counts) * np.maximum(counts, 1))
        return torch.tensor(weights, dtype=torch.float32, device=self.device)
