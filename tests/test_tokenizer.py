"""Texts in any script become tokens whose offsets point into the text."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnsent.config import TokenizerConfig
from rnnsent.data import tokenizer as tokenizer_module
from rnnsent.data.ids import PADDING, PADDING_ID, UNKNOWN, UNKNOWN_ID
from rnnsent.data.tokenizer import Tokenizer, count_words
from rnnsent.data.tokenizer_rules import RULES, WORD_SEAM

TEXTS = ["A good film, isn't it?", "这部电影很好", "Bad<br /><br />really BAD!", "naïve café", "\ud800 lone"]
# What normalization and the words of the vocabulary change.
SPELLINGS = (
    "#agoodfilm",
    "#GoodFilm",
    "gooood",
    "GOOOOOD",
    "fiiilm's",
    "isn’t",
    "isn\\'t",
    "a``b",
    "&lt;br&gt;",
    "&amp;",
    "@a",
    "www.a.b",
    ":)",
    "<3",
)
KINDS = tuple(RULES)
TOKENIZERS = {kind: Tokenizer.train(TEXTS, TokenizerConfig(kind=kind, min_frequency=1)) for kind in KINDS}
WORD_TOKENIZERS = {
    lowercase: Tokenizer.train(TEXTS, TokenizerConfig(lowercase=lowercase, min_frequency=1))
    for lowercase in (True, False)
}


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("这部电影很好", ["这", "部", "电", "影", "很", "好"]),
        ("film好看film", ["film", "好", "看", "film"]),
        ("とても ดี", ["と", "て", "も", "ดี"]),
        ("Isn't it don’t?", ["Isn't", "it", "don’t", "?"]),
        ("bad<br />good<BR/>ok<br>", ["bad", "good", "ok"]),
        ("so... 😀!", ["so", ".", ".", ".", "😀", "!"]),
        ("<p>isnâ€™t</p> “it”", ["isnâ€™t", "“", "it", "”"]),
        ("@you baaaad :-) https://a.b/c 👩\u200d👧", ["baaaad", ":-)", "👩\u200d👧"]),
        ("#agoodfilm &amp; #zzz", ["#", "a", "good", "film", "&amp;", "#", "zzz"]),
    ],
)
def test_words(text: str, tokens: list[str]) -> None:
    """Words keep their apostrophes, symbols are tokens, and scripts without spaces are split into characters."""
    offsets = TOKENIZERS["word"].encode_with_offsets(text).offsets
    assert [text[start:end] for start, end in offsets] == tokens


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("text", ["", " ", "\t\r\n", "\u3000\u2028\x85", "<br />", " <br> "])
def test_blank(kind: str, text: str) -> None:
    """A blank text has no ids."""
    assert len(TOKENIZERS[kind].encode([text])[0]) == 0


def test_lowercase() -> None:
    """Words that differ in case have the same id only if the tokenizer lowercases."""
    lowercased = TOKENIZERS["word"]
    cased = Tokenizer.train(["Bad bad"], TokenizerConfig(min_frequency=1, lowercase=False))
    assert len(set(lowercased.encode(["BAD bad Bad"])[0].tolist())) == 1
    assert len(set(cased.encode(["Bad bad"])[0].tolist())) == 2


def test_special_tokens() -> None:
    """Padding and unknown are the first entries, and rare words are unknown."""
    tokenizer = Tokenizer.train(["often often rare"], TokenizerConfig())
    assert (tokenizer.vocabulary()[PADDING], tokenizer.vocabulary()[UNKNOWN]) == (PADDING_ID, UNKNOWN_ID)
    assert tokenizer.encode(["often rare never"])[0].tolist() == [2, UNKNOWN_ID, UNKNOWN_ID]
    assert len(tokenizer) == 3


@settings(deadline=None, derandomize=True, max_examples=300)
@given(
    st.lists(st.one_of(st.text(st.characters(), max_size=4), st.sampled_from(SPELLINGS))).map("".join),
    st.sampled_from(KINDS),
)
def test_offsets(text: str, kind: str) -> None:
    """Offsets are ascending positions in the text, also with lone surrogates in it."""
    encoding = TOKENIZERS[kind].encode_with_offsets(text)
    assert encoding.ids.tolist() == TOKENIZERS[kind].encode([text])[0].tolist()
    assert len(encoding.offsets) == len(encoding.ids)
    assert all(0 <= start <= end <= len(text) for start, end in encoding.offsets)
    assert encoding.offsets == sorted(encoding.offsets)
    assert all(PADDING_ID < token < len(TOKENIZERS[kind]) for token in encoding.ids.tolist())


@settings(deadline=None, derandomize=True, max_examples=300)
@given(st.lists(st.text(st.one_of(st.sampled_from("ab_1' .<br/>BR\n\t\x1c\x1f\x0b’é電"), st.characters())), max_size=6))
def test_count_words(texts: list[str]) -> None:
    """The number of words is the number of tokens of the default tokenizer."""
    rows = Tokenizer.train(["any"], TokenizerConfig()).encode(texts)
    assert count_words(texts).tolist() == [len(row) for row in rows]


@settings(deadline=None, derandomize=True, max_examples=300)
@given(
    st.lists(
        st.lists(
            st.one_of(
                st.sampled_from(
                    (*SPELLINGS, "good", "It's", "film", "<pad>", "<unk>", "<UNK>", "<br />", "<BR\t/>", "_", "'", "x'")
                ),
                st.text(st.sampled_from("ab_1' .<br/>BR\n\t\r\x00\x0b\x0c\x1c\x1f\x7f’é電")),
                st.text(st.characters(max_codepoint=127)),
            )
        ).map("".join),
        max_size=6,
    ),
    st.booleans(),
)
def test_ascii_encoder(texts: list[str], lowercase: bool) -> None:
    """The ASCII encoder returns the ids that the library returns, also of elongated words and hashtags."""
    tokenizer = WORD_TOKENIZERS[lowercase]
    with pytest.MonkeyPatch.context() as patch:
        by_library = tokenizer.encode(texts)
        patch.setattr(tokenizer_module, "ASCII_MIN_CHARS", 0)
        by_ascii_encoder = tokenizer.encode(texts)
    assert [row.tolist() for row in by_ascii_encoder] == [row.tolist() for row in by_library]
    assert [row.tolist() for row in by_library] == [tokenizer.encode_with_offsets(text).ids.tolist() for text in texts]


def test_unknown_words() -> None:
    """Elongated words and hashtags have the ids of the known words in them, with words alone."""
    tokenizer = TOKENIZERS["word"]
    good, film, known = (tokenizer.encode([text])[0].tolist() for text in ("good", "film", "# good film"))
    assert [row.tolist() for row in tokenizer.encode(["GOOOOOD", "fiiiilm"])] == [good, film]
    assert [row[1:].tolist() for row in tokenizer.encode(["#goodfilm", "#GoodFilm"])] == [known[1:]] * 2
    characters = TOKENIZERS["char"]
    assert len(characters.encode(["goooood"])[0]) == 7


def test_normalization_level() -> None:
    """The level of normalization is a setting, the same in training and encoding."""
    basic = Tokenizer.train(["good :-) film"], TokenizerConfig(min_frequency=1, normalization="basic"))
    full = Tokenizer.train(["good :-) film"], TokenizerConfig(min_frequency=1, normalization="full"))
    assert "🙂" in full.vocabulary().keys() - basic.vocabulary().keys()
    assert [len(tokenizer.encode([":-)"])[0]) for tokenizer in (basic, full)] == [3, 1]
    assert basic.encode(["isn’t"])[0].tolist() == basic.encode(["isn't"])[0].tolist()


def test_ascii_encoder_of_words_only() -> None:
    """Only the word tokenizer has an ASCII encoder."""
    assert {kind: TOKENIZERS[kind]._ascii_encoder is not None for kind in KINDS} == {
        "word": True,
        "bpe": False,
        "char": False,
    }


@settings(deadline=None, derandomize=True, max_examples=300)
@given(
    st.text(
        st.sampled_from(
            "ab# \n\t<br />ée\u0301Σσς電影\u3000ﬁ'’_.!;=-ぁかカ\u3099กข\u0e33\u0e48\ufffd😀\U0001f3fb\u200d\u0338"
        ),
        max_size=80,
    ),
    st.integers(1, 9),
)
def test_chunks_same_tokens(text: str, size: int) -> None:
    """A text that is encoded in chunks has the ids of the whole text."""
    tokenizer = TOKENIZERS["word"]
    whole = tokenizer.encode([text])[0].tolist()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tokenizer_module, "CHUNK_CHARS", size)
        patch.setattr(tokenizer_module, "SEAM_SEARCH_CHARS", size)
        assert tokenizer.encode(["good", text, "bad"])[1].tolist() == whole


@pytest.mark.parametrize("text", ["good ", "電影", "かカ", "กข", "\ufffd", "😀", "é!", "!?;"])
def test_chunk_size(text: str) -> None:
    """A long text in any script can be split into chunks of about the same size."""
    text *= 2_000
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tokenizer_module, "CHUNK_CHARS", 1_000)
        chunks = tokenizer_module._split_into_chunks(text, WORD_SEAM)
    assert "".join(chunks) == text
    assert max(map(len, chunks)) <= 1_010


def test_seam() -> None:
    """Only words can be split into chunks; a text of another kind stays whole."""
    assert {kind: RULES[kind].seam is not None for kind in KINDS} == {"word": True, "bpe": False, "char": False}
    assert tokenizer_module._split_into_chunks("a " * tokenizer_module.CHUNK_CHARS, None) == [
        "a " * tokenizer_module.CHUNK_CHARS
    ]
