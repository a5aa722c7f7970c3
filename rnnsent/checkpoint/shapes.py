"""The tensors of a model with given settings: names, shapes and types, checked before any tensor is loaded."""

from collections.abc import Mapping
from math import prod
from typing import NamedTuple

from rnnsent.checkpoint.quantization import SCALE_SUFFIX
from rnnsent.checkpoint.safe_read import REMEDY
from rnnsent.config import ModelConfig
from rnnsent.errors import ModelError
from rnnsent.network.calibration import EXPONENTS, SCALES
from rnnsent.network.equations import STREAMING_POOLINGS
from rnnsent.network.ngrams import BIAS, KEYS, WEIGHTS

GATES = {"rnn": 1, "lstm": 4, "gru": 3}
EMBEDDING = "embedding.weight"
FLOAT_TYPES = ("F32", "F16")
# 4 GB in float32. A sparse file can claim more without taking space on disk.
MAX_PARAMETERS = 1 << 30

Shapes = dict[str, tuple[int, ...]]


class TensorInfo(NamedTuple):
    """Shape and type of a tensor in the header of a safetensors file; `dtype` as safetensors names it."""

    shape: tuple[int, ...]
    dtype: str


def expected_shapes(config: ModelConfig, *, vocab_size: int, n_classes: int) -> Shapes:
    """Name and shape of every tensor of the network."""
    D = config.hidden_size * (2 if config.bidirectional else 1)
    shapes: Shapes = {EMBEDDING: (vocab_size, config.embedding_dim)}
    for layer in range(config.num_layers):
        inputs = D if layer else config.embedding_dim
        for direction in ("left_to_right", "right_to_left")[: 2 if config.bidirectional else 1]:
            prefix, rows = f"layers.{layer}.{direction}", GATES[config.cell] * config.hidden_size
            shapes[f"{prefix}.weight_ih_l0"] = (rows, inputs)
            shapes[f"{prefix}.weight_hh_l0"] = (rows, config.hidden_size)
            shapes[f"{prefix}.bias_ih_l0"] = shapes[f"{prefix}.bias_hh_l0"] = (rows,)
    if config.pooling == "attention":
        shapes |= {"pooling.key.weight": (D, D), "pooling.key.bias": (D,), "pooling.query": (D,)}
    if config.pooling == "self-attention":
        for name in ("query", "key", "value", "output"):
            shapes |= {f"pooling.{name}.weight": (D, D), f"pooling.{name}.bias": (D,)}
        shapes |= {"pooling.norm.weight": (D,), "pooling.norm.bias": (D,)}
    P = D * len(STREAMING_POOLINGS.get(config.pooling, ("",)))
    return shapes | {"output.weight": (n_classes, P), "output.bias": (n_classes,)}


def check_tensors(
    header: Mapping[str, TensorInfo], config: ModelConfig, *, vocab_size: int, n_classes: int, source: str
) -> None:
    """Raise ModelError unless the header lists exactly the tensors of such a model; `source` names the file."""
    expected = _add_optional_tensors(header, config, vocab_size=vocab_size, n_classes=n_classes)
    for name in sorted(expected.keys() | header.keys()):
        if name not in header:
            raise ModelError(f"{source}: the tensor {name} is missing; {REMEDY}")
        if name not in expected:
            raise ModelError(
                f"{source}: the tensor {name:.80} is not part of the model that config.json describes; {REMEDY}"
            )
        shape, dtype = header[name]
        if shape != expected[name]:
            raise ModelError(
                f"{source}: {name} has shape {shape}, but config.json and tokenizer.json require {expected[name]}; "
                f"{REMEDY}"
            )
        if dtype not in _allowed_types(name):
            raise ModelError(f"{source}: {name} has type {dtype}, not {' or '.join(_allowed_types(name))}; {REMEDY}")
    size = sum(map(prod, expected.values()))
    if size > MAX_PARAMETERS:
        raise ModelError(f"{source}: the model has {size:,} parameters; the limit is {MAX_PARAMETERS:,}; {REMEDY}")
    if config.max_ngram and header[KEYS].shape[0] > config.max_ngram_features:
        raise ModelError(
            f"{source}: {KEYS} has {header[KEYS].shape[0]:,} entries, but config.json allows "
            f"{config.max_ngram_features:,}; {REMEDY}"
        )


def _add_optional_tensors(
    header: Mapping[str, TensorInfo], config: ModelConfig, *, vocab_size: int, n_classes: int
) -> Shapes:
    """The shapes of the network, and of n-grams, calibration and quantization if the model has them."""
    expected = expected_shapes(config, vocab_size=vocab_size, n_classes=n_classes)
    if config.max_ngram:
        entries = header[KEYS].shape[0] if KEYS in header and len(header[KEYS].shape) == 1 else 0
        columns = 1 if n_classes == 2 else n_classes
        expected |= {KEYS: (entries,), WEIGHTS: (entries, columns), BIAS: (columns,)}
    for name in (EXPONENTS, SCALES):
        if name in header:
            expected[name] = (2 if config.max_ngram else 1,)
    if EMBEDDING in header and header[EMBEDDING].dtype == "I8":
        expected[EMBEDDING + SCALE_SUFFIX] = (vocab_size, 1)
    return expected


def _allowed_types(name: str) -> tuple[str, ...]:
    return {EMBEDDING: (*FLOAT_TYPES, "I8"), EMBEDDING + SCALE_SUFFIX: ("F32",), KEYS: ("U32",)}.get(name, FLOAT_TYPES)
