"""Write docs/results.md and the first table of README.md out of results.json: `python benchmarks/report.py`, or `make results`."""

from collections.abc import Mapping
from pathlib import Path
from statistics import mean, median
from typing import Any

import headline
import record
from markdown_table import table

OUT = Path(__file__).parents[1] / "docs" / "results.md"

HEAD = """# Results

Written by `make results` from `benchmarks/results.json`, which the scripts beside it filled; change it there. Each
figure stands with its command. No test split chose anything: settings were tuned, and epochs chosen, on validation
splits cut from train. An interval is the 95 % Wilson interval of that split, one seed.
"""


def main() -> None:
    entries = record.read()
    parts = [
        HEAD,
        *accuracy(entries.get("accuracy", {})),
        *model_parts(entries.get("parts", {})),
        *probes(entries.get("probes", {})),
        *peers(entries.get("peers", {})),
        *distil(entries.get("distil", {})),
        *by_length(entries.get("accuracy", {})),
        *long_range(entries.get("long_range", {})),
        *speed(entries.get("speed", {})),
        *fast(entries.get("fast", {})),
        *ablation(entries.get("ablation", {})),
        *overlap(entries.get("overlap", {})),
        *machines(),
    ]
    OUT.write_text("\n".join(parts).rstrip() + "\n", encoding="utf-8")
    headline.write(entries)


def accuracy(runs: Mapping[str, Any]) -> list[str]:
    rows = [
        [
            f"`{run['train']}`",
            f"`{run['evaluate']}`",
            f"{run['score']['n']:,}",
            f"{run['score']['accuracy']:.2%} ({interval(run['score'])})",
            f"{run['score']['macro_f1']:.3f}",
            f"{run['score']['log_loss']:.3f}",
            f"{run['score']['expected_calibration_error']:.3f}"
            if "expected_calibration_error" in run["score"]
            else "-",
            f"{run['validation']['accuracy']:.2%}",
            f"{run['epochs']} in {run['train_seconds']:,} s",
            letter(run["on"]),
        ]
        for run in runs.values()
    ]
    header = [
        "trained by",
        "scored by",
        "texts",
        "accuracy (interval)",
        "macro F1",
        "log loss",
        "calibration error",
        "validation",
        "epochs",
        "on",
    ]
    return [
        "## Accuracy",
        "",
        *table(header, rows),
        "",
        "Validation stands for the score on the split that chose the epoch, which flatters: on IMDB its tenth is cut from",
        "train, which shares films with it and none with the test split (Maas et al. 2011). Seconds are those of the",
        "updates alone.",
        "",
    ]


def model_parts(runs: Mapping[str, Any]) -> list[str]:
    rows = [
        [
            name,
            f"{run['n']:,}",
            *(f"{run[part]:.2%}" for part in ("network", "ngrams", "together")),
            f"`{run['command']}`",
        ]
        for name, run in runs.items()
    ]
    header = ["model", "texts", "network alone", "n-grams alone", "together", "command"]
    return ["The two parts of a model:", "", *table(header, rows), ""] if rows else []


def probes(runs: Mapping[str, Any]) -> list[str]:
    lines = []
    for name, run in runs.items():
        kinds = ", ".join(f"{kind} {right}" for kind, right in run.items() if " of " in str(right))
        lines += [f"Right of the short texts in benchmarks/probes.csv, {name} (`{run['command']}`): {kinds}.", ""]
    return lines


def peers(runs: Mapping[str, Any]) -> list[str]:
    rows = [
        [
            name,
            f"{run['n']:,}",
            f"{run['accuracy']:.2%}",
            f"{run['seconds']:,} s",
            f"`{run['command']}`",
            letter(run["on"]),
        ]
        for name, run in runs.items()
    ]
    return [
        "## Other tools on the same splits",
        "",
        *table(["tool", "texts", "accuracy", "training and scoring", "command", "on"], rows),
        "",
    ]


def distil(runs: Mapping[str, Any]) -> list[str]:
    rows = [
        [
            name, f"{run['n']:,}", f"{run['accuracy']:.2%}", f"{run['megabytes']} MB", f"{run['texts_per_second']:,}",
            f"{run['times_as_fast']:g}", f"`{run['command']}`", letter(run["on"]),
        ]
        for name, run in sorted(runs.items(), key=lambda item: (item[0].partition(" on ")[2], item[0]))
    ]  # fmt: skip
    header = ["scored by", "texts", "accuracy", "size", "texts/s", "times as fast", "command", "on"]
    return ["## A transformer and the LSTM that it taught", "", *table(header, rows), ""] if rows else []


def by_length(runs: Mapping[str, Any]) -> list[str]:
    shown = {name: runs[name] for name in ("imdb-rnn-last on imdb", "imdb-lstm-last on imdb") if name in runs}
    if not shown:
        return []
    bands = sorted(
        {(band["shortest"], band["longest"], band["n"]) for run in shown.values() for band in run["by_length"]}
    )
    found = {name: {band["shortest"]: band["accuracy"] for band in run["by_length"]} for name, run in shown.items()}
    rows = [
        [f"{shortest}-{longest}", f"{count:,}", *(f"{found[name][shortest]:.1%}" for name in shown)]
        for shortest, longest, count in bands
    ]
    return [
        "## Long-range dependence",
        "",
        "Accuracy on the IMDB test reviews by length in tokens, one direction and its last state alone:",
        "",
        *table(["tokens", "texts", *(f"`{run['train']}`" for run in shown.values())], rows),
        "",
    ]


