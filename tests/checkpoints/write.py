"""Write the checkpoints in this folder, one for each kind of network: `python tests/checkpoints/write.py`.

Existing folders are left unchanged, since later versions must be able to read them. The weights are random;
`expected.json` has the probabilities that the model predicted for TEXTS when it was written.
"""

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np

from rnnsent.checkpoint.checkpoint import Checkpoint
from rnnsent.checkpoint.quantization import quantize
from rnnsent.checkpoint.shapes import EMBEDDING, expected_shapes
from rnnsent.config import ModelConfig, TokenizerConfig
from rnnsent.data.tokenizer import Tokenizer
from rnnsent.network.calibration import EXPONENTS
from rnnsent.network.ngrams import BIAS, KEYS, WEIGHTS, hash_ngrams
from rnnsent.predictor import Predictor
from rnnsent.recipe import Recipe

FOLDER = Path(__file__).parent
TEXTS = ["A good film.", "It's not very good, it was dull!", "電影 great", "unheard"]
VOCABULARY = ["a good film was not very dull . great 電影 it's ! bad bad,"]
# Name: tokenizer, classes, model settings.
KINDS: dict[str, tuple[str, tuple[str, ...], dict[str, Any]]] = {
    "rnn": ("word", ("negative", "positive"), {"max_ngram": 0, "cell": "rnn", "pooling": "attention"}),
    "gru": ("char", ("bad", "fair", "good"), {"max_ngram": 2, "cell": "gru", "pooling": "mean"}),
    "bpe": ("bpe", ("neg", "pos"), {"max_ngram": 3, "pooling": "self-attention", "attention_heads": 2}),
    "lstm": ("word", ("negative", "positive"), {"max_ngram": 3, "num_layers": 2}),
}


def write(path: Path, seed: int) -> None:
    """Write the checkpoint whose kind is the name of the folder."""
    tokenizer_kind, classes, model = KINDS[path.name]
    tokenizer_config = TokenizerConfig(kind=tokenizer_kind, vocab_size=60, min_frequency=1)  # type: ignore[arg-type]
    tokenizer = Tokenizer.train(VOCABULARY, tokenizer_config)
    config = ModelConfig(hidden_size=4, embedding_dim=4, **model)
    checkpoint = Checkpoint(path, Recipe(tokenizer_config, config), classes, "2026-01-01T00:00:00+00:00")
    checkpoint.write(
        weights=random_tensors(config, tokenizer, len(classes), seed),
        tokenizer_json=tokenizer.to_json(),
        metrics={},
        history=[],
        card="",
    )
    predictions = Predictor(Checkpoint.read(path)).predict(TEXTS)
    expected = {prediction.text: prediction.probabilities for prediction in predictions}
    text = json.dumps(expected, indent=2, ensure_ascii=False) + "\n"
    (path / "expected.json").write_text(text, encoding="utf-8")


def random_tensors(config: ModelConfig, tokenizer: Tokenizer, n_classes: int, seed: int) -> dict[str, Any]:
    """Random weights, n-grams if the settings have them, calibration exponents, and an int8 embedding."""
    random = np.random.default_rng(seed)
    shapes = expected_shapes(config, vocab_size=len(tokenizer), n_classes=n_classes)
    tensors: dict[str, Any] = {name: random.normal(size=shape).astype(np.float32) for name, shape in shapes.items()}
    exponents = [0.3]
    if config.max_ngram:
        keys = np.unique(hash_ngrams(tokenizer.encode(VOCABULARY), config.max_ngram)[1])
        columns = 1 if n_classes == 2 else n_classes
        tensors |= {KEYS: keys, WEIGHTS: random.normal(size=(len(keys), columns)).astype(np.float16)}
        tensors[BIAS] = random.normal(size=columns).astype(np.float32)
        exponents.append(-0.2)
    tensors[EXPONENTS] = np.array(exponents, dtype=np.float32)
    return tensors | quantize(EMBEDDING, tensors[EMBEDDING])


if __name__ == "__main__":
    for seed, name in enumerate(KINDS):
        if not (FOLDER / name).is_dir():
            write(FOLDER / name, seed)
            print(f"wrote {FOLDER / name}", file=sys.stderr)
