"""Texts -> predictions, for the command line, for evaluation and from Python; holds the one switch between engines.

On a CPU the network runs in numpy, which need not load PyTorch and is as quick; much work goes to a thread on each
core. PyTorch runs where there is a GPU, or bfloat16 is asked for and the processor has it, once so much has come that
loading it pays. Both engines give the same probabilities within 1e-5, and a text's depend on nothing but the text.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from itertools import chain
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from rnnsent.config import Device
from rnnsent.data.tokenizer_rules import UNKNOWN_ID
from rnnsent.model import equations
from rnnsent.model.calibration import length_factors, powers_of
from rnnsent.model.checkpoint import Checkpoint
from rnnsent.model.engines import Engine, NumpyEngine, TorchEngine
from rnnsent.model.hardware import may_have_gpu
from rnnsent.model.ngrams import Ngrams, network_of
from rnnsent.model.store import find_model
from rnnsent.pipeline import Metered, in_order

# Multiplications of the recurrent layers. Starting threads takes as long as a hundredth of the first number; what
# loading PyTorch takes is won back by it after the second.
THREADS_PAY_FROM, TORCH_PAYS_FROM = 1e9, 1e11
CHARACTERS_OF_A_TOKEN = 4  # about; only how much work is to come is guessed by it
WINDOW = 4_096  # texts of a list that are worked on together


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


class Predictor:
    """A model ready to predict.

    Args:
        fast: compute in bfloat16 where PyTorch runs and the processor has it; probabilities then differ by about .01.
    """

    def __init__(self, checkpoint: Checkpoint, *, device: Device = "auto", fast: bool = False) -> None:
        self.checkpoint = checkpoint
        self.classes = checkpoint.classes
        self._config = checkpoint.recipe.model
        self._device, self._fast = device, fast
        self._tokenizer = checkpoint.tokenizer
        weights = checkpoint.weights
        self._weights = network_of(weights)
        self._powers = powers_of(weights)
        self._ngrams = Ngrams(weights, self._config.ngrams, len(self.classes)) if self._config.ngrams else None
        self._engine: Engine = NumpyEngine(self._weights, self._config)
        self._awaits_pytorch = fast or (device == "auto" and may_have_gpu())
        self._work = 0.0  # multiplications so far
        if device in ("cuda", "mps"):
            self._load_pytorch()

    @classmethod
    def load(cls, model: str | None = None, *, device: Device = "auto", fast: bool = False) -> Self:
        """By name or path; None means `RNNSENT_MODEL`, the newest model here, or the one that ships. Raises ModelError."""
        return cls(find_model(model), device=device, fast=fast)

    @property
    def words(self) -> list[str]:
        """The vocabulary's entries that are words."""
        return sorted(word for word in self._tokenizer.vocabulary() if word.isalpha())

    def predict(self, texts: Iterable[str]) -> list[Prediction]:
        """A prediction for each text, in order. Raises TypeError for anything but a collection of texts."""
        return list(chain.from_iterable(self.stream(_windows(_list_of_texts(texts)))))

    def stream(self, windows: Iterable[Sequence[str]]) -> Iterator[list[Prediction]]:
        """Predictions for each window of texts, in order; few windows are in memory at a time.

        An empty window says that no more input is at hand: all that came before it is answered before the next is
        asked for.
        """
        for window, scores in self._scored(windows):
            yield self._predictions(window, scores)

    def score(self, texts: Sequence[str]) -> Scores:
        """The probabilities of each text as arrays."""
        parts = [scores for _, scores in self._scored(_windows(texts))] or [self._score(())]
        return Scores(*(np.concatenate(arrays) for arrays in zip(*map(_arrays, parts), strict=True)))

    def _scored(self, windows: Iterable[Sequence[str]]) -> Iterator[tuple[Sequence[str], Scores]]:
        """Each window that is not empty, and its scores: at once while there is little, then ahead and side by side."""
        stream = Metered(windows, self._multiplications)
        before = self._work
        for window in stream.until(THREADS_PAY_FROM):
            self._work = before + stream.work
            self._load_pytorch_if_it_pays()
            if window:
                yield window, self._score(window)
        if not stream.is_over and self._awaits_pytorch:
            yield from self._side_by_side(stream.until(TORCH_PAYS_FROM - before))
            self._work = before + stream.work
            self._load_pytorch_if_it_pays()
        if not stream.is_over:
            yield from self._side_by_side(stream.until(math.inf))
            self._work = before + stream.work

    def _side_by_side(self, windows: Iterable[Sequence[str]]) -> Iterator[tuple[Sequence[str], Scores]]:
        engine = self._engine
        with engine.workers() as workers:
            for window, hands in in_order(windows, self._score, workers=workers, start=engine.start_worker):
                yield window, _merged(hands)

    def _score(self, texts: Sequence[str]) -> Scores:
        rows = self._tokenizer.encode(texts)
        n_tokens = np.array([len(row) for row in rows], dtype=np.int64)
        probabilities = np.full((len(rows), len(self.classes)), np.nan)
        real = np.flatnonzero(n_tokens)
        if len(real):
            full = [rows[i] for i in real]
            logits = self._engine.logits(full)
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
            for (start, end), output in zip(encoding.offsets, outputs.tolist(), strict=True)
        ]

    def _multiplications(self, window: Sequence[str]) -> float:
        """Of the recurrent layers, about, for some texts."""
        return sum(map(len, window)) / CHARACTERS_OF_A_TOKEN * self._recurrent_weights

    @cached_property
    def _recurrent_weights(self) -> int:
        return sum(tensor.size for name, tensor in self._weights.items() if name.startswith("layers"))

    def _load_pytorch_if_it_pays(self) -> None:
        if self._awaits_pytorch and self._work > TORCH_PAYS_FROM:
            self._load_pytorch()

    def _load_pytorch(self) -> None:
        """The one switch between engines: PyTorch stays where it has something that numpy has not."""
        engine = TorchEngine(self._weights, self._config, self._device, fast=self._fast)
        self._awaits_pytorch = False
        if engine.is_on_gpu or engine.is_fast:
            self._engine = engine

    def _predictions(self, texts: Sequence[str], scores: Scores) -> list[Prediction]:
        return [
            Prediction(text, *self._answer(output), tokens, unknown / tokens)
            if tokens
            else Prediction(text, None, None, None, 0, None)
            for text, output, tokens, unknown in zip(
                texts, scores.probabilities.tolist(), scores.n_tokens.tolist(), scores.n_unknown.tolist(), strict=True
            )
        ]

    def _answer(self, output: Sequence[float]) -> tuple[str, float, dict[str, float]]:
        largest = max(output)
        return self.classes[output.index(largest)], largest, dict(zip(self.classes, output, strict=True))


def _list_of_texts(texts: Any) -> list[str]:
    if isinstance(texts, (str, bytes)):  # a text is an iterable of texts too, a character each
        raise TypeError(f"predict takes a list of texts, not one {type(texts).__name__}; write [{texts[:20]!r}]")
    texts = list(texts)
    for text in texts:
        if not isinstance(text, str):
            raise TypeError(f"predict takes a list of texts, not of {type(text).__name__} such as {text!r}")
    return texts


def _windows(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(texts), WINDOW):
        yield texts[start : start + WINDOW]


def _arrays(scores: Scores) -> tuple[NDArray[Any], ...]:
    return scores.probabilities, scores.n_tokens, scores.n_unknown


def _merged(hands: Sequence[Scores]) -> Scores:
    """The scores of `window[k::n]` for each k of n as those of the window."""
    length = sum(len(hand.n_tokens) for hand in hands)
    found = Scores(*(np.empty((length, *array.shape[1:]), array.dtype) for array in _arrays(hands[0])))
    for k, hand in enumerate(hands):
        for whole, part in zip(_arrays(found), _arrays(hand), strict=True):
            whole[k :: len(hands)] = part
    return found
