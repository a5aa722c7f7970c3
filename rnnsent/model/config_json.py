"""config.json -> the fields of a checkpoint, each of them checked. Knows no file."""

from collections.abc import Mapping
from typing import Any

from rnnsent.config import GROUPS, Recipe
from rnnsent.errors import ModelError, RnnsentError
from rnnsent.model.untrusted import reason

# 1 had no n-grams, 2 no powers of the length (rnnsent.model.calibration), 3 no int8 (rnnsent.model.quantized).
FORMAT = 4
KINDS = {"created": str, "finished": bool, "classes": list, "data": list, "versions": dict, "command": list}


def read_config(values: Mapping[str, Any], where: str) -> dict[str, Any]:
    """The keyword arguments of a checkpoint, its path apart.

    Raises:
        ModelError: a value is missing or not what it may be, or the format is one that this version cannot read.
    """
    version = values.get("format")
    if type(version) is not int or version not in range(1, FORMAT + 1):
        raise ModelError(
            f"{where}: format {version!r:.80}; this rnnsent reads formats 1 to {FORMAT}: update rnnsent or train anew"
        )
    for key, kind in KINDS.items():
        if key in values and not isinstance(values[key], kind):
            raise ModelError(f"{where}: {key!r} must be a {kind.__name__}")
    _check_contents(values, where)
    try:
        return {
            "recipe": _recipe(values, version, where),
            "classes": tuple(values["classes"]),
            "created": values["created"],
            "data": tuple(values.get("data", ())),
            "versions": values.get("versions", {}),
            "command": tuple(values.get("command", ())),
            "finished": values.get("finished", True),
        }
    except KeyError as error:
        raise ModelError(f"{where} is not a checkpoint's: {error} is missing") from None
    except RnnsentError as error:
        message = reason(error)
        raise ModelError(message if message.startswith(where) else f"{where}: {message}") from None


def _recipe(values: Mapping[str, Any], version: int, where: str) -> Recipe:
    groups = {"teaching": {}, **{key: values[key] for key in GROUPS if key != "teaching" or key in values}}
    if version == 1 and isinstance(groups["model"], dict):
        groups["model"] = {"ngrams": 0, **groups["model"]}
    return Recipe.from_dict(groups, where)


def _check_contents(values: Mapping[str, Any], where: str) -> None:
    """What stands in the lists and objects. Training records it, the card and `rnnsent models` print it."""
    classes = values.get("classes", ("a", "b"))
    if len(classes) < 2 or not _all_texts(classes) or len(set(classes)) < len(classes):
        raise ModelError(f"{where}: 'classes' must be at least two different names")
    for record in values.get("data", ()):
        if not isinstance(record, dict):
            raise ModelError(f"{where}: 'data' must be a list of objects")
        for key, value in record.items():
            if type(value) is not int and (key.endswith("_rows") or not isinstance(value, (str, bool, float))):
                raise ModelError(f"{where}: {key!r:.80} of 'data' is {value!r:.80}")
    if not _all_texts(values.get("versions", {}).values()) or not _all_texts(values.get("command", ())):
        raise ModelError(f"{where}: 'versions' and 'command' must hold texts")


def _all_texts(values: Any) -> bool:
    return all(isinstance(value, str) for value in values)
