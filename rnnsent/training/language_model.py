"""Language-model pretraining of the embedding and the first layer (Dai and Le 2015, SA-LSTM).

Each direction of a bidirectional layer is a language model: left to right it predicts the next token, right to left the
previous one. Both share the embedding and a sampled softmax (Jean et al. 2015), which compares the true token with
sampled ones. Tokens are sampled by Zipf's law, since a vocabulary is ordered by frequency.
Letters: B texts, T tokens of the longest, H hidden units per direction, D states (H or 2H), N predictions, S samples.
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

from rnnsent.config import TrainingConfig
from rnnsent.data.batches import crop_and_batch, pad
from rnnsent.data.ids import Ids
from rnnsent.errors import RnnsentError
from rnnsent.network.classifier import Classifier, to_tensors
from rnnsent.network.device import autocast
from rnnsent.training.events import PretrainStep
from rnnsent.training.optimization import compute_learning_rate, make_optimizer, optimizer_step
from rnnsent.training.state import pack_state, restore_optimizer, unpack_part

N_SAMPLES = 512  # negative samples per step
MIN_TOKENS = 2  # of a row, so that one token predicts another


@dataclass
class PretrainProgress:
    """How far pretraining is, as plain values that are saved beside the tensors. Sums are over the current epoch."""

    epoch: int = 0  # finished epochs
    batch: int = 0  # finished batches of the current epoch
    step: int = 0  # finished optimizer steps of all epochs
    n_tokens: int = 0
    loss_sum: float = 0.0
    seconds: float = 0.0


class LanguageModel(nn.Module):
    """A classifier's embedding and first layer with a sampled softmax over the vocabulary."""

    def __init__(self, classifier: Classifier) -> None:
        super().__init__()
        self.classifier = classifier
        self.vocab_size = classifier.embedding.num_embeddings
        self.output = nn.Embedding(self.vocab_size, classifier.config.hidden_size)
        self.bias = nn.Embedding(self.vocab_size, 1)
        nn.init.normal_(self.output.weight, std=0.1)
        nn.init.zeros_(self.bias.weight)

    def forward(self, ids: Tensor, lengths: Tensor) -> Tensor:
        """The mean loss of predicting each token of ids (B, T) from those before it and from those after it."""
        hidden, padding = self.classifier.first_layer_states(self.classifier.embed(ids), lengths)  # (B, T, D), (B, T)
        H = self.classifier.config.hidden_size
        has_next = ~padding[:, 1:]  # (B, T - 1)
        states, targets = [hidden[:, :-1, :H][has_next]], [ids[:, 1:][has_next]]  # (N, H), (N,)
        if self.classifier.config.bidirectional:
            states.append(hidden[:, 1:, H:][has_next])
            targets.append(ids[:, :-1][has_next])
        return self.sampled_softmax_loss(torch.cat(states), torch.cat(targets))

    def sampled_softmax_loss(self, states: Tensor, targets: Tensor) -> Tensor:
        """The mean cross-entropy of states (N, H) with target tokens (N,) against sampled tokens.

        Each sampled token's term of the normalizer is divided by the expected number of its samples, so that the
        normalizer is unbiased.
        """
        sampled = ((self.vocab_size + 1) ** torch.rand(N_SAMPLES, device=states.device) - 1).long()  # by Zipf's law
        samples, counts = sampled.clamp_max(self.vocab_size - 1).unique(return_counts=True)  # type: ignore[no-untyped-call]  # (S,) both, sorted
        target_logits = (states * self.output(targets)).sum(dim=-1) + self.bias(targets)[:, 0]  # (N,)
        correction = torch.log(counts) - self._log_expected_count(samples)  # (S,)
        # Column 0 is replaced by the logit of the target, so that one softmax over one matrix product is enough.
        weights = F.pad(self.output(samples), (0, 0, 1, 0))  # (1 + S, H)
        bias = F.pad(self.bias(samples)[:, 0] + correction, (1, 0))  # (1 + S,)
        logits = torch.addmm(bias, states, weights.T).float()  # (N, 1 + S)
        column = torch.searchsorted(samples, targets).clamp_max(len(samples) - 1)  # (N,)
        row = (samples[column] == targets).nonzero()[:, 0]  # rows whose target was sampled too
        logits[row, column[row] + 1] = -torch.inf
        logits[:, 0] = target_logits.float()
        return F.cross_entropy(logits, torch.zeros_like(targets))

    def _log_expected_count(self, tokens: Tensor) -> Tensor:
        """The logarithm of the expected number of samples of each token in one step."""
        rank = tokens.float()
        probability = torch.log((rank + 2) / (rank + 1)) / math.log(self.vocab_size + 1)
        return torch.log(N_SAMPLES * probability)


