"""The progress of training on stderr, in a log and on a progress bar."""

import io
import math
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console
from rich.progress import Progress, TextColumn

from rnnsent.data.corpus import read_corpus
from rnnsent.data.sources import find_source
from rnnsent.output import progress
from rnnsent.training.events import (
    EpochResult,
    LabelingProgress,
    PhaseProgress,
    PretrainStep,
    StepResult,
    TrainingStarted,
    Trial,
)

STEP = StepResult(epoch=1, epochs=3, batch=2, batches=10, loss=0.5, accuracy=0.25, tokens_per_second=12_345.6)
PRETRAIN_STEP = PretrainStep(epoch=1, epochs=2, batch=2, batches=10, loss=2.5, tokens_per_second=12_345.6)
LABELING = LabelingProgress(2_048, 60_000)
EPOCH = EpochResult(
    epoch=1, epochs=3, train_loss=0.5, train_accuracy=0.75, validation_loss=0.25, validation_accuracy=0.9,
    learning_rate=0.1, tokens_per_second=12_345.6, seconds=9.6, best=True,
)  # fmt: skip


@pytest.fixture
def started(tmp_path: Path) -> TrainingStarted:
    path = tmp_path / "reviews.csv"
    path.write_text("text,label\n,a\n" + "".join(f"text {i},{'ab'[i % 2]}\n" for i in range(20)))
    corpus = read_corpus([find_source(str(path))], validation_fraction=0.1)
    return TrainingStarted(
        corpus, teacher_labeled=0, vocab_size=1_234, num_parameters=56_789, epochs=3, device="cpu", resumed_epoch=None
    )


@pytest.fixture
def logged(capsys: pytest.CaptureFixture[str]) -> Callable[..., list[str]]:
    """Return a function that shows events and returns the lines they logged."""

    def show(*events: object) -> list[str]:
        with progress.training_progress() as display:
            for event in events:
                display.show(event)
        out, err = capsys.readouterr()
        assert out == ""
        return err.splitlines()

    return show


def test_start(started: TrainingStarted) -> None:
    """Before training, the data and the model are described."""
    data, model = progress.format_start(started)
    assert data.endswith(": 17 texts for training, 3 for validation (from train)")
    assert model == "2 classes, vocabulary size 1,234, 56,789 parameters, 3 epochs on cpu"
    assert progress.format_start(replace(started, teacher_labeled=1_000))[1] == "1,000 texts labeled by the teacher"
    assert progress.format_start(replace(started, resumed_epoch=2))[-1].endswith(", resuming in epoch 2")
    assert progress.format_start(replace(started, resumed_epoch=4))[-1].endswith(", resuming after the last epoch")


def test_start_warnings(started: TrainingStarted) -> None:
    """Validation texts in train and an empty vocabulary are reported before training."""
    source = {**started.corpus.sources[0], "validation_in_train": 2}
    doubtful = replace(started, vocab_size=2, epochs=1, corpus=replace(started.corpus, sources=(source,)))
    _, overlap, model, vocabulary = progress.format_start(doubtful)
    assert overlap == "warning: 2 validation texts also appear in train; metrics will be optimistic"
    assert model.endswith(", 1 epoch on cpu")
    assert vocabulary == "warning: the vocabulary is empty; try --set tokenizer.min_frequency=1"


def test_epoch() -> None:
    """An epoch is one line of metrics; the best so far is marked."""
    line = "epoch 1/3: loss 0.500, accuracy 75.0%; validation loss 0.250, accuracy 90.0%; 12,346 tokens/s, 10 s"
    assert progress.format_epoch(EPOCH) == f"{line}  (best)"
    assert progress.format_epoch(replace(EPOCH, best=False)) == line


def test_step() -> None:
    """A step shows loss, accuracy and throughput; pretraining has no accuracy."""
    assert progress.format_step(STEP) == "loss 0.500, accuracy 25.0%, 12,346 tokens/s"
    assert progress.format_step(PRETRAIN_STEP) == "loss 2.500, 12,346 tokens/s"
    assert progress.format_stage(PRETRAIN_STEP) == "pretraining epoch 1/2"


