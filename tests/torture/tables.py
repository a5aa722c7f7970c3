"""Read random tables as people have them: `python -m tests.torture.tables --count 100000`.

Each table comes with the truth about it (tests/support/random_tables.py), and is read as `predict` and as `train` read it. A
table is read right if all rows are there in order, every value is unchanged, and the texts and classes are those of the right
columns; or it is refused in one line that names the file or an option. Anything else is wrong, and the exit code is 1. So it is
if fewer than 95% of the plain tables are read right: those that are well-formed and whose names everyone knows.
`--only SEED` writes one table and shows what is wrong with it.

Some tables are left out, or come with an option, because nothing in them tells how to read them:

- without a header: a title above the rows, a short first row that begins like a comment, rows longer than others;
- one column: no header or one that reads like a text, a blank line that is an empty text;
- quotes as ordinary characters in TSV, if only cells are in quotes that a spreadsheet would put in quotes as well, those with a
  comma, semicolon or quote; or in fewer than four rows, or in two columns with rows that are too long; an unclosed quote in
  fewer than four rows;
- a single letter outside ASCII in an encoding other than cp1252;
- columns under unknown names: texts that are all missing, or of one or two words in fewer than five rows; labels of one class;
- a workbook's last row, or its first or last column without a name, if they are empty: the file does not have them.

CSV in a pipe or in a file called .txt is read as lines of text, with a warning, unless an option says that it is a table.
"""

import argparse
import contextlib
import logging
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from types import FrameType
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
from tests.support.random_tables import RandomTable, draw_table
from tests.support.read_arguments import read_arguments
from tests.support.slow_pipe import open_slow_pipe

MAX_SECONDS = 20  # for one table, and more for a process of its own
COMMAND_SECONDS = 120
ENVIRONMENT = {"OMP_NUM_THREADS": "1", "RNNSENT_MODELS_DIR": "no-models"}
OWN_SUFFIXES = {"csv": ".csv", "tsv": ".tsv", "parquet": ".parquet"}
MIN_PLAIN_RIGHT = 0.95
REASONS = (
    "unclear whether the first row", "text column", "label column", "not UTF-8", "is not", "fields, but", "format cannot be inferred",
    "looks like JSON", "looks like", "is for", "quote", "has no rows", "not JSON",
)  # fmt: skip


class WrongError(Exception):
    """A table is read wrong: the kind, and what differs."""

    def __init__(self, kind: str, detail: object = "") -> None:
        super().__init__(kind, str(detail)[:600])
        self.kind = kind


class Refusal(Exception):  # noqa: N818 - it is an answer
    """A table is refused, or some of its rows are, in a way that the user sees."""


@dataclass
class Counts:
    """The outcomes of a campaign: tables by outcome, and the seeds of those to look at."""

    tables: int = 0
    right: int = 0
    lines: int = 0  # read as lines of text, as their name says
    commands: int = 0  # read right by the command line, too
    refused: Counter[str] = field(default_factory=Counter)
    wrong: dict[str, list[int]] = field(default_factory=dict)
    plain: int = 0
    plain_refused: dict[str, list[int]] = field(default_factory=dict)

    @property
    def n_refused(self) -> int:
        return self.refused.total()

    @property
    def n_wrong(self) -> int:
        return sum(map(len, self.wrong.values()))

    @property
    def plain_right(self) -> float:
        """The fraction of the plain tables that are read right."""
        return 1 - sum(map(len, self.plain_refused.values())) / max(self.plain, 1)

    @property
    def is_success(self) -> bool:
        return not self.wrong and self.plain_right >= MIN_PLAIN_RIGHT

    def __str__(self) -> str:
        lines = [
            f"{self.tables:,} tables: {self.right:,} read right ({self.commands:,} also by the command line), {self.lines:,} read as lines, {self.n_refused:,} refused in one "
            f"line, {self.n_wrong:,} wrong; of {self.plain:,} plain tables {self.plain_right:.2%} read right"
        ]
        lines += [f"  refused {count:,}: {reason}" for reason, count in self.refused.most_common()]
        for title, seeds_of in (("wrong", self.wrong), ("plain but refused", self.plain_refused)):
            for kind, seeds in sorted(seeds_of.items(), key=lambda item: -len(item[1])):
                lines.append(f"  {title} {len(seeds):,}: {kind}; seeds {', '.join(map(str, seeds[:12]))}")
        return "\n".join(lines)


