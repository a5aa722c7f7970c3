"""Groups of settings: typed fields with a default, bounds and help, checked on construction. Knows no setting by name."""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import Field, field, fields
from typing import Any, ClassVar, Literal, Self, get_args, get_origin, get_type_hints

from rnnsent.errors import SettingsError


def setting(
    default: Any, description: str, *, minimum: float | None = None, maximum: float | None = None, option: bool = False
) -> Any:
    """A dataclass field with its help text and inclusive bounds.

    Args:
        option: whether `train` has an option for it; every other setting is reached with `--set TABLE.KEY=VALUE`.
    """
    return field(
        default=default, metadata={"help": description, "minimum": minimum, "maximum": maximum, "option": option}
    )


def option_name(key: str) -> str:
    """The command-line option of a setting: `hidden_size` -> `--hidden-size`."""
    return "--" + key.replace("_", "-")


class Settings:
    """Base of the groups of settings, each of which is one table of a recipe."""

    TABLE: ClassVar[str]

    def __post_init__(self) -> None:
        types = get_type_hints(type(self))
        for entry in self.entries():
            self._check(entry, types[entry.name], getattr(self, entry.name))

    @classmethod
    def entries(cls) -> "tuple[Field[Any], ...]":
        return fields(cls)  # type: ignore[arg-type]

    @classmethod
    def label(cls, key: str) -> str:
        """How an error names a setting: its option if it has one, otherwise TABLE.KEY."""
        has_option = any(entry.name == key and entry.metadata["option"] for entry in cls.entries())
        return option_name(key) if has_option else f"{cls.TABLE}.{key}"

    @classmethod
    def from_dict(cls, values: Mapping[str, Any], source: str) -> Self:
        """Build from a TOML or JSON table.

        Raises:
            SettingsError: a key is unknown or a value is invalid; the message names `source`.
        """
        known = [entry.name for entry in cls.entries()]
        normalized = {key.replace("-", "_"): value for key, value in values.items()}
        for key in normalized:
            if key not in known:
                raise SettingsError(
                    f"{source}: unknown setting {cls.TABLE}.{key}; {suggest(key, known, f'{cls.TABLE}.')}"
                )
        try:
            return cls(**normalized)
        except SettingsError as error:
            raise SettingsError(f"{source}: {error}") from None

    @classmethod
    def parse(cls, key: str, text: str) -> Any:
        """The value that a command line's text means for the setting `key`, by the setting's type.

        Raises:
            SettingsError: the text is not a value of that type.
        """
        kind = get_type_hints(cls)[key]
        if kind is bool:
            if text.lower() not in ("true", "false"):
                raise SettingsError(f"{cls.label(key)} is {text!r}; it must be true or false")
            return text.lower() == "true"
        if kind in (int, float):
            try:
                return kind(text.replace("_", "")) if kind is float else int(text.replace("_", ""))
            except ValueError:
                raise SettingsError(
                    f"{cls.label(key)} is {text!r}; it must be {'an integer' if kind is int else 'a number'}"
                ) from None
        return text

    @classmethod
    def _check(cls, entry: "Field[Any]", kind: Any, value: Any) -> None:
        label = cls.label(entry.name)
        if get_origin(kind) is Literal:
            if value not in get_args(kind):
                raise SettingsError(f"{label} is {value!r}; choose {', '.join(get_args(kind))}")
            return
        accepted = (float, int) if kind is float else (kind,)
        if not isinstance(value, accepted) or (isinstance(value, bool) and kind is not bool):
            raise SettingsError(
                f"{label} is {value!r}; it must be {' or '.join(accepted_type.__name__ for accepted_type in accepted)}"
            )
        minimum, maximum = entry.metadata["minimum"], entry.metadata["maximum"]
        if minimum is not None and not value >= minimum:
            raise SettingsError(f"{label} is {value}; it must be at least {minimum:g}")
        if maximum is not None and not value <= maximum:
            raise SettingsError(f"{label} is {value}; it must be at most {maximum:g}")


def suggest(key: str, known: Sequence[str], prefix: str = "") -> str:
    """The nearest of the known names as a question, or all of them if none is near."""
    close = difflib.get_close_matches(key, known, n=1)
    return f"did you mean {prefix}{close[0]}?" if close else f"known: {', '.join(prefix + name for name in known)}"
