"""Every kind of network with random weights, and rows of ids for them."""

import itertools
from typing import get_args

import numpy as np
import torch
from hypothesis import strategies as st

from rnnsent.checkpoint.shapes import expected_shapes
from rnnsent.config import Cell, ModelConfig, Pooling
from rnnsent.network.classifier import Classifier

CELLS, POOLINGS = get_args(Cell), get_args(Pooling)
VARIANTS = list(itertools.product(CELLS, POOLINGS, (False, True), (1, 2)))  # cell, pooling, bidirectional, num_layers
VOCAB_SIZE, N_CLASSES = 30, 3
ROWS = st.lists(st.lists(st.integers(0, VOCAB_SIZE - 1), min_size=1, max_size=12), min_size=1, max_size=5)
# Words that tokenizers and normalization treat differently.
WORDS = ("good", "bad", "film", "it's", "電影", "Unseen", "...", "<br />", "\ud800", " ", "\n", "é", "👍🏽", "ﬁne", "İ")


def make_config(cell: str, pooling: str, bidirectional: bool, num_layers: int) -> ModelConfig:
    return ModelConfig(
        cell=cell, pooling=pooling, bidirectional=bidirectional, num_layers=num_layers, hidden_size=8, embedding_dim=5,
        attention_heads=2,
    )  # type: ignore[arg-type]  # fmt: skip


def make_classifier(cell: str, pooling: str, bidirectional: bool, num_layers: int) -> Classifier:
    """A classifier in PyTorch with uniform random weights."""
    torch.manual_seed(0)
    config = make_config(cell, pooling, bidirectional, num_layers)
    classifier = Classifier(config, vocabulary=VOCAB_SIZE, classes=N_CLASSES).eval()
    for weight in classifier.parameters():
        torch.nn.init.uniform_(weight, -0.5, 0.5)
    return classifier


def make_weights(
    cell: str, pooling: str, bidirectional: bool, num_layers: int
) -> tuple[dict[str, np.ndarray], ModelConfig]:
    """Uniform random weights for numpy, and their settings."""
    config = make_config(cell, pooling, bidirectional, num_layers)
    random = np.random.default_rng(0)
    shapes = expected_shapes(config, vocab_size=VOCAB_SIZE, n_classes=N_CLASSES)
    return {name: random.uniform(-0.5, 0.5, shape).astype(np.float32) for name, shape in shapes.items()}, config
