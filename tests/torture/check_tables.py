"""Reads a generated table as `predict` and `train` do, and compares what they read with what was written."""

import contextlib
import logging
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from rnnsent.data.byte_input import ByteInput
from rnnsent.data.inputs import open_reader
from rnnsent.data.line_reader import LineReader
from rnnsent.data.open_table import open_table
from rnnsent.data.read_options import ReadOptions
from rnnsent.data.rows import UnreadableRow
from rnnsent.data.sources import find_source
from rnnsent.data.table_reader import TableReader
from rnnsent.errors import RnnsentError
from rnnsent.parallel import Pause
from tests.support.random_content import ABSENT
from tests.support.random_tables import RandomTable
from tests.support.read_arguments import read_arguments
from tests.support.slow_pipe import open_slow_pipe

COMMAND_SECONDS = 120
ENVIRONMENT = {"OMP_NUM_THREADS": "1", "RNNSENT_MODELS_DIR": "no-models"}


class WrongError(Exception):
    """A table is read wrong: the kind, and what differs."""

    def __init__(self, kind: str, detail: object = "") -> None:
        super().__init__(kind, str(detail)[:600])
        self.kind = kind


class Refusal(Exception):  # noqa: N818 - it is an answer
    """A table is refused, or some of its rows are, in a way that the user sees."""


def check_predict(table: RandomTable) -> str:
    """Read a table as `predict` does.

    Raises:
        Refusal: it is refused.
        WrongError: it is neither refused nor read right.
    """
    with open_input(table) as argument, collect_warnings() as messages, refusals(table):
        reader = open_reader([argument], replace(table.options, label_column=None))  # predict has no such option
        batches = [batch for batch in reader.batches() if not isinstance(batch, Pause)]
    texts = [text for batch in batches for text in batch.texts]
    if isinstance(reader, LineReader):
        if not table.may_be_lines:
            raise WrongError("a table is read as lines", messages)
        return "lines"
    assert isinstance(reader, TableReader)
    found = [row for batch in batches for row in batch.rows or ()]
    columns = reader.columns
    rows = [None if isinstance(row, UnreadableRow) else [row.get(name, ABSENT) for name in columns] for row in found]
    compare_rows(table, rows)
    expected = ["" if text is None or table.rows[index] is None else text for index, text in enumerate(table.texts)]
    if texts != expected:
        raise WrongError("predict: wrong texts", f"{columns}: {first_difference(texts, expected)}")
    return "right"


def compare_rows(table: RandomTable, rows: list[list[Any] | None]) -> None:
    """Raise WrongError if the rows are not those of the table, and Refusal if only some are reported as unreadable."""
    if rows.count(None) > table.rows.count(None):
        raise Refusal("some rows are reported as unreadable")
    if len(rows) != len(table.rows):
        raise WrongError(
            "lost rows" if len(rows) < len(table.rows) else "added rows", first_difference(rows, table.rows)
        )
    for number, (row, expected) in enumerate(zip(rows, table.rows, strict=True), start=1):
        if (row is None) != (expected is None):
            raise WrongError("a row is reported in the place of another", row or expected)
        if row is None or expected is None:
            continue
        if len(row) != len(expected):
            raise WrongError("wrong columns", f"row {number}: {row!r}, expected {expected!r}")
        if not is_equal(row, expected):
            raise WrongError("changed values", f"row {number}: {row!r}, expected {expected!r}")


def check_train(table: RandomTable) -> None:
    """Read a table as `train` does; see `check_predict`."""
    with collect_warnings(), refusals(table):
        source = find_source(table.name, table.options)
        (split,) = source.splits
        examples = source.read(split)
    assert table.classes is not None
    readable = [
        (text, index)
        for text, index, row in zip(table.texts, table.classes, table.rows, strict=True)
        if row is not None
    ]
    expected = [(text, index) for text, index in readable if text is not None and index is not None]
    if examples.texts != [text for text, _ in expected]:
        raise WrongError("train: wrong texts", first_difference(examples.texts, [text for text, _ in expected]))
    labels = examples.labels.tolist()
    pairs = set(zip(labels, [index for _, index in expected], strict=True))
    if not len(pairs) == len({label for label, _ in pairs}) == len({index for _, index in pairs}):
        raise WrongError("train: wrong classes", f"{examples.classes}, {examples.origin}: {sorted(pairs)}")
    n_without_text = sum(text is None for text, _ in readable)
    if examples.n_without_text != n_without_text or examples.n_skipped != len(readable) - len(expected):
        raise WrongError(
            "train: wrong counts", f"{examples.n_without_text} without a text, {examples.n_skipped} in all"
        )


