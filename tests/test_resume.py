"""Proves that the state of an unfinished run comes back bit for bit, is replaced whole, and is never half believed."""

import resource
from pathlib import Path

import pytest
import torch

from rnnsent.config import Recipe, TokenizerConfig
from rnnsent.data.tokenizer import Tokenizer
from rnnsent.errors import ModelError
from rnnsent.model.resume import RUN, STATE, TOKENIZER, ResumeState

TENSORS = {
    "model.weight": torch.tensor([[0.1, float("inf")], [-0.0, 1e-38]]),
    "optimizer.0.step": torch.tensor(3.0),
    "random.cpu": torch.get_rng_state(),
}
RUN_VALUES = {
    "stage": "fit",
    "place": {"epoch": 1, "best_loss": 0.1 + 0.2},
    "sources": ["é", "電影"],
    "data": [],
    "history": [],
    **Recipe().to_dict(),
}
TOKENIZER_JSON = Tokenizer.train(["é 電影"], TokenizerConfig(min_frequency=1)).to_json()


@pytest.fixture
def state(tmp_path: Path) -> ResumeState:
    state = ResumeState(tmp_path / "models" / "imdb")
    state.write(TENSORS, RUN_VALUES, TOKENIZER_JSON)
    return state


def test_a_state_comes_back_bit_for_bit(state: ResumeState) -> None:
    assert state.exists()
    assert state.read_run() == RUN_VALUES
    assert state.read_tokenizer().to_json() == TOKENIZER_JSON
    read = state.read_tensors()
    assert read.keys() == TENSORS.keys()
    for name, tensor in TENSORS.items():
        assert read[name].dtype == tensor.dtype
        assert read[name].shape == tensor.shape
        assert read[name].numpy().tobytes() == tensor.numpy().tobytes()


def test_it_lies_hidden_beside_the_model(state: ResumeState) -> None:
    assert state.path == state.model_path.parent / ".imdb.resume"


def test_a_later_state_replaces_it_whole(state: ResumeState) -> None:
    later = {**RUN_VALUES, "place": {}}
    state.write({"model.weight": torch.zeros(1)}, later, "{}")
    assert state.read_tensors().keys() == {"model.weight"}
    assert state.read_run() == later
    assert [path.name for path in state.path.parent.iterdir()] == [".imdb.resume"]


def test_a_state_that_cannot_be_written_leaves_the_old_one(state: ResumeState) -> None:
    with pytest.raises(TypeError):
        state.write(TENSORS, {"place": object()}, "{}")
    assert state.read_run() == RUN_VALUES
    assert [path.name for path in state.path.parent.iterdir()] == [".imdb.resume"]


def test_a_state_that_is_removed_is_gone_and_may_be_gone_already(state: ResumeState) -> None:
    for _ in range(2):
        state.remove()
        assert not state.exists()
        assert not state.path.exists()


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b"3", b"\xff", b"[" * 100_000])
def test_a_run_that_cannot_be_read_says_how_to_start_anew(state: ResumeState, content: bytes) -> None:
    (state.path / RUN).write_bytes(content)
    with pytest.raises(ModelError, match=r"run\.json cannot be read.*start anew with --force"):
        state.read_run()


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff"])
def test_a_tokenizer_that_cannot_be_read_says_how_to_start_anew(state: ResumeState, content: bytes) -> None:
    (state.path / TOKENIZER).write_bytes(content)
    with pytest.raises(ModelError, match=r"tokenizer\.json cannot be read.*start anew with --force"):
        state.read_tokenizer()


def test_a_state_without_room_is_told_as_an_error_of_the_disk_and_leaves_the_old_one(state: ResumeState) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 16, before[1]))
    try:
        with pytest.raises(OSError, match="File too large") as caught:
            state.write({"model.weight": torch.zeros(1 << 16)}, RUN_VALUES, TOKENIZER_JSON)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert caught.value.filename == str(state.path)
    assert state.read_tensors().keys() == TENSORS.keys()
    assert [path.name for path in state.path.parent.iterdir()] == [".imdb.resume"]


@pytest.mark.parametrize("size", [0, 8, -5])
def test_weights_that_were_cut_off_say_how_to_start_anew(state: ResumeState, size: int) -> None:
    (state.path / STATE).write_bytes((state.path / STATE).read_bytes()[:size])
    with pytest.raises(ModelError, match=r"state\.safetensors cannot be read.*start anew with --force"):
        state.read_tensors()


def test_files_that_are_not_there_say_how_to_start_anew(tmp_path: Path) -> None:
    state = ResumeState(tmp_path / "absent")
    assert not state.exists()
    for read in (state.read_run, state.read_tensors, state.read_tokenizer):
        with pytest.raises(ModelError, match="--force"):
            read()


@pytest.mark.parametrize("missing", RUN_VALUES)
def test_a_run_that_lacks_a_part_is_refused(state: ResumeState, missing: str) -> None:
    state.write(TENSORS, {key: value for key, value in RUN_VALUES.items() if key != missing}, "{}")
    with pytest.raises(ModelError, match=r"run\.json .*--force"):
        state.read_run()
