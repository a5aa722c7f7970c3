"""Proves that no setting outside its bounds is ever built, that the error names its flag, and that a recipe comes back
from plain data as it went in."""

import dataclasses
import json
import math
import re
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from rnnsent.config import (
    GROUPS,
    ModelConfig,
    Recipe,
    TeachConfig,
    TokenizerConfig,
    TrainConfig,
    load_recipe,
    recipe_names,
)
from rnnsent.errors import SettingsError
from rnnsent.settings import Settings, flag

FIELDS = [
    pytest.param(group, each, get_type_hints(group)[each.name], id=each.name)
    for group in GROUPS.values()
    for each in dataclasses.fields(group)  # type: ignore[arg-type]
]


def values_of(each: dataclasses.Field[Any], kind: Any) -> st.SearchStrategy[Any]:
    least, most = each.metadata["least"], each.metadata["most"]
    if kind is bool:
        return st.booleans()
    if kind is int:
        return st.integers(least, most)
    if kind is float:
        return st.floats(least, most, allow_nan=False)
    return st.sampled_from(get_args(kind)) if get_args(kind) else st.text()


def groups_of(group: type[Settings]) -> st.SearchStrategy[dict[str, Any]]:
    hints = get_type_hints(group)
    return st.fixed_dictionaries({each.name: values_of(each, hints[each.name]) for each in dataclasses.fields(group)})  # type: ignore[arg-type]


@pytest.mark.parametrize(("group", "each", "kind"), FIELDS)
def test_each_default_is_within_its_own_bounds_and_has_help(group, each, kind) -> None:
    assert getattr(group(**{each.name: each.default}), each.name) == each.default
    assert each.metadata["help"].endswith(".")


@pytest.mark.parametrize(("group", "each", "kind"), FIELDS)
def test_a_bound_is_still_allowed_and_what_is_beyond_it_names_the_flag(group, each, kind) -> None:
    step = 1 if kind is int else 1e-6
    for bound, beyond, words in (
        (each.metadata["least"], -step, "at least"),
        (each.metadata["most"], step, "at most"),
    ):
        if bound is None:
            continue
        assert getattr(group(**{each.name: kind(bound)}), each.name) == bound
        with pytest.raises(SettingsError, match=f"^{flag(each.name)} is .*; it must be {words} "):
            group(**{each.name: kind(bound) + beyond})


@pytest.mark.parametrize(("group", "each", "kind"), FIELDS)
def test_a_value_of_another_kind_names_the_flag(group, each, kind) -> None:
    wrong = {bool: ["yes", 1], int: ["3", 1.5, True, None], float: ["0.1", True, None, math.nan], str: [3, None]}
    for value in wrong.get(kind, ["nonsense", 3, None, ["word"]]):
        with pytest.raises(SettingsError, match=f"^{flag(each.name)} is "):
            group(**{each.name: value})


def test_a_whole_number_will_do_where_a_fraction_is_meant() -> None:
    assert TrainConfig(learning_rate=1).learning_rate == 1


def test_a_choice_lists_what_there_is() -> None:
    with pytest.raises(SettingsError, match=r"^--cell is 'lstn'; choose rnn, lstm, gru$"):
        ModelConfig(cell="lstn")  # type: ignore[arg-type]


def test_heads_must_divide_the_states_where_they_are_used() -> None:
    with pytest.raises(SettingsError, match=r"^--heads is 3; it must divide the width of the hidden states, 256$"):
        ModelConfig(pooling="self-attention", heads=3)
    assert ModelConfig(pooling="self-attention", heads=3, hidden=3, bidirectional=False).heads == 3
    assert ModelConfig(pooling="mean", heads=3).heads == 3


def test_a_teacher_needs_texts_and_texts_a_reader() -> None:
    with pytest.raises(SettingsError, match=r"^--teacher needs --unlabelled: "):
        TeachConfig(teacher="x")
    with pytest.raises(SettingsError, match=r"^--unlabelled needs --teacher, .* or --pretrain"):
        Recipe().overridden({"unlabelled": "y"})
    assert Recipe().overridden({"unlabelled": "y", "teacher": "x"}).teaching.teacher == "x"
    assert Recipe().overridden({"unlabelled": "y", "pretrain": "lm"}).teaching.unlabelled == "y"
    assert Recipe().overridden({"unlabelled": "y", "virtual_adversarial": 0.1}).teaching.unlabelled == "y"
    assert TeachConfig(teacher="x,self").teaches_itself
    assert not TeachConfig(teacher="myself", unlabelled="y").teaches_itself


