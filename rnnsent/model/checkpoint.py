"""A checkpoint: a folder of plain data that holds all that predict needs. Knows the files, not what they mean.

    config.json        model, tokenizer and training settings, classes, data, versions, command line
    model.safetensors  weights
    tokenizer.json     the `tokenizers` library's own format
    metrics.json       scores, by source and split
    history.jsonl      a line an epoch
    README.md          a model card for the Hub

There is no pickle in it: reading a checkpoint runs nothing. A checkpoint is written beside its place and renamed
last, so that it is there whole or not at all.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from rnnsent.atomic import replaced_folder, write_text
from rnnsent.config import GROUPS, Recipe
from rnnsent.errors import ModelError, RnnsentError
from rnnsent.model.quantized import SCALE, widened
from rnnsent.model.tensors import save_tensors

FORMAT = (
    4  # 1 had no n-grams, 2 no powers of the length (rnnsent.model.calibration), 3 no int8 (rnnsent.model.quantized)
)
CONFIG, WEIGHTS, TOKENIZER = "config.json", "model.safetensors", "tokenizer.json"
KINDS = {"created": str, "finished": bool, "classes": list, "data": list, "versions": dict, "command": list}
FIGURES = ("n", "accuracy", "macro_f1", "log_loss")
REMEDY = "train the model again, or choose another with --model"
METRICS, HISTORY, CARD = "metrics.json", "history.jsonl", "README.md"


@dataclass(frozen=True)
class Checkpoint:
    """What stands in a checkpoint folder, the weights and the tokenizer read when they are asked for."""

    path: Path
    recipe: Recipe
    classes: tuple[str, ...]
    created: str  # ISO 8601, UTC
    data: tuple[Mapping[str, Any], ...] = ()
    versions: Mapping[str, str] = field(default_factory=dict)
    command: tuple[str, ...] = ()
    finished: bool = True

    @property
    def name(self) -> str:
        return self.path.name

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read and check `config.json`.

        Raises:
            ModelError: the folder is no checkpoint, or one that this version cannot read.
        """
        values = _read_json(path / CONFIG)
        version = values.get("format")
        if version not in range(1, FORMAT + 1):
            raise ModelError(
                f"{path / CONFIG}: format {version!r}; this rnnsent reads formats 1 to {FORMAT}: update rnnsent or train anew"
            )
        for key, kind in KINDS.items():
            if key in values and not isinstance(values[key], kind):
                raise ModelError(f"{path / CONFIG}: {key!r} must be a {kind.__name__}")
        if not all(isinstance(record, dict) for record in values.get("data", ())):
            raise ModelError(f"{path / CONFIG}: 'data' must be a list of objects")
        try:
            groups = {"teaching": {}, **{key: values[key] for key in GROUPS if key != "teaching" or key in values}}
            if version == 1:
                groups["model"] = {"ngrams": 0, **groups["model"]}
            recipe = Recipe.from_dict(groups, str(path / CONFIG))
            classes = tuple(values["classes"])
            created = values["created"]
            if (
                len(classes) < 2
                or not all(isinstance(name, str) for name in classes)
                or len(set(classes)) < len(classes)
            ):
                raise ModelError(f"{path / CONFIG}: 'classes' must be at least two different names")
        except (KeyError, TypeError) as error:
            raise ModelError(f"{path / CONFIG} is not a checkpoint's: {error} is missing or no such thing") from None
        except RnnsentError as error:
            raise ModelError(str(error)) from None
        return cls(
            path,
            recipe,
            classes,
            created,
            tuple(values.get("data", ())),
            values.get("versions", {}),
            tuple(values.get("command", ())),
            bool(values.get("finished", True)),
        )

    def config(self) -> dict[str, Any]:
        """The content of `config.json`."""
        return {
            "format": FORMAT,
            "created": self.created,
            "finished": self.finished,
            "classes": list(self.classes),
            **self.recipe.to_dict(),
            "data": list(self.data),
            "versions": dict(self.versions),
            "command": list(self.command),
        }

    @cached_property
    def weights(self) -> Mapping[str, NDArray[np.float32]]:
        """The tensors of `model.safetensors` by name, those of fewer bits widened to float32. Raises ModelError."""
        from safetensors import SafetensorError
        from safetensors.numpy import load_file

        path = self.path / WEIGHTS
        try:
            return widened(load_file(path))
        except (OSError, SafetensorError, KeyError, ValueError) as error:
            raise ModelError(f"{path} cannot be read: {error}; {REMEDY}") from None

    @property
    def tokenizer_json(self) -> str:
        try:
            return (self.path / TOKENIZER).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise ModelError(f"{self.path / TOKENIZER} cannot be read: {error}; {REMEDY}") from None

    @property
    def metrics(self) -> dict[str, Any]:
        """Scores by "source:split"; empty where none were recorded. Raises ModelError for anything but scores."""
        path = self.path / METRICS
        values = _read_json(path) if path.is_file() else {}
        for name, each in values.items():
            if not (isinstance(each, dict) and all(isinstance(each.get(key), (int, float)) for key in FIGURES)):
                raise ModelError(f"{path}: {name!r} is not a score with {', '.join(FIGURES)}")
            interval = each.get("accuracy_interval")
            if not (isinstance(interval, list) and len(interval) == 2 and all(isinstance(x, float) for x in interval)):
                raise ModelError(f"{path}: {name!r} has no accuracy_interval of two numbers")
        return values

    @property
    def parameters(self) -> int:
        """How many numbers the model has, from the header of its weights alone."""
        from safetensors import SafetensorError, safe_open

        try:
            with safe_open(self.path / WEIGHTS, framework="numpy") as file:
                names = [name for name in file.keys() if not name.endswith(SCALE)]  # noqa: SIM118
                return sum(int(np.prod(file.get_slice(name).get_shape())) for name in names)
        except (OSError, SafetensorError) as error:
            raise ModelError(f"{self.path / WEIGHTS} cannot be read: {error}; {REMEDY}") from None

    @property
    def size(self) -> int:
        """Bytes on disk."""
        return sum(file.stat().st_size for file in self.path.iterdir() if file.is_file())

    def write(
        self,
        *,
        weights: Mapping[str, NDArray[np.float32]],
        tokenizer_json: str,
        metrics: Mapping[str, Any],
        history: Sequence[Mapping[str, Any]],
        card: str,
    ) -> None:
        """Write the whole folder at once, in place of one that may be there."""
        from safetensors.numpy import save_file

        with replaced_folder(self.path) as folder:
            (folder / CONFIG).write_text(to_json(self.config()), encoding="utf-8")
            whole = {name: np.ascontiguousarray(tensor) for name, tensor in weights.items()}
            save_tensors(save_file, whole, folder / WEIGHTS)
            (folder / TOKENIZER).write_text(tokenizer_json, encoding="utf-8")
            (folder / METRICS).write_text(to_json(metrics), encoding="utf-8")
            (folder / HISTORY).write_text("".join(json.dumps(line) + "\n" for line in history), encoding="utf-8")
            (folder / CARD).write_text(card, encoding="utf-8")

    def record(self, metrics: Mapping[str, Any], card: str) -> None:
        """Replace the scores and the card, each file at once."""
        write_text(self.path / METRICS, to_json(metrics))
        write_text(self.path / CARD, card)


def to_json(values: Any) -> str:
    return json.dumps(values, indent=2, ensure_ascii=False) + "\n"


def _read_json(path: Path) -> dict[str, Any]:
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ModelError(f"{path.parent} is not a model: it has no {path.name}") from None
    except (OSError, ValueError, RecursionError) as error:
        raise ModelError(f"{path} cannot be read: {error}") from None
    if not isinstance(values, dict):
        raise ModelError(f"{path} holds no object")
    return values
