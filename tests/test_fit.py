"""Proves the training loop against figures counted by hand: losses, when it stops, what it keeps, and how it goes on."""

import numpy as np
import pytest
import torch
from fitting import encoded, epochs, examples, fit_of, logits_of, same, snapshot, updates
from torch.nn import functional as F

from rnnsent.data.batches import pad
from rnnsent.fit.loop import MOST_EPOCHS_ADDED, Encoded, Epoch, Update


def test_a_run_gives_an_update_a_batch_and_an_epoch_after_them() -> None:
    events = list(fit_of().run())
    assert [type(event) for event in events] == [Update, Update, Epoch, Update, Update, Epoch]
    assert [(event.epoch, event.batch, event.batches) for event in events if isinstance(event, Update)] == [
        (1, 1, 2), (1, 2, 2), (2, 1, 2), (2, 2, 2),
    ]  # fmt: skip


def test_the_loss_of_an_update_is_the_cross_entropy_before_it() -> None:
    fit = fit_of(batch_size=8)
    logits, labels = logits_of(fit, fit.train), torch.from_numpy(fit.train.labels)
    first = updates(fit)[0]
    assert first.loss == pytest.approx(float(F.cross_entropy(logits, labels)), abs=1e-6)
    assert first.accuracy == float((logits.argmax(dim=1) == labels).float().mean())


def test_balanced_classes_weigh_the_same_in_the_loss() -> None:
    fit = fit_of(batch_size=8, class_weights="balanced")
    losses = F.cross_entropy(logits_of(fit, fit.train), torch.from_numpy(fit.train.labels), reduction="none").numpy()
    rare = fit.train.labels == 1  # 2 of 8 texts
    assert updates(fit)[0].loss == pytest.approx((losses[rare].mean() + losses[~rare].mean()) / 2, abs=1e-6)


def test_a_loss_at_every_step_is_the_mean_over_all_real_steps() -> None:
    rows = [np.array([2, 4, 5], dtype=np.int32), np.array([3], dtype=np.int32)]
    fit = fit_of(encoded(rows, np.array([0, 1])), loss="every-step", model={"pooling": "last", "bidirectional": False})
    with torch.inference_mode():
        outputs = []
        for row in rows:
            ids, length = map(torch.from_numpy, pad([row]))
            outputs.append(fit.classifier.step_logits(fit.classifier.embedded(ids), length)[0])
    targets = [torch.full((len(row),), label) for row, label in zip(rows, (0, 1), strict=True)]
    expected = float(F.cross_entropy(torch.cat(outputs), torch.cat(targets)))
    first = updates(fit)[0]
    assert first.loss == pytest.approx(expected, abs=1e-6)
    assert first.accuracy == np.mean([int(output[-1].argmax()) == label for label, output in enumerate(outputs)])


def test_an_epochs_figures_are_means_over_its_texts() -> None:
    fit = fit_of(examples(7), batch_size=4, epochs=1, learning_rate=0.0)
    logits, labels = logits_of(fit, fit.train), torch.from_numpy(fit.train.labels)
    (epoch,) = epochs(fit)
    assert epoch.train_loss == pytest.approx(float(F.cross_entropy(logits, labels)), abs=1e-6)
    assert epoch.train_accuracy == pytest.approx(float((logits.argmax(dim=1) == labels).float().mean()))
    logits, labels = logits_of(fit, fit.validation), torch.from_numpy(fit.validation.labels)
    assert epoch.validation_loss == pytest.approx(float(F.cross_entropy(logits, labels)), abs=1e-6)
    assert epoch.validation_accuracy == pytest.approx(float((logits.argmax(dim=1) == labels).float().mean()))


@pytest.mark.parametrize("patience", [1, 2, 4])
def test_it_stops_after_as_many_epochs_without_a_better_one_as_patience_allows(patience: int) -> None:
    found = epochs(fit_of(epochs=20, patience=patience, learning_rate=0.0))  # nothing ever changes
    assert [epoch.best for epoch in found] == [True] + [False] * patience


