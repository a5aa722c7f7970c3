"""The training loop: a generator of progress over encoded examples. Knows ids and labels; no text, files or printing.

Everything that a run's future depends on is in the weights, the optimiser, the random state and a `Place`, so a run
that stops between two updates goes on from `state()` as if it had not stopped. The order of the data is a function
of the seed and the epoch alone.
"""

import math
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F
from torch.optim.swa_utils import AveragedModel

from rnnsent.config import TrainConfig
from rnnsent.data.batches import buckets, pad, random_window
from rnnsent.data.tokenizer import Ids
from rnnsent.data.tokenizer_rules import UNKNOWN_ID
from rnnsent.fit.adversarial import adversarial, virtual_adversarial_loss
from rnnsent.fit.optimization import descend, learning_rate, make_optimizer, moving_average
from rnnsent.fit.state import part_of, restore, tensors_of
from rnnsent.model.classifier import Classifier, to_tensors
from rnnsent.model.device import autocast

MOST_EPOCHS_ADDED = 30
VALIDATION_ROWS, VALIDATION_TOKENS = 256, 16_384


@dataclass(frozen=True)
class Encoded:
    """N rows of token ids, none of them empty, and the share of each class in each, (N, K) with rows that sum to 1.

    A label is all of one class; a teacher's answer may be some of each. A text of which nothing is known has 0 of all.
    """

    rows: Sequence[Ids]
    targets: NDArray[np.float32]

    @property
    def labels(self) -> NDArray[np.int64]:
        """The largest share's class, (N,)."""
        return self.targets.argmax(axis=1)


def joined(parts: Sequence[Encoded]) -> Encoded:
    """All rows of the parts, in order."""
    return Encoded([row for each in parts for row in each.rows], np.concatenate([each.targets for each in parts]))


@dataclass(frozen=True)
class Update:
    """Where training stands after an update of the weights. Loss and accuracy are means over the epoch so far."""

    epoch: int
    epochs: int
    batch: int
    batches: int
    loss: float
    accuracy: float
    tokens_per_second: float


@dataclass(frozen=True)
class Epoch:
    """The result of one epoch; the validation figures are those of the averaged weights. Loss in nats."""

    epoch: int
    epochs: int
    train_loss: float
    train_accuracy: float
    validation_loss: float
    validation_accuracy: float
    learning_rate: float
    tokens_per_second: float
    seconds: float
    best: bool

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass
class Place:
    """Where a run stands: plain numbers, saved beside the weights."""

    epoch: int = 0
    batch: int = 0
    updates: int = 0
    texts: int = 0
    tokens: int = 0
    loss_sum: float = 0.0
    right: int = 0
    seconds: float = 0.0
    best_epoch: int = -1
    best_accuracy: float = -1.0
    best_loss: float = math.inf

    @property
    def mean_loss(self) -> float:
        return self.loss_sum / max(self.texts, 1)  # the first batches may hold no text that has a label

    @property
    def accuracy(self) -> float:
        return self.right / max(self.texts, 1)


