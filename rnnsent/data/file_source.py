"""A data set in tables: one file, or a folder of files whose names indicate their split."""

import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from rnnsent.data.byte_input import ByteInput
from rnnsent.data.catalog import BUNDLED_SENTENCES
from rnnsent.data.column_names import normalize_name
from rnnsent.data.column_values import describe_problem
from rnnsent.data.columns import SAMPLE_ROWS, find_label_column, find_text_columns, resolve_column
from rnnsent.data.detect_format import detect_format
from rnnsent.data.examples import Examples, make_examples, map_classes, merge_files
from rnnsent.data.fields import read_text, read_value
from rnnsent.data.open_table import open_file
from rnnsent.data.read_options import ReadOptions
from rnnsent.data.rows import Row, Table, UnreadableRow, describe_unreadable
from rnnsent.data.splits import SPLIT_ALIASES, TRAIN, split_from_path
from rnnsent.data.suffixes import TABLE_SUFFIXES, format_of_name
from rnnsent.errors import DataError, SettingsError

LOG = logging.getLogger(__name__)
# Files beside a data set that are not part of it.
NO_DATA = re.compile(
    r"readme|licen[cs]e|changelog|citation|(sample)?[_ -]?submission|requirements|vocab|stopwords|dataset_infos?|metadata|package",
    re.IGNORECASE,
)
CHECKPOINT_FILES = ("config.json", "model.safetensors")
PREDICTED = re.compile(r"(predicted_)*probability(_.+)?")


@dataclass(frozen=True)
class FileSource:
    """A file, which is a train split, or a folder whose files are searched for recursively; see `Source`."""

    name: str
    path: Path
    options: ReadOptions = ReadOptions()
    label_map: Mapping[str, str | None] = field(default_factory=dict)

    @property
    def location(self) -> str:
        return "bundled" if self.path == BUNDLED_SENTENCES else str(self.path)

    @cached_property
    def _files(self) -> dict[str, list[Path]]:
        if not self.path.is_dir():
            return {TRAIN: [self.path]}
        paths = [path for path in sorted(self.path.rglob("*")) if is_data_file(path, self.path)]
        skipped = [path for path in paths if NO_DATA.match(path.name) or _is_prose(path) or _is_output(path)]
        files: dict[str, list[Path]] = {}
        for path in paths:
            if path not in skipped:
                files.setdefault(split_from_path(path.relative_to(self.path)) or "", []).append(path)
        if "" in files:  # files whose names indicate no split
            if TRAIN in files:
                skipped += files.pop("")
            else:
                files[TRAIN] = files.pop("")
        if not files:
            raise DataError(f"{self.path} contains no file in a supported format ({', '.join(TABLE_SUFFIXES)})")
        if skipped:
            LOG.info("%s: not used: %s", self.name, ", ".join(str(path.relative_to(self.path)) for path in skipped))
        return {split: files[split] for split in SPLIT_ALIASES if split in files}

    @property
    def splits(self) -> list[str]:
        return list(self._files)

    def read(self, split: str) -> Examples:
        """All labeled texts of a split.

        Raises:
            DataError: a row cannot be parsed, or the label map names an unknown class.
            SettingsError: a column cannot be inferred, or the files of the split have different columns.
        """
        return map_classes(self._read_split(split), self.label_map, f"{self.name} ({split})", self._all_classes)

    def read_texts(self, split: str) -> list[str]:
        """All texts of a split, labeled or not.

        Raises:
            DataError: a row cannot be parsed.
            SettingsError: the text column cannot be inferred.
        """
        texts: list[str] = []
        for path in self._files[split]:
            opened = self._open(path)
            try:  # only so that it is not taken for the column of texts
                label = self._find_label(opened, split)
            except (DataError, SettingsError):
                label = None
            columns = self._find_texts(opened, [label] if label else [])
            found = (read_text(row, columns, is_cell=opened.table.is_cell) for row in opened.rows)
            texts += [text for text in found if text is not None]
        return texts

    def _all_classes(self) -> set[str]:
        return {name for split in self.splits for name in self._read_split(split).classes}

    def _read_split(self, split: str) -> Examples:
        files = self._files[split]
        opened = [self._open(path) for path in files]
        self._check_same_columns(opened)
        parts = [self._make_examples(file, split) for file in opened]
        merged = merge_files(parts)
        if len(files) > 1 or self.path.is_dir():
            names = [str(path.relative_to(self.path)) for path in files]
            listed = ", ".join(names[:5]) + (f" and {len(names) - 5} more files" if len(names) > 5 else "")
            merged = replace(merged, origin=f"{listed}: {parts[0].origin}" if parts[0].origin else listed)
        return merged

    def _open(self, path: Path) -> "_OpenedFile":
        table = open_file(path, self.options)
        rows: list[Row] = []
        unreadable: list[UnreadableRow] = []
        for row in table.rows:
            if not isinstance(row, UnreadableRow):
                rows.append(row)
            elif self.options.on_error == "stop":
                raise DataError(f"{describe_unreadable(table.name, row)}; use --on-error skip to leave such rows out")
            else:
                unreadable.append(row)
        if unreadable:
            first = describe_unreadable(table.name, unreadable[0])
            LOG.warning(
                "left out %d unreadable row%s; the first: %s", len(unreadable), "s" * (len(unreadable) > 1), first
            )
        if not rows:
            raise DataError(f"{path} has no rows")
        columns = table.columns or tuple(dict.fromkeys(name for row in rows for name in row))
        return _OpenedFile(table, columns, rows)

    def _make_examples(self, file: "_OpenedFile", split: str) -> Examples:
        label = self._find_label(file, split)
        texts = self._find_texts(file, [label] if label else [])
        if label in texts:
            raise SettingsError(f"{file.table.name}: {label!r} cannot be both the text and the label; choose another")
        is_cell = file.table.is_cell
        try:
            found = [read_text(row, texts, is_cell=is_cell) for row in file.rows]
        except DataError as error:
            raise DataError(f"{file.table.name}: {error}") from None
        labels = [read_value(row, label) if label else None for row in file.rows]
        origin = f"text {' + '.join(map(repr, texts))}, label {label!r}" if label else f"text {texts[0]!r}, no labels"
        return make_examples(found, labels, None, file.table.name, is_cell=is_cell, origin=origin)

    def _find_label(self, file: "_OpenedFile", split: str) -> str | None:
        """The label column; None for a file beside the train split that lacks the one of the train split."""
        texts = [
            resolve_column(name, file.columns, file.table.name, sample=file.sample)
            for name in self.options.text_columns
        ]
        try:
            return find_label_column(
                file.columns, self.options.label_column, file.table.name, sample=file.sample, exclude=texts
            )
        except (DataError, SettingsError):
            if split == TRAIN or TRAIN not in self._files:
                raise
            train = self._find_label(self._open(self._files[TRAIN][0]), TRAIN)
            if train is None or normalize_name(train) in map(normalize_name, file.columns):
                raise
            return None

    def _find_texts(self, file: "_OpenedFile", exclude: Sequence[str]) -> tuple[str, ...]:
        requested = self.options.text_columns
        texts = find_text_columns(file.columns, requested, file.table.name, sample=file.sample, exclude=exclude)
        for name in texts if requested else ():
            if problem := describe_problem(name, file.sample):
                LOG.warning("%s: the text column %s", file.table.name, problem)
        return texts

    def _check_same_columns(self, files: Sequence["_OpenedFile"]) -> None:
        """Raise SettingsError if files of one split are rather different tables."""
        first = files[0]
        for other in files[1:]:
            if set(map(normalize_name, first.columns)).isdisjoint(map(normalize_name, other.columns)):
                raise SettingsError(
                    f"{self.name} has files with different columns: {first.table.name} ({', '.join(first.columns[:5])}) and "
                    f"{other.table.name} ({', '.join(other.columns[:5])}); give one of them"
                )


