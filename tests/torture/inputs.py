"""Give predict inputs of every kind, sound and spoiled, and count the records: `python -m tests.torture.inputs --minutes 5`.

Of a sound input it is known what must come back, of a spoiled one how many records the rule of lines or the reader of
the table finds. A crash is whatever is neither an answer nor one line of error: it is printed, and the exit code is 1.
A library that ends the process leaves the input in the folder that is named first.
"""

import argparse
import contextlib
import csv
import io
import json
import os
import random
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

import pyarrow.parquet

sys.path.insert(0, str(Path(__file__).parents[1]))

from arbitrary import LONG, UNREAD, Input, Unread, any_input, is_compressed, records_of
from hostile import FIXTURES, memory_limit

from rnnsent.cli.app import run
from rnnsent.data.files import open_rows
from rnnsent.errors import RnnsentError
from rnnsent.report.cells import SURROGATE

MODEL = str(FIXTURES / "format-4")
BYTES = 1_000_000_000  # that an input may ask for
PRINTED = 5  # crashes in full; the others are counted
BIG = (Input("in", b"\n" * 200_000, [""] * 200_000), Input("in", LONG.encode() * 3_000, [LONG * 3_000]))


class CrashError(Exception):
    """What came is neither an answer nor one line of error."""


@dataclass
class Counts:
    """What a campaign did and found."""

    tried: int = 0
    refused: int = 0
    records_in: int = 0
    records_out: int = 0
    lost: int = 0  # records without their answer in their place
    crashes: int = 0
    slowest: float = 0.0
    memory: float = 0.0  # MB at most, by this process
    kinds: dict[str, int] = field(default_factory=dict)

    def __str__(self) -> str:
        return (
            f"{self.tried:,} inputs tried, {self.refused:,} of them refused in one line; {self.records_in:,} records in, "
            f"{self.records_out:,} out, {self.lost:,} lost; crashes {self.crashes}; slowest {self.slowest:.2f} s, "
            f"peak memory {self.memory:,.0f} MB; {', '.join(f'{n} {kind}' for kind, n in sorted(self.kinds.items()))}"
        )


@dataclass(frozen=True)
class Answer:
    code: int
    out: bytes
    err: str


def campaign(folder: Path, *, first_seed: int = 0, seconds: float = float("inf"), most: int | None = None) -> Counts:
    """Try inputs in a folder, a seed each, until the time is over or so many were tried."""
    counts, seed, end = Counts(), first_seed, time.monotonic() + seconds
    with contextlib.chdir(folder), warnings.catch_warnings(), memory_limit(BYTES):
        warnings.simplefilter("error")
        while time.monotonic() < end and counts.tried != most:
            chance = random.Random(seed)
            given = chance.choice(BIG) if seed % 1_000 == 999 else any_input(chance)
            start = time.monotonic()
            try:
                one(counts, given, chance)
            except Exception:
                counts.crashes += 1
                if counts.crashes <= PRINTED:
                    print(
                        f"seed {seed}, {given.name}: {given.data[:300]!r}\n{traceback.format_exc(limit=-3)}",
                        flush=True,
                    )
            counts.slowest = max(counts.slowest, time.monotonic() - start)
            counts.tried += 1
            kind = given.name.rpartition(".")[2]
            counts.kinds[kind] = counts.kinds.get(kind, 0) + 1
            seed += 1
    counts.memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    return counts


def one(counts: Counts, given: Input, chance: random.Random) -> None:
    Path(given.name).write_bytes(given.data)
    if given.is_table and not chance.randrange(8):
        counts.refused += check(command(["datasets", given.name, "--json"])).code != 0
        return
    if given.texts and UNREAD in given.texts and not chance.randrange(8):
        stopped = check(command(["predict", given.name, "-m", MODEL, "--json"]))
        if stopped.code != 1 or f"{given.name}:" not in stopped.err:
            raise CrashError(f"a row that cannot be read was passed over: {stopped}")
        counts.refused += 1
        return
    format_ = chance.choice(["jsonl", "jsonl", "csv", "tsv", *(["parquet"] if given.is_table else [])])
    options = ["-o", "out.parquet"] if format_ == "parquet" else ["-f", format_]
    word = given.name if given.is_table or chance.randrange(2) else "-"
    arguments = ["predict", word, "-m", MODEL, "--on-error", "skip", *options]
    answer = check(command(arguments, given.data if word == "-" else None, chance))
    if answer.code:
        if given.texts is not None and "cannot be written as Parquet" not in answer.err:
            raise CrashError(f"a sound input was refused: {answer.err}")
        counts.refused += 1
        return
    if given.refused:
        raise CrashError("a compressed input was answered")
    found = read_back(format_, answer.out, table=given.is_table)
    expected = given.texts if given.texts is not None else [None] * how_many(given)
    counts.records_in += len(expected)
    counts.records_out += len(found)
    counts.lost += abs(len(expected) - len(found))
    if given.texts is not None:
        pairs = zip(found, given.texts, strict=False)
        counts.lost += sum(got != as_written(format_, text) for got, text in pairs)


