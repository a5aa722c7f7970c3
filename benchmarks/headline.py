"""The accuracy table in README.md, generated from results.json so that the two cannot differ."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

import markdown_table

README = Path(__file__).parents[1] / "README.md"
BEGIN, END = "<!-- written by make results -->\n", "<!-- end -->\n"

COLUMNS = {"imdb": "IMDB test", "sst2": "SST-2 validation", "sentences": "`sentences` test"}
TWEETS = "tweets, macro recall"  # three classes, from benchmarks/tradeoff.py
ON_TWEETS = {"fastText, bigrams": "fastText", "english": "rnnsent", "transformer": "MiniLM"}  # names there
DEFAULTS = {"imdb": ("imdb",), "sst2": ("sst2",), "sentences": ("sentences",)}
PEERS = {
    "VADER": "VADER",
    "TextBlob": "TextBlob",
    "fastText, bigrams": "fastText, bigrams, trained",
    "TF-IDF 1-2 grams, logistic regression": "TF-IDF and logistic regression, trained",
    "NB-SVM 1-3 grams": "NB-SVM, trained",
}
MODELS = {"imdb-best": "`rnnsent train imdb --recipe best`", "english": "bundled English model"}


def write(entries: Mapping[str, Mapping[str, Any]]) -> None:
    """Replace the table between the markers in README.md."""
    before, _, rest = README.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    README.write_text(before + BEGIN + table(entries) + END + after, encoding="utf-8")


def table(entries: Mapping[str, Mapping[str, Any]]) -> str:
    accuracies = {name: run["metrics"]["accuracy"] for name, run in entries["accuracy"].items()}
    distillation = entries["distillation"]
    rows = [
        [title, *(_format_peer(entries["peers"], name, source) for source in COLUMNS), _format_tweets(entries, name)]
        for name, title in PEERS.items()
    ]
    rows.append(["`rnnsent train`, defaults", *_format_defaults(accuracies), ""])
    rows += [
        [
            title,
            *(_format_percent(_find_accuracies(accuracies, f"{name} on {source}")) for source in COLUMNS),
            _format_tweets(entries, name),
        ]
        for name, title in MODELS.items()
    ]
    rows.append(
        [
            _describe_teacher(distillation),
            *(_format_peer(distillation, "transformer", source) for source in COLUMNS),
            _format_tweets(entries, "transformer"),
        ]
    )
    return "".join(f"{line}\n" for line in markdown_table.table(["", *COLUMNS.values(), TWEETS], rows))


def _format_tweets(entries: Mapping[str, Mapping[str, Any]], name: str) -> str:
    run = entries.get("tradeoff", {}).get(f"{ON_TWEETS.get(name, name)} on tweets")
    return _format_percent([run["macro_recall"]] if run else [])


def _format_defaults(accuracies: Mapping[str, float]) -> list[str]:
    """The accuracy of the default recipe on each source: the median over the seeds."""
    return [
        _format_percent(
            [median(value for name in names for value in _find_accuracies(accuracies, f"{name} on {source}"))]
        )
        for source, names in DEFAULTS.items()
    ]


def _describe_teacher(distillation: Mapping[str, Any]) -> str:
    """Size and relative speed of the transformer that taught the English model."""
    speedup = min(run["speedup"] for name, run in distillation.items() if name.startswith("LSTM"))
    size = next(run["size_mb"] for name, run in distillation.items() if name.startswith("transformer"))
    return f"MiniLM-L6, its teacher ({size:.0f} MB, at least {speedup:.0f} times slower)"


def _format_peer(entries: Mapping[str, Any], name: str, source: str) -> str:
    return _format_percent([run["accuracy"] for key, run in entries.items() if key.startswith(f"{name} on {source} (")])


def _find_accuracies(accuracies: Mapping[str, float], name: str) -> list[float]:
    """The accuracy of "MODEL on SOURCE", whichever split was evaluated; empty if it was not measured."""
    return [value for key, value in accuracies.items() if key == name or key.startswith(f"{name} --split")]


def _format_percent(values: Sequence[float]) -> str:
    return f"{values[0]:.1%}".removesuffix("%") if values else ""
