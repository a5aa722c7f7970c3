"""The training loop: losses computed by hand, early stopping, the best weights, and resuming."""

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from rnnsent.data.batches import pad
from rnnsent.training.dataset import EncodedDataset
from rnnsent.training.events import EpochResult, StepResult
from rnnsent.training.loop import MAX_EPOCHS_FOR_MIN_STEPS
from tests.support.training import (
    compute_logits,
    copy_weights,
    is_equal,
    make_dataset,
    make_trainer,
    one_hot,
    run_epochs,
    run_steps,
)


def test_events() -> None:
    """There is one event per batch, and one per epoch after its batches."""
    events = list(make_trainer().run())
    assert [type(event) for event in events] == [StepResult, StepResult, EpochResult] * 2
    assert [(event.epoch, event.batch, event.batches) for event in events if isinstance(event, StepResult)] == [
        (1, 1, 2), (1, 2, 2), (2, 1, 2), (2, 2, 2),
    ]  # fmt: skip


def test_step_loss() -> None:
    """The loss of a step is the cross-entropy before the weights are updated."""
    trainer = make_trainer(batch_size=8)
    logits, labels = compute_logits(trainer, trainer.train), torch.from_numpy(trainer.train.labels)
    first = run_steps(trainer)[0]
    assert first.loss == pytest.approx(float(F.cross_entropy(logits, labels)), abs=1e-6)
    assert first.accuracy == float((logits.argmax(dim=1) == labels).float().mean())


def test_balanced_classes() -> None:
    """Balanced class weights give each class the same weight in the loss."""
    trainer = make_trainer(batch_size=8, class_weights="balanced")
    labels = trainer.train.labels
    losses = F.cross_entropy(compute_logits(trainer, trainer.train), torch.from_numpy(labels), reduction="none").numpy()
    rare = labels == 1  # 2 of 8 texts
    assert run_steps(trainer)[0].loss == pytest.approx((losses[rare].mean() + losses[~rare].mean()) / 2, abs=1e-6)


def test_per_token_loss() -> None:
    """A per-token loss is the mean over all tokens, without padding."""
    rows = [np.array([2, 4, 5], dtype=np.int32), np.array([3], dtype=np.int32)]
    trainer = make_trainer(
        one_hot(rows, np.array([0, 1])), loss="per-token", model={"pooling": "last", "bidirectional": False}
    )
    with torch.inference_mode():
        logits = []
        for row in rows:
            ids, length = map(torch.from_numpy, pad([row]))
            logits.append(trainer.classifier.step_logits(trainer.classifier.embed(ids), length)[0])
    targets = [torch.full((len(row),), label) for row, label in zip(rows, (0, 1), strict=True)]
    expected = float(F.cross_entropy(torch.cat(logits), torch.cat(targets)))
    first = run_steps(trainer)[0]
    assert first.loss == pytest.approx(expected, abs=1e-6)
    assert first.accuracy == np.mean([int(row_logits[-1].argmax()) == label for label, row_logits in enumerate(logits)])


def test_epoch_metrics() -> None:
    """The metrics of an epoch are means over its texts, although batches differ in size."""
    trainer = make_trainer(make_dataset(7), batch_size=4, epochs=1, learning_rate=0.0)
    logits, labels = compute_logits(trainer, trainer.train), torch.from_numpy(trainer.train.labels)
    (epoch,) = run_epochs(trainer)
    assert epoch.train_loss == pytest.approx(float(F.cross_entropy(logits, labels)), abs=1e-6)
    assert epoch.train_accuracy == pytest.approx(float((logits.argmax(dim=1) == labels).float().mean()))
    logits, labels = compute_logits(trainer, trainer.validation), torch.from_numpy(trainer.validation.labels)
    assert epoch.validation_loss == pytest.approx(float(F.cross_entropy(logits, labels)), abs=1e-6)
    assert epoch.validation_accuracy == pytest.approx(float((logits.argmax(dim=1) == labels).float().mean()))


@pytest.mark.parametrize("patience", [1, 2, 4])
def test_patience(patience: int) -> None:
    """Training stops after `patience` epochs without a better one."""
    results = run_epochs(make_trainer(epochs=20, patience=patience, learning_rate=0.0))  # the weights never change
    assert [epoch.best for epoch in results] == [True] + [False] * patience


