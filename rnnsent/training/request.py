"""What a training run is asked to do, and the checks of its output folder and of the run that it resumes.

Everything but the recipe, which `recipe.py` resolves. Knows no torch and trains nothing.
"""

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rnnsent.checkpoint.resume import ResumeState
from rnnsent.checkpoint.store import find_model, new_path
from rnnsent.config import AUTO, Device, DistillationConfig, TrainingConfig
from rnnsent.data.corpus import MIN_CLASS_SIZE, Corpus
from rnnsent.data.label_map import format_label_map
from rnnsent.data.labels import LabelMap
from rnnsent.data.read_options import ReadOptions
from rnnsent.data.sources import Source, find_source
from rnnsent.errors import DataError, SettingsError


@dataclass(frozen=True)
class TrainingRequest:
    """The plain values that `train` and `tune` get from a command line or from Python.

    Args:
        sources: short names, Hub ids, files or folders; several train one model.
        name: of the model; None derives it from the sources.
        recipe: name or TOML file of a recipe; None is `default`.
        settings: settings that replace those of the recipe, by TABLE.KEY, for example {"training.epochs": 2}.
        device: auto uses CUDA if available.
        read: how to read the sources.
        label_map: original class name -> class name, or None to drop the class's rows; None uses the catalog's.
        min_class_size: a class with fewer distinct texts is left out.
        force: replace an existing model, and discard the state of an interrupted run.
        resume: continue an interrupted run.
        extra_teachers: teachers beside the recipe's, each with its own unlabeled texts.
        exclude_near_duplicates_of: texts that are not trained on, and neither are near duplicates of them.
        command: the command line, for the record in the checkpoint.
    """

    sources: tuple[str, ...]
    name: str | None = None
    recipe: str | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    device: Device = "auto"
    read: ReadOptions = ReadOptions()
    label_map: LabelMap | None = None
    min_class_size: int = MIN_CLASS_SIZE
    force: bool = False
    resume: bool = False
    extra_teachers: tuple[DistillationConfig, ...] = ()
    exclude_near_duplicates_of: Sequence[str] = ()
    command: tuple[str, ...] = ()


def default_name(sources: Sequence[str]) -> str:
    """The name of a model trained on these sources: the short name, the last part of a Hub id, or the stem of a file."""
    return "+".join(Path(source if Path(source).exists() else source.partition(":")[0]).stem for source in sources)


def find_output_path(request: TrainingRequest) -> Path:
    """The folder of the model, models/NAME.

    Raises:
        SettingsError: the name is invalid, or the models folder is not writable.
    """
    return new_path(request.name or default_name(request.sources))


def find_sources(request: TrainingRequest) -> list[Source]:
    """The sources, opened; `read_corpus` applies the label map. Raises DataError if one is unknown or cannot be read."""
    label_map: LabelMap | None = {} if request.label_map else None  # with one, the classes are read as they are
    return [find_source(name, request.read, label_map=label_map) for name in request.sources]


def corpus_options(request: TrainingRequest, training: TrainingConfig) -> dict[str, Any]:
    """The keyword arguments of `read_corpus` for a training run."""
    return {
        "validation_fraction": training.validation_fraction,
        "label_map": request.label_map,
        "min_class_size": request.min_class_size,
        "base_classes": find_model(training.fine_tune).classes if training.fine_tune not in ("", AUTO) else (),
    }


def check_output_path(request: TrainingRequest, path: Path, state: ResumeState) -> None:
    """Check that a model can be written to `path`, or its interrupted run resumed.

    Raises:
        SettingsError: there is nothing to resume, or an existing model or state would be lost without `force`.
    """
    if request.resume and request.force:
        raise SettingsError("--resume continues an interrupted run and --force starts over; choose one")
    if request.resume and not state.exists():
        if path.exists():
            raise SettingsError(f"the run of {path.name!r} is finished; use --force to replace {path}")
        raise SettingsError(f"no unfinished run of {path.name!r} in {path.parent}; omit --resume to start one")
    if request.resume or request.force:
        return
    if state.exists():
        raise SettingsError(
            f"the run of {path.name!r} was interrupted; use --resume to continue or --force to start over"
        )
    if path.exists():
        raise SettingsError(f"{path} already exists; use --force to replace it, or choose another name with --name")


def check_same_sources(request: TrainingRequest, unfinished: Mapping[str, Any]) -> None:
    """Raise SettingsError unless the interrupted run was trained on the requested sources, with the same classes."""
    if list(request.sources) != unfinished["sources"]:
        raise SettingsError(
            f"the unfinished run was trained on {' '.join(unfinished['sources'])}; --resume cannot change that"
        )
    for record in unfinished["data"]:
        if (previous := record.get("label_map", "")) != format_label_map(request.label_map or {}):
            used = f"--label-map {shlex.quote(previous)}" if previous else "no --label-map"
            raise SettingsError(f"the unfinished run has {used}; --resume cannot change that")
        if (size := record.get("min_class_size", MIN_CLASS_SIZE)) != request.min_class_size:
            raise SettingsError(f"the unfinished run has --min-class-size {size}; --resume cannot change that")


def check_same_data(unfinished: Mapping[str, Any], corpus: Corpus) -> None:
    """Raise DataError unless the texts are those of the interrupted run."""
    for previous, current in zip(unfinished["data"], corpus.sources, strict=True):
        for split in ("train", "validation"):
            key = f"{split}_fingerprint"
            if previous.get(key) != current[key]:
                raise DataError(
                    f"the {split} texts of {current['name']} differ from those of the unfinished run; use --force to "
                    "start over"
                )
