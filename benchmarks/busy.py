"""How much longer training takes beside another process with as many busy threads as there are cores.

python benchmarks/busy.py [REPEATS]     # compares ways for OpenMP threads to wait; speed.py has the row of the default
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from functools import partial
from statistics import median
from unittest.mock import patch

from processes import alternate, ratios, run_process

from rnnsent.environment import SPIN_VARIABLES

# libgomp's own default, which a user's variable restores (see rnnsent.environment).
UNLIMITED_SPINNING = {"GOMP_SPINCOUNT": "300000"}
WAITING = {
    "libgomp's default": UNLIMITED_SPINNING,
    "rnnsent's default": {},
    "GOMP_SPINCOUNT=100": {"GOMP_SPINCOUNT": "100"},
    "GOMP_SPINCOUNT=10000": {"GOMP_SPINCOUNT": "10000"},
    "OMP_WAIT_POLICY=PASSIVE": {"OMP_WAIT_POLICY": "PASSIVE"},
    "OMP_NUM_THREADS=1": {"OMP_NUM_THREADS": "1"},
}
TRAIN = [sys.executable, "-m", "rnnsent", "train", "sentences", "--from-scratch", "--quiet", "--device", "cpu"]
SHORT = ["--epochs", "2", "--set", "training.min_steps=0"]

LOAD = """
import torch
layer = torch.nn.LSTM(128, 128, batch_first=True)
x = torch.randn(32, 64, 128)
layer(x)
print("busy", flush=True)
while True:
    layer(x)[0].sum().backward()
"""


@contextmanager
def busy_machine() -> Iterator[None]:
    """Another PyTorch process trains an LSTM while the block runs, with one thread per core that spins as by default."""
    environment = {name: value for name, value in os.environ.items() if name not in SPIN_VARIABLES}
    with subprocess.Popen([sys.executable, "-c", LOAD], stdout=subprocess.PIPE, env=environment) as process:
        assert process.stdout is not None
        try:
            process.stdout.readline()  # it is warm
            yield
        finally:
            process.kill()


def run_seconds(command: list[str], variables: Mapping[str, str] | None = None, *, busy: bool) -> float:
    """Wall-clock seconds of a command that writes its models to a temporary folder, alone or beside a busy process."""
    with (
        tempfile.TemporaryDirectory() as folder,
        patch.dict(os.environ, {"RNNSENT_MODELS_DIR": folder, **(variables or {})}),
        busy_machine() if busy else nullcontext(),
    ):
        return run_process(command).wall


def main() -> None:
    repeats = int(sys.argv[1]) if sys.argv[1:] else 3
    runs: list[Callable[[], float]] = [
        partial(run_seconds, [*TRAIN, *SHORT], variables, busy=busy)
        for variables in WAITING.values()
        for busy in (False, True)
    ]
    seconds = alternate(repeats, *runs)
    for name, alone, beside in zip(WAITING, seconds[::2], seconds[1::2], strict=True):
        print(
            f"{name:<24} alone {median(alone):5.1f} s, beside a busy process {median(beside):5.1f} s: "
            f"{median(ratios(beside, alone)):.2f} times; alone {median(ratios(alone, seconds[0])):.2f} times libgomp's default"
        )


if __name__ == "__main__":
    main()
