"""What a network is fitted to: labelled texts, and unlabelled ones with a teacher's answers, as ids and targets."""

from collections.abc import Generator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rnnsent.config import Device, Recipe, TeachConfig
from rnnsent.data.examples import Examples
from rnnsent.data.overlap import distinct_from
from rnnsent.data.sources import Corpus, Source
from rnnsent.data.tokenizer import Ids, Tokenizer
from rnnsent.data.unlabelled import cut, made_texts, read_unlabelled, unlabelled_splits
from rnnsent.fit.loop import Encoded
from rnnsent.model.store import find_model
from rnnsent.request import Request
from rnnsent.teach import Labelled, answers, find_teacher


@dataclass(frozen=True)
class Material:
    """What a run learns from, as ids, the tokenizer that made them of texts, and the classes of the targets."""

    classes: tuple[str, ...]
    tokenizer: Tokenizer
    labelled: Encoded
    taught: Encoded
    unlabelled: Sequence[Ids]  # whole texts without a label or an answer
    validation: Encoded


@dataclass(frozen=True)
class Lessons:
    """N unlabelled texts and a teacher's probabilities for them, (N, K)."""

    texts: Sequence[str]
    answers: NDArray[np.float32]

    def take(self, indices: NDArray[np.intp]) -> "Lessons":
        return Lessons([self.texts[i] for i in indices], self.answers[indices])


def read_material(
    recipe: Recipe, request: Request, sources: Sequence[Source], corpus: Corpus, tokenizer: Tokenizer | None = None
) -> Generator[Labelled, None, Material]:
    """Read the unlabelled texts, ask the teachers, learn a vocabulary unless there is one, and encode all.

    Raises:
        RnnsentError: a teacher or the texts cannot be read, or a teacher has other classes.
    """
    labelled = corpus.train.take(distinct_from(corpus.train.texts, request.keep_out))
    teaching = [config for config in (recipe.teaching, *request.more_teaching) if config.teacher]
    lessons = yield from read_lessons(teaching, sources, corpus, request.device, recipe.training.seed)
    lessons = lessons.take(distinct_from(lessons.texts, request.keep_out))
    texts: list[str] = []
    if recipe.reads_unlabelled:
        texts = unlabelled_texts(recipe.teaching, sources, corpus)
        texts = [texts[i] for i in distinct_from(texts, request.keep_out)]
    if tokenizer is None and recipe.training.fine_tune:
        tokenizer = find_model(recipe.training.fine_tune).tokenizer
    tokenizer = tokenizer or Tokenizer.train([*labelled.texts, *lessons.texts, *texts], recipe.tokenizer)
    taught = _encoded(lessons.texts, lessons.answers, tokenizer)
    return Material(
        labelled.classes,
        tokenizer,
        encode(labelled, tokenizer),
        taught,
        [row for row in tokenizer.encode(texts) if len(row)],
        encode(corpus.validation, tokenizer),
    )


def read_lessons(
    configs: Sequence[TeachConfig], sources: Sequence[Source], corpus: Corpus, device: Device, seed: int
) -> Generator[Labelled, None, Lessons]:
    """Yield progress, and return the lessons of every teacher: unlabelled texts, cut and drawn, and texts made of them.

    What is in the validation split is left out.

    Raises:
        RnnsentError: a teacher or the texts cannot be read, or a teacher has other classes.
    """
    texts: list[str] = []
    targets = [np.empty((0, len(corpus.train.classes)), dtype=np.float32)]
    for config in configs:
        teacher = find_teacher(config.teacher, device)
        pieces = _pieces(config, sources, set(corpus.validation.texts), teacher.words, seed)
        found = yield from answers(teacher, corpus.train.classes, pieces)
        known = np.flatnonzero(np.isfinite(found).all(axis=1))  # a text without a token has no answer
        texts += [pieces[i] for i in known]
        targets.append(found[known])
    return Lessons(texts, np.concatenate(targets))


def encode(examples: Examples, tokenizer: Tokenizer) -> Encoded:
    """Rows and targets of labelled texts; a text without a token, such as a lone <br />, is left out."""
    certain = np.eye(len(examples.classes), dtype=np.float32)[examples.labels]  # (N, K)
    return _encoded(examples.texts, certain, tokenizer)


def unlabelled_texts(config: TeachConfig, sources: Sequence[Source], corpus: Corpus) -> list[str]:
    """The unlabelled texts, whole, without those of the validation split; unless some are named, those of the sources."""
    held = set(corpus.validation.texts)
    names = config.unlabelled.split(",") if config.unlabelled else unlabelled_splits(sources)
    return [text for name in names for text in read_unlabelled(name, sources) if text not in held]


def _encoded(texts: Sequence[str], targets: NDArray[np.float32], tokenizer: Tokenizer) -> Encoded:
    rows = tokenizer.encode(texts)
    real = np.array([len(row) > 0 for row in rows], dtype=bool)
    return Encoded([row for row, keep in zip(rows, real.tolist(), strict=True) if keep], targets[real])


def _pieces(
    config: TeachConfig, sources: Sequence[Source], held: set[str], words: Sequence[str], seed: int
) -> list[str]:
    generator = np.random.default_rng([seed, config.most_pieces, config.made])
    pieces: list[str] = []
    for name in config.unlabelled.split(","):
        texts = [text for text in read_unlabelled(name, sources) if text not in held]
        found = [text for text in cut(texts, config.pieces) if text not in held]
        if len(found) > config.most_pieces:
            found = [found[i] for i in np.sort(generator.choice(len(found), config.most_pieces, replace=False))]
        pieces += found
    return pieces + (made_texts(pieces, words, config.made, generator) if config.made else [])
