"""The manifest of a checkpoint: what it lists, what it detects, and how new metrics update it atomically."""

import json
import os
import threading
from pathlib import Path
from typing import Any

import pytest

from rnnsent import atomic
from rnnsent.checkpoint.checkpoint import FILES, REQUIRED, Checkpoint
from rnnsent.checkpoint.manifest import MANIFEST, Entry
from rnnsent.errors import ModelError
from rnnsent.predictor import Predictor

METRIC_VALUES = {"n": 4, "accuracy": 0.5, "accuracy_interval": [0.2, 0.8], "macro_f1": 0.5, "log_loss": 0.7}


def read_entries(path: Path) -> dict[str, Any]:
    return json.loads((path / MANIFEST).read_text())["files"]


def test_entries(model: Checkpoint) -> None:
    """Every file is listed with its size and digest."""
    assert set(read_entries(model.path)) == set(FILES) == {path.name for path in model.path.iterdir()} - {MANIFEST}
    for name, values in read_entries(model.path).items():
        assert Entry(**values) == Entry.of(model.path / name)
    Checkpoint.read(model.path).verify()


@pytest.mark.parametrize("name", REQUIRED)
def test_truncated(model: Checkpoint, name: str) -> None:
    """A required file that was truncated or removed is named in the error."""
    (model.path / name).write_bytes((model.path / name).read_bytes()[:-1])
    with pytest.raises(
        ModelError, match=rf"tiny/{name} has [\d,]+ bytes, but manifest\.json lists [\d,]+: it was truncated"
    ):
        Checkpoint.read(model.path)
    (model.path / name).unlink()
    with pytest.raises(ModelError, match=rf"{name} is listed in manifest.json but missing|it has no config.json"):
        Checkpoint.read(model.path)


@pytest.mark.parametrize("name", ["config.json", "tokenizer.json"])
def test_changed(model: Checkpoint, name: str) -> None:
    """A small file that changed without changing its size is detected by every load."""
    path = model.path / name
    path.write_bytes(path.read_bytes().replace(b"e", b"E", 1))
    with pytest.raises(ModelError, match=rf"tiny/{name} does not match manifest\.json: its SHA-256 differs"):
        Predictor(Checkpoint.read(model.path))


def test_edited_card(model: Checkpoint) -> None:
    """A card, metrics or a history edited by hand are reported by verify only."""
    for name in ("README.md", "metrics.json", "history.jsonl"):
        (model.path / name).write_text("{}")
        Predictor(Checkpoint.read(model.path)).predict(["good"])
    with pytest.raises(ModelError, match=r"metrics\.json"):
        Checkpoint.read(model.path).verify()


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (lambda files: files.pop("tokenizer.json"), r"manifest\.json does not list tokenizer\.json"),
        (lambda files: files.update({"../x": files["config.json"]}), r"'\.\./x' is not the name of a file"),
        (lambda files: files.update({"/etc/passwd": files["config.json"]}), "is not the name of a file"),
        (lambda files: files.update({"a\0": files["config.json"]}), "is not the name of a file"),
        (lambda files: files["config.json"].update(size=-1), r"'config\.json' has no valid size"),
        (lambda files: files["config.json"].update(size=True), r"'config\.json' has no valid size"),
        (lambda files: files["config.json"].update(sha256="x"), r"'config\.json' has no SHA-256 of 64"),
        (lambda files: files.update({"config.json": []}), r"'config\.json' has no valid size"),
        (lambda files: files["config.json"].update(sha256="0" * 64), r"config\.json does not match manifest\.json"),
    ],
)
def test_invalid_entries(model: Checkpoint, edit: Any, message: str) -> None:
    """A manifest with an invalid or missing entry is an error that names the entry."""
    files = read_entries(model.path)
    edit(files)
    (model.path / MANIFEST).write_text(json.dumps({"files": files}))
    with pytest.raises(ModelError, match=message):
        Checkpoint.read(model.path)


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"files": 3}', "[" * 100_000])
def test_invalid_manifest(model: Checkpoint, content: str) -> None:
    """A manifest that is not an object with files is an error that names it."""
    (model.path / MANIFEST).write_text(content)
    with pytest.raises(ModelError, match=r"tiny/manifest\.json"):
        Checkpoint.read(model.path)


