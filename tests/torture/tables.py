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
import re
import signal
import sys
import tempfile
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from types import FrameType

from tests.support.random_tables import draw_table
from tests.support.read_arguments import read_arguments
from tests.torture.check_tables import (
    COMMAND_SECONDS,
    Refusal,
    WrongError,
    check_command,
    check_predict,
    check_train,
)

MAX_SECONDS = 20  # for one table, and more for a process of its own
OWN_SUFFIXES = {"csv": ".csv", "tsv": ".tsv", "parquet": ".parquet"}
MIN_PLAIN_RIGHT = 0.95
REASONS = (
    "unclear whether the first row", "text column", "label column", "not UTF-8", "is not", "fields, but", "format cannot be inferred",
    "looks like JSON", "looks like", "is for", "quote", "has no rows", "not JSON",
)  # fmt: skip


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
