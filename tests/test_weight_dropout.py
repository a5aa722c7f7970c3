"""Dropped recurrent weights are dropped at every step of a training update, and never when predicting."""

import pytest
import torch

from rnnsent.config import ModelConfig
from rnnsent.model.classifier import RECURRENT, Classifier

X, LENGTHS = torch.linspace(-1, 1, 2 * 6 * 4).reshape(2, 6, 4), torch.tensor([6, 3])


def classifier_of(cell: str, share: float) -> Classifier:
    torch.manual_seed(0)
    config = ModelConfig(cell=cell, embedding_dim=4, hidden=8, weight_dropout=share)  # type: ignore[arg-type]
    return Classifier(config, vocabulary=5, classes=2)


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
def test_a_dropped_weight_is_as_good_as_none(cell: str) -> None:
    """The gradient says which were dropped; with those at 0 and the rest scaled, the plain network has the same states."""
    dropping, plain = classifier_of(cell, 0.5).train(), classifier_of(cell, 0.0).train()
    states, _ = dropping.hidden_states(X, LENGTHS)
    states.square().sum().backward()  # type: ignore[no-untyped-call]
    weights = [name for name, _ in plain.named_parameters() if RECURRENT in name]
    assert len(weights) == 2  # one a direction
    for name in weights:
        gradient = dropping.get_parameter(name).grad
        assert gradient is not None
        kept = gradient != 0
        assert 0.3 < float(kept.float().mean()) < 0.7
        plain.get_parameter(name).data *= kept / 0.5
    torch.testing.assert_close(plain.hidden_states(X, LENGTHS)[0], states)


def test_predicting_drops_nothing() -> None:
    dropping, plain = classifier_of("lstm", 0.9).eval(), classifier_of("lstm", 0.0).eval()
    assert torch.equal(dropping.hidden_states(X, LENGTHS)[0], plain.hidden_states(X, LENGTHS)[0])
    assert not torch.equal(dropping.train().hidden_states(X, LENGTHS)[0], plain.hidden_states(X, LENGTHS)[0])
