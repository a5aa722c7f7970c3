"""Measure startup, streaming and training speed against PyTorch's own arithmetic and other tools: `make bench`.

    python benchmarks/speed.py                    # every row; needs the Hub for IMDB and SST-2, and the extra `bench`
    python benchmarks/speed.py --short            # one minute, on the bundled sentences; records nothing; without busy
    python benchmarks/speed.py startup training   # some of the groups

Every row except those on peak memory is a ratio of two measurements that alternate, reported as the median and the range
over several repeats: an absolute time would depend on the machine and on its load.
"""

import argparse
import importlib.util
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import numpy as np
import record
import speed_peers as peers
from busy import SHORT, TRAIN, UNLIMITED_SPINNING, run_seconds
from processes import Usage, alternate, ratios, run_process, write_lines

from rnnsent.data.examples import Examples
from rnnsent.data.sources import find_source

MODEL = "english"
N_TRAINING_REVIEWS = 6_000
PREDICT = [sys.executable, "-m", "rnnsent", "predict", "-m", MODEL]


@dataclass(frozen=True)
class Row:
    """What a row of the table measures, with its target and stretch goal; without a target it is for comparison only."""

    name: str
    target: float | None = None
    stretch_goal: float | None = None
    lower_is_better: bool = False
    unit: str = ""


@dataclass(frozen=True)
class Workload:
    """The texts to measure on, and the number of repeats."""

    reviews: list[str]
    sentences: list[str]
    repeats: int
    stream_lines: tuple[int, int]  # of the short and of the long stream
    training: Examples


def measure_startup(work: Workload) -> Iterator[tuple[Row, list[float]]]:
    usages: list[Usage] = []

    def predict_one_text() -> float:
        usages.append(run_process([*PREDICT, "A quiet triumph."]))
        return usages[-1].cpu

    help_, predict, import_torch = alternate(
        max(work.repeats, 5),
        lambda: run_process([sys.executable, "-m", "rnnsent", "--help"]).cpu,
        predict_one_text,
        lambda: run_process([sys.executable, "-c", "import torch"]).cpu,
    )
    yield (
        Row(
            'CPU time of `rnnsent predict "text"` / CPU time of `import torch`',
            target=0.35,
            stretch_goal=0.2,
            lower_is_better=True,
        ),
        ratios(predict, import_torch),
    )
    yield (
        Row(
            "CPU time of `rnnsent --help` / CPU time of `import torch`",
            target=0.10,
            stretch_goal=0.06,
            lower_is_better=True,
        ),
        ratios(help_, import_torch),
    )
    yield (
        Row('peak memory of `rnnsent predict "text"`', target=150, stretch_goal=80, lower_is_better=True, unit=" MB"),
        [usage.peak for usage in usages],
    )


