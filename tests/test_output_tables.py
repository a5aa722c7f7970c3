"""Tables of evaluations, models and data sets; names in them are neither markup nor control sequences."""

import io
import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rich.cells import cell_len

from rnnsent.data.catalog import CATALOG
from rnnsent.data.sources import find_source
from rnnsent.data.summary import summarize
from rnnsent.errors import ModelError
from rnnsent.evaluation.evaluate import Evaluation, ScoredTexts
from rnnsent.evaluation.metrics import compute_metrics
from rnnsent.output.tables import print_catalog, print_evaluation, print_models, print_summary
from rnnsent.output.terminal import Output, escape_controls
from tests.support.controls import FORBIDDEN, HOSTILE

CLASSES = ("negative", "positive")


def capture(print_function: Callable[..., None], *arguments: Any, **keywords: Any) -> str:
    stream = io.BytesIO()
    print_function(Output(stream), *arguments, **keywords)
    return stream.getvalue().decode()


def make_evaluation(classes: tuple[str, ...], **fields: Any) -> Evaluation:
    """An evaluation of one correctly predicted text of 20 tokens per class."""
    probabilities = np.eye(len(classes)) * 0.7 + 0.3 / len(classes)
    lengths = np.full(len(classes), 20)
    defaults = {
        "source": "imdb",
        "split": "test",
        "model": "tiny",
        "classes": classes,
        "metrics": compute_metrics(np.arange(len(classes)), probabilities, list(classes), lengths),
        "n_skipped": 0,
        "texts_per_second": 1234.5,
        "seen_in_training_as": None,
        "scored": ScoredTexts(
            ["good film"] * len(classes),
            np.arange(len(classes)),
            classes,
            probabilities,
            None,
            lengths,
            np.zeros_like(lengths),
        ),
    }
    return Evaluation(**{**defaults, **fields})


def test_evaluation() -> None:
    """An evaluation shows its overall metrics, those of each class, the confusion matrix and accuracy by length."""
    shown = capture(print_evaluation, make_evaluation(CLASSES, n_skipped=3))
    assert shown.startswith(
        "tiny on imdb (test): 2 texts, 3 skipped\naccuracy 100.00% (95% interval 34.24% to 100.00%)"
    )
    for text in (
        "macro F1 1.0000",
        "ROC AUC 1.0000",
        "log loss 0.1625",
        "1,234 texts/s",
        "true \\ predicted",
        "17-32",
    ):
        assert text in shown
    assert re.search(r"negative +1\.000 +1\.000 +1\.000 +1\n", shown)


def test_wide_characters() -> None:
    """Columns stay aligned below names in double-width characters."""
    names = ("很差", "bad", "好")
    shown = capture(print_evaluation, make_evaluation(names))
    table = [line for line in shown.splitlines() if line.split()[:1] and line.split()[0] in ("class", *names)][:4]
    assert len({cell_len(line) for line in table}) == 1


@pytest.mark.parametrize("name", [HOSTILE, "[red]x[/red]", "[/]", ":smile:", "a\nb"])
def test_hostile_names(tmp_path: Path, name: str, write_model) -> None:
    """Names of classes, sources and models are escaped, and Rich markup in them is printed literally."""
    shown = capture(print_evaluation, make_evaluation((name, "b"), source=name, model=name))
    model = write_model(tmp_path / "m", classes=(name, "b"))
    shown += capture(print_models, [model], [ModelError(name)])
    assert not FORBIDDEN.search(shown)
    assert shown.startswith(escape_controls(name) + " on " + escape_controls(name))
    assert f"unreadable: {escape_controls(name)}\n" in shown


def test_models(tmp_path: Path, write_model) -> None:
    """Models are listed newest first with their network and accuracies."""
    old = write_model(tmp_path / "old", created="2026-01-01T08:09:10+00:00", cell="gru", bidirectional=False)
    new = replace(write_model(tmp_path / "new", created="2026-02-01T00:00:00+00:00"), finished=False)
    others = {"n": 9, "accuracy_interval": [0.1, 0.9], "macro_f1": 0.5, "log_loss": 0.7}
    metrics = {"imdb:test": {"accuracy": 0.91234, **others}, "imdb:validation": {"accuracy": 0.5, **others}}
    old.update_metrics(metrics, "")
    lines = capture(print_models, [old, new], []).splitlines()
    rows = [line for line in lines if line.startswith((" new", " old"))]
    assert [row.split()[0] for row in rows] == ["new", "old"]
    assert "(stopped early)" in rows[0]
    assert "bilstm 3, mean-max" in rows[0]
    assert "gru 3, mean-max" in rows[1]
    assert "2026-01-01 08:09" in rows[1]
    assert "imdb:test 91.23%" in rows[1]
    assert lines[lines.index(rows[1]) + 1].strip() == "imdb:validation 50.00%"


def test_default_model(tmp_path: Path, write_model) -> None:
    """The default model is marked, whether it is given by name or by path, and explained below the table."""
    models = [write_model(tmp_path / "one"), write_model(tmp_path / "two")]
    for default in ("two", str(tmp_path / "two")):
        shown = capture(print_models, models, [], default=default)
        assert re.search(r"^ \* two ", shown, re.MULTILINE)
        assert re.search(r"^ one ", shown, re.MULTILINE)
        assert shown.endswith("* default\n")
    for default in (None, str(tmp_path / "three")):
        assert "*" not in capture(print_models, models, [], default=default)


def test_summary(tmp_path: Path) -> None:
    """A summary shows splits, classes, duplicates, shared texts and shortened examples."""
    rows = [("A film", "neg"), ("a film", "pos"), ("x" * 400, "pos"), (HOSTILE, "neg")]
    (tmp_path / "train.jsonl").write_text("\n".join(json.dumps({"text": t, "label": c}) for t, c in rows))
    (tmp_path / "valid.jsonl").write_text(json.dumps({"text": "A FILM", "label": "pos"}))
    shown = capture(print_summary, summarize(find_source(str(tmp_path))))
    assert re.search(r"train +4 +0 +1 +1\n", shown)
    assert re.search(r"negative .*2 \(50\.0%\)", shown)
    assert "(text length percentiles, in words)\n" in shown
    assert "texts in both train and validation: 1\n" in shown
    assert f"positive: {'x' * 300}…\n" in shown
    assert not FORBIDDEN.search(shown)


def test_catalog() -> None:
    """The catalog lists every data set, and calls the one without a Hub id bundled."""
    shown = capture(print_catalog, CATALOG)
    assert all(re.search(rf"^ {name} ", shown, re.MULTILINE) for name in CATALOG)
    assert "bundled" in shown
    assert CATALOG["sentences"].location not in shown
