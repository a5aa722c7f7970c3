"""Changes of a text that do not change its opinion.

Each is a function of the text, a random generator and the words that carry the opinion, which only some of them need. It
returns the text itself if there is nothing to change.
"""

import re
from collections.abc import Callable, Sequence

import numpy as np

Perturbation = Callable[[str, np.random.Generator, Sequence[str]], str]

LONG_WORD = re.compile(r"[A-Za-z]{4,}")
LINKS = ("https://example.com/r/4821", "http://example.org", "www.example.com/item?id=77", "https://example.net/a/b")
HANDLES = ("@jsmith", "@happy_shopper", "@acme_support", "@anna1990", "@the_reviewer")
ENDINGS = ("", "!!!", "...", " !", "!", "..")


def swap_letters(text: str, random: np.random.Generator, words: Sequence[str]) -> str:
    """Swap two neighboring, different letters of a word of at least four; its first letter stays."""
    swaps = [
        match.start() + index
        for match in LONG_WORD.finditer(text)
        for index in range(1, len(match[0]) - 1)
        if match[0][index] != match[0][index + 1]
    ]
    if not swaps:
        return text
    at = swaps[random.integers(len(swaps))]
    return text[:at] + text[at + 1] + text[at] + text[at + 2 :]


def lowercase(text: str, random: np.random.Generator, words: Sequence[str]) -> str:
    return text.lower()


def uppercase(text: str, random: np.random.Generator, words: Sequence[str]) -> str:
    return text.upper()


def add_link(text: str, random: np.random.Generator, words: Sequence[str]) -> str:
    return f"{text} {LINKS[random.integers(len(LINKS))]}"


def add_handle(text: str, random: np.random.Generator, words: Sequence[str]) -> str:
    return f"{HANDLES[random.integers(len(HANDLES))]} {text}"


def change_punctuation(text: str, random: np.random.Generator, words: Sequence[str]) -> str:
    """Replace the last mark of punctuation by another one, or by none."""
    stem = text.rstrip(".!? ")
    endings = [ending for ending in ENDINGS if stem + ending != text]
    return stem + endings[random.integers(len(endings))]


def drop_apostrophes(text: str, random: np.random.Generator, words: Sequence[str]) -> str:
    return text.replace("'", "")


def repeat_letters(text: str, random: np.random.Generator, words: Sequence[str]) -> str:
    """Repeat the first vowel of the words that carry the opinion."""
    for word in words:
        at = next(index for index, letter in enumerate(word) if letter in "aeiou")
        text = text.replace(word, word[:at] + word[at] * int(random.integers(3, 6)) + word[at:])
    return text


PERTURBATIONS: dict[str, Perturbation] = {
    "typo": swap_letters,
    "lowercase": lowercase,
    "uppercase": uppercase,
    "link": add_link,
    "handle": add_handle,
    "punctuation": change_punctuation,
    "apostrophes": drop_apostrophes,
    "repeated-letters": repeat_letters,
}
