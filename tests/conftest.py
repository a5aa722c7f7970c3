"""What several test files share: a small model with weights drawn at random, for which no torch is loaded, reviews to
train on, and the command line in process."""

import contextlib
import os
import pty
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from rnnsent.cli.app import run
from rnnsent.config import ModelConfig, Recipe, TokenizerConfig
from rnnsent.data.tokenizer import Tokenizer
from rnnsent.model.checkpoint import Checkpoint
from rnnsent.model.ngrams import BIAS, KEYS, WEIGHTS, hashed
from rnnsent.model.shapes import expected_shapes
from rnnsent.report import terminal

# Whoever starts the tests may have signals ignored, as nohup does and a shell for what it runs in the background. Commands
# that the tests start would inherit that, and never end.
for number, handler in ((signal.SIGHUP, signal.SIG_DFL), (signal.SIGINT, signal.default_int_handler)):
    if signal.getsignal(number) is signal.SIG_IGN:
        signal.signal(number, handler)

WORDS = "a good bad film was not very dull great 電影 it's ."


@pytest.fixture(autouse=True)
def no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    """The variables of whoever runs the tests choose no model, no colours and no way of writing."""
    for name in ("RNNSENT_MODEL", "RNNSENT_MODELS_DIR", "NO_COLOR", "PYTHONUNBUFFERED"):
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


@pytest.fixture
def working_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, model: Checkpoint) -> Iterator[Path]:
    """A working folder whose models/ holds a tiny model; what `run` changes in the process is put back."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(terminal, "_quiet", False)
    before = signal.getsignal(signal.SIGTERM)
    yield tmp_path
    signal.signal(signal.SIGTERM, before)


@pytest.fixture
def answer(capsysbinary: pytest.CaptureFixture[bytes]) -> Callable[..., str]:
    """Run a command line that must end well, and give what it wrote to stdout."""

    def of(*arguments: str) -> str:
        code = run(list(arguments))
        out, err = capsysbinary.readouterr()
        assert (code, err) == (0, b"")
        return out.decode()

    return of


@pytest.fixture
def fault(capsysbinary: pytest.CaptureFixture[bytes]) -> Callable[..., tuple[int, str]]:
    """Run a command line that must fail, and give its exit code and the one line on stderr."""

    def of(*arguments: str) -> tuple[int, str]:
        code = run(list(arguments))
        out, err = capsysbinary.readouterr()
        assert out == b""
        assert err.count(b"\n") == 1, err
        assert err.startswith(b"rnnsent: error: ")
        return code, err.decode()

    return of


@pytest.fixture
def give(working_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[bytes], None]]:
    """Put bytes on stdin."""
    with contextlib.ExitStack() as opened:

        def of(content: bytes) -> None:
            (working_folder / "stdin").write_bytes(content)
            monkeypatch.setattr("sys.stdin", opened.enter_context((working_folder / "stdin").open()))

        yield of


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., str]]:
    """Run a command line with stdout on a terminal of its own, and give what that was sent."""
    monkeypatch.setenv("TERM", "xterm-256color")
    opened: list[int] = []

    def of(*arguments: str, columns: int = 60) -> str:
        monkeypatch.setenv("COLUMNS", str(columns))
        master, slave = pty.openpty()
        opened.append(master)
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

    yield of
    for descriptor in opened:
        os.close(descriptor)


@pytest.fixture
def loud(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nothing is quiet, before and after."""
    monkeypatch.setattr(terminal, "_quiet", False)
    yield
