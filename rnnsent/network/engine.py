"""What an engine offers: the logits of a network for rows of token ids. `rnnsent.predictor` chooses which one runs."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from rnnsent.data.ids import Ids


class Engine(Protocol):
    """All engines give the same logits within 1e-5, unless bfloat16 is requested."""

    def logits(self, rows: Sequence[Ids]) -> NDArray[np.float32]:
        """Logits (N, K) for N rows of at least one token each."""
        ...

    def workers(self) -> AbstractContextManager[int]:
        """How many threads may call `logits` at once; each must call `start_worker` first."""
        ...

    def start_worker(self) -> None: ...
