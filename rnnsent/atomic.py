"""Files and folders that are there whole or not at all: written beside their place, flushed, and renamed last.

An error names the place that was to be written, never a temporary one.
"""

import os
import re
import secrets
import shutil
import stat
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

_HERE = -100  # AT_FDCWD: paths are taken from the working directory
_RENAME_EXCHANGE = 2  # of Linux; RENAME_SWAP of macOS is the same number


@contextmanager
def replaced_folder(path: Path) -> Iterator[Path]:
    """An empty folder to fill, which takes the place of `path` at the end; after an error `path` is as it was."""
    with _naming(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    folder = _beside(path)
    try:
        with _naming(path, folder):
            folder.mkdir()
            yield folder
            for file in filter(_is_new, folder.iterdir()):
                file.chmod(0o666 & ~_umask())
                _flush(file)
            _flush(folder)
            _exchange(folder, path)
    finally:
        _remove(folder)
        if path.exists():
            _remove(_old(folder))


def remove_leftovers(path: Path) -> None:
    """Remove what a process that was killed left beside `path`; nobody else may be writing there."""
    made_up = re.compile(re.escape(f".{path.name}.") + r"[a-z0-9_]{8}(\.old)?")
    for each in path.parent.iterdir() if path.parent.is_dir() else ():
        if made_up.fullmatch(each.name) and each.is_dir():
            _remove(each)


def copy_folder(path: Path, folder: Path, *, without: Collection[str]) -> None:
    """Put what is in a folder into another of the same mode, the files as further links to the same content where the
    system allows it."""
    shutil.copymode(path, folder)
    for each in path.iterdir():
        if each.name in without:
            continue
        if each.is_dir() and not each.is_symlink():
            shutil.copytree(each, folder / each.name, symlinks=True, copy_function=_link_or_copy)
        else:
            _link_or_copy(each, folder / each.name)


def write_text(path: Path, text: str) -> None:
    """Write a file at once: a reader sees the old content or the new."""
    with replaced_file(path) as written:
        written.write_text(text, encoding="utf-8")


@contextmanager
def replaced_file(path: Path) -> Iterator[Path]:
    """A file to write, which takes the place of `path` at the end; after an error `path` is as it was.

    A device or a named pipe is written to where it is, and a link leads to the file that is replaced.
    """
    if path.exists() and not path.is_file():
        with _naming(path):
            yield path
        return
    asked, path = path, path.resolve()
    mode = path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask()
    if not path.parent.is_dir():
        raise FileNotFoundError(2, "there is no such folder; make it first", str(asked.parent))
    written = _beside(path)
    try:
        with _naming(asked, written):
            written.touch(0o600, exist_ok=False)
            yield written
            _flush(written)
            written.chmod(mode)
            written.replace(path)
    finally:
        written.unlink(missing_ok=True)


def _beside(path: Path) -> Path:
    """A name that nothing has. It is made up before the file is, so that a signal between the two leaves nothing."""
    while os.path.lexists(name := path.with_name(f".{path.name}.{secrets.token_hex(4)}")):
        pass
    return name


@contextmanager
def _naming(path: Path, temporary: Path | None = None) -> Iterator[None]:
    """Let an error without a file's name, or with that of a temporary file, name `path`."""
    try:
        yield
    except OSError as error:
        named = Path(os.fsdecode(error.filename)) if isinstance(error.filename, (str, bytes)) else None
        own = temporary is None or named is None or named == temporary or temporary in named.parents
        if error.errno is None or not own:
            raise
        raise OSError(error.errno, os.strerror(error.errno), str(path)) from None


def _link_or_copy(path: str | Path, copy: str | Path) -> None:
    try:
        os.link(path, copy, follow_symlinks=False)
    except OSError:
        shutil.copy2(path, copy, follow_symlinks=False)


def _is_new(path: Path) -> bool:
    """Whether it is a file of this folder alone, and not one that another folder or a link has as well."""
    status = path.lstat()
    return stat.S_ISREG(status.st_mode) and status.st_nlink == 1


def _exchange(folder: Path, path: Path) -> None:
    """Put the folder in the place of the one at `path`, which is there until then: at no instant is there neither.

    Where the system can swap them, the temporary folder is what stood at `path` afterwards.
    """
    old = _old(folder)
    if not path.exists():
        folder.rename(path)
    elif not _swap(folder, path):
        path.rename(old)
        try:
            folder.rename(path)
        except BaseException:
            old.rename(path)
            raise
    _flush(path.parent)


def _old(folder: Path) -> Path:
    """Where the folder that was replaced waits for its end, where it could not be swapped."""
    return folder.with_name(folder.name + ".old")


def _swap(one: Path, other: Path) -> bool:
    """Let two folders change places at once; False where the system or the file system cannot."""
    if not other.is_dir() or other.is_symlink():
        return False
    import ctypes

    libc = ctypes.CDLL(None)
    arguments: tuple[object, ...]
    if hasattr(libc, "renameat2"):  # Linux
        call = libc.renameat2
        arguments = (_HERE, os.fsencode(one), _HERE, os.fsencode(other), _RENAME_EXCHANGE)
    elif hasattr(libc, "renamex_np"):  # macOS
        call = libc.renamex_np
        arguments = (os.fsencode(one), os.fsencode(other), _RENAME_EXCHANGE)
    else:
        return False
    return bool(call(*arguments) == 0)


def _remove(folder: Path) -> None:
    for _ in range(2):  # an error of the first time need not be there the second
        shutil.rmtree(folder, ignore_errors=True)


def _umask() -> int:
    mask = os.umask(0)  # it can be read only by setting it
    os.umask(mask)
    return mask


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
