"""A small model that several test files share, its weights drawn at random: nothing is trained and no torch is loaded."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from rnnsent.config import ModelConfig, Recipe, TokenizerConfig
from rnnsent.data.tokenizer import Tokenizer
from rnnsent.model.checkpoint import Checkpoint
from rnnsent.model.ngrams import BIAS, KEYS, WEIGHTS, hashed
from rnnsent.model.shapes import expected_shapes

WORDS = "a good bad film was not very dull great 電影 it's ."


@pytest.fixture(autouse=True)
def no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    """The variables of whoever runs the tests choose no model and no colours."""
    for name in ("RNNSENT_MODEL", "RNNSENT_MODELS_DIR", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session")
def write_model() -> Callable[..., Checkpoint]:
    """Writes a model of 3 hidden units to a path, without n-grams; keywords are fields of the checkpoint, or of its ModelConfig."""

    def write(
        path: Path,
        *,
        classes: tuple[str, ...] = ("negative", "positive"),
        created: str = "2026-01-01T00:00:00+00:00",
        tokenizer: str = "word",
        **model: object,
    ) -> Checkpoint:
        config = ModelConfig(**{"hidden": 3, "embedding_dim": 4, "heads": 2, "ngrams": 0, **model})
        cut = TokenizerConfig(tokenizer=tokenizer, vocab_size=60, min_frequency=1)
        trained = Tokenizer.train([WORDS], cut)
        random = np.random.default_rng(0)
        shapes = expected_shapes(config, vocabulary=len(trained), classes=len(classes))
        weights = {name: random.uniform(-1, 1, shape).astype(np.float32) for name, shape in shapes.items()}
        if config.ngrams:
            keys = np.unique(hashed(trained.encode([WORDS]), config.ngrams)[1])
            columns = 1 if len(classes) == 2 else len(classes)
            weights |= {
                KEYS: keys,
                WEIGHTS: random.uniform(-1, 1, (len(keys), columns)).astype(np.float32),
                BIAS: random.uniform(-1, 1, columns).astype(np.float32),
            }
        checkpoint = Checkpoint(path, Recipe(tokenizer=cut, model=config), classes, created)
        checkpoint.write(
            weights=weights,
            tokenizer_json=trained.to_json(),
            metrics={},
            history=[],
            card="",
        )
        return checkpoint

    return write


@pytest.fixture
def model(tmp_path: Path, write_model: Callable[..., Checkpoint]) -> Checkpoint:
    return write_model(tmp_path / "models" / "tiny")


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of 80 short reviews to train on, with models in `models` beside it."""
    monkeypatch.setenv("RNNSENT_MODELS_DIR", str(tmp_path / "models"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    good, bad = ("good", "fine", "great", "lovely"), ("bad", "poor", "awful", "dull")
    folder = tmp_path / "reviews"
    folder.mkdir()
    for split, seed in (("train", 0), ("test", 1)):
        words = np.random.default_rng(seed)
        lines = [
            f"it was {words.choice(side)} film number {i},{label}"
            for i in range(40)
            for side, label in ((good, "pos"), (bad, "neg"))
        ]
        (folder / f"{split}.csv").write_text("text,label\n" + "\n".join(lines) + "\n")
    return folder
