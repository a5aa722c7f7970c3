"""Proves that a manifest lists what was written, that a load tells what is not so by name, and that new scores leave
the folder right at every moment."""

import json
import os
import threading
from pathlib import Path
from typing import Any

import pytest

from rnnsent import atomic
from rnnsent.errors import ModelError
from rnnsent.model.checkpoint import FILES, NEEDED, Checkpoint
from rnnsent.model.manifest import MANIFEST, Entry
from rnnsent.predict import Predictor

FIGURES = {"n": 4, "accuracy": 0.5, "accuracy_interval": [0.2, 0.8], "macro_f1": 0.5, "log_loss": 0.7}


def listed(path: Path) -> dict[str, Any]:
    return json.loads((path / MANIFEST).read_text())["files"]


def test_it_lists_each_file_with_its_size_and_digest(model: Checkpoint) -> None:
    assert set(listed(model.path)) == set(FILES) == {path.name for path in model.path.iterdir()} - {MANIFEST}
    for name, values in listed(model.path).items():
        assert Entry(**values) == Entry.of(model.path / name)
    Checkpoint.read(model.path).verify()


@pytest.mark.parametrize("name", NEEDED)
def test_a_file_that_a_prediction_needs_is_told_when_it_was_cut_or_is_gone(model: Checkpoint, name: str) -> None:
    (model.path / name).write_bytes((model.path / name).read_bytes()[:-1])
    with pytest.raises(ModelError, match=rf"tiny/{name} has [\d,]+ bytes, and [\d,]+ by manifest\.json"):
        Checkpoint.read(model.path)
    (model.path / name).unlink()
    with pytest.raises(ModelError, match=rf"{name}, which manifest.json lists, is not there|it has no config.json"):
        Checkpoint.read(model.path)


@pytest.mark.parametrize("name", ["config.json", "tokenizer.json"])
def test_a_small_file_that_changed_within_its_size_is_told_by_every_load(model: Checkpoint, name: str) -> None:
    path = model.path / name
    path.write_bytes(path.read_bytes().replace(b"e", b"E", 1))
    with pytest.raises(ModelError, match=rf"tiny/{name} is not what manifest\.json lists: its SHA-256 differs"):
        Predictor(Checkpoint.read(model.path))


def test_a_card_or_scores_edited_by_hand_are_told_by_verify_alone(model: Checkpoint) -> None:
    for name in ("README.md", "metrics.json", "history.jsonl"):
        (model.path / name).write_text("{}")
        Predictor(Checkpoint.read(model.path)).predict(["good"])
    with pytest.raises(ModelError, match=r"metrics\.json"):
        Checkpoint.read(model.path).verify()


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (lambda files: files.pop("tokenizer.json"), r"manifest\.json does not list tokenizer\.json"),
        (lambda files: files.update({"../x": files["config.json"]}), r"'\.\./x' is not the name of a file"),
        (lambda files: files.update({"/etc/passwd": files["config.json"]}), "is not the name of a file"),
        (lambda files: files.update({"a\0": files["config.json"]}), "is not the name of a file"),
        (lambda files: files["config.json"].update(size=-1), r"'config\.json' has no size"),
        (lambda files: files["config.json"].update(size=True), r"'config\.json' has no size"),
        (lambda files: files["config.json"].update(sha256="x"), r"'config\.json' has no SHA-256 of 64"),
        (lambda files: files.update({"config.json": []}), r"'config\.json' has no size"),
        (lambda files: files["config.json"].update(sha256="0" * 64), r"config\.json is not what manifest\.json lists"),
    ],
)
def test_a_manifest_that_is_none_is_refused(model: Checkpoint, edit: Any, words: str) -> None:
    files = listed(model.path)
    edit(files)
    (model.path / MANIFEST).write_text(json.dumps({"files": files}))
    with pytest.raises(ModelError, match=words):
        Checkpoint.read(model.path)


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"files": 3}', "[" * 100_000])
def test_a_manifest_without_a_list_of_files_is_refused(model: Checkpoint, content: str) -> None:
    (model.path / MANIFEST).write_text(content)
    with pytest.raises(ModelError, match=r"tiny/manifest\.json"):
        Checkpoint.read(model.path)


