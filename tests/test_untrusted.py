"""Proves that no file of a checkpoint is read outside of its folder, past its size, or where it is no plain file."""

import os
from pathlib import Path

import pytest

from rnnsent.errors import ModelError
from rnnsent.model.checkpoint import FILES, MOST_JSON, NEEDED, Checkpoint
from rnnsent.model.manifest import MANIFEST
from rnnsent.model.untrusted import read_bytes
from rnnsent.predict import Predictor


def load(path: Path) -> None:
    Predictor(Checkpoint.read(path)).predict(["good"])


@pytest.mark.parametrize("name", [*FILES, MANIFEST])
@pytest.mark.parametrize("absolute", [True, False])
def test_a_link_that_leads_out_is_refused_by_name(model: Checkpoint, name: str, absolute: bool) -> None:
    outside = model.path.parent / "outside"
    (model.path / name).rename(outside)
    (model.path / name).symlink_to(outside if absolute else Path("..", "outside"))
    with pytest.raises(ModelError, match=rf"tiny/{name} is a link that leads out of its folder"):
        load(model.path)


def test_a_link_through_a_folder_that_leads_out_is_refused(model: Checkpoint) -> None:
    (model.path / "config.json").rename(model.path.parent / "config.json")
    (model.path / "sub").symlink_to(model.path.parent)
    (model.path / "config.json").symlink_to(Path("sub", "config.json"))
    with pytest.raises(ModelError, match=r"tiny/config\.json is a link that leads out"):
        load(model.path)


@pytest.mark.parametrize("name", [*NEEDED, MANIFEST])
def test_a_link_within_the_folder_and_one_to_the_folder_are_followed(model: Checkpoint, name: str) -> None:
    (model.path / name).rename(model.path / "kept")
    (model.path / name).symlink_to("kept")
    load(model.path)
    (model.path.parent / "alias").symlink_to(model.path)
    load(model.path.parent / "alias")


def test_a_link_that_leads_to_itself_is_refused(model: Checkpoint) -> None:
    (model.path / "tokenizer.json").unlink()
    (model.path / "tokenizer.json").symlink_to("tokenizer.json")
    with pytest.raises(ModelError, match=r"tiny/tokenizer\.json cannot be read"):
        load(model.path)


@pytest.mark.parametrize("name", [*NEEDED, MANIFEST])
def test_a_pipe_or_a_folder_in_the_place_of_a_file_is_refused_and_not_waited_for(model: Checkpoint, name: str) -> None:
    (model.path / name).unlink()
    os.mkfifo(model.path / name)
    with pytest.raises(ModelError, match=rf"tiny/{name} is no plain file"):
        load(model.path)
    (model.path / name).unlink()
    (model.path / name).mkdir()
    with pytest.raises(ModelError, match=rf"tiny/{name} is no plain file"):
        load(model.path)


@pytest.mark.parametrize("name", ["config.json", "tokenizer.json", MANIFEST])
def test_a_file_with_a_hole_of_gigabytes_is_refused(model: Checkpoint, name: str) -> None:
    (model.path / MANIFEST).unlink()
    with (model.path / name).open("ab") as file:
        file.truncate(1 << 33)
    with pytest.raises(ModelError, match=rf"tiny/{name} has more than \d+ MB"):
        load(model.path)


def test_a_file_of_the_largest_size_is_read_and_one_byte_more_is_not(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x" * MOST_JSON)
    assert len(read_bytes(tmp_path, "a", MOST_JSON)) == MOST_JSON
    with pytest.raises(ModelError, match="a has more than 1 MB"):
        read_bytes(tmp_path, "a", MOST_JSON - 1)
