"""config.json -> the fields of a checkpoint, all checked. Knows the content, not the file."""

from collections.abc import Mapping
from typing import Any

from rnnsent.checkpoint.safe_read import short_message
from rnnsent.config import GROUPS
from rnnsent.errors import ModelError, RnnsentError
from rnnsent.recipe import Recipe

FORMAT = 1
TYPES = {"created": str, "finished": bool, "classes": list, "data": list, "versions": dict, "command": list}
UNRECORDED_NORMALIZATION = "basic"
JSON_NAMES = {str: "a string", bool: "true or false", list: "a list", dict: "an object"}


def read_config(values: Mapping[str, Any], source: str) -> dict[str, Any]:
    """The keyword arguments of a `Checkpoint` except its path; `source` names the file in errors.

    Raises:
        ModelError: a value is missing or invalid, or this version cannot read the format.
    """
    version = values.get("format")
    if type(version) is not int or version != FORMAT:
        raise ModelError(
            f"{source}: format {version!r:.80} is not supported; this rnnsent reads format {FORMAT}: update rnnsent, "
            "or train the model again"
        )
    for key, kind in TYPES.items():
        if key in values and not isinstance(values[key], kind):
            raise ModelError(f"{source}: {key!r} must be {JSON_NAMES[kind]}")
    _check_items(values, source)
    try:
        return {
            "recipe": Recipe.from_dict(add_normalization({key: values[key] for key in GROUPS}), source),
            "classes": tuple(values["classes"]),
            "created": values["created"],
            "data": tuple(values.get("data", ())),
            "versions": values.get("versions", {}),
            "command": tuple(values.get("command", ())),
            "finished": values.get("finished", True),
        }
    except KeyError as error:
        raise ModelError(f"{source} is not the config of a checkpoint: {error} is missing") from None
    except RnnsentError as error:
        message = short_message(error)
        raise ModelError(message if message.startswith(source) else f"{source}: {message}") from None


def add_normalization(tables: dict[str, Any]) -> dict[str, Any]:
    """The tables of a recipe, with the level of models that were trained before it was recorded if it is missing."""
    tokenizer = tables["tokenizer"]
    if not isinstance(tokenizer, dict):
        return tables
    return {**tables, "tokenizer": {"normalization": UNRECORDED_NORMALIZATION, **tokenizer}}


def _check_items(values: Mapping[str, Any], source: str) -> None:
    """Check the items of lists and objects, which the model card and `rnnsent models` print."""
    classes = values.get("classes", ("a", "b"))
    if len(classes) < 2 or not _all_strings(classes) or len(set(classes)) < len(classes):
        raise ModelError(f"{source}: 'classes' must be at least two different names")
    for record in values.get("data", ()):
        if not isinstance(record, dict):
            raise ModelError(f"{source}: 'data' must be a list of objects")
        for key, value in record.items():
            if type(value) is not int and (key.endswith("_rows") or not isinstance(value, (str, bool, float))):
                raise ModelError(f"{source}: {key!r:.80} of 'data' has the invalid value {value!r:.80}")
    if not _all_strings(values.get("versions", {}).values()) or not _all_strings(values.get("command", ())):
        raise ModelError(f"{source}: 'versions' and 'command' must contain strings only")


def _all_strings(values: Any) -> bool:
    return all(isinstance(value, str) for value in values)