def run_campaign(
    folder: Path, count: int, *, first_seed: int = 0, seconds: float = float("inf"), every_command: int = 0
) -> Counts:
    """Try one table per seed, in `folder`.

    Args:
        every_command: one of so many tables also goes through the command line, in a process of its own; 0 for none.
    """
    counts, deadline = Counts(), time.monotonic() + seconds
    with contextlib.chdir(folder), warnings.catch_warnings():
        warnings.simplefilter("error")
        for seed in range(first_seed, first_seed + count):
            if time.monotonic() > deadline:
                break
            uses_command = bool(every_command) and seed % every_command == 0
            try_table(counts, seed, uses_command=uses_command)
    return counts


def try_table(counts: Counts, seed: int, *, uses_command: bool = False) -> str:
    """Read one table in every way and count the outcome, which is returned."""
    table = draw_table(seed)
    counts.tables += 1
    counts.plain += table.is_plain
    outcome, kind, detail = "right", "", ""
    path = Path(table.name)
    path.write_bytes(table.data)
    try:
        with time_limit(COMMAND_SECONDS if uses_command else MAX_SECONDS):
            outcome = check_predict(table)
            if table.piece_size is None and table.classes is not None:
                check_train(table)
            if uses_command and table.piece_size is None and outcome == "right":
                own_suffix = OWN_SUFFIXES.get(table.kind, ".jsonl")
                check_command(table, Random(seed).choice([own_suffix, ".jsonl"]))
                counts.commands += 1
    except Refusal as refusal:
        outcome, kind, detail = "refused", classify(str(refusal)), str(refusal)
    except WrongError as error:
        outcome, kind, detail = "wrong", error.kind, str(error)
    except Exception as error:
        outcome, kind, detail = "wrong", f"crash: {type(error).__name__}", traceback.format_exc(limit=-4)
    finally:
        path.unlink()
    if outcome == "wrong":
        counts.wrong.setdefault(kind, []).append(seed)
    elif outcome == "refused":
        counts.refused[kind] += 1
    elif outcome == "lines":
        counts.lines += 1
    else:
        counts.right += 1
    if table.is_plain and outcome != "right":
        counts.plain_refused.setdefault(kind, []).append(seed)
    return f"{outcome} {kind} {detail}"


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
    dialect = (
        ReadOptions(delimiter=table.delimiter, header=table.has_header) if suffix in (".csv", ".tsv") else ReadOptions()
    )
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


@contextlib.contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise WrongError if the block takes longer."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise WrongError("hang")

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


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


def classify(message: str) -> str:
    """The reason of a refusal."""
    return next((reason for reason in REASONS if reason in message), re.sub(r"'[^']*'|\d+", "…", message)[:60])


def show_table(seed: int) -> None:
    """Write a table and print how it is written, and what is wrong with it."""
    table = draw_table(seed)
    Path(table.name).write_bytes(table.data)
    print(f"{table.name}{', plain' if table.is_plain else ''}: {table.traits}")
    print(table.options)
    print("rnnsent predict", table.name if table.piece_size is None else "-", *read_arguments(table.options))
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        print(try_table(Counts(), seed, uses_command=True))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=100_000, help="The number of tables.")
    parser.add_argument("--seed", type=int, default=0, help="The first seed; every table uses the next one.")
    parser.add_argument("--minutes", type=float, default=float("inf"), help="Stop after this many minutes.")
    parser.add_argument(
        "--commands", type=int, default=300, help="About so many tables go through the command line too."
    )
    parser.add_argument("--only", type=int, metavar="SEED", help="Write one table here and show what is wrong with it.")
    arguments = parser.parse_args()
    if arguments.only is not None:
        show_table(arguments.only)
        return 0
    every_command = arguments.count // arguments.commands if arguments.commands else 0
    with tempfile.TemporaryDirectory() as folder:
        counts = run_campaign(
            Path(folder),
            arguments.count,
            first_seed=arguments.seed,
            seconds=60 * arguments.minutes,
            every_command=every_command,
        )
    print(counts)
    return 0 if counts.is_success else 1


if __name__ == "__main__":
    sys.exit(main())
