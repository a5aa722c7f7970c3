"""tokenizer.json -> a tokenizer of the `tokenizers` library, each part of it checked. Knows no file.

The library's own reader obeys what stands in the file: a pattern that never ends, padding to a billion tokens. Here
the file gives the vocabulary alone; the rules are those of this project, and a file that states others is refused.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import product
from typing import Any

import tokenizers
from tokenizers import models

from rnnsent.config import TokenizerConfig
from rnnsent.data.tokenizer_rules import (
    PADDING,
    PADDING_ID,
    UNKNOWN,
    UNKNOWN_ID,
    empty_model,
    normalizer,
    pre_tokenizer,
)
from rnnsent.errors import ModelError

MOST_LISTS = 2_000_000  # lists and objects, of which Python takes 60 bytes each: a merge of byte pairs is one
# What gives a rule its meaning. Other keys the library has added and may add; where both have them they must agree.
MEANING = frozenset(("type", "pattern", "Regex", "content", "behavior", "invert", "unk_token", "id", "special"))
NOT_USED = ("truncation", "padding", "post_processor", "decoder")
FIRST = [
    {"id": PADDING_ID, "content": PADDING, "special": True},
    {"id": UNKNOWN_ID, "content": UNKNOWN, "special": True},
]


def read_tokenizer(text: str) -> tuple[tokenizers.Tokenizer, TokenizerConfig]:
    """The tokenizer, and the settings whose rules it has.

    Raises:
        ModelError: without the file's name, where the JSON is not a tokenizer of this project.
    """
    values = _parsed(text)
    model = values.get("model")
    if not isinstance(model, dict):
        raise ModelError("it has no model")
    vocabulary = _checked_vocabulary(model.get("vocab"))
    config = _rules_of(values, model)
    if not _agrees(FIRST, values.get("added_tokens")):
        raise ModelError(f"its added tokens are not {PADDING} and {UNKNOWN} alone")
    for key in NOT_USED:
        if values.get(key) is not None:
            raise ModelError(f"it has a {key}, which no tokenizer of this project has")
    with _library_faults():
        inner = tokenizers.Tokenizer(_model(config, vocabulary, model.get("merges")))
        inner.normalizer, inner.pre_tokenizer = normalizer(config), pre_tokenizer(config)
        inner.add_special_tokens([PADDING, UNKNOWN])
        if inner.get_vocab_size(with_added_tokens=False) != len(vocabulary):
            raise ModelError("its vocabulary has entries that the library does not keep")
    return inner, config


def _parsed(text: str) -> dict[str, Any]:
    if text.count("[") + text.count("{") > MOST_LISTS:
        raise ModelError(f"it has more than {MOST_LISTS:,} lists and objects")
    try:
        values = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ModelError(str(error)) from None
    if not isinstance(values, dict):
        raise ModelError("it holds no object")
    return values


def _checked_vocabulary(vocabulary: Any) -> dict[str, int]:
    """Entries by name, their ids the numbers from 0 to one less than their count; one like 3.0 the library refuses."""
    if not isinstance(vocabulary, dict):
        raise ModelError("its model has no vocabulary")
    if (vocabulary.get(PADDING), vocabulary.get(UNKNOWN)) != (PADDING_ID, UNKNOWN_ID):
        raise ModelError(f"its first entries are not {PADDING} and {UNKNOWN}")
    numbers = range(len(vocabulary))
    try:
        is_counted = sorted(vocabulary.values()) == list(numbers)
    except TypeError:  # of values that have no order
        is_counted = False
    if not is_counted:
        raise ModelError(f"the ids of its {len(vocabulary):,} entries are not the numbers from 0 to {numbers[-1]:,}")
    return vocabulary


def _rules_of(values: Mapping[str, Any], model: Mapping[str, Any]) -> TokenizerConfig:
    kinds = ("bpe",) if model.get("type") == "BPE" else ("word", "char")
    for kind, lowercase in product(kinds, (True, False)):
        config = TokenizerConfig(tokenizer=kind, lowercase=lowercase)  # type: ignore[arg-type]
        stated = {key: value for key, value in _state(empty_model(config)).items() if key not in ("vocab", "merges")}
        if (
            _agrees(stated, model)
            and _agrees(_state(pre_tokenizer(config)), values.get("pre_tokenizer"))
            and _agrees(_state(normalizer(config)), values.get("normalizer"))
        ):
            return config
    raise ModelError("it cuts text by other rules than the tokenizers of this project")


def _model(config: TokenizerConfig, vocabulary: dict[str, int], merges: Any) -> models.Model:
    if config.tokenizer != "bpe":
        return models.WordLevel(vocab=vocabulary, unk_token=UNKNOWN)
    if not isinstance(merges, list):
        raise ModelError("its byte pairs have no merges")
    pairs = []
    for pair in merges:
        if not (isinstance(pair, list) and len(pair) == 2 and all(isinstance(part, str) for part in pair)):
            raise ModelError(f"{pair!r:.80} is no merge of two entries")
        if not {*pair, "".join(pair)} <= vocabulary.keys():
            raise ModelError(f"the merge {pair!r:.80} is not of entries of its vocabulary")
        pairs.append((pair[0], pair[1]))
    return models.BPE(vocab=vocabulary, merges=pairs, unk_token=UNKNOWN, fuse_unk=False)


def _state(part: Any) -> dict[str, Any]:
    """A rule of the library as the JSON of it."""
    state: dict[str, Any] = json.loads(part.__getstate__())
    return state


def _agrees(expected: Any, found: Any) -> bool:
    if isinstance(expected, dict):
        return isinstance(found, dict) and all(
            _agrees(value, found[key]) if key in found else key not in MEANING for key, value in expected.items()
        )
    if isinstance(expected, list):
        return (
            isinstance(found, list)
            and len(found) == len(expected)
            and all(_agrees(a, b) for a, b in zip(expected, found, strict=True))
        )
    return type(found) is type(expected) and bool(found == expected)


@contextmanager
def _library_faults() -> Iterator[None]:
    """The library raises bare Exception; where it panics, what arrives is an exception of no class that it exports."""
    try:
        yield
    except ModelError:
        raise
    except BaseException as error:
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        raise ModelError(str(error)) from None
