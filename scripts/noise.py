"""Noise as people write it: typing errors, apostrophes left out, links and user names, and other names of people and places.

A noisy text keeps the meaning of the original, so a teacher's answer for the original is the answer for it too.
"""

import re
import tomllib
from collections.abc import Sequence
from pathlib import Path

import numpy as np

TYPO_PROBABILITY, ADDRESS_PROBABILITY, APOSTROPHE_PROBABILITY = 0.6, 0.25, 0.3
MAX_TYPOS = 2
WORD = re.compile(r"[A-Za-z]{4,}")  # a typing error in a shorter word often makes another word of it
NAME = re.compile(r"\b[A-Z][a-z]+\b")
ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")  # of a keyboard
NEIGHBORS = {
    letter: row[max(index - 1, 0) : index] + row[index + 1 : index + 2]
    for row in ROWS
    for index, letter in enumerate(row)
}
ADDRESSES = ("https://t.co/{}", "http://{}.com", "www.{}.org/news", "@{}", "bit.ly/{}", "https://www.{}.com/watch?v=3")
# Each name is replaced by another one of its group.
NAMES: dict[str, list[str]] = tomllib.loads(Path(__file__).with_name("names.toml").read_text(encoding="utf-8"))
GROUPS = {name: group for group in NAMES.values() for name in group}


def add_noise(text: str, generator: np.random.Generator) -> str:
    """The text with some noise; the same text if none applies to it."""
    noisy = NAME.sub(lambda match: _swap_name(match[0], generator), text)
    if generator.random() < APOSTROPHE_PROBABILITY:
        noisy = noisy.replace("'", "")
    if generator.random() < TYPO_PROBABILITY:
        for _ in range(int(generator.integers(1, MAX_TYPOS + 1))):
            noisy = _add_typo(noisy, generator)
    if generator.random() < ADDRESS_PROBABILITY:
        address = _sample(ADDRESSES, generator).format(
            _sample(NAMES["first_names"], generator).lower() + str(generator.integers(100))
        )
        noisy = f"{address} {noisy}" if generator.random() < 0.5 else f"{noisy} {address}"
    return noisy


def _swap_name(word: str, generator: np.random.Generator) -> str:
    return _sample(GROUPS[word], generator) if word in GROUPS else word


def _add_typo(text: str, generator: np.random.Generator) -> str:
    """The text with one letter of a word left out, doubled, swapped with the next one, or mistyped."""
    matches = list(WORD.finditer(text))
    if not matches:
        return text
    match = matches[int(generator.integers(len(matches)))]
    position = int(generator.integers(match.start() + 1, match.end() - 1))  # neither the first nor the last letter
    letter, after = text[position], text[position + 1]
    replacements = (after, letter * 2 + after, after + letter, _sample(NEIGHBORS[letter.lower()], generator) + after)
    return text[:position] + _sample(replacements, generator) + text[position + 2 :]


def _sample(items: Sequence[str], generator: np.random.Generator) -> str:
    return items[int(generator.integers(len(items)))]
