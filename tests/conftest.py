"""Fixtures shared by the test files: a small model with random weights, reviews to train on, and the command line run in
this process. None of them imports torch."""

import contextlib
import itertools
import logging
import os
import pty
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from rnnsent.checkpoint.checkpoint import Checkpoint
from rnnsent.checkpoint.shapes import expected_shapes
from rnnsent.cli.app import run
from rnnsent.config import ModelConfig, TokenizerConfig
from rnnsent.data.tokenizer import Tokenizer
from rnnsent.network.ngrams import BIAS, KEYS, WEIGHTS, hash_ngrams
from rnnsent.output import interrupts, terminal
from rnnsent.recipe import Recipe

# Signals may be ignored when pytest starts: nohup ignores SIGHUP, and a shell ignores SIGINT for background jobs. The
# commands that the tests start would inherit that and could not be stopped.
for number, handler in ((signal.SIGHUP, signal.SIG_DFL), (signal.SIGINT, signal.default_int_handler)):
    if signal.getsignal(number) is signal.SIG_IGN:
        signal.signal(number, handler)

VOCABULARY = "a good bad film was not very dull great 電影 it's ."
USER_VARIABLES = ("RNNSENT_MODEL", "RNNSENT_MODELS_DIR", "NO_COLOR", "PYTHONUNBUFFERED")
DIRECTORY_VARIABLES = ("XDG_CONFIG_HOME", "XDG_CACHE_HOME")
test_numbers = itertools.count()


