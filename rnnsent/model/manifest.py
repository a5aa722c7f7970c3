"""manifest.json: the size and the SHA-256 of each file of a checkpoint. Knows files, not what is in them.

It tells a file that was cut short, exchanged or damaged; whoever can change a file can change the manifest too, so
it vouches for nothing, and what it lists is checked like everything else. A model card and scores may be edited by
hand: that they differ is told by `rnnsent models verify` alone.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from rnnsent.errors import ModelError
from rnnsent.model.untrusted import REMEDY, json_object, plain_file, read_bytes

MANIFEST = "manifest.json"
MOST_BYTES = 1 << 20
DIGITS = frozenset("0123456789abcdef")


class Entry(NamedTuple):  # a dataclass takes a millisecond more at every start
    size: int
    sha256: str

    @classmethod
    def of(cls, path: Path) -> "Entry":
        with path.open("rb") as file:
            return cls(path.stat().st_size, hashlib.file_digest(file, "sha256").hexdigest())


class Manifest(NamedTuple):
    """What is known of the files in a folder; nothing of the files that it does not list."""

    folder: Path
    entries: Mapping[str, Entry]

    @classmethod
    def read(cls, folder: Path, needed: Sequence[str]) -> "Manifest | None":
        """The folder's manifest, which must list the files that are needed; None where there is no manifest.

        Raises:
            ModelError: it is no manifest.
        """
        path = plain_file(folder, MANIFEST)
        if path is None:
            return None
        files = json_object(read_bytes(folder, MANIFEST, MOST_BYTES), path).get("files")
        if not isinstance(files, dict):
            raise ModelError(f"{path} lists no files; {REMEDY}")
        for name in needed:
            if name not in files:
                raise ModelError(f"{path} does not list {name}; {REMEDY}")
        return cls(folder, {name: _entry(path, name, values) for name, values in files.items()})

    def check_sizes(self, names: Sequence[str]) -> None:
        """Raise ModelError unless the files are there in the size that they had."""
        for name in names:
            path = plain_file(self.folder, name)
            if path is None:
                raise ModelError(f"{self.folder / name}, which {MANIFEST} lists, is not there; {REMEDY}")
            size = path.stat().st_size
            if size != self.entries[name].size:
                raise ModelError(
                    f"{path} has {size:,} bytes, and {self.entries[name].size:,} by {MANIFEST}: it was cut short or "
                    f"changed; {REMEDY}"
                )

    def check_digest(self, name: str, digest: str) -> None:
        """Raise ModelError unless this is the SHA-256 that the file had."""
        if digest != self.entries[name].sha256:
            raise ModelError(
                f"{self.folder / name} is not what {MANIFEST} lists: its SHA-256 differs, it was changed; {REMEDY}"
            )

    def check_all(self) -> None:
        """Compare every file that is listed. Raises ModelError."""
        self.check_sizes(list(self.entries))
        for name in self.entries:
            self.check_digest(name, Entry.of(self.folder / name).sha256)


def write_manifest(folder: Path, names: Sequence[str], known: Mapping[str, Entry] | None = None) -> None:
    """List those of the files that are there; what is `known` of some is believed, so that no damage is written down
    as right."""
    known = known or {}
    entries = {name: known.get(name) or Entry.of(folder / name) for name in names if (folder / name).is_file()}
    files = {name: {"size": entry.size, "sha256": entry.sha256} for name, entry in entries.items()}
    (folder / MANIFEST).write_text(json.dumps({"files": files}, indent=2) + "\n", encoding="utf-8")


def _entry(path: Path, name: str, values: object) -> Entry:
    if not name or name != Path(name).name or "\0" in name or name == MANIFEST:
        raise ModelError(f"{path}: {name!r:.80} is not the name of a file in its folder; {REMEDY}")
    size, digest = (values.get("size"), values.get("sha256")) if isinstance(values, dict) else (None, None)
    if type(size) is not int or not 0 <= size < 1 << 63:
        raise ModelError(f"{path}: {name!r:.80} has no size; {REMEDY}")
    if not (isinstance(digest, str) and len(digest) == 64 and DIGITS.issuperset(digest)):
        raise ModelError(f"{path}: {name!r:.80} has no SHA-256 of 64 hexadecimal digits; {REMEDY}")
    return Entry(size, digest)
