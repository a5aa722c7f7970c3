"""RNN, LSTM and GRU on long-range dependence: recall the first of many tokens (after Hochreiter and Schmidhuber 1997).

An input is one of K signals followed by `distance` noise tokens; the label is the signal. Accuracy is measured on newly
generated inputs. There are three training setups:

- "default-init": one distance, from PyTorch's default initialization;
- "orthogonal-init": one distance, from this package's initialization (orthogonal recurrent matrices, open forget gates);
- "mixed-distances": the same initialization, on distances from 1 to 400 drawn log-uniformly, because real text contains
  both short and long dependencies.

Training at a single distance stops when the loss is low or the step budget is used up.

The plot also shows accuracy by review length, from the runs of accuracy.py. Values are recorded in results.json; the
plot is written to docs/long_range.png.

    python benchmarks/long_range.py               # train with every setup, record and plot
    python benchmarks/long_range.py default-init  # one setup
    python benchmarks/long_range.py plot          # plot the recorded values
"""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import record
import torch
from torch.nn import functional as F

from rnnsent.config import Cell, ModelConfig
from rnnsent.network.classifier import Classifier

PLOT = Path(__file__).parents[1] / "docs" / "long_range.png"
CELLS: tuple[Cell, ...] = ("rnn", "lstm", "gru")
COLORS, MARKERS = ("tab:red", "tab:blue", "tab:green"), ("o", "s", "^")
DISTANCES = (10, 25, 50, 100, 200, 400)
SEEDS = (0, 1, 2)
N_SIGNALS, N_NOISE_TOKENS = 4, 8
BATCH_SIZE, EVALUATION_BATCHES, HIDDEN_SIZE = 64, 10, 32
CONVERGED_LOSS = 0.01  # training at a single distance stops below this loss
MIN_BAND_TEXTS = 100  # length bands with fewer reviews are not plotted
DEFAULT_INIT, ORTHOGONAL_INIT, MIXED_DISTANCES = "default-init", "orthogonal-init", "mixed-distances"
MAX_STEPS = {DEFAULT_INIT: 600, ORTHOGONAL_INIT: 600, MIXED_DISTANCES: 1_500}
TITLES = {
    DEFAULT_INIT: "one distance, default initialization",
    ORTHOGONAL_INIT: "one distance, orthogonal initialization",
    MIXED_DISTANCES: "mixed distances, orthogonal initialization",
}
RUNS_BY_LENGTH = {"rnn": "imdb-rnn-last on imdb", "lstm": "imdb-lstm-last on imdb"}


