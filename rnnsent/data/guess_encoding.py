"""Guess the codec of bytes that are not UTF-8. Knows neither files nor options.

A codec decides which characters the bytes are, so each codec is scored by how probable its characters are in the
languages that are written in it: a few bits for a frequent letter, many for one that the language does not have, for a
symbol inside a word or for a capital after a lower-case letter. The best codec is the answer if every other reading is
clearly less probable. charset-normalizer misread half of the short Western samples (docs/log.md).
"""

import codecs
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from functools import cache, lru_cache

from rnnsent.data.legacy_codecs import CODECS, MULTIBYTE, Candidate
from rnnsent.data.letter_frequencies import COSTS, EAST_ASIAN, LATIN
from rnnsent.data.recognize_binary import UTF8_CHARACTER, decode_prefix, is_east_asian, looks_binary

# The bits by which the best reading must beat each different one. Symbols show less than letters: the byte of an ellipsis
# in one encoding is a frequent last letter of Italian words in another.
MIN_MARGIN, MIN_SYMBOL_MARGIN = 8, 11
MAX_LINES, MAX_LINE_BYTES, MIN_BYTE_LINES = 50, 2_000, 3  # what of a long sample is scored
MAX_LETTER_BITS, MAX_EAST_ASIAN_BITS = 7.5, 12  # a reading costs at most this per letter
MAX_WORDS, MAX_ASCII_WORDS = 1_500, 60
ASCII_WEIGHT = 0.25  # words in ASCII show the language, and only through it the codec
MAX_FOREIGN_BITS = 8  # cost of many words in ASCII in a text of another script

PUNCTUATION = frozenset("’‘“”„«»‹›–—…•·‚")
SYMBOLS = frozenset("´£€¥©®™°§¿¡ºª½¼¾²³×±µ¢\xa0\xad№")
CURRENCIES = frozenset("£€¥")
EAST_ASIAN_PUNCTUATION = frozenset("。、！？，「」『』：；（）～・《》“”…\u3000")
INSIDE_WORDS = {
    "’": 0,
    "·": 0,
    "\xad": 0,
    "\xa0": 0,
    "…": 2,
    "—": 3,
    "–": 4,
    "‘": 4,
    **dict.fromkeys("²³¼½¾×±¿¡¢¥", 16),
}  # other symbols cost 8 more
DASHES = frozenset("–—")
OPENING, CLOSING = frozenset("¿¡«“‘„‚‹"), frozenset("”»›’")
APOSTROPHE = re.compile(r"\w’\w")
CONTRACTION = re.compile(r"’(?:s|d|m|re|ve|ll)$|n’t$|^(?:[cdjlmnst]|qu|un|dell|all|nell|dall)’", re.IGNORECASE)
WORD = re.compile(r"[A-Za-z0-9]*[^\x00-\x7f][A-Za-z0-9\u0080-\U0010ffff]*")
ASCII_WORD = re.compile(rb"(?<![A-Za-z\x80-\xff])[A-Za-z]+(?![A-Za-z\x80-\xff])")
C1_CONTROL = re.compile("[\x80-\x9f]")


@dataclass(frozen=True)
class Reading:
    """A sample decoded by one codec.

    Attributes:
        bits: the cost of the sample in its most probable language; lower is better.
        content: equal for two codecs that decode the sample to the same text.
        is_plausible: whether its words could be of that language at all.
        has_letters: whether there are letters among its characters outside ASCII.
    """

    codec: str
    bits: float
    content: str
    is_plausible: bool
    has_letters: bool


def guess_encoding(sample: bytes) -> str | None:
    """The codec of a text that is not UTF-8, guessed from its first bytes; None if it cannot be determined with confidence."""
    if sample.isascii() or is_damaged_utf8(sample) or looks_binary(sample):
        return None
    readings = read_with_codecs(sample, CODECS)
    if not readings or not readings[0].is_plausible:
        return None
    best = readings[0]
    others = (reading.bits for reading in readings if reading.content != best.content)
    margin = next(others, float("inf")) - best.bits
    return best.codec if margin >= (MIN_MARGIN if best.has_letters else MIN_SYMBOL_MARGIN) else None


