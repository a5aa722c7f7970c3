"""Compare bfloat16 with float32 predictions on the IMDB test split: `python benchmarks/bfloat16.py`.

Needs a processor that supports bfloat16.
"""

import sys

import numpy as np
import record

from rnnsent.data.sources import find_source
from rnnsent.predictor import Predictor


def main() -> None:
    test = find_source("imdb").read("test")
    float32 = Predictor.load("english", device="cpu").predict_proba(test.texts).probabilities  # (N, K)
    bfloat16 = Predictor.load("english", device="cpu", precision="bfloat16").predict_proba(test.texts).probabilities
    if np.array_equal(float32, bfloat16):
        sys.exit("this processor does not support bfloat16: --precision bfloat16 has no effect")
    labels = [probabilities.argmax(axis=1) for probabilities in (float32, bfloat16)]
    values = {
        "command": "python benchmarks/bfloat16.py",
        "n": len(test),
        "label_agreement": float(np.mean(labels[0] == labels[1])),
        "accuracy": [float(np.mean(predicted == test.labels)) for predicted in labels],  # float32, bfloat16
        "max_difference": float(np.abs(float32 - bfloat16).max()),
    }
    record.record("bfloat16", "imdb test", values)
    print(values)


if __name__ == "__main__":
    main()
