"""The two engines that compute a network's logits: numpy, and PyTorch. Which runs, predict.py decides.

Both give the same logits within 1e-5. Knows rows of token ids, not text.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from rnnsent.config import Device, ModelConfig
from rnnsent.data.tokenizer import Ids
from rnnsent.model import batched, blas, equations, hardware


class Engine(Protocol):
    def logits(self, rows: Sequence[Ids]) -> NDArray[np.float32]:
        """(N, K) for N rows of at least one token each."""
        ...

    def workers(self) -> AbstractContextManager[int]:
        """How many threads may ask for logits at once, each of which calls `start_worker` first."""
        ...

    def start_worker(self) -> None: ...


class NumpyEngine:
    """numpy, in batches: nothing to load, and on a CPU as quick as PyTorch."""

    def __init__(self, weights: equations.Weights, config: ModelConfig) -> None:
        self._network = batched.Network(weights, config)

    def logits(self, rows: Sequence[Ids]) -> NDArray[np.float32]:
        with blas.one_thread():
            return self._network.logits(rows)

    @contextmanager
    def workers(self) -> Iterator[int]:
        """A thread for each processor."""
        with blas.one_thread():
            yield hardware.workers()

    def start_worker(self) -> None:
        """Nothing is set by thread."""


class TorchEngine:
    """PyTorch, in batches of similar length.

    Args:
        fast: bfloat16 in the embedding and the recurrent layers, where the device has it.
    """

    # On a CPU a batch whose states fit the cache is quicker than a larger one.
    MAX_ROWS, MAX_TOKENS = 256, 4_096
    MAX_TOKENS_OF_A_GPU = 1 << 17
    LONG = MAX_TOKENS_OF_A_GPU  # a text of more tokens, which is a batch of its own, is read a stretch at a time

    # oneDNN keeps a kernel for each shape that it has met, up to 1,024; a stream meets hundreds of shapes, and memory
    # grew with its length.
    KERNELS_KEPT = "16"

    def __init__(self, weights: equations.Weights, config: ModelConfig, device: Device, *, fast: bool = False) -> None:
        os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", self.KERNELS_KEPT)
        import torch

        from rnnsent.model.classifier import from_weights
        from rnnsent.model.device import choose_device, has_bfloat16

        self._device = choose_device(device)
        torch.backends.cudnn.allow_tf32 = False  # its 10 bits of mantissa would break the 1e-5 between engines
        self._config = config
        self._classifier = from_weights(weights, config, self._device)
        self.is_on_gpu = self._device.type != "cpu"
        self.is_fast = fast and has_bfloat16(self._device)
        if self.is_fast:
            self._classifier.to_bfloat16()
        self._max_tokens = self.MAX_TOKENS if self._device.type == "cpu" else self.MAX_TOKENS_OF_A_GPU

    def logits(self, rows: Sequence[Ids]) -> NDArray[np.float32]:
        import torch

        from rnnsent.data.batches import buckets, pad
        from rnnsent.model import long_text
        from rnnsent.model.classifier import to_tensors

        lengths = np.array([len(row) for row in rows], dtype=np.int64)
        found: list[tuple[NDArray[np.int64], Any]] = []
        with torch.inference_mode():
            for batch in buckets(lengths, max_rows=self.MAX_ROWS, max_tokens=self._max_tokens):
                ids, real = to_tensors(*pad([rows[i] for i in batch]), self._device)
                if ids.shape[1] > self.LONG and long_text.can_be_stretched(self._config):
                    found.append((batch, long_text.logits(self._classifier, ids[0])))
                else:
                    found.append((batch, self._classifier(ids, real)))
        logits = np.empty((len(rows), found[0][1].shape[1]), dtype=np.float32)
        for batch, scores in found:
            logits[batch] = scores.cpu().numpy()
        return logits

    @contextmanager
    def workers(self) -> Iterator[int]:
        """As many as PyTorch would use for one batch: the steps of a recurrent layer are too small to be shared, so that
        two batches on a thread each are done sooner than one after the other on two. On a GPU two threads, so that
        one prepares while the other's batch is computed.
        """
        import torch

        threads = torch.get_num_threads()
        try:
            yield threads if self._device.type == "cpu" else 2
        finally:
            torch.set_num_threads(threads)

    def start_worker(self) -> None:
        import torch

        torch.set_num_threads(1)
