"""Files and folders that are there whole or not at all: written beside their place, flushed, and renamed last."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def replaced_folder(path: Path) -> Iterator[Path]:
    """An empty folder to fill, which takes the place of `path` at the end; after an error `path` is as it was."""
    path.parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=f".{path.name}.", dir=path.parent))
    try:
        folder.chmod(0o755)  # mkdtemp makes it private, which a model shared on a machine is not
        yield folder
        for file in folder.iterdir():
            file.chmod(0o644)
            _flush(file)
        _flush(folder)
        old = folder.with_name(folder.name + ".old")
        if path.exists():
            path.rename(old)
        folder.rename(path)
        _flush(path.parent)
        shutil.rmtree(old, ignore_errors=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def write_text(path: Path, text: str) -> None:
    """Write a file at once: a reader sees the old content or the new."""
    with replaced_file(path) as written:
        written.write_text(text, encoding="utf-8")


@contextmanager
def replaced_file(path: Path) -> Iterator[Path]:
    """A file to write, which takes the place of `path` at the end; after an error `path` is as it was."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    os.close(handle)
    written = Path(name)
    try:
        yield written
        _flush(written)
        written.chmod(0o644)  # mkstemp makes it private
        written.replace(path)
    finally:
        written.unlink(missing_ok=True)


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
