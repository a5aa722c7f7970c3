"""What the groups of settings share: a field with help and bounds, its flag, and the checks. Knows none of the settings."""

import difflib
import types
from collections.abc import Mapping
from dataclasses import field, fields, replace
from typing import Any, Literal, Self, Union, get_args, get_origin, get_type_hints

from rnnsent.errors import SettingsError


def setting(default: Any, text: str, *, least: float | None = None, most: float | None = None) -> Any:
    """A dataclass field with its help text and inclusive bounds."""
    return field(default=default, metadata={"help": text, "least": least, "most": most})


def flag(name: str) -> str:
    return "--" + name.replace("_", "-")


class Settings:
    """What the groups of settings share: checking on construction, and reading from plain data."""

    def __post_init__(self) -> None:
        hints = get_type_hints(type(self))
        for each in fields(self):  # type: ignore[arg-type]
            _check(flag(each.name), getattr(self, each.name), hints[each.name], each.metadata)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any], where: str) -> Self:
        """Build from a TOML or JSON table; `where` names it in the error for a key that is not a setting."""
        known = [each.name for each in fields(cls)]  # type: ignore[arg-type]
        normal = {key.replace("-", "_"): value for key, value in values.items()}
        for key in normal:
            if key not in known:
                close = difflib.get_close_matches(key, known, n=1)
                hint = f"did you mean {close[0]!r}?" if close else f"known: {', '.join(known)}"
                raise SettingsError(f"{where}: there is no setting {key!r}; {hint}")
        try:
            return cls(**normal)
        except SettingsError as error:
            raise SettingsError(f"{where}: {error}") from None

    def overridden(self, overrides: Mapping[str, Any]) -> Self:
        """A copy with those of `overrides` that belong to this group and are not None."""
        names = {each.name for each in fields(self)}  # type: ignore[arg-type]
        mine = {key: value for key, value in overrides.items() if key in names and value is not None}
        return replace(self, **mine)  # type: ignore[type-var]


def _check(name: str, value: Any, hint: Any, bounds: Mapping[str, Any]) -> None:
    if get_origin(hint) is Literal:
        if value not in get_args(hint):
            raise SettingsError(f"{name} is {value!r}; choose {', '.join(get_args(hint))}")
        return
    accepted = get_args(hint) if get_origin(hint) in (Union, types.UnionType) else (hint,)
    if float in accepted and isinstance(value, int) and not isinstance(value, bool):
        accepted = (*accepted, int)
    if not isinstance(value, accepted) or (isinstance(value, bool) and bool not in accepted):
        raise SettingsError(f"{name} is {value!r}; it must be {' or '.join(kind.__name__ for kind in accepted)}")
    least, most = bounds.get("least"), bounds.get("most")
    if least is not None and not value >= least:
        raise SettingsError(f"{name} is {value}; it must be at least {least:g}")
    if most is not None and not value <= most:
        raise SettingsError(f"{name} is {value}; it must be at most {most:g}")