def test_new_scores_are_listed_and_the_other_files_stay_the_same_ones(model: Checkpoint) -> None:
    before = listed(model.path)
    weights = (model.path / "model.safetensors").stat().st_ino
    Checkpoint.read(model.path).record({"x:test": FIGURES}, "# card")
    read = Checkpoint.read(model.path)
    read.verify()
    assert read.metrics == {"x:test": FIGURES}
    changed = {name for name, values in listed(model.path).items() if values != before[name]}
    assert changed == {"metrics.json", "README.md"}
    assert (model.path / "model.safetensors").stat().st_ino == weights
    assert [path.name for path in model.path.parent.iterdir()] == ["tiny"]


def test_damage_is_not_written_down_as_right_by_new_scores(model: Checkpoint) -> None:
    path = model.path / "model.safetensors"
    content = bytearray(path.read_bytes())
    content[-3] ^= 1
    path.write_bytes(content)
    Checkpoint.read(model.path).record({"x:test": FIGURES}, "# card")
    with pytest.raises(ModelError, match=r"model\.safetensors is not what manifest\.json lists"):
        Checkpoint.read(model.path).verify()


def test_new_scores_give_a_checkpoint_without_a_manifest_one(model: Checkpoint) -> None:
    (model.path / MANIFEST).unlink()
    Checkpoint.read(model.path).record({"x:test": FIGURES}, "# card")
    Checkpoint.read(model.path).verify()
    assert set(listed(model.path)) == set(FILES)


def test_what_else_is_in_the_folder_stays_and_a_link_is_neither_followed_nor_lost(model: Checkpoint) -> None:
    outside = model.path.parent.parent / "private"
    outside.write_text("mine")
    outside.chmod(0o600)
    (model.path / "link").symlink_to(outside)
    (model.path / "sub").mkdir()
    (model.path / "sub" / "notes.txt").write_text("kept")
    model.path.chmod(0o750)
    Checkpoint.read(model.path).record({"x:test": FIGURES}, "# card")
    assert (model.path / "sub" / "notes.txt").read_text() == "kept"
    assert (model.path / "link").readlink() == outside
    assert outside.stat().st_mode & 0o777 == 0o600
    assert model.path.stat().st_mode & 0o777 == 0o750


def test_scores_of_a_checkpoint_reached_by_a_link_go_where_it_leads(model: Checkpoint) -> None:
    alias = model.path.parent / "alias"
    alias.symlink_to("tiny")
    Checkpoint.read(alias).record({"x:test": FIGURES}, "# card")
    assert alias.is_symlink()
    assert Checkpoint.read(model.path).metrics == {"x:test": FIGURES}


def test_files_are_copied_where_the_system_makes_no_links(model: Checkpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(1, "no links")

    monkeypatch.setattr(os, "link", refuse)
    Checkpoint.read(model.path).record({"x:test": FIGURES}, "# card")
    Checkpoint.read(model.path).verify()


def test_a_reader_finds_a_whole_checkpoint_at_every_moment(model: Checkpoint) -> None:
    if not atomic._swap(model.path, model.path):
        pytest.skip("this system does not exchange two folders at once")
    reader = Checkpoint.read(model.path)
    written = threading.Event()

    def write() -> None:
        for number in range(30):
            reader.record({f"{number}:test": FIGURES}, "# card")
        written.set()

    writer = threading.Thread(target=write)
    writer.start()
    reads = 0
    while not written.is_set():
        Predictor(Checkpoint.read(model.path)).predict(["good"])
        reads += 1
    writer.join()
    assert reads > 3
    Checkpoint.read(model.path).verify()