def test_all_epochs() -> None:
    """Training runs all epochs if patience allows it."""
    assert len(run_epochs(make_trainer(epochs=3, patience=3, learning_rate=0.0))) == 3


@pytest.mark.parametrize(
    ("min_steps", "epochs"),
    [(0, 2), (4, 2), (5, 3), (20, 10), (60, MAX_EPOCHS_FOR_MIN_STEPS), (10_000, MAX_EPOCHS_FOR_MIN_STEPS)],
)
def test_min_steps(min_steps: int, epochs: int) -> None:
    """A small data set gets more epochs, up to a maximum, until it has `min_steps` steps."""
    assert make_trainer(epochs=2, min_steps=min_steps).epochs == epochs  # 2 steps per epoch


def test_many_epochs() -> None:
    """More epochs may be requested than `min_steps` adds."""
    assert make_trainer(epochs=50, min_steps=10_000).epochs == 50


def test_soft_targets() -> None:
    """Soft targets and smoothed labels are distributions over the classes in the cross-entropy."""
    rows = make_dataset().rows
    probabilities = np.random.default_rng(1).dirichlet([1, 1], len(rows)).astype(np.float32)
    for targets, smoothing in ((probabilities, 0.0), (np.eye(2, dtype=np.float32)[[0, 1] * 4], 0.2)):
        trainer = make_trainer(EncodedDataset(rows, targets), batch_size=8, label_smoothing=smoothing)
        smoothed = torch.from_numpy(targets * (1 - smoothing) + smoothing / 2)
        expected = -(smoothed * compute_logits(trainer, trainer.train).log_softmax(dim=1)).sum(dim=1).mean()
        assert run_steps(trainer)[0].loss == pytest.approx(float(expected), abs=1e-6)


@pytest.mark.parametrize("ema_decay", [0.0, 0.9])
def test_best_epoch(ema_decay: float) -> None:
    """The weights of the best epoch are kept, not those of the last one."""
    # The labels are swapped in validation, so training makes validation worse.
    trainer = make_trainer(validation=make_dataset(swap_labels=True), epochs=6, learning_rate=0.05, ema_decay=ema_decay)
    results, weights = [], []
    for event in trainer.run():
        if isinstance(event, EpochResult):
            results.append(event)
            weights.append(
                copy_weights(trainer.averaged_model.module if trainer.averaged_model else trainer.classifier)
            )
    ranks = [(epoch.validation_accuracy, -epoch.validation_loss) for epoch in results]
    best = ranks.index(max(ranks))
    assert best < len(results) - 1
    assert is_equal(trainer.best_weights, weights[best])
    assert not is_equal(trainer.best_weights, weights[-1])
    assert [epoch.best for epoch in results] == [rank > max(ranks[:i], default=(-1,)) for i, rank in enumerate(ranks)]


def test_restore() -> None:
    """A trainer restored from a state ends with the same weights as one that was not interrupted."""
    settings = {"epochs": 3, "ema_decay": 0.9, "word_dropout": 0.3, "model": {"dropout": 0.3}}
    uninterrupted = make_trainer(**settings)
    list(uninterrupted.run())
    interrupted = make_trainer(**settings)
    events = interrupted.run()
    for _ in range(4):  # into the second epoch
        next(events)
    tensors, progress = interrupted.state()
    resumed = make_trainer(**settings)
    resumed.restore(tensors, progress)
    list(resumed.run())
    assert is_equal(copy_weights(resumed.classifier), copy_weights(uninterrupted.classifier))
    assert is_equal(resumed.best_weights, uninterrupted.best_weights)


def test_state_is_copied() -> None:
    """The state shares no memory with the trainer."""
    trainer = make_trainer(learning_rate=0.1)
    events = trainer.run()
    next(events)
    tensors, _ = trainer.state()
    before = {name: tensor.clone() for name, tensor in tensors.items()}
    next(events)
    assert is_equal(tensors, before)
    assert not torch.equal(tensors["model.output.weight"], trainer.classifier.output.weight)


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
def test_learning(cell: str) -> None:
    """Each cell learns a task in which the first token determines the class."""
    trainer = make_trainer(make_dataset(32), make_dataset(32), epochs=25, learning_rate=0.05, model={"cell": cell})
    assert run_epochs(trainer)[-1].validation_accuracy == 1
