"""Measure the accuracy of a model's network alone, of its n-gram model alone, and of both combined.

python benchmarks/components.py MODEL SOURCE [SPLIT]      # SPLIT is test by default
"""

import sys

import numpy as np
import record

from rnnsent.checkpoint.store import find_model
from rnnsent.data.sources import find_source
from rnnsent.network.ngrams import NgramModel, network_weights
from rnnsent.network.torch_engine import TorchEngine
from rnnsent.predictor import Predictor
from rnnsent.training.training_data import encode


def main() -> None:
    model, source, split = (*sys.argv[1:], "test")[:3]
    checkpoint = find_model(model)
    weights, config = checkpoint.weights, checkpoint.recipe.model
    examples = find_source(source).read(split)
    encoded = encode(examples, checkpoint.tokenizer)
    network = TorchEngine(network_weights(weights), config, "cpu").logits(encoded.rows)  # (N, K)
    ngrams = NgramModel(weights, config.max_ngram, len(checkpoint.classes)).logits(encoded.rows)  # (N, K)
    combined = Predictor(checkpoint, device="cpu").predict_proba(examples.texts).probabilities  # (N, K)
    columns = [checkpoint.classes.index(name) for name in examples.classes]  # the model chooses among these
    values = {
        "command": f"python benchmarks/components.py {checkpoint.name} {source} {split}",
        "n": len(examples),
        "network": float(np.mean(network[:, columns].argmax(axis=1) == encoded.labels)),
        "ngrams": float(np.mean(ngrams[:, columns].argmax(axis=1) == encoded.labels)),
        "combined": float(np.mean(combined[:, columns].argmax(axis=1) == examples.labels)),
    }
    record.record("components", f"{checkpoint.name} on {source} ({split})", values)
    print(values)


if __name__ == "__main__":
    main()
