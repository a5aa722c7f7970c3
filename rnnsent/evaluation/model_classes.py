"""Labels of a data set as classes of a model, which may have other names or be more. Predicts nothing."""

import logging
import shlex
from collections.abc import Mapping, Sequence

from rnnsent.data.examples import Examples, align_classes, rename_classes
from rnnsent.data.label_map import drop_option, format_label_map
from rnnsent.data.labels import MAX_LISTED, format_names, match_classes
from rnnsent.data.sentiment_scales import describe_mapping, recognize_classes
from rnnsent.errors import DataError
from rnnsent.predictor import Predictor

LOG = logging.getLogger(__name__)


def match_model(predictor: Predictor, examples: Examples, name: str) -> Examples:
    """The examples with the classes of the model, or those selected of them; they may have other names in the data.

    Raises:
        DataError: the model lacks a class of the data.
    """
    present = {label: count for label, count in examples.counts().items() if count}
    if names := recognize_classes(list(present), predictor.classes):
        LOG.info("%s", describe_mapping(names))
    unknown = [label for label, match in match_classes(present, predictor.classes).items() if match is None]
    if lacking := [label for label in unknown if names.get(label) not in predictor.classes]:
        used = next((record["label_map"] for record in predictor.checkpoint.data if record.get("label_map")), "")
        example = shlex.quote(format_label_map({lacking[0]: predictor.classes[0]}))
        remedy = f"say which of them a label means, for example --label-map {example}"
        if len(lacking) < len(present):
            remedy = f"leave out these rows with {drop_option(lacking)}, or {remedy}"
        raise DataError(
            f"{name}: the model {predictor.checkpoint.name!r} has no class for {_describe_lacking(present, lacking, names)}; "
            f"its classes are {format_names(predictor.classes)}; {remedy}"
            + (f"; the model was trained with --label-map {shlex.quote(str(used))}" if used else "")
        )
    return align_classes(rename_classes(examples, names), predictor.classes, name)


def _describe_lacking(counts: Mapping[str, int], lacking: Sequence[str], names: Mapping[str, str]) -> str:
    """The labels with their counts, and what they were recognized as: "'3' (neutral) 20"."""
    listed = {f"{label!r} ({names[label]})" if label in names else repr(label): counts[label] for label in lacking}
    shown = ", ".join(f"{label} {count:,}" for label, count in list(listed.items())[:MAX_LISTED])
    return shown + (f" and {len(listed) - MAX_LISTED} more" if len(listed) > MAX_LISTED else "")


def choose_scored_classes(examples: Examples, name: str) -> tuple[str, ...] | None:
    """The classes that occur, if there are several but not all of the model's; None for all."""
    present = tuple(label for label, count in examples.counts().items() if count)
    if len(present) in (1, len(examples.classes)):
        return None
    LOG.info(
        "%s has %d of the model's %d classes, and the model chooses among these: %s",
        name, len(present), len(examples.classes), format_names(present),
    )  # fmt: skip
    return present
