"""What starts quickly stays quick: --help and a short predict load nothing slow."""

import subprocess
import sys
from pathlib import Path

import pytest

SLOW = ("torch", "datasets", "pyarrow", "pandas", "sklearn", "scipy", "matplotlib")


def loaded_by(folder: Path, *arguments: str) -> set[str]:
    code = (
        f"import sys; from rnnsent.cli.app import run; run({list(arguments)!r}); print(*sys.modules, file=sys.stderr)"
    )
    answer = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=True)
    return set(answer.stderr.split())


@pytest.mark.parametrize("command", [[], ["train"], ["evaluate"], ["predict"], ["models"], ["datasets"]])
def test_help_loads_neither_numpy_nor_anything_slower(tmp_path: Path, command: list[str]) -> None:
    assert not loaded_by(tmp_path, *command, "--help") & {*SLOW, "numpy", "tokenizers", "safetensors", "rich"}


def test_a_short_predict_loads_neither_torch_nor_datasets(tmp_path: Path) -> None:
    loaded = loaded_by(tmp_path, "predict", "A quiet triumph.")
    assert "rnnsent.predict" in loaded
    assert not loaded & set(SLOW)


def test_a_long_stream_loads_them_no_more(tmp_path: Path) -> None:
    (tmp_path / "lines.txt").write_text(
        "The waiter forgot us twice, and the soup was cold.\n" * 3_000, encoding="utf-8"
    )
    loaded = loaded_by(tmp_path, "predict", "lines.txt", "--device", "cpu")
    assert "concurrent.futures.thread" in loaded  # so that it was long
    assert not loaded & set(SLOW)
