"""The PyTorch engine: GPUs, and bfloat16 on CPUs that support it. Loads PyTorch when it is created."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnnsent.config import Device, ModelConfig
from rnnsent.data.batches import make_batches, pad
from rnnsent.data.ids import Ids
from rnnsent.network.equations import Weights


class TorchEngine:
    """Computes batches of similar length in PyTorch.

    Args:
        bfloat16: use bfloat16 in the embedding and the recurrent layers, if the device supports it.

    Raises:
        DeviceError: the device is not available.
    """

    # On a CPU, batches whose states fit the cache are faster than larger ones.
    MAX_ROWS, MAX_TOKENS = 256, 4_096
    GPU_MAX_TOKENS = 1 << 17
    LONG_TEXT = GPU_MAX_TOKENS  # a text with more tokens, which is a batch of its own, is read in chunks

    # oneDNN caches a kernel for each shape, by default up to 1,024. A stream has hundreds of shapes, and memory grew
    # with its length.
    MAX_CACHED_KERNELS = "16"

    def __init__(self, weights: Weights, config: ModelConfig, device: Device, *, bfloat16: bool = False) -> None:
        os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", self.MAX_CACHED_KERNELS)
        import torch

        from rnnsent.network.classifier import from_weights
        from rnnsent.network.device import choose_device, has_bfloat16

        self._device = choose_device(device)
        torch.backends.cudnn.allow_tf32 = False  # its 10-bit mantissa would break the 1e-5 between engines
        self._config = config
        self._classifier = from_weights(weights, config, self._device)
        self.is_on_gpu = self._device.type != "cpu"
        self.uses_bfloat16 = bfloat16 and has_bfloat16(self._device)
        if self.uses_bfloat16:
            self._classifier.to_bfloat16()
        self._max_tokens = self.GPU_MAX_TOKENS if self.is_on_gpu else self.MAX_TOKENS

    def logits(self, rows: Sequence[Ids]) -> NDArray[np.float32]:
        import torch

        from rnnsent.network import long_text
        from rnnsent.network.classifier import to_tensors

        row_lengths = np.array([len(row) for row in rows], dtype=np.int64)
        results: list[tuple[NDArray[np.int64], Any]] = []
        with torch.inference_mode():
            for batch in make_batches(row_lengths, max_rows=self.MAX_ROWS, max_tokens=self._max_tokens):
                ids, lengths = to_tensors(*pad([rows[i] for i in batch]), self._device)
                if ids.shape[1] > self.LONG_TEXT and long_text.supports_chunking(self._config):
                    results.append((batch, long_text.logits(self._classifier, ids[0])))
                else:
                    results.append((batch, self._classifier(ids, lengths)))
        logits = np.empty((len(rows), results[0][1].shape[1]), dtype=np.float32)
        for batch, values in results:  # after the loop, so that a GPU does not wait for each batch
            logits[batch] = values.cpu().numpy()
        return logits

    @contextmanager
    def workers(self) -> Iterator[int]:
        """On a CPU, as many as PyTorch's threads: the steps of a recurrent layer are too small to be split, so two
        batches on one thread each finish sooner than one after the other on two. On a GPU two, so that one prepares a
        batch while the other's is computed.
        """
        import torch

        n_threads = torch.get_num_threads()
        try:
            yield 2 if self.is_on_gpu else n_threads
        finally:
            torch.set_num_threads(n_threads)

    def start_worker(self) -> None:
        import torch

        torch.set_num_threads(1)
