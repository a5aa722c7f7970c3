"""Proves that a checkpoint of every format is read, and says what it said when it was written."""

import json
import shutil
from pathlib import Path

import pytest

from rnnsent.model.checkpoint import CONFIG, FORMAT, NEEDED, Checkpoint
from rnnsent.model.manifest import MANIFEST
from rnnsent.predict import Predictor

FOLDER = Path(__file__).parent / "checkpoints"
FORMATS = range(1, FORMAT + 1)


@pytest.mark.parametrize("format_", FORMATS)
def test_each_format_gives_the_probabilities_that_were_recorded(format_: int) -> None:
    path = FOLDER / f"format-{format_}"
    assert json.loads((path / CONFIG).read_text(encoding="utf-8"))["format"] == format_
    expected = json.loads((path / "expected.json").read_text(encoding="utf-8"))
    found = Predictor(Checkpoint.read(path)).predict(list(expected))
    assert len(found) > 3
    for each in found:
        assert each.probabilities == pytest.approx(expected[each.text], abs=1e-5)
    assert len({each.probability for each in found}) == len(found)


@pytest.mark.parametrize("format_", FORMATS)
def test_each_format_is_verified_and_gets_new_scores(format_: int, tmp_path: Path) -> None:
    shutil.copytree(FOLDER / f"format-{format_}", tmp_path / "copy")
    read = Checkpoint.read(tmp_path / "copy")
    assert (read.manifest is None) == (format_ < 4)
    read.verify()
    read.record({}, "# card")
    again = Checkpoint.read(tmp_path / "copy")
    again.verify()
    assert again.manifest
    assert set(again.manifest.entries) >= set(NEEDED)
    assert (tmp_path / "copy" / MANIFEST).is_file()
