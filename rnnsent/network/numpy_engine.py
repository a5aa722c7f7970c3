"""The numpy engine: nothing to load, and on a CPU as fast as PyTorch."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np
from numpy.typing import NDArray

from rnnsent.config import ModelConfig
from rnnsent.data.ids import Ids
from rnnsent.network import blas
from rnnsent.network.batched import BatchedNetwork
from rnnsent.network.equations import Weights
from rnnsent.network.hardware import count_workers


class NumpyEngine:
    """Computes batches in numpy, on the calling thread."""

    def __init__(self, weights: Weights, config: ModelConfig) -> None:
        self._network = BatchedNetwork(weights, config)

    def logits(self, rows: Sequence[Ids]) -> NDArray[np.float32]:
        with blas.single_threaded():
            return self._network.logits(rows)

    @contextmanager
    def workers(self) -> Iterator[int]:
        """One thread per processor."""
        with blas.single_threaded():
            yield count_workers()

    def start_worker(self) -> None:
        """No per-thread setup."""