def long_range(runs: Mapping[str, Any]) -> list[str]:
    lines = []
    for way, run in runs.items():
        distances = sorted(next(iter(run["accuracy"].values())), key=int)
        rows = [
            [cell.upper(), *(", ".join(f"{each:.0%}" for each in found[distance]) for distance in distances)]
            for cell, found in run["accuracy"].items()
        ]
        lines += [
            f"Recalling the first token after so many others, trained {way} (`{run['command']}`, {letter(run['on'])}), each seed:",
            "",
            *table(["cell", *distances], rows),
            "",
        ]
    return [*lines, "![accuracy by distance and by length](long_range.png)", ""] if lines else []


def speed(rows: Mapping[str, Any]) -> list[str]:
    if not rows:
        return []
    lines = []
    for what, row in rows.items():
        figures, unit = row["figures"], row["unit"]
        middle, bar = median(figures), row["bar"]
        missed = bar is not None and not record.is_met(middle, bar, at_most=row["at_most"])
        spread = f"{min(figures):.3g} to {max(figures):.3g}, {len(figures)}"
        lines.append(
            [
                what,
                "-" if bar is None else f"{'at most ' if row['at_most'] else ''}{bar:g}{unit}",
                "-" if bar is None else f"{row['aim']:g}{unit}",
                f"{middle:.3g}{unit}" + (" (missed)" if missed else ""),
                spread,
                f"`{row['command']}`",
                letter(row["on"]),
            ]
        )
    header = ["what", "bar", "aim", "measured (median)", "range and number of pairs", "command", "on"]
    return [
        "## Speed",
        "",
        *table(header, lines),
        "",
        "Each but those of memory is a ratio of runs taken in turn on one machine. Streams are whole processes, from a file of lines to a file of",
        "answers, start included; what they are compared with is given token ids that are ready. `nn.LSTM` has the weights of",
        "the English model, its best batch size, and as many threads as PyTorch takes. VADER is a whole process too. The two",
        "rows of `nn.LSTM` against VADER say what this machine's float32 arithmetic would allow if all else took no time.",
        "",
        "![each row against its bar](speed.png)",
        "",
    ]


def fast(runs: Mapping[str, Any]) -> list[str]:
    lines = []
    for name, run in runs.items():
        plain, quick = run["accuracy"]
        lines += [
            f"`--fast` on {name} ({run['n']:,} texts, `{run['command']}`, {letter(run['on'])}): {run['same_label']:.2%} of the labels are those of",
            f"float32, accuracy is {quick:.2%} where that has {plain:.2%}, and no probability differs by more than {run['largest_difference']:.3f}.",
            "",
        ]
    return lines


def ablation(runs: Mapping[str, Any]) -> list[str]:
    """A table a source: medians over the seeds, and the mean difference to the same seeds of the recipe as it is."""
    sources = list(dict.fromkeys(name.partition(": ")[0] for name in runs))
    lines = ["## What each block gives", ""] if runs else []
    for source in sources:
        base = runs.get(f"{source}: as it is")
        rows = []
        for name, run in runs.items():
            if name.partition(": ")[0] == source:
                gains = [after - before for after, before in zip(run["accuracy"], base["accuracy"], strict=True)]
                rows.append(
                    [
                        name.partition(": ")[2],
                        f"{median(run['accuracy']):.2%}",
                        f"{round(100 * mean(gains), 2) + 0.0:+.2f} ({', '.join(f'{100 * each:+.1f}' for each in gains)})",
                        f"{median(run['network_accuracy']):.2%}",
                        f"{median(run['log_loss']):.3f}",
                    ]
                )
        header = ["block", "accuracy", "points gained (each seed)", "network alone", "log loss"]
        command, seeds = base["command"], len(base["accuracy"])
        lines += [
            f"The default recipe on {source}, on a tenth of train, medians of {seeds} seeds (`{command}`, {letter(base['on'])}):",
            "",
            *table(header, rows),
            "",
        ]
    return lines


def overlap(runs: Mapping[str, Any]) -> list[str]:
    rows = [
        [part, *(f"{run[key]:,}" for key in ("texts", "same_words", "left_out", "remaining"))]
        for part, run in runs.items()
    ]
    header = [
        "learned from",
        "texts",
        "with the words of a scored one",
        "left out as near duplicates",
        "of either remain",
    ]
    return ["## What the English model learns and what it is scored on", "", *table(header, rows), ""] if rows else []


_machines: list[str] = []


def letter(machine: str) -> str:
    """A short name for a machine; what it is stands at the end."""
    if machine not in _machines:
        _machines.append(machine)
    return "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[_machines.index(machine)]


def machines() -> list[str]:
    return ["## Machines", "", *(f"- {letter(machine)}: {machine}" for machine in list(_machines))]


def interval(figures: Mapping[str, Any]) -> str:
    low, high = figures["accuracy_interval"]
    return f"{low:.2%} to {high:.2%}"


if __name__ == "__main__":
    main()
