"""A checkpoint: a folder of plain data with everything that a prediction needs. Knows the files, not their meaning.

It contains no pickle: reading a checkpoint executes no code, and every file in it is treated as untrusted input. A
checkpoint is written to a temporary folder that is renamed last, so a reader never sees an incomplete one.
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

from rnnsent.atomic import copy_folder, replace_folder
from rnnsent.checkpoint.config_json import FORMAT, read_config
from rnnsent.checkpoint.manifest import MANIFEST, Manifest, write_manifest
from rnnsent.checkpoint.safe_read import REMEDY, parse_json_object, read_bytes, regular_file, short_message
from rnnsent.checkpoint.save_tensors import save_tensors
from rnnsent.errors import ModelError
from rnnsent.recipe import Recipe

if TYPE_CHECKING:
    from rnnsent.data.tokenizer import Tokenizer

CONFIG, WEIGHTS, TOKENIZER = "config.json", "model.safetensors", "tokenizer.json"
METRICS, HISTORY, CARD = "metrics.json", "history.jsonl", "README.md"
REQUIRED = (CONFIG, WEIGHTS, TOKENIZER)  # all files that affect a prediction
FILES = (*REQUIRED, METRICS, HISTORY, CARD)
MAX_JSON_BYTES, MAX_TOKENIZER_BYTES = 1 << 20, 1 << 26
METRIC_NAMES = ("n", "accuracy", "macro_f1", "log_loss")


@dataclass(frozen=True)
class Checkpoint:
    """The content of a checkpoint folder; weights and tokenizer are read on first use.

    The folder has these files:

        config.json        model, tokenizer and training settings, classes, data, versions, command line
        model.safetensors  weights
        tokenizer.json     vocabulary and rules, in the format of the `tokenizers` library
        metrics.json       metrics by data set and split
        history.jsonl      one line per epoch
        README.md          model card for the Hugging Face Hub
        manifest.json      size and SHA-256 of each file above

    A folder that was assembled by hand may lack all but the first three.
    """

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
        """The name of the folder."""
        return self.path.name

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read and check `config.json`, and compare the required files with the manifest if there is one.

        Raises:
            ModelError: the folder is not a checkpoint, or this version cannot read it.
        """
        existing = [name for name in FILES if regular_file(path, name)]
        if CONFIG not in existing:
            raise ModelError(f"{path} is not a model: it has no {CONFIG}")
        manifest = Manifest.read(path, REQUIRED)
        content = read_bytes(path, CONFIG, MAX_JSON_BYTES)
        if manifest:
            manifest.check_sizes(REQUIRED)
            manifest.check_digest(CONFIG, hashlib.sha256(content).hexdigest())
        fields = read_config(parse_json_object(content, path / CONFIG), str(path / CONFIG))
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
        """The tensors of `model.safetensors` by name, those of lower precision converted to float32.

        Raises:
            ModelError: they cannot be read, or do not fit config.json and tokenizer.json.
        """
        # The module imports `tokenizers`, which `rnnsent models` should not wait for.
        from rnnsent.checkpoint.weights import read_weights

        sizes = {"vocab_size": len(self.tokenizer), "n_classes": len(self.classes)}
        return read_weights(self.path, WEIGHTS, self.recipe.model, **sizes)

    @cached_property
    def tokenizer(self) -> "Tokenizer":
        """The tokenizer. Raises ModelError if it cannot be read."""
        from rnnsent.data.tokenizer import Tokenizer

        text = self.tokenizer_json
        try:
            return Tokenizer.from_json(text, self.recipe.tokenizer.normalization)
        except ModelError as error:
            raise ModelError(f"{self.path / TOKENIZER} cannot be read: {short_message(error)}; {REMEDY}") from None

    @property
    def tokenizer_json(self) -> str:
        """The content of `tokenizer.json`. Raises ModelError if it cannot be read or does not match the manifest."""
        content = read_bytes(self.path, TOKENIZER, MAX_TOKENIZER_BYTES)
        if self.manifest:
            self.manifest.check_digest(TOKENIZER, hashlib.sha256(content).hexdigest())
        try:
            return content.decode("utf-8")
        except UnicodeDecodeError as error:
            raise ModelError(f"{self.path / TOKENIZER} cannot be read: {short_message(error)}; {REMEDY}") from None

    @property
    def metrics(self) -> dict[str, Any]:
        """Metrics by "source:split"; empty if there are none. Raises ModelError if the file is invalid."""
        path = regular_file(self.path, METRICS)
        if path is None:
            return {}
        metrics = parse_json_object(read_bytes(self.path, METRICS, MAX_JSON_BYTES), path)
        for name, values in metrics.items():
            if not (isinstance(values, dict) and all(_is_number(values.get(key)) for key in METRIC_NAMES)):
                raise ModelError(f"{path}: {name!r} must have the numbers {', '.join(METRIC_NAMES)}")
            interval = values.get("accuracy_interval")
            if not (isinstance(interval, list) and len(interval) == 2 and all(map(_is_number, interval))):
                raise ModelError(f"{path}: {name!r} must have an accuracy_interval of two numbers")
        return metrics

    @property
    def history(self) -> list[Mapping[str, Any]]:
        """Values of each epoch of the training; empty if there are none. Raises ModelError if the file is invalid."""
        path = regular_file(self.path, HISTORY)
        if path is None:
            return []
        lines = read_bytes(self.path, HISTORY, MAX_JSON_BYTES).splitlines()
        return [parse_json_object(line, path) for line in lines if line.strip()]

    @property
    def num_parameters(self) -> int:
        """Number of parameters, read from the header of the weights. Raises ModelError."""
        from rnnsent.checkpoint.weights import count_parameters

        return count_parameters(self.path, WEIGHTS)

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
        """Write the whole folder atomically, replacing an existing one."""
        from safetensors.numpy import save_file

        with replace_folder(self.path) as folder:
            (folder / CONFIG).write_text(to_json(self.config()), encoding="utf-8")
            contiguous = {name: np.ascontiguousarray(tensor) for name, tensor in weights.items()}
            save_tensors(save_file, contiguous, folder / WEIGHTS)
            (folder / TOKENIZER).write_text(tokenizer_json, encoding="utf-8")
            (folder / METRICS).write_text(to_json(metrics), encoding="utf-8")
            (folder / HISTORY).write_text("".join(json.dumps(line) + "\n" for line in history), encoding="utf-8")
            (folder / CARD).write_text(card, encoding="utf-8")
            write_manifest(folder, FILES)

    def update_metrics(self, metrics: Mapping[str, Any], card: str) -> None:
        """Replace the metrics and the card. The folder is replaced atomically, so its manifest always matches."""
        entries = self.manifest.entries if self.manifest else {}
        with replace_folder(self.path.resolve()) as folder:  # resolved so that a link to a checkpoint stays a link
            copy_folder(self.path, folder, without=(METRICS, CARD, MANIFEST))
            (folder / METRICS).write_text(to_json(metrics), encoding="utf-8")
            (folder / CARD).write_text(card, encoding="utf-8")
            unchanged = {name: entry for name, entry in entries.items() if name not in (METRICS, CARD)}
            write_manifest(folder, FILES, unchanged)

    def verify(self) -> None:
        """Compare every file with the manifest and check its content. Raises ModelError, which names the file."""
        if self.manifest:
            self.manifest.check_all()
        _ = self.weights, self.metrics


def to_json(values: Any) -> str:
    """Values as indented JSON that ends with a newline."""
    return json.dumps(values, indent=2, ensure_ascii=False) + "\n"


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and abs(value) < 1e15
