"""Kill a small training run at each of its writes, or let that write fail, and check that only time is lost.

    python -m tests.torture.kills [--minutes M] [--seed S]

The run replaces an older model of the same name. Whatever happens at any write, a model must exist that loads and predicts,
and the resumed run must end with the same weights as an undisturbed run.
"""

import argparse
import errno
import importlib
import math
import os
import random
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rnnsent import atomic
from rnnsent.checkpoint.checkpoint import WEIGHTS, Checkpoint
from rnnsent.checkpoint.resume import ResumeState
from rnnsent.checkpoint.store import FOLDER_VARIABLE
from rnnsent.errors import RnnsentError
from rnnsent.predictor import Predictor
from rnnsent.training.request import TrainingRequest
from rnnsent.training.train import train
from tests.support.settings import dotted

NAME = "small"
SETTINGS = dotted(
    hidden_size=4, embedding_dim=4, epochs=2, min_steps=0, batch_size=16, min_frequency=1, save_minutes=0.0
)
WRITES = {
    "os.rename", "os.mkdir", "os.remove", "os.rmdir", "os.link", "os.chmod", "tempfile.mkdtemp", "tempfile.mkstemp",
}  # fmt: skip
KILLED, FAILED, CRASHED = -signal.SIGKILL, 1, 70
# Modules that training imports: imported once here, since importing them in every child would take longer than training.
MODULES = ("rnnsent.training.training_data", "scipy.optimize", "scipy.sparse", "sklearn.metrics", "torch._dynamo")


@dataclass
class Counts:
    """The outcomes of a campaign."""

    writes: int = 0  # in an undisturbed run
    kills: int = 0
    faults: int = 0
    survived: int = 0  # kills after which a model existed and the resumed run ended with the same weights
    lost: int = 0  # no model, or other weights
    crashes: int = 0  # errors that are not one line
    wrong_exits: int = 0
    left_behind: int = 0  # temporary files after a failed write

    def __str__(self) -> str:
        return (
            f"{self.kills} of {self.writes} writes killed at, {self.faults} failed\n"
            f"kills survived {self.survived}, faults injected {self.faults}, models lost {self.lost}, "
            f"crashes {self.crashes}, wrong exits {self.wrong_exits}, temporary files left {self.left_behind}"
        )


def run_campaign(folder: Path, *, minutes: float = math.inf, max_writes: int | None = None, seed: int = 0) -> Counts:
    """Disturb each write once by a kill and once by a full disk, until the time or the writes run out."""
    end = time.monotonic() + 60 * minutes
    for name in MODULES:
        importlib.import_module(name)
    data = folder / "texts.csv"
    rows = [f"{'good' if i % 2 else 'bad'} film number {i % 9},{i % 2}" for i in range(80)]
    data.write_text("text,label\n" + "\n".join(rows) + "\n", encoding="utf-8")
    older, undisturbed, writes = folder / "older", folder / "undisturbed", folder / "writes"
    assert in_child(run, data, older, SETTINGS | dotted(seed=7)) == 0
    shutil.copytree(older, undisturbed)
    assert in_child(count_writes, data, undisturbed, writes) == 0
    expected = (undisturbed / NAME / WEIGHTS).read_bytes()
    counts = Counts(writes=int(writes.read_text()))
    for at in list(spread(counts.writes, seed))[:max_writes]:
        if time.monotonic() > end:
            break
        for kill in (True, False):
            models = folder / f"{at}-{kill}"
            shutil.copytree(older, models)
            disturb_once(counts, data, models, expected, at, kill=kill)
            shutil.rmtree(models)
    return counts


def spread(count: int, seed: int) -> Iterator[int]:
    """1 to `count` in an order whose every prefix is spread evenly: steps of about the golden section."""
    stride = next(step for step in range(round(count * 0.618), count + 1) if math.gcd(step, count) == 1)
    start = random.Random(seed).randrange(count)
    for k in range(count):
        yield (start + k * stride) % count + 1


def disturb_once(counts: Counts, data: Path, models: Path, expected: bytes, at: int, *, kill: bool) -> None:
    status = in_child(run_disturbed, data, models, at, kill)
    counts.kills, counts.faults = counts.kills + kill, counts.faults + (not kill)
    counts.crashes += status == CRASHED
    counts.wrong_exits += status not in ((KILLED,) if kill else (0, FAILED)) and status != CRASHED
    if not kill:
        counts.left_behind += len({path.name for path in models.iterdir()} - expected_names())
    usable = in_child(check_prediction, models) == 0
    finished = in_child(resume, data, models) == 0
    is_intact = usable and finished and (models / NAME / WEIGHTS).read_bytes() == expected
    counts.survived += kill and is_intact
    counts.lost += not is_intact


def expected_names() -> set[str]:
    return {NAME, f".{NAME}.resume"}


def in_child(work: Callable[..., None], *arguments: Any) -> int:
    """Run in a child process; its exit status, negative for the signal that ended it."""
    sys.stdout.flush()
    pid = os.fork()
    if pid:
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    try:
        work(*arguments)
    except (RnnsentError, OSError):
        os._exit(FAILED)
    except BaseException:
        traceback.print_exc()
        os._exit(CRASHED)
    os._exit(0)


def run(data: Path, models: Path, settings: dict[str, Any], **request: Any) -> None:
    import torch

    torch.set_num_threads(1)
    os.environ[FOLDER_VARIABLE] = str(models)
    training = TrainingRequest((str(data),), name=NAME, settings=settings, device="cpu", **request)
    for _ in train(training):
        pass


def check_prediction(models: Path) -> None:
    assert Predictor(Checkpoint.read(models / NAME)).predict(["good film"])[0].label in ("0", "1")


def resume(data: Path, models: Path) -> None:
    if ResumeState(models / NAME).exists():
        run(data, models, {}, resume=True)
    else:
        run(data, models, SETTINGS, force=True)


def count_writes(data: Path, models: Path, output: Path) -> None:
    writes = 0

    def count() -> None:
        nonlocal writes
        writes += 1

    before_each_write(models, count)
    run(data, models, SETTINGS, force=True)
    output.write_text(str(writes))


def run_disturbed(data: Path, models: Path, at: int, kill: bool) -> None:
    writes = 0

    def disturb() -> None:
        nonlocal writes
        writes += 1
        if writes == at and kill:
            os.kill(os.getpid(), signal.SIGKILL)
        if writes == at:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    before_each_write(models, disturb)
    run(data, models, SETTINGS, force=True)


def before_each_write(models: Path, action: Callable[[], None]) -> None:
    """Call `action` before each operation of this process that changes something under `models`."""
    prefix = str(models)

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open":
            path, mode, flags = arguments
            writing = isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
            flushing = mode is None and not writing  # os.open for fsync, before the rename that counts
            if not (writing or flushing):
                return
        elif event not in WRITES:
            return
        else:
            path = arguments[0]
        if isinstance(path, (str, bytes, os.PathLike)) and os.fsdecode(path).startswith(prefix):
            action()

    sys.addaudithook(hook)
    swap = atomic._swap  # a call of the C library, which Python does not audit

    def swap_audited(one: Path, other: Path) -> bool:
        action()
        return swap(one, other)

    atomic._swap = swap_audited


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=math.inf, help="time limit; all writes without it")
    parser.add_argument("--seed", type=int, default=0, help="selects the first write")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        counts = run_campaign(Path(folder), minutes=options.minutes, seed=options.seed)
    print(counts)
    sys.exit(bool(counts.lost or counts.crashes or counts.wrong_exits or counts.left_behind))


if __name__ == "__main__":
    main()
