"""Text -> token ids, with the `tokenizers` library. Knows text and vocabulary, not models.

A checkpoint holds the whole tokenizer as JSON, so that predict cuts a text exactly as training did.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

import numpy as np
import tokenizers
from numpy.typing import NDArray
from tokenizers import Regex, models, normalizers, pre_tokenizers, trainers

from rnnsent.config import TokenizerConfig
from rnnsent.errors import ModelError

Ids = NDArray[np.int32]

PADDING, UNKNOWN = "<pad>", "<unk>"
PADDING_ID, UNKNOWN_ID = 0, 1

# Scripts written without spaces are read character by character; elsewhere a word keeps its inner apostrophes, and
# every other visible character stands alone.
UNSPACED = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}"
LETTER = rf"[\w&&[^{UNSPACED}]]"
WORDS = Regex(rf"[{UNSPACED}]\p{{M}}*|{LETTER}+(?:['’]{LETTER}+)*|[^\w\s]")
WORDS_OF_ASCII = re.compile(r"\w+(?:'\w+)*|[^\w\s]", re.ASCII)
SURROGATES = re.compile("[\ud800-\udfff]")
LINE_BREAK = Regex(r"(?i)<br\s*/?>")
LINE_BREAK_OF_ASCII = re.compile(r"(?i)<br\s*/?>", re.ASCII)
# From so many characters on, the time that the vocabulary takes to become a dict is won back.
ASCII_PAYS_FROM = 100_000

_NO_IDS = np.empty(0, dtype=np.int32)


@dataclass(frozen=True)
class Encoding:
    """The tokens of one text: their ids (T,) and where each stands in the text, as character offsets."""

    ids: Ids
    offsets: list[tuple[int, int]]


class Tokenizer:
    """A trained vocabulary and the rules that cut a text into its entries."""

    def __init__(self, inner: tokenizers.Tokenizer) -> None:
        self._inner = inner
        self._inner.encode_special_tokens = True  # "<pad>" in somebody's text is what they wrote, not padding

    @classmethod
    def train(cls, texts: Iterable[str], config: TokenizerConfig) -> Self:
        """Learn a vocabulary from the texts of a train split."""
        inner = tokenizers.Tokenizer(_model(config))
        inner.normalizer = _normalizer(config)
        inner.pre_tokenizer = _pre_tokenizer(config)
        inner.train_from_iterator(map(_encodable, texts), _trainer(config))
        return cls(inner)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Raises ModelError, without the file's name, where the JSON is not a tokenizer of this project."""
        try:
            inner = tokenizers.Tokenizer.from_str(text)
        except Exception as error:  # the library raises bare Exception
            raise ModelError(str(error)) from None
        if (inner.token_to_id(PADDING), inner.token_to_id(UNKNOWN)) != (PADDING_ID, UNKNOWN_ID):
            raise ModelError(f"its first entries are not {PADDING} and {UNKNOWN}")
        return cls(inner)

    def to_json(self) -> str:
        return self._inner.to_str()

    def __len__(self) -> int:
        return int(self._inner.get_vocab_size())

    def vocabulary(self) -> dict[str, int]:
        return dict(self._inner.get_vocab())

    def encode(self, texts: Sequence[str]) -> list[Ids]:
        """The ids of each text; a text of nothing but blanks has none.

        Raises:
            ModelError: tokenizer.json gives an entry an id past their number.
        """
        rows: list[Ids] = [_NO_IDS] * len(texts)
        others = list(range(len(texts)))
        if sum(map(len, texts)) >= ASCII_PAYS_FROM and self._ascii_words:
            others = []
            for number, text in enumerate(texts):
                if text.isascii():
                    rows[number] = self._ascii_words.ids(text)
                else:
                    others.append(number)
        encodings = self._inner.encode_batch_fast([_encodable(texts[n]) for n in others], add_special_tokens=False)
        for number, each in zip(others, encodings, strict=True):
            rows[number] = np.array(each.ids, dtype=np.int32)
        largest = max((int(row.max()) for row in rows if len(row)), default=0)
        if largest >= len(self):
            raise ModelError(f"tokenizer.json has the id {largest:,}, but only {len(self):,} entries")
        return rows

    @cached_property
    def _ascii_words(self) -> "_AsciiWords | None":
        """The quick way for ASCII, where this is the word tokenizer as this project trains it."""
        if not isinstance(self._inner.model, models.WordLevel) or self._inner.model.unk_token != UNKNOWN:
            return None
        if not set(self._inner.get_added_tokens_decoder()) <= {PADDING_ID, UNKNOWN_ID}:
            return None
        for lowercase in (True, False):
            if self._has_rules_of(TokenizerConfig(lowercase=lowercase)):
                return _AsciiWords(self.vocabulary(), lowercase=lowercase)
        return None

    def _has_rules_of(self, config: TokenizerConfig) -> bool:
        own = self._inner.normalizer, self._inner.pre_tokenizer
        rules = _normalizer(config), _pre_tokenizer(config)
        return all(a is not None and a.__getstate__() == b.__getstate__() for a, b in zip(own, rules, strict=True))

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
        words = _words_of_ascii(text.lower() if self._lowercase else text)
        return np.fromiter(map(self.__getitem__, words), dtype=np.int32, count=len(words))


