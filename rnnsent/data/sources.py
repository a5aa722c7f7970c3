"""Where `train` and `evaluate` read from: a short name, a Hub id, a file, or a folder becomes a `Source`."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from rnnsent.data.catalog import BUNDLED_SENTENCES, CATALOG
from rnnsent.data.examples import Examples
from rnnsent.data.file_source import FileSource
from rnnsent.data.folder_source import FolderSource, find_class_files
from rnnsent.data.hub import HubSource
from rnnsent.data.labels import LabelMap
from rnnsent.data.read_options import ReadOptions
from rnnsent.data.splits import match_split
from rnnsent.data.suffixes import format_of_name
from rnnsent.errors import DataError


class Source(Protocol):
    """A data set that is read one split at a time.

    `name` is what the user wrote, `location` the path or Hub id it refers to. `read` returns the labeled texts of a
    split, with the source's label map applied; `read_texts` returns all of its texts, labeled or not.
    """

    @property
    def name(self) -> str: ...
    @property
    def location(self) -> str: ...
    @property
    def splits(self) -> list[str]: ...
    def read(self, split: str) -> Examples: ...
    def read_texts(self, split: str) -> list[str]: ...


def find_source(
    name: str,
    options: ReadOptions = ReadOptions(),  # noqa: B008 - it is immutable
    *,
    label_map: LabelMap | None = None,
) -> Source:
    """The source that a command-line argument refers to: an existing path first, then a short name, then a Hub id.

    Args:
        options: how to read it; what they leave open is guessed, or known from the catalog.
        label_map: original class name -> class name, or None to drop the class; None uses the catalog's.

    Raises:
        DataError: the name refers to nothing.
    """
    path = Path(name)
    if name in CATALOG and not path.is_file():
        entry = CATALOG[name]
        is_entrys_label = options.label_column in (None, entry.label_column)
        options = replace(
            options,
            text_columns=options.text_columns or (entry.text_column,),
            label_column=options.label_column or entry.label_column,
        )
        if label_map is None:
            label_map = entry.label_map if is_entrys_label else {}
        if entry.location == str(BUNDLED_SENTENCES):
            return FileSource(name, BUNDLED_SENTENCES, options, label_map)
        class_names = entry.class_names if is_entrys_label else None
        return HubSource(name, entry.location, entry.config, options, class_names, label_map)
    label_map = label_map or {}
    if path.exists():
        if find_class_files(path):
            return FolderSource(name, path, options, label_map)
        return FileSource(name, path, options, label_map)
    if format_of_name(name) or name.startswith((".", "/", "~")) or name.count("/") > 1:
        raise DataError(f"{name}: no such file or folder")
    if re.fullmatch(r"[\w.-]+/[\w.-]+(:[\w.-]+)?", name):
        repo_id, _, config = name.partition(":")
        return HubSource(name, repo_id, config or None, options, None, label_map)
    raise DataError(
        f"unknown data set {name!r}: use a short name ({', '.join(CATALOG)}), a Hub id (owner/name), "
        "or the path of a file or folder"
    )


def find_split(source: Source, requested: str) -> str | None:
    """The source's split with the requested name, or with an alias of it; None if there is none."""
    return match_split(source.splits, requested)
