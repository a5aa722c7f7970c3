"""Atomic replacement of files and folders: complete or unchanged, and no temporary files left."""

import os
import resource
import stat
import sys
import threading
from pathlib import Path

import pytest

from rnnsent.atomic import remove_temporary, replace_file, replace_folder, write_text


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_write_text(tmp_path: Path) -> None:
    """A new file and a replaced file have their full content and the usual mode."""
    path = tmp_path / "a.txt"
    for text in ("old", "new, 電影\n"):
        write_text(path, text)
        assert path.read_text(encoding="utf-8") == text
    assert names(tmp_path) == ["a.txt"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o644


def test_replace_file(tmp_path: Path) -> None:
    """The old file can be read until the end of the block."""
    path = tmp_path / "a.txt"
    path.write_text("old")
    with replace_file(path) as temporary:
        temporary.write_text("new")
        assert path.read_text() == "old"
        assert temporary.parent == tmp_path  # a rename across file systems would not be atomic
    assert path.read_text() == "new"


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt, SystemExit])
def test_replace_file_error(tmp_path: Path, error: type[BaseException]) -> None:
    """An error in the block leaves the old file and nothing else."""
    path = tmp_path / "a.txt"
    path.write_text("old")
    with pytest.raises(error), replace_file(path) as temporary:
        temporary.write_text("partial")
        raise error
    assert path.read_text() == "old"
    assert names(tmp_path) == ["a.txt"]


def test_replace_folder(tmp_path: Path) -> None:
    """A folder replaces the old one completely; missing parents are created."""
    path = tmp_path / "deep" / "model"
    for name in ("first", "second"):
        with replace_folder(path) as folder:
            (folder / name).write_text(name)
        assert names(path) == [name]
    assert names(path.parent) == ["model"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o755
    assert stat.S_IMODE((path / "second").stat().st_mode) == 0o644


@pytest.mark.parametrize("exists", [True, False])
@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_replace_folder_error(tmp_path: Path, exists: bool, error: type[BaseException]) -> None:
    """An error in the block leaves the old folder, if any, and nothing else."""
    path = tmp_path / "model"
    if exists:
        path.mkdir()
        (path / "old").write_text("old")
    with pytest.raises(error), replace_folder(path) as folder:
        (folder / "new").write_text("new")
        raise error
    assert names(tmp_path) == (["model"] if exists else [])
    if exists:
        assert names(path) == ["old"]


def test_disk_full(tmp_path: Path) -> None:
    """A write that exceeds the available space leaves the old file, and the error names it."""
    path = tmp_path / "a.txt"
    path.write_text("old")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 16, before[1]))
    try:
        with pytest.raises(OSError, match="too large") as caught:
            write_text(path, "x" * (1 << 17))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert caught.value.filename == str(path)
    assert path.read_text() == "old"
    assert names(tmp_path) == ["a.txt"]


def test_unwritable_path(tmp_path: Path) -> None:
    """A path that cannot be written raises an error before the block runs."""
    (tmp_path / "file").write_text("not a folder")
    started = []
    with pytest.raises(OSError), replace_file(tmp_path / "file" / "a.txt"):
        started.append("file")
    with pytest.raises(OSError), replace_folder(tmp_path / "file" / "model"):
        started.append("folder")
    assert started == []
    assert names(tmp_path) == ["file"]


def test_missing_folder(tmp_path: Path) -> None:
    """The folder of a file is not created; the error names it."""
    with pytest.raises(FileNotFoundError, match="no such folder") as caught:
        write_text(tmp_path / "absent" / "a.txt", "text")
    assert caught.value.filename == str(tmp_path / "absent")
    assert names(tmp_path) == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write to a read-only folder")
def test_read_only_folder(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("old")
    tmp_path.chmod(0o555)
    try:
        with pytest.raises(PermissionError):
            write_text(tmp_path / "a.txt", "new")
    finally:
        tmp_path.chmod(0o755)
    assert (tmp_path / "a.txt").read_text() == "old"
    assert names(tmp_path) == ["a.txt"]


def test_named_pipe(tmp_path: Path) -> None:
    """A named pipe is written to and not replaced."""
    path = tmp_path / "pipe"
    os.mkfifo(path)
    received: list[str] = []
    reader = threading.Thread(target=lambda: received.append(path.read_text()), daemon=True)
    reader.start()
    write_text(path, "text")
    reader.join(timeout=10)
    assert received == ["text"]
    assert path.is_fifo()


def test_symbolic_link(tmp_path: Path) -> None:
    """A symbolic link is kept, and its target is replaced."""
    (tmp_path / "folder").mkdir()
    link, target = tmp_path / "link", tmp_path / "folder" / "target"
    target.write_text("old")
    link.symlink_to(target)
    write_text(link, "new")
    assert link.is_symlink()
    assert target.read_text() == "new"
    assert names(target.parent) == ["target"]


def test_file_over_folder(tmp_path: Path) -> None:
    """A folder is not replaced by a file."""
    with pytest.raises(IsADirectoryError):
        write_text(tmp_path, "text")
    assert names(tmp_path) == []


@pytest.mark.parametrize("can_swap", [True, False])
def test_swap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, can_swap: bool) -> None:
    """Folders are replaced whether or not the system can swap two of them."""
    if not can_swap:
        monkeypatch.setattr("rnnsent.atomic._swap", lambda first, second: False)
    for name in ("first", "second", "third"):
        with replace_folder(tmp_path / "model") as folder:
            (folder / name).write_text(name)
        assert names(tmp_path) == ["model"]
        assert names(tmp_path / "model") == [name]


@pytest.mark.skipif(sys.platform not in ("linux", "darwin"), reason="the system cannot swap two folders")
def test_concurrent_reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader finds the old or the new folder at every instant."""
    monkeypatch.setattr("os.fsync", lambda descriptor: None)  # slow, and only matters when the machine crashes
    path = tmp_path / "model"
    with replace_folder(path) as folder:
        (folder / "file").write_text("0")
    stop = threading.Event()
    errors: list[str] = []

    def read() -> None:
        while not stop.is_set():
            try:
                (path / "file").stat()
            except OSError as error:
                errors.append(str(error))

    reader = threading.Thread(target=read)
    reader.start()
    for number in range(300):
        with replace_folder(path) as folder:
            (folder / "file").write_text(str(number))
    stop.set()
    reader.join()
    assert not errors


def test_remove_temporary(tmp_path: Path) -> None:
    """The temporary folders of a killed process are removed, and no folder of another name."""
    others = {"model", ".model.resume", ".model.lock", ".model.x.abcd1234", ".other.abcd1234", "abcd1234"}
    for name in others | {".model.abcd1234", ".model.a_cd1234.old"}:
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").write_text("")
    remove_temporary(tmp_path / "model")
    assert set(names(tmp_path)) == others
    remove_temporary(tmp_path / "absent" / "model")
