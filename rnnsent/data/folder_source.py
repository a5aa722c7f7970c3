"""A data set in folders: one text per file, in one folder per class, as in the archive of the IMDB reviews."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from rnnsent.data.examples import Examples, make_examples, map_classes
from rnnsent.data.files import FASTTEXT_LABEL, open_text
from rnnsent.data.labels import class_name
from rnnsent.data.read_options import ReadOptions
from rnnsent.data.splits import SPLIT_ALIASES, TRAIN, split_from_path
from rnnsent.errors import DataError

UNLABELED_FOLDERS = ("unsup",)  # the name in the archive of the IMDB reviews


@dataclass(frozen=True)
class FolderSource:
    """Texts in CLASS/*.txt, which are a train split, or in SPLIT/CLASS/*.txt; see `Source`."""

    name: str
    path: Path
    options: ReadOptions = ReadOptions()
    label_map: Mapping[str, str | None] = field(default_factory=dict)

    @property
    def location(self) -> str:
        return str(self.path)

    @property
    def splits(self) -> list[str]:
        return list(find_class_folders(self.path))

    def read(self, split: str) -> Examples:
        """All labeled texts of a split.

        Raises:
            DataError: a file cannot be read, or the label map names an unknown class.
        """
        folders = find_class_folders(self.path)[split]
        rows = [(text, folder.name) for folder in folders for text in _read_folder(folder)]
        labels = [None if label in UNLABELED_FOLDERS else label for _, label in rows]
        source_name = f"{self.path} ({split})"
        examples = make_examples([text for text, _ in rows], labels, None, source_name)
        return map_classes(examples, self.label_map, source_name, self._all_classes)

    def read_texts(self, split: str) -> list[str]:
        """All texts of a split, labeled or not. Raises DataError if a file cannot be read."""
        return [text for folder in find_class_folders(self.path)[split] for text in _read_folder(folder)]

    def _all_classes(self) -> set[str]:
        folders = [folder.name for folders in find_class_folders(self.path).values() for folder in folders]
        return {class_name(name) for name in folders if name not in UNLABELED_FOLDERS}


def find_class_folders(path: Path) -> dict[str, list[Path]]:
    """The class folders of each split; empty if the path does not have this layout."""
    if not path.is_dir():
        return {}
    subfolders = [folder for folder in sorted(path.iterdir()) if folder.is_dir()]
    by_split = {split: _text_folders(folder) for folder in subfolders if (split := split_from_path(Path(folder.name)))}
    if not by_split:
        by_split = {TRAIN: _text_folders(path)}
    return {split: by_split[split] for split in SPLIT_ALIASES if len(by_split.get(split, ())) > 1}


def _text_folders(path: Path) -> list[Path]:
    """The subfolders whose .txt files contain one text each, not the lines of a fastText data set."""
    folders = [folder for folder in sorted(path.iterdir()) if folder.is_dir()]
    first_files = {folder: next(folder.glob("*.txt"), None) for folder in folders}
    return [folder for folder, file in first_files.items() if file and not _read_text(file).startswith(FASTTEXT_LABEL)]


def _read_folder(folder: Path) -> list[str]:
    return [_read_text(path) for path in sorted(folder.glob("*.txt"))]


def _read_text(path: Path) -> str:
    try:
        with open_text(path, newline="\n") as file:
            return file.read().strip()
    except OSError as error:
        raise DataError(f"{path}: {error.strerror or error}") from None