def test_it_goes_on_to_the_last_epoch_while_there_is_patience() -> None:
    assert len(epochs(fit_of(epochs=3, patience=3, learning_rate=0.0))) == 3


@pytest.mark.parametrize(
    ("least", "count"), [(0, 2), (4, 2), (5, 3), (20, 10), (60, MOST_EPOCHS_ADDED), (10_000, MOST_EPOCHS_ADDED)]
)
def test_a_small_set_gets_more_epochs_until_it_had_its_updates(least: int, count: int) -> None:
    assert fit_of(epochs=2, min_updates=least).epochs == count  # 2 updates an epoch


def test_more_epochs_than_are_ever_added_may_be_asked_for() -> None:
    assert fit_of(epochs=50, min_updates=10_000).epochs == 50


def test_a_smoothed_label_and_a_teachers_answer_are_shares_of_the_classes() -> None:
    rows = examples().rows
    answers = np.random.default_rng(1).dirichlet([1, 1], len(rows)).astype(np.float32)
    for targets, smoothing in ((answers, 0.0), (np.eye(2, dtype=np.float32)[[0, 1] * 4], 0.2)):
        fit = fit_of(Encoded(rows, targets), batch_size=8, label_smoothing=smoothing)
        shares = torch.from_numpy(targets * (1 - smoothing) + smoothing / 2)
        expected = -(shares * logits_of(fit, fit.train).log_softmax(dim=1)).sum(dim=1).mean()
        assert updates(fit)[0].loss == pytest.approx(float(expected), abs=1e-6)


@pytest.mark.parametrize("average", [0.0, 0.9])
def test_the_best_epoch_is_kept_and_not_the_last(average: float) -> None:
    # The validation labels are those of training turned round, so that learning makes it worse.
    fit = fit_of(validation=examples(turned=True), epochs=6, learning_rate=0.05, average=average)
    found, weights = [], []
    for event in fit.run():
        if isinstance(event, Epoch):
            found.append(event)
            weights.append(snapshot(fit.average.module if fit.average else fit.classifier))
    ranks = [(epoch.validation_accuracy, -epoch.validation_loss) for epoch in found]
    best = ranks.index(max(ranks))
    assert best < len(found) - 1
    assert same(fit.best, weights[best])
    assert not same(fit.best, weights[-1])
    assert [epoch.best for epoch in found] == [rank > max(ranks[:i], default=(-1,)) for i, rank in enumerate(ranks)]


def test_a_run_restored_from_its_state_goes_on_as_if_it_had_not_stopped() -> None:
    settings = {"epochs": 3, "average": 0.9, "word_dropout": 0.3, "model": {"dropout": 0.3}}
    whole = fit_of(**settings)
    list(whole.run())
    part = fit_of(**settings)
    for _, event in zip(range(4), part.run(), strict=False):  # into the second epoch
        assert event
    tensors, place = part.state()
    rest = fit_of(**settings)
    rest.restore(tensors, place)
    list(rest.run())
    assert same(snapshot(rest.classifier), snapshot(whole.classifier))
    assert same(rest.best, whole.best)


def test_the_state_shares_no_memory_with_the_run() -> None:
    fit = fit_of(learning_rate=0.1)
    run = fit.run()
    next(run)
    tensors, _ = fit.state()
    before = {name: tensor.clone() for name, tensor in tensors.items()}
    next(run)
    assert same(tensors, before)
    assert not torch.equal(tensors["model.output.weight"], fit.classifier.output.weight)


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
def test_each_cell_learns_what_the_first_word_tells(cell: str) -> None:
    fit = fit_of(examples(32), examples(32), epochs=25, learning_rate=0.05, model={"cell": cell})
    assert epochs(fit)[-1].validation_accuracy == 1
