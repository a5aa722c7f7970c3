"""Pre-training of the embedding alone: skip-gram with negative samples (Mikolov et al. 2013), by gensim.

Minutes where a language model takes hours: each token's vector learns to tell the tokens around it, of unlabelled texts
too. One thread, since with several gensim's result depends on which is first.
"""

import logging
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from rnnsent.config import TrainConfig
from rnnsent.data.tokenizer import Ids
from rnnsent.errors import RnnsentError, SettingsError
from rnnsent.fit.stage import PretrainingUpdate

WINDOW, NEGATIVES = 5, 5
FREQUENT = 1e-4  # tokens more frequent than this share are read less often
RATE, LAST_RATE = 0.025, 0.0001
ROWS = 2_000  # read between two yields
LONGEST = 10_000  # tokens of a row of which gensim takes note


@dataclass
class Place:
    """Where the run stands: plain numbers, saved beside the vectors."""

    epoch: int = 0
    batch: int = 0
    tokens: int = 0
    seconds: float = 0.0


class WordVectors:
    """One run of skip-gram over rows of ids, which ends with the vectors in the embedding.

    They get the spread that the embedding had, so that the layer above meets numbers of the size it is drawn for.

    Raises:
        SettingsError: gensim is not installed.
        RnnsentError: there is no token to learn from.
    """

    STAGE = "pretraining"

    def __init__(self, embedding: nn.Embedding, rows: Sequence[Ids], config: TrainConfig) -> None:
        try:
            from gensim.models import Word2Vec
        except ImportError:
            raise SettingsError("--pretrain vectors needs gensim: pip install 'rnnsent[vectors]'") from None
        logging.getLogger("gensim").setLevel(logging.ERROR)  # it warns of rows that hold no other token
        if not rows:
            raise RnnsentError("--pretrain vectors: no text has a token to learn from")
        self._embedding, self._rows, self._config = embedding, rows, config
        self._model: Any = Word2Vec(
            sg=1, vector_size=embedding.embedding_dim, window=WINDOW, negative=NEGATIVES, sample=FREQUENT, min_count=1,
            workers=1, seed=config.seed,
        )  # fmt: skip
        ids, counts = np.unique(np.concatenate(rows), return_counts=True)
        self._model.build_vocab_from_freq(dict(zip(ids.tolist(), counts.tolist(), strict=True)))
        self.place = Place()

    def run(self) -> Iterator[PretrainingUpdate]:
        """Yield after every few thousand rows; between two yields the state is whole."""
        place, epochs = self.place, self._config.pretrain_epochs
        starts = range(0, len(self._rows), ROWS)
        while place.epoch < epochs:
            order = np.random.default_rng([self._config.seed, place.epoch]).permutation(len(self._rows))
            while place.batch < len(starts):
                begun = time.perf_counter()
                start = starts[place.batch]
                rows = [part for i in order[start : start + ROWS] for part in _parts(self._rows[i].tolist())]
                self._learn(rows, place.epoch * len(starts) + place.batch, epochs * len(starts))
                place.batch += 1
                place.tokens += sum(map(len, rows))
                place.seconds += time.perf_counter() - begun
                yield PretrainingUpdate(
                    place.epoch + 1, epochs, place.batch - 1, len(starts), None, place.tokens / place.seconds
                )
            place.epoch, place.batch = place.epoch + 1, 0
        self._fill()

    def state(self) -> tuple[dict[str, Tensor], dict[str, Any]]:
        """Tensors by name and plain values, from which `restore` goes on."""
        tensors = {"vectors": self._model.wv.vectors, "context": self._model.syn1neg}
        return {name: torch.from_numpy(tensor.copy()) for name, tensor in tensors.items()}, asdict(self.place)

    def restore(self, tensors: Mapping[str, Tensor], values: Mapping[str, Any]) -> None:
        """Go on from a `state()` of a run with the same settings and data."""
        self._model.wv.vectors[:] = tensors["vectors"].numpy()
        self._model.syn1neg[:] = tensors["context"].numpy()
        self.place = Place(**values)

    def _learn(self, rows: list[list[int]], step: int, steps: int) -> None:
        # Seeded by the step, so that a run that was stopped draws what it would have drawn.
        self._model.random = np.random.RandomState([self._config.seed, step])
        first, last = (RATE + (LAST_RATE - RATE) * at / steps for at in (step, step + 1))
        self._model.train(rows, total_examples=len(rows), epochs=1, start_alpha=first, end_alpha=last)

    def _fill(self) -> None:
        weight = self._embedding.weight
        vectors = torch.from_numpy(self._model.wv.vectors)
        ids = torch.tensor(self._model.wv.index_to_key, device=weight.device)
        with torch.no_grad():
            weight[ids] = (vectors * (weight.std().cpu() / vectors.std())).to(weight.device)


def _parts(row: list[int]) -> list[list[int]]:
    return [row[start : start + LONGEST] for start in range(0, len(row), LONGEST)]
