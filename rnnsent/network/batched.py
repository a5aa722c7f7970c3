"""The recurrent networks of `equations.py` for many texts at once, in numpy: what predicts on a CPU.

It keeps up with PyTorch's kernels, and saves their import, by avoiding work:

- the first layer's W x + b is computed once per word, of the vocabulary or of many texts, not at every step;
- the texts of a batch are in descending order of length, so step t works on the first n of them, and on no padding;
- a sigmoid is (1 + tanh(x / 2)) / 2, so that all gates are one call; the inner half is folded into the weights;
- states are pooled as they are computed, and stored only if a layer or an attention reads them again.

Letters: B texts in descending order of length, T tokens of the longest, n texts that have a step t, R directions (the
second is right to left), E embedding, H hidden, G width of all gates, D = RH, P pooled, K classes.
"""

from collections.abc import Iterator, Sequence
from threading import Lock
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from rnnsent.config import ModelConfig
from rnnsent.data.batches import make_batches, pad
from rnnsent.data.ids import Ids
from rnnsent.network import equations
from rnnsent.network.cells import BATCHED_CELLS, BatchedCell, BatchedLayer, load_layer
from rnnsent.network.equations import STREAMING_POOLINGS, Array, Weights

# Large enough for fast matrix products, small enough that a batch's longest texts are not computed almost alone.
MAX_ROWS, MAX_TOKENS = 256, 1 << 16
MAX_STATE_TOKENS = 1 << 14  # per batch whose states are stored; 16 MB for two directions of 128
# A table of the whole vocabulary is computed and cached if it is no larger than this, once as many tokens have been
# read as it has entries. Otherwise consecutive batches share a table, as long as their number of tokens cannot make it
# larger than this.
MAX_TABLE_BYTES = 200_000_000
CHUNK_STEPS = 4_096  # steps whose states are summed in float32 before their sum is added to a float64 total


class InputProjection(Protocol):
    """What a layer reads: W x + b (R, n, G) at step t of the first n texts."""

    def __call__(self, t: int, n: int) -> Array: ...


class BatchedNetwork:
    """A network ready to predict; threads may share it."""

    def __init__(self, weights: Weights, config: ModelConfig) -> None:
        self._weights, self._config = weights, config
        self._layers = [load_layer(weights, config, layer) for layer in range(config.num_layers)]
        self._stores_states = config.num_layers > 1 or config.pooling not in STREAMING_POOLINGS
        self._entry_bytes = self._layers[0].b.nbytes  # of a table
        self._lock = Lock()
        self._n_tokens = 0  # so far
        self._vocabulary_table: InputTable | None = None

    def logits(self, rows: Sequence[Ids]) -> NDArray[np.float32]:
        """Logits (N, K) for N rows of at least one token each."""
        lengths = np.array([len(row) for row in rows], dtype=np.int64)  # (N,)
        logits = np.empty((len(rows), len(self._weights["output.bias"])), dtype=np.float32)  # (N, K)
        max_entries = MAX_TABLE_BYTES // self._entry_bytes
        max_tokens = MAX_STATE_TOKENS if self._stores_states else MAX_TOKENS
        batches = make_batches(lengths, max_rows=MAX_ROWS, max_tokens=min(max_tokens, max_entries))
        for group in _group_batches(batches, lengths, max_entries):
            table = self._get_table([rows[i] for batch in group for i in batch])
            for batch in group:
                descending = batch[::-1]
                logits[descending] = self._batch_logits(table, [rows[i] for i in descending])
        return logits

    def _get_table(self, rows: Sequence[Ids]) -> "InputTable":
        embedding, layer = self._weights["embedding.weight"], self._layers[0]
        with self._lock:
            self._n_tokens += sum(map(len, rows))
            fits = len(embedding) * self._entry_bytes <= MAX_TABLE_BYTES
            if self._vocabulary_table is None and self._n_tokens > len(embedding) and fits:
                self._vocabulary_table = InputTable(np.arange(len(embedding)), embedding, layer)
        return self._vocabulary_table or InputTable(_unique_ids(rows, len(embedding)), embedding, layer)

    def _batch_logits(self, table: "InputTable", rows: Sequence[Ids]) -> Array:
        ids, lengths = pad(rows)  # (B, T), (B,)
        inputs: InputProjection = table.project(ids, lengths)
        for below, above in zip(self._layers, self._layers[1:], strict=False):
            inputs = _project_states(above, _all_states(below, inputs, lengths), lengths)
        top, pooling = self._layers[-1], self._config.pooling
        if pooling in STREAMING_POOLINGS:
            summaries = _summarize_states(top, inputs, lengths)  # (B, D) each
            pooled = np.concatenate([summaries[name] for name in STREAMING_POOLINGS[pooling]], axis=1)  # (B, P)
        else:
            states = _all_states(top, inputs, lengths)  # (T, B, D)
            texts = (states[:T, row] for row, T in enumerate(lengths.tolist()))
            pooled = np.stack([equations.pool(text, self._weights, self._config) for text in texts])  # (B, P)
        return equations.project_output(pooled, self._weights)  # (B, K)


