"""Every evaluated text with its label and the prediction for it, in any format of `predict`."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rnnsent.data.records import RecordBatch
from rnnsent.errors import SettingsError
from rnnsent.evaluation.evaluate import ScoredTexts
from rnnsent.output.columns import TEXT, AddedColumns, RowLayout
from rnnsent.output.delimited import CellWriter
from rnnsent.output.destination import DEFAULT_DIALECT, Destination, OutputOptions, open_writer
from rnnsent.output.formats import FORMATS
from rnnsent.prediction import PredictedBatch

TRUE_LABEL = "label"
BATCH_TEXTS = 4_096


class LabeledTexts:
    """The columns of labeled texts."""

    columns: Sequence[str] = (TEXT, TRUE_LABEL)
    name = "the predictions"

    def schema(self) -> Any:
        import pyarrow

        return pyarrow.schema([(name, pyarrow.string()) for name in self.columns])


def choose_file(path: Path) -> Destination:
    """Where and in which format the texts are written, by the suffix of a path.

    Raises:
        SettingsError: the suffix is missing or unknown.
        RnnsentError: a package that the format needs is not installed.
    """
    kind = OutputOptions(path=path, option="--predictions").kind
    if kind.format is None:
        raise SettingsError(
            f"--predictions {path}: the suffix decides the format, for example .csv, .jsonl or .parquet"
        )
    dialect = FORMATS[kind.format].dialect or DEFAULT_DIALECT
    return Destination(kind.format, RowLayout(LabeledTexts()), path, kind.compression, CellWriter(dialect), "\n")


def write_scored_texts(destination: Destination, scored: ScoredTexts) -> None:
    """Write the columns text, label, predicted_label, predicted_probability and predicted_probability_CLASS."""
    predictions = scored.predictions()
    with open_writer(destination, AddedColumns(scored.classes)) as writer:
        for start in range(0, len(predictions), BATCH_TEXTS):
            batch = predictions[start : start + BATCH_TEXTS]
            labels = scored.labels[start : start + BATCH_TEXTS].tolist()
            rows = [
                {TEXT: prediction.text, TRUE_LABEL: scored.classes[label]}
                for prediction, label in zip(batch, labels, strict=True)
            ]
            writer.write(PredictedBatch(RecordBatch([prediction.text for prediction in batch], rows), batch))
