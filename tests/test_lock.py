"""A name is held by one process at a time, and not by one that died."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from rnnsent.errors import RnnsentError
from rnnsent.lock import held

HOLDER = "import sys, time; from pathlib import Path; from rnnsent.lock import held\nwith held(Path(sys.argv[1]), ''): print('held', flush=True); time.sleep(60)"


@pytest.fixture
def holder(tmp_path: Path):
    process = subprocess.Popen([sys.executable, "-c", HOLDER, tmp_path / "lock"], stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"held\n"
    yield process
    process.kill()
    process.communicate()


def test_a_second_process_is_told_what_the_first_does(holder: subprocess.Popen[bytes], tmp_path: Path) -> None:
    with pytest.raises(RnnsentError, match="'imdb' is being trained in another process; wait"):  # noqa: SIM117
        with held(tmp_path / "lock", "'imdb' is being trained"):
            pass


def test_a_process_that_was_killed_holds_nothing(holder: subprocess.Popen[bytes], tmp_path: Path) -> None:
    os.kill(holder.pid, 9)
    holder.wait()
    with held(tmp_path / "lock", ""):
        pass


def test_it_is_free_again_after_an_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError), held(tmp_path / "nowhere" / "model", ""):
        raise ValueError
    with held(tmp_path / "nowhere" / "model", ""):
        pass
