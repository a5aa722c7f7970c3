"""The recipe of a run: a named recipe, the requested settings, and what a base model or word vectors determine.

`resolve_recipe` is called once per run; everything below `train` and `tune` gets the result. Only whether the run starts
from the bundled model depends on the texts and is decided later (rnnsent.training.base_model).
"""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rnnsent.checkpoint.checkpoint import Checkpoint
from rnnsent.checkpoint.store import find_model
from rnnsent.config import AUTO, GROUPS, KEYS, SELF, TrainingConfig, split_list
from rnnsent.data.embeddings import read_embedding_dim
from rnnsent.errors import SettingsError
from rnnsent.recipe import Recipe, load_recipe
from rnnsent.training.request import TrainingRequest

# What a fine-tuned model takes from its base model, besides the tokenizer.
NETWORK_KEYS = tuple(
    f"model.{name}" for name in ("cell", "embedding_dim", "hidden_size", "num_layers", "bidirectional")
)
VOCAB_SIZE = "tokenizer.vocab_size"
BASE_MODEL_LEARNING_RATE = (
    TrainingConfig().learning_rate / 4
)  # of a run that starts from a model, unless it says another
# Settings without an effect on the weights, which a resumed run may change.
CHANGEABLE_SETTINGS = frozenset({"training.save_minutes"})


def resolve_recipe(request: TrainingRequest, unfinished: Recipe | None = None) -> Recipe:
    """All settings of the requested run.

    A fine-tuned model has the tokenizer and the network of its base, and a lower learning rate. Pretrained embeddings
    determine `model.embedding_dim` unless a larger one is requested.

    Args:
        unfinished: the recipe of the run to resume. Without a requested recipe it replaces the default one, so that a
            resumed run need not repeat its settings. Self-training must repeat them: it is two runs, and each stores
            only its own.

    Raises:
        SettingsError: a setting is unknown or invalid, or differs from the base model or the word vectors.
    """
    named = load_recipe(request.recipe or "default")
    teacher = request.settings.get("distillation.teacher", named.distillation.teacher)
    if unfinished and not request.recipe and SELF not in split_list(teacher):
        return unfinished.with_settings(request.settings)
    recipe = named.with_settings(request.settings)
    if recipe.training.fine_tune not in ("", AUTO):
        return apply_base_model(recipe, find_model(recipe.training.fine_tune), request.settings)
    if recipe.training.pretrained_embeddings:
        return _apply_embedding_dim(recipe, request.settings)
    return recipe


def fixed_settings(recipe: Recipe, request: TrainingRequest) -> frozenset[str]:
    """Keys of the settings that tuning may not change: requested ones, and those of a base model or word vectors."""
    fixed = set(request.settings)
    if recipe.training.fine_tune:
        fixed.update(NETWORK_KEYS)
    if recipe.training.pretrained_embeddings:
        fixed.add("model.embedding_dim")
    return frozenset(fixed)


def read_recipe(unfinished: Mapping[str, Any]) -> Recipe:
    """The recipe in the saved state of an interrupted run. Raises SettingsError if a setting is unknown or invalid."""
    return Recipe.from_dict({table: unfinished[table] for table in GROUPS}, "the unfinished run")


def check_same_recipe(unfinished: Mapping[str, Any], recipe: Recipe) -> None:
    """Raise SettingsError unless the interrupted run can continue with the recipe."""
    difference = describe_difference(read_recipe(unfinished), recipe)
    if difference:
        raise SettingsError(f"the unfinished run has {difference}; --resume cannot change that")


def describe_difference(stored: Recipe, requested: Recipe) -> str | None:
    """The first setting that differs, for example "--hidden-size 8, not 16"; None if a run can continue with it.

    A requested base model `auto` is the stored one, whichever it is.
    """
    requested = follow_base_model(requested, stored)
    for key in KEYS:
        if key not in CHANGEABLE_SETTINGS and stored.get(key) != requested.get(key):
            table, _, name = key.partition(".")
            return f"{GROUPS[table].label(name)} {stored.get(key)}, not {requested.get(key)}"
    return None


def apply_base_model(recipe: Recipe, base: Checkpoint, settings: Mapping[str, Any]) -> Recipe:
    """The recipe with the tokenizer and the network of its base model, whose vocabulary may be extended.

    Args:
        settings: the requested ones, by TABLE.KEY.

    Raises:
        SettingsError: one of them differs from that of the base model.
    """
    inherited = {f"tokenizer.{key}": value for key, value in asdict(base.recipe.tokenizer).items()}
    inherited |= {key: base.recipe.get(key) for key in NETWORK_KEYS}
    for key, value in inherited.items():
        is_larger_vocabulary = key == VOCAB_SIZE and settings.get(key, 0) > value
        if settings.get(key, value) != value and not is_larger_vocabulary:
            table, _, name = key.partition(".")
            raise SettingsError(
                f"{GROUPS[table].label(name)} is {settings[key]}, but --fine-tune {base.name} has {value}; omit it"
            )
    inherited[VOCAB_SIZE] = max(recipe.tokenizer.vocab_size, len(base.tokenizer))
    if recipe.training.learning_rate == TrainingConfig().learning_rate:
        inherited["training.learning_rate"] = settings.get("training.learning_rate", BASE_MODEL_LEARNING_RATE)
    return recipe.with_settings(inherited)


def follow_base_model(recipe: Recipe, other: Recipe) -> Recipe:
    """The recipe with the base model of another one, and with what that determines, if its own is `auto`."""
    if recipe.training.fine_tune != AUTO:
        return recipe
    settings: dict[str, Any] = {"training.fine_tune": other.training.fine_tune}
    if other.training.fine_tune:
        keys = (*(f"tokenizer.{key}" for key in asdict(other.tokenizer)), *NETWORK_KEYS)
        settings |= {key: other.get(key) for key in keys}
        if recipe.training.learning_rate == TrainingConfig().learning_rate:
            settings["training.learning_rate"] = other.training.learning_rate
    return recipe.with_settings(settings)


def _apply_embedding_dim(recipe: Recipe, settings: Mapping[str, Any]) -> Recipe:
    path = recipe.training.pretrained_embeddings
    dim = read_embedding_dim(Path(path))
    if "model.embedding_dim" not in settings:
        return recipe.with_settings({"model.embedding_dim": dim})
    if dim > recipe.model.embedding_dim:
        raise SettingsError(
            f"model.embedding_dim is {recipe.model.embedding_dim}, but the vectors of {path} have {dim} dimensions; "
            "omit it, or use a larger one"
        )
    return recipe
