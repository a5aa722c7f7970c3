"""Elongated words, typing errors and hashtags are read as the known words in them, and others stay as they are."""

import pytest

from rnnsent.data.substitution import normalize, normalize_with_spans
from rnnsent.data.unknown_words import (
    MAX_RANK,
    correct,
    hashtags,
    misspelled_words,
    shorten,
    shorten_words,
    split_hashtag,
)

# In order of frequency, as in a trained vocabulary.
WORDS = (
    "the", "a", "to", "i", "of", "so", "is", "too", "in", "love", "good", "bad", "this", "phone", "worst", "service", "ever",
    "not", "no", "off", "happy", "day", "4", "loool", "hapy",
)  # fmt: skip
IDS = {word: index + 2 for index, word in enumerate(WORDS)} | {"soo": 20_000, "fail": 300, "xy": 5_000, "z": 400}


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("soooo", "so"), ("baaaad", "bad"), ("goooood", "good"), ("tooo", "too"), ("offff", "off"), ("noooo", "no"),
        ("loooveee", "love"), ("happppyyyy", "happy"), ("good", None), ("goood'sss", None), ("aaaa", None), ("brrr", None),
        ("g" * 3 + "o" * 9 + "d" * 4, "good"), ("xxxyyyzzzxxxyyyzzz", None),
    ],
)  # fmt: skip
def test_shorten(word: str, expected: str | None) -> None:
    """Two letters come before one, unless that word is far rarer; a word of one letter does not count."""
    assert shorten(word, IDS.get) == expected


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("serivce", "service"), ("phnoe", "phone"), ("servcie", "service"), ("phoen", "phone"), ("servicee", "service"),
        ("seervice", "service"), ("servce", "service"), ("servic", "service"), ("pphone", "phone"), ("hpone", None),
        ("loev", None), ("phon", None), ("phne", None), ("phoone", "phone"), ("servide", None), ("services", None),
        ("s3rvice", None), ("sérvice", None), ("worst's", None), ("hapyp", "happy"), ("ervice", None), ("rare", None),
        ("rarestwrd", None), ("x" * 21, None),
    ],
)  # fmt: skip
def test_correct(word: str, expected: str | None) -> None:
    """Swapped, missing and doubled letters after the first one are corrected, in long enough words, to a frequent word."""
    vocabulary = {"<pad>": 0, "<unk>": 1} | IDS | {"rarestword": MAX_RANK}
    assert correct(word, vocabulary.get) == expected
    assert correct(word, vocabulary.get, shorten_words(vocabulary)) == expected


def test_frequent() -> None:
    """Of several known words the most frequent is chosen."""
    assert correct("triall", {"trials": 900, "trial": 30}.get) == "trial"
    assert correct("couldnt", {"couldn't": 90}.get) == "couldn't"


def test_misspelled_words() -> None:
    """Only unknown words are replaced, in any case if the tokenizer lowercases."""
    step = misspelled_words(IDS.get, lowercase=True)
    assert normalize("SOOOO Gooood, loool! 1000 電baaaad電 www", [step]) == "so good, loool! 1000 電bad電 www"
    assert normalize("Serivce, PHNOE! Hapyp hapy", [step]) == "service, phone! happy hapy"
    cased = misspelled_words(IDS.get, lowercase=False)
    assert normalize("SOOOO Sooo sooo", [cased]) == "SOOOO Sooo so"


def test_many_runs() -> None:
    """A word with many runs tries few combinations."""
    tried: list[str] = []
    assert shorten("aaabbb" * 50, lambda word: tried.append(word)) is None
    assert tried == ["aabb" * 50, "ab" * 50]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("lovethisphone", ["love", "this", "phone"]), ("worstserviceever", ["worst", "service", "ever"]),
        ("WorstServiceEver", ["Worst", "Service", "Ever"]), ("WORSTServiceEver", ["WORST", "Service", "Ever"]),
        ("lovethisphone2024", ["love", "this", "phone", "2024"]), ("bad_service", ["bad", "service"]),
        ("NotHappyNow", None), ("qzxw", None), ("xyxyxy", None), ("zzz", None), ("soisto", None), ("SoIsLove", ["So", "Is", "Love"]),
    ],
)  # fmt: skip
def test_split_hashtag(body: str, expected: list[str] | None) -> None:
    """A split has only known words, in the spelling of the hashtag; rare short ones do not count."""
    assert split_hashtag(body, IDS.get, lowercase=True) == expected


def test_hashtags() -> None:
    """Only hashtags of unknown words are split; each word keeps its place in the text."""
    step = hashtags(IDS.get, lowercase=True)
    text = "#lovethisphone #fail a#badday ##badday #goooood #badday's #qzxw # #1 #BadDay!"
    expected = "#love this phone #fail a#badday ##badday #goooood #badday's #qzxw # #1 #Bad Day!"
    normalized, spans = normalize_with_spans(text, [step])
    assert normalized == normalize(text, [step]) == expected
    start = normalized.index("phone")
    assert text[spans[start][0] : spans[start + 4][1]] == "phone"


def test_cased_hashtags() -> None:
    """A vocabulary with upper and lower case is looked up as it is."""
    step = hashtags(IDS.get, lowercase=False)
    assert normalize("#lovephone #LovePhone", [step]) == "#love phone #LovePhone"


def test_long_hashtag() -> None:
    """A hashtag longer than people write stays whole."""
    text = "#" + "love" * 21
    assert normalize(text, [hashtags(IDS.get, lowercase=True)]) == text
