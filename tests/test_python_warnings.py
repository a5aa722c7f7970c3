"""What libraries print themselves never reaches the user raw: warnings, log messages, and PyTorch's lack of memory."""

import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import torch

from rnnsent.output import terminal
from rnnsent.output.python_warnings import MAX_LENGTH, shorten_warnings


@pytest.fixture
def show() -> Iterator[Callable[..., None]]:
    """Return a function that warns as a library does, with the warnings that the command line shows."""
    with warnings.catch_warnings(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "warnoptions", [])
        warnings.simplefilter("always")
        shorten_warnings()
        yield warnings.warn


def test_one_line(show: Callable[..., None], capsys: pytest.CaptureFixture[str]) -> None:
    """A UserWarning is one line without a path, and a long one is truncated."""
    show("the driver\n  is too old \x1b (Triggered internally at /pytorch/c10/cuda/CUDAFunctions.cpp:119.)")
    assert capsys.readouterr() == ("", "warning: the driver is too old ␛\n")
    show("x" * 1_000)
    assert capsys.readouterr().err == f"warning: {'x' * (MAX_LENGTH - 1)}…\n"


@pytest.mark.parametrize("category", [DeprecationWarning, FutureWarning, RuntimeWarning, ResourceWarning])
def test_developers(show: Callable[..., None], capsys: pytest.CaptureFixture[str], category: type[Warning]) -> None:
    """Warnings meant for developers are not shown."""
    show("use the other function", category)
    assert capsys.readouterr() == ("", "")


def test_quiet(show: Callable[..., None], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terminal, "_quiet", True)
    show("the driver is too old")
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("options", "expected"),
    [((), "warning: not good\n"), (("-W", "ignore"), ""), (("-W", "error"), "UserWarning: not good\n")],
    ids=" ".join,
)
def test_options(tmp_path: Path, options: tuple[str, ...], expected: str) -> None:
    """The user's -W is obeyed."""
    code = "import sys, warnings, rnnsent.cli.app as app; app.app.command('warn')(lambda: warnings.warn('not good')); "
    code += "sys.argv = ['rnnsent', 'warn']; app.main()"
    result = subprocess.run([sys.executable, *options, "-c", code], cwd=tmp_path, capture_output=True, text=True)
    assert result.stdout == ""
    assert result.stderr.endswith(expected)
    assert bool(result.stderr) == bool(expected)
    assert ("Traceback" in result.stderr) == ("error" in options)


@pytest.mark.parametrize(
    "error",
    [
        torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has a total capacity of ..."),
        RuntimeError(
            "[enforce fail at alloc_cpu.cpp:127] data. DefaultCPUAllocator: can't allocate memory: you tried ..."
        ),
        RuntimeError("MPS backend out of memory (MPS allocated: 17.90 GB, other allocations: 384.00 KB)"),
        RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`"),
    ],
    ids=lambda error: str(error)[:20],
)
def test_out_of_memory(run_error, working_dir: Path, monkeypatch: pytest.MonkeyPatch, error: RuntimeError) -> None:
    """PyTorch's lack of memory is one line with a remedy; other errors of the same type stay errors."""

    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("rnnsent.predictor.Predictor.predict_batches", fail)
    code, line = run_error("predict", "good")
    assert (code, "training.batch_tokens" in line) == (1, True)


def test_other_runtime_error(working_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another RuntimeError is a defect, and keeps its traceback."""
    from rnnsent.cli.app import run

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("mat1 and mat2 shapes cannot be multiplied")

    monkeypatch.setattr("rnnsent.predictor.Predictor.predict_batches", fail)
    with pytest.raises(RuntimeError, match="cannot be multiplied"):
        run(["predict", "good"])
