"""model.safetensors -> the tensors that either engine computes with, each checked. Knows no other file.

What the header says of every tensor is compared with what the settings make of it before a number is read, so that no
file can ask for more memory than the model that it claims to be.
"""

import struct
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnnsent.config import ModelConfig
from rnnsent.errors import ModelError
from rnnsent.model.calibration import DECAY, MOST_POWER
from rnnsent.model.ngrams import KEYS
from rnnsent.model.quantized import LARGEST, SCALE, widened
from rnnsent.model.shapes import Stored, check_stored
from rnnsent.model.untrusted import REMEDY, plain_file, reason

MOST_HEADER = 1 << 20
# Sums of products of such numbers, as many as a model may have, stay far within float32; trained weights are below 100.
MOST_WEIGHT = 1e6


def read_weights(
    folder: Path, name: str, config: ModelConfig, *, vocabulary: int, classes: int
) -> dict[str, NDArray[Any]]:
    """The tensors of a file by name, those of fewer bits widened to float32.

    Raises:
        ModelError: the file cannot be read, its tensors are not those of such a model, or a number is out of bounds.
    """
    with _opened(folder, name) as file:
        check_stored(_stored(file), config, vocabulary=vocabulary, classes=classes, where=str(folder / name))
        tensors = {each: file.get_tensor(each) for each in file.keys()}  # noqa: SIM118
    for each, tensor in tensors.items():
        if each.endswith(SCALE) and not (tensor.min(initial=1) > 0 and tensor.max(initial=1) <= MOST_WEIGHT / LARGEST):
            raise _out_of_bounds(folder / name, each, f"above 0 and at most {MOST_WEIGHT / LARGEST:,.0f}")
    found = widened(tensors)
    for each, tensor in found.items():
        # A table in int8 is within the bounds of its scale.
        if tensor.dtype == np.float32 and each + SCALE not in tensors:
            most = MOST_POWER if each == DECAY else MOST_WEIGHT
            if not (tensor.min(initial=0) >= -most and tensor.max(initial=0) <= most):
                raise _out_of_bounds(folder / name, each, f"within ±{most:,.0f}")
    if KEYS in found and (found[KEYS][1:] <= found[KEYS][:-1]).any():
        raise ModelError(f"{folder / name}: the numbers of {KEYS} must be in rising order; {REMEDY}")
    return found


def count_weights(folder: Path, name: str) -> int:
    """How many numbers a model has, by the header of its weights alone. Raises ModelError."""
    with _opened(folder, name) as file:
        return sum(prod(stored.shape) for each, stored in _stored(file).items() if not each.endswith(SCALE))


@contextmanager
def _opened(folder: Path, name: str) -> Iterator[Any]:
    from safetensors import SafetensorError, safe_open

    path = plain_file(folder, name)
    if path is None:
        raise ModelError(f"{folder / name} cannot be read: there is no such file; {REMEDY}")
    try:
        with path.open("rb") as start:
            length = struct.unpack("<Q", start.read(8).ljust(8, b"\0"))[0]
        if length > MOST_HEADER:
            raise ModelError(
                f"{path} cannot be read: its header has {length:,} bytes, {MOST_HEADER:,} at most; {REMEDY}"
            )
        with safe_open(path, framework="numpy") as file:
            yield file
    except (OSError, SafetensorError, ValueError) as error:
        raise ModelError(f"{path} cannot be read: {reason(error)}; {REMEDY}") from None


def _stored(file: Any) -> Mapping[str, Stored]:
    slices = {name: file.get_slice(name) for name in file.keys()}  # noqa: SIM118
    return {name: Stored(tuple(each.get_shape()), str(each.get_dtype())) for name, each in slices.items()}


def _out_of_bounds(path: Path, tensor: str, bounds: str) -> ModelError:
    return ModelError(f"{path}: the numbers of {tensor} must be {bounds}; {REMEDY}")
