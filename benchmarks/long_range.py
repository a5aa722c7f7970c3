"""RNN against LSTM against GRU on long-range dependence: recall the first of many tokens (after Hochreiter 1997).

A row is one of K signals followed by `distance` noise tokens; the label is the signal. Each cell is trained on rows
whose distances are drawn from 1 to 400, evenly on a log scale, as text has short and long ones, and scored on fresh
rows of six distances. It starts

- plainly: from PyTorch's own initial weights;
- as here: from the initial weights of this package (orthogonal recurrent matrices, open forget gates).

Beside it stands accuracy by review length, from the runs of accuracy.py. The figures go to results.json, the picture
to docs/long_range.png.

    python benchmarks/long_range.py          # train, record and draw
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
UPDATES = 1_500
WAYS = ("plainly", "as here")
BY_LENGTH = {"rnn": "imdb-rnn-last on imdb", "lstm": "imdb-lstm-last on imdb"}


def rows(generator: np.random.Generator, distance: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Ids (B, distance + 1) and labels (B,)."""
    labels = generator.integers(0, SIGNALS, BATCH)
    noise = generator.integers(SIGNALS, SIGNALS + NOISE, (BATCH, distance))
    return torch.from_numpy(np.column_stack([labels, noise])), torch.from_numpy(labels)


def trained(cell: Cell, seed: int, way: str) -> Classifier:
    """Trained on all distances, from the initial weights of one of the WAYS."""
    torch.manual_seed(seed)
    generator = np.random.default_rng(seed)
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
    if way == "as here":
        classifier.initialise()
    optimizer = torch.optim.Adam(classifier.parameters(), lr=3e-3)
    for _ in range(UPDATES):
        steps = round(float(np.exp(generator.uniform(0, np.log(DISTANCES[-1])))))
        ids, labels = rows(generator, steps)
        loss = F.cross_entropy(classifier(ids, torch.full((BATCH,), steps + 1)), labels)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(classifier.parameters(), 1.0)
        optimizer.step()
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


def measure() -> None:
    for way in WAYS:
        found: dict[str, dict[str, list[float]]] = {cell: {str(each): [] for each in DISTANCES} for cell in CELLS}
        for cell in CELLS:
            for seed in SEEDS:
                classifier = trained(cell, seed, way)
                for distance in DISTANCES:
                    found[cell][str(distance)].append(accuracy(classifier, distance, seed))
                scores = ", ".join(f"{each}: {found[cell][str(each)][-1]:.1%}" for each in DISTANCES)
                print(f"{cell} started {way}, seed {seed}: {scores}", flush=True)
        figures = {"chance": 1 / SIGNALS, "updates": UPDATES, "hidden": HIDDEN, "accuracy": found}
        record.record("long_range", way, {"command": "python benchmarks/long_range.py", **figures})


def draw() -> None:
    """Recall, a panel a way: the median over seeds as a line, every seed as a dot. IMDB: accuracy by band of length."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot

    entries = record.read()
    figure, panels = pyplot.subplots(1, 3, figsize=(13, 4), sharey=True)
    for panel, way in zip(panels, WAYS, strict=False):
        run = entries["long_range"][way]
        for cell, color, marker in zip(CELLS, COLORS, MARKERS, strict=True):
            scores: dict[str, list[float]] = run["accuracy"][cell]
            medians = [float(np.median(scores[str(each)])) for each in DISTANCES]
            panel.plot(DISTANCES, medians, color=color, marker=marker, label=cell.upper(), alpha=0.8)
            for distance in DISTANCES:
                panel.plot([distance] * len(SEEDS), scores[str(distance)], ".", color=color, alpha=0.4)
        panel.axhline(run["chance"], color="grey", linestyle="--", label="chance")
        ticks(panel, DISTANCES, "steps between the token and the answer", f"Recalling the first token, started {way}")
    panels[0].set(ylabel="accuracy", ylim=(0, 1.03))
    reviews = panels[2]
    for (cell, name), color in zip(BY_LENGTH.items(), COLORS, strict=False):
        bands = [band for band in entries["accuracy"][name]["by_length"] if band["n"] >= 100]
        longest = [band["longest"] for band in bands]
        reviews.plot(longest, [band["accuracy"] for band in bands], color=color, marker="o", label=cell.upper())
    ticks(reviews, longest, "tokens in the review, up to", "IMDB test reviews, the last state alone")
    figure.tight_layout()
    figure.savefig(PICTURE, dpi=110)


def ticks(axes: Any, places: Any, label: str, title: str) -> None:
    axes.set_xscale("log")
    axes.set_xticks(places, labels=list(map(str, places)))
    axes.minorticks_off()
    axes.set(xlabel=label, title=title)
    axes.legend(loc="lower left")


def main() -> None:
    if sys.argv[1:] != ["draw"]:
        measure()
    draw()


if __name__ == "__main__":
    main()