def isolate(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    for name in USER_VARIABLES:
        monkeypatch.delenv(name, raising=False)
    for name in DIRECTORY_VARIABLES:
        monkeypatch.setenv(name, str(folder / name))


@pytest.fixture(scope="session", autouse=True)
def isolated_session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep the developer's environment, pinned default model and caches out of fixtures of a wider scope than a test."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        isolate(monkeypatch, tmp_path_factory.getbasetemp() / "user" / "session")
        yield


@pytest.fixture(autouse=True)
def isolated_test(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep the developer's environment, and another test's cache, --quiet, signal and log messages, out of every test."""
    isolate(monkeypatch, tmp_path_factory.getbasetemp() / "user" / str(next(test_numbers)))
    monkeypatch.setattr(terminal, "_quiet", False)
    monkeypatch.setattr(interrupts, "_signal", None)
    monkeypatch.setattr(logging.getLogger("rnnsent"), "handlers", [logging.NullHandler()])


@pytest.fixture(scope="session")
def write_model() -> Callable[..., Checkpoint]:
    """Return a function that writes a model of 3 hidden units, without n-grams, to a path.

    Its keywords are fields of the checkpoint or of its ModelConfig.
    """

    def write(
        path: Path,
        *,
        classes: tuple[str, ...] = ("negative", "positive"),
        created: str = "2026-01-01T00:00:00+00:00",
        tokenizer: str = "word",
        **model: object,
    ) -> Checkpoint:
        config = ModelConfig(**{"hidden_size": 3, "embedding_dim": 4, "attention_heads": 2, "max_ngram": 0, **model})
        tokenizer_config = TokenizerConfig(kind=tokenizer, vocab_size=60, min_frequency=1)
        trained = Tokenizer.train([VOCABULARY], tokenizer_config)
        random = np.random.default_rng(0)
        shapes = expected_shapes(config, vocab_size=len(trained), n_classes=len(classes))
        weights = {name: random.uniform(-1, 1, shape).astype(np.float32) for name, shape in shapes.items()}
        if config.max_ngram:
            keys = np.unique(hash_ngrams(trained.encode([VOCABULARY]), config.max_ngram)[1])
            columns = 1 if len(classes) == 2 else len(classes)
            weights |= {
                KEYS: keys,
                WEIGHTS: random.uniform(-1, 1, (len(keys), columns)).astype(np.float32),
                BIAS: random.uniform(-1, 1, columns).astype(np.float32),
            }
        checkpoint = Checkpoint(path, Recipe(tokenizer=tokenizer_config, model=config), classes, created)
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
def log() -> Iterator[list[str]]:
    """The lines that the library logs, a warning with its prefix, as the commands show them."""
    lines: list[str] = []

    class ListHandler(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append("warning: " * (record.levelno >= logging.WARNING) + record.getMessage())

    logger = logging.getLogger("rnnsent")
    handler, level = ListHandler(), logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    yield lines
    logger.removeHandler(handler)
    logger.setLevel(level)


@pytest.fixture
def model(tmp_path: Path, write_model: Callable[..., Checkpoint]) -> Checkpoint:
    """The model `tiny` in `models`."""
    return write_model(tmp_path / "models" / "tiny")


@pytest.fixture
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with 80 short reviews in each of train.csv and test.csv; models are written to `models` beside it."""
    monkeypatch.setenv("RNNSENT_MODELS_DIR", str(tmp_path / "models"))
    good, bad = ("good", "fine", "great", "lovely"), ("bad", "poor", "awful", "dull")
    folder = tmp_path / "reviews"
    folder.mkdir()
    for split, seed in (("train", 0), ("test", 1)):
        random = np.random.default_rng(seed)
        lines = [
            f"it was {random.choice(adjectives)} film number {i},{label}"
            for i in range(40)
            for adjectives, label in ((good, "pos"), (bad, "neg"))
        ]
        (folder / f"{split}.csv").write_text("text,label\n" + "\n".join(lines) + "\n")
    return folder


@pytest.fixture
def working_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, model: Checkpoint) -> Iterator[Path]:
    """The working directory, with the model `tiny` in `models`; restores the handler of SIGTERM, which `run` sets."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("rnnsent.output.progress.LONG_PHASE_SECONDS", 600.0)  # a busy machine adds no line to stderr
    monkeypatch.setenv("RNNSENT_MODEL", "tiny")  # an explicit choice needs no note on stderr
    before = signal.getsignal(signal.SIGTERM)
    yield tmp_path
    signal.signal(signal.SIGTERM, before)


@pytest.fixture
def run_ok(capsysbinary: pytest.CaptureFixture[bytes]) -> Callable[..., str]:
    """Return a function that runs a command line, checks that it succeeds without a message, and returns its stdout."""

    def run_command(*arguments: str) -> str:
        code = run(list(arguments))
        out, err = capsysbinary.readouterr()
        assert (code, err) == (0, b"")
        return out.decode()

    return run_command


@pytest.fixture
def run_error(capsysbinary: pytest.CaptureFixture[bytes]) -> Callable[..., tuple[int, str]]:
    """Return a function that runs a command line, checks that it fails with one line on stderr, and returns the exit
    code and that line."""

    def run_command(*arguments: str) -> tuple[int, str]:
        code = run(list(arguments))
        out, err = capsysbinary.readouterr()
        assert out == b""
        assert err.count(b"\n") == 1, err
        assert err.startswith(b"rnnsent: error: ")
        return code, err.decode()

    return run_command


@pytest.fixture
def stdin(working_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[bytes], None]]:
    """Return a function that sets the content of stdin."""
    with contextlib.ExitStack() as stack:

        def set_content(content: bytes) -> None:
            (working_dir / "stdin").write_bytes(content)
            monkeypatch.setattr("sys.stdin", stack.enter_context((working_dir / "stdin").open()))

        yield set_content


@pytest.fixture
def run_in_terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., str]]:
    """Return a function that runs a command line with a pseudo-terminal as stdout and returns what the terminal got."""
    monkeypatch.setenv("TERM", "xterm-256color")
    masters: list[int] = []

    def run_command(*arguments: str, columns: int = 60) -> str:
        monkeypatch.setenv("COLUMNS", str(columns))
        master, slave = pty.openpty()
        masters.append(master)
        received = bytearray()

        def receive() -> None:
            try:
                while chunk := os.read(master, 4_096):
                    received.extend(chunk)
            except OSError:  # the other end is closed
                return

        reader = threading.Thread(target=receive, daemon=True)
        reader.start()
        with open(slave, "w") as stdout, monkeypatch.context() as patch:  # noqa: PTH123
            patch.setattr("sys.stdout", stdout)
            assert run(list(arguments)) == 0
        reader.join(timeout=10)
        return received.decode().replace("\r\n", "\n")

    yield run_command
    for descriptor in masters:
        os.close(descriptor)
