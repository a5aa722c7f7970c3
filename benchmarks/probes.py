"""Score eighty-six sentences written for this project: negation, contrast, product, service, tweet and neutral.

    python benchmarks/probes.py [MODEL]

They show how a model handles texts unlike those in movie-review data sets. There are too few of them to tune on, and
they are never trained on. A model of two classes has a neutral sentence right if the probability of positive is between 0.25 and
0.75.
"""

import csv
import sys
from collections import defaultdict
from pathlib import Path

import record

import rnnsent

PROBES = Path(__file__).with_name("probes.csv")
NEUTRAL_RANGE = (0.25, 0.75)


def main() -> None:
    model = sys.argv[1] if len(sys.argv) > 1 else "english"
    with PROBES.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    correct: dict[str, list[bool]] = defaultdict(list)
    for row, prediction in zip(rows, rnnsent.load(model).predict([row["text"] for row in rows]), strict=True):
        assert prediction.probabilities is not None
        positive = prediction.probabilities["positive"]
        if row["label"] == "neutral" and "neutral" not in prediction.probabilities:
            is_correct = NEUTRAL_RANGE[0] <= positive <= NEUTRAL_RANGE[1]
        else:
            is_correct = prediction.label == row["label"]
        correct[row["kind"]].append(is_correct)
        if not is_correct:
            print(f"{row['kind']}: positive {positive:.2f}, expected {row['label']}: {row['text']}")
    counts = {kind: f"{sum(outcomes)} of {len(outcomes)}" for kind, outcomes in correct.items()}
    print(counts)
    name = Path(model).name
    record.record("probes", name, {"command": f"python benchmarks/probes.py {name}", **counts})


if __name__ == "__main__":
    main()
