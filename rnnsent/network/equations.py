"""The recurrent networks as textbooks write them, in numpy: the reference, and what `--trace` shows.

Letters: T tokens, E embedding, H hidden, D width of the hidden states (H, or 2H if bidirectional), P pooled, K classes.
Each function takes one text, so there is no batch and no padding. W acts on the input, U on the previous hidden state,
b is the bias; gates are in the order in which PyTorch stores them. Knows no text, no files and no torch. Property tests
tie the batched versions in numpy and PyTorch to this one within 1e-5.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnnsent.config import Cell, ModelConfig, Pooling

Array = NDArray[Any]  # float32 as in a checkpoint, float64 where a test needs more digits
Weights = Mapping[str, Array]

# Attention scores in memory at once, 64 MB of float32: memory is linear in T, time quadratic.
MAX_ATTENTION_SCORES = 1 << 24

# Poolings that concatenate summaries of the states, which one pass computes without storing them.
STREAMING_POOLINGS: dict[Pooling, tuple[str, ...]] = {
    "last": ("last",),
    "mean": ("mean",),
    "max": ("max",),
    "mean-max": ("mean", "max"),
}


def sigmoid(x: Array) -> Array:
    return 0.5 * (1 + np.tanh(0.5 * x))  # equal to 1 / (1 + exp(-x)), without overflow


def softmax(x: Array) -> Array:
    """g of the textbook's y_t = g(V h_t + c): probabilities over the last axis."""
    exponentials = np.exp(x - x.max(axis=-1, keepdims=True))
    return exponentials / exponentials.sum(axis=-1, keepdims=True)


def rnn(x: Array, W: Array, U: Array, b: Array, _: Array) -> Array:
    """Elman (1990): h_t = tanh(W x_t + U h_{t-1} + b), for x (T, E), as h (T, H)."""
    Wx = x @ W.T  # (T, H), the part that needs no h
    h = np.zeros((len(x) + 1, U.shape[1]), dtype=x.dtype)  # (T + 1, H), h_0 = 0
    for t in range(1, len(x) + 1):
        h[t] = np.tanh(Wx[t - 1] + U @ h[t - 1] + b)
    return h[1:]


def lstm(x: Array, W: Array, U: Array, b: Array, _: Array) -> Array:
    """Hochreiter and Schmidhuber (1997) with the forget gate of Gers et al. (2000), for x (T, E), as h (T, H).

    c_t = f * c_{t-1} + i * g and h_t = o * tanh(c_t).
    """
    Wx = x @ W.T  # (T, 4H)
    h = np.zeros((len(x) + 1, U.shape[1]), dtype=x.dtype)  # (T + 1, H)
    c = np.zeros(U.shape[1], dtype=x.dtype)  # (H,)
    for t in range(1, len(x) + 1):
        i, f, g, o = (Wx[t - 1] + U @ h[t - 1] + b).reshape(4, -1)  # (H,) each
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        h[t] = sigmoid(o) * np.tanh(c)
    return h[1:]


def gru(x: Array, W: Array, U: Array, b: Array, b_n: Array) -> Array:
    """Cho et al. (2014), with the reset gate after the product as in cuDNN and PyTorch, for x (T, E), as h (T, H).

    n_t = tanh(W_n x_t + b + r * (U_n h_{t-1} + b_n)) and h_t = (1 - z) * n_t + z * h_{t-1}.
    """
    Wx = x @ W.T + b  # (T, 3H)
    h = np.zeros((len(x) + 1, U.shape[1]), dtype=x.dtype)  # (T + 1, H)
    for t in range(1, len(x) + 1):
        Wr, Wz, Wn = Wx[t - 1].reshape(3, -1)  # (H,) each
        Ur, Uz, Un = (U @ h[t - 1]).reshape(3, -1)  # (H,) each
        r, z = sigmoid(Wr + Ur), sigmoid(Wz + Uz)
        n = np.tanh(Wn + r * (Un + b_n))
        h[t] = (1 - z) * n + z * h[t - 1]
    return h[1:]


CELLS: dict[Cell, Callable[[Array, Array, Array, Array, Array], Array]] = {"rnn": rnn, "lstm": lstm, "gru": gru}


def hidden_states(ids: NDArray[np.integer], weights: Weights, config: ModelConfig) -> Array:
    """The top layer's states (T, D) for ids (T,): left-to-right states, then right-to-left ones."""
    states = weights["embedding.weight"][ids]  # (T, E)
    cell = CELLS[config.cell]
    for layer in range(config.num_layers):
        left = cell(states, *cell_weights(weights, f"layers.{layer}.left_to_right", config.cell))  # (T, H)
        if not config.bidirectional:
            states = left
            continue
        backward = cell_weights(weights, f"layers.{layer}.right_to_left", config.cell)
        right = cell(states[::-1], *backward)[::-1]  # (T, H)
        states = np.concatenate([left, right], axis=1)  # (T, 2H)
    return states


