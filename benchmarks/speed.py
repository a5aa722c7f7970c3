"""How fast rnnsent starts, streams and trains, against PyTorch's own arithmetic and other tools: `make bench`.

    python benchmarks/speed.py            # every row; needs the Hub for IMDB and SST-2, and the extra `bench`
    python benchmarks/speed.py --short    # a minute, on the embedded sentences, nothing recorded, without absent peers
    python benchmarks/speed.py start training     # some of the parts

Every figure but those of memory is a ratio of two runs that were taken in turn, given as the median of the pairs and
their range: a time alone would tell of the machine and of who else was on it.
"""

import argparse
import importlib.util
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import numpy as np
import peers_of_speed as peers
import record
from processes import Usage, in_turn, lines, over, process

from rnnsent.data.examples import Examples
from rnnsent.data.sources import find_source

MODEL = "english"
TRAINED_ON = 6_000  # reviews
ENGLISH = [sys.executable, "-m", "rnnsent", "predict", "-m", MODEL]


@dataclass(frozen=True)
class Row:
    """One line of the table: what is measured, the least that is asked for, and the aim; `at_most` where less is better.

    Without a bar it is there for comparison.
    """

    what: str
    bar: float | None = None
    aim: float | None = None
    at_most: bool = False
    unit: str = ""


@dataclass(frozen=True)
class Workload:
    """The texts, and how often each pair is run."""

    reviews: list[str]
    sentences: list[str]
    pairs: int
    lines: tuple[int, int]  # of the short and of the long stream
    training: Examples


def start(work: Workload) -> Iterator[tuple[Row, list[float]]]:
    text = [*ENGLISH, "A quiet triumph."]
    usages: list[Usage] = []

    def predicted() -> float:
        usages.append(process(text))
        return usages[-1].cpu

    help_, predict, torch = in_turn(
        max(work.pairs, 5),
        lambda: process([sys.executable, "-m", "rnnsent", "--help"]).cpu,
        predicted,
        lambda: process([sys.executable, "-c", "import torch"]).cpu,
    )
    yield (
        Row('`predict "text"`, processor time / that of `import torch`', 0.35, 0.2, at_most=True),
        over(predict, torch),
    )
    yield Row("`--help`, processor time / that of `import torch`", 0.10, 0.06, at_most=True), over(help_, torch)
    yield Row('peak memory of `predict "text"`', 150, 80, at_most=True, unit=" MB"), [each.peak for each in usages]


