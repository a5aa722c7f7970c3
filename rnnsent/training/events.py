"""What training and tuning report while they run. Plain values without torch, so that a display imports them quickly."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeAlias

from rnnsent.checkpoint.checkpoint import Checkpoint
from rnnsent.data.corpus import Corpus
from rnnsent.evaluation.evaluate import Evaluation


@dataclass(frozen=True)
class PhaseProgress:
    """A phase of the run before or after the training steps has begun, or is at `done` of `total`.

    Both are None in a phase that does nothing countable. `name` describes it, for example "encoding texts".
    """

    name: str
    done: int | None = None
    total: int | None = None


@dataclass(frozen=True)
class LabelingProgress:
    """The teacher has labeled `done` of `total` texts."""

    done: int
    total: int


@dataclass(frozen=True)
class TrainingStarted:
    """The data is loaded and the model is initialized; training begins.

    `teacher_labeled` counts the texts whose targets are a teacher's probabilities. `resumed_epoch` is the epoch that a
    resumed run continues in, from 1, and None for a new run.
    """

    corpus: Corpus
    teacher_labeled: int
    vocab_size: int
    num_parameters: int
    epochs: int
    device: str
    resumed_epoch: int | None


@dataclass(frozen=True)
class PretrainStep:
    """One optimizer step of language-model pretraining. `loss` is the mean over the epoch so far, in nats per token."""

    epoch: int
    epochs: int
    batch: int
    batches: int
    loss: float
    tokens_per_second: float


@dataclass(frozen=True)
class StepResult:
    """One optimizer step of training. Loss (in nats) and accuracy are means over the epoch so far."""

    epoch: int
    epochs: int
    batch: int
    batches: int
    loss: float
    accuracy: float
    tokens_per_second: float


@dataclass(frozen=True)
class EpochResult:
    """One epoch of training. Losses are in nats; validation metrics are those of the averaged weights.

    `best` is whether its validation accuracy is the best so far.
    """

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
        """The line of `history.jsonl`."""
        return asdict(self)


@dataclass(frozen=True)
class ModelSaved:
    """The checkpoint is written, and its validation metrics are computed from the saved weights."""

    checkpoint: Checkpoint
    validation: Evaluation
    finished: bool


@dataclass(frozen=True)
class TrainingStopped:
    """The run was stopped and its state saved. `saved` is the best model so far, None before the end of an epoch."""

    saved: ModelSaved | None


@dataclass(frozen=True)
class Trial:
    """One trial of a hyperparameter search.

    `accuracy` is the validation accuracy of the network without the n-gram model, in the trial's best epoch.
    `completed` is False if the trial was pruned or the time ran out; `best` is whether it is the best trial so far.
    """

    number: int
    settings: Mapping[str, float]
    accuracy: float
    completed: bool
    best: bool


@dataclass(frozen=True)
class TuningFinished:
    """The search is over, and the recipe of its best trial is written to `path`."""

    path: Path
    settings: Mapping[str, float]
    accuracy: float
    trials: int


Event: TypeAlias = (
    PhaseProgress
    | LabelingProgress
    | TrainingStarted
    | PretrainStep
    | StepResult
    | EpochResult
    | ModelSaved
    | TrainingStopped
)