def cell_weights(weights: Weights, prefix: str, cell: Cell) -> tuple[Array, Array, Array, Array]:
    """W, U, b and the GRU's b_n of one direction, from the two biases that PyTorch stores."""
    W, U = weights[f"{prefix}.weight_ih_l0"], weights[f"{prefix}.weight_hh_l0"]
    input_bias, state_bias = weights[f"{prefix}.bias_ih_l0"], weights[f"{prefix}.bias_hh_l0"]
    if cell != "gru":
        return W, U, input_bias + state_bias, state_bias
    H = U.shape[1]
    b = input_bias.copy()
    b[: 2 * H] += state_bias[: 2 * H]
    return W, U, b, state_bias[2 * H :]


def pool(states: Array, weights: Weights, config: ModelConfig) -> Array:
    """One vector (P,) from the states (T, D) of a text."""
    if config.pooling == "attention":
        return attention_weights(states, weights) @ states
    if config.pooling == "self-attention":
        return self_attention(states, weights, config.attention_heads).mean(axis=0)
    H = config.hidden_size
    summaries = {
        "last": np.concatenate([states[-1, :H], states[0, H:]]),  # where each direction has read the whole text
        "mean": states.mean(axis=0),
        "max": states.max(axis=0),
    }
    return np.concatenate([summaries[name] for name in STREAMING_POOLINGS[config.pooling]])


def attention_weights(states: Array, weights: Weights) -> Array:
    """Yang et al. (2016): softmax over the steps of v . tanh(W h_t + b), as (T,)."""
    keys = np.tanh(states @ weights["pooling.key.weight"].T + weights["pooling.key.bias"])  # (T, D)
    return softmax(keys @ weights["pooling.query"])  # (T,)


def self_attention(states: Array, weights: Weights, heads: int) -> Array:
    """Vaswani et al. (2017): multi-head scaled dot-product attention, residual and layer norm, (T, D) -> (T, D)."""
    T, D = states.shape

    def project(name: str, x: Array) -> Array:
        return x @ weights[f"pooling.{name}.weight"].T + weights[f"pooling.{name}.bias"]

    def split_heads(x: Array) -> Array:
        return x.reshape(T, heads, D // heads).transpose(1, 0, 2)  # (heads, T, D / heads)

    query, key, value = (split_heads(project(name, states)) for name in ("query", "key", "value"))
    query = query / np.sqrt(np.float32(D // heads))
    size = max(1, MAX_ATTENTION_SCORES // (heads * T))
    blocks = [_attend(query[:, start : start + size], key, value) for start in range(0, T, size)]
    mixed = np.concatenate(blocks, axis=1).transpose(1, 0, 2).reshape(T, D)  # (T, D)
    summed = states + project("output", mixed)
    centered = summed - summed.mean(axis=-1, keepdims=True)
    scale = np.sqrt((centered**2).mean(axis=-1, keepdims=True) + 1e-5)
    return centered / scale * weights["pooling.norm.weight"] + weights["pooling.norm.bias"]


def _attend(query: Array, key: Array, value: Array) -> Array:
    """softmax(query @ key') @ value for a block of steps, with one array of scores."""
    scores = query @ key.transpose(0, 2, 1)  # (heads, block, T)
    scores -= scores.max(axis=-1, keepdims=True)
    np.exp(scores, out=scores)
    return scores @ value / scores.sum(axis=-1, keepdims=True)  # (heads, block, D / heads)


def logits(ids: NDArray[np.integer], weights: Weights, config: ModelConfig) -> Array:
    """Logits (K,) of one text of ids (T,), T at least 1."""
    return project_output(pool(hidden_states(ids, weights, config), weights, config), weights)


def step_logits(ids: NDArray[np.integer], weights: Weights, config: ModelConfig) -> Array:
    """V h_t + c at every step, (T, K): the state of each step alone goes through the pooling and the output layer.

    For `last` in one direction this is the textbook's running output. Self-attention mixes the steps first. The mean,
    the maximum and the attention over one step are that step.
    """
    states = hidden_states(ids, weights, config)  # (T, D)
    if config.pooling == "self-attention":
        states = self_attention(states, weights, config.attention_heads)
    repeats = len(STREAMING_POOLINGS.get(config.pooling, ("",)))
    return project_output(np.tile(states, repeats), weights)  # (T, K)


def project_output(x: Array, weights: Weights) -> Array:
    """V x + c, (..., P) -> (..., K)."""
    return x @ weights["output.weight"].T + weights["output.bias"]
