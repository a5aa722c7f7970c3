"""Texts without labels, for a teacher to label: read from a split, a source or a file, cut into sentences, or made up.

Knows text alone; what a teacher says of it is the business of `rnnsent.teach`.
"""

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from rnnsent.config import Pieces
from rnnsent.data.catalog import CATALOG
from rnnsent.data.files import FASTTEXT_LABEL
from rnnsent.data.records import read_file_records
from rnnsent.data.sources import TRAIN, Source, find_source, matching_split
from rnnsent.errors import DataError

# A sentence ends at . ! ? before a blank, and at a line's end in either spelling.
SENTENCE_END = re.compile(r"(?<=[.!?])[\"')\]]*\s+|(?i:<br\s*/?>)+|\n+")
SHORTEST, LONGEST = 3, 40  # words of a sentence that is kept
FRAGMENT = (2, 8)
REPLACED = (0.15, 0.5)
WITHOUT_LABELS = ("unsupervised", "unlabelled", "unlabeled", "unsup")
JOINTS = (",", "but", "and", ".", "although", "yet")


def read_unlabelled(asked: str, sources: Sequence[Source]) -> list[str]:
    """The texts that a word means: a split of the sources, else another source's train split or a file of lines.

    Raises:
        DataError: it is none of them, or there is no text.
    """
    with_split = [source for source in sources if asked in source.splits]
    if with_split:
        texts = [text for source in with_split for text in source.texts(asked)]
    elif asked not in CATALOG and Path(asked).suffix.lower() == ".txt" and Path(asked).is_file():
        texts = [_unmarked(line) for window in read_file_records(Path(asked)) for line in window]
    else:
        texts = _texts_of(asked, sources)
    kept = [text for text in texts if text and not text.isspace()]
    if not kept:
        raise DataError(f"{asked} holds no text")
    return kept


def unlabelled_splits(sources: Sequence[Source]) -> list[str]:
    """The splits of the sources that are named as having no labels, such as imdb's."""
    return list(dict.fromkeys(split for source in sources for split in source.splits if split in WITHOUT_LABELS))


def sentences(texts: Sequence[str]) -> list[str]:
    """The distinct sentences of 3 to 40 words, in order."""
    pieces = (" ".join(piece.split()) for text in texts for piece in SENTENCE_END.split(text) if piece)
    return list(dict.fromkeys(piece for piece in pieces if SHORTEST <= piece.count(" ") + 1 <= LONGEST))


def cut(texts: Sequence[str], pieces: Pieces) -> list[str]:
    """The texts whole, their sentences, or both."""
    whole = list(texts) if pieces != "sentences" else []
    return whole + (sentences(texts) if pieces != "texts" else [])


def made_texts(texts: Sequence[str], words: Sequence[str], count: int, generator: np.random.Generator) -> list[str]:
    """`count` new texts for a teacher, in the manner of Tang et al. (2019), to reach words that the texts do not have.

    Of four, two are a text in which a share of the words has given way to random `words`, one is a fragment, and one
    joins two fragments, as in praise of one thing and blame of another.
    """
    made = []
    for number, index in enumerate(generator.integers(0, len(texts), count)):
        tokens = texts[index].split()
        if number % 4 == 3:
            other = texts[int(generator.integers(0, len(texts)))].split()
            made.append(" ".join([*_fragment(tokens, generator), _joint(generator), *_fragment(other, generator)]))
        elif number % 4 == 2:
            made.append(" ".join(_fragment(tokens, generator)))
        else:
            made.append(" ".join(_with_others(tokens, words, generator)))
    return made


def _fragment(tokens: Sequence[str], generator: np.random.Generator) -> Sequence[str]:
    size = min(int(generator.integers(FRAGMENT[0], FRAGMENT[1] + 1)), len(tokens))
    start = int(generator.integers(0, len(tokens) - size + 1))
    return tokens[start : start + size]


def _joint(generator: np.random.Generator) -> str:
    return JOINTS[int(generator.integers(0, len(JOINTS)))]


def _with_others(tokens: Sequence[str], words: Sequence[str], generator: np.random.Generator) -> list[str]:
    replaced = generator.random(len(tokens)) < generator.uniform(*REPLACED)
    others = generator.integers(0, len(words), len(tokens))
    return [words[other] if new else token for token, other, new in zip(tokens, others, replaced, strict=True)]


def _unmarked(line: str) -> str:
    return line.partition(" ")[2] if line.startswith(FASTTEXT_LABEL) else line


def _texts_of(asked: str, sources: Sequence[Source]) -> list[str]:
    try:
        source = find_source(asked)
    except DataError:
        splits = ", ".join(dict.fromkeys(split for source in sources for split in source.splits))
        raise DataError(
            f"--unlabelled {asked!r} is no split of the sources ({splits}), no data set and no file"
        ) from None
    split = matching_split(source, TRAIN)
    if split is None:
        raise DataError(f"{asked} has no train split; it has {', '.join(source.splits)}")
    return source.texts(split)
