"""Run `predict` on random valid and corrupted inputs: `python -m tests.torture.inputs --minutes 5`.

The output for a valid input must contain its texts, in order. The output for a corrupted input must have as many records
as the input, counted by the documented rule for lines or by the reader of the table. Anything but output or one line of
error counts as a crash: it is printed, and the exit code is 1. If a library kills the process, the input stays in the
folder that is printed first.
"""

import argparse
import contextlib
import csv
import io
import json
import os
import re
import resource
import sys
import tempfile
import threading
import time
import traceback
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import pyarrow.parquet

from rnnsent.cli.app import run
from rnnsent.data.byte_input import ByteInput
from rnnsent.data.detect_format import detect_format
from rnnsent.data.open_table import open_table
from rnnsent.data.read_options import ReadOptions
from rnnsent.errors import RnnsentError
from rnnsent.output.delimited import SURROGATE
from tests.support.hostile import FIXTURES, memory_limit
from tests.support.random_inputs import (
    LONG_TEXT,
    UNREADABLE,
    Input,
    Unreadable,
    random_input,
    split_records,
)
from tests.support.read_arguments import read_arguments

LINES = ReadOptions(input_format="lines")
MAX_NOTES = 5  # on the encoding, the vocabulary, unreadable rows, missing texts and texts of unknown words
NOTE = re.compile(r"(note|warning): |(in|stdin)\b")  # the beginning of a line on stderr that is not an error
MODEL = str(FIXTURES / "lstm")
MAX_BYTES = 1_000_000_000  # that one input may allocate
MAX_PRINTED = 5  # crashes that are printed in full
LARGE_INPUTS = (
    Input("in", b"\n" * 200_000, [""] * 200_000, LINES),
    Input("in", LONG_TEXT.encode() * 3_000, [LONG_TEXT * 3_000], LINES),
)
LARGE_EVERY = 1_000  # inputs


class CrashError(Exception):
    """The command produced neither correct output nor one line of error."""


@dataclass
class Counts:
    """The outcomes of a campaign."""

    inputs: int = 0
    rejected: int = 0
    records_in: int = 0
    records_out: int = 0
    lost: int = 0  # records that are missing from the output or have another text
    crashed: int = 0
    slowest: float = 0.0  # seconds
    peak_memory: float = 0.0  # MB, of this process
    formats: dict[str, int] = field(default_factory=dict)  # inputs of each

    def __str__(self) -> str:
        formats = ", ".join(f"{count} {name}" for name, count in sorted(self.formats.items()))
        return (
            f"{self.inputs:,} inputs, {self.rejected:,} rejected in one line; {self.records_in:,} records in, "
            f"{self.records_out:,} out, {self.lost:,} lost; {self.crashed} crashed; slowest {self.slowest:.2f} s, "
            f"peak memory {self.peak_memory:,.0f} MB; {formats}"
        )


@dataclass(frozen=True)
class Outcome:
    code: int
    out: bytes
    err: str


def run_campaign(
    folder: Path, *, first_seed: int = 0, seconds: float = float("inf"), max_inputs: int | None = None
) -> Counts:
    """Try one input per seed, in `folder`, until the time is over or `max_inputs` is reached."""
    counts, seed, deadline = Counts(), first_seed, time.monotonic() + seconds
    with contextlib.chdir(folder), warnings.catch_warnings(), memory_limit(MAX_BYTES):
        warnings.simplefilter("error")
        while time.monotonic() < deadline and counts.inputs != max_inputs:
            random = Random(seed)
            tested = random.choice(LARGE_INPUTS) if seed % LARGE_EVERY == LARGE_EVERY - 1 else random_input(random)
            start = time.monotonic()
            try:
                try_input(counts, tested, random)
            except Exception:
                counts.crashed += 1
                if counts.crashed <= MAX_PRINTED:
                    print(
                        f"seed {seed}, {tested.name}: {tested.data[:300]!r}\n{traceback.format_exc(limit=-3)}",
                        flush=True,
                    )
            counts.slowest = max(counts.slowest, time.monotonic() - start)
            counts.inputs += 1
            name = tested.name.rpartition(".")[2]
            counts.formats[name] = counts.formats.get(name, 0) + 1
            seed += 1
    counts.peak_memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    return counts


def try_input(counts: Counts, tested: Input, random: Random) -> None:
    Path(tested.name).write_bytes(tested.data)
    if tested.is_table and not random.randrange(8):
        counts.rejected += check_outcome(run_command(["datasets", tested.name, "--json"])).code != 0
        return
    if tested.texts and UNREADABLE in tested.texts and not random.randrange(8):
        outcome = check_outcome(
            run_command(["predict", tested.name, "-m", MODEL, "--json", *read_arguments(tested.options)])
        )
        if outcome.code != 1 or f"{tested.name}:" not in outcome.err:
            raise CrashError(f"an unreadable row was skipped silently: {outcome}")
        counts.rejected += 1
        return
    output_format = random.choice(["jsonl", "jsonl", "csv", "tsv", *(["parquet"] if tested.is_table else [])])
    options = ["-o", "out.parquet"] if output_format == "parquet" else ["-f", output_format]
    is_piped = output_format != "parquet" and bool(random.randrange(2)) and not tested.name.endswith("parquet")
    argument = "-" if is_piped else tested.name
    on_error = ["--on-error", "skip"] if tested.is_table else []
    arguments = ["predict", argument, "-m", MODEL, *on_error, *read_arguments(tested.options), *options]
    outcome = check_outcome(run_command(arguments, tested.data if argument == "-" else None, random))
    if outcome.code:
        if tested.texts is not None and "cannot be written as Parquet" not in outcome.err:
            raise CrashError(f"a valid input was rejected: {outcome.err}")
        counts.rejected += 1
        return
    texts = read_output(output_format, outcome.out, table=tested.is_table)
    expected = tested.texts if tested.texts is not None else [None] * count_records(tested)
    counts.records_in += len(expected)
    counts.records_out += len(texts)
    counts.lost += abs(len(expected) - len(texts))
    if tested.texts is not None:
        pairs = zip(texts, tested.texts, strict=False)
        counts.lost += sum(not is_same(text, as_written(output_format, original)) for text, original in pairs)