def _words_of_ascii(text: str) -> list[str]:
    return WORDS_OF_ASCII.findall(LINE_BREAK_OF_ASCII.sub(" ", text) if "<" in text else text)


def count_words(texts: Sequence[str]) -> NDArray[np.int64]:
    """How many words each text has, as the default tokenizer cuts it. Texts of ASCII alone are counted ten times as fast."""
    counts = np.empty(len(texts), dtype=np.int64)
    others = []
    for number, text in enumerate(texts):
        if text.isascii():
            counts[number] = len(_words_of_ascii(text))
        else:
            others.append(number)
    if others:  # any vocabulary will do: words are counted, not known
        tokenizer = Tokenizer.train([], TokenizerConfig())
        counts[others] = [len(ids) for ids in tokenizer.encode([texts[number] for number in others])]
    return counts


def _model(config: TokenizerConfig) -> models.Model:
    if config.tokenizer == "bpe":
        return models.BPE(unk_token=UNKNOWN, fuse_unk=False)
    return models.WordLevel(vocab={PADDING: PADDING_ID, UNKNOWN: UNKNOWN_ID}, unk_token=UNKNOWN)


def _normalizer(config: TokenizerConfig) -> normalizers.Normalizer:
    steps: list[normalizers.Normalizer] = [normalizers.Replace(LINE_BREAK, " "), normalizers.NFKC()]
    if config.lowercase:
        steps.append(normalizers.Lowercase())
    if config.tokenizer == "char":  # a run of blanks is one character
        steps += [normalizers.Replace(Regex(r"\s+"), " "), normalizers.Strip()]
    return normalizers.Sequence(steps)


def _pre_tokenizer(config: TokenizerConfig) -> pre_tokenizers.PreTokenizer:
    if config.tokenizer == "word":
        return pre_tokenizers.Split(WORDS, "removed", invert=True)
    if config.tokenizer == "char":
        return pre_tokenizers.Split(Regex(r"."), "isolated")
    # "▁" marks where a word begins, so that byte pairs tell "some" from the end of "handsome".
    return pre_tokenizers.Sequence(
        [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace(), pre_tokenizers.Punctuation("isolated")]
    )


def _trainer(config: TokenizerConfig) -> trainers.Trainer:
    options: dict[str, Any] = {
        "vocab_size": config.vocab_size,
        "min_frequency": config.min_frequency,
        "special_tokens": [PADDING, UNKNOWN],
        "show_progress": False,
    }
    if config.tokenizer == "bpe":
        return trainers.BpeTrainer(**options, limit_alphabet=min(config.vocab_size // 2, 8_000))
    return trainers.WordLevelTrainer(**options)


def _encodable(text: str) -> str:
    """Lone surrogates, which UTF-8 cannot hold, become U+FFFD; every other text is itself."""
    return text if text.isascii() else SURROGATES.sub("\ufffd", text)