def command(arguments: Sequence[str], given: bytes | None = None, chance: random.Random | None = None) -> Answer:
    """Run a command line in this process, with what is given arriving on stdin in pieces."""
    err = io.StringIO()
    with contextlib.ExitStack() as opened:
        stdin, out = opened.enter_context(arriving(given or b"", chance)), opened.enter_context(Path("out").open("w+"))
        before = sys.stdin, sys.stdout, sys.stderr
        sys.stdin, sys.stdout, sys.stderr = stdin, out, err
        try:
            code = run(list(arguments))
        finally:
            sys.stdin, sys.stdout, sys.stderr = before
    return Answer(code, Path("out").read_bytes(), err.getvalue())


@contextlib.contextmanager
def arriving(data: bytes, chance: random.Random | None) -> Iterator[io.TextIOBase]:
    reader, writer = os.pipe()
    size = chance.choice([1, 7, 1 << 16]) if chance and len(data) < 10_000 else 1 << 16

    def feed() -> None:
        with contextlib.suppress(BrokenPipeError), os.fdopen(writer, "wb", buffering=0) as pipe:
            for start in range(0, len(data), size):
                pipe.write(data[start : start + size])

    feeder = threading.Thread(target=feed)
    feeder.start()
    with os.fdopen(reader) as stream:
        yield stream
    feeder.join()


def check(answer: Answer) -> Answer:
    """Raise CrashError for anything but an answer, with a note at most, or one line of error."""
    lines = answer.err.splitlines()
    if answer.code == 0:
        sound = len(lines) <= 1 and all(line.startswith("skipped ") for line in lines)
    else:
        sound = answer.code in (1, 2) and len(lines) == 1 and lines[0].startswith("rnnsent: error: ")
    if not sound or "out of memory" in answer.err:
        raise CrashError(f"code {answer.code}, stderr {answer.err!r}")
    return answer


def how_many(given: Input) -> int:
    """The records of an input that may be spoiled."""
    if given.is_table:
        try:
            return sum(1 for _ in open_rows(Path(given.name))[1])
        except RnnsentError as error:
            raise CrashError(f"predict answered what its reader refuses: {error}") from None
    if is_compressed(given.data):
        raise CrashError("a compressed input was answered")
    return len(records_of(given.data))


def read_back(format_: str, out: bytes, *, table: bool) -> list[object]:
    """The texts of what predict wrote."""
    if format_ == "parquet":
        rows = pyarrow.parquet.read_table("out.parquet").to_pylist()
        return [row.get("text") for row in rows]
    text = out.decode()
    if format_ == "jsonl":
        rows = [json.loads(line) for line in text.split("\n")[:-1]]
        return [UNREAD if row.keys() >= {"line", "error"} else row.get("text") for row in rows]
    if format_ == "tsv" and not table:
        return [line.split("\t", 2)[2] for line in text.split("\n")[:-1]]
    header, *cells = csv.reader(io.StringIO(text, newline=""), delimiter="\t" if format_ == "tsv" else ",", strict=True)
    column = header.index("text") if "text" in header else 0
    return [row[column] for row in cells]


def as_written(format_: str, text: object) -> object:
    """A text, or another value of its column, as it stands in an output of that format."""
    if format_ == "jsonl":
        return text
    if isinstance(text, Unread):
        text = None
    if isinstance(text, str):
        return SURROGATE.sub("\ufffd", text)
    if format_ == "parquet":
        return text
    if text is None:
        return ""
    return json.dumps(text, ensure_ascii=False) if isinstance(text, (bool, list)) else str(text)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=0, help="The first seed; each input takes the next.")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        print(f"in {folder}", flush=True)
        counts = campaign(Path(folder), first_seed=asked.seed, seconds=60 * asked.minutes)
    print(counts)
    return 1 if counts.lost or counts.crashes else 0


if __name__ == "__main__":
    sys.exit(main())
