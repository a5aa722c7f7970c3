"""Write a tiny checkpoint of every format, as the version of that format wrote it: `python tests/checkpoints/write.py`.

What is there already stays as it is: an old format is to be read as it was written then, whatever this code has become.
The weights are drawn at random; expected.json holds what the model said of TEXTS when it was written.
"""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from rnnsent.config import ModelConfig, Recipe, TokenizerConfig
from rnnsent.data.tokenizer import Tokenizer
from rnnsent.model.calibration import DECAY
from rnnsent.model.checkpoint import CONFIG, FORMAT, Checkpoint
from rnnsent.model.manifest import MANIFEST
from rnnsent.model.ngrams import BIAS, KEYS, WEIGHTS, hashed
from rnnsent.model.quantized import quantized
from rnnsent.model.shapes import EMBEDDING, expected_shapes
from rnnsent.predict import Predictor

FOLDER = Path(__file__).parent
TEXTS = ["A good film.", "It's not very good, it was dull!", "電影 great", "unheard"]
LEARNED = ["a good film was not very dull . great 電影 it's ! bad bad,"]
CLASSES = {1: ("negative", "positive"), 2: ("bad", "fair", "good"), 3: ("neg", "pos"), 4: ("negative", "positive")}
TOKENIZERS = {1: "word", 2: "char", 3: "bpe", 4: "word"}
MODELS: dict[int, dict[str, Any]] = {
    1: {"ngrams": 0, "cell": "rnn", "pooling": "attention"},
    2: {"ngrams": 2, "cell": "gru", "pooling": "mean"},
    3: {"ngrams": 3, "pooling": "self-attention", "heads": 2},
    4: {"ngrams": 3, "layers": 2},
}
LATER: dict[int, dict[str, tuple[str, ...]]] = {
    1: {
        "model": ("ngrams", "ngram_entries"),
        "training": ("label_smoothing", "adversarial", "fine_tune", "pretrain", "pretrain_epochs"),
    },
    2: {"training": ("adversarial", "fine_tune", "pretrain", "pretrain_epochs")},
}


def tensors(format_: int, config: ModelConfig, tokenizer: Tokenizer) -> dict[str, Any]:
    """Weights as that format stores them."""
    random, classes = np.random.default_rng(format_), len(CLASSES[format_])
    shapes = expected_shapes(config, vocabulary=len(tokenizer), classes=classes)
    found: dict[str, Any] = {name: random.normal(size=shape).astype(np.float32) for name, shape in shapes.items()}
    if format_ >= 2:
        keys = np.unique(hashed(tokenizer.encode(LEARNED), config.ngrams)[1])
        columns = 1 if classes == 2 else classes
        kind = np.float16 if format_ >= 3 else np.float32
        found |= {KEYS: keys, WEIGHTS: random.normal(size=(len(keys), columns)).astype(kind)}
        found[BIAS] = random.normal(size=columns).astype(np.float32)
    if format_ >= 3:
        found[DECAY] = np.array([0.3, -0.2], dtype=np.float32)
    return found | quantized(EMBEDDING, found[EMBEDDING]) if format_ >= 4 else found


def write(path: Path, format_: int) -> None:
    cut = TokenizerConfig(tokenizer=TOKENIZERS[format_], vocab_size=60, min_frequency=1)  # type: ignore[arg-type]
    tokenizer = Tokenizer.train(LEARNED, cut)
    config = ModelConfig(hidden=4, embedding_dim=4, **MODELS[format_])
    checkpoint = Checkpoint(path, Recipe(cut, config), CLASSES[format_], "2026-01-01T00:00:00+00:00")
    checkpoint.write(
        weights=tensors(format_, config, tokenizer),
        tokenizer_json=tokenizer.to_json(),
        metrics={},
        history=[],
        card="",
    )
    if format_ < FORMAT:
        (path / MANIFEST).unlink()
        (path / CONFIG).write_text(json.dumps(older(checkpoint.config(), format_), indent=2) + "\n", encoding="utf-8")
    said = [each.probabilities for each in Predictor(Checkpoint.read(path)).predict(TEXTS)]
    text = json.dumps(dict(zip(TEXTS, said, strict=True)), indent=2, ensure_ascii=False)
    (path / "expected.json").write_text(text + "\n", encoding="utf-8")


def older(config: Mapping[str, Any], format_: int) -> dict[str, Any]:
    """The config as that format had it: without the settings that came later."""
    values = {key: value for key, value in config.items() if format_ > 1 or key != "teaching"}
    for group, names in LATER.get(format_, {}).items():
        values[group] = {name: value for name, value in config[group].items() if name not in names}
    return {**values, "format": format_}


if __name__ == "__main__":
    for number in range(1, FORMAT + 1):
        place = FOLDER / f"format-{number}"
        if not place.is_dir():
            write(place, number)
            print(f"{place} written", file=sys.stderr)
