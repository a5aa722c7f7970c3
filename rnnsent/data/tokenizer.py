"""Text -> token ids, with the `tokenizers` library. Knows text and vocabulary, not models.

A checkpoint holds the whole tokenizer as JSON, so that predict cuts a text exactly as training did.
"""

import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

import numpy as np
import tokenizers
from numpy.typing import NDArray

from rnnsent.config import TokenizerConfig
from rnnsent.data.tokenizer_json import read_tokenizer
from rnnsent.data.tokenizer_rules import UNKNOWN_ID, empty_model, normalizer, pre_tokenizer, trainer

Ids = NDArray[np.int32]

WORDS_OF_ASCII = re.compile(r"\w+(?:'\w+)*|[^\w\s]", re.ASCII)
SURROGATES = re.compile("[\ud800-\udfff]")
LINE_BREAK_OF_ASCII = re.compile(r"(?i)<br\s*/?>", re.ASCII)
# From so many characters on, the time that the vocabulary takes to become a dict is won back.
ASCII_PAYS_FROM = 100_000

# A longer text is cut in pieces, at a place between a blank or a sign and a letter, or between two characters that are
# a token each and that no normalisation joins: signs (U+FFFD, emoji, those of ASCII that stand in no <br /> and no
# word), Han, kana and Thai consonants.
PIECE, NEAR = 1 << 18, 4_096
SIGNS = r"\ufffd\U0001f300-\U0001faff!-&(-.:;=?@\[-^`{-~"
ALONE = rf"[{SIGNS}\u3400-\u9fff\u3041-\u3096\u30a1-\u30fa\u0e01-\u0e2e]"
SEAM = re.compile(rf"(?<=[\s{SIGNS}])(?=[^\W_])|(?<={ALONE})(?={ALONE})")

_NO_IDS = np.empty(0, dtype=np.int32)


@dataclass(frozen=True)
class Encoding:
    """The tokens of one text: their ids (T,) and where each stands in the text, as character offsets."""

    ids: Ids
    offsets: list[tuple[int, int]]


class Tokenizer:
    """A trained vocabulary and the rules that cut a text into its entries."""

    def __init__(self, inner: tokenizers.Tokenizer, config: TokenizerConfig) -> None:
        self._inner, self._config = inner, config
        self._inner.encode_special_tokens = True  # "<pad>" in somebody's text is what they wrote, not padding

    @classmethod
    def train(cls, texts: Iterable[str], config: TokenizerConfig) -> Self:
        """Learn a vocabulary from the texts of a train split."""
        inner = tokenizers.Tokenizer(empty_model(config))
        inner.normalizer = normalizer(config)
        inner.pre_tokenizer = pre_tokenizer(config)
        inner.train_from_iterator(map(_encodable, texts), trainer(config))
        return cls(inner, config)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Raises ModelError, without the file's name, where the JSON is not a tokenizer of this project."""
        return cls(*read_tokenizer(text))

    def to_json(self) -> str:
        return self._inner.to_str()

    def __len__(self) -> int:
        return int(self._inner.get_vocab_size())

    def vocabulary(self) -> dict[str, int]:
        return dict(self._inner.get_vocab())

    def encode(self, texts: Sequence[str]) -> list[Ids]:
        """The ids of each text; a text of nothing but blanks has none."""
        is_cut = self._config.tokenizer == "word"
        pieces = [_pieces(text) if len(text) > PIECE and is_cut else [text] for text in texts]
        rows = iter(self._encode([piece for each in pieces for piece in each]))
        return [next(rows) if len(each) == 1 else np.concatenate([next(rows) for _ in each]) for each in pieces]

    def _encode(self, texts: Sequence[str]) -> list[Ids]:
        rows: list[Ids] = [_NO_IDS] * len(texts)
        quick = self._ascii_words if sum(map(len, texts)) >= ASCII_PAYS_FROM else None
        others = []
        for number, text in enumerate(texts):
            if quick and text.isascii():
                rows[number] = quick.ids(text)
            else:
                others.append(number)
        for batch in _batches(others, texts):
            encodings = self._inner.encode_batch_fast([_encodable(texts[n]) for n in batch], add_special_tokens=False)
            for number, each in zip(batch, encodings, strict=True):
                rows[number] = np.array(each.ids, dtype=np.int32)
        return rows

    @cached_property
    def _ascii_words(self) -> "_AsciiWords | None":
        if self._config.tokenizer != "word":
            return None
        return _AsciiWords(self.vocabulary(), lowercase=self._config.lowercase)

    def encode_with_offsets(self, text: str) -> Encoding:
        found: Any = self._inner.encode(_encodable(text), add_special_tokens=False)
        return Encoding(np.array(found.ids, dtype=np.int32), list(found.offsets))


class _AsciiWords(dict[str, int]):
    """What the word tokenizer makes of ASCII text, by `re` alone: the same ids, several times as fast."""

    def __init__(self, vocabulary: Mapping[str, int], *, lowercase: bool) -> None:
        super().__init__(vocabulary)
        self._lowercase = lowercase

    def __missing__(self, word: str) -> int:
        return UNKNOWN_ID

    def ids(self, text: str) -> Ids:
        if self._lowercase:
            text = text.lower()
        words = WORDS_OF_ASCII.findall(LINE_BREAK_OF_ASCII.sub(" ", text) if "<" in text else text)
        return np.fromiter(map(self.__getitem__, words), dtype=np.int32, count=len(words))


def _batches(numbers: Sequence[int], texts: Sequence[str]) -> Iterator[list[int]]:
    """The numbers of texts that are given to the library together: while it has them, a text takes far more memory
    than its ids."""
    batch: list[int] = []
    size = 0
    for number in numbers:
        batch.append(number)
        size += len(texts[number])
        if size >= 2 * PIECE:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _pieces(text: str) -> list[str]:
    """A long text in pieces of about PIECE characters, cut where no word, character or line break is."""
    pieces, start = [], 0
    while len(text) - start > PIECE:
        end = start + PIECE
        before = deque(SEAM.finditer(text, max(start + 1, end - NEAR), end), maxlen=1)
        seam = before[0] if before else SEAM.search(text, end)
        if seam is None:
            break
        pieces.append(text[start : seam.start()])
        start = seam.start()
    return [*pieces, text[start:]]


def count_words(texts: Sequence[str]) -> NDArray[np.int64]:
    """How many words each text has, as the default tokenizer cuts it."""
    tokenizer = Tokenizer.train([], TokenizerConfig())  # any vocabulary will do: words are counted, not known
    return np.array([len(ids) for ids in tokenizer.encode(texts)], dtype=np.int64)


def _encodable(text: str) -> str:
    """Lone surrogates, which UTF-8 cannot hold, become U+FFFD; every other text is itself."""
    return text if text.isascii() else SURROGATES.sub("\ufffd", text)