def check_command(table: RandomTable, suffix: str) -> None:
    """Compare the output of the command line, in the format of a suffix, with the input; see `check_predict`."""
    output = Path(f"out{suffix}")
    command = [
        sys.executable,
        "-m",
        "rnnsent",
        "predict",
        table.name,
        *read_arguments(table.options),
        "-o",
        str(output),
    ]
    result = subprocess.run(
        command, capture_output=True, text=True, timeout=COMMAND_SECONDS, env=os.environ | ENVIRONMENT
    )
    if result.returncode in (1, 2):
        lines = result.stderr.splitlines()
        if not lines or not lines[-1].startswith("rnnsent: error: "):
            raise WrongError("command: not one line of error", result.stderr)
        raise Refusal(lines[-1])
    if result.returncode:
        raise WrongError(f"command: exit code {result.returncode}", result.stderr)
    kind = table.kind if suffix != ".jsonl" else "jsonl"
    dialect = ReadOptions()
    if suffix in (".csv", ".tsv"):  # a table of one column has no delimiter that it could be returned with
        is_wide = any(row is not None and len(row) > 1 for row in table.rows)
        dialect = ReadOptions(delimiter=table.delimiter if is_wide else None, header=table.has_header)
    written = [
        row for row in open_table(ByteInput.open(output), kind, dialect).rows if not isinstance(row, UnreadableRow)
    ]
    output.unlink()
    if len(written) != len(table.rows):
        raise WrongError("command: lost rows", first_difference(written, table.rows))
    for row, expected in zip(written, table.rows, strict=True):
        values = [value for value in expected or () if value is not ABSENT]
        if expected is not None and not is_equal(list(row.values())[: len(values)], values):
            raise WrongError(f"command: changed values in {suffix}", f"{row}, expected {expected}")


@contextlib.contextmanager
def open_input(table: RandomTable) -> Iterator[str]:
    """The argument of `predict`: the name of the file, or - with the table on stdin."""
    if table.piece_size is None:
        yield table.name
        return
    before = sys.stdin
    try:
        with open_slow_pipe(table.data, table.piece_size) as sys.stdin:
            yield "-"
    finally:
        sys.stdin = before


@contextlib.contextmanager
def refusals(table: RandomTable) -> Iterator[None]:
    """Turn an error of one clear line into a Refusal, and any other into a WrongError."""
    try:
        yield
    except RnnsentError as error:
        message = str(error)
        is_clear = "\n" not in message and len(message) < 1_500 and error.exit_code in (1, 2)
        if not is_clear or not (table.name in message or "stdin" in message or "--" in message):
            raise WrongError("an unclear error", message) from None
        raise Refusal(message) from None


@contextlib.contextmanager
def collect_warnings() -> Iterator[list[str]]:
    """The warnings that are logged."""
    messages: list[str] = []
    handler = logging.Handler(logging.WARNING)
    handler.emit = lambda record: messages.append(record.getMessage())  # type: ignore[method-assign]
    logger = logging.getLogger("rnnsent")
    was_propagated, logger.propagate = logger.propagate, False
    logger.addHandler(handler)
    try:
        yield messages
    finally:
        logger.removeHandler(handler)
        logger.propagate = was_propagated


def is_equal(row: Sequence[Any], expected: Sequence[Any]) -> bool:
    """Whether all values are equal; 1 and True are not."""
    return list(row) == list(expected) and all(
        isinstance(value, bool) == isinstance(other, bool) for value, other in zip(row, expected, strict=True)
    )


def first_difference(found: Sequence[Any], expected: Sequence[Any]) -> str:
    for index, (value, other) in enumerate(zip(found, expected, strict=False)):
        if value != other:
            return f"number {index + 1}: {value!r}, expected {other!r}"
    return f"{len(found)}, expected {len(expected)}"
