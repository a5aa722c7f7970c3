"""A data set in files: one file, or a folder of files whose names tell their split."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from rnnsent.data.catalog import BUNDLED_SENTENCES
from rnnsent.data.columns import find_label_column, find_text_column
from rnnsent.data.examples import Examples, make_examples, map_classes, merge_files
from rnnsent.data.files import FORMATS, read_rows
from rnnsent.data.read_options import ReadOptions
from rnnsent.data.splits import SPLIT_ALIASES, TRAIN, split_from_path
from rnnsent.errors import DataError


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
        if self.path.is_file():
            return {TRAIN: [self.path]}
        files: dict[str, list[Path]] = {}
        for path in sorted(self.path.rglob("*")):
            if path.is_file() and path.suffix.lower() in FORMATS:
                # A file whose name tells no split is training data.
                files.setdefault(split_from_path(path.relative_to(self.path)) or TRAIN, []).append(path)
        if not files:
            raise DataError(f"{self.path} contains no file in a supported format ({', '.join(FORMATS)})")
        return {split: files[split] for split in SPLIT_ALIASES if split in files}

    @property
    def splits(self) -> list[str]:
        return list(self._files)

    def read(self, split: str) -> Examples:
        """All labeled texts of a split.

        Raises:
            DataError: a column is ambiguous, a row cannot be parsed, or the label map names an unknown class.
        """
        return map_classes(self._read_split(split), self.label_map, f"{self.name} ({split})", self._all_classes)

    def read_texts(self, split: str) -> list[str]:
        """All texts of a split, labeled or not.

        Raises:
            DataError: the text column is ambiguous, or a row cannot be parsed.
        """
        texts: list[str] = []
        for path in self._files[split]:
            rows = list(read_rows(path))
            strings = [name for name, value in rows[0].items() if isinstance(value, str)] if rows else []
            column = find_text_column(list(rows[0]), self.options.text_columns, str(path), strings=strings) if rows else ""
            texts += [row[column] for row in rows if isinstance(row.get(column), str)]
        return texts

    def _all_classes(self) -> set[str]:
        return {name for split in self.splits for name in self._read_split(split).classes}

    def _read_split(self, split: str) -> Examples:
        return merge_files([self._read_file(path) for path in self._files[split]])

    def _read_file(self, path: Path) -> Examples:
        texts, labels = [], []
        text_column = label_column = ""
        for row in read_rows(path):
            if not text_column:
                columns = list(row)
                label_column = find_label_column(columns, self.options.label_column, str(path))
                strings = [name for name, value in row.items() if isinstance(value, str) and name != label_column]
                text_column = find_text_column(columns, self.options.text_columns, str(path), strings=strings)
            texts.append(row.get(text_column))
            labels.append(row.get(label_column))
        if not texts:
            raise DataError(f"{path} has no rows")
        return make_examples(texts, labels, None, str(path))
