"""The recurrent networks of `equations.py` for many texts at once, in numpy: what a predict on a CPU runs on.

It keeps pace with PyTorch's kernels, and saves their import, by leaving work out:

- the first layer's W x + b is computed once for each word, of the vocabulary or of many texts, not at every step;
- a batch's texts stand in descending order of length, so that step t works on the first n of them, and on no padding;
- a sigmoid is (1 + tanh(x / 2)) / 2, so that all gates are one call; the inner half is in the weights already;
- states are pooled as they come, and kept only where a layer or an attention reads them again.

Letters: B texts in descending order of length, T tokens of the longest, n texts that have a step t, R directions (the
second reads from the right), E embedding, H hidden, G width of all gates, D = RH, P pooled, K classes.
"""

from collections.abc import Iterator, Sequence
from threading import Lock
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from rnnsent.config import ModelConfig
from rnnsent.data.batches import buckets, pad
from rnnsent.data.tokenizer import Ids
from rnnsent.model import equations
from rnnsent.model.cells import BATCHED, Cell, Layer, layer_of
from rnnsent.model.equations import Array, Weights

POOLED_AS_THEY_COME = ("last", "mean", "max", "mean-max")
# Of a batch: so many that its matrix products are quick, and that its longer texts do not stand nearly alone.
MAX_ROWS, MAX_TOKENS = 256, 1 << 16
MAX_TOKENS_WHOSE_STATES_ARE_KEPT = 1 << 14  # 16 MB of them for two directions of 128
# A table of the whole vocabulary is made at once, and kept, where it is no larger than this and as many tokens have
# come. Before, and otherwise, so many tokens share one that it is no larger even where all of them differ.
MOST_KEPT = 200_000_000  # bytes
# Steps whose states are summed in float32 before their sum goes into a float64, so that a million are summed well.
STRETCH = 4_096


class Inputs(Protocol):
    """What a layer reads: W x + b, (R, n, G), at step t of the first n texts."""

    def __call__(self, t: int, n: int) -> Array: ...


class Network:
    """A network ready to answer; threads may share it."""

    def __init__(self, weights: Weights, config: ModelConfig) -> None:
        self._weights, self._config = weights, config
        self._layers = [layer_of(weights, config, number) for number in range(config.layers)]
        self._keeps_states = config.layers > 1 or config.pooling not in POOLED_AS_THEY_COME
        self._entry_bytes = self._layers[0].b.nbytes  # of a table
        self._lock = Lock()
        self._tokens = 0  # so far
        self._whole: InputTable | None = None

    def logits(self, rows: Sequence[Ids]) -> NDArray[np.float32]:
        """(N, K) for N rows of at least one token each."""
        lengths = np.array([len(row) for row in rows], dtype=np.int64)
        found = np.empty((len(rows), len(self._weights["output.bias"])), dtype=np.float32)
        most = MOST_KEPT // self._entry_bytes
        largest = MAX_TOKENS_WHOSE_STATES_ARE_KEPT if self._keeps_states else MAX_TOKENS
        batches = buckets(lengths, max_rows=MAX_ROWS, max_tokens=min(largest, most))
        for group in _groups(batches, lengths, most):
            table = self._table([rows[i] for batch in group for i in batch])
            for batch in group:
                descending = batch[::-1]
                found[descending] = self._logits(table, [rows[i] for i in descending])
        return found

    def _table(self, rows: Sequence[Ids]) -> "InputTable":
        embedding, layer = self._weights["embedding.weight"], self._layers[0]
        with self._lock:
            self._tokens += sum(map(len, rows))
            fits = len(embedding) * self._entry_bytes <= MOST_KEPT
            if self._whole is None and self._tokens > len(embedding) and fits:
                self._whole = InputTable(np.arange(len(embedding)), embedding, layer)
        return self._whole or InputTable(_distinct(rows, len(embedding)), embedding, layer)

    def _logits(self, table: "InputTable", rows: Sequence[Ids]) -> Array:
        ids, lengths = pad(rows)
        inputs: Inputs = table.inputs(ids, lengths)
        for below, above in zip(self._layers, self._layers[1:], strict=False):
            inputs = _projected(above, _kept(below, inputs, lengths), lengths)
        top, pooling = self._layers[-1], self._config.pooling
        if pooling in POOLED_AS_THEY_COME:
            last, mean, largest = _summary(top, inputs, lengths)  # (B, D) each
            vectors = {"last": last, "mean": mean, "max": largest}.get(pooling)
            vectors = np.concatenate([mean, largest], axis=1) if vectors is None else vectors  # (B, P)
        else:
            states = _kept(top, inputs, lengths)
            texts = (states[:T, row] for row, T in enumerate(lengths.tolist()))
            vectors = np.stack([equations.pooled(text, self._weights, self._config) for text in texts])
        return equations.output(vectors, self._weights)


