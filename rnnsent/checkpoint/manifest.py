"""manifest.json: the size and SHA-256 of each file of a checkpoint. Knows files, not their content.

It detects truncated, swapped and corrupted files. It does not authenticate them: who can change a file can change the
manifest too, so a file that matches is still checked like any other input. The model card and the metrics may be edited
by hand; only `rnnsent models verify` reports that they differ.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from rnnsent.checkpoint.safe_read import REMEDY, parse_json_object, read_bytes, regular_file
from rnnsent.errors import ModelError

MANIFEST = "manifest.json"
MAX_MANIFEST_BYTES = 1 << 20
HEX_DIGITS = frozenset("0123456789abcdef")


class Entry(NamedTuple):  # a dataclass would add a millisecond to every start
    """Size in bytes and SHA-256 of a file."""

    size: int
    sha256: str

    @classmethod
    def of(cls, path: Path) -> "Entry":
        """The entry of the file at `path`."""
        with path.open("rb") as file:
            return cls(path.stat().st_size, hashlib.file_digest(file, "sha256").hexdigest())


class Manifest(NamedTuple):
    """The entries of the files in a folder; files that are not listed are not checked."""

    folder: Path
    entries: Mapping[str, Entry]

    @classmethod
    def read(cls, folder: Path, required: Sequence[str]) -> "Manifest | None":
        """The manifest of a folder, which must list the required files; None if there is no manifest.

        Raises:
            ModelError: the manifest is invalid.
        """
        path = regular_file(folder, MANIFEST)
        if path is None:
            return None
        files = parse_json_object(read_bytes(folder, MANIFEST, MAX_MANIFEST_BYTES), path).get("files")
        if not isinstance(files, dict):
            raise ModelError(f"{path} has no object 'files'; {REMEDY}")
        for name in required:
            if name not in files:
                raise ModelError(f"{path} does not list {name}; {REMEDY}")
        return cls(folder, {name: _parse_entry(path, name, values) for name, values in files.items()})

    def check_sizes(self, names: Sequence[str]) -> None:
        """Raise ModelError unless the files exist and have the listed sizes."""
        for name in names:
            path = regular_file(self.folder, name)
            if path is None:
                raise ModelError(f"{self.folder / name} is listed in {MANIFEST} but missing; {REMEDY}")
            size, expected = path.stat().st_size, self.entries[name].size
            if size != expected:
                raise ModelError(
                    f"{path} has {size:,} bytes, but {MANIFEST} lists {expected:,}: it was truncated or changed; "
                    f"{REMEDY}"
                )

    def check_digest(self, name: str, digest: str) -> None:
        """Raise ModelError unless `digest` is the listed SHA-256 of the file."""
        if digest != self.entries[name].sha256:
            raise ModelError(
                f"{self.folder / name} does not match {MANIFEST}: its SHA-256 differs, so it was changed; {REMEDY}"
            )

    def check_all(self) -> None:
        """Compare every listed file. Raises ModelError."""
        self.check_sizes(list(self.entries))
        for name in self.entries:
            self.check_digest(name, Entry.of(self.folder / name).sha256)


def write_manifest(folder: Path, names: Sequence[str], known: Mapping[str, Entry] | None = None) -> None:
    """List the named files that exist.

    `known` entries are written as given instead of read from the files, so that a file which is corrupted by now still
    fails the check.
    """
    known = known or {}
    entries = {name: known.get(name) or Entry.of(folder / name) for name in names if (folder / name).is_file()}
    files = {name: {"size": entry.size, "sha256": entry.sha256} for name, entry in entries.items()}
    (folder / MANIFEST).write_text(json.dumps({"files": files}, indent=2) + "\n", encoding="utf-8")


def _parse_entry(path: Path, name: str, values: object) -> Entry:
    if not name or name != Path(name).name or "\0" in name or name == MANIFEST:
        raise ModelError(f"{path}: {name!r:.80} is not the name of a file in its folder; {REMEDY}")
    size, digest = (values.get("size"), values.get("sha256")) if isinstance(values, dict) else (None, None)
    if type(size) is not int or not 0 <= size < 1 << 63:
        raise ModelError(f"{path}: {name!r:.80} has no valid size; {REMEDY}")
    if not (isinstance(digest, str) and len(digest) == 64 and HEX_DIGITS.issuperset(digest)):
        raise ModelError(f"{path}: {name!r:.80} has no SHA-256 of 64 hexadecimal digits; {REMEDY}")
    return Entry(size, digest)