def stream(work: Workload) -> Iterator[tuple[Row, list[float]]]:
    """File to file, whole processes, against parts of the same work in this process with nothing else to do."""
    rows = peers.encoded(MODEL, work.reviews)
    tokens = sum(map(len, rows))
    some = rows[: len(rows) // 10 + 1]
    peak: list[float] = []  # of the plain runs

    def streamed(texts: list[str], *options: str) -> float:
        with lines(texts) as path:
            usage = process([*ENGLISH, str(path), "-o", str(path.with_suffix(".tsv")), *options])
        if texts is work.reviews and not options:
            peak.append(usage.peak)
        return usage.wall

    measures = {
        "plain": lambda: tokens / streamed(work.reviews),
        "fast": lambda: tokens / streamed(work.reviews, "--fast"),
        "ideal": lambda: peers.ideal_lstm(MODEL),
        "loop": lambda: peers.loop_of_lstm(MODEL, some),
    }
    if is_there("onnxruntime"):
        measures["onnx"] = lambda: peers.onnx_runtime(MODEL, some)
    if is_there("vaderSentiment"):
        measures["vader"] = lambda: vader_rate(work.reviews[: len(some)]) * tokens / len(work.reviews)
    rates = dict(zip(measures, in_turn(work.pairs, *measures.values()), strict=True))  # tokens/s
    plain, ideal = rates["plain"], rates["ideal"]
    yield Row("stream of IMDB, tokens/s / `nn.LSTM` on ideal batches", 0.85, 1.1), over(plain, ideal)
    yield Row("the same with `--fast`", 1.3, 2.0), over(rates["fast"], ideal)
    yield Row("stream of IMDB / a loop over `nn.LSTM`, batches of 32 as they come", 2, 4), over(plain, rates["loop"])
    if "onnx" in rates:
        row = Row("stream of IMDB / ONNX Runtime on the same weights, batches of 32 as they come", 1.5, 3)
        yield row, over(plain, rates["onnx"])
    if "vader" in rates:
        yield Row("reviews/s of IMDB / VADER's", 4, 10), over(plain, rates["vader"])
        yield (
            Row("reviews/s of IMDB of `nn.LSTM` on ideal batches, ids ready / VADER's"),
            over(ideal, rates["vader"]),
        )
        yield from sentences(work, streamed)
    yield Row("peak memory of a stream of IMDB", 700, 400, at_most=True, unit=" MB"), peak


def sentences(work: Workload, streamed: Callable[[list[str]], float]) -> Iterator[tuple[Row, list[float]]]:
    tokens = sum(map(len, peers.encoded(MODEL, work.sentences)))
    ours, ideal, vader = in_turn(
        work.pairs,
        lambda: tokens / streamed(work.sentences),
        lambda: peers.ideal_lstm(MODEL),
        lambda: vader_rate(work.sentences) * tokens / len(work.sentences),
    )
    yield Row("sentences/s of SST-2 / VADER's", 1, 3), over(ours, vader)
    yield Row("sentences/s of SST-2 of `nn.LSTM` on ideal batches, ids ready / VADER's"), over(ideal, vader)


def scale(work: Workload) -> Iterator[tuple[Row, list[float]]]:
    few, many = work.lines
    each: dict[int, list[Usage]] = {few: [], many: []}

    def a_line(count: int) -> float:
        with lines([work.sentences[i % len(work.sentences)] for i in range(count)]) as path:
            each[count].append(process([*ENGLISH, "-"], stdin=path))
        return each[count][-1].wall / count

    short, long = in_turn(2 if work.pairs > 1 else 1, lambda: a_line(few), lambda: a_line(many))
    yield Row(f"time a line, of {many:,} lines / of {few:,}", 1.05, 1.0, at_most=True), over(long, short)
    memory = over([usage.peak for usage in each[many]], [usage.peak for usage in each[few]])
    yield Row(f"peak memory, of {many:,} lines / of {few:,}", 1.05, 1.0, at_most=True), memory
    long_text, short_text = in_turn(
        max(work.pairs, 3), lambda: peers.seconds_a_token(MODEL, 100_000), lambda: peers.seconds_a_token(MODEL, 1_000)
    )
    yield (
        Row("time a token, of a text of 100,000 tokens / of 1,000", 1.1, 1.0, at_most=True),
        over(long_text, short_text),
    )


def training(work: Workload) -> Iterator[tuple[Row, list[float]]]:
    included, bare = in_turn(work.pairs, lambda: peers.training(work.training), peers.bare_training)
    yield (
        Row("training, tokens/s with all that belongs to it / forward and backward alone", 0.85, 0.95),
        over(included, bare),
    )


PARTS = {"start": start, "stream": stream, "scale": scale, "training": training}


def vader_rate(texts: list[str]) -> float:
    """Texts a second of a whole process that reads lines, asks VADER and writes lines."""
    with lines(texts) as path:
        return len(texts) / process([sys.executable, str(Path(__file__).with_name("vader_lines.py"))], stdin=path).wall


def is_there(package: str) -> bool:
    """Whether a peer is installed; without it, its rows are left out, which is said."""
    found = importlib.util.find_spec(package) is not None
    if not found:
        print(f"{package} is not installed: left out", flush=True)
    return found


def workload(*, short: bool) -> Workload:
    embedded = find_source("sentences").read("train")
    sentences = embedded.texts
    if short:
        reviews = [" ".join(sentences[i : i + 12]) for i in range(0, len(sentences), 12)]
        return Workload(reviews, sentences, 1, (1_000, 5_000), embedded)
    order = np.random.default_rng(0).permutation(25_000)  # the split stands sorted by label
    imdb = find_source("imdb")
    test = imdb.read("test").texts
    sst2 = find_source("sst2").read("validation").texts
    some = imdb.read("train").take(order[:TRAINED_ON])
    return Workload([test[i] for i in order], sst2 * 25, 5, (10_000, 1_000_000), some)


def shown(row: Row, figures: list[float]) -> str:
    middle = median(figures)
    asked = "for comparison" if row.bar is None else f"bar {row.bar:g}, aim {row.aim:g}"
    missed = row.bar is not None and not record.is_met(middle, row.bar, at_most=row.at_most)
    return (
        f"{row.what:<80} {asked}: {middle:.3g}{row.unit} "
        f"({min(figures):.3g} to {max(figures):.3g}){'  MISSED' if missed else ''}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], help="of the table; all without any")
    parser.add_argument("--short", action="store_true", help="a minute, on the embedded sentences, nothing recorded")
    options = parser.parse_args()
    work = workload(short=options.short)
    for part in options.parts or PARTS:
        for row, figures in PARTS[part](work):
            print(shown(row, figures), flush=True)
            if not options.short:
                record.record(
                    "speed",
                    row.what,
                    {
                        "command": f"python benchmarks/speed.py {part}",
                        "bar": row.bar,
                        "aim": row.aim,
                        "at_most": row.at_most,
                        "unit": row.unit,
                        "figures": figures,
                    },
                )


if __name__ == "__main__":
    main()
