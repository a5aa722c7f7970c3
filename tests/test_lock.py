"""A model is locked by one process at a time, and not by a process that died."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from rnnsent.errors import RnnsentError
from rnnsent.lock import run_lock

HOLD_LOCK = """
import sys
from pathlib import Path
from rnnsent.lock import run_lock
with run_lock(Path(sys.argv[1]), ""):
    print("locked", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def holder(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Another process, which holds the lock on `model`."""
    command = [sys.executable, "-c", HOLD_LOCK, tmp_path / "model"]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"locked\n"
    yield process
    process.kill()
    process.communicate()


def test_locked(holder: subprocess.Popen[bytes], tmp_path: Path) -> None:
    """The error says what the other process is doing."""
    with pytest.raises(RnnsentError, match="'imdb' is being trained in another process; wait"):  # noqa: SIM117
        with run_lock(tmp_path / "model", "'imdb' is being trained"):
            pass


def test_killed_process(holder: subprocess.Popen[bytes], tmp_path: Path) -> None:
    """A process that was killed holds no lock."""
    os.kill(holder.pid, 9)
    holder.wait()
    with run_lock(tmp_path / "model", ""):
        pass


def test_released_after_error(tmp_path: Path) -> None:
    """The lock is released after an error, and its path need not exist."""
    with pytest.raises(ValueError), run_lock(tmp_path / "absent" / "model", ""):
        raise ValueError
    with run_lock(tmp_path / "absent" / "model", ""):
        pass
