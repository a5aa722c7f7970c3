"""Which tensors a model of given settings has, and their shapes: checked before either engine touches a weight."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from rnnsent.config import ModelConfig
from rnnsent.errors import ModelError
from rnnsent.model.calibration import DECAY
from rnnsent.model.ngrams import BIAS, KEYS, WEIGHTS

GATES = {"rnn": 1, "lstm": 4, "gru": 3}

Shapes = dict[str, tuple[int, ...]]


def expected_shapes(config: ModelConfig, *, vocabulary: int, classes: int) -> Shapes:
    """Name and shape of every tensor of the network."""
    D = config.hidden * (2 if config.bidirectional else 1)
    shapes: Shapes = {"embedding.weight": (vocabulary, config.embedding_dim)}
    for layer in range(config.layers):
        inputs = D if layer else config.embedding_dim
        for direction in ("left_to_right", "right_to_left")[: 2 if config.bidirectional else 1]:
            prefix, rows = f"layers.{layer}.{direction}", GATES[config.cell] * config.hidden
            shapes[f"{prefix}.weight_ih_l0"] = (rows, inputs)
            shapes[f"{prefix}.weight_hh_l0"] = (rows, config.hidden)
            shapes[f"{prefix}.bias_ih_l0"] = shapes[f"{prefix}.bias_hh_l0"] = (rows,)
    if config.pooling == "attention":
        shapes |= {"pooling.key.weight": (D, D), "pooling.key.bias": (D,), "pooling.query": (D,)}
    if config.pooling == "self-attention":
        for name in ("query", "key", "value", "output"):
            shapes |= {f"pooling.{name}.weight": (D, D), f"pooling.{name}.bias": (D,)}
        shapes |= {"pooling.norm.weight": (D,), "pooling.norm.bias": (D,)}
    pooled = 2 * D if config.pooling == "mean-max" else D
    return shapes | {"output.weight": (classes, pooled), "output.bias": (classes,)}


def check_shapes(
    weights: Mapping[str, NDArray[np.float32]], config: ModelConfig, *, vocabulary: int, classes: int, where: str
) -> None:
    """Raise ModelError unless the weights are those of such a model."""
    expected = expected_shapes(config, vocabulary=vocabulary, classes=classes)
    if config.ngrams:
        entries = len(weights[KEYS]) if KEYS in weights and weights[KEYS].ndim == 1 else 0
        columns = 1 if classes == 2 else classes
        expected |= {KEYS: (entries,), WEIGHTS: (entries, columns), BIAS: (columns,)}
    if DECAY in weights:  # a checkpoint of format 1 or 2 has none
        expected[DECAY] = (2 if config.ngrams else 1,)
    for name in sorted(expected.keys() | weights.keys()):
        if name not in weights:
            raise ModelError(f"{where}: the tensor {name} is missing")
        if name not in expected:
            raise ModelError(f"{where}: the tensor {name} is not part of the model that config.json describes")
        if weights[name].shape != expected[name]:
            raise ModelError(
                f"{where}: {name} is {weights[name].shape}; config.json and tokenizer.json make it {expected[name]}"
            )
    if config.ngrams and (weights[KEYS].dtype != np.uint32 or (np.diff(weights[KEYS].astype(np.int64)) <= 0).any()):
        raise ModelError(f"{where}: {KEYS} must be 32-bit numbers in rising order")
