"""Self-training (`--teacher self`): a first model labels unlabelled texts, a second one learns from it and from the labels.

The student is noisy, as in Xie et al. (2020), by dropout and by windows of long texts, and starts from the first
model's weights. The first is an ordinary model beside the second, NAME-first. Where there are no unlabelled texts, the
first round is all there is. This module knows nothing of what a round does.
"""

import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from rnnsent.config import SELF
from rnnsent.data.sources import find_source
from rnnsent.data.unlabelled import unlabelled_splits
from rnnsent.errors import SettingsError
from rnnsent.model.checkpoint import Checkpoint
from rnnsent.model.resume import ResumeState
from rnnsent.model.store import new_path
from rnnsent.request import Request, check_place, default_name, resolve_recipe
from rnnsent.train import Event, Stopped, train

if TYPE_CHECKING:
    from rnnsent.config import Recipe

LOG = logging.getLogger(__name__)


def train_in_rounds(request: Request, *, stop: Callable[[], bool] = lambda: False) -> Iterator[Event]:
    """Train as `rnnsent.train.train` does, in two rounds where the recipe's teacher is the model itself.

    Raises:
        RnnsentError: as `train`, or NAME-first is there and was trained otherwise.
    """
    recipe = resolve_recipe(request)
    if recipe.teaching.teacher != SELF:
        yield from train(request, stop=stop)
        return
    name = request.name or default_name(request.sources)
    read = recipe.teaching.unlabelled if recipe.training.pretrain != "none" else ""
    alone = replace(request, overrides={**request.overrides, "teacher": "", "unlabelled": read})
    unlabelled = recipe.teaching.unlabelled or ",".join(_splits(request))
    if not unlabelled:
        LOG.info("%s has no unlabelled texts, so that there is no second round", " ".join(request.sources))
        yield from train(alone, stop=stop)
        return
    first = replace(alone, name=f"{name}-first")
    path = new_path(first.name or "")
    _check(request, first, new_path(name), path)
    if request.force or not _is_done(path):
        for event in train(replace(first, resume=request.resume and ResumeState(path).exists()), stop=stop):
            yield event
            if isinstance(event, Stopped):
                return
        LOG.info("the first round is done: %s; it teaches the second", path)
    itself = {"teacher": path.name, "fine_tune": path.name, "unlabelled": unlabelled, "pretrain": "none"}
    second = replace(request, name=name, overrides={**request.overrides, **itself})
    yield from train(replace(second, resume=request.resume and ResumeState(new_path(name)).exists()), stop=stop)


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
    if _is_done(first_path) and not request.force and not _same(Checkpoint.read(first_path).recipe, first):
        raise SettingsError(f"{first_path} is there already, with other settings: --force trains it anew")


def _is_done(path: Path) -> bool:
    return path.is_dir() and not ResumeState(path).exists()


def _same(recipe: "Recipe", request: Request) -> bool:
    return recipe == resolve_recipe(request)
