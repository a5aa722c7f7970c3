"""Which tensors a model of given settings has, their shapes and kinds: checked before any of them is loaded."""

from collections.abc import Mapping
from math import prod
from typing import NamedTuple

from rnnsent.config import ModelConfig
from rnnsent.errors import ModelError
from rnnsent.model.calibration import DECAY
from rnnsent.model.ngrams import BIAS, KEYS, WEIGHTS
from rnnsent.model.quantized import SCALE
from rnnsent.model.untrusted import REMEDY

GATES = {"rnn": 1, "lstm": 4, "gru": 3}
EMBEDDING = "embedding.weight"
FLOATS = ("F32", "F16")
MOST_NUMBERS = 1 << 30  # of a model, 4 GB in float32: a file with holes can claim them all, and costs nothing on a disk

Shapes = dict[str, tuple[int, ...]]


class Stored(NamedTuple):
    """What the header of a file says of a tensor; the kind as safetensors names it."""

    shape: tuple[int, ...]
    kind: str


def expected_shapes(config: ModelConfig, *, vocabulary: int, classes: int) -> Shapes:
    """Name and shape of every tensor of the network."""
    D = config.hidden * (2 if config.bidirectional else 1)
    shapes: Shapes = {EMBEDDING: (vocabulary, config.embedding_dim)}
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


def check_stored(
    stored: Mapping[str, Stored], config: ModelConfig, *, vocabulary: int, classes: int, where: str
) -> None:
    """Raise ModelError unless these are the tensors of such a model."""
    expected = _with_extras(stored, config, vocabulary=vocabulary, classes=classes)
    for name in sorted(expected.keys() | stored.keys()):
        if name not in stored:
            raise ModelError(f"{where}: the tensor {name} is missing; {REMEDY}")
        if name not in expected:
            raise ModelError(
                f"{where}: the tensor {name:.80} is not part of the model that config.json describes; {REMEDY}"
            )
        if stored[name].shape != expected[name]:
            raise ModelError(
                f"{where}: {name} is {stored[name].shape}; config.json and tokenizer.json make it {expected[name]}"
            )
        if stored[name].kind not in _kinds(name):
            raise ModelError(f"{where}: {name} is of {stored[name].kind}, not {' or '.join(_kinds(name))}; {REMEDY}")
    numbers = sum(map(prod, expected.values()))
    if numbers > MOST_NUMBERS:
        raise ModelError(f"{where}: a model of {numbers:,} numbers is too large; {MOST_NUMBERS:,} at most; {REMEDY}")
    if config.ngrams and stored[KEYS].shape[0] > config.ngram_entries:
        raise ModelError(
            f"{where}: {KEYS} has {stored[KEYS].shape[0]:,} entries; config.json allows {config.ngram_entries:,}"
        )


def _with_extras(stored: Mapping[str, Stored], config: ModelConfig, *, vocabulary: int, classes: int) -> Shapes:
    """The shapes of the network, and those that follow from what is there beside it."""
    expected = expected_shapes(config, vocabulary=vocabulary, classes=classes)
    if config.ngrams:
        entries = stored[KEYS].shape[0] if KEYS in stored and len(stored[KEYS].shape) == 1 else 0
        columns = 1 if classes == 2 else classes
        expected |= {KEYS: (entries,), WEIGHTS: (entries, columns), BIAS: (columns,)}
    if DECAY in stored:  # a checkpoint of format 1 or 2 has none
        expected[DECAY] = (2 if config.ngrams else 1,)
    if EMBEDDING in stored and stored[EMBEDDING].kind == "I8":
        expected[EMBEDDING + SCALE] = (vocabulary, 1)
    return expected


def _kinds(name: str) -> tuple[str, ...]:
    return {EMBEDDING: (*FLOATS, "I8"), EMBEDDING + SCALE: ("F32",), KEYS: ("U32",)}.get(name, FLOATS)
