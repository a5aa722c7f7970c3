"""Renames the classes of a model on disk, in all files that name them. The weights do not change."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from rnnsent.atomic import copy_folder, replace_folder
from rnnsent.checkpoint.card import model_card
from rnnsent.checkpoint.checkpoint import CARD, CONFIG, FILES, METRICS, Checkpoint, to_json
from rnnsent.checkpoint.manifest import MANIFEST, write_manifest
from rnnsent.checkpoint.store import is_bundled
from rnnsent.data.label_map import format_label_map, parse_label_map
from rnnsent.data.labels import fold_class, format_names
from rnnsent.errors import SettingsError
from rnnsent.lock import run_lock

RENAMED = "renamed_from"  # in a record of training data, whose fingerprint has the names that the classes had then


def rename_classes(path: Path, names: Mapping[str, str]) -> Checkpoint:
    """Rename classes of the model in a folder, which is replaced atomically, and return the model.

    Args:
        names: old class name -> new class name; two classes may exchange their names.

    Raises:
        SettingsError: the model is bundled, has no such class, or would have two classes of one name.
        ModelError: the model cannot be read.
        RnnsentError: another process writes the model.
    """
    if is_bundled(path):
        raise SettingsError(
            f"{path.name!r} is bundled with rnnsent and stays as it is; copy the folder {path} and rename the classes of the copy"
        )
    with run_lock(path, f"{path.name!r} is being written", remedy="rename its classes after that"):
        checkpoint = Checkpoint.read(path)
        classes = _rename(checkpoint, names)
        back = dict(zip(classes, checkpoint.classes, strict=True))
        renamed = replace(
            checkpoint, classes=classes, data=tuple(_rename_record(record, back) for record in checkpoint.data)
        )
        new_names = {old: new for new, old in back.items()}
        metrics = {key: _rename_metrics(values, new_names) for key, values in checkpoint.metrics.items()}
        _write(renamed, metrics)
        return Checkpoint.read(path)


def _rename(checkpoint: Checkpoint, names: Mapping[str, str]) -> tuple[str, ...]:
    if unknown := [name for name in names if name not in checkpoint.classes]:
        raise SettingsError(
            f"{checkpoint.name!r} has no class {format_names(unknown)}; its classes are {format_names(checkpoint.classes)}"
        )
    classes = tuple(names.get(name, name) for name in checkpoint.classes)
    folded = list(map(fold_class, classes))
    if duplicates := [name for name in classes if folded.count(fold_class(name)) > 1]:
        raise SettingsError(
            f"two classes of {checkpoint.name!r} would be called {duplicates[0]!r}; choose different names"
        )
    return classes


def original_names(record: Mapping[str, Any]) -> dict[str, str]:
    """The name in training of each class that was renamed since; empty if none was."""
    text = str(record.get(RENAMED, ""))
    return {new: old for new, old in parse_label_map([text]).items() if old} if text else {}


def _rename_record(record: Mapping[str, Any], back: Mapping[str, str]) -> dict[str, Any]:
    """The record of training data with the names that the classes had in training."""
    before = original_names(record)
    return {**record, RENAMED: format_label_map({new: before.get(old, old) for new, old in back.items()})}


def _rename_metrics(values: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    renamed = dict(values)
    if isinstance(per_class := values.get("per_class"), dict):
        renamed["per_class"] = {names.get(name, name): row for name, row in per_class.items()}
    if isinstance(classes := values.get("classes"), list):
        renamed["classes"] = [names.get(name, name) for name in classes]
    return renamed


def _write(checkpoint: Checkpoint, metrics: Mapping[str, Any]) -> None:
    """Replace the config, the metrics and the card; the manifest keeps what it says of the other files."""
    content = {CONFIG: to_json(checkpoint.config()), METRICS: to_json(metrics), CARD: model_card(checkpoint, metrics)}
    entries = checkpoint.manifest.entries if checkpoint.manifest else {}
    with replace_folder(checkpoint.path.resolve()) as folder:
        copy_folder(checkpoint.path, folder, without=(*content, MANIFEST))
        for name, text in content.items():
            (folder / name).write_text(text, encoding="utf-8")
        write_manifest(folder, FILES, {name: entry for name, entry in entries.items() if name not in content})