class Fit:
    """One run of training a classifier."""

    STAGE = "fit"

    def __init__(
        self, classifier: Classifier, train: Encoded, validation: Encoded, config: TrainConfig, device: torch.device
    ) -> None:
        self.config, self.device = config, device
        self.train, self.validation = train, validation
        self.classifier = classifier.to(device)
        self.average = (
            AveragedModel(self.classifier, multi_avg_fn=moving_average(config.average)) if config.average else None
        )
        self.optimizer = make_optimizer(self.classifier, self.classifier.embedding.weight, config)
        self.best: dict[str, Tensor] = {}
        self.place = Place()
        first = len(self._batches(0)[1])
        self.epochs = max(config.epochs, min(math.ceil(config.min_updates / first), MOST_EPOCHS_ADDED))
        self._class_weights = self._balanced() if config.class_weights == "balanced" else None

    def run(self) -> Iterator[Update | Epoch]:
        """Yield after every update and every epoch; between two yields the state is whole.

        Raises:
            RnnsentError: the loss is no number any more.
        """
        place = self.place
        while place.epoch < self.epochs and place.epoch - place.best_epoch <= self.config.patience:
            rows, batches = self._batches(place.epoch)
            self.classifier.train()
            while place.batch < len(batches):
                start = time.perf_counter()
                self._update(rows, batches)
                place.seconds += time.perf_counter() - start
                yield Update(
                    place.epoch + 1, self.epochs, place.batch, len(batches), place.mean_loss, place.accuracy,
                    place.tokens / place.seconds,
                )  # fmt: skip
            yield self._end_of_epoch()

    def state(self) -> tuple[dict[str, Tensor], dict[str, Any]]:
        """Tensors by name and plain values, from which `restore` goes on."""
        average = self.average.state_dict() if self.average is not None else {}
        parts = {"model": self.classifier.state_dict(), "average": average, "best": self.best}
        return tensors_of(parts, self.optimizer, self.device), asdict(self.place)

    def restore(self, tensors: Mapping[str, Tensor], values: Mapping[str, Any]) -> None:
        """Go on from a `state()` of a run with the same settings, data and device."""
        self.classifier.load_state_dict(part_of(tensors, "model"))
        if self.average is not None:
            self.average.load_state_dict(part_of(tensors, "average"))
        self.best = part_of(tensors, "best")
        restore(tensors, self.optimizer, self.device)
        self.place = Place(**values)

    def _batches(self, epoch: int) -> tuple[list[Ids], list[NDArray[np.int64]]]:
        """The epoch's rows, cut to windows, and its batches: a function of the seed and the epoch."""
        generator = np.random.default_rng([self.config.seed, epoch])
        rows = [random_window(row, self.config.window, generator) for row in self.train.rows]
        lengths = np.array([len(row) for row in rows], dtype=np.int64)
        return rows, buckets(
            lengths, max_rows=self.config.batch_size, max_tokens=self.config.batch_tokens, generator=generator
        )

    def _update(self, rows: list[Ids], batches: list[NDArray[np.int64]]) -> None:
        config, place = self.config, self.place
        batch = batches[place.batch]
        ids, lengths = to_tensors(*pad([rows[i] for i in batch]), self.device)
        targets = torch.from_numpy(self.train.targets[batch]).to(self.device)  # (B, K)
        if config.word_dropout:
            ids = ids.masked_fill(torch.rand(ids.shape, device=self.device) < config.word_dropout, UNKNOWN_ID)
        with autocast(self.device, config.precision):
            logits, loss = self._loss(ids, lengths, targets)
        share = (place.epoch + place.batch / len(batches)) / self.epochs
        value = descend(loss, self.optimizer, config, learning_rate(config, place.updates, share))
        if self.average is not None:
            self.average.update_parameters(self.classifier)
        place.batch += 1
        place.updates += 1
        known = targets.sum(dim=-1) > 0  # (B,)
        texts = int(known.sum())
        place.texts += texts
        place.tokens += int(sum(len(rows[i]) for i in batch))
        place.loss_sum += value * texts
        place.right += int(((logits.argmax(dim=-1) == targets.argmax(dim=-1)) & known).sum())

    def _loss(self, ids: Tensor, lengths: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
        """Logits (B, K) of the texts, and the loss, that of perturbed texts included where it is asked for."""
        config = self.config
        x = self.classifier.embedded(ids)  # (B, T, E)
        real = torch.arange(x.shape[1], device=x.device) < lengths[:, None]  # (B, T)
        logits, loss = self._cross_entropy(x, lengths, targets)
        total = loss
        if config.adversarial:
            moved = adversarial(x, real, loss, config.adversarial)  # (B, T, E)
            total = total + self._cross_entropy(moved, lengths, targets)[1]
        if config.virtual_adversarial:
            total = total + virtual_adversarial_loss(
                x,
                real,
                logits,
                lambda moved: self._cross_entropy(moved, lengths, targets)[0],
                config.virtual_adversarial,
            )
        return logits, total

    def _cross_entropy(self, x: Tensor, lengths: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
        """Logits (B, K) for token vectors (B, T, E), and the mean cross-entropy of the texts, or of all their steps."""
        if self.config.loss == "text":
            logits = self.classifier.logits(x, lengths)  # (B, K)
            return logits, self._mean_loss(logits, targets)
        outputs = self.classifier.step_logits(x, lengths)  # (B, T, K)
        real = torch.arange(x.shape[1], device=x.device) < lengths[:, None]  # (B, T)
        of_steps = targets[:, None].expand_as(outputs)  # (B, T, K)
        last = outputs[torch.arange(len(x), device=x.device), lengths - 1]  # (B, K)
        return last, self._mean_loss(outputs[real], of_steps[real])

    def _mean_loss(self, logits: Tensor, targets: Tensor) -> Tensor:
        """The cross-entropy of logits (N, K), mean over those whose targets (N, K) are known."""
        known = targets.sum(dim=-1) > 0  # (N,)
        losses = F.cross_entropy(
            logits, targets, self._class_weights, reduction="none", label_smoothing=self.config.label_smoothing
        )  # (N,)
        return torch.where(known, losses, 0.0).sum() / known.sum().clamp_min(1)

    def _end_of_epoch(self) -> Epoch:
        place = self.place
        kept = self.average.module if self.average is not None else self.classifier
        accuracy, loss = self._validate(kept)
        best = (accuracy, -loss) > (place.best_accuracy, -place.best_loss)
        if best:
            place.best_epoch, place.best_accuracy, place.best_loss = place.epoch, accuracy, loss
            self.best = {name: tensor.detach().cpu().clone() for name, tensor in kept.state_dict().items()}
        result = Epoch(
            place.epoch + 1, self.epochs, place.mean_loss, place.accuracy, loss, accuracy,
            self.optimizer.param_groups[0]["lr"], place.tokens / place.seconds, place.seconds, best,
        )  # fmt: skip
        place.epoch, place.batch = place.epoch + 1, 0
        place.texts = place.tokens = place.right = 0
        place.loss_sum = place.seconds = 0.0
        return result

    @torch.inference_mode()
    def _validate(self, classifier: nn.Module) -> tuple[float, float]:
        """Accuracy and mean cross-entropy on the validation examples, whole texts."""
        classifier.eval()
        lengths = np.array([len(row) for row in self.validation.rows], dtype=np.int64)
        right, loss = 0, 0.0
        for batch in buckets(lengths, max_rows=VALIDATION_ROWS, max_tokens=VALIDATION_TOKENS):
            ids, real = to_tensors(*pad([self.validation.rows[i] for i in batch]), self.device)
            labels = torch.from_numpy(self.validation.labels[batch]).to(self.device)
            logits = classifier(ids, real)
            right += int((logits.argmax(dim=-1) == labels).sum())
            loss += float(F.cross_entropy(logits, labels, reduction="sum"))
        return right / len(lengths), loss / len(lengths)

    def _balanced(self) -> Tensor:
        """Weights inverse to the frequency of each class, with mean 1 over the texts (King and Zeng 2001)."""
        counts = self.train.targets.sum(axis=0)
        weights = counts.sum() / (len(counts) * np.maximum(counts, 1))
        return torch.tensor(weights, dtype=torch.float32, device=self.device)