def is_damaged_utf8(sample: bytes) -> bool:
    """Whether most bytes outside ASCII are of valid UTF-8 characters."""
    n_valid = sum(map(len, UTF8_CHARACTER.findall(sample)))
    return 2 * n_valid > sum(byte >= 0x80 for byte in sample)


def read_with_codecs(sample: bytes, candidates: tuple[Candidate, ...]) -> list[Reading]:
    """The readings of a sample, the most probable first. A long sample is scored in full only by the best candidates."""
    lines = [line[:MAX_LINE_BYTES] for line in re.split(rb"[\r\n]+", sample) if not line.isascii()]
    few, many = select_lines(lines, 0), select_lines(lines, MIN_BYTE_LINES)
    readings = score_candidates(sample, few, candidates)
    if readings and len(many) > len(few):
        limit = 1.3 * readings[0].bits
        codecs_left = {reading.codec for reading in readings if reading.bits <= limit}
        readings = score_candidates(sample, many, tuple(entry for entry in candidates if entry[0] in codecs_left))
    return readings


def score_candidates(sample: bytes, lines: list[bytes], candidates: tuple[Candidate, ...]) -> list[Reading]:
    """A reading for each language of each codec that can decode the sample, the most probable first.

    Args:
        lines: those of the sample by which it is scored.
    """
    evidence = b"\n".join(lines)
    alphabet = bytes(sorted(set(sample)))
    ascii_words = list(dict.fromkeys(word.decode().lower() for word in ASCII_WORD.findall(evidence)))[:MAX_ASCII_WORDS]
    ascii_letters = Counter("".join(ascii_words))
    ascii_bits = {language: ASCII_WEIGHT * letters_bits(language, ascii_letters) for language in LATIN}
    # A language of another script says nothing about words in ASCII.
    foreign_bits = ascii_bits["English"] + min(MAX_FOREIGN_BITS, len(ascii_words) / 2)
    readings = []
    for codec, rarity, languages in candidates:
        try:
            content = decode_prefix(sample, codec) if codec in MULTIBYTE else alphabet.decode(codec)
        except UnicodeDecodeError:
            continue
        text = codecs.getincrementaldecoder(codec)("ignore").decode(evidence)
        words = list(dict.fromkeys(WORD.findall(text)))[:MAX_WORDS]
        if not words or C1_CONTROL.search(content):
            continue
        counts = Counter("".join(words).lower())
        letters = Counter({letter: n for letter, n in counts.items() if is_letter(letter)})
        has_letters = any(not letter.isascii() for letter in letters)
        shape = shape_bits(words)
        for language in languages:
            bits = letters_bits(language, letters) + shape
            limit = MAX_EAST_ASIAN_BITS if language in EAST_ASIAN else MAX_LETTER_BITS
            is_plausible = bits <= limit * (letters.total() + len(words))
            total = bits + rarity + ascii_bits.get(language, foreign_bits)
            readings.append(Reading(codec, total, content, is_plausible, has_letters))
    return sorted(readings, key=lambda reading: reading.bits)  # stable: of equal readings the first in CODECS


def select_lines(lines: list[bytes], n_lines_per_byte: int) -> list[bytes]:
    """Lines at regular distances, and for each byte outside ASCII so many lines that contain it."""
    step = len(lines) // MAX_LINES + 1
    if not n_lines_per_byte:
        return lines[::step]
    n_lines: Counter[int] = Counter()
    selected = []
    for index, line in enumerate(lines):
        used = {byte for byte in set(line) if byte >= 0x80}
        if index % step == 0 or any(n_lines[byte] < n_lines_per_byte for byte in used):
            selected.append(line)
            n_lines.update(used)
    return selected


