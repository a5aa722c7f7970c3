"""Which model is evaluated on which split, if the user does not say; and the validation split that `train` would cut."""

import logging
import os
from collections.abc import Mapping

from rnnsent.checkpoint.checkpoint import Checkpoint
from rnnsent.checkpoint.store import MODEL_VARIABLE, available_models
from rnnsent.config import TrainingConfig
from rnnsent.data.examples import Examples
from rnnsent.data.file_source import FileSource
from rnnsent.data.sources import Source, find_split
from rnnsent.data.splits import TEST, TRAIN, VALIDATION, match_split
from rnnsent.data.validation_split import (
    DEFAULT_VALIDATION_FRACTION,
    HASH_RULE,
    sample_validation,
    split_validation,
)
from rnnsent.errors import DataError

LOG = logging.getLogger(__name__)


def choose_split(source: Source, requested: str | None) -> str:
    """The name of the split to evaluate: the requested one, by default `test`, or all of a single file.

    A source without a validation split has the one that `train` would cut from its train split.

    Raises:
        DataError: the source has no such split.
    """
    if requested is None and isinstance(source, FileSource) and source.splits == [TRAIN]:
        return TRAIN
    name = requested or TEST
    split = find_split(source, name)
    if split is not None:
        return split
    if _is_cut(source, name):
        return VALIDATION
    raise DataError(f"{source.name} has no split {name!r}; choose one with --split: {', '.join(source.splits)}")


def choose_comparison_split(source: Source, requested: str | None, *checkpoints: Checkpoint) -> str:
    """The name of the split to compare models on: the requested one, by default validation, since comparing chooses.

    A single file that none of the models was trained on is used as a whole.

    Raises:
        DataError: the source has no such split.
    """
    is_whole_file = isinstance(source, FileSource) and source.splits == [TRAIN]
    if requested is None and is_whole_file and not any(was_trained_on(each, source) for each in checkpoints):
        return TRAIN
    return choose_split(source, requested or VALIDATION)


def was_trained_on(checkpoint: Checkpoint, source: Source) -> bool:
    """Whether the source was among the training data of a model."""
    return bool(_record_of(checkpoint, source))


def choose_model_for(source: str, requested: str | None) -> str | None:
    """The name of the model to evaluate on a source: the requested one, else one named like the source.

    None means the default model: no model has the name of the source, or $RNNSENT_MODEL is set.
    """
    if requested:
        return requested
    return source if source in available_models() and not os.environ.get(MODEL_VARIABLE) else None


def read_split(source: Source, split: str, *checkpoints: Checkpoint) -> Examples:
    """The labeled texts of a split that `choose_split` chose.

    Args:
        checkpoints: the models to evaluate. If one of them was trained on the source, validation is cut as for it.
    """
    train_split = find_split(source, TRAIN)
    if split in source.splits or train_split is None:
        return source.read(split)
    trained = next((checkpoint for checkpoint in checkpoints if was_trained_on(checkpoint, source)), None)
    training = trained.recipe.training if trained else TrainingConfig()
    fraction = training.validation_fraction or DEFAULT_VALIDATION_FRACTION
    train = source.read(train_split)
    if trained is None or _record_of(trained, source).get("validation_rule") == HASH_RULE:
        _, validation = split_validation(train, fraction, source.name)
    else:
        _, validation = sample_validation(train, fraction, training.seed, source.name)
    LOG.info(
        "%s has no validation split: using the %s texts that train leaves out with training.validation_fraction=%g",
        source.name, f"{len(validation):,}", fraction,
    )  # fmt: skip
    return validation


def _record_of(checkpoint: Checkpoint, source: Source) -> Mapping[str, object]:
    """What a model records of the source that it was trained on; empty if it was not."""
    return next((record for record in checkpoint.data if record.get("location") == source.location), {})


def _is_cut(source: Source, requested: str) -> bool:
    """Whether validation is requested of a source that has none of its own, but a train split."""
    return match_split([VALIDATION], requested) is not None and find_split(source, TRAIN) is not None
