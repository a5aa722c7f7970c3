"""How much of the input a vocabulary covers, for one warning about texts that a model cannot know. Knows no model.

The thresholds were measured (docs/log.md): of 20 English tweets or headlines, at most 13% of the words are unknown to the
bundled model; of 20 Spanish tweets, at least 39%.
"""

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Protocol

MAX_SAMPLE_TEXTS, MAX_SAMPLE_CHARS = 200, 2_000
MAX_UNKNOWN = 0.3  # fraction of the words of MANY_TEXTS texts or more
MANY_TEXTS = 20
# Fewer texts may be unusual ones, so more of their words must be unknown: by MARGIN / sqrt(words).
MARGIN, MIN_WORDS = 1.2, 3
MIN_UNKNOWN_TOKENS = 0.2  # below this fraction of all tokens, no text is looked at
MIN_NUMBERS, MAX_NUMBERS = 5, 0.8  # texts without a letter, and their fraction of all
MAX_UNREADABLE = 0.1  # fraction of control and replacement characters

LETTER, DIGIT = re.compile(r"[^\W\d_]"), re.compile(r"\d")
UNREADABLE = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ufffd]")
LANGUAGES = {"CJK": "Chinese", "HIRAGANA": "Japanese", "KATAKANA": "Japanese", "HANGUL": "Korean"}  # by script
WRONG_COLUMN = "; is this the right column?"


class Predicted(Protocol):
    """A prediction, as far as it concerns the vocabulary."""

    @property
    def text(self) -> str: ...

    @property
    def n_tokens(self) -> int: ...

    @property
    def oov_rate(self) -> float | None: ...


class Coverage:
    """Accumulates predictions. Only the first MAX_SAMPLE_TEXTS texts cost more than a comparison.

    Args:
        model_name: for the warning.
        look_up_words: the words of a text, without punctuation and digits, each with whether it is known.
    """

    def __init__(self, model_name: str, look_up_words: Callable[[str], list[tuple[str, bool]]]) -> None:
        self._model_name, self._look_up_words = model_name, look_up_words
        self._n_records = self._n_unknown_texts = self._first_unknown = 0
        self._sample: list[str] = []  # texts with tokens
        self._n_looked_up = 0  # texts of the sample
        self._n_tokens = self._n_oov = self._n_words = self._n_numbers = 0
        self._unknown_words: list[str] = []
        self._is_done = False

    def add(self, predictions: Sequence[Predicted]) -> str | None:
        """Add a batch. Returns a warning once a large fraction of the words is unknown, at most once."""
        for prediction in predictions:
            self._n_records += 1
            if prediction.oov_rate == 1:
                self._n_unknown_texts += 1
                self._first_unknown = self._first_unknown or self._n_records
        if self._is_done:
            return None
        for prediction in predictions:
            if prediction.oov_rate is not None and len(self._sample) < MAX_SAMPLE_TEXTS:
                self._add_to_sample(prediction.text, prediction.n_tokens, prediction.oov_rate)
        warning = self._describe()
        self._is_done = warning is not None or len(self._sample) >= MAX_SAMPLE_TEXTS
        return warning

    @property
    def note(self) -> str | None:
        """How many texts had no known token; None if there was none."""
        if not self._n_unknown_texts:
            return None
        if self._n_unknown_texts == 1:
            return f"1 text has no known token and gets no label: record {self._first_unknown:,}"
        return (
            f"{self._n_unknown_texts:,} texts have no known token and get no label; "
            f"the first is record {self._first_unknown:,}"
        )

    def _add_to_sample(self, text: str, n_tokens: int, oov_rate: float) -> None:
        text = text[:MAX_SAMPLE_CHARS]
        self._sample.append(text)
        self._n_tokens += n_tokens
        self._n_oov += round(n_tokens * oov_rate)
        self._n_numbers += not LETTER.search(text) and DIGIT.search(text) is not None

    def _describe(self) -> str | None:
        """The warning that the sample so far calls for."""
        n_texts = len(self._sample)
        if self._n_numbers >= MIN_NUMBERS and self._n_numbers >= MAX_NUMBERS * n_texts:
            return f"{self._n_numbers / n_texts:.0%} of the texts have no words: they look like numbers{WRONG_COLUMN}"
        if self._n_oov < MIN_UNKNOWN_TOKENS * self._n_tokens:
            return None
        for text in self._sample[self._n_looked_up :]:
            words = self._look_up_words(text)
            self._n_words += len(words)
            self._unknown_words += [word for word, is_known in words if not is_known]
        self._n_looked_up = n_texts
        if self._n_words < MIN_WORDS:
            return None
        fraction = len(self._unknown_words) / self._n_words
        margin = 0 if n_texts >= MANY_TEXTS else MARGIN / math.sqrt(self._n_words)
        if fraction < min(MAX_UNKNOWN + margin, 1):
            return None
        look = "text looks" if n_texts == 1 else "texts look"
        return (
            f"{fraction:.0%} of the words are not in the vocabulary of {self._model_name!r}: "
            f"the {look} like {self._guess_content()}"
        )

    def _guess_content(self) -> str:
        """What texts of unknown words are, judged by their characters."""
        characters = "".join(self._sample)
        if len(UNREADABLE.findall(characters)) > MAX_UNREADABLE * len(characters):
            return f"binary data{WRONG_COLUMN}"
        if sum(DIGIT.search(word) is not None for word in self._unknown_words) > len(self._unknown_words) / 2:
            return f"ids or codes{WRONG_COLUMN}"
        letters = LETTER.findall("".join(self._unknown_words))
        scripts = Counter(unicodedata.name(letter, "?").partition(" ")[0] for letter in letters)
        script = scripts.most_common(1)[0][0]
        if script == "CJK" and scripts["HIRAGANA"] + scripts["KATAKANA"] > len(letters) / 10:
            script = "HIRAGANA"
        return "another language" if script in ("LATIN", "?") else LANGUAGES.get(script, script.capitalize())
