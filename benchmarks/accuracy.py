"""Train and evaluate models with the commands that a user would run, and record the metrics.

    python benchmarks/accuracy.py                 # list the runs
    python benchmarks/accuracy.py imdb sst5       # run some of them; an interrupted run is resumed

Models are saved in $RNNSENT_MODELS_DIR, or in models/ if that is not set. A test split is read only by `evaluate`, after
every choice has been made.
"""

import json
import shlex
import subprocess
import sys
import time
from dataclasses import dataclass

from record import record

from rnnsent.checkpoint.store import BUNDLED, models_folder


@dataclass(frozen=True)
class Run:
    """Arguments of `rnnsent train`, or None for the bundled model, and arguments of `rnnsent evaluate` for each split."""

    train: str | None
    evaluate: tuple[str, ...]


VALIDATION_TENTH = "--set training.validation_fraction=0.1"
LAST_STATE = "--set model.max_ngram=0 --set model.pooling=last --set model.bidirectional=false"
RUNS = {
    "imdb": Run("imdb", ("imdb",)),
    "imdb-scratch": Run("imdb --from-scratch", ("imdb",)),
    "imdb-network": Run("imdb --from-scratch --set model.max_ngram=0", ("imdb",)),
    "imdb-best": Run("imdb --recipe best", ("imdb",)),
    "imdb-textbook": Run("imdb --recipe textbook", ("imdb",)),
    "imdb-lstm-last": Run(f"imdb {LAST_STATE}", ("imdb",)),
    "imdb-rnn-last": Run(f"imdb {LAST_STATE} --cell rnn", ("imdb",)),
    "sst2": Run(f"sst2 {VALIDATION_TENTH}", ("sst2 --split validation",)),
    "sst5": Run(f"sst5 {VALIDATION_TENTH}", ("sst5 --split validation",)),
    "chnsenticorp": Run(f"chnsenticorp {VALIDATION_TENTH}", ("chnsenticorp --split validation",)),
    "sentences": Run("sentences", ("sentences",)),
    "sst2-scratch": Run(f"sst2 --from-scratch {VALIDATION_TENTH}", ("sst2 --split validation",)),
    "sst5-scratch": Run(f"sst5 --from-scratch {VALIDATION_TENTH}", ("sst5 --split validation",)),
    "sentences-scratch": Run("sentences --from-scratch", ("sentences",)),
    "english": Run(None, ("imdb", "sst2 --split validation", "sentences")),
}
METRICS = ("n", "accuracy", "accuracy_interval", "macro_f1", "log_loss", "expected_calibration_error")


def run_rnnsent(arguments: str) -> str:
    """Run `rnnsent` and return its stdout; progress is printed on stderr."""
    command = [sys.executable, "-m", "rnnsent", *shlex.split(arguments)]
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout


def measure(name: str, run: Run) -> None:
    """Train the model unless it exists, evaluate it on every split, and record the metrics."""
    folder = models_folder() / name if run.train else BUNDLED / name
    train = f"train {run.train} --name {name}"
    start = time.perf_counter()
    if run.train and (is_interrupted(name) or not folder.is_dir()):
        run_rnnsent(train + (" --resume" if is_interrupted(name) else ""))
    seconds = time.perf_counter() - start
    history = [json.loads(line) for line in (folder / "history.jsonl").read_text().splitlines()]
    validation = next(iter(json.loads((folder / "metrics.json").read_text()).values()))
    for split in run.evaluate:
        metrics = json.loads(run_rnnsent(f"evaluate {split} --model {name if run.train else folder} --json"))
        record(
            "accuracy",
            f"{name} on {split}",
            {
                "train_command": f"rnnsent {train}" if run.train else f"make {name}",
                "evaluate_command": f"rnnsent evaluate {split} --model {name}",
                "train_seconds": round(sum(epoch["seconds"] for epoch in history)),
                "wall_seconds": round(seconds),
                "epochs": len(history),
                "validation": select_metrics(validation),
                "metrics": select_metrics(metrics),
                "accuracy_by_length": metrics["accuracy_by_length"],
            },
        )
        print(f"{name} on {split}: {metrics['accuracy']:.2%}", flush=True)


def select_metrics(metrics: dict[str, object]) -> dict[str, object]:
    return {key: metrics[key] for key in METRICS if key in metrics}


def is_interrupted(name: str) -> bool:
    return (models_folder() / f".{name}.resume" / "run.json").is_file()


def describe(name: str, run: Run) -> str:
    return f"{name}: {f'rnnsent train {run.train}' if run.train else 'bundled'}"


def main() -> None:
    names = sys.argv[1:]
    if not names or not set(names) <= RUNS.keys():
        sys.exit("\n".join(describe(name, run) for name, run in RUNS.items()))
    for name in names:
        measure(name, RUNS[name])


if __name__ == "__main__":
    main()
