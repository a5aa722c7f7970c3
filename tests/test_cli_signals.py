"""Ctrl-C, SIGTERM and SIGHUP end every command with their exit code, whole records and no temporary file."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import pytest

from rnnsent.cli.app import _flush, run
from rnnsent.cli.stopping import stop_on_signal

pytestmark = pytest.mark.usefixtures("working_dir")


def test_keyboard_interrupt(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("rnnsent.predictor.Predictor.predict_batches", interrupt)
    assert run(["predict", "good"]) == 130
    assert capsys.readouterr() == ("", "")


def test_sigterm(run_ok) -> None:
    """SIGTERM becomes SystemExit with 143, so that temporary files are removed."""
    run_ok("--version")
    with pytest.raises(SystemExit) as exit_:
        signal.raise_signal(signal.SIGTERM)
    assert exit_.value.code == 143


LINES = b"a good film, and not a very bad one\n" * 1_000
# The command line, which says on stderr when it first calls a method of its output.
ANNOUNCE = """
import os
import rnnsent.predictor
from rnnsent.cli.app import main
from rnnsent.output.terminal import Output
rnnsent.predictor.THREADING_THRESHOLD = {threshold}
method = Output.{method}
def announce(self, *arguments):
    Output.{method} = method
    os.write(2, b"{method}\\n")
    method(self, *arguments)
Output.{method} = announce
main()
"""


@pytest.mark.parametrize("threshold", ["1e18", "-1"], ids=["one thread", "workers"])
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
@pytest.mark.parametrize("arguments", [["-", "--json"], ["in", "--json"], ["-", "-o", "out.jsonl"]], ids=" ".join)
def test_predict(working_dir: Path, arguments: list[str], number: signal.Signals, code: int, threshold: str) -> None:
    """A signal leaves whole records, the old output and no temporary file."""
    os.mkfifo(working_dir / "in")
    (working_dir / "out.jsonl").write_text("old")
    command = [sys.executable, "-c", ANNOUNCE.format(threshold=threshold, method="write"), "predict", *arguments]
    with subprocess.Popen(
        command, cwd=working_dir, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as running:
        assert running.stdin and running.stdout and running.stderr
        source = (working_dir / "in").open("wb") if arguments[0] == "in" else running.stdin
        feed = threading.Thread(target=keep_writing, args=[source])
        feed.start()
        assert running.stderr.readline() == b"write\n"
        assert ("-o" in arguments) == bool(list(working_dir.glob(".out.jsonl.*")))
        received = b"" if "-o" in arguments else running.stdout.read(1_000)
        running.send_signal(number)
        received += running.stdout.read()
        assert (running.wait(timeout=30), running.stderr.read()) == (code, b"")
        feed.join(timeout=30)
    assert received == b"" or received.endswith(b"\n")
    assert {json.loads(line)["text"] for line in received.splitlines()} <= {LINES.splitlines()[0].decode()}
    assert (working_dir / "out.jsonl").read_text() == "old"
    assert not list(working_dir.glob(".out*"))


def keep_writing(stream: BinaryIO) -> None:
    """Write until the reader goes away."""
    with contextlib.suppress(BrokenPipeError), stream:
        while True:
            stream.write(LINES)


def test_full_pipe(working_dir: Path) -> None:
    """A signal ends a command whose output nobody reads."""
    reader, writer = os.pipe()
    fill(writer)
    command = [sys.executable, "-c", ANNOUNCE.format(threshold="1e18", method="flush"), "predict", "good", "bad"]
    try:
        with subprocess.Popen(command, cwd=working_dir, stdout=writer, stderr=subprocess.PIPE) as running:
            assert running.stderr
            assert running.stderr.readline() == b"flush\n"
            running.send_signal(signal.SIGTERM)
            assert (running.wait(timeout=20), running.stderr.read()) == (143, b"")
    finally:
        os.close(reader)
        os.close(writer)


SIGNAL_AFTER_RECORD = """
import signal
from rnnsent.cli.app import main
from rnnsent.output.tsv_writer import TsvWriter
write_record = TsvWriter.write_record
def write_record_and_stop(self, record):
    write_record(self, record)
    signal.raise_signal({number})
