"""A Parquet file of predictions keeps every row, column and type, and replaces an old file only when it is complete."""

import datetime
import json
import os
import threading
from pathlib import Path
from typing import Any

import pyarrow
import pyarrow.parquet
import pytest

from rnnsent.checkpoint.checkpoint import Checkpoint
from rnnsent.data.inputs import open_reader
from rnnsent.data.read_options import ReadOptions
from rnnsent.data.records import TextReader
from rnnsent.data.table_reader import BATCH_ROWS
from rnnsent.errors import DataError
from rnnsent.output.columns import TOKENS, AddedColumns
from rnnsent.output.destination import OutputOptions, choose_destination, open_writer
from rnnsent.predictor import Predictor


@pytest.fixture
def predictor(model: Checkpoint) -> Predictor:
    return Predictor(model)


def write_file(path: Path, predictor: Predictor) -> pyarrow.Table:
    """The predictions for a table file, in a Parquet file beside it."""
    output = path.with_name("out.parquet")
    reader = open_reader([str(path)], ReadOptions(text_columns=("text",)))
    with open_writer(choose_destination(reader, OutputOptions(path=output)), AddedColumns(predictor.classes)) as writer:
        for batch in predictor.predict_batches(reader.batches()):
            writer.write(batch)
    return pyarrow.parquet.read_table(output)


