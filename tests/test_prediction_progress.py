"""The progress of `predict` on a terminal."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from rnnsent.checkpoint.checkpoint import Checkpoint
from rnnsent.cli.app import run
from rnnsent.data.byte_input import ByteInput
from rnnsent.data.records import TextReader
from rnnsent.output import prediction_progress
from rnnsent.output.prediction_progress import PredictionProgress
from rnnsent.prediction import Prediction

PREDICTIONS = [Prediction("a", label, 0.9, None, 1, 0.0) for label in ("positive", "positive", "negative")]


def test_fraction(tmp_path: Path) -> None:
    """How much of a file has been read grows from its beginning to its end; a pipe has none."""
    path = tmp_path / "in.txt"
    path.write_bytes(b"line\n" * 200_000)
    source = ByteInput.open(path)
    fractions = [source.fraction_read for _ in source.chunks()]
    known = [fraction for fraction in fractions if fraction is not None]
    assert known == sorted(known)
    assert known[0] < 0.9
    assert TextReader(["a"]).fraction_read is None


@pytest.mark.parametrize("is_terminal", [True, False])
def test_display(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *, is_terminal: bool) -> None:
    """After a moment, a terminal shows records, rate and shares; anything else shows nothing."""
    monkeypatch.setattr(prediction_progress, "is_terminal", lambda stream: is_terminal)
    monkeypatch.setattr(prediction_progress, "START_SECONDS", 0.0)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "150")
    with PredictionProgress(TextReader(["a"]), ("negative", "positive"), is_shown=True) as progress:
        progress.update(PREDICTIONS)
        time.sleep(0.2)
    shown = capsys.readouterr().err
    assert ("3 records" in shown and "positive 67%" in shown) == is_terminal
    assert is_terminal or not shown


def test_short_prediction(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is shown before a second."""
    monkeypatch.setattr(prediction_progress, "is_terminal", lambda stream: True)
    with PredictionProgress(TextReader(["a"]), ("negative", "positive"), is_shown=True) as progress:
        progress.update(PREDICTIONS)
    assert capsys.readouterr().err == ""


def test_command(
    working_dir: Path,
    write_model: Callable[..., Checkpoint],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The output of a command with progress is complete."""
    write_model(Path("models") / "m")
    Path("in.txt").write_text("good film\n" * 9_000, encoding="utf-8")
    monkeypatch.setattr(prediction_progress, "is_terminal", lambda stream: True)
    monkeypatch.setattr(prediction_progress, "START_SECONDS", 0.0)
    assert run(["predict", "-m", "m", "in.txt", "-o", "out.tsv"]) == 0
    assert len(Path("out.tsv").read_text(encoding="utf-8").splitlines()) == 9_000
