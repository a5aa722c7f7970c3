"""What `--fast` changes of the answers on the IMDB test split: `python benchmarks/fast.py`. Needs bfloat16."""

import sys

import numpy as np
import record

from rnnsent.data.sources import find_source
from rnnsent.predict import Predictor


def main() -> None:
    test = find_source("imdb").read("test")
    plain, fast = (Predictor.load("english", device="cpu", fast=fast) for fast in (False, True))
    answers = [predictor.score(test.texts).probabilities for predictor in (plain, fast)]
    if np.array_equal(*answers):
        sys.exit("this processor has no bfloat16: --fast changes nothing here")
    labels = [each.argmax(axis=1) for each in answers]
    figures = {
        "command": "python benchmarks/fast.py",
        "n": len(test),
        "same_label": float(np.mean(labels[0] == labels[1])),
        "accuracy": [float(np.mean(each == test.labels)) for each in labels],
        "largest_difference": float(np.abs(answers[0] - answers[1]).max()),
    }
    record.record("fast", "imdb test", figures)
    print(figures)


if __name__ == "__main__":
    main()
