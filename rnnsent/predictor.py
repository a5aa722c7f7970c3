"""Texts -> predictions, for the command line, for evaluation and from Python. Holds the one switch between engines.

On a CPU the network runs in numpy, which starts without loading PyTorch and is as fast; large inputs use one thread per
core. PyTorch takes over on a GPU, or for bfloat16 if the processor supports it, once the input is large enough to make
up for loading it. Both engines give the same probabilities within 1e-5, and a prediction depends only on its own text.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cached_property
from itertools import chain
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from rnnsent.checkpoint.checkpoint import Checkpoint
from rnnsent.checkpoint.known_errors import find_threshold, read_confusion_matrix
from rnnsent.checkpoint.store import find_model
from rnnsent.config import Device, PredictPrecision
from rnnsent.data.ids import UNKNOWN_ID, Ids
from rnnsent.data.labels import select_classes
from rnnsent.data.python_texts import read_python_texts
from rnnsent.data.records import RecordBatch
from rnnsent.data.sentences import sentence_spans
from rnnsent.errors import SettingsError
from rnnsent.explanation.explain import Components, attribute
from rnnsent.explanation.words import group_into_sentences, group_into_words
from rnnsent.network import equations
from rnnsent.network.calibration import component_scales, length_exponents, length_factors
from rnnsent.network.engine import Engine
from rnnsent.network.hardware import may_have_gpu
from rnnsent.network.ngrams import NgramModel, network_weights
from rnnsent.network.numpy_engine import NumpyEngine
from rnnsent.network.torch_engine import TorchEngine
from rnnsent.parallel import MeteredStream, Pause, ordered_map
from rnnsent.prediction import (
    MISSING,
    UNSURE,
    Explanation,
    PredictedBatch,
    Prediction,
    Scores,
    TokenPrediction,
    WordContribution,
    name_classes,
    to_predictions,
)

# Multiplications in the recurrent layers. Starting threads costs about 1% of the first; loading PyTorch pays for itself
# after the second.
THREADING_THRESHOLD, TORCH_THRESHOLD = 1e9, 1e11
CHARS_PER_TOKEN = 4  # roughly; used only to estimate the work ahead
BATCH_TEXTS = 4_096  # texts of a list that are processed together


class Predictor:
    """A model ready to predict.

    Args:
        device: auto uses CUDA if available.
        precision: bfloat16 makes large inputs faster where the device supports it; probabilities change by about 0.01.
        classes: names of some of the model's classes, among which it chooses: their probabilities add up to 1. None is
            all of them.
        abstain_at: the error to stay below on texts like the validation texts: a text of which the model is less sure gets
            the label `unsure` (rnnsent.checkpoint.known_errors). None never abstains.

    Raises:
        DeviceError: the device is not available.
        ModelError: the checkpoint's files cannot be read.
        SettingsError: the model lacks one of the classes, or there are fewer than two; or so small an error is out of reach.
    """

    def __init__(
        self,
        checkpoint: Checkpoint,
        *,
        device: Device = "auto",
        precision: PredictPrecision = "float32",
        classes: Sequence[str] | None = None,
        abstain_at: float | None = None,
    ) -> None:
        self.checkpoint = checkpoint
        self.classes = (
            select_classes(checkpoint.classes, classes, checkpoint.name) if classes is not None else checkpoint.classes
        )
        self._class_indices = [checkpoint.classes.index(name) for name in self.classes]
        if abstain_at is not None and UNSURE in checkpoint.classes:
            raise SettingsError(f"{checkpoint.name!r} has a class {UNSURE!r} of its own, so it cannot abstain")
        if abstain_at is not None and len(self.classes) < len(checkpoint.classes):
            raise SettingsError(
                "a model that chooses among some of its classes only cannot abstain; choose one of both"
            )
        self.threshold = find_threshold(checkpoint, abstain_at) if abstain_at is not None else 0.0
        self._config = checkpoint.recipe.model
        self._device, self._precision = device, precision
        self._tokenizer = checkpoint.tokenizer
        weights = checkpoint.weights
        self._weights = network_weights(weights)
        self._exponents = length_exponents(weights)
        self._scales = component_scales(weights)
        self._ngrams = (
            NgramModel(weights, self._config.max_ngram, len(checkpoint.classes)) if self._config.max_ngram else None
        )
        self._engine: Engine = NumpyEngine(self._weights, self._config)
        self._may_use_torch = precision == "bfloat16" or (device == "auto" and may_have_gpu())
        self._work = 0.0  # multiplications so far
        if device in ("cuda", "mps"):
            self._load_torch()

    @classmethod
    def load(
        cls,
        model: str | None = None,
        *,
        device: Device = "auto",
        precision: PredictPrecision = "float32",
        classes: Sequence[str] | None = None,
        abstain_at: float | None = None,
    ) -> Self:
        """Load a model by name or path; None chooses as `rnnsent predict` does. Raises ModelError."""
        return cls(find_model(model), device=device, precision=precision, classes=classes, abstain_at=abstain_at)

    @cached_property
    def confusion_matrix(self) -> list[list[float]] | None:
        """Counts on the validation texts, rows are true classes; None if they are not recorded, or classes are selected."""
        return read_confusion_matrix(self.checkpoint) if self.classes == self.checkpoint.classes else None

    @property
    def words(self) -> list[str]:
        """The words in the vocabulary, sorted."""
        return sorted(word for word in self._tokenizer.vocabulary() if word.isalpha())

    def look_up_words(self, text: str) -> list[tuple[str, bool]]:
        """The tokens of a text that have a letter, each with whether it is in the vocabulary."""
        return self._tokenizer.look_up_words(text)

    def predict(self, texts: Iterable[str | None]) -> list[Prediction]:
        """The prediction for each text, in order.

        Args:
            texts: a list or another iterable, a one-dimensional array, or a column of a table; None and NaN are missing
                texts, which get no label.

        Raises:
            TypeError: this is not one column of texts; the message says what to pass instead.
        """
        checked, missing = read_python_texts(texts)
        batches = self.predict_batches(_split_batches(checked))
        predictions = list(chain.from_iterable(batch.predictions for batch in batches))
        for index in missing:
            predictions[index] = replace(predictions[index], reason=MISSING)
        return predictions

    def predict_batches(
        self,
        batches: Iterable[RecordBatch | Pause],
        *,
        trace: bool = False,
        explain: bool = False,
        sentences: bool = False,
    ) -> Iterator[PredictedBatch]:
        """Predictions for a stream of batches, in order. Few batches are in memory at a time.

        After PAUSE, everything before it is yielded before the next batch is requested.

        Args:
            trace: also compute the output at every token.
            explain: also compute the contributions of words.
            sentences: also predict each sentence; in place of a trace.
        """
        for batch, scores in self._score_stream(batches):
            predictions = to_predictions(batch.texts, self.classes, scores, self.threshold)
            traces = [self.trace(text) for text in batch.texts] if trace else None
            if sentences:
                traces = self.predict_sentences(batch.texts)
            explanations = self._explain_all(predictions) if explain else None
            yield PredictedBatch(batch, predictions, traces, explanations)

    def predict_proba(self, texts: Iterable[str | None]) -> Scores:
        """The probabilities of each text as arrays. Takes what `predict` takes."""
        checked, _ = read_python_texts(texts)
        scores = [scores for _, scores in self._score_stream(_split_batches(checked))] or [self._score(())]
        return Scores(*(np.concatenate(arrays) for arrays in zip(*map(_arrays, scores), strict=True)))

    def trace(self, text: str) -> list[TokenPrediction]:
        """The network's output y_t at every token, as `rnnsent.network.equations.step_logits` defines it.

        The n-gram model does not take part, since it has no state at a token. Confidence is calibrated as for a text of
        the reference length.
        """
        encoding = self._tokenizer.encode_with_offsets(text)
        if not len(encoding.ids):
            return []
        logits = equations.step_logits(encoding.ids, self._weights, self._config)  # (T, K)
        outputs = equations.softmax(logits[:, self._class_indices].astype(np.float64))
        return [
            TokenPrediction(text[start:end], start, end, *name_classes(self.classes, output))
            for (start, end), output in zip(encoding.offsets, outputs.tolist(), strict=True)
        ]

    def predict_sentences(self, texts: Sequence[str]) -> list[list[TokenPrediction]]:
        """The prediction for each sentence of each text."""
        spans = [sentence_spans(text) for text in texts]
        sentences = [text[start:end] for text, own in zip(texts, spans, strict=True) for start, end in own]
        predictions = iter(self.predict(sentences))
        return [
            [
                TokenPrediction(each.text, start, end, each.label, each.probability, each.probabilities)
                for (start, end), each in zip(own, predictions, strict=False)
            ]
            for own in spans
        ]

    def explain(self, text: str, label: str | None = None) -> Explanation | None:
        """What each word adds to the logit of a class (rnnsent.explanation); None for a text without a known token.

        Args:
            label: the class; None is the predicted one.

        Raises:
            SettingsError: the model has no such class.
        """
        encoding = self._tokenizer.encode_with_offsets(text)
        if not (encoding.ids != UNKNOWN_ID).any():
            return None
        if label is None:
            label = self.classes[int(self._score([text]).probabilities[0].argmax())]
        elif label not in self.classes:
            raise SettingsError(f"no class {label!r} to explain; the classes are {', '.join(self.classes)}")
        groups = group_into_words(text, encoding.offsets)
        spans = [(encoding.offsets[group[0]][0], encoding.offsets[group[-1]][1]) for group in groups]
        sentences = group_into_sentences(text, [start for start, _ in spans])
        network_factor, ngram_factor = (
            float(length_factors(float(power), np.array([len(encoding.ids)]))[0, 0]) for power in self._exponents
        )
        parts = Components(self._engine.logits, self._ngrams, (network_factor, ngram_factor), self._class_indices)
        result = attribute(encoding.ids, groups, sentences, self.classes.index(label), parts)
        words = [
            WordContribution(text[start:end], start, end, network, ngrams, None if math.isnan(error) else error)
            for (start, end), network, ngrams, error in zip(
                spans, result.network.tolist(), result.ngrams.tolist(), result.errors.tolist(), strict=True
            )
        ]
        errors = [word.error for word in words if word.error is not None]
        return Explanation(label, result.base, result.logit, max(errors, default=None), words)

    def _explain_all(self, predictions: Sequence[Prediction]) -> list[Explanation | None]:
        """The explanation of each label, computed in parallel."""
        with (
            self._engine.workers() as workers,
            ThreadPoolExecutor(workers, initializer=self._engine.start_worker) as pool,
        ):
            return list(pool.map(self._explain_prediction, predictions))

    def _explain_prediction(self, prediction: Prediction) -> Explanation | None:
        return self.explain(prediction.text, None if prediction.label == UNSURE else prediction.label)

    def _score_stream(self, batches: Iterable[RecordBatch | Pause]) -> Iterator[tuple[RecordBatch, Scores]]:
        """Each batch with its scores: in this thread while there is little work, then ahead and in parallel."""
        stream = MeteredStream(batches, lambda batch: self._multiplications(batch.texts))
        before = self._work
        for batch in stream.take(THREADING_THRESHOLD):
            self._work = before + stream.total_cost
            self._load_torch_if_worthwhile()
            if not isinstance(batch, Pause):
                yield batch, self._score(batch.texts)
        if not stream.exhausted and self._may_use_torch:
            yield from self._score_in_parallel(stream.take(TORCH_THRESHOLD - before))
            self._work = before + stream.total_cost
            self._load_torch_if_worthwhile()
        if not stream.exhausted:
            yield from self._score_in_parallel(stream.take(math.inf))
            self._work = before + stream.total_cost

    def _score_in_parallel(self, batches: Iterable[RecordBatch | Pause]) -> Iterator[tuple[RecordBatch, Scores]]:
        engine = self._engine
        with engine.workers() as workers:
            for batch, shards in ordered_map(
                batches, self._score, items=lambda batch: batch.texts, workers=workers, start=engine.start_worker
            ):
                yield batch, _merge(shards) if shards else self._score(())

    def _score(self, texts: Sequence[str]) -> Scores:
        rows = self._tokenizer.encode(texts)
        n_tokens = np.array([len(row) for row in rows], dtype=np.int64)  # (N,)
        n_oov = np.array([int((row == UNKNOWN_ID).sum()) for row in rows], dtype=np.int64)  # (N,)
        shape = (len(rows), len(self.classes))
        probabilities = np.full(shape, np.nan)  # (N, K)
        uncalibrated = np.full(shape if self._scales is not None else (len(rows), 0), np.nan)  # (N, K) or (N, 0)
        known = np.flatnonzero(n_oov < n_tokens)
        if len(known):
            components = self._component_logits([rows[i] for i in known])  # (N, K) each
            factors = [length_factors(float(power), n_tokens[known]) for power in self._exponents]  # (N, 1) each
            logits = np.sum(
                [logits * factor for logits, factor in zip(components, factors, strict=False)], axis=0
            )  # (N, K)
            probabilities[known] = equations.softmax(logits.astype(np.float64))
            if self._scales is not None:  # where the fit of the calibration starts: the mean of the components
                raw = [logits / scale for logits, scale in zip(components, self._scales, strict=True)]
                uncalibrated[known] = equations.softmax(np.mean(raw, axis=0))
        return Scores(probabilities, uncalibrated, n_tokens, n_oov)

    def _component_logits(self, tokens: Sequence[Ids]) -> list[NDArray[np.float32]]:
        """The logits (N, K) of the network and, if the model has one, of the n-gram model; K counts the selected classes."""
        components = [self._engine.logits(tokens)]
        if self._ngrams:
            components.append(self._ngrams.logits(tokens))
        if len(self.classes) == len(self.checkpoint.classes):
            return components
        return [logits[:, self._class_indices] for logits in components]

    def _multiplications(self, texts: Sequence[str]) -> float:
        """An estimate of the work in the recurrent layers."""
        return sum(map(len, texts)) / CHARS_PER_TOKEN * self._n_recurrent_weights

    @cached_property
    def _n_recurrent_weights(self) -> int:
        return sum(tensor.size for name, tensor in self._weights.items() if name.startswith("layers"))

    def _load_torch_if_worthwhile(self) -> None:
        if self._may_use_torch and self._work > TORCH_THRESHOLD:
            self._load_torch()

    def _load_torch(self) -> None:
        """The one switch between engines: PyTorch stays only if it has a GPU or bfloat16 to offer."""
        engine = TorchEngine(self._weights, self._config, self._device, bfloat16=self._precision == "bfloat16")
        self._may_use_torch = False
        if engine.is_on_gpu or engine.uses_bfloat16:
            self._engine = engine


def _split_batches(texts: Sequence[str]) -> Iterator[RecordBatch]:
    for start in range(0, len(texts), BATCH_TEXTS):
        yield RecordBatch(texts[start : start + BATCH_TEXTS])


def _arrays(scores: Scores) -> tuple[NDArray[Any], ...]:
    return scores.probabilities, scores.uncalibrated, scores.n_tokens, scores.n_oov


def _merge(shards: Sequence[Scores]) -> Scores:
    """The scores of a batch from those of its shards, `texts[k::n]` for each k of n."""
    length = sum(len(shard.n_tokens) for shard in shards)
    merged = Scores(*(np.empty((length, *array.shape[1:]), array.dtype) for array in _arrays(shards[0])))
    for k, shard in enumerate(shards):
        for whole, part in zip(_arrays(merged), _arrays(shard), strict=True):
            whole[k :: len(shards)] = part
    return merged
