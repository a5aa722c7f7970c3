"""Proves that a file or a folder is there whole or not at all, and that nothing temporary stays behind."""

import os
import resource
import stat
import sys
import threading
from pathlib import Path

import pytest

from rnnsent.atomic import remove_leftovers, replaced_file, replaced_folder, write_text


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_takes_its_place_with_all_its_content(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    for text in ("old", "new, 電影\n"):
        write_text(path, text)
        assert path.read_text(encoding="utf-8") == text
    assert names(tmp_path) == ["a.txt"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o644


def test_the_old_file_is_read_until_the_new_one_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("old")
    with replaced_file(path) as written:
        written.write_text("half")
        assert path.read_text() == "old"
        assert written.parent == tmp_path  # a rename across file systems would not be at once
    assert path.read_text() == "half"


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt, SystemExit])
def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path: Path, error: type[BaseException]) -> None:
    path = tmp_path / "a.txt"
    path.write_text("old")
    with pytest.raises(error), replaced_file(path) as written:
        written.write_text("half")
        raise error
    assert path.read_text() == "old"
    assert names(tmp_path) == ["a.txt"]


def test_a_folder_takes_the_place_of_the_old_one_whole(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "model"
    for name in ("one", "two"):
        with replaced_folder(path) as folder:
            (folder / name).write_text(name)
        assert names(path) == [name]
    assert names(path.parent) == ["model"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o755
    assert stat.S_IMODE((path / "two").stat().st_mode) == 0o644


@pytest.mark.parametrize("there", [True, False])
@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_a_failure_leaves_the_old_folder_and_nothing_else(
    tmp_path: Path, there: bool, error: type[BaseException]
) -> None:
    path = tmp_path / "model"
    if there:
        path.mkdir()
        (path / "old").write_text("old")
    with pytest.raises(error), replaced_folder(path) as folder:
        (folder / "new").write_text("new")
        raise error
    assert names(tmp_path) == (["model"] if there else [])
    if there:
        assert names(path) == ["old"]


def test_a_folder_without_room_leaves_the_old_file(tmp_path: Path) -> None:
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


def test_a_place_that_cannot_be_written_is_an_error_before_the_work(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    began = []
    with pytest.raises(OSError), replaced_file(tmp_path / "file" / "a.txt"):
        began.append("file")
    with pytest.raises(OSError), replaced_folder(tmp_path / "file" / "model"):
        began.append("folder")
    assert began == []
    assert names(tmp_path) == ["file"]


def test_a_folder_that_is_not_there_is_named_and_not_made(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no such folder") as caught:
        write_text(tmp_path / "absent" / "a.txt", "text")
    assert caught.value.filename == str(tmp_path / "absent")
    assert names(tmp_path) == []


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is read-only to root")
def test_a_read_only_folder_is_an_error_that_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("old")
    tmp_path.chmod(0o555)
    try:
        with pytest.raises(PermissionError):
            write_text(tmp_path / "a.txt", "new")
    finally:
        tmp_path.chmod(0o755)
    assert (tmp_path / "a.txt").read_text() == "old"
    assert names(tmp_path) == ["a.txt"]


def test_a_named_pipe_is_written_to_and_stays_one(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    read: list[str] = []
    reader = threading.Thread(target=lambda: read.append(path.read_text()), daemon=True)
    reader.start()
    write_text(path, "through")
    reader.join(timeout=10)
    assert read == ["through"]
    assert path.is_fifo()


def test_a_link_goes_on_leading_to_the_file_that_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    link, real = tmp_path / "link", tmp_path / "folder" / "real"
    real.write_text("old")
    link.symlink_to(real)
    write_text(link, "new")
    assert link.is_symlink()
    assert real.read_text() == "new"
    assert names(real.parent) == ["real"]


def test_a_folder_in_the_place_of_a_file_is_refused_and_kept(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError):
        write_text(tmp_path, "text")
    assert names(tmp_path) == []


@pytest.mark.parametrize("can_swap", [True, False])
def test_a_folder_is_exchanged_with_and_without_the_systems_help(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, can_swap: bool
) -> None:
    if not can_swap:
        monkeypatch.setattr("rnnsent.atomic._swap", lambda one, other: False)
    for text in ("first", "second", "third"):
        with replaced_folder(tmp_path / "model") as folder:
            (folder / text).write_text(text)
        assert names(tmp_path) == ["model"]
        assert names(tmp_path / "model") == [text]


@pytest.mark.skipif(sys.platform not in ("linux", "darwin"), reason="the system cannot swap two paths")
def test_a_reader_meets_one_folder_or_the_other_at_every_instant(tmp_path: Path) -> None:
    path = tmp_path / "model"
    with replaced_folder(path) as folder:
        (folder / "file").write_text("0")
    stop = threading.Event()
    missed: list[str] = []

    def read() -> None:
        while not stop.is_set():
            try:
                (path / "file").stat()
            except OSError as error:
                missed.append(str(error))

    reader = threading.Thread(target=read)
    reader.start()
    for number in range(200):
        with replaced_folder(path) as folder:
            (folder / "file").write_text(str(number))
    stop.set()
    reader.join()
    assert not missed


def test_what_a_killed_process_left_is_removed_and_nothing_of_another_name(tmp_path: Path) -> None:
    kept = {"model", ".model.resume", ".model.lock", ".model.x.abcd1234", ".other.abcd1234", "abcd1234"}
    for name in kept | {".model.abcd1234", ".model.a_cd1234.old"}:
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").write_text("")
    remove_leftovers(tmp_path / "model")
    assert set(names(tmp_path)) == kept
    remove_leftovers(tmp_path / "nowhere" / "model")
