"""Proves that texts in any script are cut into tokens that point back into them, and that the JSON keeps the rules."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnsent.config import TokenizerConfig
from rnnsent.data.tokenizer import PADDING, PADDING_ID, UNKNOWN, UNKNOWN_ID, Tokenizer, count_words
from rnnsent.errors import ModelError

TEXTS = ["A good film, isn't it?", "这部电影很好", "Bad<br /><br />really BAD!", "naïve café", "\ud800 lone"]
KINDS = ("word", "bpe", "char")
TRAINED = {kind: Tokenizer.train(TEXTS, TokenizerConfig(tokenizer=kind, min_frequency=1)) for kind in KINDS}

TRAINED_WORDS = {
    lowercase: Tokenizer.train(TEXTS, TokenizerConfig(lowercase=lowercase, min_frequency=1))
    for lowercase in (True, False)
}


def tokens(text: str, kind: str = "word") -> list[str]:
    return [text[start:end] for start, end in TRAINED[kind].encode_with_offsets(text).offsets]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("这部电影很好", ["这", "部", "电", "影", "很", "好"]),
        ("film好看film", ["film", "好", "看", "film"]),
        ("とても ดี", ["と", "て", "も", "ดี"]),
        ("Isn't it don’t?", ["Isn't", "it", "don’t", "?"]),
        ("bad<br />good<BR/>ok<br>", ["bad", "good", "ok"]),
        ("so... 😀!", ["so", ".", ".", ".", "😀", "!"]),
    ],
)
def test_words_are_cut_as_a_reader_would(text: str, expected: list[str]) -> None:
    assert tokens(text) == expected


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("text", ["", " ", "\t\r\n", "\u3000\u2028\x85", "<br />", " <br> "])
def test_a_blank_text_has_no_ids(kind: str, text: str) -> None:
    assert len(TRAINED[kind].encode([text])[0]) == 0


def test_case_is_folded_only_where_asked() -> None:
    folded, kept = TRAINED["word"], Tokenizer.train(["Bad bad"], TokenizerConfig(min_frequency=1, lowercase=False))
    assert len(set(folded.encode(["BAD bad Bad"])[0].tolist())) == 1
    assert len(set(kept.encode(["Bad bad"])[0].tolist())) == 2


def test_padding_and_unknown_come_first_and_rare_words_are_unknown() -> None:
    tokenizer = Tokenizer.train(["often often rare"], TokenizerConfig())
    assert (tokenizer.vocabulary()[PADDING], tokenizer.vocabulary()[UNKNOWN]) == (PADDING_ID, UNKNOWN_ID)
    assert tokenizer.encode(["often rare never"])[0].tolist() == [2, UNKNOWN_ID, UNKNOWN_ID]
    assert len(tokenizer) == 3


@pytest.mark.parametrize("kind", KINDS)
def test_json_keeps_the_rules_and_the_vocabulary(kind: str) -> None:
    again = Tokenizer.from_json(TRAINED[kind].to_json())
    assert again.vocabulary() == TRAINED[kind].vocabulary()
    assert again.to_json() == TRAINED[kind].to_json()
    for text in TEXTS:
        assert again.encode([text])[0].tolist() == TRAINED[kind].encode([text])[0].tolist()


def test_json_that_is_no_tokenizer_of_this_project_is_refused() -> None:
    with pytest.raises(ModelError):
        Tokenizer.from_json("{}")
    with pytest.raises(ModelError, match="first entries are not <pad>"):
        Tokenizer.from_json(TRAINED["word"].to_json().replace(PADDING, "<other>"))


@settings(deadline=None, derandomize=True)
@given(st.text(st.characters()), st.sampled_from(KINDS))
def test_offsets_point_into_the_text_and_lone_surrogates_do_not_crash(text: str, kind: str) -> None:
    found = TRAINED[kind].encode_with_offsets(text)
    assert found.ids.tolist() == TRAINED[kind].encode([text])[0].tolist()
    assert len(found.offsets) == len(found.ids)
    assert all(0 <= start <= end <= len(text) for start, end in found.offsets)
    assert found.offsets == sorted(found.offsets)
    assert all(PADDING_ID < each < len(TRAINED[kind]) for each in found.ids.tolist())


@settings(deadline=None, derandomize=True, max_examples=300)
@given(st.lists(st.text(st.one_of(st.sampled_from("ab_1' .<br/>BR\n\t\x1c\x1f\x0b’é電"), st.characters())), max_size=6))
def test_words_are_counted_as_the_tokenizer_cuts_them(texts: list[str]) -> None:
    cut = Tokenizer.train(["any"], TokenizerConfig()).encode(texts)
    assert count_words(texts).tolist() == [len(ids) for ids in cut]


@settings(deadline=None, derandomize=True, max_examples=300)
@given(
    st.lists(
        st.lists(
            st.one_of(
                st.sampled_from(
                    ("good", "It's", "film", "<pad>", "<unk>", "<UNK>", "<br />", "<BR\t/>", "_", "'", "x'")
                ),
                st.text(st.sampled_from("ab_1' .<br/>BR\n\t\r\x00\x0b\x0c\x1c\x1f\x7f’é電")),
                st.text(st.characters(max_codepoint=127)),
            )
        ).map("".join),
        max_size=6,
    ),
    st.booleans(),
)
def test_ascii_text_is_cut_alike_by_the_quick_way_and_by_the_library(texts: list[str], lowercase: bool) -> None:
    tokenizer = TRAINED_WORDS[lowercase]
    with pytest.MonkeyPatch.context() as patch:
        slow = tokenizer.encode(texts)
        patch.setattr("rnnsent.data.tokenizer.ASCII_PAYS_FROM", 0)
        quick = tokenizer.encode(texts)
    assert [row.tolist() for row in quick] == [row.tolist() for row in slow]


def test_the_quick_way_is_for_the_word_tokenizer_alone() -> None:
    assert TRAINED["word"]._ascii_words is not None
    assert TRAINED["bpe"]._ascii_words is None
    assert TRAINED["char"]._ascii_words is None
    foreign = Tokenizer.from_json(TRAINED["word"].to_json().replace('"type":"NFKC"', '"type":"NFKD"'))
    assert foreign._ascii_words is None


@settings(deadline=None, derandomize=True, max_examples=300)
@given(st.text(st.sampled_from("ab \n\t<br />ée\u0301Σσς電影\u3000ﬁ'’_."), max_size=80), st.integers(1, 9))
def test_a_long_text_cut_in_pieces_has_the_same_tokens(text: str, size: int) -> None:
    tokenizer = TRAINED["word"]
    whole = tokenizer.encode([text])[0].tolist()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("rnnsent.data.tokenizer.PIECE", size)
        patch.setattr("rnnsent.data.tokenizer.NEAR", size)
        assert tokenizer.encode(["good", text, "bad"])[1].tolist() == whole
