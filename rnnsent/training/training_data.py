"""The data of a run: labeled texts, texts labeled by teachers, unlabeled and validation texts, encoded as token ids."""

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from rnnsent.checkpoint.store import find_model
from rnnsent.config import Device, DistillationConfig
from rnnsent.data.corpus import Corpus
from rnnsent.data.examples import Examples
from rnnsent.data.ids import Ids
from rnnsent.data.overlap import without_near_duplicates_of
from rnnsent.data.sources import Source
from rnnsent.data.tokenizer import Tokenizer
from rnnsent.data.unlabeled import find_unlabeled_splits, read_unlabeled, segment, synthesize_texts
from rnnsent.errors import SettingsError
from rnnsent.recipe import Recipe
from rnnsent.training.dataset import EncodedDataset
from rnnsent.training.events import LabelingProgress, PhaseProgress
from rnnsent.training.request import TrainingRequest
from rnnsent.training.teachers import find_taught_classes, load_teacher, teacher_probabilities

BATCH_TEXTS = 4_096  # that are encoded at a time


@dataclass(frozen=True)
class TrainingData:
    """What a run trains and validates on, with the tokenizer of its ids and the names of its K classes."""

    classes: tuple[str, ...]
    tokenizer: Tokenizer
    labeled: EncodedDataset
    teacher_labeled: EncodedDataset
    unlabeled: Sequence[Ids]
    validation: EncodedDataset


@dataclass(frozen=True)
class SoftLabels:
    """N unlabeled texts, a teacher's probabilities for them, (N, K), and which classes the teacher has, (N, K)."""

    texts: Sequence[str]
    probabilities: NDArray[np.float32]
    allowed: NDArray[np.bool_]

    def take(self, indices: NDArray[np.intp]) -> "SoftLabels":
        return SoftLabels([self.texts[i] for i in indices], self.probabilities[indices], self.allowed[indices])


def load_training_data(
    recipe: Recipe,
    request: TrainingRequest,
    sources: Sequence[Source],
    corpus: Corpus,
    tokenizer: Tokenizer | None = None,
) -> Generator[PhaseProgress | LabelingProgress, None, TrainingData]:
    """Read the unlabeled texts, label them with the teachers, and encode everything, yielding progress.

    Args:
        tokenizer: None extends that of the base model, or trains one.

    Raises:
        RnnsentError: a teacher or the texts cannot be read, or a teacher has other classes.
    """
    excluded = request.exclude_near_duplicates_of
    labeled = corpus.train.take(without_near_duplicates_of(corpus.train.texts, excluded))
    configs = [config for config in (recipe.distillation, *request.extra_teachers) if config.teacher]
    soft_labels = yield from load_teacher_labels(configs, sources, corpus, request.device, recipe.training.seed)
    soft_labels = soft_labels.take(without_near_duplicates_of(soft_labels.texts, excluded))
    unlabeled: list[str] = []
    if recipe.uses_unlabeled:
        unlabeled = read_unlabeled_texts(recipe.distillation, sources, corpus)
        unlabeled = [unlabeled[i] for i in without_near_duplicates_of(unlabeled, excluded)]
    if tokenizer is None and recipe.training.fine_tune:
        tokenizer = find_model(recipe.training.fine_tune).tokenizer.extend(labeled.texts, recipe.tokenizer.vocab_size)
    if tokenizer is None:
        yield PhaseProgress("building the vocabulary")
        tokenizer = Tokenizer.train([*labeled.texts, *soft_labels.texts, *unlabeled], recipe.tokenizer)
    groups = (labeled.texts, soft_labels.texts, unlabeled, corpus.validation.texts)
    rows = iter((yield from _encode_in_batches([text for group in groups for text in group], tokenizer)))
    labeled_rows, soft_label_rows, unlabeled_rows, validation_rows = (
        list(islice(rows, len(group))) for group in groups
    )
    return TrainingData(
        classes=labeled.classes,
        tokenizer=tokenizer,
        labeled=_drop_empty(labeled_rows, _one_hot(labeled), labeled.allowed),
        teacher_labeled=_drop_empty(
            soft_label_rows,
            soft_labels.probabilities,
            None if soft_labels.allowed.all() else soft_labels.allowed,
        ),
        unlabeled=[row for row in unlabeled_rows if len(row)],
        validation=_drop_empty(validation_rows, _one_hot(corpus.validation), corpus.validation.allowed),
    )