def write_rows(folder: Path, predictor: Predictor, rows: list[dict[str, Any]]) -> pyarrow.Table:
    """The predictions for rows of JSON Lines."""
    (folder / "in.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return write_file(folder / "in.jsonl", predictor)


def test_rows(tmp_path: Path, predictor: Predictor) -> None:
    """Every row is kept with its prediction."""
    rows = [
        {"id": i, "text": text, "score": score, "tags": tags, "label": "x"}
        for i, (text, score, tags) in enumerate([("good\nfilm", 0.5, ["a"]), ("", None, []), ("bad 電影", -1.0, None)])
    ]
    written = write_rows(tmp_path, predictor, rows).to_pylist()
    assert [{name: row[name] for name in rows[0]} for row in written] == rows
    predictions = predictor.predict([row["text"] for row in rows])
    assert [row["predicted_label"] for row in written] == [prediction.label for prediction in predictions]
    assert [row["predicted_probability_positive"] for row in written] == [
        prediction.probabilities["positive"] if prediction.probabilities else None for prediction in predictions
    ]


def test_types(tmp_path: Path, predictor: Predictor) -> None:
    """The types of a Parquet file stay, whatever its first rows hold."""
    count = BATCH_ROWS + 3
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
    written = write_file(tmp_path / "in.parquet", predictor)
    assert written.schema.names[-4:] == ["label", "probability", "probability_negative", "probability_positive"]
    assert written.select(table.column_names).equals(table)


def test_late_columns(tmp_path: Path, predictor) -> None:
    """A column that the first row lacks, and one that starts empty, are kept."""
    rows: list[dict[str, Any]] = [{"text": "good", "n": None, "none": None}] * BATCH_ROWS
    written = write_rows(tmp_path, predictor, [*rows, {"text": "bad", "n": 1, "later": "x"}, {"text": "bad", "n": 1.5}])
    assert written["n"].to_pylist()[-2:] == [1.0, 1.5]
    assert written["later"].to_pylist() == [None] * BATCH_ROWS + ["x", None]
    assert written["none"].type == pyarrow.string()
    assert len(written) == BATCH_ROWS + 2


def test_csv_types(tmp_path: Path, predictor: Predictor) -> None:
    """A column of a CSV file is text, whatever it looks like."""
    (tmp_path / "in.csv").write_text("id,text\n007,good\n")
    assert write_file(tmp_path / "in.csv", predictor)["id"].to_pylist() == ["007"]


def test_name_clash(tmp_path: Path, predictor: Predictor) -> None:
    """A late column with the name of a prediction's column keeps its values."""
    written = write_rows(tmp_path, predictor, [{"text": "good"}, {"text": "bad", "label": "mine"}])
    assert written["label"].to_pylist() == [None, "mine"]
    assert "predicted_label" in written.column_names


@pytest.mark.parametrize(
    "rows",
    [
        [{"text": "a", "n": 1}, {"text": "b", "n": "x"}],
        [{"text": "a", "n": 1}] * BATCH_ROWS + [{"text": "b", "n": "x"}],
        [{"text": "a", "n": 2**70}],
        [{"text": "a", "n": "\ud800"}, {"text": "b", "n": 7}],
    ],
    ids=["within a batch", "between batches", "too large", "lone surrogate"],
)
def test_mixed_types(tmp_path: Path, predictor, rows) -> None:
    """A column without a common type is named, and the old file stays."""
    (tmp_path / "out.parquet").write_text("old")
    with pytest.raises(DataError, match=r"in\.jsonl: column 'n' cannot be written as Parquet: .*\.jsonl"):
        write_rows(tmp_path, predictor, rows)
    assert (tmp_path / "out.parquet").read_text() == "old"
    assert {path.name for path in tmp_path.iterdir()} == {"in.jsonl", "out.parquet", "models"}


def test_texts_and_traces(tmp_path: Path, predictor: Predictor) -> None:
    """Texts and traces can be written as Parquet too."""
    for trace, columns in ((False, ["text"]), (True, ["record", "step", "start", "end", "text"])):
        reader = TextReader(["good film", ""])
        destination = choose_destination(
            reader, OutputOptions(path=tmp_path / "out.parquet", parts=TOKENS if trace else None)
        )
        with open_writer(destination, AddedColumns(predictor.classes)) as writer:
            for batch in predictor.predict_batches(reader.batches(), trace=trace):
                writer.write(batch)
        written = pyarrow.parquet.read_table(tmp_path / "out.parquet")
        assert written.column_names[: len(columns)] == columns
        assert written["text"].to_pylist() == (["good film", "good", "film", ""] if trace else ["good film", ""])


def test_row_trace(tmp_path: Path, predictor: Predictor) -> None:
    """The trace of a table keeps its columns with their types."""
    pyarrow.parquet.write_table(
        pyarrow.table({"id": pyarrow.array([7], pyarrow.int8()), "text": ["good film"]}), tmp_path / "in.parquet"
    )
    reader = open_reader([str(tmp_path / "in.parquet")], ReadOptions())
    destination = choose_destination(reader, OutputOptions(path=tmp_path / "out.parquet", parts=TOKENS))
    with open_writer(destination, AddedColumns(predictor.classes)) as writer:
        for batch in predictor.predict_batches(reader.batches(), trace=True):
            writer.write(batch)
    written = pyarrow.parquet.read_table(tmp_path / "out.parquet")
    assert written.column_names[:7] == ["record", "step", "start", "end", "token", "id", "text"]
    assert written.schema.field("id").type == pyarrow.int8()
    assert [written[name].to_pylist() for name in ("record", "step", "token", "id", "text")] == [
        [1, 1, 1], [None, 1, 2], [None, "good", "film"], [7, None, None], ["good film", None, None]
    ]  # fmt: skip


def test_row_groups(tmp_path: Path, predictor: Predictor) -> None:
    """Rows of many batches are one row group, however small the batches are."""
    write_rows(tmp_path, predictor, [{"text": "good"}] * (BATCH_ROWS + 3))
    assert pyarrow.parquet.ParquetFile(tmp_path / "out.parquet").num_row_groups == 1


def test_duplicate_columns(tmp_path: Path, predictor: Predictor) -> None:
    """Columns of the same name are an error, since a row could keep only one of them."""
    column = pyarrow.array(["good"])
    pyarrow.parquet.write_table(pyarrow.Table.from_arrays([column] * 3, ["text", "a", "a"]), tmp_path / "in.parquet")
    with pytest.raises(DataError, match="two columns 'a'; rename one"):
        write_file(tmp_path / "in.parquet", predictor)


def test_named_pipe(tmp_path: Path, predictor: Predictor) -> None:
    """A pipe can be read only once, and the types of JSON Lines need all rows."""
    os.mkfifo(tmp_path / "in.jsonl")
    feeder = threading.Thread(target=(tmp_path / "in.jsonl").write_text, args=('{"text": "good"}\n',), daemon=True)
    feeder.start()
    with pytest.raises(DataError, match="a pipe can be read only once; use a file"):
        write_file(tmp_path / "in.jsonl", predictor)
