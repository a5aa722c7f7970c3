"""Hyperparameter tuning: searches a recipe's main settings with Optuna, within a time budget.

A generator of events that prints nothing. All trials train on the same data, are compared by validation accuracy, and
are pruned when they fall below the median of earlier trials. Settings that the user gives are fixed, and those that a
base model or word vectors determine.
"""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from rnnsent.atomic import write_text
from rnnsent.config import AUTO
from rnnsent.data.corpus import read_corpus
from rnnsent.errors import SettingsError
from rnnsent.recipe import Recipe
from rnnsent.training.events import EpochResult, LabelingProgress, PhaseProgress, Trial, TuningFinished
from rnnsent.training.recipe import fixed_settings, resolve_recipe
from rnnsent.training.request import TrainingRequest, corpus_options, find_output_path, find_sources

if TYPE_CHECKING:
    import torch
    from optuna.study import Study
    from optuna.trial import Trial as OptunaTrial

    from rnnsent.training.training_data import TrainingData

# Minimum, maximum and step of each setting; a step of None is a logarithmic scale.
SEARCH_SPACE: Mapping[str, tuple[float, float, float | None]] = {
    "training.learning_rate": (3e-4, 1e-2, None),
    "model.hidden_size": (32, 256, 32),
    "model.embedding_dim": (32, 256, 32),
    "model.dropout": (0.1, 0.7, 0.1),
    "model.embedding_dropout": (0.0, 0.6, 0.1),
    "training.word_dropout": (0.0, 0.3, 0.05),
    "training.label_smoothing": (0.0, 0.2, 0.05),
    "training.batch_size": (16, 128, 16),
    "training.epochs": (2, 8, 1),
}
INTEGERS = frozenset({"model.hidden_size", "model.embedding_dim", "training.batch_size", "training.epochs"})


def tune(
    request: TrainingRequest, minutes: float, *, stop: Callable[[], bool] = lambda: False
) -> Iterator[PhaseProgress | LabelingProgress | Trial | TuningFinished]:
    """Search settings, starting with the recipe's own, and write the best recipe to models/NAME.toml.

    The last event is `TuningFinished`.

    Args:
        minutes: time for the trials; loading the data comes on top.
        stop: called after each step; when it returns True, the search ends with the best trial so far.

    Raises:
        RnnsentError: Optuna is not installed, a source cannot be read, or no trial finished an epoch in time.
    """
    try:
        import optuna
    except ImportError:
        raise SettingsError("rnnsent tune needs Optuna: pip install 'rnnsent[tune]'") from None
    from rnnsent.network.device import choose_device
    from rnnsent.training.training_data import load_training_data

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    path = find_output_path(request)
    recipe = resolve_recipe(request)
    if recipe.training.fine_tune == AUTO:
        recipe = recipe.with_settings({"training.fine_tune": ""})  # the search is over sizes of the network
    if recipe.distillation.is_self_training:
        raise SettingsError("rnnsent tune cannot tune self-training, which is two runs; choose another --teacher")
    device = choose_device(request.device)
    sources = find_sources(request)
    corpus = read_corpus(sources, **corpus_options(request, recipe.training))
    data = yield from load_training_data(recipe, request, sources, corpus)
    fixed = fixed_settings(recipe, request)
    searched = [name for name in SEARCH_SPACE if name not in fixed]
    study = optuna.create_study(
        direction="maximize",
        sampler=optuna.samplers.TPESampler(seed=recipe.training.seed),
        pruner=optuna.pruners.MedianPruner(n_startup_trials=3),
    )
    study.enqueue_trial(_clip_to_space(recipe, searched))
    deadline = time.monotonic() + 60 * minutes
    best: Trial | None = None
    for trial in _run_trials(study, recipe, searched, data, device, lambda: stop() or time.monotonic() >= deadline):
        best = trial if trial.best else best
        yield trial
    if best is None:
        raise SettingsError(f"no trial finished an epoch in {minutes:g} minutes; raise --minutes")
    recipe_path = path.with_name(f"{path.name}.toml")
    recipe_path.parent.mkdir(parents=True, exist_ok=True)
    write_text(recipe_path, to_toml(recipe.with_settings(best.settings)))
    yield TuningFinished(recipe_path, best.settings, best.accuracy, len(study.trials))


def _run_trials(
    study: "Study",
    recipe: Recipe,
    searched: list[str],
    data: "TrainingData",
    device: "torch.device",
    stop: Callable[[], bool],
) -> Iterator[Trial]:
    """Train with the settings that the study suggests until `stop`. A trial without a finished epoch ends the search."""
    from optuna.trial import TrialState

    best_accuracy = -1.0
    while not stop():
        trial = study.ask()
        settings = {name: _suggest(trial, name) for name in searched}
        accuracy, completed = _run_trial(trial, recipe.with_settings(settings), data, device, stop)
        if accuracy is None:
            return
        study.tell(trial, accuracy if completed else None, state=None if completed else TrialState.PRUNED)
        is_best = accuracy > best_accuracy
        best_accuracy = max(best_accuracy, accuracy)
        yield Trial(trial.number, settings, accuracy, completed, is_best)


def to_toml(recipe: Recipe) -> str:
    """The recipe as TOML. All values are numbers, booleans or strings, which JSON writes in the same way."""
    tables = [
        f"[{table}]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in settings.items())
        for table, settings in recipe.to_dict().items()
    ]
    return "\n".join(tables)


def _run_trial(
    trial: "OptunaTrial", recipe: Recipe, data: "TrainingData", device: "torch.device", stop: Callable[[], bool]
) -> tuple[float | None, bool]:
    """The best validation accuracy, None if no epoch was finished, and whether the trial was completed."""
    from rnnsent.training.stages import make_stages

    stages, _ = make_stages(recipe, data, device)
    accuracy: float | None = None
    for stage in stages:
        for event in stage.run():
            if isinstance(event, EpochResult):
                accuracy = max(accuracy or 0.0, event.validation_accuracy)
                trial.report(event.validation_accuracy, event.epoch)
                if event.epoch < event.epochs and trial.should_prune():
                    return accuracy, False
            if stop():
                return accuracy, False
    return accuracy, True


def _clip_to_space(recipe: Recipe, searched: list[str]) -> dict[str, float]:
    """The recipe's values of the searched settings, moved to the nearest point of the search space."""
    values: dict[str, float] = {}
    for name in searched:
        minimum, maximum, step = SEARCH_SPACE[name]
        value = min(max(recipe.get(name), minimum), maximum)
        value = value if step is None else minimum + step * round((value - minimum) / step)
        values[name] = int(value) if name in INTEGERS else float(value)
    return values


def _suggest(trial: "OptunaTrial", name: str) -> float:
    minimum, maximum, step = SEARCH_SPACE[name]
    if name in INTEGERS:
        return trial.suggest_int(name, int(minimum), int(maximum), step=int(step or 1))
    return trial.suggest_float(name, minimum, maximum, step=step, log=step is None)