def test_trial() -> None:
    """A trial shows its settings as `--set` takes them, and whether it ran to its end."""
    trial = Trial(
        3, {"training.learning_rate": 0.003, "model.hidden_size": 96}, accuracy=0.872, completed=True, best=True
    )
    settings = "training.learning_rate=0.003, model.hidden_size=96"
    assert progress.format_trial(trial) == f"trial 3: validation accuracy 87.20%; {settings}  (best)"
    stopped = replace(trial, completed=False, best=False)
    assert progress.format_trial(stopped) == f"trial 3: validation accuracy 87.20% (stopped early); {settings}"


def test_log(logged: Callable[..., list[str]], started: TrainingStarted) -> None:
    """A log has a line for every epoch and none for steps and labeled chunks in quick succession."""
    lines = logged(LabelingProgress(2_048, 60_000), LabelingProgress(60_000, 60_000), started, STEP, EPOCH)
    assert lines == [
        "teacher: labeled 60,000/60,000 texts",
        *progress.format_start(started),
        progress.format_epoch(EPOCH),
    ]


def test_log_interval(logged: Callable[..., list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    """A log has a line for a step and for a labeled chunk once the interval has passed."""
    monkeypatch.setattr(progress, "LOG_INTERVAL_SECONDS", -math.inf)
    assert logged(LabelingProgress(2_048, 60_000), PRETRAIN_STEP, STEP) == [
        "teacher: labeled 2,048/60,000 texts",
        "pretraining epoch 1/2, batch 2/10: loss 2.500, 12,346 tokens/s",
        "epoch 1/3, batch 2/10: loss 0.500, accuracy 25.0%, 12,346 tokens/s",
    ]


def test_short_phases(logged: Callable[..., list[str]]) -> None:
    """A log has no line for a phase that is soon over, and no timer outlives it."""
    phases = (PhaseProgress("reading the data"), PhaseProgress("encoding texts", 0, 9), PhaseProgress("calibrating"))
    assert logged(*phases) == []
    assert not [thread for thread in threading.enumerate() if isinstance(thread, threading.Timer)]


def test_long_phase(monkeypatch: pytest.MonkeyPatch) -> None:
    """A log has one line for a phase that takes long, with how far it is, even if no event follows."""
    lines: list[str] = []
    is_logged = threading.Event()
    monkeypatch.setattr(progress, "LONG_PHASE_SECONDS", 0.0)
    monkeypatch.setattr(progress, "notify", lambda line: (lines.append(line), is_logged.set()))
    with progress.training_progress() as display:
        display.show(PhaseProgress("encoding texts", 4_096, 300_000))
        assert is_logged.wait(timeout=30)
        display.show(PhaseProgress("encoding texts", 8_192, 300_000))
        monkeypatch.setattr(progress, "LOG_INTERVAL_SECONDS", -math.inf)
        display.show(PhaseProgress("encoding texts", 12_288, 300_000))
    assert lines == ["encoding texts: 4,096/300,000 ...", "encoding texts: 12,288/300,000 ..."]


def test_phase_bar() -> None:
    """A progress bar shows one phase after the other, counted or not, and then the steps."""
    with Progress(console=Console(file=io.StringIO())) as display:
        bar = progress.ProgressBar(display)
        shown = []
        for event in (PhaseProgress("reading the data"), PhaseProgress("encoding texts", 5, 9), LABELING, STEP):
            bar.show(event)
            (task,) = display.tasks
            shown.append((task.description, task.completed, task.total))
    assert shown == [
        ("reading the data", 0, None),
        ("encoding texts: 5/9", 5, 9),
        ("teacher: labeled 2,048/60,000 texts", 2_048, 60_000),
        ("epoch 1/3", 2, 30),
    ]


def test_bar() -> None:
    """A progress bar shows the completed part of all epochs, with one line per epoch above it."""
    stream = io.StringIO()
    with Progress(TextColumn("{task.fields[metrics]}"), console=Console(file=stream, width=200)) as display:
        bar = progress.ProgressBar(display)
        bar.show(replace(STEP, epoch=2))
        bar.show(EPOCH)
        (task,) = display.tasks
        assert (task.completed, task.total, task.description) == (12, 30, "epoch 2/3")
        assert task.fields["metrics"] == progress.format_step(STEP)
    assert progress.format_epoch(EPOCH) in stream.getvalue()
