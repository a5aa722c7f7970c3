"""Self-training (`--teacher self`): a first model labels unlabelled texts, a second one learns from it and from the labels.

The student is noisy, as in Xie et al. (2020), by dropout and by windows of long texts, and starts from the first
model's weights. The first is an ordinary model beside the second, NAME-first. Where there are no unlabelled texts, the
first round is all there is. This module knows nothing of what a round does.
"""

import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from rnnsent.config import SELF, Recipe, load_recipe
from rnnsent.data.sources import find_source
from rnnsent.data.unlabelled import unlabelled_splits
from rnnsent.errors import SettingsError
from rnnsent.model.checkpoint import Checkpoint
from rnnsent.model.resume import ResumeState
from rnnsent.model.store import new_path
from rnnsent.request import Request, check_place, default_name, resolve_recipe
from rnnsent.train import Event, Stopped, train

LOG = logging.getLogger(__name__)


def train_in_rounds(request: Request, *, stop: Callable[[], bool] = lambda: False) -> Iterator[Event]:
    """Train as `rnnsent.train.train` does, in two rounds where the model itself is among the recipe's teachers.

    Raises:
        RnnsentError: as `train`, or NAME-first is there and was trained otherwise.
    """
    if not _teaches_itself(request):
        yield from train(request, stop=stop)
        return
    recipe = resolve_recipe(request)
    name = request.name or default_name(request.sources)
    untaught = recipe.overridden({"teacher": "", "unlabelled": ""})
    read = recipe.teaching.unlabelled if untaught.reads_unlabelled else ""
    alone = replace(request, overrides={**request.overrides, "teacher": "", "unlabelled": read})
    unlabelled = recipe.teaching.unlabelled or ",".join(_splits(request))
    if not unlabelled:
        LOG.info("%s has no unlabelled texts, so that there is no second round", " ".join(request.sources))
        yield from train(alone, stop=stop)
        return
    first_name = f"{name}-first"
    # Against labels alone adversarial steps gave nothing (docs/log.md), so that they are kept for the second round.
    first = replace(alone, name=first_name, overrides={**alone.overrides, "adversarial": 0.0})
    path = new_path(first_name)
    _check(request, first, new_path(name), path)
    if request.force or not _is_done(path):
        for event in train(replace(first, resume=request.resume and ResumeState(path).exists()), stop=stop):
            yield event
            if isinstance(event, Stopped):
                return
        LOG.info("the first round is done: %s; it teaches the second", path)
    second = replace(request, name=name, overrides={**request.overrides, **_taught(recipe, first_name, unlabelled)})
    yield from train(replace(second, resume=request.resume and ResumeState(new_path(name)).exists()), stop=stop)


def _teaches_itself(request: Request) -> bool:
    """Whether that is asked for; a run that is resumed need not repeat its other settings, so they are not looked at."""
    teacher = request.overrides.get("teacher")
    if teacher is None:
        teacher = load_recipe(request.recipe or "default").teaching.teacher
    return SELF in teacher.split(",")


def _taught(recipe: Recipe, first: str, unlabelled: str) -> dict[str, Any]:
    """What the second round has in the place of the recipe's own settings."""
    return {
        "teacher": ",".join(first if name == SELF else name for name in recipe.teaching.teacher.split(",")),
        "fine_tune": first,
        "unlabelled": unlabelled,
        "pretrain": "none",
    }


def _splits(request: Request) -> list[str]:
    sources = [find_source(each, text=request.text_column, label=request.label_column) for each in request.sources]
    return unlabelled_splits(sources)


def _check(request: Request, first: Request, path: Path, first_path: Path) -> None:
    """Raise SettingsError unless both models can be written, or gone on with."""
    begun = ResumeState(first_path).exists() or _is_done(first_path)
    if not (request.resume and begun and not path.exists()):
        check_place(request, path, ResumeState(path))
    if ResumeState(first_path).exists() and not (request.resume or request.force):
        check_place(first, first_path, ResumeState(first_path))
    if _is_done(first_path) and not request.force and Checkpoint.read(first_path).recipe != resolve_recipe(first):
        raise SettingsError(f"{first_path} is there already, with other settings: --force trains it anew")


def _is_done(path: Path) -> bool:
    return path.is_dir() and not ResumeState(path).exists()
