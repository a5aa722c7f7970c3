"""A large table of weights in a byte a number: rows of int8 and a scale for each (as in Joulin et al. 2016, FastText.zip,
where codebooks take the place of the scale). A model is half the size, and computes in float32 as ever.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

SCALE = ".scale"  # behind the name of the table that it belongs to
LARGEST = 127


def quantized(name: str, table: NDArray[np.float32]) -> dict[str, NDArray[Any]]:
    """The tensors that stand for a table (V, E): int8 (V, E), and the scale of each row in float32, (V, 1)."""
    scale = np.abs(table).max(axis=1, keepdims=True, initial=0) / LARGEST  # (V, 1)
    scale[scale == 0] = 1  # a row of nothing but zeros
    return {name: np.rint(table / scale).astype(np.int8), name + SCALE: scale.astype(np.float32)}


def widened(tensors: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    """All tensors as they are computed with: in float32, tables multiplied by their scales, whole numbers as they are.

    Raises:
        ValueError: a scale does not fit its table.
    """
    found = {
        name: tensor.astype(np.float32, copy=False) if tensor.dtype.kind == "f" else tensor
        for name, tensor in tensors.items()
        if not name.endswith(SCALE)
    }
    for name in tensors.keys() - found.keys():
        table, scale = tensors.get(name.removesuffix(SCALE)), tensors[name]
        if table is None or table.dtype != np.int8 or scale.shape != (len(table), 1) or scale.dtype != np.float32:
            raise ValueError(f"{name} does not fit its table")
        found[name.removesuffix(SCALE)] = table * scale
    return found
