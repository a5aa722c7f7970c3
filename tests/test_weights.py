"""Proves that weights are compared with what they claim to be before they are loaded, and that no number which would
overflow gets into an engine."""

import json
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from rnnsent.errors import ModelError
from rnnsent.model.calibration import DECAY
from rnnsent.model.checkpoint import WEIGHTS, Checkpoint
from rnnsent.model.ngrams import KEYS
from rnnsent.model.quantized import quantized


@pytest.fixture
def changed(tmp_path: Path, write_model: Callable[..., Checkpoint]) -> Callable[..., Checkpoint]:
    """A model with n-grams and an int8 embedding, after an edit of its tensors."""

    def of(edit: Callable[[dict[str, Any]], object]) -> Checkpoint:
        path = write_model(tmp_path / "tiny", ngrams=2).path
        (path / "manifest.json").unlink()
        tensors = load_file(path / WEIGHTS)
        tensors |= quantized("embedding.weight", tensors["embedding.weight"])
        tensors[DECAY] = np.zeros(2, np.float32)
        edit(tensors)
        save_file(tensors, path / WEIGHTS)
        return Checkpoint.read(path)

    return of


def put(name: str, value: float) -> Callable[[dict[str, Any]], None]:
    def edit(tensors: dict[str, Any]) -> None:
        tensors[name].flat[0] = value

    return edit


def test_numbers_within_their_bounds_are_loaded(changed) -> None:
    read = changed(lambda tensors: tensors[DECAY].fill(-8)).weights
    assert read["embedding.weight"].dtype == np.float32
    assert read[DECAY].tolist() == [-8, -8]


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 3e38, -1e7])
@pytest.mark.parametrize("name", ["output.bias", "ngrams.weights", "layers.0.left_to_right.weight_ih_l0"])
def test_a_number_that_is_none_or_too_large_is_told_with_its_tensor(changed, name: str, value: float) -> None:
    with pytest.raises(ModelError, match=rf"model\.safetensors: the numbers of {name} must be within ±1,000,000"):
        _ = changed(put(name, value)).weights


@pytest.mark.parametrize("value", [np.nan, np.inf, 0, -1, 1e5])
def test_a_scale_that_is_none_is_told(changed, value: float) -> None:
    with pytest.raises(ModelError, match=r"embedding\.weight\.scale must be above 0 and at most 7,874"):
        _ = changed(put("embedding.weight.scale", value)).weights


@pytest.mark.parametrize("value", [np.nan, 8.5, -9])
def test_a_power_of_the_length_out_of_bounds_is_told(changed, value: float) -> None:
    with pytest.raises(ModelError, match=r"calibration\.decay must be within ±8"):
        _ = changed(put(DECAY, value)).weights


def test_an_infinite_number_in_half_precision_is_told(changed) -> None:
    def edit(tensors: dict[str, Any]) -> None:
        tensors["ngrams.weights"] = np.full_like(tensors["ngrams.weights"], np.inf, dtype=np.float16)

    with pytest.raises(ModelError, match=r"ngrams\.weights must be within"):
        _ = changed(edit).weights


def test_ngrams_in_no_order_are_refused(changed) -> None:
    with pytest.raises(ModelError, match=r"ngrams\.keys must be in rising order"):
        _ = changed(put(KEYS, 2**32 - 1)).weights
    with pytest.raises(ModelError, match=r"ngrams\.keys must be in rising order"):
        _ = changed(lambda tensors: tensors[KEYS].fill(7)).weights


def test_a_model_that_the_settings_do_not_describe_is_refused_before_it_is_loaded(
    model: Checkpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file with a hole, whose header is right but for one tensor of 40 GB."""
    (model.path / "manifest.json").unlink()
    path = model.path / WEIGHTS
    content = path.read_bytes()
    (length,) = struct.unpack("<Q", content[:8])
    header = json.loads(content[8 : 8 + length])
    end = max(each["data_offsets"][1] for each in header.values())
    header["extra"] = {"dtype": "F32", "shape": [10**10], "data_offsets": [end, end + 4 * 10**10]}
    written = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(written)) + written + content[8 + length :])
    with path.open("ab") as file:
        file.truncate(8 + len(written) + end + 4 * 10**10)
    with pytest.raises(ModelError, match="the tensor extra is not part of the model"):
        _ = Checkpoint.read(model.path).weights


def test_a_header_past_its_size_is_refused_before_it_is_read(model: Checkpoint) -> None:
    (model.path / "manifest.json").unlink()
    padding = 1 << 21
    (model.path / WEIGHTS).write_bytes(struct.pack("<Q", padding) + b"{}".ljust(padding))
    with pytest.raises(ModelError, match=r"its header has 2,097,152 bytes, 1,048,576 at most"):
        _ = Checkpoint.read(model.path).weights
