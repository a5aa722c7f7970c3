"""Unlabeled texts for a teacher to label: read from a split, data set, or file, split into sentences, or synthesized.

Knows only text; `rnnsent.training.teachers` labels it.
"""

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from rnnsent.config import TeacherInputs
from rnnsent.data.byte_input import ByteInput
from rnnsent.data.catalog import CATALOG
from rnnsent.data.fasttext_reader import LABEL_PREFIX
from rnnsent.data.line_reader import read_records
from rnnsent.data.records import read_texts
from rnnsent.data.sources import Source, find_source, find_split
from rnnsent.data.splits import TRAIN, is_unlabeled_split
from rnnsent.errors import DataError

# A sentence ends at . ! ? before whitespace, and at a line break, either a newline or <br />.
SENTENCE_END = re.compile(r"(?<=[.!?])[\"')\]]*\s+|(?i:<br\s*/?>)+|\n+")
MIN_SENTENCE_WORDS, MAX_SENTENCE_WORDS = 3, 40

# Synthetic texts. Repeated words are more likely.
MIN_FRAGMENT_WORDS, MAX_FRAGMENT_WORDS = 1, 8
MIN_REPLACED_FRACTION, MAX_REPLACED_FRACTION = 0.15, 0.5
AT_ALL_PROBABILITY = 0.3  # that a negated text ends with "at all"
CONJUNCTIONS = (",", "but", "and", ".", "although", "yet")
NEGATIONS = ("not", "not", "never", "hardly", "no", "nothing")
AUXILIARIES = {
    "is", "was", "are", "were", "be", "been", "am", "do", "does", "did", "have", "has", "had",
    "can", "could", "will", "would", "should", "may", "might", "must",
}  # fmt: skip


def read_unlabeled(name: str, sources: Sequence[Source]) -> list[str]:
    """The texts that a name refers to: a split of the sources, a .txt file of lines, or a data set's train split.

    Raises:
        DataError: the name refers to nothing, or there is no text.
    """
    sources_with_split = [source for source in sources if name in source.splits]
    if sources_with_split:
        texts = [text for source in sources_with_split for text in source.read_texts(name)]
    elif name not in CATALOG and Path(name).suffix.lower() == ".txt" and Path(name).is_file():
        texts = [_remove_fasttext_label(line) for line in read_texts(read_records(ByteInput.open(Path(name))))]
    else:
        texts = _read_train_texts(name, sources)
    texts = [text for text in texts if text and not text.isspace()]
    if not texts:
        raise DataError(f"{name} contains no text; choose other unlabeled data with --unlabeled")
    return texts


def find_unlabeled_splits(sources: Sequence[Source]) -> list[str]:
    """The sources' splits whose name says that they are unlabeled, for example imdb's `unsupervised`."""
    return list(dict.fromkeys(split for source in sources for split in source.splits if is_unlabeled_split(split)))


def segment(texts: Sequence[str], teacher_inputs: TeacherInputs) -> list[str]:
    """The inputs of a teacher: the whole texts, their sentences, or both."""
    whole_texts = list(texts) if teacher_inputs != "sentences" else []
    return whole_texts + (split_sentences(texts) if teacher_inputs != "texts" else [])


def split_sentences(texts: Sequence[str]) -> list[str]:
    """The unique sentences of 3 to 40 words, in order."""
    sentences = (" ".join(part.split()) for text in texts for part in SENTENCE_END.split(text) if part)
    return list(
        dict.fromkeys(
            sentence for sentence in sentences if MIN_SENTENCE_WORDS <= sentence.count(" ") + 1 <= MAX_SENTENCE_WORDS
        )
    )


def synthesize_texts(
    texts: Sequence[str], words: Sequence[str], count: int, generator: np.random.Generator
) -> list[str]:
    """Generate `count` texts for a teacher to label, with words that `texts` lack, after Tang et al. (2019).

    Of six texts, two have some words replaced by random `words`, one is a fragment, one is two fragments with a
    conjunction between them, as in praise and criticism, and two are negated in English. They need not make sense.
    """
    synthetic = []
    for number, index in enumerate(generator.integers(0, len(texts), count)):
        tokens = texts[index].split()
        match number % 6:
            case 0 | 1:
                new_tokens = _replace_words(tokens, words, generator)
            case 2:
                new_tokens = _sample_fragment(tokens, generator)
            case 3:
                other_tokens = texts[int(generator.integers(0, len(texts)))].split()
                new_tokens = [
                    *_sample_fragment(tokens, generator),
                    _sample(CONJUNCTIONS, generator),
                    *_sample_fragment(other_tokens, generator),
                ]
            case 4:
                new_tokens = _negate(_sample_fragment(tokens, generator), generator)
            case _:
                new_tokens = _negate(tokens, generator)
        synthetic.append(" ".join(new_tokens))
    return synthetic


def _replace_words(tokens: list[str], words: Sequence[str], generator: np.random.Generator) -> list[str]:
    """With a random 15 to 50 percent of the tokens replaced by random words."""
    is_replaced = generator.random(len(tokens)) < generator.uniform(MIN_REPLACED_FRACTION, MAX_REPLACED_FRACTION)
    indices = generator.integers(0, len(words), len(tokens))
    return [
        words[index] if replace else token for token, index, replace in zip(tokens, indices, is_replaced, strict=True)
    ]


def _sample_fragment(tokens: list[str], generator: np.random.Generator) -> list[str]:
    """1 to 8 consecutive tokens."""
    size = min(int(generator.integers(MIN_FRAGMENT_WORDS, MAX_FRAGMENT_WORDS + 1)), len(tokens))
    start = int(generator.integers(0, len(tokens) - size + 1))
    return tokens[start : start + size]


def _negate(tokens: list[str], generator: np.random.Generator) -> list[str]:
    """With a negation after a random auxiliary verb, or at the beginning if there is none."""
    positions = [position for position, token in enumerate(tokens, start=1) if token.lower() in AUXILIARIES]
    position = positions[int(generator.integers(0, len(positions)))] if positions else 0
    ending = ["at", "all"] if generator.random() < AT_ALL_PROBABILITY else []
    return [*tokens[:position], _sample(NEGATIONS, generator), *tokens[position:], *ending]


def _sample(words: Sequence[str], generator: np.random.Generator) -> str:
    return words[int(generator.integers(0, len(words)))]


def _remove_fasttext_label(line: str) -> str:
    return line.partition(" ")[2] if line.startswith(LABEL_PREFIX) else line


def _read_train_texts(name: str, sources: Sequence[Source]) -> list[str]:
    try:
        source = find_source(name)
    except DataError:
        splits = ", ".join(dict.fromkeys(split for source in sources for split in source.splits))
        raise DataError(
            f"unknown unlabeled data {name!r}: use a split of the sources ({splits}), a data set, or a .txt file"
        ) from None
    split = find_split(source, TRAIN)
    if split is None:
        raise DataError(f"{name} has no train split; its splits are {', '.join(source.splits)}")
    return source.read_texts(split)
