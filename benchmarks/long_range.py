"""RNN against LSTM against GRU on long-range dependence: recall the first of many tokens (after Hochreiter 1997).

A row is one of K signals followed by `distance` noise tokens; the label is the signal. Scored on fresh rows, trained

- plainly: on rows of that distance alone, from PyTorch's own initial weights, until the loss is small or the updates
  are spent;
- as here: on distances drawn from 1 to 400, evenly on a log scale, as text has short and long ones, from the initial
  weights of this package (orthogonal recurrent matrices, open forget gates).

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
COLORS = ("tab:red", "tab:blue", "tab:green")
DISTANCES = (10, 25, 50, 100, 200, 400)
SEEDS = (0, 1, 2)
SIGNALS, NOISE = 4, 8
BATCH, SCORED, HIDDEN = 64, 10, 32
PLAIN_UPDATES, UPDATES = 600, 1_500
ENOUGH = 0.01  # a loss at which a plain training has learned its distance
BY_LENGTH = {"rnn": "imdb-rnn-last on imdb", "lstm": "imdb-lstm-last on imdb"}


def rows(generator: np.random.Generator, distance: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Ids (B, distance + 1) and labels (B,)."""
    labels = generator.integers(0, SIGNALS, BATCH)
    noise = generator.integers(SIGNALS, SIGNALS + NOISE, (BATCH, distance))
    return torch.from_numpy(np.column_stack([labels, noise])), torch.from_numpy(labels)


def trained(cell: Cell, seed: int, distance: int | None) -> Classifier:
    """Plainly at one distance, or as here at all of them."""
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
    if distance is None:
        classifier.initialise()
    optimizer = torch.optim.Adam(classifier.parameters(), lr=3e-3)
    for _ in range(PLAIN_UPDATES if distance else UPDATES):
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


def measure() -> None:
    for way in ("plainly", "as here"):
        found: dict[str, dict[str, list[float]]] = {cell: {str(each): [] for each in DISTANCES} for cell in CELLS}
        for cell in CELLS:
            for seed in SEEDS:
                whole = trained(cell, seed, None) if way == "as here" else None
                for distance in DISTANCES:
                    classifier = whole or trained(cell, seed, distance)
                    found[cell][str(distance)].append(accuracy(classifier, distance, seed))
                scores = ", ".join(f"{each}: {found[cell][str(each)][-1]:.1%}" for each in DISTANCES)
                print(f"{cell} trained {way}, seed {seed}: {scores}", flush=True)
        record.record(
            "long_range",
            way,
            {
                "command": "python benchmarks/long_range.py",
                "chance": 1 / SIGNALS,
                "updates": PLAIN_UPDATES if way == "plainly" else UPDATES,
                "hidden": HIDDEN,
                "accuracy": found,
            },
        )


def draw() -> None:
    """Recall: the median over seeds as a line, every seed as a dot. IMDB: accuracy by band of length."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot

    entries = record.read()
    figure, (recall, reviews) = pyplot.subplots(1, 2, figsize=(10, 4), sharey=True)
    for way, line in (("plainly", "-"), ("as here", ":")):
        found: dict[str, dict[str, list[float]]] = entries["long_range"][way]["accuracy"]
        for cell, color in zip(CELLS, COLORS, strict=True):
            medians = [float(np.median(found[cell][str(each)])) for each in DISTANCES]
            recall.plot(DISTANCES, medians, line, color=color, marker="o", label=f"{cell.upper()}, trained {way}")
            for distance in DISTANCES:
                recall.plot([distance] * len(SEEDS), found[cell][str(distance)], ".", color=color, alpha=0.4)
    recall.axhline(entries["long_range"]["plainly"]["chance"], color="grey", linestyle="--", label="chance")
    ticks(recall, DISTANCES, "steps between the token and the answer", "Recalling the first token")
    recall.set(ylabel="accuracy", ylim=(0, 1.03))
    for (cell, name), color in zip(BY_LENGTH.items(), COLORS, strict=False):
        bands = [band for band in entries["accuracy"][name]["by_length"] if band["n"] >= 100]
        longest = [band["longest"] for band in bands]
        reviews.plot(longest, [band["accuracy"] for band in bands], color=color, marker="o", label=cell.upper())
    ticks(reviews, longest, "tokens in the review, up to", "IMDB test reviews, the last state alone")
    figure.tight_layout()
    figure.savefig(PICTURE, dpi=120)


def ticks(axes: Any, places: Any, label: str, title: str) -> None:
    axes.set_xscale("log")
    axes.set_xticks(places, labels=list(map(str, places)))
    axes.minorticks_off()
    axes.set(xlabel=label, title=title)
    axes.legend()


def main() -> None:
    if sys.argv[1:] != ["draw"]:
        measure()
    draw()


if __name__ == "__main__":
    main()
