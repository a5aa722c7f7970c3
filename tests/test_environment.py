"""How OpenMP threads wait is set before a library that has them is loaded, and a user's value wins."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from rnnsent.environment import SPIN_VARIABLES, WAIT_POLICY, limit_spinning, silence_downloads, silence_libraries

VARIABLES = (*SPIN_VARIABLES, WAIT_POLICY)
# A finder that finds nothing, and prints the variables at the first import of a library with OpenMP threads.
PRINT_AT_IMPORT = f"""
import os, sys

class Finder:
    def find_spec(self, name, path=None, target=None):
        if name in ("torch", "sklearn"):
            print(*(os.environ.get(name) for name in {VARIABLES}), flush=True)
            os._exit(0)

sys.meta_path.insert(0, Finder())
"""
INTERFACES = {
    "cli": "from rnnsent.__main__ import main; sys.argv = ['rnnsent', 'train', 'sentences']; main()",
    "train": "import rnnsent; rnnsent.train('sentences')",
    "load": "import rnnsent; rnnsent.load(device='cuda')",
    "evaluate": "import rnnsent; rnnsent.evaluate(None, 'sentences')",
}


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Return a function that sets variables, and unsets the others of VARIABLES."""

    def set_variables(**values: str) -> None:
        for name in VARIABLES:
            monkeypatch.setenv(name, "")  # restored after the test, even if the code under test sets it
            monkeypatch.delenv(name)
        for name, value in values.items():
            monkeypatch.setenv(name, value)

    set_variables()
    return set_variables


@pytest.mark.parametrize("interface", INTERFACES)
def test_before_import(environment: Callable[..., None], tmp_path: Path, interface: str) -> None:
    """The command line and every function of the Python interface set it before PyTorch or scikit-learn is loaded."""
    code = PRINT_AT_IMPORT + INTERFACES[interface]
    result = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True)
    assert result.stdout.split() == [*SPIN_VARIABLES.values(), "None"], result.stderr


@pytest.mark.parametrize("name", VARIABLES)
def test_user_value(environment: Callable[..., None], tmp_path: Path, name: str) -> None:
    """If the user has set any of the variables, all stay as they are."""
    environment(**{name: "17"})
    code = PRINT_AT_IMPORT + INTERFACES["cli"]
    result = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True)
    assert result.stdout.split() == ["17" if variable == name else "None" for variable in VARIABLES]


def test_repeated(environment: Callable[..., None]) -> None:
    """A second call changes nothing."""
    limit_spinning()
    limit_spinning()
    assert {name: os.environ.get(name) for name in VARIABLES} == {**SPIN_VARIABLES, WAIT_POLICY: None}


def test_silence(monkeypatch: pytest.MonkeyPatch) -> None:
    """A user's value of the other variables wins too."""
    monkeypatch.setenv("TORCH_CPP_LOG_LEVEL", "INFO")
    monkeypatch.setenv("HF_HUB_DISABLE_PROGRESS_BARS", "0")
    monkeypatch.setenv("HF_DATASETS_DISABLE_PROGRESS_BARS", "")
    monkeypatch.delenv("HF_DATASETS_DISABLE_PROGRESS_BARS")
    silence_libraries()
    silence_downloads()
    names = ("TORCH_CPP_LOG_LEVEL", "HF_HUB_DISABLE_PROGRESS_BARS", "HF_DATASETS_DISABLE_PROGRESS_BARS")
    assert [os.environ[name] for name in names] == ["INFO", "0", "1"]
