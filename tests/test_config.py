"""Settings: bounds, types, error messages, and recipes from and to plain data."""

import dataclasses
import json
import math
import re
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from rnnsent.config import GROUPS, KEYS, DistillationConfig, ModelConfig, TokenizerConfig, TrainingConfig
from rnnsent.errors import SettingsError
from rnnsent.recipe import Recipe, check_key, load_recipe, parse_assignments, recipe_names
from rnnsent.settings import Settings

ENTRIES = [
    pytest.param(group, entry, get_type_hints(group)[entry.name], id=f"{group.TABLE}.{entry.name}")
    for group in GROUPS.values()
    for entry in group.entries()
]


def values_of(entry: dataclasses.Field[Any], kind: Any) -> st.SearchStrategy[Any]:
    minimum, maximum = entry.metadata["minimum"], entry.metadata["maximum"]
    if kind is bool:
        return st.booleans()
    if kind is int:
        return st.integers(minimum, maximum)
    if kind is float:
        return st.floats(minimum, maximum, allow_nan=False)
    return st.sampled_from(get_args(kind)) if get_args(kind) else st.text()


def tables_of(group: type[Settings]) -> st.SearchStrategy[dict[str, Any]]:
    hints = get_type_hints(group)
    return st.fixed_dictionaries({entry.name: values_of(entry, hints[entry.name]) for entry in group.entries()})


@pytest.mark.parametrize(("group", "entry", "kind"), ENTRIES)
def test_default(group, entry, kind) -> None:
    """Every default is within its bounds, and every setting has help that is a sentence."""
    assert getattr(group(**{entry.name: entry.default}), entry.name) == entry.default
    assert entry.metadata["help"].endswith(".")


@pytest.mark.parametrize(("group", "entry", "kind"), ENTRIES)
def test_bounds(group, entry, kind) -> None:
    """A bound is allowed; beyond it the error names the setting."""
    step = 1 if kind is int else 1e-6
    for bound, beyond, words in (
        (entry.metadata["minimum"], -step, "at least"),
        (entry.metadata["maximum"], step, "at most"),
    ):
        if bound is None:
            continue
        assert getattr(group(**{entry.name: kind(bound)}), entry.name) == bound
        with pytest.raises(SettingsError, match=f"^{re.escape(group.label(entry.name))} is .*; it must be {words} "):
            group(**{entry.name: kind(bound) + beyond})


@pytest.mark.parametrize(("group", "entry", "kind"), ENTRIES)
def test_wrong_type(group, entry, kind) -> None:
    wrong = {bool: ["yes", 1], int: ["3", 1.5, True, None], float: ["0.1", True, None, math.nan], str: [3, None]}
    for value in wrong.get(kind, ["nonsense", 3, None, ["word"]]):
        with pytest.raises(SettingsError, match=f"^{re.escape(group.label(entry.name))} is "):
            group(**{entry.name: value})


@pytest.mark.parametrize(("group", "entry", "kind"), ENTRIES)
def test_parse_default(group, entry, kind) -> None:
    """The text of every default parses to the default."""
    if entry.default != "":
        assert group.parse(entry.name, str(entry.default)) == entry.default


def test_int_for_float() -> None:
    assert TrainingConfig(learning_rate=1).learning_rate == 1


def test_labels() -> None:
    """A setting with an option is named by it in errors, any other by TABLE.KEY."""
    assert ModelConfig.label("hidden_size") == "--hidden-size"
    assert TrainingConfig.label("max_grad_norm") == "training.max_grad_norm"


def test_choices() -> None:
    with pytest.raises(SettingsError, match=r"^--cell is 'lstn'; choose rnn, lstm, gru$"):
        ModelConfig(cell="lstn")  # type: ignore[arg-type]


def test_attention_heads() -> None:
    """Attention heads must divide the states, if the pooling has heads."""
    with pytest.raises(SettingsError, match=r"^model\.attention_heads is 3; it must divide .* hidden states, 256$"):
        ModelConfig(pooling="self-attention", attention_heads=3)
    ModelConfig(pooling="self-attention", attention_heads=3, hidden_size=3, bidirectional=False)
    ModelConfig(pooling="mean", attention_heads=3)


