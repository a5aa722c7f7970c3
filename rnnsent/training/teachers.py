"""Teachers: models whose probabilities another model learns (Hinton et al. 2015; for LSTMs Tang et al. 2019).

A teacher is a transformers sequence classifier, a checkpoint of this project, or a file of answers. Its probabilities are
cached on disk by a digest of its weights and of the texts, so that a resumed run does not compute them again. A teacher
may lack a class, such as neutral; it says nothing about that class, and the loss leaves it out.
"""

import hashlib
import os
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from rnnsent.atomic import replace_file
from rnnsent.checkpoint.checkpoint import CONFIG, MAX_JSON_BYTES, TOKENIZER, WEIGHTS, Checkpoint
from rnnsent.checkpoint.safe_read import parse_json_object, read_bytes, regular_file
from rnnsent.checkpoint.store import available_models
from rnnsent.config import Device, split_list
from rnnsent.data.labels import class_name
from rnnsent.errors import DataError, ModelError
from rnnsent.predictor import Predictor
from rnnsent.training.answers import SUFFIX, AnswersTeacher
from rnnsent.training.events import LabelingProgress

TEXTS_PER_FILE = 2_048  # that are labeled and cached at a time
BATCH_ROWS, BATCH_TOKENS = 64, 8_192
CONTEXT_LENGTH = 256  # tokens of a chunk, including special tokens
CACHE_VARIABLE = "XDG_CACHE_HOME"


