"""A teacher's answers in a file: what is looked up is what was collected, and damaged files are refused."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnsent.errors import ModelError, SettingsError
from rnnsent.training.answers import Answers, AnswersTeacher
from rnnsent.training.teachers import load_teacher

CLASSES = ("negative", "neutral", "positive")


def probabilities_of(n: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).dirichlet([0.3] * len(CLASSES), n)


@settings(deadline=None, derandomize=True, max_examples=50)
@given(st.lists(st.text(), min_size=1, max_size=30, unique=True), st.integers(0, 99))
def test_roundtrip(tmp_path_factory: pytest.TempPathFactory, texts: list[str], seed: int) -> None:
    """Every text has its probabilities within the precision of 8 bits, and they add up to 1."""
    path = tmp_path_factory.mktemp("answers") / "a.npz"
    probabilities = probabilities_of(len(texts), seed)
    Answers.collect(CLASSES, texts, probabilities).write(path)
    answers = Answers.read(path)
    found = answers.look_up(texts)
    assert answers.classes == CLASSES
    assert len(answers) == len(texts)
    np.testing.assert_allclose(found, probabilities, atol=1.5 / 255)
    np.testing.assert_allclose(found.sum(axis=1), 1, atol=1e-6)


def test_unknown_text() -> None:
    """A text without an answer has no probabilities; of repeated texts the first counts."""
    answers = Answers.collect(CLASSES, ["a", "b", "a"], np.eye(3))
    np.testing.assert_array_equal(answers.look_up(["c", "a"]), [[np.nan] * 3, [1, 0, 0]])
    assert answers.look_up([]).shape == (0, 3)


def test_size(tmp_path: Path) -> None:
    """An answer takes a few bytes, and no text is in the file."""
    texts = [f"the secret text number {i}" for i in range(20_000)]
    Answers.collect(CLASSES, texts, probabilities_of(len(texts))).write(tmp_path / "a.npz")
    assert (tmp_path / "a.npz").stat().st_size < 6 * len(texts)
    assert b"secret" not in (tmp_path / "a.npz").read_bytes()


def test_teacher(tmp_path: Path) -> None:
    """`--teacher FILE.npz` is a teacher with the file's classes, and its digest is that of the content."""
    for name in ("a", "b"):
        Answers.collect(CLASSES, ["x", "y"], probabilities_of(2)).write(tmp_path / f"{name}.npz")
    Answers.collect(CLASSES, ["x", "z"], probabilities_of(2)).write(tmp_path / "c.npz")
    teacher, same, other = (load_teacher(str(tmp_path / f"{name}.npz"), "cpu") for name in "abc")
    assert isinstance(teacher, AnswersTeacher)
    assert teacher.classes == CLASSES
    assert np.isnan(teacher.predict_proba(["x", "unknown"])).all(axis=1).tolist() == [False, True]
    assert teacher.digest == same.digest != other.digest


def test_train(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A model learns from the answers for unlabeled texts, and skips those without one."""
    import rnnsent

    monkeypatch.chdir(tmp_path)
    rows = [f"good film {i},positive\nbad film {i},negative" for i in range(30)]
    Path("labeled.csv").write_text("\n".join(["text,label", *rows]) + "\n")
    lines = [f"glorp meal {i}" for i in range(60)] + [f"zorp meal {i}" for i in range(60)]
    Path("pool.txt").write_text("\n".join([*lines, *(f"unanswered {i}" for i in range(20))]) + "\n")
    probabilities = np.repeat([[0.02, 0.98], [0.98, 0.02]], 60, axis=0)
    Answers.collect(("negative", "positive"), lines, probabilities).write(Path("answers.npz"))
    options = {
        "distillation.teacher": "answers.npz", "distillation.unlabeled": "pool.txt",
        "distillation.teacher_inputs": "texts", "model.embedding_dim": 16, "model.hidden_size": 8,
        "training.epochs": 8, "training.min_steps": 0, "training.batch_size": 16, "training.learning_rate": 1e-2,
        "training.warmup_steps": 0,
    }  # fmt: skip
    events: list[object] = []
    model = rnnsent.train("labeled.csv", name="m", settings=options, device="cpu", on_event=events.append)
    (started,) = [event for event in events if type(event).__name__ == "TrainingStarted"]
    assert started.teacher_labeled == len(lines)  # type: ignore[attr-defined]
    assert [prediction.label for prediction in model.predict(["glorp meal", "zorp meal"])] == ["positive", "negative"]
    with pytest.raises(SettingsError, match=r"answers.npz has answers for known texts only; set distillation.synth"):
        rnnsent.train("labeled.csv", name="n", settings={**options, "distillation.synthetic_texts": 10}, device="cpu")


@pytest.mark.parametrize(
    "arrays",
    [
        {},
        {"classes": np.array(CLASSES), "gaps": np.array([1], dtype=np.uint32)},
        {"classes": np.array(CLASSES), "gaps": np.array([1.5]), "levels": np.zeros((1, 2), dtype=np.uint8)},
        {"classes": np.array(CLASSES), "gaps": np.array([1], dtype=np.uint32), "levels": np.zeros((2, 2), dtype=np.uint8)},
        {"classes": np.array(CLASSES), "gaps": np.array([1, 0], dtype=np.uint32), "levels": np.zeros((2, 2), dtype=np.uint8)},
        {"classes": np.array(CLASSES), "gaps": np.full(2, 2**32 - 1, dtype=np.uint32), "levels": np.zeros((2, 2), dtype=np.uint8)},
        {"classes": np.array(CLASSES), "gaps": np.array([], dtype=np.uint32), "levels": np.zeros((0, 2), dtype=np.uint8)},
        {"classes": np.array(["one"]), "gaps": np.array([1], dtype=np.uint32), "levels": np.zeros((1, 0), dtype=np.uint8)},
        {"classes": np.array([object()]), "gaps": np.array([1], dtype=np.uint32), "levels": np.zeros((1, 0), dtype=np.uint8)},
        {"classes": np.array("one"), "gaps": np.array([1], dtype=np.uint32), "levels": np.zeros((1, 2), dtype=np.uint8)},
    ],
)  # fmt: skip
def test_damaged(tmp_path: Path, arrays: dict[str, np.ndarray]) -> None:
    """A file that `write` did not write is refused; nothing in it is executed."""
    np.savez(tmp_path / "a.npz", **arrays)
    with pytest.raises(ModelError, match=r"a.npz is not a file of a teacher's answers"):
        Answers.read(tmp_path / "a.npz")


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 broken", b"text"])
def test_not_an_archive(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.npz").write_bytes(content)
    with pytest.raises(ModelError, match=r"a.npz is not a file of a teacher's answers"):
        Answers.read(tmp_path / "a.npz")
