"""A data set whose folders or file names indicate the class: `pos/1.txt` with one text, or `pos.txt` with one on each line."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from rnnsent.data.byte_input import ByteInput
from rnnsent.data.detect_format import is_fasttext
from rnnsent.data.encoding import head_lines, read_document
from rnnsent.data.examples import Examples, make_examples, map_classes
from rnnsent.data.labels import CLASS_ALIASES, class_name
from rnnsent.data.line_reader import read_records
from rnnsent.data.read_options import ReadOptions
from rnnsent.data.records import read_texts
from rnnsent.data.splits import SPLIT_ALIASES, TRAIN, split_from_path
from rnnsent.errors import SettingsError

UNLABELED_FOLDERS = ("unsup",)  # the name in the archive of the IMDB reviews
CLASS_WORDS = frozenset({*CLASS_ALIASES, *CLASS_ALIASES.values()})  # what a file of one class is called
MAX_FILES_OF_LINES = 20  # in a folder; more files have a text each

ClassFiles = dict[str, list[Path]]  # by class


@dataclass(frozen=True)
class FolderSource:
    """Files by class, which are a train split, or by split and class; see `Source`."""

    name: str
    path: Path
    options: ReadOptions = ReadOptions()
    label_map: Mapping[str, str | None] = field(default_factory=dict)

    @property
    def location(self) -> str:
        return str(self.path)

    @property
    def splits(self) -> list[str]:
        return list(find_class_files(self.path))

    def read(self, split: str) -> Examples:
        """All labeled texts of a split.

        Raises:
            DataError: a file cannot be read, or the label map names an unknown class.
            SettingsError: it is unclear whether a file is one text.
        """
        files = find_class_files(self.path)[split]
        rows = [(text, name) for name, paths in files.items() for text in self._read_files(paths)]
        labels = [None if label in UNLABELED_FOLDERS else label for _, label in rows]
        source_name = f"{self.path} ({split})"
        kind = "a text on each line" if self._has_lines(files) else "a text in each file"
        origin = f"{kind} of {', '.join(sorted(files))}"
        examples = make_examples([text for text, _ in rows], labels, None, source_name, origin=origin)
        return map_classes(examples, self.label_map, source_name, self._all_classes)

    def read_texts(self, split: str) -> list[str]:
        """All texts of a split, labeled or not. Raises DataError if a file cannot be read."""
        files = find_class_files(self.path)[split]
        return [text for paths in files.values() for text in self._read_files(paths)]

    def _all_classes(self) -> set[str]:
        names = [name for files in find_class_files(self.path).values() for name in files]
        return {class_name(name) for name in names if name not in UNLABELED_FOLDERS}

    def _has_lines(self, files: ClassFiles) -> bool:
        return any(self._is_lines(paths) for paths in files.values())

    def _read_files(self, paths: list[Path]) -> Iterator[str]:
        is_lines = self._is_lines(paths)
        for path in paths:
            if is_lines:
                yield from read_texts(read_records(ByteInput.open(path), encoding=self.options.encoding))
            else:
                yield read_document(ByteInput.open(path), self.options.encoding).strip()

    def _is_lines(self, paths: list[Path]) -> bool:
        """Whether the files have a text on each line. A file that is named for a class has; the files of a folder have one
        text each, if there are many or they are short.

        Raises:
            SettingsError: there are few files with many lines each.
        """
        if self.options.input_format in ("lines", "document"):
            return self.options.input_format == "lines"
        if all(_class_of(path) for path in paths):
            return True
        n_lines = [_count_lines(path) for path in paths[:MAX_FILES_OF_LINES]]
        if len(paths) >= MAX_FILES_OF_LINES or max(n_lines) <= max(3, len(paths)):
            return False
        raise SettingsError(
            f"{paths[0].parent} has few files with several lines each; --input-format lines reads a text on each line, "
            "--input-format document reads each file as one text"
        )


def find_class_files(path: Path) -> dict[str, ClassFiles]:
    """The files of each class by split; empty if the path does not have this layout."""
    if not path.is_dir():
        return {}
    subfolders = [folder for folder in sorted(path.iterdir()) if folder.is_dir() and not folder.name.startswith(".")]
    by_split = {split: _find_classes(folder) for folder in subfolders if (split := split_from_path(Path(folder.name)))}
    if not any(by_split.values()):
        by_split = {TRAIN: _find_classes(path)}
    return {split: by_split[split] for split in SPLIT_ALIASES if len(by_split.get(split, ())) > 1}


def _find_classes(path: Path) -> ClassFiles:
    """The text files of each class: those of a subfolder, or those that are named for it."""
    entries = [entry for entry in sorted(path.iterdir()) if not entry.name.startswith(".") and entry.name != "__MACOSX"]
    folders = {folder.name: sorted(folder.glob("*.txt")) for folder in entries if folder.is_dir()}
    folders = {name: files for name, files in folders.items() if files and not _is_fasttext(files[0])}
    if len(folders) > 1:
        return folders
    named: ClassFiles = {}
    for file in entries:
        if file.is_file() and (name := _class_of(file)) and not _is_fasttext(file):
            named.setdefault(name, []).append(file)
    return named


def _class_of(path: Path) -> str | None:
    """The class that a word of the file's name means, as in `pos.txt` and `rt-polarity.neg`; None unless one does."""
    suffix = path.suffix.lower()
    if suffix not in ("", ".txt", ".text") and suffix[1:] not in CLASS_WORDS:
        return None
    names = {class_name(word) for word in re.findall(r"[a-z]+", path.name.lower()) if word in CLASS_WORDS}
    return names.pop() if len(names) == 1 else None


def _is_fasttext(path: Path) -> bool:
    return is_fasttext(head_lines(ByteInput.open(path)))


def _count_lines(path: Path) -> int:
    return sum(bool(line.strip()) for line in head_lines(ByteInput.open(path)))
