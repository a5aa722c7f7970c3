"""Known words in unknown ones: elongated words (baaaad), typing errors (terrbile) and hashtags (#lovethisphone).

Knows a vocabulary, no tokenizer.

The id of a word serves as its rank by frequency, because the trainer of a vocabulary assigns ids in that order.
"""

import math
import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from itertools import accumulate, product
from typing import TypeAlias
from unicodedata import normalize

from rnnsent.data.substitution import Step, contains

Lookup: TypeAlias = Callable[[str], int | None]  # the id of a word; None if it is not in the vocabulary
Shortened: TypeAlias = Mapping[str, tuple[str]]

# Characters of scripts without spaces are tokens, not letters of words.
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3038-\u30ff\u31f0-\u31ff\u3400-\u4dbf"
    "\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f\U0001b000-\U0001b16f\U00020000-\U0003ffff"
)
_LETTER = rf"[^\W{_UNSPACED}]"
WORD = rf"{_LETTER}+(?:'{_LETTER}+)*"
HAS_LETTER = re.compile(r"[^\W\d_]").search
RUN = re.compile(r"([^\W\d_])\1{2,}")  # a letter three or more times
MAX_RUNS = 4  # of a word, for which all combinations are tried
# A double letter is more likely than a single one, unless the word with it is so much rarer (soo, so).
MAX_RANK_RATIO = 50

# Unknown words are read as known ones, among the MAX_RANK most frequent, that differ by a typing error after the first
# letter: two swapped letters in a word of MIN_LETTERS or more, a missing or a doubled one in a longer word.
SPELLED = re.compile(r"[A-Za-z]+(?:'[A-Za-z]+)?")
MIN_LETTERS, MAX_RANK = 5, 10_000
LETTERS = "abcdefghijklmnopqrstuvwxyz'"

HASHTAG = rf"#(?<![\w#]#)({_LETTER}+)(?![\w'])"
SUBWORD = re.compile(r"\d+|[^\W\d_]+?(?:(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?![^\W\d_]))")
MAX_HASHTAG_LETTERS, MAX_WORD_LETTERS = 80, 20
MAX_RANKS = {1: 100, 2: 1_000}  # of words of one letter and of two, most of which are abbreviations
# The cost of a word is the logarithm of its rank, as in wordninja. Splits that cost more per letter are accidents.
COST_PER_WORD, MAX_COST_PER_LETTER = 2.3, 2.8


def misspelled_words(lookup: Lookup, *, lowercase: bool, shortened: Shortened | None = None) -> Step:
    """The step that replaces unknown words that are elongated, or have a typing error, by known ones."""
    replace = partial(_find_match, lookup=lookup, lowercase=lowercase, shortened=shortened)
    return Step(WORD, replace, HAS_LETTER)


def hashtags(lookup: Lookup, *, lowercase: bool) -> Step:
    """The step that inserts spaces between the words of unknown hashtags."""
    return Step(HASHTAG, partial(_split_match, lookup=lookup, lowercase=lowercase), contains("#"))


def find_known(word: str, lookup: Lookup, shortened: Shortened | None = None) -> str | None:
    """The known word that an unknown one elongates or misspells; None if there is none."""
    return shorten(word, lookup) if RUN.search(word) else correct(word, lookup, shortened)


def correct(word: str, lookup: Lookup, shortened: Shortened | None = None) -> str | None:
    """The most frequent known word that becomes an unknown one by a single typing error; None if there is none.

    Typing errors are two letters swapped, one left out, and one doubled. Replacing a letter by another, or leaving out any,
    would make more words of other ones than of typing errors (towels, unbeatable; docs/log.md).

    Args:
        shortened: from `shorten_words`, for many words.
    """
    n = len(word)
    if not MIN_LETTERS <= n <= MAX_WORD_LETTERS or not SPELLED.fullmatch(word):
        return None
    candidates = [word[:i] + word[i + 1] + word[i] + word[i + 2 :] for i in range(1, n - 1)]
    if n > MIN_LETTERS:
        candidates += [word[:i] + word[i + 1 :] for i in range(1, n) if word[i] == word[i - 1]]
        if shortened is not None:
            candidates += shortened.get(word, ())
        else:
            candidates += [word[:i] + letter + word[i:] for i in range(1, n + 1) for letter in LETTERS]
    known = [(rank, candidate) for candidate in candidates if (rank := lookup(candidate)) is not None]
    rank, best = min(known, default=(MAX_RANK, ""))
    return best if rank < MAX_RANK else None


