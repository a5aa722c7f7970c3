"""The state of an unfinished training, on disk beside the models: plain data, replaced whole.

state.safetensors  weights, averaged and best weights, optimiser, random state
run.json           settings, data, command line, place in the run, history
tokenizer.json     the vocabulary, which the weights belong to
"""

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rnnsent.atomic import replaced_folder
from rnnsent.config import GROUPS
from rnnsent.data.tokenizer import Tokenizer
from rnnsent.errors import ModelError
from rnnsent.model.checkpoint import to_json
from rnnsent.model.tensors import save_tensors

if TYPE_CHECKING:
    from torch import Tensor

STATE, RUN, TOKENIZER = "state.safetensors", "run.json", "tokenizer.json"


@dataclass(frozen=True)
class ResumeState:
    """The folder that holds the state of the run which is to become the model at `model_path`."""

    model_path: Path

    @property
    def path(self) -> Path:
        return self.model_path.with_name(f".{self.model_path.name}.resume")

    def exists(self) -> bool:
        return (self.path / RUN).is_file()

    def write(self, tensors: "Mapping[str, Tensor]", run: Mapping[str, Any], tokenizer_json: str) -> None:
        from safetensors.torch import save_file

        with replaced_folder(self.path) as folder:
            save_tensors(save_file, dict(tensors), folder / STATE)
            (folder / RUN).write_text(to_json(run), encoding="utf-8")
            (folder / TOKENIZER).write_text(tokenizer_json, encoding="utf-8")

    def read_run(self) -> dict[str, Any]:
        """Settings, data and place. Raises ModelError where they cannot be read."""
        try:
            values = json.loads((self.path / RUN).read_text(encoding="utf-8"))
            if not isinstance(values, dict) or not values.keys() >= {
                "stage",
                "sources",
                "data",
                "place",
                "history",
                *GROUPS,
            }:
                raise ValueError("it is not whole")
        except (OSError, ValueError, RecursionError) as error:
            raise self._unreadable(RUN, error) from None
        return values

    def read_tokenizer(self) -> Tokenizer:
        """Raises ModelError where it cannot be read."""
        try:
            return Tokenizer.from_json((self.path / TOKENIZER).read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, ModelError) as error:
            raise self._unreadable(TOKENIZER, error) from None

    def read_tensors(self) -> "dict[str, Tensor]":
        from safetensors import SafetensorError
        from safetensors.torch import load_file

        try:
            return dict(load_file(self.path / STATE))
        except (OSError, SafetensorError) as error:
            raise self._unreadable(STATE, error) from None

    def remove(self) -> None:
        shutil.rmtree(self.path, ignore_errors=True)

    def _unreadable(self, file: str, error: Exception) -> ModelError:
        return ModelError(
            f"{self.path / file} cannot be read, so nothing can be resumed: {error}; start anew with --force"
        )