class InputTable:
    """The first layer's W x + b of some entries of the vocabulary, given in rising order."""

    def __init__(self, entries: NDArray[np.int64], embedding: Array, layer: Layer) -> None:
        self._places = np.zeros(len(embedding), dtype=np.int64)  # of each entry in the table
        self._places[entries] = np.arange(len(entries))
        some = embedding if len(entries) == len(embedding) else embedding[entries]
        sums = some @ layer.W  # (R, entries, G)
        sums += layer.b
        self._entries, self._sums = len(entries), sums.reshape(-1, sums.shape[-1])

    def inputs(self, ids: NDArray[np.int64], lengths: NDArray[np.int64]) -> Inputs:
        """For ids (B, T)."""
        directions = len(self._sums) // self._entries
        places = np.empty((ids.shape[1], directions, len(ids)), dtype=np.int64)  # (T, R, B)
        places[:, 0] = self._places[ids.T]
        if directions == 2:
            from_right = np.take_along_axis(ids, _from_right(lengths, ids.shape[1]), axis=1)
            places[:, 1] = self._places[from_right.T] + self._entries
        sums = self._sums

        def inputs(t: int, n: int) -> Array:
            return sums[places[t, :, :n]]

        return inputs


def _distinct(rows: Sequence[Ids], vocabulary: int) -> NDArray[np.int64]:
    """The entries that stand in the rows."""
    found = np.zeros(vocabulary, dtype=bool)
    for row in rows:
        found[row] = True
    return np.flatnonzero(found)


def _projected(layer: Layer, states: Array, lengths: NDArray[np.int64]) -> Inputs:
    """W x + b of the states (T, B, D) of the layer below."""
    from_right = _from_right(lengths, len(states)).T  # (T, B)
    texts = np.arange(len(lengths))

    def inputs(t: int, n: int) -> Array:
        x = [states[t, :n], states[from_right[t, :n], texts[:n]]][: len(layer.W)]
        return np.stack(x) @ layer.W + layer.b

    return inputs


def _steps(layer: Layer, inputs: Inputs, lengths: NDArray[np.int64]) -> Iterator[Array]:
    """The states h_t (R, n, H) at each step; they are overwritten by the next."""
    cell: Cell = BATCHED[layer.cell](layer, len(lengths))
    for t, n in enumerate(_active(lengths).tolist()):
        yield cell.step(inputs(t, n))


def _kept(layer: Layer, inputs: Inputs, lengths: NDArray[np.int64]) -> Array:
    """The states (T, B, D) of both directions side by side; what stands past a text's end means nothing."""
    R, H = layer.U.shape[:2]
    states = np.zeros((int(lengths[0]), len(lengths), R * H), dtype=layer.U.dtype)
    from_right = _from_right(lengths, len(states)).T  # (T, B)
    texts = np.arange(len(lengths))
    for t, h in enumerate(_steps(layer, inputs, lengths)):
        n = h.shape[1]
        states[t, :n, :H] = h[0]
        if R == 2:
            states[from_right[t, :n], texts[:n], H:] = h[1]
    return states


def _summary(layer: Layer, inputs: Inputs, lengths: NDArray[np.int64]) -> tuple[Array, Array, Array]:
    """The last state, the mean and the largest of the states in each direction, (B, D) each."""
    R, H = layer.U.shape[:2]
    shape = (R, len(lengths), H)
    last, sums = np.empty(shape, layer.U.dtype), np.zeros(shape, layer.U.dtype)
    largest = np.full(shape, -np.inf, dtype=layer.U.dtype)
    total = np.zeros(shape, dtype=np.float64)
    for t, h in enumerate(_steps(layer, inputs, lengths), start=1):
        n = h.shape[1]
        last[:, :n] = h
        sums[:, :n] += h
        np.maximum(largest[:, :n], h, out=largest[:, :n])
        if t % STRETCH == 0:
            total += sums
            sums[:] = 0
    total += sums
    mean = (total / lengths[:, None]).astype(layer.U.dtype)
    return _side_by_side(last), _side_by_side(mean), _side_by_side(largest)


def _side_by_side(directions: Array) -> Array:
    """(R, B, H) -> (B, D)."""
    return np.concatenate(list(directions), axis=1)


def _active(lengths: NDArray[np.int64]) -> NDArray[np.int64]:
    """(T,) how many texts have each step."""
    ended = np.bincount(lengths, minlength=int(lengths[0]) + 1)[:-1]
    return len(lengths) - np.cumsum(ended)


def _from_right(lengths: NDArray[np.int64], steps: int) -> NDArray[np.int64]:
    """(B, T): where the token stands that a reader from the right meets at each step; past the end, the first."""
    return np.maximum(lengths[:, None] - 1 - np.arange(steps), 0)


def _groups(
    batches: Sequence[NDArray[np.int64]], lengths: NDArray[np.int64], most: int
) -> Iterator[list[NDArray[np.int64]]]:
    """Consecutive batches of at most so many tokens in all; a larger batch stands alone."""
    group: list[NDArray[np.int64]] = []
    tokens = 0
    for batch in batches:
        more = int(lengths[batch].sum())
        if group and tokens + more > most:
            yield group
            group, tokens = [], 0
        group.append(batch)
        tokens += more
    if group:
        yield group
