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
EMOJI = re.compile("[ \u2600-\u27bf\ufe0f\U0001f300-\U0001faff]+$")  # at the end of a text
NOT = re.compile(r"\b(do|did|does|is|was|were|would|could|have|has) not\b")
SHORT_FORMS = {
    r"\b([Cc])annot\b": r"\1an't",
    r"\b([Ww])ill not\b": r"\1on't",
    r"\b(It|That|There|that) is\b": r"\1's",
    r"\bI am\b": "I'm",
    r"\bI would\b": "I'd",
}


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


def contract(text: str, random: np.random.Generator, words: Sequence[str]) -> str:
    """Contract "do not", "it is" and the like."""
    text = NOT.sub(r"\1n't", text)
    for long, short in SHORT_FORMS.items():
        text = re.sub(long, short, text)
    return text


def drop_emoji(text: str, random: np.random.Generator, words: Sequence[str]) -> str:
    return EMOJI.sub("", text)


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
    "contractions": contract,
    "emoji": drop_emoji,
    "repeated-letters": repeat_letters,
}
