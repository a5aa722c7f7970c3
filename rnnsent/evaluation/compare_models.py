"""Two models and a labeled split -> a comparison. The split is read once, and both models predict the same texts."""

import logging
import shlex
from dataclasses import replace

from rnnsent.checkpoint.checkpoint import Checkpoint
from rnnsent.data.examples import Examples
from rnnsent.data.label_checks import check_classes, log_examples
from rnnsent.data.label_map import format_label_map
from rnnsent.data.labels import format_names, match_classes
from rnnsent.data.sources import Source, find_split
from rnnsent.data.splits import TRAIN, VALIDATION
from rnnsent.errors import DataError
from rnnsent.evaluation.choose_split import read_split, was_trained_on
from rnnsent.evaluation.compare import Comparison, compare
from rnnsent.evaluation.evaluate import compute_evaluation, find_in_training
from rnnsent.evaluation.model_classes import match_model
from rnnsent.predictor import Predictor

LOG = logging.getLogger(__name__)


def compare_models(a: Predictor, b: Predictor, source: Source, split: str) -> Comparison:
    """Compare two models on a split that `choose_comparison_split` chose.

    They choose among the classes that the data has, whatever they call them. Two models of the same name are called by
    their paths.

    Raises:
        DataError: a model lacks a class of the data, or the two mean different classes by the same labels.
    """
    name = source.name if source.splits == [split] else f"{source.name} ({split})"
    checkpoints = a.checkpoint, b.checkpoint
    examples = read_split(source, split, *checkpoints)
    if not len(examples):
        raise DataError(f"{name} has no labeled text; choose another with --split: {', '.join(source.splits)}")
    check_classes(name, examples)
    log_examples(name, examples)
    matched = match_model(a, examples, name), match_model(b, examples, name)
    names = _name_models(*checkpoints)
    seen = [
        _find_use_in_training(checkpoint, own, source, split)
        for checkpoint, own in zip(checkpoints, matched, strict=True)
    ]
    _log_use_in_training(dict(zip(names, seen, strict=True)))
    evaluations = [
        compute_evaluation(predictor, own, source=source.name, split=split, classes=classes)
        for predictor, own, classes in zip((a, b), matched, _pair_classes(examples, *matched, name), strict=True)
    ]
    return compare(
        *(
            replace(evaluation, model=model, seen_in_training_as=use)
            for evaluation, model, use in zip(evaluations, names, seen, strict=True)
        )
    )


def _name_models(a: Checkpoint, b: Checkpoint) -> tuple[str, str]:
    is_same = a.path.resolve() == b.path.resolve()
    return (a.name, b.name) if a.name != b.name or is_same else (str(a.path), str(b.path))


def _pair_classes(examples: Examples, a: Examples, b: Examples, name: str) -> tuple[list[str], list[str]]:
    """The classes of the data as A and as B call them, in the same order.

    Args:
        examples: with the classes of the data.
        a: the same with the classes of model A; likewise b.

    Raises:
        DataError: the models mean different classes by the same labels.
    """
    pairs = sorted(set(zip(a.labels.tolist(), b.labels.tolist(), strict=True)))
    classes_a, classes_b = ([classes[pair[k]] for pair in pairs] for k, classes in enumerate((a.classes, b.classes)))
    if len(set(classes_a)) < len(pairs) or len(set(classes_b)) < len(pairs):
        raise DataError(
            f"{name}: the models mean different classes by its labels: {format_names(dict.fromkeys(classes_a))} and "
            f"{format_names(dict.fromkeys(classes_b))}; make them the same with --label-map"
            + (_suggest_label_map(examples, a, b) or _suggest_label_map(examples, b, a))
        )
    if len(pairs) > 1:
        return classes_a, classes_b
    matches = match_classes(a.classes, b.classes)  # with the only class of the data, every prediction would be right
    others = [(own, match) for own, match in matches.items() if match is not None]
    if len(others) < 2:
        raise DataError(f"{name} has only the class {classes_a[0]!r}, and the models have no other class in common")
    return [own for own, _ in others], [match for _, match in others]


def _suggest_label_map(examples: Examples, coarse: Examples, fine: Examples) -> str:
    """The label map by which one model means what the other one does; empty if that one lacks such a class."""
    pairs = sorted(set(zip(examples.labels.tolist(), coarse.labels.tolist(), strict=True)))
    names = {examples.classes[label]: coarse.classes[index] for label, index in pairs}
    if not set(names.values()) <= set(fine.classes):
        return ""
    return " " + shlex.quote(format_label_map({old: new for old, new in names.items() if old != new}))


def _find_use_in_training(checkpoint: Checkpoint, examples: Examples, source: Source, split: str) -> str | None:
    """`train` or `validation` if the model was trained or validated on these texts, or on most of them.

    Its records find exactly the same examples. If the label map is another one, the split decides; and if the model was
    trained on the source with another validation split, most of the texts that are cut here were in train.
    """
    seen = find_in_training(checkpoint, examples)
    if seen or not was_trained_on(checkpoint, source):
        return seen
    if split not in source.splits or split == find_split(source, TRAIN):
        return TRAIN
    records = [record for record in checkpoint.data if record.get("location") == source.location]
    return VALIDATION if any(record.get("validation_from") == split for record in records) else None


def _log_use_in_training(uses: dict[str, str | None]) -> None:
    """Log which models were trained on the texts, or chosen by them, and what that does to the comparison."""
    trained = [name for name, use in uses.items() if use == TRAIN]
    validated = [name for name, use in uses.items() if use == VALIDATION]
    if trained:
        was, favored = ("was", "it") if len(trained) == 1 else ("were", "them")
        LOG.warning(
            "%s %s trained on these texts or most of them, which favors %s", " and ".join(trained), was, favored
        )
    elif len(validated) == len(uses):
        LOG.info("these are the validation texts of %s; scores on them are optimistic", " and ".join(validated))
    elif validated:
        LOG.warning("these are the validation texts of %s, by which it was chosen; this favors it", validated[0])
