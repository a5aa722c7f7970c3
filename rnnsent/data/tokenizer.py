"""Text -> token ids, with the `tokenizers` library. Knows text and vocabulary, not models.

A checkpoint holds the whole tokenizer as JSON, so that predict cuts a text exactly as training did.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Encoding:
    """The tokens of one text: their ids (T,) and where each stands in the text, as character offsets."""

    ids: Ids
    offsets: list[tuple[int, int]]


class Tokenizer:
    """A trained vocabulary and the rules that cut a text into its entries."""

    def __init__(self, inner: tokenizers.Tokenizer) -> None:
        self._inner = inner

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
        encodings = self._inner.encode_batch_fast(list(map(_encodable, texts)), add_special_tokens=False)
        rows = [np.array(each.ids, dtype=np.int32) for each in encodings]
        largest = max((int(row.max()) for row in rows if len(row)), default=0)
        if largest >= len(self):
            raise ModelError(f"tokenizer.json has the id {largest:,}, but only {len(self):,} entries")
        return rows

    def encode_with_offsets(self, text: str) -> Encoding:
        found: Any = self._inner.encode(_encodable(text), add_special_tokens=False)
        return Encoding(np.array(found.ids, dtype=np.int32), list(found.offsets))


def count_words(texts: Sequence[str]) -> NDArray[np.int64]:
    """How many words each text has, as the default tokenizer cuts it. Texts of ASCII alone are counted ten times as fast."""
    counts = np.empty(len(texts), dtype=np.int64)
    others = []
    for number, text in enumerate(texts):
        if text.isascii():
            counts[number] = len(WORDS_OF_ASCII.findall(LINE_BREAK_OF_ASCII.sub(" ", text)))
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
