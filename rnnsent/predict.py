"""Texts -> predictions, for the command line, for evaluation and from Python; holds the one switch between engines.

A short predict runs on the equations in numpy, so that it need not load PyTorch; both engines give the same
probabilities within 1e-5. A text's probabilities depend on nothing but the text.
"""

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from rnnsent.config import Device, ModelConfig
from rnnsent.data.tokenizer import UNKNOWN_ID, Ids, Tokenizer
from rnnsent.errors import ModelError
from rnnsent.model import equations
from rnnsent.model.calibration import length_factors, powers_of
from rnnsent.model.checkpoint import REMEDY, TOKENIZER, Checkpoint
from rnnsent.model.ngrams import Ngrams, network_of
from rnnsent.model.shapes import check_shapes
from rnnsent.model.store import find_model

# Loading PyTorch takes about as long as the equations in numpy take for this many multiplications.
TORCH_PAYS_FROM = 6e9


@dataclass(frozen=True)
class Prediction:
    """What a model says of a text. A text without a token has no label, and None wherever a number would stand.

    `probability` is that of the label, `probabilities` those of all classes, summing to 1; `oov_rate` is the share
    of its tokens that the vocabulary does not have.
    """

    text: str
    label: str | None
    probability: float | None
    probabilities: dict[str, float] | None
    n_tokens: int
    oov_rate: float | None

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Step:
    """The output y_t at one token: where the token stands in the text, and the probabilities there."""

    token: str
    start: int
    end: int
    label: str
    probability: float
    probabilities: dict[str, float]

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Scores:
    """Probabilities (N, K) of N texts, NaN in the row of a text without a token; tokens and unknown ones, (N,) each."""

    probabilities: NDArray[np.float64]
    n_tokens: NDArray[np.int64]
    n_unknown: NDArray[np.int64]


class Engine(Protocol):
    """Logits (N, K) for N rows of at least one token each."""

    def logits(self, rows: Sequence[Ids]) -> NDArray[np.float32]: ...


class NumpyEngine:
    """The equations, a text at a time: nothing to load."""

    def __init__(self, weights: equations.Weights, config: ModelConfig) -> None:
        self._weights, self._config = weights, config

    def logits(self, rows: Sequence[Ids]) -> NDArray[np.float32]:
        return np.stack([equations.logits(row, self._weights, self._config) for row in rows])


class TorchEngine:
    """PyTorch, in batches of similar length."""

    MAX_ROWS, MAX_TOKENS = 256, 16_384

    # oneDNN keeps a kernel for each shape that it has met, up to 1,024; a stream meets hundreds of shapes, and memory
    # grew with its length.
    KERNELS_KEPT = "16"

    def __init__(self, weights: equations.Weights, config: ModelConfig, device: Device) -> None:
        os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", self.KERNELS_KEPT)
        import torch

        from rnnsent.model.classifier import from_weights
        from rnnsent.model.device import choose_device

        self._device = choose_device(device)
        torch.backends.cudnn.allow_tf32 = False  # its 10 bits of mantissa would break the 1e-5 between engines
        self._classifier = from_weights(weights, config, self._device)

    def logits(self, rows: Sequence[Ids]) -> NDArray[np.float32]:
        import torch

        from rnnsent.data.batches import buckets, pad
        from rnnsent.model.classifier import to_tensors

        lengths = np.array([len(row) for row in rows], dtype=np.int64)
        found: list[tuple[NDArray[np.int64], Any]] = []
        with torch.inference_mode():
            for batch in buckets(lengths, max_rows=self.MAX_ROWS, max_tokens=self.MAX_TOKENS):
                ids, real = pad([rows[i] for i in batch])
                found.append((batch, self._classifier(*to_tensors(ids, real, self._device))))
        logits = np.empty((len(rows), found[0][1].shape[1]), dtype=np.float32)
        for batch, scores in found:
            logits[batch] = scores.cpu().numpy()
        return logits