def is_letter(character: str) -> bool:
    """Whether the cost of the character is that of a letter: letters and the marks that combine with them."""
    return (character.isalpha() and character not in "ªº") or unicodedata.category(character) == "Mn"


@cache
def letter_bits(language: str, letter: str) -> int:
    """The cost of a lower-case letter in a language."""
    if (bits := COSTS[language].get(letter)) is not None:
        return bits
    if letter.isascii():
        return 8 if language in EAST_ASIAN else 9 if language in LATIN else 12
    if unicodedata.category(letter) == "Mn":
        return 9
    if language in EAST_ASIAN:
        return rare_character_bits(language, letter)
    return 12 if language == "English" else 14


def rare_character_bits(language: str, character: str) -> int:
    """The cost of a character that is not among the frequent ones of Chinese, Japanese or Korean.

    The national standards list the common characters before the rare ones.
    """
    if language == "Japanese" and "\u3040" <= character <= "\u30ff":
        return 12
    if language == "Korean":
        if not "\uac00" <= character <= "\ud7af":
            return 18
        return 13 if character.encode("euc_kr", "ignore") else 19
    if not "\u4e00" <= character <= "\u9fff":
        return 16
    standard, last_common = {"Chinese": ("gb2312", 0xD7), "Traditional": ("big5", 0xC6), "Japanese": ("euc_jp", 0xCF)}[
        language
    ]
    encoded = character.encode(standard, "ignore")
    if len(encoded) != 2:
        return 21
    return 13 if encoded[0] <= last_common else 18


def letters_bits(language: str, letters: Counter[str]) -> int:
    return sum(n * letter_bits(language, letter) for letter, n in letters.items())


def shape_bits(words: list[str]) -> int:
    """The cost of capitals, symbols and changes of script in words."""
    text = f"  {' '.join(words)}  "
    contexts = Counter(zip(text, text[1:], text[2:], strict=False))
    bits = sum(n * context_bits(*context) for context, n in contexts.items() if context[1] != " ")
    if "’" in text:
        bits += sum(-4 if CONTRACTION.search(word) else 4 for word in words if APOSTROPHE.search(word))
    return bits


@lru_cache(maxsize=50_000)
def context_bits(previous: str, character: str, following: str) -> int:
    """The cost of a character between its neighbors, besides that of the letter itself."""
    if is_letter(character):
        return letter_shape_bits(previous, character, following)
    if character.isascii():
        return 0
    if character in EAST_ASIAN_PUNCTUATION and (previous == " " or is_east_asian(previous)):
        return 5
    return symbol_bits(previous, character, following)


def letter_shape_bits(previous: str, letter: str, following: str) -> int:
    if is_east_asian(letter) or unicodedata.category(letter) == "Mn":
        return 0
    bits = 0
    if letter.isupper():
        bits += 1
        if previous.islower() and not (previous + letter).isascii():
            bits += 8
    if is_letter(previous) and not is_east_asian(previous) and is_latin(letter) != is_latin(previous):
        bits += 10
    if not letter.isascii() and (previous.isdigit() or following.isdigit()):
        bits += 8
    return bits


def is_latin(letter: str) -> bool:
    return letter < "\u0250" or "\u0300" <= letter <= "\u036f" or "\u1e00" <= letter <= "\u1eff"


def symbol_bits(previous: str, symbol: str, following: str) -> int:
    if symbol in CURRENCIES and (previous.isdigit() or following.isdigit()):
        return 3
    bits = 6 if symbol in PUNCTUATION else 8 if symbol in SYMBOLS else 20 if symbol == "¤" else 15
    if previous.isalpha() and following.isalpha():
        bits += INSIDE_WORDS.get(symbol, 8)
    elif symbol in DASHES and previous.isalpha() != following.isalpha():
        bits += 4
    elif symbol in OPENING and previous.isalpha():
        bits += 8
    elif (symbol in CLOSING and following.isalpha()) or (symbol == "•" and (previous + following).strip()):
        bits += 6
    return bits
