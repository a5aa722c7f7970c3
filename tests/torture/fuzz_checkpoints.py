"""Spoil checkpoints for as long as asked: `python tests/torture/fuzz_checkpoints.py --minutes 5`.

The inputs are those of tests/test_fuzz_checkpoint.py, each run with other seeds. Whatever is no RnnsentError, or takes
more than its seconds or memory, is a crash: its folder is kept, its error printed, and the exit code is 1.
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

sys.path.insert(0, str(Path(__file__).parents[1]))

from hostile import SECONDS, Spoiled, attempt, memory_limit, spoiled, warm_up

EXAMPLES = 500  # between two looks at the clock
PRINTED = 5  # crashes with their traceback; the others are counted


def main() -> int:
    parser = argparse.ArgumentParser(description="Spoil checkpoints, and see that they are refused.")
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=0, help="The first seed; a run takes one after the other.")
    asked = parser.parse_args()
    seen: Counter[str] = Counter()
    slowest = 0.0
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch, "model")

        def one(case: Spoiled) -> None:
            nonlocal slowest
            case.write(folder)
            seen["tried"] += 1
            try:
                answer, seconds = attempt(folder)
                seen[answer] += 1
                slowest = max(slowest, seconds)
                if seconds > SECONDS:
                    raise TimeoutError(f"{seconds:.1f} s")
            except KeyboardInterrupt:
                raise
            except BaseException:  # a panic of a library is no Exception
                seen["crashes"] += 1
                if seen["crashes"] <= PRINTED:
                    kept = Path(tempfile.mkdtemp(prefix="crash-")) / "model"
                    shutil.copytree(folder, kept)
                    print(f"kept in {kept}\n{traceback.format_exc()[-3_000:]}", flush=True)

        warm_up()
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        number, end = asked.seed, time.monotonic() + 60 * asked.minutes
        with memory_limit():
            while time.monotonic() < end:
                options = settings(
                    max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck)
                )
                seed(number)(options(given(spoiled())(one)))()
                number += 1
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(
        f"{seen['tried']:,} tried: {seen['refused']:,} refused, {seen['loaded']:,} loaded, {seen['crashes']:,} crashes; "
        f"slowest {slowest:.2f} s, peak memory {peak / 1e3:,.0f} MB of which {(peak - before) / 1e3:,.0f} MB for them; "
        f"seeds {asked.seed} to {number - 1}"
    )
    print(f"inputs tried {seen['tried']}, crashes {seen['crashes']}")
    return 1 if seen["crashes"] else 0


if __name__ == "__main__":
    sys.exit(main())