class Predictor:
    """A model ready to predict."""

    def __init__(self, checkpoint: Checkpoint, *, device: Device = "auto") -> None:
        self.checkpoint = checkpoint
        self.classes = checkpoint.classes
        self._config = checkpoint.recipe.model
        self._device = device
        self._tokenizer = tokenizer_of(checkpoint)
        weights = checkpoint.weights
        check_shapes(
            weights,
            self._config,
            vocabulary=len(self._tokenizer),
            classes=len(self.classes),
            where=str(checkpoint.path),
        )
        self._weights = network_of(weights)
        self._powers = powers_of(weights)
        self._ngrams = Ngrams(weights, self._config.ngrams, len(self.classes)) if self._config.ngrams else None
        self._work = 0.0
        self._engine: Engine = NumpyEngine(self._weights, self._config)
        if device in ("cuda", "mps"):
            self._engine = self._torch

    @classmethod
    def load(cls, model: str | None = None, *, device: Device = "auto") -> Self:
        """By name or path; None means `RNNSENT_MODEL`, the newest model here, or the one that ships. Raises ModelError."""
        return cls(find_model(model), device=device)

    @property
    def words(self) -> list[str]:
        """The vocabulary's entries that are words."""
        return sorted(word for word in self._tokenizer.vocabulary() if word.isalpha())

    def predict(self, texts: Iterable[str]) -> list[Prediction]:
        """A prediction for each text, in order. Raises TypeError for anything but a collection of texts."""
        texts = _list_of_texts(texts)
        if not texts:
            return []
        scores = self.score(texts)
        return [
            self._prediction(*row)
            for row in zip(texts, scores.probabilities, scores.n_tokens, scores.n_unknown, strict=True)
        ]

    def stream(self, windows: Iterable[Sequence[str]]) -> Iterator[list[Prediction]]:
        """Predictions for each window of texts as it comes, in order; one window at a time is in memory."""
        for window in windows:
            yield self.predict(window)

    def score(self, texts: Sequence[str]) -> Scores:
        """The probabilities of each text as arrays."""
        rows = self._tokenizer.encode(texts)
        n_tokens = np.array([len(row) for row in rows], dtype=np.int64)
        probabilities = np.full((len(rows), len(self.classes)), np.nan)
        real = np.flatnonzero(n_tokens)
        if len(real):
            full = [rows[i] for i in real]
            logits = self._engine_for(int(n_tokens.sum())).logits(full)
            network, wide = (length_factors(float(power), n_tokens[real]) for power in self._powers)  # (N, 1) both
            logits = logits * network
            if self._ngrams:
                logits = logits + self._ngrams.logits(full) * wide
            probabilities[real] = equations.softmax(logits.astype(np.float64))
        return Scores(
            probabilities, n_tokens, np.array([int((row == UNKNOWN_ID).sum()) for row in rows], dtype=np.int64)
        )

    def trace(self, text: str) -> list[Step]:
        """The network's output y_t at every token, as `rnnsent.model.equations.step_logits` defines it.

        The wide side has no part in it: its n-grams are not read step by step. Each step is as sure as in a text of
        the calibration's reference length.
        """
        encoding = self._tokenizer.encode_with_offsets(text)
        if not len(encoding.ids):
            return []
        logits = equations.step_logits(encoding.ids, self._weights, self._config)
        outputs = equations.softmax(logits.astype(np.float64))
        return [
            Step(text[start:end], start, end, *self._answer(output))
            for (start, end), output in zip(encoding.offsets, outputs, strict=True)
        ]

    @cached_property
    def _torch(self) -> Engine:
        return TorchEngine(self._weights, self._config, self._device)

    def _engine_for(self, tokens: int) -> Engine:
        """The one switch: the numpy engine until so much has come that loading PyTorch pays."""
        self._work += float(tokens) * sum(
            tensor.size for name, tensor in self._weights.items() if name.startswith("layers")
        )
        if self._work > TORCH_PAYS_FROM:
            self._engine = self._torch
        return self._engine

    def _prediction(self, text: str, output: NDArray[np.float64], n_tokens: int, n_unknown: int) -> Prediction:
        if not n_tokens:
            return Prediction(text, None, None, None, 0, None)
        return Prediction(text, *self._answer(output), int(n_tokens), int(n_unknown) / int(n_tokens))

    def _answer(self, output: NDArray[np.float64]) -> tuple[str, float, dict[str, float]]:
        best = int(output.argmax())
        return self.classes[best], float(output[best]), dict(zip(self.classes, output.tolist(), strict=True))


def _list_of_texts(texts: Any) -> list[str]:
    if isinstance(texts, (str, bytes)):  # a text is an iterable of texts too, a character each
        raise TypeError(f"predict takes a list of texts, not one {type(texts).__name__}; write [{texts[:20]!r}]")
    texts = list(texts)
    for text in texts:
        if not isinstance(text, str):
            raise TypeError(f"predict takes a list of texts, not of {type(text).__name__} such as {text!r}")
    return texts


def tokenizer_of(checkpoint: Checkpoint) -> Tokenizer:
    written = checkpoint.tokenizer_json
    try:
        return Tokenizer.from_json(written)
    except ModelError as error:
        raise ModelError(f"{checkpoint.path / TOKENIZER} cannot be read: {error}; {REMEDY}") from None
