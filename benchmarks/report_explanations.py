"""The sections of docs/results.md on explanations and corrected shares."""

from collections.abc import Mapping
from typing import Any

from markdown_table import table

TOP = (1, 3, 5, 10)  # words, as in benchmarks/explanations.py


def format_explanations(runs: Mapping[str, Any]) -> list[str]:
    rows = [
        [
            name.rpartition(" on ")[2], name.rpartition(" on ")[0], f"{run['n']:,}",
            *(", ".join(f"{loss:.3f}" for loss in run[kind]) for kind in ("comprehensiveness", "sufficiency", "deletion")),
            f"{1000 * run['seconds']:.3g} ms",
        ]
        for name, run in runs.items()
    ]  # fmt: skip
    ks = ", ".join(map(str, TOP))
    header = ["texts", "ranking of words", "n", "comprehensiveness", "sufficiency", "deletion", "time per text"]
    return [
        "## Explanations",
        "",
        f"Mean loss of the predicted class's probability when the {ks} highest words of a ranking are replaced by the unknown token",
        "(comprehensiveness, higher is better), when only these stay (sufficiency, lower is better), and when they are cut out",
        "(deletion, higher is better), on the bundled model (`python benchmarks/explanations.py`). Such measures favor methods that",
        "take words away themselves.",
        "",
        *table(header, rows),
        "",
    ] if rows else []  # fmt: skip


def format_quantification(runs: Mapping[str, Any]) -> list[str]:
    rows = [
        [name, f"{run['n']:,}", f"{run['raw_error']:.1%}", f"{run['corrected_error']:.1%}", f"`{run['command']}`"]
        for name, run in runs.items()
    ]
    header = ["data set", "texts in a sample", "error of the shares", "error of the corrected shares", "command"]
    return [
        "## Shares of classes",
        "",
        "Samples of held-out texts with shifted shares of the classes, each drawn at random: the mean absolute error of the share of a class",
        "among the labels, and of the corrected share.",
        "",
        *table(header, rows),
        "",
    ] if rows else []  # fmt: skip
