"""How each kind of tokenizer splits a text, in terms of the `tokenizers` library. Knows no vocabulary.

To add a tokenizer, for example for another language: write a subclass of TokenizerRules, add it to RULES, and add its
name to `TokenizerKind` in rnnsent/config.py. Changed rules need new models: a checkpoint with other rules is rejected.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar

from tokenizers import Regex, models, normalizers, pre_tokenizers, trainers

from rnnsent.config import TokenizerConfig, TokenizerKind
from rnnsent.data.ids import PADDING, PADDING_ID, UNKNOWN, UNKNOWN_ID

# Scripts written without spaces are split into characters. In other scripts a word keeps its inner apostrophes, and
# every other visible character is a token.
UNSPACED = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}"
LETTER = rf"[\w&&[^{UNSPACED}]]"
WORD = Regex(rf"[{UNSPACED}]\p{{M}}*|{LETTER}+(?:['’]{LETTER}+)*|[^\w\s]")
LINE_BREAK = Regex(r"(?i)<br\s*/?>")
# The same rules for ASCII text, for Python's `re`.
ASCII_WORD = re.compile(r"\w+(?:'\w+)*|[^\w\s]", re.ASCII)
ASCII_LINE_BREAK = re.compile(r"(?i)<br\s*/?>", re.ASCII)

# Where a text can be split into chunks without changing its words: between a blank or symbol and a letter, or between
# two characters that are one token each and that no normalization joins: symbols (U+FFFD, emoji, and the ASCII symbols
# that occur neither in <br /> nor in a word), Han, kana, and Thai consonants.
SYMBOLS = r"\ufffd\U0001f300-\U0001faff!-&(-.:;=?@\[-^`{-~"
ONE_TOKEN = rf"[{SYMBOLS}\u3400-\u9fff\u3041-\u3096\u30a1-\u30fa\u0e01-\u0e2e]"
WORD_SEAM = re.compile(rf"(?<=[\s{SYMBOLS}])(?=[^\W_])|(?<={ONE_TOKEN})(?={ONE_TOKEN})")


class TokenizerRules(ABC):
    """The rules of one kind of tokenizer.

    Attributes:
        has_merges: whether the model is trained as merges of pairs of entries, in addition to the vocabulary.
        seam: where a long text can be split into chunks that have the tokens of the whole text; None never splits it.
        has_words: whether the tokens are words; ASCII_WORD and ASCII_LINE_BREAK find those of ASCII text.
    """

    has_merges: ClassVar[bool] = False
    seam: ClassVar[re.Pattern[str] | None] = None
    has_words: ClassVar[bool] = False

    def normalizer(self, *, lowercase: bool) -> normalizers.Normalizer:
        """What happens to a text before it is split."""
        return normalizers.Sequence(self._normalization_steps(lowercase))

    @abstractmethod
    def pre_tokenizer(self) -> pre_tokenizers.PreTokenizer:
        """Splits a normalized text into the parts that the model looks up or splits further."""

    def untrained_model(self) -> models.Model:
        return models.WordLevel(vocab={PADDING: PADDING_ID, UNKNOWN: UNKNOWN_ID}, unk_token=UNKNOWN)

    def trained_model(self, vocabulary: dict[str, int], merges: Sequence[tuple[str, str]]) -> models.Model:
        return models.WordLevel(vocab=vocabulary, unk_token=UNKNOWN)

    def trainer(self, config: TokenizerConfig) -> trainers.Trainer:
        return trainers.WordLevelTrainer(**_trainer_options(config))

    def _normalization_steps(self, lowercase: bool) -> list[normalizers.Normalizer]:
        steps: list[normalizers.Normalizer] = [normalizers.Replace(LINE_BREAK, " "), normalizers.NFKC()]
        return [*steps, normalizers.Lowercase()] if lowercase else steps


class WordRules(TokenizerRules):
    """Words and symbols; in scripts without spaces, characters."""

    seam = WORD_SEAM
    has_words = True

    def pre_tokenizer(self) -> pre_tokenizers.PreTokenizer:
        return pre_tokenizers.Split(WORD, "removed", invert=True)


class BytePairRules(TokenizerRules):
    """Subwords learned by byte-pair encoding (Sennrich et al. 2016)."""

    has_merges = True

    def pre_tokenizer(self) -> pre_tokenizers.PreTokenizer:
        # Metaspace marks the beginning of a word with "▁", which distinguishes "some" from the end of "handsome".
        return pre_tokenizers.Sequence(
            [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace(), pre_tokenizers.Punctuation("isolated")]
        )

    def untrained_model(self) -> models.Model:
        return models.BPE(unk_token=UNKNOWN, fuse_unk=False)

    def trained_model(self, vocabulary: dict[str, int], merges: Sequence[tuple[str, str]]) -> models.Model:
        return models.BPE(vocab=vocabulary, merges=list(merges), unk_token=UNKNOWN, fuse_unk=False)

    def trainer(self, config: TokenizerConfig) -> trainers.Trainer:
        return trainers.BpeTrainer(**_trainer_options(config), limit_alphabet=min(config.vocab_size // 2, 8_000))


class CharacterRules(TokenizerRules):
    """Characters; consecutive whitespace is one character."""

    def pre_tokenizer(self) -> pre_tokenizers.PreTokenizer:
        return pre_tokenizers.Split(Regex(r"."), "isolated")

    def _normalization_steps(self, lowercase: bool) -> list[normalizers.Normalizer]:
        steps = super()._normalization_steps(lowercase)
        return [*steps, normalizers.Replace(Regex(r"\s+"), " "), normalizers.Strip()]


RULES: dict[TokenizerKind, TokenizerRules] = {
    "word": WordRules(),
    "bpe": BytePairRules(),
    "char": CharacterRules(),
}


def _trainer_options(config: TokenizerConfig) -> dict[str, Any]:
    return {
        "vocab_size": config.vocab_size,
        "min_frequency": config.min_frequency,
        "special_tokens": [PADDING, UNKNOWN],
        "show_progress": False,
    }