def test_teacher_and_unlabeled() -> None:
    """A teacher needs unlabeled texts, and unlabeled texts need a use."""
    with pytest.raises(SettingsError, match=r"^--teacher needs --unlabeled"):
        DistillationConfig(teacher="x")
    with pytest.raises(SettingsError, match=r"^--unlabeled needs --teacher, training\.lm_epochs or training\.vat_eps"):
        Recipe().with_settings({"distillation.unlabeled": "y"})
    for extra in ({"distillation.teacher": "x"}, {"training.lm_epochs": 1}, {"training.vat_epsilon": 0.1}):
        assert Recipe().with_settings({"distillation.unlabeled": "y", **extra}).distillation.unlabeled == "y"


def test_self_training() -> None:
    assert DistillationConfig(teacher="x, self").is_self_training
    config = DistillationConfig(teacher=" x ,owner/y,", unlabeled="a.txt, b")
    assert (config.teachers, config.unlabeled_sources) == (("x", "owner/y"), ("a.txt", "b"))
    assert not DistillationConfig(teacher="myself", unlabeled="y").is_self_training


@pytest.mark.parametrize(
    ("changes", "uses_unlabeled", "uses_vat_on_unlabeled"),
    [
        ({}, False, False),
        ({"distillation.teacher": "x", "distillation.unlabeled": "y"}, False, False),
        ({"training.vat_epsilon": 0.1}, True, True),
        (
            {"training.vat_epsilon": 0.1, "distillation.teacher": "x", "distillation.unlabeled": "y"},
            False,
            False,
        ),
        ({"training.lm_epochs": 2}, True, False),
    ],
)
def test_uses_unlabeled(changes: dict[str, Any], uses_unlabeled: bool, uses_vat_on_unlabeled: bool) -> None:
    """Virtual adversarial training uses unlabeled texts only if no teacher labels them."""
    recipe = Recipe().with_settings(changes)
    assert (recipe.uses_unlabeled, recipe.uses_vat_on_unlabeled) == (uses_unlabeled, uses_vat_on_unlabeled)


def test_frozen() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        ModelConfig().hidden_size = 3  # type: ignore[misc]


def test_unknown_setting() -> None:
    with pytest.raises(
        SettingsError, match=r"^a\.toml: unknown setting training\.batchsize; did you mean training\.batch_size\?"
    ):
        Recipe.from_dict({"training": {"batchsize": 3}}, "a.toml")
    with pytest.raises(SettingsError, match=r"tokenizer\.zzz; known: tokenizer\.kind, tokenizer\.vocab_size, "):
        TokenizerConfig.from_dict({"zzz": 3}, "a.toml")


def test_hyphens() -> None:
    """A key may be written with hyphens, like an option."""
    assert TrainingConfig.from_dict({"batch-size": 3}, "a.toml").batch_size == 3
    assert check_key("training.batch-size") == "training.batch_size"


@pytest.mark.parametrize(
    "values", [{"trainning": {}}, {"hidden_size": 3}, {"model": 3}, {"model": [{"hidden_size": 3}]}]
)
def test_unknown_table(values: dict[str, Any]) -> None:
    with pytest.raises(SettingsError, match=r"here: '\w+' is not one of the tables"):
        Recipe.from_dict(values, "here")


@settings(deadline=None, derandomize=True, max_examples=60)
@given(st.fixed_dictionaries({name: tables_of(group) for name, group in GROUPS.items()}))
def test_json_roundtrip(values: dict[str, dict[str, Any]]) -> None:
    try:
        recipe = Recipe(**{name: GROUPS[name](**values[name]) for name in GROUPS})  # type: ignore[arg-type]
    except SettingsError as error:
        assume(not re.match("model.attention_heads|--teacher needs|--unlabeled needs", str(error)))
        raise
    plain = json.loads(json.dumps(recipe.to_dict()))
    assert plain == values
    assert Recipe.from_dict(plain, "here") == recipe


def test_with_settings() -> None:
    before = Recipe()
    after = before.with_settings({"model.hidden_size": 7, "training.epochs": 9, "tokenizer.lowercase": False})
    assert (after.model.hidden_size, after.training.epochs, after.tokenizer.lowercase) == (7, 9, False)
    assert (after.get("model.hidden_size"), before) == (7, Recipe())
    with pytest.raises(SettingsError, match="--hidden-size is 0"):
        before.with_settings({"model.hidden_size": 0})


