"""A recipe: all settings of one training run, from TOML files, checkpoints and the command line. Knows no torch and no data.

The recipe called `default` is the defaults of `rnnsent.config`; the others are in the folder `recipes`.
"""

import difflib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Self

from rnnsent.config import GROUPS, KEYS, DistillationConfig, ModelConfig, TokenizerConfig, TrainingConfig
from rnnsent.errors import SettingsError
from rnnsent.settings import suggest

RECIPES = Path(__file__).parent / "recipes"


@dataclass(frozen=True)
class Recipe:
    """All settings of one training run."""

    tokenizer: TokenizerConfig = field(default_factory=TokenizerConfig)
    model: ModelConfig = field(default_factory=ModelConfig)
    training: TrainingConfig = field(default_factory=TrainingConfig)
    distillation: DistillationConfig = field(default_factory=DistillationConfig)

    def __post_init__(self) -> None:
        if self.distillation.unlabeled and not self.distillation.teacher and not self.uses_unlabeled:
            raise SettingsError(
                "--unlabeled needs --teacher, training.lm_epochs or training.vat_epsilon, which use unlabeled texts"
            )

    @classmethod
    def from_dict(cls, values: Mapping[str, Any], source: str) -> Self:
        """Read the tables `tokenizer`, `model`, `training` and `distillation`; missing settings have their defaults.

        Raises:
            SettingsError: a table or setting is unknown, or a value is invalid.
        """
        tables = {key: value for key, value in values.items() if key != "description"}
        for key, value in tables.items():
            if key not in GROUPS or not isinstance(value, Mapping):
                names = ", ".join(f"[{name}]" for name in GROUPS)
                raise SettingsError(f"{source}: {key!r} is not one of the tables {names}")
        return cls(**{key: GROUPS[key].from_dict(value, source) for key, value in tables.items()})  # type: ignore[arg-type]

    @property
    def uses_vat_on_unlabeled(self) -> bool:
        """Whether unlabeled texts are trained on by virtual adversarial training, without a teacher's labels."""
        return self.training.vat_epsilon > 0 and not self.distillation.teacher

    @property
    def uses_unlabeled(self) -> bool:
        """Whether unlabeled texts are read without a teacher."""
        return self.training.lm_epochs > 0 or self.uses_vat_on_unlabeled

    def with_settings(self, settings: Mapping[str, Any]) -> Self:
        """A copy with some settings replaced, by TABLE.KEY.

        Raises:
            SettingsError: a key is unknown or a value is invalid.
        """
        changes: dict[str, dict[str, Any]] = {}
        for name, value in settings.items():
            table, _, key = check_key(name).partition(".")
            changes.setdefault(table, {})[key] = value
        return replace(self, **{table: replace(getattr(self, table), **values) for table, values in changes.items()})

    def get(self, name: str) -> Any:
        """The value of the setting TABLE.KEY."""
        table, _, key = name.partition(".")
        return getattr(getattr(self, table), key)

    def to_dict(self) -> dict[str, dict[str, Any]]:
        return asdict(self)


def check_key(name: str) -> str:
    """The key TABLE.KEY with underscores. Raises SettingsError, which names the nearest setting, for an unknown one."""
    key = name.strip().replace("-", "_")
    if key in KEYS:
        return key
    table, _, last = key.rpartition(".")
    names = {known.partition(".")[2]: known for known in KEYS}
    if last in names:
        hint = f"did you mean {names[last]}?"
    elif table in GROUPS:
        hint = suggest(last, [name for name, known in names.items() if known.startswith(f"{table}.")], f"{table}.")
    else:
        close = difflib.get_close_matches(last, names, n=1)
        hint = f"did you mean {names[close[0]]}?" if close else f"tables: {', '.join(GROUPS)}"
    raise SettingsError(f"unknown setting {name!r}; {hint}")


def parse_assignments(assignments: Iterable[str]) -> dict[str, Any]:
    """The settings that texts of the form TABLE.KEY=VALUE assign.

    Raises:
        SettingsError: a text has no `=`, a key is unknown or repeated, or a value is not of the setting's type.
    """
    settings: dict[str, Any] = {}
    for assignment in assignments:
        name, equals, text = assignment.partition("=")
        if not equals:
            raise SettingsError(f"--set {assignment}: write TABLE.KEY=VALUE, for example training.max_grad_norm=0.5")
        try:
            key = check_key(name)
        except SettingsError as error:
            raise SettingsError(f"--set {assignment}: {error}") from None
        if key in settings:
            raise SettingsError(f"--set {key} is given twice; give it once")
        table, _, last = key.partition(".")
        settings[key] = GROUPS[table].parse(last, text.strip())
    return settings


def recipe_names() -> list[str]:
    return sorted(["default", *(path.stem for path in RECIPES.glob("*.toml"))])


def load_recipe(name: str) -> Recipe:
    """A recipe by name, or from a TOML file by path.

    Raises:
        SettingsError: the recipe does not exist, is not TOML, or has an unknown setting or an invalid value.
    """
    if name == "default":
        return Recipe()
    path = RECIPES / f"{name}.toml"
    if not path.is_file():
        path = Path(name)
    if not path.is_file():
        raise SettingsError(
            f"no recipe named {name!r}; choose {', '.join(recipe_names())} or give the path of a TOML file"
        )
    try:
        return Recipe.from_dict(tomllib.loads(path.read_text(encoding="utf-8")), str(path))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} is not a TOML file: {error}") from None
