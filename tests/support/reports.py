"""Reports of random evaluations, with texts that try to run something."""

import io
from dataclasses import replace
from pathlib import Path

import numpy as np

from rnnsent.checkpoint.checkpoint import Checkpoint
from rnnsent.evaluation.evaluate import Evaluation
from rnnsent.evaluation.report import compute_report
from rnnsent.output.report.evaluation import write_report
from rnnsent.output.terminal import Output
from rnnsent.recipe import Recipe
from tests.support.evaluations import make_evaluation, make_scored

HOSTILE = (
    '<script>alert(1)</script>', '"><img src=x onerror=alert(1)>', "</style></title><svg onload=alert(1)>", "{{ 7*7 }} {% raw %}",
    "<!-- ]]> --> &lt;b&gt;", "\x00\x1b[31mred\x07", "\u202egnp.exe \u2066x", "العربية من اليمين إلى اليسار", "很好的手机，值得买",
    "javascript:alert(1)", "a" * 5_000, "' onmouseover='alert(1)",
)  # fmt: skip


def make_random_evaluation(n: int, classes: tuple[str, ...], *, long: bool = False) -> Evaluation:
    """An evaluation of N texts, most of them right, with hostile ones among the mistakes and the conflicts."""
    random = np.random.default_rng(0)
    labels = random.integers(len(classes), size=n)
    logits = 2 * np.eye(len(classes))[labels] + random.normal(size=(n, len(classes)))
    probabilities = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    texts = [HOSTILE[i % len(HOSTILE)] if i % 7 == 0 else f"text {i}{' and so on' * (200 * long)}" for i in range(n)]
    scored = make_scored(labels.tolist(), probabilities, classes=classes, texts=texts)
    scored = replace(scored, uncalibrated=probabilities**2 / (probabilities**2).sum(axis=1, keepdims=True))
    scored = replace(scored, n_tokens=np.minimum(random.geometric(0.002, size=n), 4_000))
    return make_evaluation(scored)


def make_checkpoint(folder: Path, classes: tuple[str, ...]) -> Checkpoint:
    """A checkpoint with a history and nothing else."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = [
        f'{{"epoch": {k}, "train_loss": {1 / k}, "validation_loss": {1.2 / k}, "validation_accuracy": 0.8}}\n'
        for k in range(1, 6)
    ]
    (folder / "history.jsonl").write_text("".join(lines))
    command = (
        "rnnsent",
        "train",
        "/home/someone/private/<script>alert(2)",
        "--init=/home/someone/private/base",
    )
    return Checkpoint(folder, Recipe(), classes, "2026-01-01T00:00:00+00:00", command=command)


def render_report(
    folder: Path, classes: tuple[str, ...], n: int = 300, *, quotes: bool = True, long: bool = False
) -> str:
    report = compute_report(make_random_evaluation(n, classes, long=long), make_checkpoint(folder / "tiny", classes))
    stream = io.BytesIO()
    write_report(Output(stream), report, quotes=quotes)
    return stream.getvalue().decode()
