"""The phrases that set one part of the texts apart from the rest (Monroe, Colaresi and Quinn 2008, "Fightin' Words").

A phrase is one to three words. Its z-score is the difference of the log odds of the phrase in the part and in the rest, with the
whole as the prior, divided by its standard deviation: large for phrases that are both frequent and typical. Knows texts and
names of parts.
"""

import math
import re
from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass

WORD = re.compile(r"\w+(?:['’]\w+)*|[^\w\s]")
MAX_WORDS = 3
MIN_TEXTS = 3  # of a part that have the phrase
MIN_Z = 1.96
PRIOR = 500.0  # phrases of the whole that the prior is worth
STOP_WORDS = frozenset(
    (
        "a", "an", "and", "are", "as", "at", "be", "been", "but", "by", "did", "do", "does", "for", "from", "had", "has", "have", "he",
        "her", "his", "i", "if", "in", "into", "is", "it", "its", "me", "my", "of", "on", "or", "our", "she", "so", "that", "the",
        "their", "them", "then", "there", "they", "this", "to", "too", "us", "was", "we", "were", "what", "when", "which", "who",
        "will", "with", "would", "you", "your",
    )
)  # fmt: skip


@dataclass(frozen=True)
class Phrase:
    """A typical phrase of a part: in how many of its texts, in how many of all, and how typical it is."""

    text: str
    n_texts: int
    n_all: int
    z: float


class PhraseCounter:
    """Counts in how many texts of each part a phrase occurs."""

    def __init__(self) -> None:
        self._counts: dict[Hashable, Counter[str]] = {}
        self._all: Counter[str] = Counter()

    def add(self, text: str, parts: Iterable[Hashable]) -> None:
        phrases = set(find_phrases(text))
        self._all.update(phrases)
        for part in parts:
            self._counts.setdefault(part, Counter()).update(phrases)

    def typical(self, part: Hashable, limit: int) -> list[Phrase]:
        """The phrases with the largest z-scores, none of which is part of a larger one that says the same."""
        counts = self._counts.get(part, Counter())
        n_part, n_all = counts.total(), self._all.total()
        scored = [
            Phrase(text, count, self._all[text], z)
            for text, count in counts.items()
            if count >= MIN_TEXTS and (z := compute_z(count, self._all[text], n_part, n_all)) >= MIN_Z
        ]
        chosen: list[Phrase] = []
        for phrase in sorted(scored, key=lambda phrase: (-round(phrase.z, 6), -len(phrase.text), phrase.text)):
            if len(chosen) == limit:
                break
            if not any(_overlap(phrase.text, other.text) for other in chosen):
                chosen.append(phrase)
        return chosen


def compute_z(count: int, count_of_all: int, n_part: int, n_all: int) -> float:
    """How much more frequent a phrase is in a part than in the rest, in standard deviations.

    Args:
        count: texts of the part that have the phrase; `count_of_all` of all texts.
        n_part: the same, summed over all phrases; `n_all` of all texts.
    """
    prior = PRIOR * count_of_all / n_all
    part, rest = count + prior, count_of_all - count + prior
    log_odds = math.log(part / (n_part + PRIOR - part)) - math.log(rest / (n_all - n_part + PRIOR - rest))
    return log_odds / math.sqrt(1 / part + 1 / rest)


def find_phrases(text: str) -> Iterable[str]:
    """The phrases of one to three words that begin and end with a telling word."""
    words = WORD.findall(text.lower())
    for start, first in enumerate(words):
        if not _is_telling(first):
            continue
        for size in range(1, MAX_WORDS + 1):
            part = words[start : start + size]
            if len(part) < size or not part[-1][0].isalnum():
                break
            if _is_telling(part[-1]):
                yield " ".join(part)


def _is_telling(word: str) -> bool:
    return word not in STOP_WORDS and any(letter.isalpha() for letter in word)


def _overlap(one: str, other: str) -> bool:
    a, b = set(one.split()), set(other.split())
    return a <= b or b <= a


def quote(texts: Sequence[str], phrase: str) -> str | None:
    """The shortest text with the phrase."""
    matching = [text for text in texts if phrase in find_phrases(text)]
    return min(matching, key=len, default=None)
