"""Eighty-six sentences that were written for this project, by kind: negation, contrast, products, service, tweets, neutral.

    python benchmarks/probes.py [MODEL]

They show what a model makes of texts that no data set of films has; too few to tune by, and never trained on. A
neutral sentence counts as right between .25 and .75.
"""

import csv
import sys
from collections import defaultdict
from pathlib import Path

import record

import rnnsent

PROBES = Path(__file__).with_name("probes.csv")


def main() -> None:
    model = sys.argv[1] if len(sys.argv) > 1 else "english"
    with PROBES.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    right: dict[str, list[bool]] = defaultdict(list)
    for row, prediction in zip(rows, rnnsent.load(model).predict([row["text"] for row in rows]), strict=True):
        assert prediction.probabilities is not None
        positive = prediction.probabilities["positive"]
        correct = 0.25 <= positive <= 0.75 if row["label"] == "neutral" else prediction.label == row["label"]
        right[row["kind"]].append(correct)
        if not correct:
            print(f"{row['kind']}: {positive:.2f} positive, not {row['label']}: {row['text']}")
    figures = {kind: f"{sum(each)} of {len(each)}" for kind, each in right.items()}
    print(figures)
    record.record("probes", Path(model).name, {"command": f"python benchmarks/probes.py {Path(model).name}", **figures})


if __name__ == "__main__":
    main()
