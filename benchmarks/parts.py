"""What the network and the n-grams of a model answer rightly, each alone and together.

python benchmarks/parts.py MODEL SOURCE [SPLIT]      # test unless named
"""

import sys

import numpy as np
import record

from rnnsent.data.sources import find_source
from rnnsent.lessons import encode
from rnnsent.model.engines import TorchEngine
from rnnsent.model.ngrams import Ngrams, network_of
from rnnsent.model.store import find_model
from rnnsent.predict import Predictor


def main() -> None:
    model, source, split = (*sys.argv[1:], "test")[:3]
    checkpoint = find_model(model)
    examples = find_source(source).read(split)
    encoded = encode(examples, checkpoint.tokenizer)
    network = TorchEngine(network_of(checkpoint.weights), checkpoint.recipe.model, "cpu").logits(encoded.rows)
    wide = Ngrams(checkpoint.weights, checkpoint.recipe.model.ngrams, len(checkpoint.classes)).logits(encoded.rows)
    together = Predictor(checkpoint, device="cpu").score(examples.texts).probabilities
    figures = {
        "command": f"python benchmarks/parts.py {checkpoint.name} {source} {split}",
        "n": len(examples),
        "network": float(np.mean(network.argmax(axis=1) == encoded.labels)),
        "ngrams": float(np.mean(wide.argmax(axis=1) == encoded.labels)),
        "together": float(np.mean(together.argmax(axis=1) == examples.labels)),
    }
    record.record("parts", f"{checkpoint.name} on {source} ({split})", figures)
    print(figures)


if __name__ == "__main__":
    main()
