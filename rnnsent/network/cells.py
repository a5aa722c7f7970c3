"""One step of each recurrent cell for many texts at once, in numpy and in place; `batched.py` runs them.

The equations are those of `equations.py`. Letters as in `batched.py`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from rnnsent.config import Cell, ModelConfig
from rnnsent.network.equations import Array, Weights, cell_weights


@dataclass(frozen=True)
class BatchedLayer:
    """The weights of a layer's directions, sigmoid gates first and halved: a sigmoid is (1 + tanh(x / 2)) / 2.

    A half is a power of two, so nothing is rounded.
    """

    cell: Cell
    W: Array  # (R, E, G)
    U: Array  # (R, H, G)
    b: Array  # (R, 1, G)
    b_n: Array  # (R, 1, H), of the GRU's U h


class BatchedCell(Protocol):
    def step(self, x: Array) -> Array:
        """h_t (R, n, H) of the first n texts from W x + b (R, n, G); the next step overwrites it."""
        ...


def load_layer(weights: Weights, config: ModelConfig, layer: int) -> BatchedLayer:
    directions = ("left_to_right", "right_to_left")[: 2 if config.bidirectional else 1]
    parts = [cell_weights(weights, f"layers.{layer}.{direction}", config.cell) for direction in directions]
    H = config.hidden_size
    if config.cell == "lstm":  # PyTorch stores i, f, g, o
        order, n_sigmoids = np.r_[: 2 * H, 3 * H : 4 * H, 2 * H : 3 * H], 3
    elif config.cell == "gru":
        order, n_sigmoids = np.arange(3 * H), 2
    else:
        order, n_sigmoids = np.arange(H), 0
    scale = np.ones(len(order), dtype=parts[0][2].dtype)
    scale[: n_sigmoids * H] = 0.5

    def stack(tensors: list[Array]) -> Array:
        return np.stack([np.ascontiguousarray(tensor[order].T * scale) for tensor in tensors])

    W, U, b, b_n = (list(tensors) for tensors in zip(*parts, strict=True))
    return BatchedLayer(
        config.cell, stack(W), stack(U), stack(b)[:, None], np.stack([tensor[-H:] for tensor in b_n])[:, None]
    )


class _RecurrentProduct:
    """U h of the first n texts, written to the same memory at every step."""

    def __init__(self, U: Array, rows: int) -> None:
        self._U = U
        self._memory = np.empty(U.shape[0] * rows * U.shape[2], dtype=U.dtype)
        self._n = -1

    def __call__(self, h: Array) -> Array:
        if h.shape[1] != self._n:
            self._n = h.shape[1]
            R, _, G = self._U.shape
            self._product = self._memory[: R * self._n * G].reshape(R, self._n, G)
        return np.matmul(h, self._U, out=self._product)


class BatchedRnn:
    """h_t = tanh(W x_t + U h_{t-1} + b)."""

    def __init__(self, layer: BatchedLayer, rows: int) -> None:
        R, H, _ = layer.U.shape
        self._product = _RecurrentProduct(layer.U, rows)
        self._h = np.zeros((R, rows, H), dtype=layer.U.dtype)

    def step(self, x: Array) -> Array:
        h = self._h[:, : x.shape[1]]
        gates = self._product(h)
        gates += x
        return np.tanh(gates, out=h)


class BatchedLstm:
    """c_t = f * c_{t-1} + i * g and h_t = o * tanh(c_t)."""

    def __init__(self, layer: BatchedLayer, rows: int) -> None:
        R, H, _ = layer.U.shape
        self._product, self._hidden_size = _RecurrentProduct(layer.U, rows), H
        self._h, self._c = (np.zeros((R, rows, H), dtype=layer.U.dtype) for _ in range(2))

    def step(self, x: Array) -> Array:
        n, H = x.shape[1], self._hidden_size
        h, c = self._h[:, :n], self._c[:, :n]
        gates = self._product(h)
        gates += x
        np.tanh(gates, out=gates)
        gates[..., : 3 * H] += 1  # twice the sigmoids i, f and o
        i, f, o, g = (gates[..., k * H : (k + 1) * H] for k in range(4))
        i *= g
        c *= f
        c += i
        c *= 0.5
        np.tanh(c, out=h)
        h *= o
        h *= 0.5
        return h


class BatchedGru:
    """n_t = tanh(W_n x_t + b + r * (U_n h_{t-1} + b_n)) and h_t = (1 - z) * n_t + z * h_{t-1}."""

    def __init__(self, layer: BatchedLayer, rows: int) -> None:
        R, H, _ = layer.U.shape
        self._product, self._hidden_size, self._b_n = _RecurrentProduct(layer.U, rows), H, layer.b_n
        self._h = np.zeros((R, rows, H), dtype=layer.U.dtype)

    def step(self, x: Array) -> Array:
        H = self._hidden_size
        h = self._h[:, : x.shape[1]]
        gates = self._product(h)
        rz, n = gates[..., : 2 * H], gates[..., 2 * H :]
        rz += x[..., : 2 * H]
        np.tanh(rz, out=rz)
        rz += 1
        rz *= 0.5
        r, z = rz[..., :H], rz[..., H:]
        n += self._b_n
        n *= r
        n += x[..., 2 * H :]
        np.tanh(n, out=n)
        h -= n
        h *= z
        h += n
        return h


BATCHED_CELLS: dict[Cell, Callable[[BatchedLayer, int], BatchedCell]] = {
    "rnn": BatchedRnn,
    "lstm": BatchedLstm,
    "gru": BatchedGru,
}
