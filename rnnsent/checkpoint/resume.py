"""The state of an interrupted training run: a hidden folder of plain data beside the models, replaced atomically.

state.safetensors  current, averaged and best weights, optimizer state, random state
run.json           settings, data, command line, stage and progress of the run, history
tokenizer.json     the vocabulary that the weights belong to
"""

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rnnsent.atomic import replace_folder
from rnnsent.checkpoint.checkpoint import to_json
from rnnsent.checkpoint.config_json import add_normalization
from rnnsent.checkpoint.save_tensors import save_tensors
from rnnsent.config import GROUPS
from rnnsent.data.tokenizer import Tokenizer
from rnnsent.errors import ModelError

if TYPE_CHECKING:
    from torch import Tensor

STATE, RUN, TOKENIZER = "state.safetensors", "run.json", "tokenizer.json"
RUN_KEYS = frozenset({"stage", "sources", "data", "progress", "history", *GROUPS})


@dataclass(frozen=True)
class ResumeState:
    """The saved state of the run that trains the model at `model_path`."""

    model_path: Path

    @property
    def path(self) -> Path:
        """The folder of the state."""
        return self.model_path.with_name(f".{self.model_path.name}.resume")

    def exists(self) -> bool:
        """Whether there is a state to resume."""
        return (self.path / RUN).is_file()

    def write(self, tensors: "Mapping[str, Tensor]", run: Mapping[str, Any], tokenizer_json: str) -> None:
        """Replace the state atomically."""
        from safetensors.torch import save_file

        with replace_folder(self.path) as folder:
            save_tensors(save_file, dict(tensors), folder / STATE)
            (folder / RUN).write_text(to_json(run), encoding="utf-8")
            (folder / TOKENIZER).write_text(tokenizer_json, encoding="utf-8")

    def read_run(self) -> dict[str, Any]:
        """Settings, data and progress of the run. Raises ModelError if they cannot be read."""
        try:
            values = json.loads((self.path / RUN).read_text(encoding="utf-8"))
            if not isinstance(values, dict):
                raise ValueError("it is not a JSON object")
            if missing := sorted(RUN_KEYS - values.keys()):
                raise ValueError(f"{', '.join(missing)} missing")
        except (OSError, ValueError, RecursionError) as error:
            raise self._read_error(RUN, error) from None
        return add_normalization(values)

    def read_tokenizer(self) -> Tokenizer:
        """The tokenizer of the run. Raises ModelError if it cannot be read."""
        normalization = self.read_run()["tokenizer"]["normalization"]
        try:
            return Tokenizer.from_json((self.path / TOKENIZER).read_text(encoding="utf-8"), normalization)
        except (OSError, UnicodeDecodeError, ModelError) as error:
            raise self._read_error(TOKENIZER, error) from None

    def read_tensors(self) -> "dict[str, Tensor]":
        """Weights, optimizer state and random state by name. Raises ModelError if they cannot be read."""
        from safetensors import SafetensorError
        from safetensors.torch import load_file

        try:
            return dict(load_file(self.path / STATE))
        except (OSError, SafetensorError) as error:
            raise self._read_error(STATE, error) from None

    def remove(self) -> None:
        """Remove the state if there is one."""
        shutil.rmtree(self.path, ignore_errors=True)

    def _read_error(self, file: str, error: Exception) -> ModelError:
        return ModelError(
            f"{self.path / file} cannot be read, so the run cannot be resumed: {error}; use --force to start over"
        )
