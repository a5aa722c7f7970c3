"""No file of a checkpoint is read outside its folder, beyond its size limit, or if it is not a regular file."""

import os
from pathlib import Path

import pytest

from rnnsent.checkpoint.checkpoint import FILES, MAX_JSON_BYTES, REQUIRED, Checkpoint
from rnnsent.checkpoint.manifest import MANIFEST
from rnnsent.checkpoint.safe_read import read_bytes
from rnnsent.errors import ModelError
from rnnsent.predictor import Predictor


def predict(path: Path) -> None:
    Predictor(Checkpoint.read(path)).predict(["good"])


@pytest.mark.parametrize("name", [*FILES, MANIFEST])
@pytest.mark.parametrize("absolute", [True, False])
def test_link_outside(model: Checkpoint, name: str, absolute: bool) -> None:
    """A link to a file outside the folder is an error that names it."""
    outside = model.path.parent / "outside"
    (model.path / name).rename(outside)
    (model.path / name).symlink_to(outside if absolute else Path("..", "outside"))
    with pytest.raises(ModelError, match=rf"tiny/{name} links to a file outside its folder"):
        predict(model.path)


def test_indirect_link_outside(model: Checkpoint) -> None:
    """A link that leaves the folder through a linked subfolder is an error too."""
    (model.path / "config.json").rename(model.path.parent / "config.json")
    (model.path / "sub").symlink_to(model.path.parent)
    (model.path / "config.json").symlink_to(Path("sub", "config.json"))
    with pytest.raises(ModelError, match=r"tiny/config\.json links to a file outside"):
        predict(model.path)


@pytest.mark.parametrize("name", [*REQUIRED, MANIFEST])
def test_link_inside(model: Checkpoint, name: str) -> None:
    """Links inside the folder, and a link to the folder, are followed."""
    (model.path / name).rename(model.path / "target")
    (model.path / name).symlink_to("target")
    predict(model.path)
    (model.path.parent / "alias").symlink_to(model.path)
    predict(model.path.parent / "alias")


def test_link_loop(model: Checkpoint) -> None:
    """A link to itself is an error."""
    (model.path / "tokenizer.json").unlink()
    (model.path / "tokenizer.json").symlink_to("tokenizer.json")
    with pytest.raises(ModelError, match=r"tiny/tokenizer\.json cannot be read"):
        predict(model.path)


@pytest.mark.parametrize("name", [*REQUIRED, MANIFEST])
def test_not_a_regular_file(model: Checkpoint, name: str) -> None:
    """A named pipe, which would block, or a folder instead of a file is an error."""
    (model.path / name).unlink()
    os.mkfifo(model.path / name)
    with pytest.raises(ModelError, match=rf"tiny/{name} is not a regular file"):
        predict(model.path)
    (model.path / name).unlink()
    (model.path / name).mkdir()
    with pytest.raises(ModelError, match=rf"tiny/{name} is not a regular file"):
        predict(model.path)


@pytest.mark.parametrize("name", ["config.json", "tokenizer.json", MANIFEST])
def test_sparse_file(model: Checkpoint, name: str) -> None:
    """A sparse file of gigabytes is an error."""
    (model.path / MANIFEST).unlink()
    with (model.path / name).open("ab") as file:
        file.truncate(1 << 33)
    with pytest.raises(ModelError, match=rf"tiny/{name} is larger than the limit of \d+ MB"):
        predict(model.path)


def test_size_limit(tmp_path: Path) -> None:
    """A file of exactly the maximum size is read; one of a byte more is an error."""
    (tmp_path / "a").write_bytes(b"x" * MAX_JSON_BYTES)
    assert len(read_bytes(tmp_path, "a", MAX_JSON_BYTES)) == MAX_JSON_BYTES
    with pytest.raises(ModelError, match="a is larger than the limit of 1 MB"):
        read_bytes(tmp_path, "a", MAX_JSON_BYTES - 1)
