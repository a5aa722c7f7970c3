"""Language-model pretraining predicts a token from those before and after it, never from itself or padding."""

import numpy as np
import pytest
import torch

from rnnsent.config import ModelConfig, TrainingConfig
from rnnsent.data.batches import pad
from rnnsent.errors import RnnsentError
from rnnsent.network.classifier import Classifier
from rnnsent.training.language_model import LanguageModel, Pretrainer


def make_classifier(*, vocab_size: int = 12, **settings: object) -> Classifier:
    torch.manual_seed(0)
    config = ModelConfig(**{"hidden_size": 16, "embedding_dim": 8, "embedding_dropout": 0.0, **settings})
    classifier = Classifier(config, vocabulary=vocab_size, classes=2)
    classifier.initialize()
    return classifier


def make_pretrainer(classifier: Classifier, rows: list[list[int]], **settings: object) -> Pretrainer:
    config = TrainingConfig(**{"warmup_steps": 0, "learning_rate": 2e-2, "precision": "float32", **settings})
    return Pretrainer(classifier, [np.array(row, dtype=np.int32) for row in rows], config, torch.device("cpu"))


@pytest.mark.parametrize("bidirectional", [True, False])
@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
def test_learning(cell: str, bidirectional: bool) -> None:
    """A cycle of five tokens is learned in each direction."""
    rows = [[2 + (start + offset) % 5 for offset in range(12)] for start in range(5)] * 8
    classifier = make_classifier(cell=cell, bidirectional=bidirectional)
    losses = [step.loss for step in make_pretrainer(classifier, rows, lm_epochs=40, batch_size=20).run()]
    assert losses[0] > 2.0
    assert losses[-1] < 0.5 * np.log(5)  # log 5 is the loss of a uniform prediction


def test_noise() -> None:
    """Random tokens cannot be predicted, so no token sees itself."""
    random = np.random.default_rng(0)
    rows = [random.integers(2, 12, 30).tolist() for _ in range(60)]
    last = list(make_pretrainer(make_classifier(), rows, lm_epochs=3, batch_size=20).run())[-1]
    assert last.loss > np.log(10) - 0.1


def test_padding() -> None:
    """Padding does not change the loss."""
    model = LanguageModel(make_classifier()).eval()
    rows = [np.array([3, 4, 5, 6], dtype=np.int32), np.array([7, 8], dtype=np.int32)]

    def compute_loss(batch: list[np.ndarray]) -> float:
        torch.manual_seed(0)  # for the same samples
        with torch.inference_mode():
            return float(model(*map(torch.from_numpy, pad(batch))))

    batched, separate = compute_loss(rows), [compute_loss([row]) for row in rows]
    assert batched == pytest.approx((3 * separate[0] + 1 * separate[1]) / 4, rel=1e-5)


def test_pretrained_weights() -> None:
    """Pretraining changes the classifier's embedding and first layer and nothing else."""
    classifier = make_classifier()
    before = {name: tensor.clone() for name, tensor in classifier.state_dict().items()}
    list(make_pretrainer(classifier, [[2, 3, 4, 5]] * 4, lm_epochs=2).run())
    changed = {name for name, tensor in classifier.state_dict().items() if not torch.equal(tensor, before[name])}
    assert changed == {name for name in before if name.startswith(("embedding", "layers.0"))}


@pytest.mark.parametrize("vocab_size", [3, 999, 1_001, 9_000])
def test_vocab_size(vocab_size: int) -> None:
    """Samples and loss are valid for a vocabulary smaller or larger than the number of samples."""
    model = LanguageModel(make_classifier(vocab_size=vocab_size)).eval()
    with torch.inference_mode():
        loss = model(torch.tensor([[2, 1, vocab_size - 1]]), torch.tensor([3]))
    assert loss.isfinite()


def test_short_texts() -> None:
    """Texts of one token have nothing to predict, which is an error."""
    with pytest.raises(RnnsentError, match=r"training\.lm_epochs: no text has two tokens"):
        make_pretrainer(make_classifier(), [[2], [3]])


def test_sampled_softmax() -> None:
    """The mean of the sampled softmax loss is the full softmax loss."""
    model = LanguageModel(make_classifier(vocab_size=2_000, hidden_size=4)).eval()
    states, targets = torch.randn(50, 4) * 3, torch.randint(0, 2_000, (50,))
    with torch.inference_mode():
        logits = states @ model.output.weight.T + model.bias.weight[:, 0]
        full = float(torch.nn.functional.cross_entropy(logits, targets))
        sampled = np.mean([float(model.sampled_softmax_loss(states, targets)) for _ in range(200)])
    assert sampled == pytest.approx(full, abs=0.02)