class Teacher(Protocol):
    """Predicts probabilities for texts."""

    @property
    def classes(self) -> tuple[str, ...]:
        """Names of the K classes."""
        ...

    @property
    def digest(self) -> str:
        """A hexadecimal digest of everything that its probabilities depend on."""
        ...

    @property
    def words(self) -> Sequence[str]:
        """The whole words in its vocabulary; none if it cannot label any text."""
        ...

    def predict_proba(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Probabilities (N, K) for N texts; NaN for a text without tokens."""
        ...


def load_teacher(name: str, device: Device) -> Teacher:
    """Load a teacher: a checkpoint by name or path, a file of answers, or a transformers model by folder or Hub id.

    Several, separated by commas, are an ensemble.

    Raises:
        ModelError: the name is neither, or the model cannot be read.
        DataError: it is a transformers model, and transformers is not installed.
    """
    if "," in name:
        return EnsembleTeacher([load_teacher(member, device) for member in split_list(name)])
    path = available_models().get(name, Path(name))
    if path.suffix == SUFFIX and path.is_file():
        return AnswersTeacher(path)
    if _is_checkpoint(path):
        return CheckpointTeacher(Predictor(Checkpoint.read(path), device=device))
    return TransformersTeacher(name, device)


def _is_checkpoint(path: Path) -> bool:
    """Whether a folder is a checkpoint of this project; one of transformers has the same files, with another config."""
    if regular_file(path, CONFIG) is None:
        return False
    config = parse_json_object(read_bytes(path, CONFIG, MAX_JSON_BYTES), path / CONFIG)
    return {"format", "classes"} <= config.keys()


def teacher_probabilities(
    teacher: Teacher, classes: Sequence[str], texts: Sequence[str]
) -> Generator[LabelingProgress, None, NDArray[np.float32]]:
    """Yield progress, and return the teacher's probabilities (N, K) in the order of `classes`, from the cache if possible.

    They are 0 for a class that the teacher lacks (`find_taught_classes`).

    Raises:
        ModelError: the teacher has other classes.
    """
    taught = find_taught_classes(teacher, classes)
    taught_classes = [name for name, is_taught in zip(classes, taught, strict=True) if is_taught]
    indices = _match_classes(teacher.classes, taught_classes)
    folder = cache_folder() / teacher.digest[:32]
    parts = [np.empty((0, len(indices)), dtype=np.float32)]
    for start in range(0, len(texts), TEXTS_PER_FILE):
        batch = texts[start : start + TEXTS_PER_FILE]
        parts.append(_load_or_predict(teacher, batch, folder))
        yield LabelingProgress(start + len(batch), len(texts))
    probabilities = np.zeros((len(texts), len(classes)), dtype=np.float32)
    probabilities[:, taught] = np.concatenate(parts)[:, indices]
    return probabilities


def find_taught_classes(teacher: Teacher, classes: Sequence[str]) -> NDArray[np.bool_]:
    """Which of the `classes` a teacher has, (K,): all of them, unless its classes are fewer and have the same names."""
    taught = np.array([name in teacher.classes for name in classes])
    lacks_some = len(teacher.classes) == taught.sum() < len(classes)
    return taught if lacks_some else np.ones(len(classes), dtype=bool)


class EnsembleTeacher:
    """Averages the probabilities of several teachers with the same classes."""

    def __init__(self, teachers: Sequence[Teacher]) -> None:
        self._teachers = teachers
        self._class_indices = [_match_classes(teacher.classes, teachers[0].classes) for teacher in teachers]

    @property
    def classes(self) -> tuple[str, ...]:
        return self._teachers[0].classes

    @property
    def digest(self) -> str:
        return hashlib.sha256(" ".join(teacher.digest for teacher in self._teachers).encode()).hexdigest()

    @property
    def words(self) -> list[str]:
        return sorted({word for teacher in self._teachers for word in teacher.words})

    def predict_proba(self, texts: Sequence[str]) -> NDArray[np.float32]:
        probabilities = [
            teacher.predict_proba(texts)[:, indices]
            for teacher, indices in zip(self._teachers, self._class_indices, strict=True)
        ]
        return np.mean(probabilities, axis=0, dtype=np.float32)


class CheckpointTeacher:
    """A model of this project."""

    def __init__(self, predictor: Predictor) -> None:
        self._predictor = predictor

    @property
    def classes(self) -> tuple[str, ...]:
        return self._predictor.classes

    @property
    def digest(self) -> str:
        path = self._predictor.checkpoint.path
        normalization = self._predictor.checkpoint.recipe.tokenizer.normalization
        parts = [normalization, *(_compute_file_digest(path / name) for name in (WEIGHTS, TOKENIZER))]
        return hashlib.sha256(" ".join(parts).encode()).hexdigest()

    @property
    def words(self) -> list[str]:
        return self._predictor.words

    def predict_proba(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return self._predictor.predict_proba(texts).probabilities.astype(np.float32)


class TransformersTeacher:
    """A sequence classifier of the `transformers` library. Code from a model's repository is never executed.

    A text longer than CONTEXT_LENGTH is split into chunks, whose logits are averaged with their lengths as weights.
    """

    def __init__(self, name: str, device: Device) -> None:
        try:
            import transformers
        except ImportError:
            raise DataError(
                f"--teacher {name} is not a local model, and a transformers model needs: pip install 'rnnsent[distill]'"
            ) from None
        import torch

        from rnnsent.network.device import choose_device

        transformers.logging.set_verbosity_error()
        transformers.logging.disable_progress_bar()
        try:
            # Without trust_remote_code, the library asks on a terminal whether to execute the model's own code.
            self._tokenizer: Any = transformers.AutoTokenizer.from_pretrained(name, trust_remote_code=False)
            model: Any = transformers.AutoModelForSequenceClassification.from_pretrained(
                name, dtype=torch.float32, trust_remote_code=False
            )
        except (OSError, ValueError) as error:
            reason = str(error).strip().splitlines()[0]
            raise ModelError(
                f"--teacher {name} is neither a local model nor a transformers sequence classifier: {reason}"
            ) from None
        self._device = choose_device(device)
        self._model = model.to(self._device).eval()

    @property
    def classes(self) -> tuple[str, ...]:
        names = self._model.config.id2label
        return tuple(class_name(names[index]) for index in range(len(names)))

    @property
    def digest(self) -> str:
        digest = hashlib.sha256(f"chunks of {CONTEXT_LENGTH}\x00".encode())
        for name, tensor in self._model.state_dict().items():
            digest.update(name.encode() + tensor.cpu().contiguous().numpy().tobytes())
        return digest.hexdigest()

    @property
    def words(self) -> list[str]:
        return sorted(word for word in self._tokenizer.get_vocab() if word.isalpha() and len(word) > 1)

    def predict_proba(self, texts: Sequence[str]) -> NDArray[np.float32]:
        import torch

        from rnnsent.data.batches import make_batches
        from rnnsent.network.device import autocast

        chunks, text_indices = self._tokenize(texts)
        lengths = np.array([len(chunk) for chunk in chunks], dtype=np.int64)  # (C,) for C chunks
        chunk_logits = np.empty((len(chunks), self._model.config.num_labels), dtype=np.float32)  # (C, K)
        for batch in make_batches(lengths, max_rows=BATCH_ROWS, max_tokens=BATCH_TOKENS):
            padded = self._tokenizer.pad({"input_ids": [chunks[i] for i in batch]}, return_tensors="pt")
            padded = padded.to(self._device)
            with torch.inference_mode(), autocast(self._device, "auto"):
                logits = self._model(**padded).logits
            chunk_logits[batch] = logits.float().cpu().numpy()
        n_tokens = np.bincount(text_indices, lengths, len(texts))  # (N,)
        sums = [np.bincount(text_indices, lengths * logits, len(texts)) for logits in chunk_logits.T]  # K times (N,)
        return torch.from_numpy(np.stack(sums, axis=1) / n_tokens[:, None]).softmax(dim=-1).float().numpy()

    def _tokenize(self, texts: Sequence[str]) -> tuple[list[list[int]], NDArray[np.int64]]:
        """The C chunks of all texts as token ids, and the index (C,) of each chunk's text."""
        options = {"truncation": True, "max_length": CONTEXT_LENGTH}
        if not self._tokenizer.is_fast:  # the tokenizers written in Python return only the first chunk of a text
            return self._tokenizer(list(texts), **options)["input_ids"], np.arange(len(texts))
        encoding = self._tokenizer(list(texts), **options, return_overflowing_tokens=True)
        return encoding["input_ids"], np.array(encoding["overflow_to_sample_mapping"], dtype=np.int64)


def cache_folder() -> Path:
    """The folder of cached probabilities, with a subfolder for each teacher."""
    return Path(os.environ.get(CACHE_VARIABLE) or Path.home() / ".cache") / "rnnsent" / "teacher-probabilities"


def _load_or_predict(teacher: Teacher, texts: Sequence[str], folder: Path) -> NDArray[np.float32]:
    """The teacher's probabilities (N, K), in the order of its own classes, from the cache or else into it."""
    digest = hashlib.sha256("\x00".join(texts).encode("utf-8", "surrogatepass")).hexdigest()
    path = folder / f"{digest[:32]}.npy"
    if path.is_file():
        try:
            cached: NDArray[np.float32] = np.load(path, allow_pickle=False)
            if cached.shape == (len(texts), len(teacher.classes)):
                return cached
        except (ValueError, EOFError):
            path.unlink()
    probabilities = teacher.predict_proba(texts)
    folder.mkdir(parents=True, exist_ok=True)
    with replace_file(path) as temporary, temporary.open("wb") as file:
        np.save(file, probabilities, allow_pickle=False)
    return probabilities


def _match_classes(teacher_classes: Sequence[str], classes: Sequence[str]) -> list[int]:
    """The index of each class among the teacher's; LABEL_0, LABEL_1 and so on are the classes in order."""
    if set(teacher_classes) == set(classes) and len(teacher_classes) == len(classes):
        return [teacher_classes.index(name) for name in classes]
    if list(teacher_classes) == [f"LABEL_{index}" for index in range(len(classes))]:
        return list(range(len(classes)))
    raise ModelError(
        f"the classes of the teacher are {', '.join(teacher_classes)}, but those of the data are {', '.join(classes)}; "
        "choose another with --teacher"
    )


def _compute_file_digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
