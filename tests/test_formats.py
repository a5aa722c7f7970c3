"""Checkpoints in tests/checkpoints stay readable, and their predictions do not change."""

import json
import shutil
from pathlib import Path

import pytest

from rnnsent.checkpoint.checkpoint import CONFIG, REQUIRED, Checkpoint
from rnnsent.checkpoint.config_json import FORMAT
from rnnsent.predictor import Predictor
from tests.checkpoints.write import FOLDER, KINDS


@pytest.mark.parametrize("kind", KINDS)
def test_expected_probabilities(kind: str) -> None:
    """Every checkpoint gives the probabilities that were saved with it."""
    path = FOLDER / kind
    assert json.loads((path / CONFIG).read_text(encoding="utf-8"))["format"] == FORMAT == 1
    expected = json.loads((path / "expected.json").read_text(encoding="utf-8"))
    predictions = Predictor(Checkpoint.read(path)).predict(list(expected))
    assert len(predictions) > 3
    for prediction in predictions:
        if expected[prediction.text] is None:  # no known token
            assert prediction.probabilities is None
        else:
            assert prediction.probabilities == pytest.approx(expected[prediction.text], abs=1e-5)
    assert len({prediction.probability for prediction in predictions}) == len(predictions)


@pytest.mark.parametrize("kind", KINDS)
def test_verify(kind: str, tmp_path: Path) -> None:
    """Every checkpoint matches its manifest, also after its metrics were replaced."""
    shutil.copytree(FOLDER / kind, tmp_path / "copy")
    checkpoint = Checkpoint.read(tmp_path / "copy")
    checkpoint.verify()
    checkpoint.update_metrics({}, "# card")
    updated = Checkpoint.read(tmp_path / "copy")
    updated.verify()
    assert updated.manifest
    assert set(updated.manifest.entries) >= set(REQUIRED)
