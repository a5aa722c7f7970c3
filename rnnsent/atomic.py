"""Atomic replacement of files and folders: written under a temporary name in the same folder, flushed, renamed last.

A reader sees the old content or the new content, never a mixture or nothing. Errors name the path that was to be
written, never the temporary one.
"""

import os
import re
import secrets
import shutil
import stat
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

_AT_FDCWD = -100  # Linux: resolve paths relative to the working directory
_RENAME_EXCHANGE = 2  # Linux's RENAME_EXCHANGE and macOS's RENAME_SWAP are the same number


@contextmanager
def replace_folder(path: Path) -> Iterator[Path]:
    """Yield an empty folder to fill; it replaces `path` at the end of the block. After an error, `path` is unchanged."""
    with _report_errors_as(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    folder = _temporary_path(path)
    try:
        with _report_errors_as(path, folder):
            folder.mkdir()
            yield folder
            for file in filter(_is_unshared_file, folder.iterdir()):
                file.chmod(0o666 & ~_umask())
                _flush(file)
            _flush(folder)
            _exchange(folder, path)
    finally:
        _remove(folder)
        if path.exists():
            _remove(_backup_path(folder))


def remove_temporary(path: Path) -> None:
    """Remove the temporary folders that a killed process left beside `path`. No other process may be writing `path`."""
    name = re.compile(re.escape(f".{path.name}.") + r"[a-z0-9_]{8}(\.old)?")
    for candidate in path.parent.iterdir() if path.parent.is_dir() else ():
        if name.fullmatch(candidate.name) and candidate.is_dir():
            _remove(candidate)


def copy_folder(path: Path, folder: Path, *, without: Collection[str]) -> None:
    """Copy the content and the mode of a folder into another folder, as hard links where the file system supports them.

    Args:
        path: the folder to copy.
        folder: an existing folder that receives the copies.
        without: names of entries to leave out.
    """
    shutil.copymode(path, folder)
    for entry in path.iterdir():
        if entry.name in without:
            continue
        if entry.is_dir() and not entry.is_symlink():
            shutil.copytree(entry, folder / entry.name, symlinks=True, copy_function=_link_or_copy)
        else:
            _link_or_copy(entry, folder / entry.name)


def write_text(path: Path, text: str) -> None:
    """Write a UTF-8 file atomically."""
    with replace_file(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


@contextmanager
def replace_file(path: Path) -> Iterator[Path]:
    """Yield a path to write to; the file replaces `path` at the end of the block. After an error, `path` is unchanged.

    A symbolic link is kept, and its target is replaced. A device or a named pipe cannot be replaced: the yielded path
    is `path`.
    """
    if path.exists() and not path.is_file():
        with _report_errors_as(path):
            yield path
        return
    target = path.resolve()
    mode = target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~_umask()
    if not target.parent.is_dir():
        raise FileNotFoundError(2, "no such folder; create it first", str(path.parent))
    temporary = _temporary_path(target)
    try:
        with _report_errors_as(path, temporary):
            temporary.touch(0o600, exist_ok=False)
            yield temporary
            _flush(temporary)
            temporary.chmod(mode)
            temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)


def _temporary_path(path: Path) -> Path:
    """Choose an unused hidden name beside `path`.

    The name is chosen before anything is created, so a signal between the two leaves nothing to clean up.
    """
    while os.path.lexists(temporary := path.with_name(f".{path.name}.{secrets.token_hex(4)}")):
        pass
    return temporary


@contextmanager
def _report_errors_as(path: Path, temporary: Path | None = None) -> Iterator[None]:
    """Let an OSError that names no file, or names the temporary file, name `path` instead."""
    try:
        yield
    except OSError as error:
        culprit = Path(os.fsdecode(error.filename)) if isinstance(error.filename, (str, bytes)) else None
        is_own = temporary is None or culprit is None or culprit == temporary or temporary in culprit.parents
        if error.errno is None or not is_own:
            raise
        raise OSError(error.errno, os.strerror(error.errno), str(path)) from None


def _link_or_copy(path: str | Path, copy: str | Path) -> None:
    try:
        os.link(path, copy, follow_symlinks=False)
    except OSError:
        shutil.copy2(path, copy, follow_symlinks=False)


def _is_unshared_file(path: Path) -> bool:
    """Whether the path is a regular file without other hard links, so that changing its mode affects no other folder."""
    status = path.lstat()
    return stat.S_ISREG(status.st_mode) and status.st_nlink == 1


def _exchange(folder: Path, path: Path) -> None:
    """Replace the folder at `path`, if any, by `folder`.

    Where the system can swap two folders, `path` exists at every instant, and `folder` is the old one afterwards.
    Elsewhere the old one is renamed to `_backup_path(folder)` first.
    """
    backup = _backup_path(folder)
    if not path.exists():
        folder.rename(path)
    elif not _swap(folder, path):
        path.rename(backup)
        try:
            folder.rename(path)
        except BaseException:
            backup.rename(path)
            raise
    _flush(path.parent)


def _backup_path(folder: Path) -> Path:
    return folder.with_name(folder.name + ".old")


def _swap(first: Path, second: Path) -> bool:
    """Exchange two folders atomically; False if the system or the file system does not support it."""
    if not second.is_dir() or second.is_symlink():
        return False
    import ctypes

    libc = ctypes.CDLL(None)
    arguments: tuple[object, ...]
    if hasattr(libc, "renameat2"):  # Linux
        call = libc.renameat2
        arguments = (_AT_FDCWD, os.fsencode(first), _AT_FDCWD, os.fsencode(second), _RENAME_EXCHANGE)
    elif hasattr(libc, "renamex_np"):  # macOS
        call = libc.renamex_np
        arguments = (os.fsencode(first), os.fsencode(second), _RENAME_EXCHANGE)
    else:
        return False
    return bool(call(*arguments) == 0)


def _remove(folder: Path) -> None:
    for _ in range(2):  # a second attempt also removes what a transient error made the first one skip
        shutil.rmtree(folder, ignore_errors=True)


def _umask() -> int:
    mask = os.umask(0)  # the umask can only be read by setting it
    os.umask(mask)
    return mask


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
