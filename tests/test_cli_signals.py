"""Proves that Ctrl-C, SIGTERM and SIGHUP end each command with their exit code, whole records and no temporary file."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

import pytest

from rnnsent.cli.app import run
from rnnsent.cli.train import _stop_on_signal

pytestmark = pytest.mark.usefixtures("working_dir")


def test_an_interrupt_exits_with_130(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("rnnsent.prediction.Predictor.stream", interrupted)
    assert run(["predict", "good"]) == 130
    assert capsys.readouterr() == ("", "")


def test_sigterm_exits_as_a_shell_expects_so_that_temporary_files_go(run_ok) -> None:
    run_ok("--version")
    with pytest.raises(SystemExit) as exit_:
        signal.raise_signal(signal.SIGTERM)
    assert exit_.value.code == 143


LINES = b"a good film, and not a very bad one\n" * 1_000
AT_ONCE = (
    "import rnnsent.prediction; rnnsent.prediction.THREADS_PAY_FROM = {pays}; from rnnsent.cli.app import main; main()"
)


@pytest.mark.parametrize("pays", ["1e18", "-1"], ids=["in one thread", "in workers"])
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
@pytest.mark.parametrize("words", [["-", "--json"], ["in", "--json"], ["-", "-o", "out.jsonl"]], ids=" ".join)
def test_a_signal_leaves_whole_records_and_no_temporary_file(
    working_dir: Path, words: list[str], number: signal.Signals, code: int, pays: str
) -> None:
    os.mkfifo(working_dir / "in")
    (working_dir / "out.jsonl").write_text("old")
    command = [sys.executable, "-c", AT_ONCE.format(pays=pays), "predict", *words]
    with subprocess.Popen(
        command, cwd=working_dir, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as running:
        assert running.stdin and running.stdout and running.stderr
        source = (working_dir / "in").open("wb") if words[0] == "in" else running.stdin
        feed = threading.Thread(target=keep_writing, args=[source])
        feed.start()
        if "-o" in words:
            wait_for(lambda: list(working_dir.glob(".out.jsonl.*")))
            received = b""
        else:
            received = running.stdout.read(1_000)
        running.send_signal(number)
        received += running.stdout.read()
        assert (running.wait(timeout=30), running.stderr.read()) == (code, b"")
        feed.join(timeout=30)
    assert received == b"" or received.endswith(b"\n")
    assert {json.loads(line)["text"] for line in received.splitlines()} <= {LINES.splitlines()[0].decode()}
    assert (working_dir / "out.jsonl").read_text() == "old"
    assert not list(working_dir.glob(".out*"))


def keep_writing(stream: BinaryIO) -> None:
    """Until the reader goes away."""
    with contextlib.suppress(BrokenPipeError), stream:
        while True:
            stream.write(LINES)


def wait_for(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_signal_ends_a_command_whose_output_nobody_reads(working_dir: Path) -> None:
    (working_dir / "in").write_bytes(LINES * 10)
    with subprocess.Popen(
        [sys.executable, "-m", "rnnsent", "predict", "in"],
        cwd=working_dir,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as running:
        assert running.stdout and running.stderr
        running.stdout.read(1)
        time.sleep(2)  # by now the pipe is full
        running.send_signal(signal.SIGTERM)
        assert (running.wait(timeout=20), running.stderr.read()) == (143, b"")


def test_a_signal_that_is_ignored_stays_ignored(working_dir: Path) -> None:
    """As nohup and a shell's & have it."""
    code = "import os, signal; [signal.signal(each, signal.SIG_IGN) for each in (signal.SIGINT, signal.SIGHUP)]; "
    code += "from rnnsent.cli.app import run; run(['--version']); "
    code += "[os.kill(os.getpid(), each) for each in (signal.SIGINT, signal.SIGHUP)]; print('on')"
    answer = subprocess.run([sys.executable, "-c", code], cwd=working_dir, capture_output=True)
    assert (answer.returncode, answer.stdout.splitlines()[-1], answer.stderr) == (0, b"on", b"")


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
@pytest.mark.parametrize(
    ("arguments", "during"),
    [
        (["models"], "rnnsent.checkpoint.store.available_models"),
        (["models", "verify"], "rnnsent.checkpoint.checkpoint.Checkpoint.verify"),
        (["datasets", "in.csv"], "rnnsent.data.summary.summarize"),
        (["evaluate", "in.csv"], "rnnsent.evaluation.evaluate"),
        (["train", "in.csv"], "rnnsent.training.run.read_corpus"),
    ],
)
def test_a_signal_ends_each_command_quietly_and_leaves_what_was_there(
    working_dir: Path, monkeypatch, capfd, number: signal.Signals, code: int, arguments: list[str], during: str
) -> None:
    (working_dir / "in.csv").write_text("text,label\ngood,positive\nbad,negative\n")
    before = contents(working_dir)
    monkeypatch.setattr(during, lambda *_, **__: signal.raise_signal(number))
    assert exit_code(arguments) == code
    assert capfd.readouterr() == ("", "")
    assert contents(working_dir) == before


def exit_code(arguments: list[str]) -> object:
    try:
        return run(arguments)
    except SystemExit as stopped:
        return stopped.code


def contents(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file() and path.suffix != ".lock"}


SMALL = ["--hidden", "4", "--embedding-dim", "4", "--epochs", "5000", "--min-updates", "0", "--patience", "5000"]


@contextlib.contextmanager
def training(data_dir: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A training that would go on for long, once its first epoch is done."""
    command = [sys.executable, "-m", "rnnsent", "train", str(data_dir), "--name", "new", "--device", "cpu", *SMALL]
    with subprocess.Popen(command, cwd=data_dir, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        assert running.stderr
        while not running.stderr.readline().startswith(b"epoch 1/"):
            assert running.poll() is None
        yield running


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_stops_a_training_after_the_update_in_hand(data_dir: Path, number: signal.Signals, code: int) -> None:
    with training(data_dir) as running:
        running.send_signal(number)
        out, err = running.communicate(timeout=60)
    assert (running.returncode, out) == (code, b"")
    assert b"saved " in err
    assert err.endswith(b"stopped; the same command with --resume goes on\n")
    models = data_dir.parent / "models"
    assert {path.name for path in models.iterdir()} == {"tiny", "new", ".new.resume"}
    assert json.loads((models / "new" / "config.json").read_text())["finished"] is False


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_second_signal_stops_a_training_at_once(number: signal.Signals, code: int) -> None:
    """As does one before the first update, when nothing would be saved."""
    assert exit_of_block(number, under_way=False, times=1) == code
    assert exit_of_block(number, under_way=True, times=2) == code
    assert exit_of_block(number, under_way=True, times=1) is None


def exit_of_block(number: signal.Signals, *, under_way: bool, times: int) -> object:
    """The exit code of a block that is sent a signal so many times; None where it was only asked to stop."""
    run(["--version"])
    try:
        with _stop_on_signal() as asked:
            asked.under_way = under_way
            for _ in range(times):
                signal.raise_signal(number)
        assert asked.to_stop()
    except KeyboardInterrupt:
        return 130
    except SystemExit as stopped:
        return stopped.code
    return None


def test_a_training_in_the_background_keeps_ignoring_ctrl_c() -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with _stop_on_signal() as asked:
            asked.under_way = True
            signal.raise_signal(signal.SIGINT)
            assert not asked.to_stop()
            assert signal.getsignal(signal.SIGTERM) == asked.signal
    finally:
        signal.signal(signal.SIGINT, before)