def make_batch(generator: np.random.Generator, distance: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Ids (B, distance + 1) and labels (B,)."""
    labels = generator.integers(0, N_SIGNALS, BATCH_SIZE)
    noise = generator.integers(N_SIGNALS, N_SIGNALS + N_NOISE_TOKENS, (BATCH_SIZE, distance))
    return torch.from_numpy(np.column_stack([labels, noise])), torch.from_numpy(labels)


def train_classifier(cell: Cell, seed: int, setup: str, distance: int | None) -> Classifier:
    """Train with one of the setups at one distance; None draws a new distance for every batch."""
    torch.manual_seed(seed)
    generator = np.random.default_rng([seed, distance or 0])
    config = ModelConfig(
        cell=cell,
        hidden_size=HIDDEN_SIZE,
        embedding_dim=16,
        bidirectional=False,
        pooling="last",
        dropout=0.0,
        embedding_dropout=0.0,
    )
    classifier = Classifier(config, vocabulary=N_SIGNALS + N_NOISE_TOKENS, classes=N_SIGNALS)
    if setup != DEFAULT_INIT:
        classifier.initialize()
    optimizer = torch.optim.Adam(classifier.parameters(), lr=3e-3)
    for _ in range(MAX_STEPS[setup]):
        batch_distance = distance or round(float(np.exp(generator.uniform(0, np.log(DISTANCES[-1])))))
        ids, labels = make_batch(generator, batch_distance)
        loss = F.cross_entropy(classifier(ids, torch.full((BATCH_SIZE,), batch_distance + 1)), labels)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(classifier.parameters(), 1.0)
        optimizer.step()
        if distance and loss.item() < CONVERGED_LOSS:
            break
    return classifier.eval()


@torch.inference_mode()
def measure_accuracy(classifier: Classifier, distance: int, seed: int) -> float:
    """Accuracy on newly generated inputs."""
    generator = np.random.default_rng([seed, distance])
    lengths = torch.full((BATCH_SIZE,), distance + 1)
    accuracies = []
    for _ in range(EVALUATION_BATCHES):
        ids, labels = make_batch(generator, distance)
        accuracies.append(float((classifier(ids, lengths).argmax(dim=1) == labels).float().mean()))
    return sum(accuracies) / EVALUATION_BATCHES


def measure(setup: str) -> None:
    """Train every cell with every seed, and record the accuracy at every distance."""
    accuracy: dict[str, dict[str, list[float]]] = {
        cell: {str(distance): [] for distance in DISTANCES} for cell in CELLS
    }
    for cell in CELLS:
        for seed in SEEDS:
            shared = train_classifier(cell, seed, setup, None) if setup == MIXED_DISTANCES else None
            for distance in DISTANCES:
                classifier = shared or train_classifier(cell, seed, setup, distance)
                accuracy[cell][str(distance)].append(measure_accuracy(classifier, distance, seed))
            summary = ", ".join(f"{distance}: {accuracy[cell][str(distance)][-1]:.1%}" for distance in DISTANCES)
            print(f"{cell}, {setup}, seed {seed}: {summary}", flush=True)
    values = {
        "chance": 1 / N_SIGNALS,
        "max_steps": MAX_STEPS[setup],
        "hidden_size": HIDDEN_SIZE,
        "accuracy": accuracy,
    }
    record.record("long_range", setup, {"command": f"python benchmarks/long_range.py {setup}", **values})


def plot() -> None:
    """One panel per setup, with the median over seeds as a line and every seed as a dot; one of IMDB by review length."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot

    entries = record.read()
    figure, axes = pyplot.subplots(2, 2, figsize=(11, 8))
    *recall_axes, review_axes = axes.flat
    for panel, setup in zip(recall_axes, MAX_STEPS, strict=True):
        run = entries["long_range"][setup]
        for cell, color, marker in zip(CELLS, COLORS, MARKERS, strict=True):
            accuracies: dict[str, list[float]] = run["accuracy"][cell]
            medians = [float(np.median(accuracies[str(distance)])) for distance in DISTANCES]
            panel.plot(DISTANCES, medians, color=color, marker=marker, label=cell.upper(), alpha=0.8)
            for distance in DISTANCES:
                panel.plot([distance] * len(SEEDS), accuracies[str(distance)], ".", color=color, alpha=0.4)
        panel.axhline(run["chance"], color="grey", linestyle="--", label="chance")
        label_axes(panel, DISTANCES, "distance in tokens", f"Recall of the first token: {TITLES[setup]}")
        panel.set(ylabel="accuracy", ylim=(0, 1.03))
    for (cell_name, name), color in zip(RUNS_BY_LENGTH.items(), COLORS, strict=False):
        bands = [band for band in entries["accuracy"][name]["accuracy_by_length"] if band["n"] >= MIN_BAND_TEXTS]
        upper_bounds = [band["max_tokens"] for band in bands]
        accuracies_by_length = [band["accuracy"] for band in bands]
        review_axes.plot(upper_bounds, accuracies_by_length, color=color, marker="o", label=cell_name.upper())
    label_axes(
        review_axes, upper_bounds, "review length in tokens, upper bound", "IMDB test, unidirectional, last state"
    )
    review_axes.set(ylabel="accuracy", ylim=(0.7, 1.0))
    figure.tight_layout()
    figure.savefig(PLOT, dpi=110)


def label_axes(axes: Any, ticks: Sequence[int], label: str, title: str) -> None:
    axes.set_xscale("log")
    axes.set_xticks(ticks, labels=list(map(str, ticks)))
    axes.minorticks_off()
    axes.set(xlabel=label)
    axes.set_title(title, fontsize=11)
    axes.legend(loc="lower left")


def main() -> None:
    for argument in sys.argv[1:] or list(MAX_STEPS):
        if argument != "plot":
            measure(argument)
    plot()


if __name__ == "__main__":
    main()