class Pretrainer:
    """Pretrains a classifier in place.

    Args:
        rows: token ids of all texts; those with fewer than two tokens are skipped.
    """

    NAME = "pretraining"

    def __init__(
        self, classifier: Classifier, rows: Sequence[Ids], config: TrainingConfig, device: torch.device
    ) -> None:
        self.config, self.device = config, device
        self.rows = [row for row in rows if len(row) >= MIN_TOKENS]
        if not self.rows:
            raise RnnsentError("training.lm_epochs: no text has two tokens; set it to 0 or add unlabeled texts")
        self.model = LanguageModel(classifier).to(device)
        self.optimizer = make_optimizer(self.model, classifier.embedding.weight, config)
        self.progress = PretrainProgress()

    def run(self) -> Iterator[PretrainStep]:
        """Pretrain for the rest of the epochs, yielding after each step.

        Raises:
            RnnsentError: the loss is NaN or infinite.
        """
        progress = self.progress
        while progress.epoch < self.config.lm_epochs:
            rows, batches = crop_and_batch(
                self.rows,
                crop_length=self.config.crop_length,
                max_rows=self.config.batch_size,
                max_tokens=self.config.batch_tokens,
                generator=np.random.default_rng([self.config.seed, progress.epoch, 1]),
            )
            self.model.train()
            while progress.batch < len(batches):
                start = time.perf_counter()
                self._train_batch([rows[i] for i in batches[progress.batch]], len(batches))
                progress.seconds += time.perf_counter() - start
                yield PretrainStep(
                    epoch=progress.epoch + 1,
                    epochs=self.config.lm_epochs,
                    batch=progress.batch,
                    batches=len(batches),
                    loss=progress.loss_sum / progress.n_tokens,
                    tokens_per_second=progress.n_tokens / progress.seconds,
                )
            self.progress = progress = PretrainProgress(epoch=progress.epoch + 1, step=progress.step)

    def state(self) -> tuple[dict[str, Tensor], dict[str, Any]]:
        """Everything that `restore` needs: tensors by name, and the progress as plain values."""
        return pack_state({"model": self.model.state_dict()}, self.optimizer, self.device), asdict(self.progress)

    def restore(self, tensors: Mapping[str, Tensor], progress: Mapping[str, Any]) -> None:
        """Continue from the `state` of a run with the same settings, data and device."""
        self.model.load_state_dict(unpack_part(tensors, "model"))
        restore_optimizer(tensors, self.optimizer, self.device)
        self.progress = PretrainProgress(**progress)

    def _train_batch(self, rows: list[Ids], n_batches: int) -> None:
        config, progress = self.config, self.progress
        with autocast(self.device, config.precision):
            loss = self.model(*to_tensors(*pad(rows), self.device))
        fraction = (progress.epoch + progress.batch / n_batches) / config.lm_epochs
        learning_rate = compute_learning_rate(config, progress.step, fraction)
        loss_value = optimizer_step(loss, self.optimizer, config, learning_rate)
        n_tokens = sum(map(len, rows))
        progress.batch += 1
        progress.step += 1
        progress.n_tokens += n_tokens
        progress.loss_sum += loss_value * n_tokens
