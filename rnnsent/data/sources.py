"""What `train` and `evaluate` are given: a short name, a Hub id, a file or a folder, each read into examples by split."""

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Protocol

from rnnsent.data.catalog import CATALOG, EMBEDDED
from rnnsent.data.columns import label_column, text_column
from rnnsent.data.examples import (
    VALIDATION_SHARE,
    Examples,
    cut_validation,
    make_examples,
    merge,
    require_two_classes,
    sorted_classes,
    with_classes,
)
from rnnsent.data.files import FASTTEXT_LABEL, READERS, open_text, read_rows
from rnnsent.data.hub import HubSource
from rnnsent.errors import DataError

TRAIN, VALIDATION, TEST = "train", "validation", "test"
# How files and Hub splits are named in the wild, first match wins.
SPLIT_NAMES = (
    (TRAIN, ("train", "training")),
    (VALIDATION, ("validation", "valid", "val", "dev")),
    (TEST, ("test", "eval")),
)
WITHOUT_CLASS = ("unsup",)  # as the archive of the IMDB reviews names its folder of texts without a label


class Source(Protocol):
    """A data set by split. `name` is as the user wrote it, `location` where it really is."""

    @property
    def name(self) -> str: ...
    @property
    def location(self) -> str: ...
    @property
    def splits(self) -> list[str]: ...
    def read(self, split: str) -> Examples: ...
    def texts(self, split: str) -> list[str]: ...


@dataclass(frozen=True)
class FileSource:
    """One file, which is a train split, or a folder of files named by split."""

    name: str
    path: Path
    text: str | None = None
    label: str | None = None

    @property
    def location(self) -> str:
        return "the package" if self.path == EMBEDDED else str(self.path)

    @cached_property
    def _files(self) -> dict[str, list[Path]]:
        if self.path.is_file():
            return {TRAIN: [self.path]}
        found: dict[str, list[Path]] = {}
        for path in sorted(self.path.rglob("*")):
            if path.is_file() and path.suffix.lower() in READERS:
                found.setdefault(split_of(path.relative_to(self.path)), []).append(path)
        if not found:
            raise DataError(f"{self.path} holds no file of a known format ({', '.join(READERS)})")
        return {split: found[split] for split, _ in SPLIT_NAMES if split in found}

    @property
    def splits(self) -> list[str]:
        return list(self._files)

    def read(self, split: str) -> Examples:
        """All labelled texts of a split. Raises DataError for an unclear column or a row that does not parse."""
        return merge_files([self._read(path) for path in self._files[split]])

    def texts(self, split: str) -> list[str]:
        """All texts of a split, labelled or not. Raises DataError for an unclear column or a row that does not parse."""
        found: list[str] = []
        for path in self._files[split]:
            rows = list(read_rows(path))
            strings = [name for name, value in rows[0].items() if isinstance(value, str)] if rows else []
            column = text_column(list(rows[0]), self.text, str(path), strings=strings) if rows else ""
            found += [row[column] for row in rows if isinstance(row.get(column), str)]
        return found

    def _read(self, path: Path) -> Examples:
        texts, labels = [], []
        text = label = ""
        for row in read_rows(path):
            if not text:
                columns = list(row)
                label = label_column(columns, self.label, str(path))
                strings = [name for name, value in row.items() if isinstance(value, str) and name != label]
                text = text_column(columns, self.text, str(path), strings=strings)
            texts.append(row.get(text))
            labels.append(row.get(label))
        if not texts:
            raise DataError(f"{path} has no rows")
        return make_examples(texts, labels, None, str(path))


@dataclass(frozen=True)
class FolderSource:
    """A folder of texts, one a file, in folders named by class: CLASS/*.txt, or SPLIT/CLASS/*.txt as the archive of the
    IMDB reviews is laid out."""

    name: str
    path: Path

    @property
    def location(self) -> str:
        return str(self.path)

    @property
    def splits(self) -> list[str]:
        return list(class_folders(self.path))

    def read(self, split: str) -> Examples:
        """All labelled texts of a split."""
        folders = class_folders(self.path)[split]
        texts = [(text, folder.name) for folder in folders for text in _texts_in(folder)]
        labels = [None if label in WITHOUT_CLASS else label for _, label in texts]
        return make_examples([text for text, _ in texts], labels, None, f"{self.path} ({split})")

    def texts(self, split: str) -> list[str]:
        """All texts of a split, labelled or not."""
        return [text for folder in class_folders(self.path)[split] for text in _texts_in(folder)]


@dataclass(frozen=True)
class Corpus:
    """What a model is trained on: the two splits, and what was read, for the record."""

    train: Examples
    validation: Examples
    sources: tuple[dict[str, object], ...]


