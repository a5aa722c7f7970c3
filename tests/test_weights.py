"""Weights are compared with the settings before they are loaded, and values that could overflow are errors."""

import json
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from rnnsent.checkpoint.checkpoint import WEIGHTS, Checkpoint
from rnnsent.checkpoint.quantization import quantize
from rnnsent.errors import ModelError
from rnnsent.network.calibration import EXPONENTS
from rnnsent.network.ngrams import KEYS


@pytest.fixture
def edited(tmp_path: Path, write_model: Callable[..., Checkpoint]) -> Callable[..., Checkpoint]:
    """Return a function that writes a model with n-grams and int8 embeddings, and edits its tensors."""

    def write(edit: Callable[[dict[str, Any]], object]) -> Checkpoint:
        path = write_model(tmp_path / "tiny", max_ngram=2).path
        (path / "manifest.json").unlink()
        tensors = load_file(path / WEIGHTS)
        tensors |= quantize("embedding.weight", tensors["embedding.weight"])
        tensors[EXPONENTS] = np.zeros(2, np.float32)
        edit(tensors)
        save_file(tensors, path / WEIGHTS)
        return Checkpoint.read(path)

    return write


def set_first(name: str, value: float) -> Callable[[dict[str, Any]], None]:
    def edit(tensors: dict[str, Any]) -> None:
        tensors[name].flat[0] = value

    return edit


def test_valid(edited) -> None:
    """Values within their bounds are loaded."""
    read = edited(lambda tensors: tensors[EXPONENTS].fill(-8)).weights
    assert read["embedding.weight"].dtype == np.float32
    assert read[EXPONENTS].tolist() == [-8, -8]


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 3e38, -1e7])
@pytest.mark.parametrize("name", ["output.bias", "ngrams.weights", "layers.0.left_to_right.weight_ih_l0"])
def test_weight_bounds(edited, name: str, value: float) -> None:
    """NaN, infinite and huge weights are errors with the name of the tensor."""
    with pytest.raises(ModelError, match=rf"model\.safetensors: the values of {name} must be within ±1,000,000"):
        _ = edited(set_first(name, value)).weights


@pytest.mark.parametrize("value", [np.nan, np.inf, 0, -1, 1e5])
def test_scale_bounds(edited, value: float) -> None:
    """A scale that is not a positive number of the right size is an error."""
    with pytest.raises(ModelError, match=r"embedding\.weight\.scale must be above 0 and at most 7,874"):
        _ = edited(set_first("embedding.weight.scale", value)).weights


@pytest.mark.parametrize("value", [np.nan, 8.5, -9])
def test_exponent_bounds(edited, value: float) -> None:
    """An exponent of the length calibration that could overflow is an error."""
    with pytest.raises(ModelError, match=r"calibration\.exponents must be within ±8"):
        _ = edited(set_first(EXPONENTS, value)).weights


def test_infinite_float16(edited) -> None:
    """Infinity in float16 is an error too."""

    def edit(tensors: dict[str, Any]) -> None:
        tensors["ngrams.weights"] = np.full_like(tensors["ngrams.weights"], np.inf, dtype=np.float16)

    with pytest.raises(ModelError, match=r"ngrams\.weights must be within"):
        _ = edited(edit).weights


def test_ngram_order(edited) -> None:
    """The keys of n-grams must be strictly ascending, for the binary search."""
    with pytest.raises(ModelError, match=r"ngrams\.keys must be in ascending order"):
        _ = edited(set_first(KEYS, 2**32 - 1)).weights
    with pytest.raises(ModelError, match=r"ngrams\.keys must be in ascending order"):
        _ = edited(lambda tensors: tensors[KEYS].fill(7)).weights


def test_huge_tensor(model: Checkpoint) -> None:
    """A sparse file whose header adds a tensor of 40 GB is an error before any tensor is loaded."""
    (model.path / "manifest.json").unlink()
    path = model.path / WEIGHTS
    content = path.read_bytes()
    (length,) = struct.unpack("<Q", content[:8])
    header = json.loads(content[8 : 8 + length])
    end = max(info["data_offsets"][1] for info in header.values())
    header["extra"] = {"dtype": "F32", "shape": [10**10], "data_offsets": [end, end + 4 * 10**10]}
    written = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(written)) + written + content[8 + length :])
    with path.open("ab") as file:
        file.truncate(8 + len(written) + end + 4 * 10**10)
    with pytest.raises(ModelError, match="the tensor extra is not part of the model"):
        _ = Checkpoint.read(model.path).weights


def test_huge_header(model: Checkpoint) -> None:
    """A header above its size limit is an error before it is read."""
    (model.path / "manifest.json").unlink()
    padding = 1 << 21
    (model.path / WEIGHTS).write_bytes(struct.pack("<Q", padding) + b"{}".ljust(padding))
    with pytest.raises(ModelError, match=r"its header has 2,097,152 bytes, more than 1,048,576"):
        _ = Checkpoint.read(model.path).weights
