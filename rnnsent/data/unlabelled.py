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
FRAGMENT = (1, 8)
REPLACED = (0.15, 0.5)
WITHOUT_LABELS = ("unsupervised", "unlabelled", "unlabeled", "unsup")
JOINTS = (",", "but", "and", ".", "although", "yet")
NEGATIONS = ("not", "not", "never", "hardly", "no", "nothing")
AUXILIARIES = {
    "is", "was", "are", "were", "be", "been", "am", "do", "does", "did", "have", "has", "had",
    "can", "could", "will", "would", "should", "may", "might", "must",
}  # fmt: skip
AT_ALL = 0.3  # share of negated texts that end with "at all"


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

    Of six, two are a text in which a share of the words has given way to random `words`, one is a fragment, one joins
    two fragments, as in praise of one thing and blame of another, and two are negated in English. The teacher says
    what each of them means, if anything.
    """
    made = []
    for number, index in enumerate(generator.integers(0, len(texts), count)):
        tokens = texts[index].split()
        match number % 6:
            case 0 | 1:
                new = _with_others(tokens, words, generator)
            case 2:
                new = _fragment(tokens, generator)
            case 3:
                other = texts[int(generator.integers(0, len(texts)))].split()
                new = [*_fragment(tokens, generator), _drawn(JOINTS, generator), *_fragment(other, generator)]
            case 4:
                new = _negated(_fragment(tokens, generator), generator)
            case _:
                new = _negated(tokens, generator)
        made.append(" ".join(new))
    return made


def _fragment(tokens: list[str], generator: np.random.Generator) -> list[str]:
    size = min(int(generator.integers(FRAGMENT[0], FRAGMENT[1] + 1)), len(tokens))
    start = int(generator.integers(0, len(tokens) - size + 1))
    return tokens[start : start + size]


def _negated(tokens: list[str], generator: np.random.Generator) -> list[str]:
    """With a negation after one of its auxiliary verbs, else at its beginning."""
    places = [place for place, token in enumerate(tokens, start=1) if token.lower() in AUXILIARIES]
    place = places[int(generator.integers(0, len(places)))] if places else 0
    tail = ["at", "all"] if generator.random() < AT_ALL else []
    return [*tokens[:place], _drawn(NEGATIONS, generator), *tokens[place:], *tail]


def _drawn(words: Sequence[str], generator: np.random.Generator) -> str:
    return words[int(generator.integers(0, len(words)))]


def _with_others(tokens: list[str], words: Sequence[str], generator: np.random.Generator) -> list[str]:
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
