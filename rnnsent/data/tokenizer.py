"""Text to token ids, with the `tokenizers` library. Knows text and vocabulary, not models.

A checkpoint contains the whole tokenizer as JSON, so that `predict` tokenizes a text exactly as training did.
"""

import json
import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Self

import numpy as np
import tokenizers
from numpy.typing import NDArray

from rnnsent.config import Normalization, TokenizerConfig
from rnnsent.data.ids import UNKNOWN_ID, Ids
from rnnsent.data.normalization import STEPS, is_plain
from rnnsent.data.substitution import Step, normalize, normalize_with_spans
from rnnsent.data.tokenizer_json import read_tokenizer
from rnnsent.data.tokenizer_rules import ASCII_LINE_BREAK, ASCII_WORD, RULES
from rnnsent.data.unknown_words import find_known, hashtags, misspelled_words, shorten_words

LETTER = re.compile(r"[^\W\d_]")
SURROGATES = re.compile("[\ud800-\udfff]")
# From this many characters on, the ASCII encoder saves more time than copying the vocabulary into a dict takes.
ASCII_MIN_CHARS = 100_000
MAX_REMEMBERED_WORDS = 50_000  # words outside the vocabulary whose ids the ASCII encoder keeps
CHUNK_CHARS = 1 << 18  # a longer text is split into chunks of about this size
SEAM_SEARCH_CHARS = 4_096  # how far before the end of a chunk to look for a place to split

_NO_IDS = np.empty(0, dtype=np.int32)


@dataclass(frozen=True)
class Encoding:
    """The tokens of one text: their ids (T,) and their (start, end) character offsets in the text."""

    ids: Ids
    offsets: list[tuple[int, int]]


class Tokenizer:
    """A vocabulary, and the rules that split a text into its entries."""

    def __init__(self, inner: tokenizers.Tokenizer, config: TokenizerConfig) -> None:
        self._inner, self._config, self._rules = inner, config, RULES[config.kind]
        self._inner.encode_special_tokens = True  # "<pad>" in a text is ordinary text, not padding
        self._steps: tuple[Step, ...] = STEPS[config.normalization]
        self._word_steps: tuple[Step, ...] = ()
        if self._rules.has_words:
            self._steps += (hashtags(self._inner.token_to_id, lowercase=config.lowercase),)
            self._word_steps = (misspelled_words(self._inner.token_to_id, lowercase=config.lowercase),)

    @classmethod
    def train(cls, texts: Iterable[str], config: TokenizerConfig) -> Self:
        """Learn a vocabulary from the texts of a train split."""
        rules = RULES[config.kind]
        inner = tokenizers.Tokenizer(rules.untrained_model())
        inner.normalizer = rules.normalizer(lowercase=config.lowercase)
        inner.pre_tokenizer = rules.pre_tokenizer()
        steps = STEPS[config.normalization]
        inner.train_from_iterator(
            (_replace_surrogates(normalize(text, steps)) for text in texts), rules.trainer(config)
        )
        return cls(inner, config)

    @classmethod
    def from_json(cls, text: str, normalization: Normalization) -> Self:
        """The tokenizer in the JSON, which says nothing of the normalization before it.

        Raises:
            ModelError: the JSON is not a tokenizer of this project. The message does not name the file.
        """
        inner, config = read_tokenizer(text)
        return cls(inner, replace(config, normalization=normalization))

    def extend(self, texts: Iterable[str], size: int) -> Self:
        """A tokenizer whose vocabulary of words has also the most frequent words of the texts, up to a size.

        The ids of this one stay, and so do the words that it reads as known ones. A vocabulary of anything but words stays
        as it is, because its entries spell any text.
        """
        known = self.vocabulary()
        if not self._rules.has_words or len(known) >= size:
            return self
        words = type(self).train(texts, replace(self._config, vocab_size=size)).vocabulary()
        shortened = shorten_words(known)
        unknown = [word for word in words if word not in known and not find_known(word, known.get, shortened)]
        new = sorted(unknown, key=words.__getitem__)[: size - len(known)]
        vocabulary = known | {word: len(known) + index for index, word in enumerate(new)}
        values = json.loads(self.to_json())
        values["model"]["vocab"] = vocabulary
        return type(self).from_json(json.dumps(values), self._config.normalization)

    def to_json(self) -> str:
        return self._inner.to_str()

    def __len__(self) -> int:
        return int(self._inner.get_vocab_size())

    def vocabulary(self) -> dict[str, int]:
        return dict(self._inner.get_vocab())

    def encode(self, texts: Sequence[str]) -> list[Ids]:
        """The ids (T,) of each text; a blank text has none."""
        ascii_encoder = self._ascii_encoder if sum(map(len, texts)) >= ASCII_MIN_CHARS else None
        chunks = [_split_into_chunks(self._normalize(text, ascii_encoder), self._rules.seam) for text in texts]
        rows = iter(self._encode([chunk for text_chunks in chunks for chunk in text_chunks], ascii_encoder))
        return [
            next(rows) if len(text_chunks) == 1 else np.concatenate([next(rows) for _ in text_chunks])
            for text_chunks in chunks
        ]

    def encode_with_offsets(self, text: str) -> Encoding:
        normalized, spans = normalize_with_spans(text, self._steps + self._word_steps)
        encoding: Any = self._inner.encode(_replace_surrogates(normalized), add_special_tokens=False)
        spans.append((len(text), len(text)))
        offsets = [(spans[start][0], spans[max(start, end - 1)][1]) for start, end in encoding.offsets]
        return Encoding(np.array(encoding.ids, dtype=np.int32), offsets)

    def look_up_words(self, text: str) -> list[tuple[str, bool]]:
        """The tokens of a text that have a letter, each with whether it is in the vocabulary."""
        encoding = self.encode_with_offsets(text)
        tokens = [text[start:end] for start, end in encoding.offsets]
        known = (encoding.ids != UNKNOWN_ID).tolist()
        return [(token, is_known) for token, is_known in zip(tokens, known, strict=True) if LETTER.search(token)]

    def _normalize(self, text: str, ascii_encoder: "_AsciiEncoder | None") -> str:
        """The text as it is split into tokens; words are left to the ASCII encoder if it takes the text."""
        if not is_plain(text):
            text = normalize(text, self._steps)
        if ascii_encoder is None:
            return normalize(text, self._word_steps)
        return text if text.isascii() else normalize(text, ascii_encoder.word_steps)

    def _encode(self, texts: Sequence[str], ascii_encoder: "_AsciiEncoder | None") -> list[Ids]:
        rows: list[Ids] = [_NO_IDS] * len(texts)
        remaining = []
        for index, text in enumerate(texts):
            if ascii_encoder and text.isascii():
                rows[index] = ascii_encoder.encode(text)
            else:
                remaining.append(index)
        for batch in _batch_by_size(remaining, texts):
            batch_texts = [_replace_surrogates(texts[index]) for index in batch]
            encodings = self._inner.encode_batch_fast(batch_texts, add_special_tokens=False)
            for index, encoding in zip(batch, encodings, strict=True):
                rows[index] = np.array(encoding.ids, dtype=np.int32)
        return rows

    @cached_property
    def _ascii_encoder(self) -> "_AsciiEncoder | None":
        if not self._rules.has_words:
            return None
        return _AsciiEncoder(self.vocabulary(), lowercase=self._config.lowercase)


