"""Self-training (`--teacher self`): a first model labels unlabeled texts, and a second one learns from those labels too.

After Xie et al. (2020): the second model, which starts from the weights of the first, is trained with noise, that is
dropout and random crops. The first model stays as NAME-first. Without unlabeled texts only one model is trained. This
module decides the recipes of the two runs, and does not know what a run does.
"""

import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from rnnsent.checkpoint.checkpoint import Checkpoint
from rnnsent.checkpoint.resume import ResumeState
from rnnsent.config import SELF
from rnnsent.data.unlabeled import find_unlabeled_splits
from rnnsent.errors import SettingsError
from rnnsent.lock import run_lock
from rnnsent.recipe import Recipe
from rnnsent.training.events import Event, TrainingStopped
from rnnsent.training.recipe import describe_difference
from rnnsent.training.request import TrainingRequest, check_output_path, find_output_path, find_sources
from rnnsent.training.run import train_model

LOG = logging.getLogger(__name__)


def self_train(request: TrainingRequest, recipe: Recipe, *, stop: Callable[[], bool]) -> Iterator[Event]:
    """Train models/NAME-first, then models/NAME, whose teachers include it, yielding the events of both runs.

    A resumed run continues with the model whose run was interrupted.

    Args:
        recipe: its teachers include `self`.
        stop: as in `rnnsent.training.train.train`.

    Raises:
        RnnsentError: as in `train`, or NAME-first exists and was trained with other settings.
    """
    path = find_output_path(request)
    unlabeled = recipe.distillation.unlabeled or ",".join(find_unlabeled_splits(find_sources(request)))
    if not unlabeled:
        LOG.info("%s has no unlabeled texts, so the model does not teach another", " ".join(request.sources))
        yield from train_model(request, _remove_teacher(recipe), stop=stop)
        return
    first = replace(request, name=f"{path.name}-first")
    # Adversarial training on labels alone gave nothing (docs/log.md), so only the second model gets it.
    first_recipe = _remove_teacher(recipe).with_settings({"training.adversarial_epsilon": 0.0})
    first_path = find_output_path(first)
    _check_output_paths(request, path, first_path, first_recipe)
    if request.force or not _is_finished(first_path):
        with run_lock(first_path, f"{first_path.name!r} is being trained"):
            first = replace(first, resume=request.resume and ResumeState(first_path).exists())
            for event in train_model(first, first_recipe, stop=stop):
                yield event
                if isinstance(event, TrainingStopped):
                    return
        LOG.info("%s is trained and becomes the teacher of %s", first_path, path.name)
    second = replace(request, resume=request.resume and ResumeState(path).exists())
    yield from train_model(second, _replace_self(recipe, first_path.name, unlabeled), stop=stop)


def _remove_teacher(recipe: Recipe) -> Recipe:
    """The recipe without teachers, and without unlabeled texts unless it uses them otherwise."""
    without = recipe.with_settings({"distillation.teacher": "", "distillation.unlabeled": ""})
    unlabeled = recipe.distillation.unlabeled if without.uses_unlabeled else ""
    return without.with_settings({"distillation.unlabeled": unlabeled})


def _replace_self(recipe: Recipe, first: str, unlabeled: str) -> Recipe:
    """The recipe of the second model: it learns from the first one and starts from its weights."""
    teachers = [first if name == SELF else name for name in recipe.distillation.teachers]
    return recipe.with_settings(
        {
            "distillation.teacher": ",".join(teachers),
            "distillation.unlabeled": unlabeled,
            "training.fine_tune": first,
            "training.lm_epochs": 0,  # the weights of the first model are pretrained
        }
    )


def _check_output_paths(request: TrainingRequest, path: Path, first_path: Path, first_recipe: Recipe) -> None:
    """Raise SettingsError unless both models can be written or their runs resumed."""
    state, first_state = ResumeState(path), ResumeState(first_path)
    is_first_trained = _is_finished(first_path)
    has_first = first_state.exists() or is_first_trained
    if request.force or not (request.resume and has_first and not path.exists()):
        check_output_path(request, path, state)
    if first_state.exists() and not request.resume:
        check_output_path(request, first_path, first_state)
    if is_first_trained and not request.force:
        difference = describe_difference(Checkpoint.read(first_path).recipe, first_recipe)
        if difference:
            raise SettingsError(f"{first_path} already exists with {difference}; use --force to replace it")


def _is_finished(path: Path) -> bool:
    return path.is_dir() and not ResumeState(path).exists()
