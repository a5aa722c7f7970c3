"""Score 1,000 reviews with the bundled model in every way, and compare each with the equations.

    python -m tests.torture.same_answer

The probabilities of a text by the equations, alone, are compared with those by either engine, alone and in batches of
several sizes, in three orders, without worker threads and with one or two.
"""

import argparse
import sys
import time
from pathlib import Path

from rnnsent.checkpoint.checkpoint import Checkpoint
from tests.support.reviews import reviews
from tests.support.scoring import TOLERANCE, compare, load_predictors

ENGLISH = Path(__file__).parents[2] / "models" / "english"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--texts", type=int, default=1_000)
    texts = reviews(parser.parse_args().texts)
    predictors = load_predictors(Checkpoint.read(ENGLISH))
    start, n_ways, n_different, maximum = time.monotonic(), 0, 0, 0.0
    for name, differences in compare(predictors, texts):
        print(f"{name:32} maximum difference {differences.max():.1e}", flush=True)
        n_ways, maximum = n_ways + 1, max(maximum, float(differences.max()))
        n_different += int((differences > TOLERANCE).sum())
    seconds = time.monotonic() - start
    print(f"{len(texts)} texts in {n_ways} ways, maximum difference {maximum:.1e}, in {seconds:.0f} s")
    print(f"inputs tried {len(texts) * n_ways}, different predictions {n_different}")
    return 1 if n_different else 0


if __name__ == "__main__":
    sys.exit(main())
