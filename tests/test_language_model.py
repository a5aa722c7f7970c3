"""Pre-training learns to tell a token from those before it and those after it, and never from itself or padding."""

import numpy as np
import pytest
import torch

from rnnsent.config import ModelConfig, TrainConfig
from rnnsent.data.batches import pad
from rnnsent.errors import RnnsentError
from rnnsent.fit.language_model import LanguageModel, Pretraining
from rnnsent.model.classifier import Classifier


def classifier_of(*, vocabulary: int = 12, **settings: object) -> Classifier:
    torch.manual_seed(0)
    config = ModelConfig(**{"hidden": 16, "embedding_dim": 8, "embedding_dropout": 0.0, **settings})
    classifier = Classifier(config, vocabulary=vocabulary, classes=2)
    classifier.initialise()
    return classifier


def pretraining(classifier: Classifier, rows: list[list[int]], **settings: object) -> Pretraining:
    config = TrainConfig(**{"pretrain": "lm", "warmup": 0, "learning_rate": 2e-2, "precision": "float32", **settings})
    return Pretraining(classifier, [np.array(row, dtype=np.int32) for row in rows], config, torch.device("cpu"))


@pytest.mark.parametrize("bidirectional", [True, False])
@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
def test_a_cycle_of_tokens_is_learned_from_each_end(cell: str, bidirectional: bool) -> None:
    rows = [[2 + (start + step) % 5 for step in range(12)] for start in range(5)] * 8
    losses = [
        update.loss
        for update in pretraining(
            classifier_of(cell=cell, bidirectional=bidirectional), rows, pretrain_epochs=40, batch_size=20
        ).run()
    ]
    assert losses[0] > 2.0
    assert losses[-1] < 0.5 * np.log(5)  # five tokens as often as each other


def test_noise_is_not_learned() -> None:
    random = np.random.default_rng(0)
    rows = [random.integers(2, 12, 30).tolist() for _ in range(60)]
    last = list(pretraining(classifier_of(), rows, pretrain_epochs=3, batch_size=20).run())[-1]
    assert last.loss > np.log(10) - 0.1  # no token tells the next one, and none sees itself


def test_padding_changes_no_loss() -> None:
    model = LanguageModel(classifier_of()).eval()
    rows = [np.array([3, 4, 5, 6], dtype=np.int32), np.array([7, 8], dtype=np.int32)]

    def loss_of(batch: list[np.ndarray]) -> float:
        torch.manual_seed(0)  # the same tokens are drawn
        with torch.inference_mode():
            return float(model(*map(torch.from_numpy, pad(batch))))

    together, alone = loss_of(rows), [loss_of([row]) for row in rows]
    assert together == pytest.approx((3 * alone[0] + 1 * alone[1]) / 4, rel=1e-5)


def test_the_classifier_keeps_what_was_learned_and_its_output_is_untouched() -> None:
    classifier = classifier_of()
    before = {name: tensor.clone() for name, tensor in classifier.state_dict().items()}
    list(pretraining(classifier, [[2, 3, 4, 5]] * 4, pretrain_epochs=2).run())
    changed = {name for name, tensor in classifier.state_dict().items() if not torch.equal(tensor, before[name])}
    assert changed == {name for name in before if name.startswith(("embedding", "layers.0"))}


def test_a_vocabulary_of_any_size_has_a_softmax() -> None:
    for vocabulary in (3, 999, 1_001, 9_000):
        LanguageModel(classifier_of(vocabulary=vocabulary))


def test_texts_of_one_token_cannot_be_learned_from() -> None:
    with pytest.raises(RnnsentError, match="--pretrain"):
        pretraining(classifier_of(), [[2], [3]])


def test_the_sampled_softmax_is_the_softmax_on_average() -> None:
    model = LanguageModel(classifier_of(vocabulary=2_000, hidden=4)).eval()
    states, targets = torch.randn(50, 4) * 3, torch.randint(0, 2_000, (50,))
    with torch.inference_mode():
        logits = states @ model.output.weight.T + model.bias.weight[:, 0]
        whole = float(torch.nn.functional.cross_entropy(logits, targets))
        sampled = np.mean([float(model.sampled_softmax(states, targets)) for _ in range(200)])
    assert sampled == pytest.approx(whole, abs=0.02)
