"""model.safetensors -> the tensors for either engine, all checked. Knows no other file.

The header is compared with the shapes that the settings imply before any tensor is read, so that no file can claim more
memory than the model it describes.
"""

import struct
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnnsent.checkpoint.quantization import MAX_INT8, SCALE_SUFFIX, dequantize
from rnnsent.checkpoint.safe_read import REMEDY, regular_file, short_message
from rnnsent.checkpoint.shapes import TensorInfo, check_tensors
from rnnsent.config import ModelConfig
from rnnsent.errors import ModelError
from rnnsent.network.calibration import EXPONENTS, MAX_EXPONENT
from rnnsent.network.ngrams import KEYS

MAX_HEADER_BYTES = 1 << 20
# Sums of products of MAX_PARAMETERS such numbers stay far within float32; trained weights are below 100.
MAX_WEIGHT = 1e6


def read_weights(
    folder: Path, file_name: str, config: ModelConfig, *, vocab_size: int, n_classes: int
) -> dict[str, NDArray[Any]]:
    """The tensors of a file by name, those of lower precision converted to float32.

    Raises:
        ModelError: the file cannot be read, does not have the tensors of such a model, or a number is out of bounds.
    """
    path = folder / file_name
    with _open_safetensors(folder, file_name) as file:
        check_tensors(_read_header(file), config, vocab_size=vocab_size, n_classes=n_classes, source=str(path))
        stored = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    for name, tensor in stored.items():
        if name.endswith(SCALE_SUFFIX):
            limit = MAX_WEIGHT / MAX_INT8
            if not (tensor.min(initial=1) > 0 and tensor.max(initial=1) <= limit):
                raise _out_of_bounds(path, name, f"above 0 and at most {limit:,.0f}")
    tensors = dequantize(stored)
    for name, tensor in tensors.items():
        # The bounds of a quantized table follow from those of its scale.
        if tensor.dtype == np.float32 and name + SCALE_SUFFIX not in stored:
            limit = MAX_EXPONENT if name == EXPONENTS else MAX_WEIGHT
            if not (tensor.min(initial=0) >= -limit and tensor.max(initial=0) <= limit):
                raise _out_of_bounds(path, name, f"within ±{limit:,.0f}")
    if KEYS in tensors and (tensors[KEYS][1:] <= tensors[KEYS][:-1]).any():
        raise ModelError(f"{path}: the values of {KEYS} must be in ascending order; {REMEDY}")
    return tensors


def count_parameters(folder: Path, file_name: str) -> int:
    """Number of parameters, read from the header alone; scales of quantized tables do not count. Raises ModelError."""
    with _open_safetensors(folder, file_name) as file:
        return sum(prod(info.shape) for name, info in _read_header(file).items() if not name.endswith(SCALE_SUFFIX))


@contextmanager
def _open_safetensors(folder: Path, file_name: str) -> Iterator[Any]:
    from safetensors import SafetensorError, safe_open

    path = regular_file(folder, file_name)
    if path is None:
        raise ModelError(f"{folder / file_name} cannot be read: there is no such file; {REMEDY}")
    try:
        with path.open("rb") as binary:
            length = struct.unpack("<Q", binary.read(8).ljust(8, b"\0"))[0]
        if length > MAX_HEADER_BYTES:
            raise ModelError(
                f"{path} cannot be read: its header has {length:,} bytes, more than {MAX_HEADER_BYTES:,}; {REMEDY}"
            )
        with safe_open(path, framework="numpy") as file:
            yield file
    except (OSError, SafetensorError, ValueError) as error:
        raise ModelError(f"{path} cannot be read: {short_message(error)}; {REMEDY}") from None


def _read_header(file: Any) -> Mapping[str, TensorInfo]:
    slices = {name: file.get_slice(name) for name in file.keys()}  # noqa: SIM118
    return {name: TensorInfo(tuple(part.get_shape()), str(part.get_dtype())) for name, part in slices.items()}


def _out_of_bounds(path: Path, tensor: str, bounds: str) -> ModelError:
    return ModelError(f"{path}: the values of {tensor} must be {bounds}; {REMEDY}")
