"""Skip-gram brings tokens of the same company together, moves the embedding alone, and goes on where it was stopped."""

import sys
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from rnnsent.config import TrainConfig
from rnnsent.errors import RnnsentError, SettingsError
from rnnsent.fit import word_vectors
from rnnsent.fit.word_vectors import WordVectors

VOCABULARY, SIZE = 42, 16


def two_circles(count: int = 3_000) -> list[np.ndarray]:
    """Rows of tokens 2 to 21, and rows of tokens 22 to 41; never of both."""
    random = np.random.default_rng(0)
    return [random.integers(20, size=12).astype(np.int32) + 2 + 20 * (row % 2) for row in range(count)]


def embedding_of() -> nn.Embedding:
    torch.manual_seed(0)
    embedding = nn.Embedding(VOCABULARY, SIZE)
    nn.init.normal_(embedding.weight, std=0.1)
    return embedding


def vectors_of(rows: list[np.ndarray], embedding: nn.Embedding | None = None, **settings: Any) -> WordVectors:
    config = TrainConfig(**{"pretrain": "vectors", "pretrain_epochs": 2, **settings})
    return WordVectors(embedding or embedding_of(), rows, config)


def test_tokens_of_the_same_company_come_together_and_keep_the_spread_of_the_embedding(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(word_vectors, "FREQUENT", 0.0)  # every token of so small a vocabulary is frequent
    embedding = embedding_of()
    before = embedding.weight.detach().clone()
    list(vectors_of(two_circles(), embedding, pretrain_epochs=20).run())
    directions = nn.functional.normalize(embedding.weight.detach()[2:], dim=1)
    alike = (directions @ directions.T).numpy()
    within = (alike[:20, :20].mean() + alike[20:, 20:].mean()) / 2
    assert within > alike[:20, 20:].mean() + 0.5
    assert torch.equal(embedding.weight[:2], before[:2])  # padding and the unknown token, which no row has
    assert 0.08 < float(embedding.weight[2:].detach().std()) < 0.12


def test_a_run_that_was_stopped_goes_on_as_if_it_had_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(word_vectors, "ROWS", 700)  # several steps a pass
    rows = two_circles(2_000)
    whole, half, rest = (embedding_of() for _ in range(3))
    events = list(vectors_of(rows, whole).run())
    assert [(event.epoch, event.batch) for event in events] == [(e, b) for e in (1, 2) for b in (0, 1, 2)]
    begun = vectors_of(rows, half)
    run = begun.run()
    for _ in range(4):
        next(run)
    tensors, values = begun.state()
    later = vectors_of(rows, rest)
    later.restore(tensors, values)
    assert len(list(later.run())) == 2
    assert torch.equal(rest.weight, whole.weight)
    assert not torch.equal(half.weight, whole.weight)


def test_a_row_longer_than_gensim_reads_is_read_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(word_vectors, "FREQUENT", 0.0)
    embedding = embedding_of()
    row = np.concatenate([np.full(word_vectors.LONGEST, 2), np.tile([3, 4], 2_000)]).astype(np.int32)
    vectors = vectors_of([row], embedding, pretrain_epochs=1)
    (tensors, _) = vectors.state()
    list(vectors.run())
    assert not torch.equal(vectors.state()[0]["context"][1], tensors["context"][1])  # token 3 or 4


def test_the_seed_decides() -> None:
    found = []
    for seed in (0, 0, 1):
        embedding = embedding_of()
        list(vectors_of(two_circles(200), embedding, seed=seed).run())
        found.append(embedding.weight.detach())
    assert torch.equal(found[0], found[1])
    assert not torch.equal(found[0], found[2])


def test_without_gensim_or_a_token_there_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(RnnsentError, match="--pretrain vectors: no text has a token"):
        vectors_of([])
    monkeypatch.setitem(sys.modules, "gensim.models", None)
    with pytest.raises(SettingsError, match=r"pip install 'rnnsent\[vectors\]'"):
        vectors_of(two_circles(2))
