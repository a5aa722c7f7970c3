"""Proves the training loop against figures counted by hand: losses, learning rates, when it stops and what it keeps."""

import math
from typing import Any

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from rnnsent.config import ModelConfig, TrainConfig
from rnnsent.data.batches import pad
from rnnsent.data.tokenizer_rules import UNKNOWN_ID
from rnnsent.errors import RnnsentError
from rnnsent.fit.adversarial import adversarial
from rnnsent.fit.loop import MOST_EPOCHS_ADDED, Encoded, Epoch, Fit, Update
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


@pytest.mark.parametrize(
    ("training", "rates"),
    [
        ({"decay": "none"}, [1, 1, 1, 1]),
        ({"decay": "linear"}, [1, 0.75, 0.5, 0.25]),
        ({"decay": "cosine"}, [1, 0.5 + math.sqrt(0.5) / 2, 0.5, 0.5 - math.sqrt(0.5) / 2]),
        ({"decay": "none", "warmup": 4}, [0.25, 0.5, 0.75, 1]),
        ({"decay": "linear", "warmup": 2}, [0.5, 0.75, 0.5, 0.25]),
    ],
)
def test_the_learning_rate_rises_and_falls_as_counted_by_hand(training: dict[str, Any], rates: list[float]) -> None:
    fit = fit_of(learning_rate=0.1, **training)
    found = [fit.optimizer.param_groups[-1]["lr"] for event in fit.run() if isinstance(event, Update)]
    assert found == pytest.approx([0.1 * rate for rate in rates])


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


def test_the_average_of_the_weights_moves_at_the_rate_counted_by_hand() -> None:
    fit = fit_of(learning_rate=0.05, average=0.9)
    assert fit.average is not None
    averages, weights = [], []
    for event in fit.run():
        if isinstance(event, Update):
            averages.append(snapshot(fit.average.module)["output.weight"])
            weights.append(snapshot(fit.classifier)["output.weight"])
    assert torch.equal(averages[0], weights[0])
    for i in (1, 2, 3):  # the rate after i updates is (1 + i) / (10 + i), until that is more than 0.9
        rate = (1 + i) / (10 + i)
        torch.testing.assert_close(averages[i], rate * averages[i - 1] + (1 - rate) * weights[i])


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_a_loss_that_is_no_number_ends_the_run_with_a_remedy(value: float) -> None:
    fit = fit_of()
    fit.classifier.output.bias.data[0] = value
    with pytest.raises(RnnsentError, match=r"the loss became (nan|inf); lower --learning-rate or set --clip"):
        list(fit.run())
    assert fit.best == {}


def test_training_reads_windows_and_validation_whole_texts() -> None:
    long = examples(length=10)
    fit = fit_of(long, long, window=3, epochs=1)
    seen = seen_ids(fit)
    list(fit.run())
    assert [ids.shape for ids in seen] == [(4, 3), (4, 3), (8, 10)]
    texts = ["".join(map(str, row)) for row in long.rows]
    assert all(any("".join(map(str, row)) in text for text in texts) for ids in seen[:2] for row in ids.tolist())


def test_word_dropout_hides_words_in_training_alone() -> None:
    fit = fit_of(examples(64), word_dropout=0.5, batch_size=64, epochs=1)
    seen = seen_ids(fit)
    list(fit.run())
    assert 0.3 < float((seen[0] == UNKNOWN_ID).float().mean()) < 0.7
    assert all(not (ids == UNKNOWN_ID).any() for ids in seen[1:])


def test_a_batch_never_has_more_tokens_than_allowed() -> None:
    fit = fit_of(examples(20, length=6), batch_size=20, batch_tokens=13, epochs=1)
    seen = seen_ids(fit)
    assert len(updates(fit)) == 10
    assert {tuple(ids.shape) for ids in seen[:10]} == {(2, 6)}


def test_every_text_is_read_once_an_epoch_in_an_order_of_the_seed() -> None:
    def orders(seed: int) -> list[list[list[int]]]:
        fit = fit_of(examples(40), seed=seed, epochs=2)
        seen = seen_ids(fit)
        rows = [row for event in fit.run() if isinstance(event, Update) for row in seen[-1].tolist()]
        return [rows[:40], rows[40:]]

    first, second = orders(0)
    assert sorted(first) == sorted(second) == sorted(row.tolist() for row in examples(40).rows)
    assert first != second
    assert orders(0) == [first, second]
    assert orders(1)[0] != first


def norm_of_gradients(fit: Fit) -> float:
    next(fit.run())
    return float(torch.cat([weight.grad.flatten() for weight in fit.classifier.parameters()]).norm())


def test_gradients_are_clipped_to_the_norm_asked_for() -> None:
    assert norm_of_gradients(fit_of()) > 0.02
    assert norm_of_gradients(fit_of(clip_norm=0.01)) == pytest.approx(0.01, rel=1e-3)


def test_only_adamw_decays_weights_and_never_the_embedding() -> None:
    def after(optimizer: str, decay: float) -> dict[str, torch.Tensor]:
        fit = fit_of(optimizer=optimizer, weight_decay=decay, epochs=1, batch_size=8)
        list(fit.run())
        return snapshot(fit.classifier)

    plain, decayed = after("adamw", 0.0), after("adamw", 0.5)
    assert torch.equal(plain["embedding.weight"], decayed["embedding.weight"])
    assert float(decayed["output.weight"].norm()) < float(plain["output.weight"].norm())
    assert same(after("adam", 0.0), after("adam", 0.5))


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


def test_an_adversarial_step_is_as_long_as_asked_and_raises_the_loss() -> None:
    fit = fit_of(encoded([np.array([2, 4, 5], dtype=np.int32), np.array([3], dtype=np.int32)], np.array([0, 1])))
    ids, lengths = map(torch.from_numpy, pad([np.array([2, 4, 5]), np.array([3])]))
    x = fit.classifier.embedded(ids).detach().requires_grad_()

    def loss_of(vectors: torch.Tensor) -> torch.Tensor:
        return F.cross_entropy(fit.classifier.eval().logits(vectors, lengths), torch.tensor([0, 1]))

    moved = adversarial(x, loss_of(x), 0.05)
    np.testing.assert_allclose((moved - x).norm(dim=(1, 2)).detach(), 0.05 * x.norm(dim=(1, 2)).detach(), rtol=1e-4)
    assert torch.equal(moved[1, 1:], x[1, 1:])  # padding stays
    assert loss_of(moved) > loss_of(x)


def test_adversarial_training_changes_what_is_learned() -> None:
    data = encoded([np.array([2, 4, 5], dtype=np.int32), np.array([3], dtype=np.int32)], np.array([0, 1]))
    plain, moved = (updates(fit_of(data, adversarial=size))[0].loss for size in (0.0, 0.1))
    assert moved > plain