def test_update_metrics(model: Checkpoint) -> None:
    """New metrics update their entry and the card's; the other files are linked, not copied."""
    before = read_entries(model.path)
    weights = (model.path / "model.safetensors").stat().st_ino
    Checkpoint.read(model.path).update_metrics({"x:test": METRIC_VALUES}, "# card")
    read = Checkpoint.read(model.path)
    read.verify()
    assert read.metrics == {"x:test": METRIC_VALUES}
    changed = {name for name, values in read_entries(model.path).items() if values != before[name]}
    assert changed == {"metrics.json", "README.md"}
    assert (model.path / "model.safetensors").stat().st_ino == weights
    assert [path.name for path in model.path.parent.iterdir()] == ["tiny"]


def test_corruption_stays_detected(model: Checkpoint) -> None:
    """New metrics do not list a corrupted file with its new digest."""
    path = model.path / "model.safetensors"
    content = bytearray(path.read_bytes())
    content[-3] ^= 1
    path.write_bytes(content)
    Checkpoint.read(model.path).update_metrics({"x:test": METRIC_VALUES}, "# card")
    with pytest.raises(ModelError, match=r"model\.safetensors does not match manifest\.json"):
        Checkpoint.read(model.path).verify()


def test_new_manifest(model: Checkpoint) -> None:
    """New metrics give a checkpoint without a manifest one."""
    (model.path / MANIFEST).unlink()
    Checkpoint.read(model.path).update_metrics({"x:test": METRIC_VALUES}, "# card")
    Checkpoint.read(model.path).verify()
    assert set(read_entries(model.path)) == set(FILES)


def test_other_files(model: Checkpoint) -> None:
    """New metrics keep other files, links and the mode of the folder, and do not follow links."""
    outside = model.path.parent.parent / "private"
    outside.write_text("mine")
    outside.chmod(0o600)
    (model.path / "link").symlink_to(outside)
    (model.path / "sub").mkdir()
    (model.path / "sub" / "notes.txt").write_text("notes")
    model.path.chmod(0o750)
    Checkpoint.read(model.path).update_metrics({"x:test": METRIC_VALUES}, "# card")
    assert (model.path / "sub" / "notes.txt").read_text() == "notes"
    assert (model.path / "link").readlink() == outside
    assert outside.stat().st_mode & 0o777 == 0o600
    assert model.path.stat().st_mode & 0o777 == 0o750


def test_linked_checkpoint(model: Checkpoint) -> None:
    """New metrics of a link to a checkpoint are written to the checkpoint, and the link stays a link."""
    alias = model.path.parent / "alias"
    alias.symlink_to("tiny")
    Checkpoint.read(alias).update_metrics({"x:test": METRIC_VALUES}, "# card")
    assert alias.is_symlink()
    assert Checkpoint.read(model.path).metrics == {"x:test": METRIC_VALUES}


def test_no_hard_links(model: Checkpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are copied if the file system has no hard links."""

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(1, "no links")

    monkeypatch.setattr(os, "link", refuse)
    Checkpoint.read(model.path).update_metrics({"x:test": METRIC_VALUES}, "# card")
    Checkpoint.read(model.path).verify()


def test_concurrent_reader(model: Checkpoint) -> None:
    """A reader always finds a complete checkpoint while its metrics are replaced."""
    if not atomic._swap(model.path, model.path):
        pytest.skip("this system cannot swap two folders atomically")
    checkpoint = Checkpoint.read(model.path)
    finished = threading.Event()

    def write() -> None:
        for number in range(30):
            checkpoint.update_metrics({f"{number}:test": METRIC_VALUES}, "# card")
        finished.set()

    writer = threading.Thread(target=write)
    writer.start()
    reads = 0
    while not finished.is_set():
        Predictor(Checkpoint.read(model.path)).predict(["good"])
        reads += 1
    writer.join()
    assert reads > 3
    Checkpoint.read(model.path).verify()
