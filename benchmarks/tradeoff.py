"""Accuracy against texts per second on reviews and on tweets, of rnnsent and other tools: docs/tradeoff.png.

    python benchmarks/tradeoff.py TEACHER    # measure in one run, record, and plot
    python benchmarks/tradeoff.py --plot     # plot what is recorded

Reviews are a sample of the imdb test split, of two classes; tweets are the test part of semeval2017_tweets (scripts/corpora.py),
of three. rnnsent is the bundled model. fastText and the static vectors are trained on the train split of the same data set, so
they know the kind of text best. TEACHER is a folder of scripts/domain_teacher.py, a MiniLM of 92 MB. Every tool predicts the
texts once to warm up; the rate is the best of three runs in this process, with all cores. Needs the extra `bench`.
"""

import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import record
from few_labels import compute_macro_recall, train_static_vectors
from peers import train_fasttext

from rnnsent.data.examples import Examples
from rnnsent.data.sources import find_source
from rnnsent.predictor import Predictor

sys.path.append(str(Path(__file__).parents[1] / "scripts"))
import domain_teacher
from corpora import CLASSES, LABELED, read_labeled

PLOT = Path(__file__).parents[1] / "docs" / "tradeoff.png"
COMMAND = "python benchmarks/tradeoff.py"
SAMPLE, RUNS = 2_000, 3
TEACHER_TOKENS = 256
NEUTRAL_BELOW = 0.05  # VADER's own threshold
TITLES = {"reviews": "film reviews, negative or positive", "tweets": "tweets, negative, neutral or positive"}
Label = Callable[[Sequence[str]], np.ndarray]  # texts to indices of CLASSES, (N,)


def main() -> None:
    if sys.argv[1:] != ["--plot"]:
        measure(sys.argv[1])
    plot()


def measure(teacher: str) -> None:
    sets = {"reviews": read_reviews(), "tweets": read_tweets()}
    for name, (train, test) in sets.items():
        is_polar = len(np.unique(test.labels)) == 2
        for tool, label in make_tools(train, teacher, is_polar=is_polar).items():
            score = compute_macro_recall(label(test.texts), test)
            rate = len(test) / min(measure_seconds(label, test.texts) for _ in range(RUNS))
            values = {"macro_recall": score, "texts_per_second": round(rate), "n": len(test), "command": COMMAND}
            record.record("tradeoff", f"{tool} on {name}", values)
            print(f"{tool} on {name}: {score:.1%}, {rate:,.0f} texts/s", flush=True)


def read_reviews() -> tuple[Examples, Examples]:
    source = find_source("imdb")
    train, test = (align(source.read(split)) for split in ("train", "test"))
    return train, test.take(np.random.default_rng(0).permutation(len(test))[:SAMPLE])


def align(examples: Examples) -> Examples:
    """With labels that index CLASSES."""
    indices = np.array([CLASSES.index(name) for name in examples.classes])
    return Examples(examples.texts, indices[examples.labels], CLASSES)


def read_tweets() -> tuple[Examples, Examples]:
    corpus = next(corpus for corpus in LABELED if corpus.name == "semeval2017_tweets")
    parts = []
    for part in ("train", "test"):
        rows = read_labeled(corpus, part)
        parts.append(
            Examples([row.text for row in rows], np.array([CLASSES.index(row.label) for row in rows]), CLASSES)
        )
    return parts[0], parts[1].take(np.random.default_rng(0).permutation(len(parts[1]))[:SAMPLE])


def make_tools(train: Examples, teacher: str, *, is_polar: bool) -> dict[str, Label]:
    """The tools by name, trained on a train split if they need one. If `is_polar`, they choose between two classes."""
    columns = [0, 2] if is_polar else [0, 1, 2]
    predictor = Predictor.load("english", device="cpu")
    domain_teacher.MAX_LENGTH = TEACHER_TOKENS
    transformer = domain_teacher.Teacher.load(Path(teacher))

    def choose(probabilities: np.ndarray) -> np.ndarray:
        return np.array(columns)[probabilities[:, columns].argmax(axis=1)]

    def from_polarity(polarity: Callable[[str], float]) -> Label:
        threshold = 0 if is_polar else NEUTRAL_BELOW

        def label(texts: Sequence[str]) -> np.ndarray:
            scores = np.array([polarity(text) for text in texts])
            return np.where(scores >= threshold, 2, np.where(scores <= -threshold, 0, 1))

        return label

    return {
        "rnnsent": lambda texts: choose(predictor.predict_proba(texts).probabilities),
        "VADER": from_polarity(load_vader()),
        "TextBlob": from_polarity(load_textblob()),
        "fastText": train_fasttext(train),
        "static vectors": train_static_vectors(train),
        "MiniLM": lambda texts: choose(transformer.probabilities(texts)),
    }


def load_vader() -> Callable[[str], float]:
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    analyzer = SentimentIntensityAnalyzer()
    return lambda text: float(analyzer.polarity_scores(text)["compound"])


def load_textblob() -> Callable[[str], float]:
    from textblob import TextBlob

    return lambda text: float(TextBlob(text).sentiment.polarity)


def measure_seconds(label: Label, texts: Sequence[str]) -> float:
    start = time.perf_counter()
    label(texts)
    return time.perf_counter() - start


def plot() -> None:
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot

    entries = record.read()["tradeoff"]
    figure, panels = pyplot.subplots(1, len(TITLES), figsize=(11, 4.4))
    for axes, (name, title) in zip(panels, TITLES.items(), strict=True):
        for key, entry in entries.items():
            tool, _, on = key.rpartition(" on ")
            if on != name:
                continue
            point = (entry["texts_per_second"], entry["macro_recall"])
            is_own = tool == "rnnsent"
            axes.plot(*point, "o", color="tab:blue" if is_own else "dimgray", markersize=10 if is_own else 7)
            axes.annotate(
                tool, point, xytext=(0, 9), textcoords="offset points", ha="center",
                fontweight="bold" if is_own else "normal", color="tab:blue" if is_own else "black",
            )  # fmt: skip
        axes.set_xscale("log")
        axes.margins(x=0.2, y=0.18)
        axes.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
        axes.yaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
        axes.set_title(title, fontsize=11)
        axes.set_xlabel("texts per second, two cores")
        axes.grid(alpha=0.3)
    panels[0].set_ylabel("macro recall")
    figure.tight_layout()
    figure.savefig(PLOT, dpi=110)


if __name__ == "__main__":
    main()
