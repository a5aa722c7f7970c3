"""Measure whole processes, and alternate between measurements, for benchmarks/speed.py."""

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
    """Resource usage of a process: wall-clock and CPU time in seconds, peak memory in MB."""

    wall: float
    cpu: float
    peak: float


# On Linux a process inherits the peak memory of the process that it was forked from, so a small one starts it.
LAUNCHER = """
import os, sys
pid = os.fork()
if not pid:
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    os.execv(sys.argv[1], sys.argv[1:])
_, status, usage = os.wait4(pid, 0)
print(usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)
sys.exit(status != 0)
"""


def run_process(command: list[str], stdin: Path | None = None) -> Usage:
    """Run a command to completion, discarding its stdout."""
    with (stdin or Path(os.devnull)).open("rb") as file:
        start = time.perf_counter()
        completed = subprocess.run(
            [sys.executable, "-S", "-c", LAUNCHER, *command], stdin=file, stdout=subprocess.PIPE, check=True, text=True
        )
        wall = time.perf_counter() - start
    cpu, peak = map(float, completed.stdout.split())
    return Usage(wall, cpu, peak)


def alternate(repeats: int, *measures: Callable[[], float]) -> list[list[float]]:
    """Run all measures one after the other, `repeats` times; return the values of each measure."""
    rounds = [[measure() for measure in measures] for _ in range(repeats)]
    return [list(values) for values in zip(*rounds, strict=True)]


def ratios(numerators: list[float], denominators: list[float]) -> list[float]:
    return [a / b for a, b in zip(numerators, denominators, strict=True)]


@contextmanager
def write_lines(texts: list[str]) -> Iterator[Path]:
    """A temporary file with one text per line."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "lines.txt"
        path.write_text("".join(" ".join(text.split()) + "\n" for text in texts), encoding="utf-8")
        yield path
