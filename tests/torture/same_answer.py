"""Score 1,000 reviews with the model that ships, in every way there is, and see that each gets one answer.

    python -m tests.torture.same_answer

A text's probabilities by the textbook's equations, alone, are compared with those by either engine, alone and in batches
of several sizes, in three orders, at once and on one worker thread and on two.
"""

import argparse
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from random import Random
from typing import Any
from unittest import mock

import numpy as np
from numpy.typing import NDArray

from rnnsent import prediction
from rnnsent.checkpoint.checkpoint import Checkpoint
from rnnsent.config import ModelConfig
from rnnsent.data.ids import Ids
from rnnsent.network import equations
from rnnsent.network.numpy_engine import NumpyEngine
from rnnsent.network.torch_engine import TorchEngine
from rnnsent.prediction import Predictor

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.support.reviews import reviews

ENGLISH = Path(__file__).parents[2] / "models" / "english"
TOLERANCE = 1e-5
Probabilities = NDArray[np.float64]
Way = Callable[[Sequence[str]], Probabilities]


class Textbook(NumpyEngine):
    """The equations as they are written down, a text at a time."""

    def __init__(self, weights: equations.Weights, config: ModelConfig) -> None:
        super().__init__(weights, config)
        self._weights, self._config = weights, config

    def logits(self, rows: Sequence[Ids]) -> NDArray[np.float32]:
        return np.stack([equations.logits(row, self._weights, self._config) for row in rows])


ENGINES: dict[str, Callable[..., Any]] = {
    "equations": Textbook,
    "numpy": NumpyEngine,
    "torch": partial(TorchEngine, device="cpu"),
}


def on(engine: str, checkpoint: Checkpoint) -> Predictor:
    predictor = Predictor(checkpoint, device="cpu")
    predictor._engine = ENGINES[engine](predictor._weights, predictor._config)
    return predictor


def ways(predictor_of: Callable[[str], Predictor]) -> Iterator[tuple[str, Way]]:
    """Every way to score texts, by name; the first is the one that the others are compared with."""

    def scored(engine: str, threads: int, size: int | None = None) -> Way:
        return lambda texts: in_batches(predictor_of(engine), texts, size or max(len(texts), 1), threads)

    yield "equations, alone", scored("equations", 0, 1)
    for engine in ("numpy", "torch"):
        for threads in (0, 1, 2):
            where = f"{engine}, {threads} threads"
            for name, size in (("alone", 1), ("by 7", 7), ("all together", None)):
                yield f"{where}, {name}", scored(engine, threads, size)
            for name, order in (("backwards", backwards), ("shuffled", shuffled)):
                yield f"{where}, {name}", ordered_map(order, scored(engine, threads))


def in_batches(predictor: Predictor, texts: Sequence[str], size: int, threads: int) -> Probabilities:
    """The probabilities of the texts, given to the predictor so many at once; 0 threads is without a worker."""
    with ExitStack() as changed:
        changed.enter_context(mock.patch.object(prediction, "THREADING_THRESHOLD", -1.0 if threads else np.inf))
        changed.enter_context(mock.patch.dict(os.environ, OMP_NUM_THREADS=str(threads or 1)))
        if isinstance(predictor._engine, TorchEngine):
            import torch

            changed.callback(torch.set_num_threads, torch.get_num_threads())
            torch.set_num_threads(threads or 1)
        parts = [predictor.predict_proba(texts[at : at + size]).probabilities for at in range(0, len(texts), size)]
    return np.concatenate(parts)


def backwards(count: int) -> list[int]:
    return list(range(count))[::-1]


def shuffled(count: int) -> list[int]:
    order = list(range(count))
    Random(0).shuffle(order)
    return order


def ordered_map(order_of: Callable[[int], list[int]], score: Way) -> Way:
    """Score the texts in another order, and give their probabilities in theirs."""

    def reordered(texts: Sequence[str]) -> Probabilities:
        order = order_of(len(texts))
        found = score([texts[i] for i in order])
        result = np.empty_like(found)
        result[order] = found
        return result

    return reordered


def differences(predictor_of: Callable[[str], Predictor], texts: Sequence[str]) -> Iterator[tuple[str, Probabilities]]:
    """By how much each text's probabilities (N,) differ in each way from its own by the equations alone."""
    (_, alone), *others = ways(predictor_of)
    expected = alone(texts)
    for name, score in others:
        found = score(texts)
        assert (np.isnan(found) == np.isnan(expected)).all(), name
        yield name, np.nan_to_num(np.abs(found - expected)).max(axis=1)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--texts", type=int, default=1_000)
    texts = reviews(parser.parse_args().texts)
    checkpoint = Checkpoint.read(ENGLISH)
    predictors = {engine: on(engine, checkpoint) for engine in ENGINES}
    start, ways_tried, wrong, largest = time.monotonic(), 0, 0, 0.0
    for name, differs in differences(predictors.__getitem__, texts):
        print(f"{name:32} differs by {differs.max():.1e} at most", flush=True)
        ways_tried, largest = ways_tried + 1, max(largest, float(differs.max()))
        wrong += int((differs > TOLERANCE).sum())
    print(f"{len(texts)} texts in {ways_tried} ways, {largest:.1e} apart at most, in {time.monotonic() - start:.0f} s")
    print(f"inputs tried {len(texts) * ways_tried}, other answers {wrong}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
