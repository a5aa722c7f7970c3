"""Pre-training: the embedding and the first layer learn to tell the next token before they see a label.

Dai and Le (2015, SA-LSTM), here from both ends: each direction of a bidirectional layer is a language model of its
own, and the two share the embedding and a sampled softmax (Jean et al. 2015): the true token against tokens drawn by
frequency, corrected for how often each is drawn. The tokens of a vocabulary stand in order of their frequency, so that
their ranks tell it (Zipf).
"""

import math
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from rnnsent.config import TrainConfig
from rnnsent.data.batches import buckets, pad, random_window
from rnnsent.data.tokenizer import Ids
from rnnsent.errors import RnnsentError
from rnnsent.fit.optimization import descend, learning_rate, make_optimizer
from rnnsent.fit.stage import PretrainingUpdate
from rnnsent.fit.state import part_of, restore, tensors_of
from rnnsent.model.classifier import Classifier, to_tensors
from rnnsent.model.device import autocast

SAMPLES = 512  # tokens that an update tells the true ones from
SHORTEST = 2  # tokens of a row that has a next one


@dataclass
class Place:
    """Where the run stands: plain numbers, saved beside the weights."""

    epoch: int = 0
    batch: int = 0
    updates: int = 0
    tokens: int = 0
    loss_sum: float = 0.0
    seconds: float = 0.0


class LanguageModel(nn.Module):
    """A classifier's embedding and first layer under a sampled softmax over the vocabulary."""

    def __init__(self, classifier: Classifier) -> None:
        super().__init__()
        self.classifier = classifier
        self.vocabulary = classifier.embedding.num_embeddings
        self.output = nn.Embedding(self.vocabulary, classifier.config.hidden)
        self.bias = nn.Embedding(self.vocabulary, 1)
        nn.init.normal_(self.output.weight, std=0.1)
        nn.init.zeros_(self.bias.weight)

    def forward(self, ids: Tensor, lengths: Tensor) -> Tensor:
        """The mean loss of telling each token of ids (B, T) from those before it, and from those after it."""
        hidden, padding = self.classifier.first_layer_states(
            self.classifier.embedded(ids), lengths
        )  # (B, T, D), (B, T)
        H = self.classifier.config.hidden
        real = ~padding[:, 1:]  # (B, T - 1), where a token has another before it
        states, targets = [hidden[:, :-1, :H][real]], [ids[:, 1:][real]]  # (N, H), (N,)
        if self.classifier.config.bidirectional:
            states.append(hidden[:, 1:, H:][real])
            targets.append(ids[:, :-1][real])
        return self.sampled_softmax(torch.cat(states), torch.cat(targets))

    def sampled_softmax(self, states: Tensor, targets: Tensor) -> Tensor:
        """The mean loss of states (N, H) against their true tokens (N,) among sampled ones.

        Each other token's share of the softmax's sum is divided by how often it is drawn, so that the sum is right on
        average.
        """
        drawn = ((self.vocabulary + 1) ** torch.rand(SAMPLES, device=states.device) - 1).long()  # by Zipf's law
        samples, times = drawn.clamp_max(self.vocabulary - 1).unique(return_counts=True)  # type: ignore[no-untyped-call]  # (S,) both, rising
        true = (states * self.output(targets)).sum(dim=-1) + self.bias(targets)[:, 0]  # (N,)
        correction = torch.log(times) - self._log_chance(samples)  # (S,)
        # The first column is the true token's place, so that one softmax, which is quick, does for all.
        weights = F.pad(self.output(samples), (0, 0, 1, 0))  # (1 + S, H)
        bias = F.pad(self.bias(samples)[:, 0] + correction, (1, 0))  # (1 + S,)
        logits = torch.addmm(bias, states, weights.T).float()  # (N, 1 + S)
        place = torch.searchsorted(samples, targets).clamp_max(len(samples) - 1)  # (N,)
        row = (samples[place] == targets).nonzero()[:, 0]
        logits[row, place[row] + 1] = -torch.inf
        logits[:, 0] = true.float()
        return F.cross_entropy(logits, torch.zeros_like(targets))

    def _log_chance(self, tokens: Tensor) -> Tensor:
        """The logarithm of how often each token is drawn in one update, on average."""
        rank = tokens.float()
        chance = torch.log((rank + 2) / (rank + 1)) / math.log(self.vocabulary + 1)
        return torch.log(SAMPLES * chance)


class Pretraining:
    """One run of pre-training the classifier that it is given, in place."""

    STAGE = "pretraining"

    def __init__(self, classifier: Classifier, rows: Sequence[Ids], config: TrainConfig, device: torch.device) -> None:
        self.config, self.device = config, device
        self.rows = [row for row in rows if len(row) >= SHORTEST]
        if not self.rows:
            raise RnnsentError("--pretrain lm: no text has two tokens to learn from")
        self.model = LanguageModel(classifier).to(device)
        self.optimizer = make_optimizer(self.model, classifier.embedding.weight, config)
        self.place = Place()

    def run(self) -> Iterator[PretrainingUpdate]:
        """Yield after every update, the loss in nats a token and direction; between two yields the state is whole.

        Raises:
            RnnsentError: the loss is no number any more.
        """
        place = self.place
        while place.epoch < self.config.pretrain_epochs:
            generator = np.random.default_rng([self.config.seed, place.epoch, 1])
            rows = [random_window(row, self.config.window, generator) for row in self.rows]
            lengths = np.array([len(row) for row in rows], dtype=np.int64)
            batches = buckets(
                lengths, max_rows=self.config.batch_size, max_tokens=self.config.batch_tokens, generator=generator
            )
            self.model.train()
            while place.batch < len(batches):
                start = time.perf_counter()
                self._update([rows[i] for i in batches[place.batch]], len(batches))
                place.seconds += time.perf_counter() - start
                yield PretrainingUpdate(
                    place.epoch + 1, self.config.pretrain_epochs, place.batch, len(batches),
                    place.loss_sum / place.tokens, place.tokens / place.seconds,
                )  # fmt: skip
            self.place = place = Place(epoch=place.epoch + 1, updates=place.updates)

    def state(self) -> tuple[dict[str, Tensor], dict[str, Any]]:
        """Tensors by name and plain values, from which `restore` goes on."""
        return tensors_of({"model": self.model.state_dict()}, self.optimizer, self.device), asdict(self.place)

    def restore(self, tensors: Mapping[str, Tensor], values: Mapping[str, Any]) -> None:
        """Go on from a `state()` of a run with the same settings, data and device."""
        self.model.load_state_dict(part_of(tensors, "model"))
        restore(tensors, self.optimizer, self.device)
        self.place = Place(**values)

    def _update(self, rows: list[Ids], batches: int) -> None:
        place, config = self.place, self.config
        with autocast(self.device, config.precision):
            loss = self.model(*to_tensors(*pad(rows), self.device))
        share = (place.epoch + place.batch / batches) / config.pretrain_epochs
        value = descend(loss, self.optimizer, config, learning_rate(config, place.updates, share))
        tokens = sum(map(len, rows))
        place.batch += 1
        place.updates += 1
        place.tokens += tokens
        place.loss_sum += value * tokens
