"""Proves that a Parquet file of predictions keeps every row, column and type, and is there whole or as it was."""

import datetime
import json
from pathlib import Path
from typing import Any

import pyarrow
import pyarrow.parquet
import pytest

from rnnsent.data.tables import WINDOW, read_table
from rnnsent.errors import DataError
from rnnsent.model.checkpoint import Checkpoint
from rnnsent.predict import Predictor
from rnnsent.report.parquet import write_parquet


@pytest.fixture
def predictor(model: Checkpoint) -> Predictor:
    return Predictor(model)


def written(folder: Path, predictor: Predictor, rows: list[dict[str, Any]]) -> pyarrow.Table:
    """What comes of rows that were given as JSON lines."""
    (folder / "in.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    write_parquet(folder / "out.parquet", predictor, read_table(folder / "in.jsonl", "text"))
    return pyarrow.parquet.read_table(folder / "out.parquet")


def test_every_row_is_kept_beside_its_prediction(tmp_path: Path, predictor: Predictor) -> None:
    rows = [
        {"id": i, "text": text, "score": score, "tags": tags, "label": "x"}
        for i, (text, score, tags) in enumerate([("good\nfilm", 0.5, ["a"]), ("", None, []), ("bad 電影", -1.0, None)])
    ]
    found = written(tmp_path, predictor, rows).to_pylist()
    assert [{name: row[name] for name in rows[0]} for row in found] == rows
    predictions = predictor.predict([row["text"] for row in rows])
    assert [row["predicted_label"] for row in found] == [each.label for each in predictions]
    assert [row["predicted_probability_positive"] for row in found] == [
        each.probabilities["positive"] if each.probabilities else None for each in predictions
    ]


def test_the_types_of_a_parquet_file_stay_whatever_its_first_rows_hold(tmp_path: Path, predictor: Predictor) -> None:
    count = WINDOW + 3
    table = pyarrow.table(
        {
            "text": pyarrow.array(["good"] * count),
            "small": pyarrow.array([i % 100 for i in range(count)], pyarrow.int8()),
            "when": pyarrow.array([datetime.datetime(2026, 1, 1)] * count, pyarrow.timestamp("ms")),
            "late": pyarrow.array([None] * (count - 1) + [7], pyarrow.int16()),
            "never": pyarrow.nulls(count),
            "kind": pyarrow.array(["a"] * count).dictionary_encode(),
        }
    )
    pyarrow.parquet.write_table(table, tmp_path / "in.parquet")
    write_parquet(tmp_path / "out.parquet", predictor, read_table(tmp_path / "in.parquet", "text"))
    found = pyarrow.parquet.read_table(tmp_path / "out.parquet")
    assert found.schema.names[-4:] == ["label", "probability", "probability_negative", "probability_positive"]
    assert found.select(table.column_names).equals(table)


def test_a_column_that_comes_later_and_one_that_is_empty_at_first_are_kept(tmp_path: Path, predictor) -> None:
    rows: list[dict[str, Any]] = [{"text": "good", "n": None, "none": None}] * WINDOW
    found = written(tmp_path, predictor, [*rows, {"text": "bad", "n": 1, "later": "x"}, {"text": "bad", "n": 1.5}])
    assert found["n"].to_pylist()[-2:] == [1.0, 1.5]
    assert found["later"].to_pylist() == [None] * WINDOW + ["x", None]
    assert found["none"].type == pyarrow.string()
    assert len(found) == WINDOW + 2


def test_a_column_of_a_csv_is_text_whatever_it_looks_like(tmp_path: Path, predictor: Predictor) -> None:
    (tmp_path / "in.csv").write_text("id,text\n007,good\n")
    write_parquet(tmp_path / "out.parquet", predictor, read_table(tmp_path / "in.csv", None))
    assert pyarrow.parquet.read_table(tmp_path / "out.parquet")["id"].to_pylist() == ["007"]


def test_a_later_column_named_like_what_is_added_keeps_its_values(tmp_path: Path, predictor: Predictor) -> None:
    found = written(tmp_path, predictor, [{"text": "good"}, {"text": "bad", "label": "mine"}])
    assert found["label"].to_pylist() == [None, "mine"]
    assert "predicted_label" in found.column_names


@pytest.mark.parametrize(
    "rows",
    [
        [{"text": "a", "n": 1}, {"text": "b", "n": "x"}],
        [{"text": "a", "n": 1}] * WINDOW + [{"text": "b", "n": "x"}],
        [{"text": "a", "n": 2**70}],
        [{"text": "a", "n": "\ud800"}, {"text": "b", "n": 7}],
    ],
    ids=["in a window", "between windows", "too large", "with half a character"],
)
def test_a_column_without_one_type_is_named_and_the_old_file_stays(tmp_path: Path, predictor, rows) -> None:
    (tmp_path / "out.parquet").write_text("old")
    with pytest.raises(DataError, match=r"in\.jsonl: the column 'n' cannot be written as Parquet: .*\.jsonl"):
        written(tmp_path, predictor, rows)
    assert (tmp_path / "out.parquet").read_text() == "old"
    assert {each.name for each in tmp_path.iterdir()} == {"in.jsonl", "out.parquet", "models"}
