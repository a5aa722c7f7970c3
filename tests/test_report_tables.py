"""Proves that tables of figures, models and data sets show them, and obey no name that stands in them."""

import io
import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from controls import FORBIDDEN, HOSTILE
from rich.cells import cell_len

from rnnsent.data.catalog import CATALOG
from rnnsent.data.overview import overview
from rnnsent.data.sources import find_source
from rnnsent.errors import ModelError
from rnnsent.evaluate import Evaluation
from rnnsent.metrics import compute_metrics
from rnnsent.report.tables import print_catalog, print_evaluation, print_models, print_overview
from rnnsent.report.terminal import Output, visible

CLASSES = ("negative", "positive")


def printed(print_it: Callable[[Output], None]) -> str:
    stream = io.BytesIO()
    print_it(Output(stream))
    return stream.getvalue().decode()


def evaluation_of(classes: tuple[str, ...], **values: Any) -> Evaluation:
    probabilities = np.eye(len(classes)) * 0.7 + 0.3 / len(classes)
    lengths = np.full(len(classes), 20)
    metrics = compute_metrics(np.arange(len(classes)), probabilities, list(classes), lengths)
    plain = {
        "source": "imdb",
        "split": "test",
        "model": "tiny",
        "left_out": 0,
        "texts_per_second": 1234.5,
        "seen_as": None,
    }
    return Evaluation(**{**plain, **values, "metrics": metrics})


def test_an_evaluation_shows_its_figures() -> None:
    shown = printed(lambda output: print_evaluation(output, evaluation_of(CLASSES, left_out=3)))
    assert shown.startswith(
        "tiny on imdb (test): 2 texts, 3 left out\naccuracy 100.00% (95 % interval 34.24% to 100.00%)"
    )
    for words in (
        "macro F1 1.0000",
        "ROC-AUC 1.0000",
        "log loss 0.1625",
        "1,234 texts/s",
        "true \\ predicted",
        "17-32",
    ):
        assert words in shown
    assert re.search(r"negative +1\.000 +1\.000 +1\.000 +1\n", shown)


def test_names_in_wide_characters_keep_the_columns_straight() -> None:
    shown = printed(lambda output: print_evaluation(output, evaluation_of(("很差", "bad", "好"))))
    table = [
        line for line in shown.splitlines() if line.split()[:1] and line.split()[0] in ("class", "很差", "bad", "好")
    ][:4]
    assert len({cell_len(line) for line in table}) == 1


@pytest.mark.parametrize("name", [HOSTILE, "[red]x[/red]", "[/]", ":smile:", "a\nb"])
def test_no_name_is_obeyed_or_read_as_markup(tmp_path: Path, name: str, write_model) -> None:
    shown = printed(lambda output: print_evaluation(output, evaluation_of((name, "b"), source=name, model=name)))
    model = write_model(tmp_path / "m", classes=(name, "b"))
    shown += printed(lambda output: print_models(output, [model], [ModelError(name)]))
    assert not FORBIDDEN.search(shown)
    assert shown.startswith(visible(name) + " on " + visible(name))
    assert f"unreadable: {visible(name)}\n" in shown


def test_models_are_listed_newest_first_with_their_scores(tmp_path: Path, write_model) -> None:
    old = write_model(tmp_path / "old", created="2026-01-01T08:09:10+00:00", cell="gru", bidirectional=False)
    new = replace(write_model(tmp_path / "new", created="2026-02-01T00:00:00+00:00"), finished=False)
    others = {"n": 9, "accuracy_interval": [0.1, 0.9], "macro_f1": 0.5, "log_loss": 0.7}
    scores = {"imdb:test": {"accuracy": 0.91234, **others}, "imdb:validation": {"accuracy": 0.5, **others}}
    old.record(scores, "")
    lines = printed(lambda output: print_models(output, [old, new], [])).splitlines()
    rows = [line for line in lines if line.startswith((" new", " old"))]
    assert [row.split()[0] for row in rows] == ["new", "old"]
    assert "(stopped early)" in rows[0]
    assert "bilstm 3, mean-max" in rows[0]
    assert "gru 3, mean-max" in rows[1]
    assert "2026-01-01 08:09" in rows[1]
    assert "imdb:test 91.23%" in rows[1]
    assert lines[lines.index(rows[1]) + 1].strip() == "imdb:validation 50.00%"


def test_an_overview_shows_splits_classes_repeats_and_examples(tmp_path: Path) -> None:
    rows = [("A film", "neg"), ("a film", "pos"), ("x" * 400, "pos"), (HOSTILE, "neg")]
    (tmp_path / "train.jsonl").write_text("\n".join(json.dumps({"text": t, "label": c}) for t, c in rows))
    (tmp_path / "valid.jsonl").write_text(json.dumps({"text": "A FILM", "label": "pos"}))
    found = overview(find_source(str(tmp_path)))
    shown = printed(lambda output: print_overview(output, found))
    assert re.search(r"train +4 +0 +1 +1\n", shown)
    assert re.search(r"negative .*2 \(50\.0%\)", shown)
    assert "texts in both train and validation: 1\n" in shown
    assert f"positive: {'x' * 300}…\n" in shown
    assert not FORBIDDEN.search(shown)


def test_the_catalog_names_every_data_set() -> None:
    shown = printed(lambda output: print_catalog(output, CATALOG))
    assert all(re.search(rf"^ {name} ", shown, re.MULTILINE) for name in CATALOG)
    assert "ships with rnnsent" in shown
    assert str(CATALOG["sentences"].location) not in shown
