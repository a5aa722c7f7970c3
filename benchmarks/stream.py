"""Lines through `rnnsent predict -`: as many out as in, and peak memory that does not grow with their number.

python benchmarks/stream.py 100000 1000000
"""

import csv
import subprocess
import sys
import time
from pathlib import Path

import record

SENTENCES = Path(__file__).parents[1] / "rnnsent" / "assets" / "sentences" / "train.csv"


def measure(count: int) -> tuple[int, float, float]:
    """Lines out, peak memory of the process in MB, and seconds, for `count` lines in."""
    with SENTENCES.open(encoding="utf-8", newline="") as file:
        lines = [" ".join(row["text"].split()) for row in csv.DictReader(file)]
    start = time.perf_counter()
    # A process of its own for each count, so that the largest child is this one.
    script = (
        "import resource, subprocess, sys; subprocess.run([sys.executable, '-m', 'rnnsent', 'predict', '-', '-m', 'english'], check=True);"
        " print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr)"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    writer = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import sys; lines = sys.argv[2:]\nfor n in range(int(sys.argv[1])): print(lines[n % len(lines)])",
            str(count),
            *lines,
        ],
        stdout=process.stdin,
    )
    assert process.stdin is not None and process.stdout is not None and process.stderr is not None
    process.stdin.close()
    out = sum(1 for _ in process.stdout)
    writer.wait()
    return out, int(process.stderr.read().split()[-1]) / 1_024, time.perf_counter() - start


def main() -> None:
    for count in map(int, sys.argv[1:]):
        out, memory, seconds = measure(count)
        record.record(
            "stream",
            f"{count} lines",
            {
                "command": f"python benchmarks/stream.py {count}",
                "lines_in": count,
                "lines_out": out,
                "peak_megabytes": memory,
                "lines_per_second": count / seconds,
            },
        )
        print(
            f"{count:,} lines in, {out:,} out, peak memory {memory:.0f} MB, {count / seconds:,.0f} lines/s", flush=True
        )


if __name__ == "__main__":
    main()
