"""Proves that texts in any script are cut into tokens that point back into them, and that the JSON keeps the rules."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnsent.config import TokenizerConfig
from rnnsent.data import tokenizer as tokenizer_module
from rnnsent.data.tokenizer import Tokenizer, count_words
from rnnsent.data.tokenizer_rules import PADDING, PADDING_ID, UNKNOWN, UNKNOWN_ID
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


def changed(kind: str, edit: Callable[[dict[str, Any]], object]) -> str:
    """The JSON of a trained tokenizer, after an edit of what it holds."""
    values = json.loads(TRAINED[kind].to_json())
    edit(values)
    return json.dumps(values)


@pytest.mark.parametrize(
    ("kind", "edit", "words"),
    [
        ("word", lambda all_: all_.clear(), "it has no model"),
        ("word", lambda all_: all_.update(model=[]), "it has no model"),
        ("word", lambda all_: all_["model"].update(vocab=[]), "its model has no vocabulary"),
        ("word", lambda all_: all_["model"]["vocab"].pop(PADDING), "first entries are not <pad>"),
        ("word", lambda all_: all_["model"]["vocab"].update(film=2**32), "are not the numbers from 0 to"),
        ("word", lambda all_: all_["model"]["vocab"].update(film=-1), "are not the numbers from 0 to"),
        ("word", lambda all_: all_["model"]["vocab"].update(film="3"), "are not the numbers from 0 to"),
        ("word", lambda all_: all_["model"]["vocab"].update(film=float(all_["model"]["vocab"]["film"])), "float"),
        ("word", lambda all_: all_["model"].update(type="Unigram"), "by other rules"),
        ("word", lambda all_: all_["model"].update(unk_token="film"), "by other rules"),
        ("word", lambda all_: all_.update(normalizer=None), "by other rules"),
        ("word", lambda all_: all_.update(normalizer={}), "by other rules"),
        ("word", lambda all_: all_["normalizer"]["normalizers"].pop(), None),  # the rules without lowercase
        ("word", lambda all_: all_["normalizer"]["normalizers"].pop(0), "by other rules"),
        ("word", lambda all_: all_["normalizer"]["normalizers"][0].update(content="x" * 9), "by other rules"),
        ("word", lambda all_: all_["pre_tokenizer"]["pattern"].update(Regex="(a+)+$"), "by other rules"),
        ("bpe", lambda all_: all_["model"].update(dropout=0.5), "by other rules"),
        ("bpe", lambda all_: all_["model"].update(merges=None), "have no merges"),
        ("bpe", lambda all_: all_["model"]["merges"].append(["a"]), "is no merge of two entries"),
        ("bpe", lambda all_: all_["model"]["merges"].append([1, 2]), "is no merge of two entries"),
        ("bpe", lambda all_: all_["model"]["merges"].append(["a", "q"]), "is not of entries of its vocabulary"),
        ("word", lambda all_: all_.update(added_tokens=[]), "its added tokens are not <pad> and <unk> alone"),
        ("word", lambda all_: all_["added_tokens"].append(all_["added_tokens"][0]), "its added tokens are not"),
        ("word", lambda all_: all_.update(padding={"strategy": {"Fixed": 10**12}}), "it has a padding, which no"),
        ("word", lambda all_: all_.update(truncation={"max_length": 1}), "it has a truncation, which no"),
        ("word", lambda all_: all_.update(unknown_to_this_version=[1]), None),
        ("bpe", lambda all_: all_["model"].pop("ignore_merges"), None),  # a key that the library did not always write
    ],
)
def test_of_a_file_only_the_vocabulary_is_obeyed(kind: str, edit: Any, words: str | None) -> None:
    if words is None:
        Tokenizer.from_json(changed(kind, edit))
        return
    with pytest.raises(ModelError, match=words):
        Tokenizer.from_json(changed(kind, edit))


@pytest.mark.parametrize("text", ["", "[]", "3", "{", "[" * 100_000, '{"a":' * 100_000, "[],[]" * 1_000_001])
def test_json_that_is_no_object_or_a_trap_is_refused(text: str) -> None:
    with pytest.raises(ModelError):
        Tokenizer.from_json(text)


def test_an_entry_that_utf_8_cannot_hold_is_refused() -> None:
    with pytest.raises(ModelError, match="surrogates not allowed"):
        Tokenizer.from_json(TRAINED["word"].to_json().replace('"film"', '"\\ud800"'))


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


@settings(deadline=None, derandomize=True, max_examples=300)
@given(
    st.text(
        st.sampled_from(
            "ab \n\t<br />ée\u0301Σσς電影\u3000ﬁ'’_.!;=-ぁかカ\u3099กข\u0e33\u0e48\ufffd😀\U0001f3fb\u200d\u0338"
        ),
        max_size=80,
    ),
    st.integers(1, 9),
)
def test_a_long_text_cut_in_pieces_has_the_same_tokens(text: str, size: int) -> None:
    tokenizer = TRAINED["word"]
    whole = tokenizer.encode([text])[0].tolist()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("rnnsent.data.tokenizer.PIECE", size)
        patch.setattr("rnnsent.data.tokenizer.NEAR", size)
        assert tokenizer.encode(["good", text, "bad"])[1].tolist() == whole


@pytest.mark.parametrize("text", ["good ", "電影", "かカ", "กข", "\ufffd", "😀", "é!", "!?;"])
def test_a_long_text_of_any_kind_can_be_cut(text: str) -> None:
    text *= 2_000
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tokenizer_module, "PIECE", 1_000)
        pieces = tokenizer_module._pieces(text)
    assert "".join(pieces) == text
    assert max(map(len, pieces)) <= 1_010
