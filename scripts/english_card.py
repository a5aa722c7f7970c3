"""The notes in the model card of the English model: scripts/english.md with tables of its data and of its scores by domain.

    python scripts/english_card.py CARD      # replaces the notes in a card, after benchmarks/domains.py

The scores are those in benchmarks/results.json.
"""

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from corpora import EVALUATION_ONLY, LABELED, UNLABELED, Corpus, License

ROOT = Path(__file__).parents[1]
NOTES, RESULTS = ROOT / "scripts" / "english.md", ROOT / "benchmarks" / "results.json"
FIRST_HEADING = "## How the English model was built"
USES: Mapping[License, str] = {
    "open": "labels and texts",
    "research": "labels for the teachers, texts for the pool",
    "restricted": "evaluation only",
}


def main() -> None:
    path = Path(sys.argv[1])
    path.write_text(add_notes(path.read_text(encoding="utf-8")), encoding="utf-8")


def add_notes(card: str) -> str:
    """The card with the notes at its end, in place of earlier ones."""
    return card.partition(FIRST_HEADING)[0].rstrip() + "\n\n" + render_notes()


def render_notes() -> str:
    results = json.loads(RESULTS.read_text(encoding="utf-8"))
    tables = {"{data}": describe_data(), "{scores}": describe_scores(results.get("domains", {}))}
    text = NOTES.read_text(encoding="utf-8")
    for slot, table in tables.items():
        text = text.replace(slot, table)
    return text


def describe_data() -> str:
    rows = [
        (corpus.name, corpus.domain, corpus.license, _describe_use(corpus), corpus.origin)
        for corpus in (*LABELED, *UNLABELED, *EVALUATION_ONLY)
    ]
    return _format_table(("corpus", "domain", "license", "used for", "origin"), rows)


def _describe_use(corpus: Corpus) -> str:
    return "texts for the pool" if corpus in UNLABELED else USES[corpus.license]


def describe_scores(entries: Mapping[str, Mapping[str, Any]]) -> str:
    """The scores of the English model on held-out texts, by domain."""
    scores = [
        (entry["domain"], key.partition(" on ")[2], entry)
        for key, entry in entries.items()
        if key.startswith("english on ")
    ]
    rows = [
        (
            domain,
            name,
            str(entry["n_classes"]),
            f"{entry['n']:,}",
            f"{entry['accuracy']:.1%} ({entry['interval'][0]:.1%} to {entry['interval'][1]:.1%})",
            f"{entry['macro_recall']:.1%}",
            f"{entry['ece']:.3f}",
        )
        for domain, name, entry in sorted(scores, key=lambda score: score[:2])
    ]
    return _format_table(
        ("domain", "corpus", "classes", "texts", "accuracy (95% interval)", "macro recall", "ECE"), rows
    )


def _format_table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


if __name__ == "__main__":
    main()
