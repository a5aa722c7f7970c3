"""Every way to score texts: by the equations, by either engine, in any batch, order and number of threads."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from functools import partial
from random import Random
from typing import Any
from unittest import mock

import numpy as np
from numpy.typing import NDArray

from rnnsent.checkpoint.checkpoint import Checkpoint
from rnnsent.config import ModelConfig
from rnnsent.data.ids import Ids
from rnnsent.network import equations
from rnnsent.network.numpy_engine import NumpyEngine
from rnnsent.network.torch_engine import TorchEngine
from rnnsent.predictor import Predictor

TOLERANCE = 1e-5
Probabilities = NDArray[np.float64]
ScoreFunction = Callable[[Sequence[str]], Probabilities]


class EquationsEngine(NumpyEngine):
    """The equations as they are written, one text at a time."""

    def __init__(self, weights: equations.Weights, config: ModelConfig) -> None:
        super().__init__(weights, config)
        self._weights, self._config = weights, config

    def logits(self, rows: Sequence[Ids]) -> NDArray[np.float32]:
        return np.stack([equations.logits(row, self._weights, self._config) for row in rows])


ENGINES: dict[str, Callable[..., Any]] = {
    "equations": EquationsEngine,
    "numpy": NumpyEngine,
    "torch": partial(TorchEngine, device="cpu"),
}


def load_predictors(checkpoint: Checkpoint) -> dict[str, Predictor]:
    """A predictor for each engine."""
    predictors = {}
    for name, engine in ENGINES.items():
        predictors[name] = Predictor(checkpoint, device="cpu")
        predictors[name]._engine = engine(predictors[name]._weights, predictors[name]._config)
    return predictors


def compare(predictors: dict[str, Predictor], texts: Sequence[str]) -> Iterator[tuple[str, Probabilities]]:
    """For each way to score, the largest difference of each text's probabilities (N,) from those by the equations."""
    (_, score_alone), *others = score_functions(predictors)
    expected = score_alone(texts)
    for name, score in others:
        probabilities = score(texts)
        assert (np.isnan(probabilities) == np.isnan(expected)).all(), name
        yield name, np.nan_to_num(np.abs(probabilities - expected)).max(axis=1)


def score_functions(predictors: dict[str, Predictor]) -> Iterator[tuple[str, ScoreFunction]]:
    """Every way to score texts, by name; the first is the reference."""

    def make(engine: str, threads: int, size: int | None = None) -> ScoreFunction:
        return lambda texts: score_in_batches(predictors[engine], texts, size or max(len(texts), 1), threads)

    yield "equations, alone", make("equations", 0, 1)
    for engine in ("numpy", "torch"):
        for threads in (0, 1, 2):
            prefix = f"{engine}, {threads} threads"
            for name, size in (("alone", 1), ("batches of 7", 7), ("one batch", None)):
                yield f"{prefix}, {name}", make(engine, threads, size)
            for name, order in (("reversed", reverse), ("shuffled", shuffle)):
                yield f"{prefix}, {name}", reorder(order, make(engine, threads))


def score_in_batches(predictor: Predictor, texts: Sequence[str], size: int, threads: int) -> Probabilities:
    """The probabilities of the texts, given to the predictor `size` at a time; 0 threads use no worker."""
    with ExitStack() as stack:
        stack.enter_context(mock.patch("rnnsent.predictor.THREADING_THRESHOLD", -1.0 if threads else np.inf))
        stack.enter_context(mock.patch.dict(os.environ, OMP_NUM_THREADS=str(threads or 1)))
        if isinstance(predictor._engine, TorchEngine):
            import torch

            stack.callback(torch.set_num_threads, torch.get_num_threads())
            torch.set_num_threads(threads or 1)
        starts = range(0, len(texts), size)
        parts = [predictor.predict_proba(texts[start : start + size]).probabilities for start in starts]
    return np.concatenate(parts)


def reverse(count: int) -> list[int]:
    return list(range(count))[::-1]


def shuffle(count: int) -> list[int]:
    order = list(range(count))
    Random(0).shuffle(order)
    return order


def reorder(make_order: Callable[[int], list[int]], score: ScoreFunction) -> ScoreFunction:
    """Score the texts in another order, and return their probabilities in the original order."""

    def score_reordered(texts: Sequence[str]) -> Probabilities:
        order = make_order(len(texts))
        probabilities = score([texts[i] for i in order])
        result = np.empty_like(probabilities)
        result[order] = probabilities
        return result

    return score_reordered
