"""int8 quantization of a table of weights, with one scale per row (absmax).

It halves the size of a model whose other weights are in float16. All computation is in float32. FastText.zip (Joulin et
al. 2016) goes further and replaces the scales by codebooks.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

SCALE_SUFFIX = ".scale"  # appended to the name of the table
MAX_INT8 = 127


def quantize(name: str, table: NDArray[np.float32]) -> dict[str, NDArray[Any]]:
    """The tensors to store for a table (V, E): int8 (V, E), and the scale of each row in float32 (V, 1)."""
    scale = np.abs(table).max(axis=1, keepdims=True, initial=0) / MAX_INT8  # (V, 1)
    scale[scale == 0] = 1  # rows of zeros
    return {name: np.rint(table / scale).astype(np.int8), name + SCALE_SUFFIX: scale.astype(np.float32)}


def dequantize(tensors: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    """All tensors in the types used for computation: floats and quantized tables in float32, integers unchanged.

    Raises:
        ValueError: a scale does not fit its table.
    """
    dequantized = {
        name: tensor.astype(np.float32, copy=False) if tensor.dtype.kind == "f" else tensor
        for name, tensor in tensors.items()
        if not name.endswith(SCALE_SUFFIX)
    }
    for name in tensors.keys() - dequantized.keys():
        table, scale = tensors.get(name.removesuffix(SCALE_SUFFIX)), tensors[name]
        if table is None or table.dtype != np.int8 or scale.shape != (len(table), 1) or scale.dtype != np.float32:
            raise ValueError(f"{name} does not fit its table")
        dequantized[name.removesuffix(SCALE_SUFFIX)] = table * scale
    return dequantized