class InputTable:
    """The first layer's W x + b of some vocabulary entries, given in ascending order."""

    def __init__(self, entries: NDArray[np.int64], embedding: Array, layer: BatchedLayer) -> None:
        self._positions = np.zeros(len(embedding), dtype=np.int64)  # of each entry in the table
        self._positions[entries] = np.arange(len(entries))
        vectors = embedding if len(entries) == len(embedding) else embedding[entries]
        table = vectors @ layer.W  # (R, entries, G)
        table += layer.b
        self._n_entries, self._table = len(entries), table.reshape(-1, table.shape[-1])

    def project(self, ids: NDArray[np.int64], lengths: NDArray[np.int64]) -> InputProjection:
        """The projection of ids (B, T)."""
        n_directions = len(self._table) // self._n_entries
        positions = np.empty((ids.shape[1], n_directions, len(ids)), dtype=np.int64)  # (T, R, B)
        positions[:, 0] = self._positions[ids.T]
        if n_directions == 2:
            reversed_ids = np.take_along_axis(ids, _reversed_indices(lengths, ids.shape[1]), axis=1)
            positions[:, 1] = self._positions[reversed_ids.T] + self._n_entries
        table = self._table

        def project(t: int, n: int) -> Array:
            return table[positions[t, :, :n]]

        return project


def _unique_ids(rows: Sequence[Ids], vocab_size: int) -> NDArray[np.int64]:
    """The vocabulary entries that occur in the rows, in ascending order."""
    occurs = np.zeros(vocab_size, dtype=bool)
    for row in rows:
        occurs[row] = True
    return np.flatnonzero(occurs)


def _project_states(layer: BatchedLayer, states: Array, lengths: NDArray[np.int64]) -> InputProjection:
    """W x + b of the states (T, B, D) of the layer below."""
    reversed_indices = _reversed_indices(lengths, len(states)).T  # (T, B)
    texts = np.arange(len(lengths))

    def project(t: int, n: int) -> Array:
        x = [states[t, :n], states[reversed_indices[t, :n], texts[:n]]][: len(layer.W)]
        return np.stack(x) @ layer.W + layer.b

    return project


def _run_steps(layer: BatchedLayer, inputs: InputProjection, lengths: NDArray[np.int64]) -> Iterator[Array]:
    """The states h_t (R, n, H) at each step; the next step overwrites them."""
    cell: BatchedCell = BATCHED_CELLS[layer.cell](layer, len(lengths))
    for t, n in enumerate(_active_texts(lengths).tolist()):
        yield cell.step(inputs(t, n))


def _all_states(layer: BatchedLayer, inputs: InputProjection, lengths: NDArray[np.int64]) -> Array:
    """The states (T, B, D) of both directions; values after a text's end are meaningless."""
    R, H = layer.U.shape[:2]
    states = np.zeros((int(lengths[0]), len(lengths), R * H), dtype=layer.U.dtype)
    reversed_indices = _reversed_indices(lengths, len(states)).T  # (T, B)
    texts = np.arange(len(lengths))
    for t, h in enumerate(_run_steps(layer, inputs, lengths)):
        n = h.shape[1]
        states[t, :n, :H] = h[0]
        if R == 2:
            states[reversed_indices[t, :n], texts[:n], H:] = h[1]
    return states


def _summarize_states(layer: BatchedLayer, inputs: InputProjection, lengths: NDArray[np.int64]) -> dict[str, Array]:
    """The last state, the mean and the maximum of the states, by the names of STREAMING_POOLINGS, (B, D) each."""
    R, H = layer.U.shape[:2]
    shape = (R, len(lengths), H)
    last, sums = np.empty(shape, layer.U.dtype), np.zeros(shape, layer.U.dtype)
    maximum = np.full(shape, -np.inf, dtype=layer.U.dtype)
    total = np.zeros(shape, dtype=np.float64)
    for t, h in enumerate(_run_steps(layer, inputs, lengths), start=1):
        n = h.shape[1]
        last[:, :n] = h
        sums[:, :n] += h
        np.maximum(maximum[:, :n], h, out=maximum[:, :n])
        if t % CHUNK_STEPS == 0:
            total += sums
            sums[:] = 0
    total += sums
    mean = (total / lengths[:, None]).astype(layer.U.dtype)
    return {
        "last": _concatenate_directions(last),
        "mean": _concatenate_directions(mean),
        "max": _concatenate_directions(maximum),
    }


def _concatenate_directions(directions: Array) -> Array:
    """(R, B, H) -> (B, D)."""
    return np.concatenate(list(directions), axis=1)


def _active_texts(lengths: NDArray[np.int64]) -> NDArray[np.int64]:
    """(T,), the number of texts that have each step."""
    n_ended = np.bincount(lengths, minlength=int(lengths[0]) + 1)[:-1]
    return len(lengths) - np.cumsum(n_ended)


def _reversed_indices(lengths: NDArray[np.int64], n_steps: int) -> NDArray[np.int64]:
    """(B, T), the index of the token that the right-to-left direction reads at each step; after the end, the first."""
    return np.maximum(lengths[:, None] - 1 - np.arange(n_steps), 0)


def _group_batches(
    batches: Sequence[NDArray[np.int64]], lengths: NDArray[np.int64], max_tokens: int
) -> Iterator[list[NDArray[np.int64]]]:
    """Consecutive batches of at most `max_tokens` tokens in all; a larger batch is a group of its own."""
    group: list[NDArray[np.int64]] = []
    n_tokens = 0
    for batch in batches:
        n_added = int(lengths[batch].sum())
        if group and n_tokens + n_added > max_tokens:
            yield group
            group, n_tokens = [], 0
        group.append(batch)
        n_tokens += n_added
    if group:
        yield group