class _AsciiEncoder(dict[str, int]):
    """Encodes ASCII text with Python's `re`: the ids that the library returns, several times as fast.

    A dict of the vocabulary and of the words outside it that have been looked up.
    """

    def __init__(self, vocabulary: Mapping[str, int], *, lowercase: bool) -> None:
        super().__init__(vocabulary)
        self._vocabulary, self._lowercase = vocabulary, lowercase
        self._shortened = shorten_words(vocabulary)
        self.word_steps = (misspelled_words(vocabulary.get, lowercase=lowercase, shortened=self._shortened),)

    def __missing__(self, word: str) -> int:
        known = find_known(word, self._vocabulary.get, self._shortened)
        word_id = UNKNOWN_ID if known is None else self._vocabulary[known]
        if len(self) < len(self._vocabulary) + MAX_REMEMBERED_WORDS:
            self[word] = word_id
        return word_id

    def encode(self, text: str) -> Ids:
        if self._lowercase:
            text = text.lower()
        words = ASCII_WORD.findall(ASCII_LINE_BREAK.sub(" ", text) if "<" in text else text)
        return np.fromiter(map(self.__getitem__, words), dtype=np.int32, count=len(words))


def _batch_by_size(indices: Sequence[int], texts: Sequence[str]) -> Iterator[list[int]]:
    """The indices in batches of limited size, because the library takes far more memory for a text than its ids do."""
    batch: list[int] = []
    size = 0
    for index in indices:
        batch.append(index)
        size += len(texts[index])
        if size >= 2 * CHUNK_CHARS:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _split_into_chunks(text: str, seam: re.Pattern[str] | None) -> list[str]:
    """A long text in chunks of about CHUNK_CHARS characters, split only at a seam; a short text is one chunk."""
    if seam is None:
        return [text]
    chunks, start = [], 0
    while len(text) - start > CHUNK_CHARS:
        end = start + CHUNK_CHARS
        last_seam = deque(seam.finditer(text, max(start + 1, end - SEAM_SEARCH_CHARS), end), maxlen=1)
        match = last_seam[0] if last_seam else seam.search(text, end)
        if match is None:
            break
        chunks.append(text[start : match.start()])
        start = match.start()
    return [*chunks, text[start:]]


def count_words(texts: Sequence[str]) -> NDArray[np.int64]:
    """The number of words (N,) of each text, according to the default tokenizer; a hashtag is one word after its #."""
    tokenizer = Tokenizer.train([], TokenizerConfig())  # otherwise, the number does not depend on the vocabulary
    return np.array([len(ids) for ids in tokenizer.encode(texts)], dtype=np.int64)


def _replace_surrogates(text: str) -> str:
    """Replaces lone surrogates, which UTF-8 cannot represent, by U+FFFD."""
    return text if text.isascii() else SURROGATES.sub("\ufffd", text)
