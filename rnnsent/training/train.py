"""The entry to training: resolves the recipe, then trains one model, or two for self-training.

A generator of events that prints nothing. The functions below this one get the resolved recipe.
"""

from collections.abc import Callable, Iterator

from rnnsent.checkpoint.resume import ResumeState
from rnnsent.lock import run_lock
from rnnsent.training.events import Event
from rnnsent.training.recipe import read_recipe, resolve_recipe
from rnnsent.training.request import TrainingRequest, find_output_path
from rnnsent.training.run import train_model
from rnnsent.training.self_training import self_train


def train(request: TrainingRequest, *, stop: Callable[[], bool] = lambda: False) -> Iterator[Event]:
    """Train a model and write its checkpoint to models/NAME, yielding events.

    The last event is `ModelSaved`, or `TrainingStopped` if the run was stopped. Self-training also yields the events of
    its first model, NAME-first.

    Args:
        stop: called after each optimizer step; when it returns True, the run saves its state and stops.

    Raises:
        RnnsentError: a setting, a source or the device is invalid, the model already exists, or another process trains
            it.
    """
    path = find_output_path(request)
    with run_lock(path, f"{path.name!r} is being trained"):
        state = ResumeState(path)
        unfinished = read_recipe(state.read_run()) if request.resume and state.exists() else None
        recipe = resolve_recipe(request, unfinished)
        if recipe.distillation.is_self_training:
            yield from self_train(request, recipe, stop=stop)
        else:
            yield from train_model(request, recipe, stop=stop)