def test_unlabelled_texts_are_read_as_they_are_unless_a_teacher_answers_for_them() -> None:
    taught = {"teacher": "x", "unlabelled": "y"}
    for overrides, read, held in (
        ({}, False, False),
        (taught, False, False),
        ({"virtual_adversarial": 0.1}, True, True),
        ({"virtual_adversarial": 0.1, **taught}, False, False),  # they are held where the teacher's answer leads
        ({"pretrain": "lm", "virtual_adversarial": 0.1, **taught}, True, False),
        ({"pretrain": "vectors"}, True, False),
    ):
        recipe = Recipe().overridden(overrides)
        assert (recipe.reads_unlabelled, recipe.holds_unknown_answers) == (read, held)


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        ModelConfig().hidden = 3  # type: ignore[misc]


def test_a_key_that_is_almost_a_setting_is_answered_with_it() -> None:
    with pytest.raises(SettingsError, match=r"^a\.toml \[training\]: there is no setting 'batchsize'; did you mean 'b"):
        Recipe.from_dict({"training": {"batchsize": 3}}, "a.toml")


def test_a_key_like_no_setting_is_answered_with_all_of_them() -> None:
    with pytest.raises(SettingsError, match="no setting 'zzz'; known: tokenizer, vocab_size, min_frequency, lowercase"):
        TokenizerConfig.from_dict({"zzz": 3}, "a.toml")


def test_a_key_may_be_written_as_the_flag_is() -> None:
    assert TrainConfig.from_dict({"batch-size": 3}, "a.toml").batch_size == 3


@pytest.mark.parametrize("values", [{"trainning": {}}, {"hidden": 3}, {"model": 3}, {"model": [{"hidden": 3}]}])
def test_what_is_not_one_of_the_tables_is_refused(values: dict[str, Any]) -> None:
    with pytest.raises(SettingsError, match=r"here: '\w+' is not one of the tables"):
        Recipe.from_dict(values, "here")


@settings(deadline=None, derandomize=True, max_examples=60)
@given(st.fixed_dictionaries({name: groups_of(group) for name, group in GROUPS.items()}))
def test_a_recipe_comes_back_from_json_as_it_went_in(values: dict[str, dict[str, Any]]) -> None:
    try:
        recipe = Recipe(**{name: GROUPS[name](**values[name]) for name in GROUPS})  # type: ignore[arg-type]
    except SettingsError as error:
        assume(not re.match("--heads|--teacher needs|--unlabelled needs", str(error)))
        raise
    plain = json.loads(json.dumps(recipe.to_dict()))
    assert plain == values
    assert Recipe.from_dict(plain, "here") == recipe


def test_an_override_replaces_its_setting_and_none_leaves_it() -> None:
    before = Recipe()
    after = before.overridden({"hidden": 7, "epochs": 9, "seed": None, "lowercase": False})
    assert (after.model.hidden, after.training.epochs, after.tokenizer.lowercase) == (7, 9, False)
    assert before == Recipe()
    assert after.overridden({"hidden": 128, "epochs": 3, "lowercase": True}) == before
    with pytest.raises(SettingsError, match="--hidden"):
        before.overridden({"hidden": 0})


def test_the_recipes_that_ship_can_be_loaded_by_name() -> None:
    assert recipe_names() == ["best", "default", "textbook"]
    assert load_recipe("default") == Recipe()
    assert load_recipe("best").teaching.teacher == "self"
    textbook = load_recipe("textbook")
    assert (textbook.model.bidirectional, textbook.model.pooling, textbook.training.loss) == (
        False,
        "last",
        "every-step",
    )
    assert textbook.tokenizer.min_frequency == TokenizerConfig().min_frequency


def test_a_recipe_is_read_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text('description = "mine"\n[model]\nhidden = 8\n[training]\nlearning-rate = 1e-2\n', encoding="utf-8")
    assert load_recipe(str(path)) == Recipe().overridden({"hidden": 8, "learning_rate": 1e-2})


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"[model", "is not a TOML file"),
        (b"\xff\xfe", "is not a TOML file"),
        (b"[model]\nhiden = 3", r"\[model\]: there is no setting 'hiden'; did you mean 'hidden'\?"),
        (b"[model]\nhidden = 0", r"\[model\]: --hidden is 0; it must be at least 1"),
    ],
)
def test_a_recipe_that_cannot_be_used_names_its_file(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_bytes(content)
    with pytest.raises(SettingsError, match=f"mine.toml.*{words}"):
        load_recipe(str(path))


def test_an_unknown_recipe_is_answered_with_the_known_ones() -> None:
    with pytest.raises(SettingsError, match=r"there is no recipe 'fast'; choose best, default, textbook or the path"):
        load_recipe("fast")