def run_command(arguments: Sequence[str], data: bytes | None = None, random: Random | None = None) -> Outcome:
    """Run a command line in this process, with `data` arriving on stdin in chunks of a random size."""
    err = io.StringIO()
    with contextlib.ExitStack() as stack:
        stdin = stack.enter_context(open_pipe(data or b"", random))
        stdout = stack.enter_context(Path("out").open("w+"))
        before = sys.stdin, sys.stdout, sys.stderr
        sys.stdin, sys.stdout, sys.stderr = stdin, stdout, err
        try:
            code = run(list(arguments))
        finally:
            sys.stdin, sys.stdout, sys.stderr = before
    return Outcome(code, Path("out").read_bytes(), err.getvalue())


@contextlib.contextmanager
def open_pipe(data: bytes, random: Random | None) -> Iterator[io.TextIOBase]:
    """The reading end of a pipe that a thread writes the data to."""
    reader, writer = os.pipe()
    size = random.choice([1, 7, 1 << 16]) if random and len(data) < 10_000 else 1 << 16

    def write() -> None:
        with contextlib.suppress(BrokenPipeError), os.fdopen(writer, "wb", buffering=0) as pipe:
            for start in range(0, len(data), size):
                pipe.write(data[start : start + size])

    thread = threading.Thread(target=write)
    thread.start()
    with os.fdopen(reader) as stream:
        yield stream
    thread.join()


def check_outcome(outcome: Outcome) -> Outcome:
    """Return the outcome of a command that succeeded, at most with a few notes, or failed with one line of error.

    Raises:
        CrashError: it is any other outcome.
    """
    lines = outcome.err.splitlines()
    if outcome.code == 0:
        is_valid = len(lines) <= MAX_NOTES and all(NOTE.match(line) for line in lines)
    else:
        is_valid = outcome.code in (1, 2) and lines[-1:] != [] and lines[-1].startswith("rnnsent: error: ")
        is_valid = is_valid and len(lines) <= 4 and all(NOTE.match(line) for line in lines[:-1])
    if not is_valid or "out of memory" in outcome.err:
        raise CrashError(f"code {outcome.code}, stderr {outcome.err!r}")
    return outcome


def count_records(tested: Input) -> int:
    """The number of records of an input that may be corrupted."""
    if tested.is_table:
        try:
            source = ByteInput.open(Path(tested.name))
            return sum(1 for _ in open_table(source, detect_format(source, tested.options), tested.options).rows)
        except RnnsentError as error:
            raise CrashError(f"predict accepted what its reader rejects: {error}") from None
    return len(split_records(tested.data))


def read_output(output_format: str, out: bytes, *, table: bool) -> list[object]:
    """The texts in the output of predict."""
    if output_format == "parquet":
        rows = pyarrow.parquet.read_table("out.parquet").to_pylist()
        return [row.get("text") for row in rows]
    text = out.decode()
    if output_format == "jsonl":
        rows = [json.loads(line) for line in text.split("\n")[:-1]]
        return [UNREADABLE if row.keys() >= {"line", "error"} else row.get("text") for row in rows]
    if output_format == "tsv" and not table:
        return [line.split("\t", 2)[2] for line in text.split("\n")[:-1]]
    delimiter = re.search('probability"?(.)', text)[1]  # of a table the one that it came with
    header, *rows = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=delimiter, strict=True)
    column = header.index("text") if "text" in header else 0
    return [row[column] for row in rows]


def is_same(text: object, expected: object) -> bool:
    """Whether a text is as expected; where no cell is in quotes, a row with a stray quote can be read as it is."""
    return text == expected or (text == '"x"y' and expected in (UNREADABLE, None, ""))


def as_written(output_format: str, value: object) -> object:
    """A text, or another value of the text column, as it is read back from an output of this format."""
    if output_format == "jsonl":
        return value
    if isinstance(value, Unreadable):
        value = None
    if isinstance(value, str):
        return SURROGATE.sub("\ufffd", value)
    if output_format == "parquet":
        return value
    if value is None:
        return ""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, (bool, list)) else str(value)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=1.0, help="Stop after this many minutes.")
    parser.add_argument("--seed", type=int, default=0, help="The first seed; every input uses the next one.")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        print(f"in {folder}", flush=True)
        counts = run_campaign(Path(folder), first_seed=arguments.seed, seconds=60 * arguments.minutes)
    print(counts)
    return 1 if counts.lost or counts.crashed else 0


if __name__ == "__main__":
    sys.exit(main())
