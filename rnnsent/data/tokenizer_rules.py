"""How text is cut, as the `tokenizers` library is told: the rules of each kind of tokenizer. Knows no vocabulary."""

from typing import Any

from tokenizers import Regex, models, normalizers, pre_tokenizers, trainers

from rnnsent.config import TokenizerConfig

PADDING, UNKNOWN = "<pad>", "<unk>"
PADDING_ID, UNKNOWN_ID = 0, 1

# Scripts written without spaces are read character by character; elsewhere a word keeps its inner apostrophes, and
# every other visible character stands alone.
UNSPACED = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}"
LETTER = rf"[\w&&[^{UNSPACED}]]"
WORDS = Regex(rf"[{UNSPACED}]\p{{M}}*|{LETTER}+(?:['’]{LETTER}+)*|[^\w\s]")
LINE_BREAK = Regex(r"(?i)<br\s*/?>")


def empty_model(config: TokenizerConfig) -> models.Model:
    if config.tokenizer == "bpe":
        return models.BPE(unk_token=UNKNOWN, fuse_unk=False)
    return models.WordLevel(vocab={PADDING: PADDING_ID, UNKNOWN: UNKNOWN_ID}, unk_token=UNKNOWN)


def normalizer(config: TokenizerConfig) -> normalizers.Normalizer:
    steps: list[normalizers.Normalizer] = [normalizers.Replace(LINE_BREAK, " "), normalizers.NFKC()]
    if config.lowercase:
        steps.append(normalizers.Lowercase())
    if config.tokenizer == "char":  # a run of blanks is one character
        steps += [normalizers.Replace(Regex(r"\s+"), " "), normalizers.Strip()]
    return normalizers.Sequence(steps)


def pre_tokenizer(config: TokenizerConfig) -> pre_tokenizers.PreTokenizer:
    if config.tokenizer == "word":
        return pre_tokenizers.Split(WORDS, "removed", invert=True)
    if config.tokenizer == "char":
        return pre_tokenizers.Split(Regex(r"."), "isolated")
    # "▁" marks where a word begins, so that byte pairs tell "some" from the end of "handsome".
    return pre_tokenizers.Sequence(
        [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace(), pre_tokenizers.Punctuation("isolated")]
    )


def trainer(config: TokenizerConfig) -> trainers.Trainer:
    options: dict[str, Any] = {
        "vocab_size": config.vocab_size,
        "min_frequency": config.min_frequency,
        "special_tokens": [PADDING, UNKNOWN],
        "show_progress": False,
    }
    if config.tokenizer == "bpe":
        return trainers.BpeTrainer(**options, limit_alphabet=min(config.vocab_size // 2, 8_000))
    return trainers.WordLevelTrainer(**options)
