"""Fuzz checkpoints for some minutes: `python tests/torture/fuzz_checkpoints.py --minutes 5`.

The inputs come from the strategies of tests/test_fuzz_checkpoint.py, with a new seed for every run. Any exception but
RnnsentError, and more than the allowed time or memory, counts as a crash: the traceback is printed, the checkpoint is
kept, and the exit code is 1.
"""

import argparse
import resource
import shutil
import sys
import tempfile
import time
import traceback
from collections import Counter
from pathlib import Path

from hypothesis import HealthCheck, given, seed, settings

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.support.hostile import MAX_SECONDS, CorruptedCheckpoint, corrupted_checkpoints, memory_limit, use, warm_up

EXAMPLES_PER_SEED = 500
MAX_TRACEBACKS = 5  # further crashes are only counted


def main() -> int:
    parser = argparse.ArgumentParser(description="Fuzz checkpoints; invalid ones must be rejected with a clear error.")
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=0, help="First seed; further runs count up from it.")
    options = parser.parse_args()
    outcomes: Counter[str] = Counter()
    slowest = 0.0
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch, "model")

        def check(corrupted: CorruptedCheckpoint) -> None:
            nonlocal slowest
            corrupted.write(folder)
            outcomes["tried"] += 1
            try:
                outcome, seconds = use(folder)
                outcomes[outcome] += 1
                slowest = max(slowest, seconds)
                if seconds > MAX_SECONDS:
                    raise TimeoutError(f"{seconds:.1f} s")
            except KeyboardInterrupt:
                raise
            except BaseException:  # a panic in Rust is not an Exception
                outcomes["crashes"] += 1
                if outcomes["crashes"] <= MAX_TRACEBACKS:
                    crash = Path(tempfile.mkdtemp(prefix="crash-")) / "model"
                    shutil.copytree(folder, crash)
                    print(f"saved in {crash}\n{traceback.format_exc()[-3_000:]}", flush=True)

        warm_up()
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        number, end = options.seed, time.monotonic() + 60 * options.minutes
        with memory_limit():
            while time.monotonic() < end:
                profile = settings(
                    max_examples=EXAMPLES_PER_SEED,
                    deadline=None,
                    database=None,
                    suppress_health_check=list(HealthCheck),
                )
                seed(number)(profile(given(corrupted_checkpoints())(check)))()
                number += 1
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(
        f"{outcomes['tried']:,} tried: {outcomes['rejected']:,} rejected, {outcomes['loaded']:,} loaded, "
        f"{outcomes['crashes']:,} crashes; slowest {slowest:.2f} s, "
        f"peak memory {peak / 1e3:,.0f} MB, {(peak - before) / 1e3:,.0f} MB above the start; "
        f"seeds {options.seed} to {number - 1}"
    )
    print(f"inputs tried {outcomes['tried']}, crashes {outcomes['crashes']}")
    return 1 if outcomes["crashes"] else 0


if __name__ == "__main__":
    sys.exit(main())
