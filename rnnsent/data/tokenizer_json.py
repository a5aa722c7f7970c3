"""Parses tokenizer.json into a tokenizer of the `tokenizers` library, and checks every part. Opens no file.

The library's own parser obeys the file: a regular expression that never terminates, padding to a billion tokens. Here
only the vocabulary comes from the file. The rules are this project's, and a file with other rules is rejected.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import product
from typing import Any

import tokenizers

from rnnsent.config import TokenizerConfig
from rnnsent.data.ids import PADDING, PADDING_ID, UNKNOWN, UNKNOWN_ID
from rnnsent.data.tokenizer_rules import RULES
from rnnsent.errors import ModelError

MAX_CONTAINERS = 2_000_000  # lists and objects, each of which takes Python 60 bytes; a byte-pair merge is a list
# The keys that define a rule. The library has added other keys and may add more; those must match only if present.
DEFINING_KEYS = frozenset(("type", "pattern", "Regex", "content", "behavior", "invert", "unk_token", "id", "special"))
UNSUPPORTED_KEYS = ("truncation", "padding", "post_processor", "decoder")
SPECIAL_TOKENS = [
    {"id": PADDING_ID, "content": PADDING, "special": True},
    {"id": UNKNOWN_ID, "content": UNKNOWN, "special": True},
]


def read_tokenizer(text: str) -> tuple[tokenizers.Tokenizer, TokenizerConfig]:
    """The tokenizer, and the settings that its rules correspond to.

    Raises:
        ModelError: the JSON is not a tokenizer of this project. The message does not name the file.
    """
    values = _parse_object(text)
    model = values.get("model")
    if not isinstance(model, dict):
        raise ModelError("it has no model")
    vocabulary = _check_vocabulary(model.get("vocab"))
    config = _find_config(values, model)
    rules = RULES[config.kind]
    if not _matches(SPECIAL_TOKENS, values.get("added_tokens")):
        raise ModelError(f"its added tokens are not exactly {PADDING} and {UNKNOWN}")
    for key in UNSUPPORTED_KEYS:
        if values.get(key) is not None:
            raise ModelError(f"its {key} is not supported; it must be null")
    merges = _check_merges(model.get("merges"), vocabulary) if rules.has_merges else []
    with _library_errors_as_model_errors():
        tokenizer = tokenizers.Tokenizer(rules.trained_model(vocabulary, merges))
        tokenizer.normalizer = rules.normalizer(lowercase=config.lowercase)
        tokenizer.pre_tokenizer = rules.pre_tokenizer()
        tokenizer.add_special_tokens([PADDING, UNKNOWN])
        if tokenizer.get_vocab_size(with_added_tokens=False) != len(vocabulary):
            raise ModelError("its vocabulary has entries that the tokenizers library rejects")
    return tokenizer, config


def _parse_object(text: str) -> dict[str, Any]:
    if text.count("[") + text.count("{") > MAX_CONTAINERS:
        raise ModelError(f"it has more than {MAX_CONTAINERS:,} lists and objects")
    try:
        values = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ModelError(str(error)) from None
    if not isinstance(values, dict):
        raise ModelError("it is not a JSON object")
    return values


def _check_vocabulary(vocabulary: Any) -> dict[str, int]:
    """The vocabulary, whose ids must be 0, 1, 2, ...; a float such as 3.0 passes here, but the library rejects it."""
    if not isinstance(vocabulary, dict):
        raise ModelError("its model has no vocabulary")
    if (vocabulary.get(PADDING), vocabulary.get(UNKNOWN)) != (PADDING_ID, UNKNOWN_ID):
        raise ModelError(f"the first entries of its vocabulary are not {PADDING} and {UNKNOWN}")
    ids = range(len(vocabulary))
    try:
        is_contiguous = sorted(vocabulary.values()) == list(ids)
    except TypeError:  # values that cannot be compared
        is_contiguous = False
    if not is_contiguous:
        raise ModelError(f"the ids of its {len(vocabulary):,} entries are not the numbers from 0 to {ids[-1]:,}")
    return vocabulary


def _find_config(values: Mapping[str, Any], model: Mapping[str, Any]) -> TokenizerConfig:
    """The settings of the rules in the file."""
    for (kind, rules), lowercase in product(RULES.items(), (True, False)):
        expected_model = _to_json(rules.untrained_model())
        expected_model = {key: value for key, value in expected_model.items() if key not in ("vocab", "merges")}
        if (
            _matches(expected_model, model)
            and _matches(_to_json(rules.pre_tokenizer()), values.get("pre_tokenizer"))
            and _matches(_to_json(rules.normalizer(lowercase=lowercase)), values.get("normalizer"))
        ):
            return TokenizerConfig(kind=kind, lowercase=lowercase)
    raise ModelError("its rules are not those of a tokenizer of this project")


def _check_merges(merges: Any, vocabulary: Mapping[str, int]) -> list[tuple[str, str]]:
    if not isinstance(merges, list):
        raise ModelError("its byte-pair model has no merges")
    pairs = []
    for pair in merges:
        if not (isinstance(pair, list) and len(pair) == 2 and all(isinstance(entry, str) for entry in pair)):
            raise ModelError(f"the merge {pair!r:.80} is not a pair of entries")
        if not {*pair, "".join(pair)} <= vocabulary.keys():
            raise ModelError(f"the merge {pair!r:.80} has entries that are not in its vocabulary")
        pairs.append((pair[0], pair[1]))
    return pairs


def _to_json(component: Any) -> dict[str, Any]:
    """A component of the library as it is written to tokenizer.json."""
    values: dict[str, Any] = json.loads(component.__getstate__())
    return values


def _matches(expected: Any, actual: Any) -> bool:
    """Whether two JSON values agree; an object may lack keys that define nothing, and may have additional ones."""
    if isinstance(expected, dict):
        return isinstance(actual, dict) and all(
            _matches(value, actual[key]) if key in actual else key not in DEFINING_KEYS
            for key, value in expected.items()
        )
    if isinstance(expected, list):
        return (
            isinstance(actual, list)
            and len(actual) == len(expected)
            and all(_matches(a, b) for a, b in zip(expected, actual, strict=True))
        )
    return type(actual) is type(expected) and bool(actual == expected)


@contextmanager
def _library_errors_as_model_errors() -> Iterator[None]:
    """The library raises bare Exception, and for a panic in Rust an exception of a class that it does not export."""
    try:
        yield
    except ModelError:
        raise
    except BaseException as error:
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        raise ModelError(str(error)) from None
