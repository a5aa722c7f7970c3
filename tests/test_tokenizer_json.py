"""tokenizer.json keeps the rules and the vocabulary, and a file with other rules is rejected."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from rnnsent.config import TokenizerConfig
from rnnsent.data.tokenizer import Tokenizer
from rnnsent.data.tokenizer_rules import PADDING, RULES
from rnnsent.errors import ModelError

TEXTS = ["A good film, isn't it?", "这部电影很好", "Bad<br /><br />really BAD!", "naïve café", "\ud800 lone"]
TOKENIZERS = {kind: Tokenizer.train(TEXTS, TokenizerConfig(kind=kind, min_frequency=1)) for kind in RULES}


@pytest.mark.parametrize("kind", RULES)
@pytest.mark.parametrize("lowercase", [True, False])
def test_roundtrip(kind: str, lowercase: bool) -> None:
    """The JSON keeps the rules and the vocabulary of every kind of tokenizer."""
    tokenizer = Tokenizer.train(TEXTS, TokenizerConfig(kind=kind, min_frequency=1, lowercase=lowercase))
    loaded = Tokenizer.from_json(tokenizer.to_json(), "full")
    assert loaded.vocabulary() == tokenizer.vocabulary()
    assert loaded.to_json() == tokenizer.to_json()
    assert [row.tolist() for row in loaded.encode(TEXTS)] == [row.tolist() for row in tokenizer.encode(TEXTS)]


def edit_json(kind: str, edit: Callable[[dict[str, Any]], object]) -> str:
    """The JSON of a trained tokenizer after an edit."""
    values = json.loads(TOKENIZERS[kind].to_json())
    edit(values)
    return json.dumps(values)


OTHER_RULES = "its rules are not those of a tokenizer of this project"


@pytest.mark.parametrize(
    ("kind", "edit", "message"),
    [
        ("word", lambda values: values.clear(), "it has no model"),
        ("word", lambda values: values.update(model=[]), "it has no model"),
        ("word", lambda values: values["model"].update(vocab=[]), "its model has no vocabulary"),
        ("word", lambda values: values["model"]["vocab"].pop(PADDING), "first entries of its vocabulary are not <pad>"),
        ("word", lambda values: values["model"]["vocab"].update(film=2**32), "are not the numbers from 0 to"),
        ("word", lambda values: values["model"]["vocab"].update(film=-1), "are not the numbers from 0 to"),
        ("word", lambda values: values["model"]["vocab"].update(film="3"), "are not the numbers from 0 to"),
        ("word", lambda values: values["model"]["vocab"].update(film=float(values["model"]["vocab"]["film"])), "float"),
        ("word", lambda values: values["model"].update(type="Unigram"), OTHER_RULES),
        ("word", lambda values: values["model"].update(unk_token="film"), OTHER_RULES),
        ("word", lambda values: values.update(normalizer=None), OTHER_RULES),
        ("word", lambda values: values.update(normalizer={}), OTHER_RULES),
        ("word", lambda values: values["normalizer"]["normalizers"].pop(0), OTHER_RULES),
        ("word", lambda values: values["normalizer"]["normalizers"][0].update(content="x" * 9), OTHER_RULES),
        ("word", lambda values: values["pre_tokenizer"]["pattern"].update(Regex="(a+)+$"), OTHER_RULES),
        ("bpe", lambda values: values["model"].update(dropout=0.5), OTHER_RULES),
        ("bpe", lambda values: values["model"].update(merges=None), "has no merges"),
        ("bpe", lambda values: values["model"]["merges"].append(["a"]), "is not a pair of entries"),
        ("bpe", lambda values: values["model"]["merges"].append([1, 2]), "is not a pair of entries"),
        ("bpe", lambda values: values["model"]["merges"].append(["a", "q"]), "entries that are not in its vocabulary"),
        ("word", lambda values: values.update(added_tokens=[]), "its added tokens are not exactly <pad> and <unk>"),
        ("word", lambda values: values["added_tokens"].append(values["added_tokens"][0]), "its added tokens are not"),
        ("word", lambda values: values.update(padding={"strategy": {"Fixed": 10**12}}), "its padding is not supported"),
        ("word", lambda values: values.update(truncation={"max_length": 1}), "its truncation is not supported"),
    ],
)
def test_rejected(kind: str, edit: Callable[[dict[str, Any]], object], message: str) -> None:
    """A file may differ only in its vocabulary."""
    with pytest.raises(ModelError, match=message):
        Tokenizer.from_json(edit_json(kind, edit), "full")


@pytest.mark.parametrize(
    ("kind", "edit"),
    [
        ("word", lambda values: values["normalizer"]["normalizers"].pop()),  # the rules without lowercasing
        ("word", lambda values: values.update(unknown_to_this_version=[1])),
        ("bpe", lambda values: values["model"].pop("ignore_merges")),  # older versions of the library lack this key
    ],
)
def test_accepted(kind: str, edit: Callable[[dict[str, Any]], object]) -> None:
    """Rules of another setting, and the keys of other versions of the library, are accepted."""
    Tokenizer.from_json(edit_json(kind, edit), "full")


@pytest.mark.parametrize("text", ["", "[]", "3", "{", "[" * 100_000, '{"a":' * 100_000, "[],[]" * 1_000_001])
def test_hostile_json(text: str) -> None:
    """JSON that is not an object, or that would exhaust the memory or the stack, is rejected."""
    with pytest.raises(ModelError):
        Tokenizer.from_json(text, "full")


def test_surrogate_entry() -> None:
    """An entry that UTF-8 cannot represent is rejected."""
    with pytest.raises(ModelError, match="surrogates not allowed"):
        Tokenizer.from_json(TOKENIZERS["word"].to_json().replace('"film"', '"\\ud800"'), "full")
