"""Short labeled texts from a grammar (scripts/phrases.toml): negation, contrast, service, products and plain statements.

    python scripts/phrases.py COUNT      # prints some

They are for training. The cases of `rnnsent check` are another collection, and no text that equals one of them is used.
"""

import re
import sys
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

GRAMMAR = Path(__file__).with_suffix(".toml")
SLOT = re.compile(r"\{(\w+)\}")
MAX_DEPTH = 6
LOWERCASE_PROBABILITY = 0.3


def generate_phrases(count: int, seed: int) -> list[tuple[str, str]]:
    """`count` different texts with their labels, as many of each label."""
    grammar = tomllib.loads(GRAMMAR.read_text(encoding="utf-8"))
    slots: Mapping[str, Sequence[str]] = grammar["slots"]
    phrases: Mapping[str, Sequence[str]] = grammar["phrases"]
    generator = np.random.default_rng(seed)
    labels: dict[str, str] = {}
    for number, label in enumerate(phrases):
        quota = count * (number + 1) // len(phrases)  # of this label and those before it
        while len(labels) < quota:
            text = _expand(_sample(phrases[label], generator), slots, generator)
            text = text[:1].upper() + text[1:]
            labels.setdefault(text.lower() if generator.random() < LOWERCASE_PROBABILITY else text, label)
    order = generator.permutation(count)
    texts = list(labels)
    return [(texts[index], labels[texts[index]]) for index in order]


def _expand(text: str, slots: Mapping[str, Sequence[str]], generator: np.random.Generator) -> str:
    """The text with every slot replaced, those of replacements included."""
    for _ in range(MAX_DEPTH):
        if not SLOT.search(text):
            break
        text = SLOT.sub(lambda match: _sample(slots[match[1]], generator), text)
    return " ".join(text.split())


def _sample(words: Sequence[str], generator: np.random.Generator) -> str:
    return words[int(generator.integers(len(words)))]


def main() -> None:
    for text, label in generate_phrases(int(sys.argv[1]), seed=0):
        print(f"{label}\t{text}")


if __name__ == "__main__":
    main()
