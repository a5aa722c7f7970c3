"""A checkpoint: a folder of plain data that holds all that predict needs. Knows the files, not what they mean.

    config.json        model, tokenizer and training settings, classes, data, versions, command line
    model.safetensors  weights
    tokenizer.json     the `tokenizers` library's own format
    metrics.json       scores, by source and split
    history.jsonl      a line an epoch
    README.md          a model card for the Hub
    manifest.json      size and SHA-256 of each of them

There is no pickle in it: reading a checkpoint runs nothing, and takes nothing in it on trust. A checkpoint is written
beside its place and renamed last, so that it is there whole or not at all.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from rnnsent.atomic import copy_folder, replaced_folder
from rnnsent.config import Recipe
from rnnsent.errors import ModelError
from rnnsent.model.config_json import FORMAT, read_config
from rnnsent.model.manifest import MANIFEST, Manifest, write_manifest
from rnnsent.model.tensors import save_tensors
from rnnsent.model.untrusted import REMEDY, json_object, plain_file, read_bytes, reason

if TYPE_CHECKING:
    from rnnsent.data.tokenizer import Tokenizer

CONFIG, WEIGHTS, TOKENIZER = "config.json", "model.safetensors", "tokenizer.json"
METRICS, HISTORY, CARD = "metrics.json", "history.jsonl", "README.md"
NEEDED = (CONFIG, WEIGHTS, TOKENIZER)  # all that a prediction depends on
FILES = (*NEEDED, METRICS, HISTORY, CARD)
MOST_JSON, MOST_TOKENIZER = 1 << 20, 1 << 26  # bytes
FIGURES = ("n", "accuracy", "macro_f1", "log_loss")


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
    manifest: Manifest | None = field(default=None, compare=False, repr=False)

    @property
    def name(self) -> str:
        return self.path.name

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read and check `config.json`, and that the files are those that the manifest lists, where there is one.

        Raises:
            ModelError: the folder is no checkpoint, or one that this version cannot read.
        """
        there = [name for name in FILES if plain_file(path, name)]
        if CONFIG not in there:
            raise ModelError(f"{path} is not a model: it has no {CONFIG}")
        manifest = Manifest.read(path, NEEDED)
        content = read_bytes(path, CONFIG, MOST_JSON)
        if manifest:
            manifest.check_sizes(NEEDED)
            manifest.check_digest(CONFIG, hashlib.sha256(content).hexdigest())
        fields = read_config(json_object(content, path / CONFIG), str(path / CONFIG))
        return cls(path, **fields, manifest=manifest)

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
    def weights(self) -> Mapping[str, NDArray[Any]]:
        """The tensors of `model.safetensors` by name, those of fewer bits widened to float32.

        Raises:
            ModelError: they cannot be read, or are not those that config.json and tokenizer.json ask for.
        """
        from rnnsent.model.weights import read_weights  # it loads the library of the tokenizer, as the next one does

        sizes = {"vocabulary": len(self.tokenizer), "classes": len(self.classes)}
        return read_weights(self.path, WEIGHTS, self.recipe.model, **sizes)

    @cached_property
    def tokenizer(self) -> "Tokenizer":
        """Raises ModelError."""
        from rnnsent.data.tokenizer import Tokenizer

        written = self.tokenizer_json
        try:
            return Tokenizer.from_json(written)
        except ModelError as error:
            raise ModelError(f"{self.path / TOKENIZER} cannot be read: {reason(error)}; {REMEDY}") from None

    @property
    def tokenizer_json(self) -> str:
        content = read_bytes(self.path, TOKENIZER, MOST_TOKENIZER)
        if self.manifest:
            self.manifest.check_digest(TOKENIZER, hashlib.sha256(content).hexdigest())
        try:
            return content.decode("utf-8")
        except UnicodeDecodeError as error:
            raise ModelError(f"{self.path / TOKENIZER} cannot be read: {reason(error)}; {REMEDY}") from None

    @property
    def metrics(self) -> dict[str, Any]:
        """Scores by "source:split"; empty where none were recorded. Raises ModelError for anything but scores."""
        path = plain_file(self.path, METRICS)
        if path is None:
            return {}
        values = json_object(read_bytes(self.path, METRICS, MOST_JSON), path)
        for name, each in values.items():
            if not (isinstance(each, dict) and all(_is_figure(each.get(key)) for key in FIGURES)):
                raise ModelError(f"{path}: {name!r} is not a score with {', '.join(FIGURES)}")
            interval = each.get("accuracy_interval")
            if not (isinstance(interval, list) and len(interval) == 2 and all(map(_is_figure, interval))):
                raise ModelError(f"{path}: {name!r} has no accuracy_interval of two numbers")
        return values

    @property
    def parameters(self) -> int:
        """How many numbers the model has, from the header of its weights alone. Raises ModelError."""
        from rnnsent.model.weights import count_weights

        return count_weights(self.path, WEIGHTS)

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
            write_manifest(folder, FILES)

    def record(self, metrics: Mapping[str, Any], card: str) -> None:
        """Replace the scores and the card: in a whole new folder, so that its manifest is right at every moment."""
        known = self.manifest.entries if self.manifest else {}
        with replaced_folder(self.path.resolve()) as folder:  # a link to a checkpoint stays a link
            copy_folder(self.path, folder, without=(METRICS, CARD, MANIFEST))
            (folder / METRICS).write_text(to_json(metrics), encoding="utf-8")
            (folder / CARD).write_text(card, encoding="utf-8")
            unchanged = {name: entry for name, entry in known.items() if name not in (METRICS, CARD)}
            write_manifest(folder, FILES, unchanged)

    def verify(self) -> None:
        """Compare every digest, and check all that is in the files. Raises ModelError, which names the file."""
        if self.manifest:
            self.manifest.check_all()
        _ = self.weights, self.metrics


def to_json(values: Any) -> str:
    return json.dumps(values, indent=2, ensure_ascii=False) + "\n"


def _is_figure(value: Any) -> bool:
    return isinstance(value, (int, float)) and abs(value) < 1e15
