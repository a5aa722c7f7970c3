"""Learning curves on few labels: rnnsent from the bundled model and from random weights, and linear models.

    python benchmarks/few_labels.py          # measure, record and plot docs/few_labels.png
    python benchmarks/few_labels.py --plot   # plot what is recorded

Of three corpora that the bundled model and its teachers have not seen, 50 to 1,000 texts are drawn for training, three times;
all tools get the same texts and are scored on the same others. Needs the extra `bench`, and the corpora in $RNNSENT_CORPORA.
"""

import csv
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from statistics import mean

import numpy as np
import pyarrow.parquet
import record
from peers import predict_fasttext, predict_tfidf

from rnnsent.data.examples import Examples

sys.path.append(str(Path(__file__).parents[1] / "scripts"))
from corpora import CLASSES, corpora_folder

PLOT = Path(__file__).parents[1] / "docs" / "few_labels.png"
SIZES, SEEDS, MAX_TEST = (50, 100, 300, 1_000), (0, 1, 2), 1_000
CORPORA = {  # name: (title, column and value of the rows to use)
    "amazon_alexa_reviews": ("reviews of a smart speaker", None),
    "meld_dialogue": ("lines of a television series", None),
    "nusax": ("posts and reviews from Indonesia, in English", ("lang", "english")),
}
Predict = Callable[[Examples, Examples], np.ndarray]


def main() -> None:
    if sys.argv[1:] != ["--plot"]:
        for corpus in CORPORA:
            measure(corpus)
    plot()


def measure(corpus: str) -> None:
    for n, train_sets, test in draw(corpus):
        tools = dict(TOOLS) if n else {"bundled model, no labels": predict_bundled}
        for tool, predict in tools.items():
            scores = [compute_macro_recall(predict(train, test), test) for train in train_sets]
            values = {"macro_recall": scores, "n_test": len(test), "command": "python benchmarks/few_labels.py"}
            record.record("few_labels", f"{corpus}, {n} labels: {tool}", values)
            print(f"{corpus}, {n} labels, {tool}: {mean(scores):.1%}", flush=True)


def draw(corpus: str) -> Iterator[tuple[int, list[Examples], Examples]]:
    """For each number of labels, a training set for each seed, and the test set."""
    _, condition = CORPORA[corpus]
    rows = pyarrow.parquet.read_table(corpora_folder() / corpus / "data.parquet").to_pylist()
    labels = {row["text"]: row["label"] for row in rows if condition is None or row[condition[0]] == condition[1]}
    texts = sorted(labels)
    order = np.random.default_rng(0).permutation(len(texts))
    n_test = min(MAX_TEST, len(texts) - max(size for size in SIZES if size < len(texts) * 0.75))
    examples = Examples(texts, np.array([CLASSES.index(labels[text]) for text in texts]), CLASSES)
    test, rest = examples.take(order[:n_test]), order[n_test:]
    yield 0, [test], test
    for size in SIZES:
        if size <= len(rest):
            samples = (np.random.default_rng(seed).permutation(rest)[:size] for seed in SEEDS)
            yield size, [examples.take(sample) for sample in samples], test


def compute_macro_recall(predicted: np.ndarray, test: Examples) -> float:
    correct = predicted == test.labels
    return float(np.mean([correct[test.labels == k].mean() for k in np.unique(test.labels)]))


def predict_bundled(_: Examples, test: Examples) -> np.ndarray:
    with tempfile.TemporaryDirectory() as folder:
        return predict_with("english", test, Path(folder))


def predict_rnnsent(*options: str) -> Predict:
    """`rnnsent train` with these options, then `rnnsent predict`."""

    def predict(train: Examples, test: Examples) -> np.ndarray:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            write_csv(folder / "train.csv", train)
            run(folder, "train", "train.csv", "--quiet", *options)
            return predict_with("train", test, folder)

    return predict


def predict_with(model: str, test: Examples, folder: Path) -> np.ndarray:
    (folder / "test.jsonl").write_text(
        "".join(json.dumps({"text": text}) + "\n" for text in test.texts), encoding="utf-8"
    )
    run(folder, "predict", "test.jsonl", "--model", model, "--output", "out.jsonl", "--quiet")
    lines = (folder / "out.jsonl").read_text(encoding="utf-8").splitlines()
    labels = [json.loads(line)["label"] for line in lines]
    return np.array([CLASSES.index(label) if label in CLASSES else -1 for label in labels])


def write_csv(path: Path, examples: Examples) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["text", "label"])
        writer.writerows(
            (text, CLASSES[label]) for text, label in zip(examples.texts, examples.labels.tolist(), strict=True)
        )


def run(folder: Path, *arguments: str) -> None:
    environment = {**os.environ, "RNNSENT_MODELS_DIR": str(folder / "models")}
    subprocess.run([sys.executable, "-m", "rnnsent", *arguments], cwd=folder, env=environment, check=True)


def predict_static_vectors(train: Examples, test: Examples) -> np.ndarray:
    return train_static_vectors(train)(test.texts)


def train_static_vectors(train: Examples) -> Callable[[Sequence[str]], np.ndarray]:
    """A function that labels texts: logistic regression on the mean of static word vectors, distilled from a language model."""
    import wordllama
    from sklearn.linear_model import LogisticRegression

    # The package ships its tokenizer in a folder that it does not search by default.
    vectors = wordllama.WordLlama.load(cache_dir=Path(wordllama.__file__).parent, disable_download=True)
    regression = LogisticRegression(max_iter=1_000)
    regression.fit(vectors.embed(train.texts, norm=True), train.labels)
    return lambda texts: np.asarray(regression.predict(vectors.embed(list(texts), norm=True)))


TOOLS: dict[str, Predict] = {
    "rnnsent": predict_rnnsent(),
    "rnnsent --from-scratch": predict_rnnsent("--from-scratch"),
    "fastText": predict_fasttext,
    "TF-IDF, logistic regression": predict_tfidf,
    "static vectors, logistic regression": predict_static_vectors,
}


def plot() -> None:
    """One panel for each corpus: the mean of the macro recall over the seeds by the number of labels."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot

    entries = record.read()["few_labels"]
    figure, panels = pyplot.subplots(1, len(CORPORA), figsize=(13, 4.2), sharey=True)
    for axes, (corpus, (title, _)) in zip(panels, CORPORA.items(), strict=True):
        for tool in TOOLS:
            points = [(n, entry) for n in SIZES if (entry := entries.get(f"{corpus}, {n} labels: {tool}"))]
            axes.plot(
                [n for n, _ in points],
                [mean(entry["macro_recall"]) for _, entry in points],
                "o-",
                label=tool,
                linewidth=2.5 if tool == "rnnsent" else 1.2,
            )
        bundled = entries[f"{corpus}, 0 labels: bundled model, no labels"]["macro_recall"][0]
        axes.axhline(bundled, color="gray", linestyle="--", label="bundled model, no labels")
        axes.set_xscale("log")
        axes.set_xticks(SIZES, [f"{n:,}" for n in SIZES], minor=False)
        axes.minorticks_off()
        axes.set_title(title, fontsize=11)
        axes.set_xlabel("labels")
        axes.grid(alpha=0.3)
    panels[0].set_ylabel("macro recall")
    panels[0].yaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
    handles, names = panels[0].get_legend_handles_labels()
    figure.legend(handles, names, loc="lower center", ncol=3, frameon=False)
    figure.tight_layout(rect=(0, 0.13, 1, 1))
    figure.savefig(PLOT, dpi=110)


if __name__ == "__main__":
    main()
