"""Teachers: models whose probabilities an LSTM learns from (Hinton et al. 2015; for LSTMs Tang et al. 2019).

A teacher is a sequence classifier of transformers, or a checkpoint of this project (self-training). What it says is
kept on disk by the digest of its weights and of the texts, so that a stopped run does not ask again.
"""

import hashlib
import os
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from rnnsent.atomic import replaced_file
from rnnsent.config import Device
from rnnsent.data.examples import class_name
from rnnsent.errors import DataError, ModelError
from rnnsent.model.checkpoint import HISTORY, WEIGHTS, Checkpoint
from rnnsent.model.store import available
from rnnsent.predict import Predictor

CHUNK = 2_048  # texts labelled and kept at once
BATCH_ROWS, BATCH_TOKENS = 64, 8_192
WINDOW = 256  # tokens that a transformer reads at once
CACHE_VARIABLE = "XDG_CACHE_HOME"


class Teacher(Protocol):
    """Labels texts with probabilities."""

    @property
    def classes(self) -> tuple[str, ...]: ...
    @property
    def digest(self) -> str: ...
    @property
    def words(self) -> list[str]:
        """The whole words that it knows."""
        ...

    def probabilities(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """(N, K) for N texts; the row of a text that it cannot read is NaN."""
        ...


@dataclass(frozen=True)
class Labelled:
    """Labelling goes on: so many texts of all."""

    done: int
    total: int


def find_teacher(asked: str, device: Device) -> Teacher:
    """A checkpoint by name or path, else a transformers model by folder or Hub id; several, with commas, by their mean.

    Raises:
        ModelError: it is neither, or cannot be read.
        DataError: it is one of transformers, and that is not installed.
    """
    if "," in asked:
        return EnsembleTeacher([find_teacher(name, device) for name in asked.split(",")])
    path = available().get(asked, Path(asked))
    if (path / HISTORY).is_file():  # a file that no model of transformers has
        return CheckpointTeacher(Predictor(Checkpoint.read(path), device=device))
    return TransformersTeacher(asked, device)


def answers(
    teacher: Teacher, classes: Sequence[str], texts: Sequence[str]
) -> Generator[Labelled, None, NDArray[np.float32]]:
    """Yield progress, and return the teacher's probabilities (N, K) in the order of `classes`.

    Raises:
        ModelError: the teacher has other classes.
    """
    order = _order(teacher.classes, classes)
    folder = cache_folder() / teacher.digest[:32]
    parts = []
    for start in range(0, len(texts), CHUNK):
        chunk = texts[start : start + CHUNK]
        parts.append(_kept(teacher, chunk, folder))
        yield Labelled(start + len(chunk), len(texts))
    found = np.concatenate(parts) if parts else np.empty((0, len(order)), dtype=np.float32)
    return found[:, order]


class EnsembleTeacher:
    """Several teachers, whose probabilities are averaged."""

    def __init__(self, teachers: Sequence[Teacher]) -> None:
        self._teachers = teachers
        self._orders = [_order(teacher.classes, teachers[0].classes) for teacher in teachers]

    @property
    def classes(self) -> tuple[str, ...]:
        return self._teachers[0].classes

    @property
    def digest(self) -> str:
        return hashlib.sha256(" ".join(teacher.digest for teacher in self._teachers).encode()).hexdigest()

    @property
    def words(self) -> list[str]:
        return sorted({word for teacher in self._teachers for word in teacher.words})

    def probabilities(self, texts: Sequence[str]) -> NDArray[np.float32]:
        answers = [
            teacher.probabilities(texts)[:, order] for teacher, order in zip(self._teachers, self._orders, strict=True)
        ]
        return np.mean(answers, axis=0, dtype=np.float32)


class CheckpointTeacher:
    """A model of this project."""

    def __init__(self, predictor: Predictor) -> None:
        self._predictor = predictor

    @property
    def classes(self) -> tuple[str, ...]:
        return self._predictor.classes

    @property
    def digest(self) -> str:
        return _file_digest(self._predictor.checkpoint.path / WEIGHTS)

    @property
    def words(self) -> list[str]:
        return self._predictor.words

    def probabilities(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return self._predictor.score(texts).probabilities.astype(np.float32)


class TransformersTeacher:
    """A sequence classifier of the `transformers` library; code from a model's repository is never run.

    A longer text than it reads at once is read in windows, whose logits are averaged by their tokens.
    """

    def __init__(self, name: str, device: Device) -> None:
        try:
            import transformers
        except ImportError:
            raise DataError(
                f"--teacher {name} is no checkpoint of rnnsent, and a model of transformers needs: pip install 'rnnsent[distil]'"
            ) from None
        import torch

        from rnnsent.model.device import choose_device

        transformers.logging.set_verbosity_error()
        transformers.logging.disable_progress_bar()
        try:
            # Left to its default, the library asks on a terminal whether to run code that comes with the model.
            self._tokenizer: Any = transformers.AutoTokenizer.from_pretrained(name, trust_remote_code=False)
            model: Any = transformers.AutoModelForSequenceClassification.from_pretrained(
                name, dtype=torch.float32, trust_remote_code=False
            )
        except (OSError, ValueError) as error:
            first = str(error).strip().splitlines()[0]
            raise ModelError(
                f"--teacher {name} is no model here and cannot be loaded as a sequence classifier: {first}"
            ) from None
        self._device = choose_device(device)
        self._model = model.to(self._device).eval()

    @property
    def classes(self) -> tuple[str, ...]:
        names = self._model.config.id2label
        return tuple(class_name(names[index]) for index in range(len(names)))

    @property
    def digest(self) -> str:
        digest = hashlib.sha256(f"windows of {WINDOW}\x00".encode())
        for name, tensor in self._model.state_dict().items():
            digest.update(name.encode() + tensor.cpu().contiguous().numpy().tobytes())
        return digest.hexdigest()

    @property
    def words(self) -> list[str]:
        return sorted(word for word in self._tokenizer.get_vocab() if word.isalpha() and len(word) > 1)

    def probabilities(self, texts: Sequence[str]) -> NDArray[np.float32]:
        import torch

        from rnnsent.data.batches import buckets
        from rnnsent.model.device import autocast

        rows, owners = self._windows(texts)
        lengths = np.array([len(row) for row in rows], dtype=np.int64)
        found = np.empty((len(rows), self._model.config.num_labels), dtype=np.float32)  # logits of the windows
        for batch in buckets(lengths, max_rows=BATCH_ROWS, max_tokens=BATCH_TOKENS):
            padded = self._tokenizer.pad({"input_ids": [rows[i] for i in batch]}, return_tensors="pt").to(self._device)
            with torch.inference_mode(), autocast(self._device, "auto"):
                logits = self._model(**padded).logits
            found[batch] = logits.float().cpu().numpy()
        tokens = np.bincount(owners, lengths, len(texts))  # (N,)
        sums = [np.bincount(owners, lengths * logits, len(texts)) for logits in found.T]
        return torch.from_numpy(np.stack(sums, axis=1) / tokens[:, None]).softmax(dim=-1).float().numpy()

    def _windows(self, texts: Sequence[str]) -> tuple[list[list[int]], NDArray[np.int64]]:
        """The windows of N texts, and for each the number of its text."""
        cut = {"truncation": True, "max_length": WINDOW}
        if not self._tokenizer.is_fast:  # one of those written in Python gives no further windows of several texts
            return self._tokenizer(list(texts), **cut)["input_ids"], np.arange(len(texts))
        windows = self._tokenizer(list(texts), **cut, return_overflowing_tokens=True)
        return windows["input_ids"], np.array(windows["overflow_to_sample_mapping"], dtype=np.int64)


def cache_folder() -> Path:
    return Path(os.environ.get(CACHE_VARIABLE) or Path.home() / ".cache") / "rnnsent" / "answers"


def _kept(teacher: Teacher, texts: Sequence[str], folder: Path) -> NDArray[np.float32]:
    """The answers from the cache, else from the teacher into the cache."""
    digest = hashlib.sha256("\x00".join(texts).encode("utf-8", "surrogatepass")).hexdigest()
    path = folder / f"{digest[:32]}.npy"
    if path.is_file():
        try:
            kept: NDArray[np.float32] = np.load(path, allow_pickle=False)
            if kept.shape == (len(texts), len(teacher.classes)):
                return kept
        except (ValueError, EOFError):
            path.unlink()
    found = teacher.probabilities(texts)
    folder.mkdir(parents=True, exist_ok=True)
    with replaced_file(path) as written, written.open("wb") as file:
        np.save(file, found, allow_pickle=False)
    return found


def _order(teachers: Sequence[str], classes: Sequence[str]) -> list[int]:
    """For each of the classes its place among the teacher's; LABEL_0 and so on are taken as the classes in order."""
    if set(teachers) == set(classes) and len(teachers) == len(classes):
        return [teachers.index(name) for name in classes]
    if list(teachers) == [f"LABEL_{index}" for index in range(len(classes))]:
        return list(range(len(classes)))
    raise ModelError(f"the teacher's classes are {', '.join(teachers)}, but the data's are {', '.join(classes)}")


def _file_digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