TsvWriter.write_record = write_record_and_stop
main()
"""


def fill(descriptor: int) -> None:
    """Write to a pipe until its writers have to wait."""
    os.set_blocking(descriptor, False)
    with contextlib.suppress(BlockingIOError):
        while True:
            os.write(descriptor, bytes(1 << 16))
    with contextlib.suppress(BlockingIOError):
        while True:
            os.write(descriptor, bytes(1))
    os.set_blocking(descriptor, True)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
@pytest.mark.parametrize("options", [[], ["-o", "pipe"]], ids=["stdout", "named pipe"])
def test_signal_between_records(working_dir: Path, number: signal.Signals, code: int, options: list[str]) -> None:
    """A signal between two records ends a command that has written to a full pipe, though nobody reads it."""
    os.mkfifo(working_dir / "pipe")
    descriptor = os.open(working_dir / "pipe", os.O_RDWR)
    fill(descriptor)
    command = [sys.executable, "-c", SIGNAL_AFTER_RECORD.format(number=int(number)), "predict", "good", "bad", *options]
    try:
        result = subprocess.run(command, cwd=working_dir, stdout=descriptor, stderr=subprocess.PIPE, timeout=30)
    finally:
        os.close(descriptor)
    assert (result.returncode, result.stderr) == (code, b"")


def test_signal_between_records_read(working_dir: Path) -> None:
    """What was written before the signal arrives if somebody reads the pipe."""
    command = [sys.executable, "-c", SIGNAL_AFTER_RECORD.format(number=int(signal.SIGTERM)), "predict", "good", "bad"]
    result = subprocess.run(command, cwd=working_dir, capture_output=True, timeout=30)
    assert (result.returncode, result.stdout.split(b"\t")[2:], result.stderr) == (143, [b"good\n"], b"")


class UnreadStream:
    """A stream whose flush receives signals and then waits forever."""

    closed = False

    def __init__(self, descriptor: int, *signals: signal.Signals) -> None:
        self.fileno = lambda: descriptor
        self._signals = signals

    def flush(self) -> None:
        for number in self._signals:
            signal.raise_signal(number)
        os.read(self.fileno(), 1)


@pytest.mark.parametrize(
    ("signals", "code"),
    [([signal.SIGINT], 130), ([signal.SIGTERM], 143), ([signal.SIGTERM, signal.SIGINT], 130)],
)
def test_signal_during_last_flush(monkeypatch: pytest.MonkeyPatch, signals: list[signal.Signals], code: int) -> None:
    """A signal ends a command that only waits for somebody to read its output; a second one ends it at once."""
    read_end, write_end = os.pipe()
    monkeypatch.setattr("rnnsent.output.interrupts.GRACE_SECONDS", 0.0 if len(signals) == 1 else 3_600.0)
    monkeypatch.setattr("sys.stderr", UnreadStream(read_end, *signals))
    run(["--version"])
    assert _flush(0) == code
    assert os.path.samestat(os.fstat(read_end), Path(os.devnull).stat())
    os.close(read_end)
    os.close(write_end)


def test_ignored_signals(working_dir: Path) -> None:
    """Signals that are ignored, as under nohup, stay ignored."""
    code = "import os, signal; [signal.signal(number, signal.SIG_IGN) for number in (signal.SIGINT, signal.SIGHUP)]; "
    code += "from rnnsent.cli.app import run; run(['--version']); "
    code += "[os.kill(os.getpid(), number) for number in (signal.SIGINT, signal.SIGHUP)]; print('on')"
    result = subprocess.run([sys.executable, "-c", code], cwd=working_dir, capture_output=True)
    assert (result.returncode, result.stdout.splitlines()[-1], result.stderr) == (0, b"on", b"")


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
@pytest.mark.parametrize(
    ("arguments", "during"),
    [
        (["models"], "rnnsent.checkpoint.store.available_models"),
        (["models", "verify"], "rnnsent.checkpoint.checkpoint.Checkpoint.verify"),
        (["datasets", "in.csv"], "rnnsent.data.summary.summarize"),
        (["evaluate", "in.csv"], "rnnsent.evaluation.evaluate.evaluate"),
        (["train", "in.csv"], "rnnsent.training.run.read_corpus"),
    ],
)
def test_commands(
    working_dir: Path, monkeypatch, capfd, number: signal.Signals, code: int, arguments: list[str], during: str
) -> None:
    """A signal ends every command quietly and changes nothing."""
    (working_dir / "in.csv").write_text("text,label\ngood,positive\nbad,negative\n")
    before = read_files(working_dir)
    monkeypatch.setattr(during, lambda *_, **__: signal.raise_signal(number))
    assert run_to_exit_code(arguments) == code
    assert capfd.readouterr() == ("", "")
    assert read_files(working_dir) == before


def run_to_exit_code(arguments: list[str]) -> object:
    try:
        return run(arguments)
    except SystemExit as stopped:
        return stopped.code


def read_files(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file() and path.suffix != ".lock"}


SMALL = [
    "--hidden-size", "4", "--epochs", "5000", "--set", "model.embedding_dim=4", "--set", "training.min_steps=0",
    "--set", "training.patience=5000",
]  # fmt: skip


@contextlib.contextmanager
def start_training(data_dir: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A long training run, after its first epoch."""
    command = [sys.executable, "-m", "rnnsent", "train", str(data_dir), "--name", "new", "--device", "cpu", *SMALL]
    with subprocess.Popen(command, cwd=data_dir, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        assert running.stderr
        while not running.stderr.readline().startswith(b"epoch 1/"):
            assert running.poll() is None
        yield running


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_train(data_dir: Path, number: signal.Signals, code: int) -> None:
    """A signal stops training after the current step and saves the run."""
    with start_training(data_dir) as running:
        running.send_signal(number)
        out, err = running.communicate(timeout=60)
    assert (running.returncode, out) == (code, b"")
    assert b"saved " in err
    assert err.endswith(b"stopped; the same command with --resume continues\n")
    models = data_dir.parent / "models"
    assert {path.name for path in models.iterdir()} == {"tiny", "new", ".new.resume"}
    assert json.loads((models / "new" / "config.json").read_text())["finished"] is False


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_second_signal(number: signal.Signals, code: int) -> None:
    """A second signal stops training at once, and so does one before the first step."""
    assert exit_of_block(number, is_training=False, times=1) == code
    assert exit_of_block(number, is_training=True, times=2) == code
    assert exit_of_block(number, is_training=True, times=1) is None


def exit_of_block(number: signal.Signals, *, is_training: bool, times: int) -> object:
    """The exit code of a block that receives a signal `times` times; None if it is only asked to stop."""
    run(["--version"])
    try:
        with stop_on_signal() as stop:
            stop.is_training = is_training
            for _ in range(times):
                signal.raise_signal(number)
        assert stop.is_set()
    except KeyboardInterrupt:
        return 130
    except SystemExit as stopped:
        return stopped.code
    return None


def test_background_training() -> None:
    """Training in the background ignores Ctrl-C."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with stop_on_signal() as stop:
            stop.is_training = True
            signal.raise_signal(signal.SIGINT)
            assert not stop.is_set()
            assert signal.getsignal(signal.SIGTERM) == stop.receive
    finally:
        signal.signal(signal.SIGINT, before)