def measure_streams(work: Workload) -> Iterator[tuple[Row, list[float]]]:
    """rnnsent as a whole process from file to file, against parts of the same work inside this process."""
    rows = peers.encode(MODEL, work.reviews)
    n_tokens = sum(map(len, rows))
    sample = rows[: len(rows) // 10 + 1]
    peak_memory: list[float] = []  # of the runs on the reviews with default options

    def stream_seconds(texts: list[str], *options: str) -> float:
        with write_lines(texts) as path:
            usage = run_process([*PREDICT, str(path), "-o", str(path.with_suffix(".tsv")), *options])
        if texts is work.reviews and not options:
            peak_memory.append(usage.peak)
        return usage.wall

    measures = {
        "rnnsent": lambda: n_tokens / stream_seconds(work.reviews),
        "bfloat16": lambda: n_tokens / stream_seconds(work.reviews, "--precision", "bfloat16"),
        "ideal": lambda: peers.ideal_lstm(MODEL),
        "loop": lambda: peers.lstm_loop(MODEL, sample),
    }
    if is_installed("onnxruntime"):
        measures["onnx"] = lambda: peers.onnx_runtime(MODEL, sample)
    if is_installed("vaderSentiment"):
        measures["vader"] = lambda: vader_rate(work.reviews[: len(sample)]) * n_tokens / len(work.reviews)
    rates = dict(zip(measures, alternate(work.repeats, *measures.values()), strict=True))  # tokens/s
    rnnsent, ideal = rates["rnnsent"], rates["ideal"]
    yield Row("IMDB tokens/s / `nn.LSTM` on ideal batches", target=0.85, stretch_goal=1.1), ratios(rnnsent, ideal)
    yield (
        Row("IMDB tokens/s with `--precision bfloat16` / `nn.LSTM` on ideal batches", target=1.3, stretch_goal=2.0),
        ratios(rates["bfloat16"], ideal),
    )
    yield (
        Row("IMDB tokens/s / a loop over `nn.LSTM`, batches of 32 in input order", target=2, stretch_goal=4),
        ratios(rnnsent, rates["loop"]),
    )
    if "onnx" in rates:
        name = "IMDB tokens/s / ONNX Runtime with the same weights, batches of 32 in input order"
        yield Row(name, target=1.5, stretch_goal=3), ratios(rnnsent, rates["onnx"])
    if "vader" in rates:
        yield Row("IMDB reviews/s / VADER reviews/s", target=4, stretch_goal=10), ratios(rnnsent, rates["vader"])
        yield (
            Row("IMDB reviews/s of `nn.LSTM` on ideal batches, tokenized in advance / VADER reviews/s"),
            ratios(ideal, rates["vader"]),
        )
        yield from measure_sentences(work, stream_seconds)
    yield Row("peak memory on IMDB", target=700, stretch_goal=400, lower_is_better=True, unit=" MB"), peak_memory


def measure_sentences(
    work: Workload, stream_seconds: Callable[[list[str]], float]
) -> Iterator[tuple[Row, list[float]]]:
    n_tokens = sum(map(len, peers.encode(MODEL, work.sentences)))
    rnnsent, ideal, vader = alternate(
        work.repeats,
        lambda: n_tokens / stream_seconds(work.sentences),
        lambda: peers.ideal_lstm(MODEL),
        lambda: vader_rate(work.sentences) * n_tokens / len(work.sentences),
    )
    yield Row("SST-2 sentences/s / VADER sentences/s", target=1, stretch_goal=3), ratios(rnnsent, vader)
    yield (
        Row("SST-2 sentences/s of `nn.LSTM` on ideal batches, tokenized in advance / VADER sentences/s"),
        ratios(ideal, vader),
    )


def measure_scaling(work: Workload) -> Iterator[tuple[Row, list[float]]]:
    few, many = work.stream_lines
    usages: dict[int, list[Usage]] = {few: [], many: []}

    def seconds_per_line(count: int) -> float:
        with write_lines([work.sentences[i % len(work.sentences)] for i in range(count)]) as path:
            usages[count].append(run_process([*PREDICT, "-"], stdin=path))
        return usages[count][-1].wall / count

    short, long = alternate(2 if work.repeats > 1 else 1, lambda: seconds_per_line(few), lambda: seconds_per_line(many))
    yield (
        Row(f"time per line on {many:,} lines / on {few:,} lines", target=1.05, stretch_goal=1.0, lower_is_better=True),
        ratios(long, short),
    )
    yield (
        Row(f"peak memory on {many:,} lines / on {few:,} lines", target=1.05, stretch_goal=1.0, lower_is_better=True),
        ratios([usage.peak for usage in usages[many]], [usage.peak for usage in usages[few]]),
    )
    long_text, short_text = alternate(
        max(work.repeats, 3),
        lambda: peers.seconds_per_token(MODEL, 100_000),
        lambda: peers.seconds_per_token(MODEL, 1_000),
    )
    yield (
        Row(
            "time per token of a text of 100,000 tokens / of 1,000 tokens",
            target=1.1,
            stretch_goal=1.0,
            lower_is_better=True,
        ),
        ratios(long_text, short_text),
    )


def measure_training(work: Workload) -> Iterator[tuple[Row, list[float]]]:
    whole, bare = alternate(work.repeats, lambda: peers.train_epoch(work.training), peers.forward_backward)
    yield (
        Row("training tokens/s / forward and backward passes alone", target=0.85, stretch_goal=0.95),
        ratios(whole, bare),
    )


def measure_busy(work: Workload) -> Iterator[tuple[Row, list[float]]]:
    """Commands beside another PyTorch process with one busy thread per core, against the same commands alone.

    Half of the cores, which is a fair share, doubles the time.
    """
    train = [*TRAIN, *SHORT] if work.repeats == 1 else TRAIN
    idle, idle_unlimited, loaded, loaded_unlimited = alternate(
        work.repeats,
        lambda: run_seconds(train, busy=False),
        lambda: run_seconds(train, UNLIMITED_SPINNING, busy=False),
        lambda: run_seconds(train, busy=True),
        lambda: run_seconds(train, UNLIMITED_SPINNING, busy=True),
    )
    name = "time of `rnnsent train sentences`"
    yield (
        Row(f"{name} / with OpenMP's default spinning", target=1.05, stretch_goal=1.0, lower_is_better=True),
        ratios(idle, idle_unlimited),
    )
    yield (
        Row(f"{name} beside a busy process / alone", target=2.6, stretch_goal=2.0, lower_is_better=True),
        ratios(loaded, idle),
    )
    yield (
        Row(f"{name} beside a busy process / alone, both with OpenMP's default spinning"),
        ratios(loaded_unlimited, idle_unlimited),
    )
    with write_lines(work.reviews) as path:
        predict = [*PREDICT, str(path), "-o", str(path.with_suffix(".tsv"))]
        idle, loaded = alternate(
            work.repeats, lambda: run_seconds(predict, busy=False), lambda: run_seconds(predict, busy=True)
        )
    yield (
        Row(
            "time of `rnnsent predict` on IMDB beside a busy process / alone",
            target=2.6,
            stretch_goal=2.0,
            lower_is_better=True,
        ),
        ratios(loaded, idle),
    )


GROUPS = {
    "startup": measure_startup,
    "stream": measure_streams,
    "scaling": measure_scaling,
    "training": measure_training,
    "busy": measure_busy,
}


def vader_rate(texts: list[str]) -> float:
    """Texts per second of a whole process that reads lines, scores them with VADER and writes lines."""
    command = [sys.executable, str(Path(__file__).with_name("vader_lines.py"))]
    with write_lines(texts) as path:
        return len(texts) / run_process(command, stdin=path).wall


def is_installed(package: str) -> bool:
    """Whether a peer is installed; if not, its rows are skipped with a message."""
    is_found = importlib.util.find_spec(package) is not None
    if not is_found:
        print(f"{package} is not installed: skipped", flush=True)
    return is_found


def load_workload(*, short: bool) -> Workload:
    examples = find_source("sentences").read("train")
    sentences = examples.texts
    if short:
        reviews = [" ".join(sentences[i : i + 12]) for i in range(0, len(sentences), 12)]
        return Workload(reviews, sentences, 1, (1_000, 5_000), examples)
    order = np.random.default_rng(0).permutation(25_000)  # the split is sorted by label
    imdb = find_source("imdb")
    test = imdb.read("test").texts
    sst2 = find_source("sst2").read("validation").texts
    training = imdb.read("train").take(order[:N_TRAINING_REVIEWS])
    return Workload([test[i] for i in order], sst2 * 25, 5, (10_000, 1_000_000), training)


def format_row(row: Row, values: list[float]) -> str:
    measured = median(values)
    target = "for comparison" if row.target is None else f"target {row.target:g}, stretch goal {row.stretch_goal:g}"
    missed = row.target is not None and not record.meets_target(
        measured, row.target, lower_is_better=row.lower_is_better
    )
    return (
        f"{row.name:<90} {target}: {measured:.3g}{row.unit} "
        f"({min(values):.3g} to {max(values):.3g}){'  MISSED' if missed else ''}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("groups", nargs="*", choices=[*GROUPS, []], help="groups of rows to measure (default: all)")
    parser.add_argument(
        "--short", action="store_true", help="take one minute, use the bundled sentences, record nothing"
    )
    options = parser.parse_args()
    work = load_workload(short=options.short)
    groups = options.groups or [group for group in GROUPS if not (options.short and group == "busy")]
    for group in groups:
        for row, values in GROUPS[group](work):
            print(format_row(row, values), flush=True)
            if not options.short:
                record.record(
                    "speed",
                    row.name,
                    {
                        "command": f"python benchmarks/speed.py {group}",
                        "target": row.target,
                        "stretch_goal": row.stretch_goal,
                        "lower_is_better": row.lower_is_better,
                        "unit": row.unit,
                        "values": values,
                    },
                )


if __name__ == "__main__":
    main()
