"""RNN against LSTM against GRU on long-range dependence: recall the first of many tokens (after Hochreiter 1997).

A row is one of K signals followed by `distance` noise tokens; the label is the signal. Scored on fresh rows, trained in
three ways:

- "plainly": on rows of that distance alone, from PyTorch's own initial weights;
- "orthogonally": the same from the initial weights of this package (orthogonal recurrent matrices, open forget gates);
- "as here": from those, on distances drawn from 1 to 400, evenly on a log scale, as text has short and long ones.

A training at one distance ends when its loss is small or its updates are spent.

Beside it stands accuracy by review length, from the runs of accuracy.py. The figures go to results.json, the picture
to docs/long_range.png.

    python benchmarks/long_range.py          # train in every way, record and draw
    python benchmarks/long_range.py plainly  # one way alone
    python benchmarks/long_range.py draw     # draw what was recorded
"""

import sys
from pathlib import Path
from typing import Any

import numpy as np
import record
import torch
from torch.nn import functional as F

from rnnsent.config import Cell, ModelConfig
from rnnsent.model.classifier import Classifier

PICTURE = Path(__file__).parents[1] / "docs" / "long_range.png"
CELLS: tuple[Cell, ...] = ("rnn", "lstm", "gru")
COLORS, MARKERS = ("tab:red", "tab:blue", "tab:green"), ("o", "s", "^")
DISTANCES = (10, 25, 50, 100, 200, 400)
SEEDS = (0, 1, 2)
SIGNALS, NOISE = 4, 8
BATCH, SCORED, HIDDEN = 64, 10, 32
ENOUGH = 0.01  # a loss at which a training at one distance has learned it
UPDATES = {"plainly": 600, "orthogonally": 600, "as here": 1_500}
BY_LENGTH = {"rnn": "imdb-rnn-last on imdb", "lstm": "imdb-lstm-last on imdb"}


def rows(generator: np.random.Generator, distance: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Ids (B, distance + 1) and labels (B,)."""
    labels = generator.integers(0, SIGNALS, BATCH)
    noise = generator.integers(SIGNALS, SIGNALS + NOISE, (BATCH, distance))
    return torch.from_numpy(np.column_stack([labels, noise])), torch.from_numpy(labels)


def trained(cell: Cell, seed: int, way: str, distance: int | None) -> Classifier:
    """Trained in one of the ways, at one distance, or at all where it is None."""
    torch.manual_seed(seed)
    generator = np.random.default_rng([seed, distance or 0])
    config = ModelConfig(
        cell=cell,
        hidden=HIDDEN,
        embedding_dim=16,
        bidirectional=False,
        pooling="last",
        dropout=0.0,
        embedding_dropout=0.0,
    )
    classifier = Classifier(config, vocabulary=SIGNALS + NOISE, classes=SIGNALS)
    if way != "plainly":
        classifier.initialise()
    optimizer = torch.optim.Adam(classifier.parameters(), lr=3e-3)
    for _ in range(UPDATES[way]):
        steps = distance or round(float(np.exp(generator.uniform(0, np.log(DISTANCES[-1])))))
        ids, labels = rows(generator, steps)
        loss = F.cross_entropy(classifier(ids, torch.full((BATCH,), steps + 1)), labels)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(classifier.parameters(), 1.0)
        optimizer.step()
        if distance and loss.item() < ENOUGH:
            break
    return classifier.eval()


@torch.inference_mode()
def accuracy(classifier: Classifier, distance: int, seed: int) -> float:
    """The share of fresh rows that it answers rightly."""
    generator = np.random.default_rng([seed, distance])
    right = []
    for _ in range(SCORED):
        ids, labels = rows(generator, distance)
        right.append(
            float((classifier(ids, torch.full((BATCH,), distance + 1)).argmax(dim=1) == labels).float().mean())
        )
    return sum(right) / SCORED


def measure(way: str) -> None:
    found: dict[str, dict[str, list[float]]] = {cell: {str(each): [] for each in DISTANCES} for cell in CELLS}
    for cell in CELLS:
        for seed in SEEDS:
            whole = trained(cell, seed, way, None) if way == "as here" else None
            for distance in DISTANCES:
                classifier = whole or trained(cell, seed, way, distance)
                found[cell][str(distance)].append(accuracy(classifier, distance, seed))
            scores = ", ".join(f"{each}: {found[cell][str(each)][-1]:.1%}" for each in DISTANCES)
            print(f"{cell} trained {way}, seed {seed}: {scores}", flush=True)
    figures = {"chance": 1 / SIGNALS, "updates": UPDATES[way], "hidden": HIDDEN, "accuracy": found}
    record.record("long_range", way, {"command": f"python benchmarks/long_range.py '{way}'", **figures})


def draw() -> None:
    """Recall, a panel a way: the median over seeds as a line, every seed as a dot. IMDB: accuracy by band of length."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot

    entries = record.read()
    figure, panels = pyplot.subplots(2, 2, figsize=(11, 8))
    *recalls, reviews = panels.flat
    for panel, way in zip(recalls, UPDATES, strict=True):
        run = entries["long_range"][way]
        for cell, color, marker in zip(CELLS, COLORS, MARKERS, strict=True):
            scores: dict[str, list[float]] = run["accuracy"][cell]
            medians = [float(np.median(scores[str(each)])) for each in DISTANCES]
            panel.plot(DISTANCES, medians, color=color, marker=marker, label=cell.upper(), alpha=0.8)
            for distance in DISTANCES:
                panel.plot([distance] * len(SEEDS), scores[str(distance)], ".", color=color, alpha=0.4)
        panel.axhline(run["chance"], color="grey", linestyle="--", label="chance")
        ticks(panel, DISTANCES, "steps between the token and the answer", f"Recalling the first token, trained {way}")
        panel.set(ylabel="accuracy", ylim=(0, 1.03))
    for (cell, name), color in zip(BY_LENGTH.items(), COLORS, strict=False):
        bands = [band for band in entries["accuracy"][name]["by_length"] if band["n"] >= 100]
        longest = [band["longest"] for band in bands]
        reviews.plot(longest, [band["accuracy"] for band in bands], color=color, marker="o", label=cell.upper())
    ticks(reviews, longest, "tokens in the review, up to", "IMDB test reviews, the last state alone")
    reviews.set(ylabel="accuracy", ylim=(0.7, 1.0))
    figure.tight_layout()
    figure.savefig(PICTURE, dpi=110)


def ticks(axes: Any, places: Any, label: str, title: str) -> None:
    axes.set_xscale("log")
    axes.set_xticks(places, labels=list(map(str, places)))
    axes.minorticks_off()
    axes.set(xlabel=label, title=title)
    axes.legend(loc="lower left")


def main() -> None:
    asked = sys.argv[1:] or list(UPDATES)
    for way in asked:
        if way != "draw":
            measure(way)
    draw()


if __name__ == "__main__":
    main()
