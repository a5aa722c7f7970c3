"""The table of accuracies on README.md's first page, out of results.json, so that the two cannot part."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

import markdown_table

README = Path(__file__).parents[1] / "README.md"
BEGIN, END = "<!-- written by make results -->\n", "<!-- end -->\n"

COLUMNS = {"imdb": "IMDB test", "sst2": "SST-2 validation", "sentences": "`sentences` test"}
DEFAULTS = {"imdb": ("imdb", "imdb-seed-1", "imdb-seed-2"), "sst2": ("sst2",), "sentences": ("sentences",)}
PEERS = {
    "VADER": "VADER",
    "TextBlob": "TextBlob",
    "fastText, bigrams": "fastText, bigrams, trained",
    "TF-IDF 1-2 grams, logistic regression": "TF-IDF and logistic regression, trained",
    "NB-SVM 1-3 grams": "NB-SVM, trained",
}
MODELS = {"imdb-best": "`rnnsent train imdb --recipe best`", "english": "the English model that ships"}


def write(entries: Mapping[str, Mapping[str, Any]]) -> None:
    """Put the table between its marks."""
    before, _, rest = README.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    README.write_text(before + BEGIN + table(entries) + END + after, encoding="utf-8")


def table(entries: Mapping[str, Mapping[str, Any]]) -> str:
    scored = {name: run["score"]["accuracy"] for name, run in entries["accuracy"].items()}
    rows = [[title, *(_peer(entries["peers"], name, source) for source in COLUMNS)] for name, title in PEERS.items()]
    rows.append(["`rnnsent train`, defaults (IMDB: median of three seeds)", *_defaults(scored)])
    rows += [[title, *(_one(scored, f"{name} on {source}") for source in COLUMNS)] for name, title in MODELS.items()]
    rows.append([_teacher(entries["distil"]), *(_peer(entries["distil"], "transformer", source) for source in COLUMNS)])
    return "".join(f"{line}\n" for line in markdown_table.table(["", *COLUMNS.values()], rows))


def _defaults(scored: Mapping[str, float]) -> list[str]:
    of_seeds = (
        [value for name in names for value in _found(scored, f"{name} on {source}")]
        for source, names in DEFAULTS.items()
    )
    return [_percent([median(values)]) for values in of_seeds]


def _teacher(distil: Mapping[str, Any]) -> str:
    """What the transformer that taught the English model costs beside it."""
    slower = min(run["times_as_fast"] for name, run in distil.items() if name.startswith("LSTM"))
    size = next(run["megabytes"] for name, run in distil.items() if name.startswith("transformer"))
    return f"a MiniLM-L6 that taught it, {size:.0f} MB, at least {slower:.0f} times as slow"


def _peer(entries: Mapping[str, Any], name: str, source: str) -> str:
    return _percent([run["accuracy"] for key, run in entries.items() if key.startswith(f"{name} on {source} (")])


def _one(scored: Mapping[str, float], name: str) -> str:
    return _percent(_found(scored, name))


def _found(scored: Mapping[str, float], name: str) -> list[float]:
    """The figure on a source, whichever split of it is scored; none where it was not measured."""
    return [value for key, value in scored.items() if key == name or key.startswith(f"{name} --split")]


def _percent(values: Sequence[float]) -> str:
    return f"{values[0]:.1%}".removesuffix("%") if values else ""