def shorten_words(vocabulary: Mapping[str, int]) -> Shortened:
    """The frequent words of a vocabulary by what is left without one of their letters, of words with the same rest the first."""
    shortened: dict[str, tuple[str]] = {}
    for word in sorted(vocabulary, key=vocabulary.__getitem__)[:MAX_RANK]:
        if MIN_LETTERS + 2 <= len(word) <= MAX_WORD_LETTERS + 1:
            for i in range(1, len(word)):
                if word[i] in LETTERS:
                    shortened.setdefault(word[:i] + word[i + 1 :], (word,))
    return shortened


def shorten(word: str, lookup: Lookup) -> str | None:
    """The known word that an unknown one elongates; None if there is none."""
    shorter_words = (shorter for shorter in _shorten_runs(word) if len(shorter) > 1)  # aaaa is not a
    known = [(shorter, rank) for shorter in shorter_words if (rank := lookup(shorter)) is not None]
    if not known:
        return None
    first, most_frequent = known[0], min(known, key=lambda entry: entry[1])
    return (first if first[1] <= MAX_RANK_RATIO * most_frequent[1] else most_frequent)[0]


def split_hashtag(body: str, lookup: Lookup, *, lowercase: bool) -> list[str] | None:
    """The words of a hashtag's body, in its own spelling; None unless all are known."""
    words: list[str] = []
    for subword in SUBWORD.findall(body):
        key = subword.lower() if lowercase else subword
        if subword.isdigit() or (len(subword) > 1 and lookup(key) is not None):
            words.append(subword)
            continue
        lengths = _split_into_known(key, lookup) if len(key) == len(subword) else None
        if lengths is None:
            return None
        ends = list(accumulate(lengths))
        words += [subword[end - length : end] for end, length in zip(ends, lengths, strict=True)]
    return words


def _find_match(match: re.Match[str], lookup: Lookup, lowercase: bool, shortened: Shortened | None) -> str:
    word = normalize("NFKC", match[0])
    if lowercase:
        word = word.lower()
    return match[0] if lookup(word) is not None else find_known(word, lookup, shortened) or match[0]


def _split_match(match: re.Match[str], lookup: Lookup, lowercase: bool) -> str:
    body = match[1]
    key = body.lower() if lowercase else body
    if len(body) > MAX_HASHTAG_LETTERS or lookup(key) is not None or shorten(key, lookup) is not None:
        return match[0]
    words = split_hashtag(body, lookup, lowercase=lowercase)
    return f"#{' '.join(words)}" if words else match[0]


def _shorten_runs(word: str) -> Iterator[str]:
    """The word with its runs shortened to two letters or one, two first; with many runs, to the same number each."""
    letters = RUN.findall(word)
    if not letters:
        return
    between = RUN.split(word)[::2]
    counts = product((2, 1), repeat=len(letters)) if len(letters) <= MAX_RUNS else ((k,) * len(letters) for k in (2, 1))
    for combination in counts:
        runs = [letter * count for letter, count in zip(letters, combination, strict=True)]
        yield between[0] + "".join(run + rest for run, rest in zip(runs, between[1:], strict=True))


def _split_into_known(letters: str, lookup: Lookup) -> list[int] | None:
    """The lengths of the cheapest sequence of known words that spells the letters.

    None if it costs too much, or if more than half of the letters are in words of one or two letters.
    """
    best: list[tuple[float, int]] = [(0.0, 0)]  # for each prefix, its cost and the length of its last word
    for end in range(1, len(letters) + 1):
        candidates = [
            (best[end - length][0] + cost, length)
            for length in range(1, min(end, MAX_WORD_LETTERS) + 1)
            if (cost := _word_cost(letters[end - length : end], lookup)) < math.inf
        ]
        best.append(min(candidates, default=(math.inf, 0)))
    if best[-1][0] > MAX_COST_PER_LETTER * len(letters):
        return None
    lengths: list[int] = []
    end = len(letters)
    while end:
        lengths.append(best[end][1])
        end -= lengths[-1]
    n_short = sum(length for length in lengths if length <= 2)
    return lengths[::-1] if n_short <= len(letters) / 2 else None


def _word_cost(word: str, lookup: Lookup) -> float:
    rank = lookup(word)
    if rank is None or rank > MAX_RANKS.get(len(word), rank):
        return math.inf
    return COST_PER_WORD + math.log(rank + 1)