def load_teacher_labels(
    configs: Sequence[DistillationConfig], sources: Sequence[Source], corpus: Corpus, device: Device, seed: int
) -> Generator[LabelingProgress, None, SoftLabels]:
    """Yield progress, and return what every teacher says of its unlabeled and synthetic texts, in the order of `configs`.

    Texts of the validation split are left out.

    Raises:
        RnnsentError: a teacher or the texts cannot be read, or a teacher has other classes.
    """
    texts: list[str] = []
    classes = corpus.train.classes
    targets = [np.empty((0, len(classes)), dtype=np.float32)]
    allowed = [np.empty((0, len(classes)), dtype=bool)]
    validation_texts = set(corpus.validation.texts)
    for config in configs:
        teacher = load_teacher(config.teacher, device)
        inputs = _read_teacher_inputs(config, sources, validation_texts, teacher.words, seed)
        probabilities = yield from teacher_probabilities(teacher, classes, inputs)
        labeled = np.flatnonzero(np.isfinite(probabilities).all(axis=1))  # texts without tokens have none
        texts += [inputs[i] for i in labeled]
        targets.append(probabilities[labeled])
        allowed.append(np.tile(find_taught_classes(teacher, classes), (len(labeled), 1)))
    return SoftLabels(texts, np.concatenate(targets), np.concatenate(allowed))


def encode(examples: Examples, tokenizer: Tokenizer) -> EncodedDataset:
    """Token ids and one-hot targets of labeled texts. Texts without tokens, for example `<br />`, are left out."""
    return _drop_empty(tokenizer.encode(examples.texts), _one_hot(examples), examples.allowed)


def read_unlabeled_texts(config: DistillationConfig, sources: Sequence[Source], corpus: Corpus) -> list[str]:
    """The unlabeled texts that the config names, or else those of the sources, without those of the validation split."""
    validation_texts = set(corpus.validation.texts)
    names = config.unlabeled_sources or find_unlabeled_splits(sources)
    return [text for name in names for text in read_unlabeled(name, sources) if text not in validation_texts]


def _encode_in_batches(texts: Sequence[str], tokenizer: Tokenizer) -> Generator[PhaseProgress, None, list[Ids]]:
    rows: list[Ids] = []
    for start in range(0, len(texts), BATCH_TEXTS):
        yield PhaseProgress("encoding texts", start, len(texts))
        rows += tokenizer.encode(texts[start : start + BATCH_TEXTS])
    return rows


def _one_hot(examples: Examples) -> NDArray[np.float32]:
    """A target (N, K) for each label: probability 1 for its class."""
    return np.eye(len(examples.classes), dtype=np.float32)[examples.labels]


def _drop_empty(
    rows: Sequence[Ids], targets: NDArray[np.float32], allowed: NDArray[np.bool_] | None = None
) -> EncodedDataset:
    has_tokens = np.array([len(row) > 0 for row in rows], dtype=bool)
    allowed = None if allowed is None else allowed[has_tokens]
    return EncodedDataset([row for row in rows if len(row)], targets[has_tokens], allowed)


def _read_teacher_inputs(
    config: DistillationConfig,
    sources: Sequence[Source],
    validation_texts: set[str],
    words: Sequence[str],
    seed: int,
) -> list[str]:
    """The texts for a teacher to label: at most `max_unlabeled` from each source, then the synthetic ones."""
    generator = np.random.default_rng([seed, config.max_unlabeled, config.synthetic_texts])
    inputs: list[str] = []
    for name in config.unlabeled_sources:
        texts = [text for text in read_unlabeled(name, sources) if text not in validation_texts]
        segments = [text for text in segment(texts, config.teacher_inputs) if text not in validation_texts]
        if len(segments) > config.max_unlabeled:
            sample = np.sort(generator.choice(len(segments), config.max_unlabeled, replace=False))
            segments = [segments[i] for i in sample]
        inputs += segments
    if config.synthetic_texts and not words:
        raise SettingsError(
            f"--teacher {config.teacher} has answers for known texts only; set distillation.synthetic_texts=0"
        )
    if config.synthetic_texts:
        inputs += synthesize_texts(inputs, words, config.synthetic_texts, generator)
    return inputs