@pytest.mark.parametrize(
    ("key", "hint"),
    [
        ("training.max_gradnorm", r"did you mean training\.max_grad_norm\?"),
        ("max_grad_norm", r"did you mean training\.max_grad_norm\?"),
        ("model.epochs", r"did you mean training\.epochs\?"),
        ("model.zzz", r"known: model\.cell, "),
        ("zzz", "tables: tokenizer, model, training, distillation"),
        ("hidden_siz", r"did you mean model\.hidden_size\?"),
    ],
)
def test_near_misses(key: str, hint: str) -> None:
    with pytest.raises(SettingsError, match=f"unknown setting '{re.escape(key)}'; {hint}"):
        check_key(key)


def test_assignments() -> None:
    texts = [
        "training.max_grad_norm=0.5", "tokenizer.kind=bpe", "tokenizer.lowercase=False", "training.seed=1",
        "tokenizer.vocab_size=25_000", "training.fine_tune=a=b", "training.learning_rate = 1e-3",
    ]  # fmt: skip
    assert parse_assignments(texts) == {
        "training.max_grad_norm": 0.5,
        "tokenizer.kind": "bpe",
        "tokenizer.lowercase": False,
        "training.seed": 1,
        "tokenizer.vocab_size": 25_000,
        "training.fine_tune": "a=b",
        "training.learning_rate": 1e-3,
    }


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("training.epochs", r"--set training\.epochs: write TABLE\.KEY=VALUE, for example "),
        ("training.epoch=3", r"--set training\.epoch=3: unknown setting 'training\.epoch'; did you mean "),
        ("training.epochs=three", "--epochs is 'three'; it must be an integer"),
        ("training.max_grad_norm=x", r"training\.max_grad_norm is 'x'; it must be a number"),
        ("tokenizer.lowercase=1", r"tokenizer\.lowercase is '1'; it must be true or false"),
    ],
)
def test_bad_assignments(text: str, words: str) -> None:
    with pytest.raises(SettingsError, match=f"^{words}"):
        parse_assignments([text])


def test_repeated_assignment() -> None:
    """A setting is assigned once."""
    with pytest.raises(SettingsError, match=r"^--set training\.epochs is given twice; give it once$"):
        parse_assignments(["training.epochs=3", "training.seed=1", " training.epochs=4"])


def test_unique_names() -> None:
    """A setting's name is unique across tables, so that options and near misses are unambiguous."""
    names = [key.partition(".")[2] for key in KEYS]
    assert len(set(names)) == len(names)


def test_bundled_recipes() -> None:
    assert recipe_names() == ["best", "default", "textbook"]
    assert load_recipe("default") == Recipe()
    assert load_recipe("best").distillation.teacher == "self"
    textbook = load_recipe("textbook")
    assert (textbook.model.bidirectional, textbook.model.pooling) == (False, "last")
    assert textbook.training.loss == "per-token"
    assert textbook.tokenizer.min_frequency == TokenizerConfig().min_frequency


def test_recipe_file(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    content = 'description = "mine"\n[model]\nhidden_size = 8\n[training]\nlearning-rate = 1e-2\n'
    path.write_text(content, encoding="utf-8")
    expected = Recipe().with_settings({"model.hidden_size": 8, "training.learning_rate": 1e-2})
    assert load_recipe(str(path)) == expected


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"[model", "is not a TOML file"),
        (b"\xff\xfe", "is not a TOML file"),
        (b"[model]\nhiden_size = 3", r"unknown setting model\.hiden_size; did you mean model\.hidden_size\?"),
        (b"[model]\nhidden_size = 0", r"--hidden-size is 0; it must be at least 1"),
    ],
)
def test_bad_recipe_file(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_bytes(content)
    with pytest.raises(SettingsError, match=f"mine.toml.*{words}"):
        load_recipe(str(path))


def test_unknown_recipe() -> None:
    with pytest.raises(SettingsError, match=r"no recipe named 'fast'; choose best, default, textbook or give the path"):
        load_recipe("fast")
