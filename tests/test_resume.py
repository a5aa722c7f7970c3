"""The state of an interrupted run is restored bit for bit, replaced atomically, and an error if any part is damaged."""

import resource
from pathlib import Path

import pytest
import torch

from rnnsent.checkpoint.resume import RUN, STATE, TOKENIZER, ResumeState
from rnnsent.config import TokenizerConfig
from rnnsent.data.tokenizer import Tokenizer
from rnnsent.errors import ModelError
from rnnsent.recipe import Recipe

TENSORS = {
    "model.weight": torch.tensor([[0.1, float("inf")], [-0.0, 1e-38]]),
    "optimizer.0.step": torch.tensor(3.0),
    "random.cpu": torch.get_rng_state(),
}
RUN_VALUES = {
    "stage": "fit",
    "progress": {"epoch": 1, "best_loss": 0.1 + 0.2},
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


def test_roundtrip(state: ResumeState) -> None:
    """A state is restored bit for bit."""
    assert state.exists()
    assert state.read_run() == RUN_VALUES
    assert state.read_tokenizer().to_json() == TOKENIZER_JSON
    read = state.read_tensors()
    assert read.keys() == TENSORS.keys()
    for name, tensor in TENSORS.items():
        assert read[name].dtype == tensor.dtype
        assert read[name].shape == tensor.shape
        assert read[name].numpy().tobytes() == tensor.numpy().tobytes()


def test_unrecorded_normalization(state: ResumeState) -> None:
    """A run from before the normalization was recorded goes on at the basic level."""
    tokenizer = {key: value for key, value in RUN_VALUES["tokenizer"].items() if key != "normalization"}
    state.write(TENSORS, {**RUN_VALUES, "tokenizer": tokenizer}, TOKENIZER_JSON)
    assert state.read_run()["tokenizer"] == {**tokenizer, "normalization": "basic"}
    assert len(state.read_tokenizer().encode([":-)"])[0]) == 3


def test_path(state: ResumeState) -> None:
    """The state is a hidden folder beside the model."""
    assert state.path == state.model_path.parent / ".imdb.resume"


def test_replace(state: ResumeState) -> None:
    """A later state replaces all files of an earlier one."""
    later = {**RUN_VALUES, "progress": {}}
    state.write({"model.weight": torch.zeros(1)}, later, "{}")
    assert state.read_tensors().keys() == {"model.weight"}
    assert state.read_run() == later
    assert [path.name for path in state.path.parent.iterdir()] == [".imdb.resume"]


def test_failed_write(state: ResumeState) -> None:
    """A state that cannot be written leaves the previous one in place."""
    with pytest.raises(TypeError):
        state.write(TENSORS, {"progress": object()}, "{}")
    assert state.read_run() == RUN_VALUES
    assert [path.name for path in state.path.parent.iterdir()] == [".imdb.resume"]


def test_remove(state: ResumeState) -> None:
    """A state can be removed, and removing it twice is not an error."""
    for _ in range(2):
        state.remove()
        assert not state.exists()
        assert not state.path.exists()


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b"3", b"\xff", b"[" * 100_000])
def test_damaged_run(state: ResumeState, content: bytes) -> None:
    """A damaged run.json is an error that says how to start over."""
    (state.path / RUN).write_bytes(content)
    with pytest.raises(ModelError, match=r"run\.json cannot be read.*use --force to start over"):
        state.read_run()


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff"])
def test_damaged_tokenizer(state: ResumeState, content: bytes) -> None:
    """A damaged tokenizer is an error that says how to start over."""
    (state.path / TOKENIZER).write_bytes(content)
    with pytest.raises(ModelError, match=r"tokenizer\.json cannot be read.*use --force to start over"):
        state.read_tokenizer()


def test_file_size_limit(state: ResumeState) -> None:
    """A state too large for the disk is an OSError that names its folder, and the previous state stays."""
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
def test_truncated_state(state: ResumeState, size: int) -> None:
    """Truncated weights are an error that says how to start over."""
    (state.path / STATE).write_bytes((state.path / STATE).read_bytes()[:size])
    with pytest.raises(ModelError, match=r"state\.safetensors cannot be read.*use --force to start over"):
        state.read_tensors()


def test_missing_files(tmp_path: Path) -> None:
    """Missing files are an error that says how to start over."""
    state = ResumeState(tmp_path / "missing")
    assert not state.exists()
    for read in (state.read_run, state.read_tensors, state.read_tokenizer):
        with pytest.raises(ModelError, match="--force"):
            read()


@pytest.mark.parametrize("missing", RUN_VALUES)
def test_missing_key(state: ResumeState, missing: str) -> None:
    """A run.json without one of its keys is an error that names the key."""
    state.write(TENSORS, {key: value for key, value in RUN_VALUES.items() if key != missing}, "{}")
    with pytest.raises(ModelError, match=rf"run\.json .*: {missing} missing; .*--force"):
        state.read_run()