@dataclass(frozen=True)
class _OpenedFile:
    """A table whose rows are read."""

    table: Table
    columns: tuple[str, ...]
    rows: list[dict[str, Any]]

    @property
    def sample(self) -> list[dict[str, Any]]:
        return self.rows[:SAMPLE_ROWS]


def is_data_file(path: Path, folder: Path) -> bool:
    """Whether a file below a folder may be data: in a supported format, not hidden, and not of a model."""
    parts = path.relative_to(folder).parts
    if any(part.startswith(".") or part == "__MACOSX" for part in parts) or not path.is_file():
        return False
    if format_of_name(path.name) is None:
        return False
    return not all((path.parent / name).is_file() for name in CHECKPOINT_FILES)


def _is_prose(path: Path) -> bool:
    """Whether a text file has neither labels nor the columns of a table."""
    if format_of_name(path.name) != "lines":
        return False
    try:
        detect_format(ByteInput.open(path), ReadOptions(), default=None)
    except (DataError, SettingsError):
        return True
    return False


def _is_output(path: Path) -> bool:
    """Whether a file is what `predict` wrote: a table with the columns label, probability and those of the classes."""
    if format_of_name(path.name) not in ("csv", "tsv", "json", "jsonl", "parquet"):
        return False
    try:
        table = open_file(path, ReadOptions(on_error="skip"))
        first = next((row for row in table.rows if not isinstance(row, UnreadableRow)), {})
    except (DataError, SettingsError):
        return False
    return sum(bool(PREDICTED.fullmatch(name)) for name in table.columns or first) >= 2
