"""The unlabeled texts that teachers label for the English model: short pieces of many domains, a million and more.

Texts of up to MAX_WORDS words are pieces as they are, and longer ones are cut into sentences. Only training parts are used
(scripts/corpora.py), no text of a restricted corpus, and of IMDB's train split no text that is held out for validation. The
pieces are sorted by a hash, so the first N of them are a random sample of all.
"""

from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
from corpora import LABELED, UNLABELED, VALIDATION_BELOW, read_texts

from rnnsent.data.sources import find_source
from rnnsent.data.unlabeled import MAX_SENTENCE_WORDS, split_sentences, synthesize_texts
from rnnsent.data.validation_split import hash_text

MAX_WORDS = MAX_SENTENCE_WORDS
MAX_FILM_SENTENCES = 350_000
SYNTHETIC_TEXTS, SYNTHETIC_WORDS, SEED = 150_000, 30_000, 0
MIN_CHARACTERS, MAX_CHARACTERS = 2, 400


def read_pool() -> list[str]:
    """All pieces, each once, in the order of the pool."""
    films = find_source("imdb")
    reviews = [text for text in films.read("train").texts if hash_text(text) >= VALIDATION_BELOW]
    film_sentences = split_sentences([*reviews, *films.read_texts("unsupervised")])
    pieces = _in_order(film_sentences)[:MAX_FILM_SENTENCES]
    for corpus in (*LABELED, *UNLABELED):
        pieces += cut(read_texts(corpus))
    for name in ("sst5", "sentences"):
        pieces += [text for text in find_source(name).read("train").texts if hash_text(text) >= VALIDATION_BELOW]
    pieces = _in_order(pieces)
    generator = np.random.default_rng(SEED)
    pieces += synthesize_texts(pieces, frequent_words(pieces), SYNTHETIC_TEXTS, generator)
    return _in_order(pieces)


def cut(texts: Iterable[str]) -> list[str]:
    """Short texts as they are, and the sentences of longer ones."""
    pieces: list[str] = []
    for text in texts:
        pieces += [text] if len(text.split()) <= MAX_WORDS else split_sentences([text])
    return pieces


def frequent_words(texts: Sequence[str]) -> list[str]:
    """The most frequent words of letters, sorted."""
    counts = Counter(word for text in texts for word in text.lower().split() if word.isalpha())
    return sorted(word for word, _ in counts.most_common(SYNTHETIC_WORDS))


def _in_order(texts: Iterable[str]) -> list[str]:
    """The texts of a usable size by their hash, each once in whatever case."""
    positions: dict[float, str] = {}
    for text in texts:
        if MIN_CHARACTERS <= len(text) <= MAX_CHARACTERS:
            positions.setdefault(hash_text(text), text)
    return [positions[position] for position in sorted(positions)]