def find_source(name: str, *, text: str | None = None, label: str | None = None) -> Source:
    """The source that a word on the command line means: an existing path first, then a short name, then a Hub id.

    Raises:
        DataError: it is none of them.
    """
    path = Path(name)
    if name in CATALOG and not path.is_file():
        entry = CATALOG[name]
        columns = (text or entry.text_column, label or entry.label_column)
        classes = entry.classes if label in (None, entry.label_column) else None
        if entry.location == str(EMBEDDED):
            return FileSource(name, EMBEDDED, *columns)
        return HubSource(name, entry.location, entry.config, *columns, classes)
    if path.exists():
        return FolderSource(name, path) if class_folders(path) else FileSource(name, path, text, label)
    if path.suffix.lower() in READERS or name.startswith((".", "/", "~")) or name.count("/") > 1:
        raise DataError(f"there is no file or folder {name}")
    if re.fullmatch(r"[\w.-]+/[\w.-]+(:[\w.-]+)?", name):
        identifier, _, config = name.partition(":")
        return HubSource(name, identifier, config or None, text, label)
    raise DataError(
        f"unknown data set {name!r}: give a short name ({', '.join(CATALOG)}), a Hub id such as owner/name, or the path of a file"
    )


def split_of(path: Path) -> str:
    """The split that a file's path names in one of its words; train where none does."""
    return _named_split(path) or TRAIN


def class_folders(path: Path) -> dict[str, list[Path]]:
    """The folders of texts by split, each named by its class; empty where a path is not laid out so."""
    if not path.is_dir():
        return {}
    inside = [each for each in sorted(path.iterdir()) if each.is_dir()]
    found = {split: _of_texts(each) for each in inside if (split := _named_split(Path(each.name)))}
    if not found:
        found = {TRAIN: _of_texts(path)}
    return {split: found[split] for split, _ in SPLIT_NAMES if len(found.get(split, ())) > 1}


def matching_split(source: Source, wanted: str) -> str | None:
    """The split of the source that plays the part `wanted`, under whatever name; None where there is none."""
    if wanted in source.splits:
        return wanted
    usual = dict(SPLIT_NAMES).get(wanted, ())
    return next((name for name in source.splits if name.lower() in usual), None)


def read_corpus(sources: list[Source], *, validation_share: float, seed: int) -> Corpus:
    """Read the train splits and the validation splits, never a test split.

    A source's own validation split serves unless `validation_share` is above 0 or it has none: then a stratified
    share of its train split is cut off, by `seed`.

    Raises:
        DataError: a source has no train split or one class only, or class names differ between sources.
    """
    trains, validations, records = [], [], []
    for source in sources:
        split = matching_split(source, TRAIN)
        if split is None:
            raise DataError(f"{source.name} has no split to train on; it has {', '.join(source.splits)}")
        train = source.read(split)
        require_two_classes(train, source.name)
        whole, left_out = train.fingerprint(), train.left_out
        own = None if validation_share else matching_split(source, VALIDATION)
        validation = source.read(own) if own else None
        if validation is None or len(validation) == 0:
            own = None
            train, validation = cut_validation(train, validation_share or VALIDATION_SHARE, seed, source.name)
        trains.append((source.name, train))
        validations.append((source.name, with_classes(validation, train.classes, f"{source.name} ({own})")))
        records.append(
            {
                "name": source.name,
                "location": source.location,
                "train_rows": len(train),
                "validation_rows": len(validation),
                "validation_from": own or "train",
                "validation_in_train": _how_many_in(validation.texts, train.texts) if own else 0,
                "left_out": left_out + validation.left_out,
                "train_fingerprint": whole,  # of the split as the source has it, before a validation part is cut off
                "validation_fingerprint": validation.fingerprint(),
            }
        )
    return Corpus(merge(trains), merge(validations), tuple(records))


def merge_files(parts: list[Examples]) -> Examples:
    """One split out of several files, which may each hold some of the classes only."""
    if len(parts) == 1:
        return parts[0]
    classes = sorted_classes(name for each in parts for name in each.classes)
    return merge([("", with_classes(each, classes, "")) for each in parts])


def _named_split(path: Path) -> str | None:
    words = set(re.findall(r"[a-z]+", str(path.with_suffix("")).lower()))
    return next((split for split, names in SPLIT_NAMES if words & set(names)), None)


def _of_texts(path: Path) -> list[Path]:
    """The folders in a folder whose .txt files are a text each, and no lines of a data set."""
    folders = [each for each in sorted(path.iterdir()) if each.is_dir()]
    first = {each: next(each.glob("*.txt"), None) for each in folders}
    return [each for each, file in first.items() if file and not _text_in(file).startswith(FASTTEXT_LABEL)]


def _texts_in(folder: Path) -> list[str]:
    return [_text_in(path) for path in sorted(folder.glob("*.txt"))]


def _text_in(path: Path) -> str:
    try:
        with open_text(path, newline="\n") as file:
            return file.read().strip()
    except OSError as error:
        raise DataError(f"{path}: {error.strerror or error}") from None


def _how_many_in(texts: list[str], others: list[str]) -> int:
    known = set(others)
    return sum(text in known for text in texts)
