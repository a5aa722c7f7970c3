"""Two models and a labeled split -> a comparison. The split is read once, and both models predict the same texts."""

import logging

from rnnsent.data.examples import Examples
from rnnsent.data.label_checks import check_classes, log_examples
from rnnsent.data.labels import format_names, match_classes
from rnnsent.data.sources import Source
from rnnsent.data.splits import VALIDATION
from rnnsent.errors import DataError
from rnnsent.evaluation.choose_split import read_split, was_trained_on
from rnnsent.evaluation.compare import Comparison, compare
from rnnsent.evaluation.evaluate import compute_evaluation, find_in_training
from rnnsent.evaluation.model_classes import match_model
from rnnsent.prediction import Predictor

LOG = logging.getLogger(__name__)


def compare_models(a: Predictor, b: Predictor, source: Source, split: str) -> Comparison:
    """Compare two models on a split that `choose_comparison_split` chose.

    They choose among the classes that the data has, whatever they call them.

    Raises:
        DataError: a model lacks a class of the data, or the two mean different classes by the same labels.
    """
    name = source.name if source.splits == [split] else f"{source.name} ({split})"
    examples = read_split(source, split, a.checkpoint, b.checkpoint)
    if not len(examples):
        raise DataError(f"{name} has no labeled text; choose another with --split: {', '.join(source.splits)}")
    check_classes(name, examples)
    log_examples(name, examples)
    matched = match_model(a.checkpoint, examples, name), match_model(b.checkpoint, examples, name)
    warnings = [
        _describe_training_texts(predictor, own, source, split) for predictor, own in zip((a, b), matched, strict=True)
    ]
    for warning in dict.fromkeys(filter(None, warnings)):
        LOG.warning("%s", warning)
    evaluations = [
        compute_evaluation(predictor, own, source=source.name, split=split, classes=classes)
        for predictor, own, classes in zip((a, b), matched, _pair_classes(*matched, name), strict=True)
    ]
    return compare(*evaluations)


def _pair_classes(a: Examples, b: Examples, name: str) -> tuple[list[str], list[str]]:
    """The classes of the data as A and as B call them, in the same order.

    Args:
        a: the examples with the classes of model A; likewise b.

    Raises:
        DataError: the models mean different classes by the same labels.
    """
    pairs = sorted(set(zip(a.labels.tolist(), b.labels.tolist(), strict=True)))
    classes_a, classes_b = ([classes[pair[k]] for pair in pairs] for k, classes in enumerate((a.classes, b.classes)))
    if len(set(classes_a)) < len(pairs) or len(set(classes_b)) < len(pairs):
        raise DataError(
            f"{name}: the models mean different classes by its labels: {format_names(dict.fromkeys(classes_a))} and "
            f"{format_names(dict.fromkeys(classes_b))}; make them the same with --label-map"
        )
    if len(pairs) > 1:
        return classes_a, classes_b
    matches = match_classes(a.classes, b.classes)  # of a single class nothing could be told apart
    others = [(own, match) for own, match in matches.items() if match is not None]
    if len(others) < 2:
        raise DataError(f"{name} has only the class {classes_a[0]!r}, and the models have no other class in common")
    return [own for own, _ in others], [match for _, match in others]


def _describe_training_texts(predictor: Predictor, examples: Examples, source: Source, split: str) -> str:
    """A warning if a model was trained on the texts that it is compared on, or chosen by them; otherwise nothing."""
    checkpoint = predictor.checkpoint
    if seen := find_in_training(checkpoint, examples):
        return f"these are the {seen} texts of {checkpoint.name}; its scores are optimistic"
    if split == VALIDATION and split not in source.splits and was_trained_on(checkpoint, source):
        return f"{checkpoint.name} was trained on most of these texts, with another validation split; its scores are optimistic"
    return ""
