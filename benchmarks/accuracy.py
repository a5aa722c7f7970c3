"""Train and evaluate as a user would, each step a command of its own, and record the figures.

    python benchmarks/accuracy.py                 # list the runs
    python benchmarks/accuracy.py imdb sst5       # some of them; a run that was stopped goes on

The models go to $RNNSENT_MODELS_DIR, else models/. A test split is read by `evaluate` alone, after all was chosen.
"""

import json
import shlex
import subprocess
import sys
import time
from dataclasses import dataclass

from record import record

from rnnsent.model.store import SHIPPED, models_folder


@dataclass(frozen=True)
class Run:
    """A model: how it is trained, None for the one that ships, and the splits that it is scored on."""

    train: str | None
    evaluate: tuple[str, ...]


RUNS = {
    "imdb": Run("imdb", ("imdb",)),
    "imdb-seed-1": Run("imdb --seed 1", ("imdb",)),
    "imdb-seed-2": Run("imdb --seed 2", ("imdb",)),
    "imdb-network": Run("imdb --ngrams 0", ("imdb",)),
    "imdb-best": Run("imdb --recipe best", ("imdb",)),
    "imdb-textbook": Run("imdb --recipe textbook", ("imdb",)),
    "imdb-lstm-last": Run("imdb --ngrams 0 --pooling last --no-bidirectional", ("imdb",)),
    "imdb-rnn-last": Run("imdb --ngrams 0 --pooling last --no-bidirectional --cell rnn", ("imdb",)),
    "sst2": Run("sst2 --validation 0.1", ("sst2 --split validation",)),
    "sst5": Run("sst5 --validation 0.1", ("sst5 --split validation",)),
    "chnsenticorp": Run("chnsenticorp --validation 0.1", ("chnsenticorp --split validation",)),
    "sentences": Run("sentences", ("sentences",)),
    "sst5-from-english": Run(
        "sst5 --validation 0.1 --fine-tune english --learning-rate 5e-4", ("sst5 --split validation",)
    ),
    "english": Run(None, ("imdb", "sst2 --split validation", "sentences")),
}


def rnnsent(arguments: str) -> str:
    """What a command prints on stdout; its progress goes to stderr as ever."""
    command = [sys.executable, "-m", "rnnsent", *shlex.split(arguments)]
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout


def measure(name: str, run: Run) -> None:
    folder = models_folder() / name if run.train else SHIPPED / name
    train = f"train {run.train} --name {name}"
    start = time.perf_counter()
    if not folder.is_dir() or resumable(name):
        rnnsent(train + (" --resume" if resumable(name) else ""))
    seconds = time.perf_counter() - start
    history = [json.loads(line) for line in (folder / "history.jsonl").read_text().splitlines()]
    validation = next(iter(json.loads((folder / "metrics.json").read_text()).values()))
    for split in run.evaluate:
        evaluate = f"evaluate {split} --model {name if run.train else folder}"
        figures = json.loads(rnnsent(evaluate + " --json"))
        record(
            "accuracy",
            f"{name} on {split}",
            {
                "train": f"rnnsent {train}" if run.train else f"make {name}",
                "evaluate": f"rnnsent evaluate {split} --model {name}",
                "train_seconds": round(sum(epoch["seconds"] for epoch in history)),
                "wall_seconds": round(seconds),
                "epochs": len(history),
                "validation": figures_of(validation),
                "score": figures_of(figures),
                "by_length": figures["accuracy_by_length"],
            },
        )
        print(f"{name} on {split}: {figures['accuracy']:.2%}", flush=True)


def figures_of(metrics: dict[str, object]) -> dict[str, object]:
    keys = ("n", "accuracy", "accuracy_interval", "macro_f1", "log_loss", "expected_calibration_error")
    return {key: metrics[key] for key in keys if key in metrics}


def resumable(name: str) -> bool:
    return (models_folder() / f".{name}.resume" / "run.json").is_file()


def main() -> None:
    names = sys.argv[1:]
    if not names or not set(names) <= RUNS.keys():
        sys.exit(
            "\n".join(f"{name}: {f'rnnsent train {run.train}' if run.train else 'ships'}" for name, run in RUNS.items())
        )
    for name in names:
        measure(name, RUNS[name])


if __name__ == "__main__":
    main()
