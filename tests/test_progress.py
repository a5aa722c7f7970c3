"""Proves what is said of a training: before it, at every update and epoch, in a log and on a live display."""

import io
import math
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console
from rich.progress import Progress as Display
from rich.progress import TextColumn

from rnnsent.data.sources import Corpus, find_source, read_corpus
from rnnsent.fit.loop import Epoch, Update
from rnnsent.report import progress
from rnnsent.train import Prepared

UPDATE = Update(epoch=1, epochs=3, batch=2, batches=10, loss=0.5, accuracy=0.25, tokens_per_second=12_345.6)
EPOCH = Epoch(
    epoch=1, epochs=3, train_loss=0.5, train_accuracy=0.75, validation_loss=0.25, validation_accuracy=0.9,
    learning_rate=0.1, tokens_per_second=12_345.6, seconds=9.6, best=True,
)  # fmt: skip


@pytest.fixture
def prepared(tmp_path: Path) -> Prepared:
    path = tmp_path / "mine.csv"
    path.write_text("text,label\n,a\n" + "".join(f"text {i},{'ab'[i % 2]}\n" for i in range(20)))
    corpus: Corpus = read_corpus([find_source(str(path))], validation_share=0.1, seed=0)
    return Prepared(corpus, taught=0, vocabulary=1_234, parameters=56_789, epochs=3, device="cpu", resumed_epoch=None)


def test_before_training_it_is_said_what_is_trained_on_what(prepared: Prepared) -> None:
    data, network = progress.preparation(prepared)
    assert data.endswith(": 18 texts to train on, 2 to validate on (from train); left out 1 row without label or text")
    assert network == "2 classes, vocabulary 1,234, 56,789 parameters, 3 epochs on cpu"
    assert progress.preparation(replace(prepared, taught=1_000))[1] == "1,000 texts that the teacher has labelled"
    assert progress.preparation(replace(prepared, resumed_epoch=2))[-1].endswith(", going on in epoch 2")


def test_what_will_spoil_a_training_is_said_before_it(prepared: Prepared) -> None:
    again = {**prepared.corpus.sources[0], "validation_in_train": 2}
    doubtful = replace(prepared, vocabulary=2, epochs=1, corpus=replace(prepared.corpus, sources=(again,)))
    _, overlap, network, vocabulary = progress.preparation(doubtful)
    assert overlap.startswith("note: 2 of the texts to validate on stand in train too")
    assert network.endswith(", 1 epoch on cpu")
    assert "--min-frequency 1" in vocabulary


def test_an_epoch_and_an_update_are_a_line_of_figures() -> None:
    assert progress.figures(UPDATE) == "loss 0.500, accuracy 25.0%, 12,346 tokens/s"
    assert progress.summary(EPOCH) == (
        "epoch 1/3: loss 0.500, accuracy 75.0%; validation loss 0.250, accuracy 90.0%; 12,346 tokens/s, 10 s  best so far"
    )
    assert not progress.summary(replace(EPOCH, best=False)).endswith("best so far")


def test_a_log_has_a_line_an_epoch_and_updates_only_now_and_then(loud, capsys, prepared, monkeypatch) -> None:
    with progress.training_progress() as display:
        display.prepared(prepared)
        display.update(UPDATE)
        display.epoch(EPOCH)
        monkeypatch.setattr(progress, "LOG_EVERY", -math.inf)
        display.update(UPDATE)
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines() == [
        *progress.preparation(prepared),
        progress.summary(EPOCH),
        f"epoch 1/3, batch 2/10: {progress.figures(UPDATE)}",
    ]


def test_a_live_display_shows_how_far_the_run_is() -> None:
    stream = io.StringIO()
    with Display(TextColumn("{task.fields[figures]}"), console=Console(file=stream, width=200)) as display:
        live = progress.Live(display)
        live.update(replace(UPDATE, epoch=2))
        live.epoch(EPOCH)
        (task,) = display.tasks
        assert (task.completed, task.total, task.description) == (12, 30, "epoch 2/3")
        assert task.fields["figures"] == progress.figures(UPDATE)
    assert progress.summary(EPOCH) in stream.getvalue()
