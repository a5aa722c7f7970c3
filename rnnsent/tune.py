"""A search over a recipe's main settings within a time budget, judged on the validation split, by Optuna.

A generator of trials, so that printing stays outside. Every trial learns from the same material; a setting that the
user gave is not searched. A trial that stands below the median of those before it, epoch by epoch, is cut short.
"""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rnnsent.atomic import write_text
from rnnsent.config import Recipe
from rnnsent.data.sources import find_source, read_corpus
from rnnsent.errors import SettingsError
from rnnsent.model.resume import ResumeState
from rnnsent.model.store import new_path
from rnnsent.request import Request, check_place, default_name, resolve_recipe
from rnnsent.train import stages

if TYPE_CHECKING:
    from optuna.trial import Trial as OptunaTrial

    from rnnsent.lessons import Material
    from rnnsent.teach import Labelled

# Lowest, highest and step of each setting; a step of None is a logarithmic scale.
SPACE: Mapping[str, tuple[float, float, float | None]] = {
    "learning_rate": (3e-4, 1e-2, None),
    "hidden": (32, 256, 32),
    "embedding_dim": (32, 256, 32),
    "dropout": (0.1, 0.7, 0.1),
    "embedding_dropout": (0.0, 0.6, 0.1),
    "word_dropout": (0.0, 0.3, 0.05),
    "label_smoothing": (0.0, 0.2, 0.05),
    "batch_size": (16, 128, 16),
    "epochs": (2, 8, 1),
}
WHOLE = ("hidden", "embedding_dim", "batch_size", "epochs")


@dataclass(frozen=True)
class Trial:
    """One trial: the accuracy of the network alone on the validation split, and whether it is the best so far.

    `accuracy` is that of its best epoch; `whole` is False where it was cut short.
    """

    number: int
    settings: Mapping[str, float]
    accuracy: float
    whole: bool
    best: bool


@dataclass(frozen=True)
class Tuned:
    """The search is over; the winner is a recipe in a file of its own."""

    path: Path
    settings: Mapping[str, float]
    accuracy: float
    trials: int


def tune(
    request: Request, minutes: float, *, stop: Callable[[], bool] = lambda: False
) -> "Iterator[Labelled | Trial | Tuned]":
    """Try settings for so many minutes, the recipe's own first, and write the best to models/NAME.toml.

    Raises:
        RnnsentError: Optuna is not installed, a source cannot be read, or no trial ended within the time.
    """
    try:
        import optuna
    except ImportError:
        raise SettingsError("--tune needs Optuna: pip install 'rnnsent[tune]'") from None
    from rnnsent.lessons import read_material

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    path = new_path(request.name or default_name(request.sources))
    check_place(request, path, ResumeState(path))  # not after hours of searching
    recipe = resolve_recipe(request)
    if recipe.teaching.teaches_itself:
        raise SettingsError("--tune searches one training, and --teacher self is two; name another teacher, or none")
    sources = [find_source(name, text=request.text_column, label=request.label_column) for name in request.sources]
    corpus = read_corpus(sources, validation_share=recipe.training.validation, seed=recipe.training.seed)
    material = yield from read_material(recipe, request, sources, corpus)
    searched = [name for name in SPACE if request.overrides.get(name) is None]
    study = optuna.create_study(
        direction="maximize",
        sampler=optuna.samplers.TPESampler(seed=recipe.training.seed),
        pruner=optuna.pruners.MedianPruner(n_startup_trials=3),
    )
    study.enqueue_trial(_own(recipe, searched))
    deadline = time.monotonic() + 60 * minutes
    best: tuple[float, dict[str, float]] | None = None
    while time.monotonic() < deadline and not stop():
        trial = study.ask()
        settings = {name: _suggested(trial, name) for name in searched}
        accuracy, whole = _attempt(
            trial, recipe.overridden(settings), material, request, lambda: stop() or time.monotonic() > deadline
        )
        if accuracy is None:
            break
        study.tell(trial, accuracy if whole else None, state=None if whole else optuna.trial.TrialState.PRUNED)
        better = best is None or accuracy > best[0]
        if better:
            best = (accuracy, settings)
        yield Trial(trial.number, settings, accuracy, whole, better)
    if best is None:
        raise SettingsError(f"no epoch of any trial ended in {minutes:g} minutes; give --tune more of them")
    written = path.with_name(f"{path.name}.toml")
    written.parent.mkdir(parents=True, exist_ok=True)
    write_text(written, to_toml(recipe.overridden(best[1])))
    yield Tuned(written, best[1], best[0], len(study.trials))


def to_toml(recipe: Recipe) -> str:
    """The recipe as `--recipe FILE` reads it. Every value is a number, a truth value or a string, as in JSON."""
    tables = [
        f"[{group}]\n" + "".join(f"{name} = {json.dumps(value)}\n" for name, value in settings.items())
        for group, settings in recipe.to_dict().items()
    ]
    return "\n".join(tables)


def _attempt(
    trial: "OptunaTrial", recipe: Recipe, material: "Material", request: Request, stop: Callable[[], bool]
) -> tuple[float | None, bool]:
    """The best validation accuracy of a run, None if none of its epochs ended; and whether it was run to its end."""
    from rnnsent.fit.loop import Epoch
    from rnnsent.model.device import choose_device

    run, _ = stages(recipe, material, choose_device(request.device))
    accuracy: float | None = None
    for stage in run:
        for event in stage.run():
            if isinstance(event, Epoch):
                accuracy = max(accuracy or 0.0, event.validation_accuracy)
                trial.report(event.validation_accuracy, event.epoch)
                if event.epoch < event.epochs and trial.should_prune():
                    return accuracy, False
            if stop():
                return accuracy, False
    return accuracy, True


def _own(recipe: Recipe, searched: list[str]) -> dict[str, float]:
    """The recipe's own values, each moved into the space."""
    values = {name: value for group in recipe.to_dict().values() for name, value in group.items()}
    found = {}
    for name in searched:
        lowest, highest, step = SPACE[name]
        value = min(max(values[name], lowest), highest)
        found[name] = value if step is None else lowest + step * round((value - lowest) / step)
    return {name: int(value) if name in WHOLE else float(value) for name, value in found.items()}


def _suggested(trial: "OptunaTrial", name: str) -> float:
    lowest, highest, step = SPACE[name]
    if name in WHOLE:
        return trial.suggest_int(name, int(lowest), int(highest), step=int(step or 1))
    return trial.suggest_float(name, lowest, highest, step=step, log=step is None)
