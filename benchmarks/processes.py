"""Whole processes measured in turn, for benchmarks/speed.py."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Usage:
    """What a whole process took: seconds of wall clock and of processor, and its peak memory in MB."""

    wall: float
    cpu: float
    peak: float


# A process starts with the peak memory of the one that it was forked from, so a small one stands in between.
LAUNCH = """
import os, sys
pid = os.fork()
if not pid:
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    os.execv(sys.argv[1], sys.argv[1:])
_, status, usage = os.wait4(pid, 0)
print(usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)
sys.exit(status != 0)
"""


def process(command: list[str], stdin: Path | None = None) -> Usage:
    """Run a command to its end, its output thrown away."""
    with (stdin or Path(os.devnull)).open("rb") as file:
        start = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-S", "-c", LAUNCH, *command], stdin=file, stdout=subprocess.PIPE, check=True, text=True
        )
        wall = time.perf_counter() - start
    cpu, peak = map(float, done.stdout.split())
    return Usage(wall, cpu, peak)


def in_turn(pairs: int, *measures: Callable[[], float]) -> list[list[float]]:
    """Each measure's figures over the pairs, the measures taken one after the other in every pair."""
    rounds = [[measure() for measure in measures] for _ in range(pairs)]
    return [list(figures) for figures in zip(*rounds, strict=True)]


def over(above: list[float], below: list[float]) -> list[float]:
    return [a / b for a, b in zip(above, below, strict=True)]


@contextmanager
def lines(texts: list[str]) -> Iterator[Path]:
    """A temporary file with a text a line."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "lines.txt"
        path.write_text("".join(" ".join(text.split()) + "\n" for text in texts), encoding="utf-8")
        yield path
