"""Every evaluated text with its label and prediction, in a file."""

import csv
import gzip
import json
from pathlib import Path

import pyarrow.parquet
import pytest

from rnnsent.errors import SettingsError
from rnnsent.output.scored_texts import choose_file, write_scored_texts
from tests.support.evaluations import make_scored

NAN = float("nan")
SCORED = make_scored([1, 0], [[0.25, 0.75], [NAN, NAN]], texts=["so, good", ""])
COLUMNS = [
    "text", "label", "predicted_label", "predicted_probability", "predicted_probability_bad", "predicted_probability_good",
]  # fmt: skip


def test_csv(tmp_path: Path) -> None:
    """A text without a prediction keeps its row; a suffix of compression is honored."""
    path = tmp_path / "out.csv.gz"
    write_scored_texts(choose_file(path), SCORED)
    with gzip.open(path, "rt", newline="") as file:
        rows = list(csv.reader(file))
    assert rows == [COLUMNS, ["so, good", "good", "good", "0.75", "0.25", "0.75"], ["", "bad", "", "", "", ""]]


def test_parquet(tmp_path: Path) -> None:
    write_scored_texts(choose_file(tmp_path / "out.parquet"), SCORED)
    first, second = pyarrow.parquet.read_table(tmp_path / "out.parquet").to_pylist()
    assert list(first) == COLUMNS
    assert first["predicted_probability_bad"] == 0.25
    assert second["label"] == "bad" and second["predicted_label"] is None


def test_jsonl(tmp_path: Path) -> None:
    write_scored_texts(choose_file(tmp_path / "out.jsonl"), SCORED)
    rows = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert [row["label"] for row in rows] == ["good", "bad"]
    assert [row["predicted_label"] for row in rows] == ["good", None]


@pytest.mark.parametrize(("name", "message"), [("out", "the suffix decides the format"), ("out.doc", "unknown suffix")])
def test_suffix(name: str, message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        choose_file(Path(name))
