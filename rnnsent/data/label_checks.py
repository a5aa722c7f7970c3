"""What is doubtful about the classes of a data set, and the lines that describe it to the user. Reads nothing."""

import logging
from collections.abc import Mapping

from rnnsent.data.class_index import MAX_CLASSES
from rnnsent.data.examples import Examples
from rnnsent.data.label_map import drop_option
from rnnsent.data.labels import MAX_LISTED, NUMBER, format_counts, sort_classes
from rnnsent.data.sentiment_scales import suggest_label_map
from rnnsent.errors import DataError, SettingsError

LOG = logging.getLogger(__name__)
HEADERS = frozenset({"label", "labels", "sentiment", "class", "target", "polarity", "rating", "stars", "category"})
MANY_CLASSES = 20
MAX_FRACTIONS = 20  # more different numbers with a fraction are measurements
MIN_TYPO_LETTERS = 5
MIN_TYPO_RATIO = 5  # how much more frequent the right spelling is
MAX_HEADER_FRACTION = 0.1  # of the rows that a repeated header can be


def log_examples(name: str, examples: Examples) -> None:
    """Tell the user which columns and classes are used, what is left out, and what is doubtful."""
    for line in describe_examples(name, examples):
        LOG.info("%s", line)
    for warning in () if examples.is_declared else find_doubts(name, examples.counts()):
        LOG.warning("%s", warning)


def describe_examples(name: str, examples: Examples) -> list[str]:
    """The columns and classes of the examples and what is left out, in one line; a second one for merged spellings."""
    parts = [examples.origin] if examples.origin else []
    parts.append(format_counts(examples.counts()) or "no labeled text")
    return [f"{name}: {': '.join(parts)}{_describe_skipped(examples)}", *describe_spellings(name, examples)]


def describe_spellings(name: str, examples: Examples) -> list[str]:
    """A line on the spellings that were merged, if any."""
    merged = [
        f"{', '.join(map(repr, sorted(spellings)[:MAX_LISTED]))} into {class_name!r}"
        for class_name, spellings in sorted(examples.spellings.items())
    ]
    if not merged:
        return []
    more = f"; and those of {len(merged) - MAX_LISTED} more classes" if len(merged) > MAX_LISTED else ""
    return [f"{name}: merged the spellings {'; '.join(merged[:MAX_LISTED])}{more}"]


def check_classes(name: str, examples: Examples) -> None:
    """Check that the classes, after any label map, are classes and not measurements or ids.

    Raises:
        SettingsError: they are numbers with a fraction, too many to be ratings.
        DataError: they are too many.
    """
    classes = sort_classes(class_name for class_name, count in examples.counts().items() if count)
    n_rows = len(examples)
    if all(map(NUMBER.fullmatch, classes)) and any("." in class_name for class_name in classes):
        if len(classes) > MAX_FRACTIONS:
            raise SettingsError(
                f"{name}: the label column has {len(classes):,} different numbers, {classes[0]} to {classes[-1]}, which "
                "are measurements, not classes; choose another with --label-column, or make classes of them, for example "
                f"--label-map {classes[0]}-{classes[len(classes) // 2 - 1]}=low,"
                f"{classes[len(classes) // 2]}-{classes[-1]}=high"
            )
    elif len(classes) > MAX_CLASSES or (n_rows > MANY_CLASSES and len(classes) > n_rows / 2):
        raise DataError(
            f"{name}: the label column has {len(classes):,} different values in {n_rows:,} rows, "
            "too many to be classes; choose another with --label-column"
        )


def find_doubts(name: str, counts: Mapping[str, int]) -> list[str]:
    """Warnings about classes that may be a header, measurements or typing errors."""
    present = {class_name: count for class_name, count in counts.items() if count}
    warnings = [
        f"{name}: {_count_rows(count)} the class {class_name!r}, which is the usual name of a label column; "
        f"if this is a header that was read as data, leave it out with {drop_option([class_name])}"
        for class_name, count in present.items()
        if class_name.casefold() in HEADERS and count <= max(1, MAX_HEADER_FRACTION * sum(present.values()))
    ]
    if len(present) > MANY_CLASSES:
        warnings.append(f"{name} has {len(present):,} classes; if these are not classes, choose another --label-column")
    else:
        warnings += [
            f"{name}: {rare!r} ({present[rare]:,}) may be a typing error for {common!r} ({present[common]:,}); "
            f"--label-map {rare}={common} merges them"
            for rare, common in _find_typos(present)
        ]
    return warnings


def suggest_names(name: str, classes: tuple[str, ...]) -> None:
    """Tell a user who trains on ratings, or on the numbers of sentiments, how to name the classes."""
    suggestion = suggest_label_map(classes)
    if suggestion is None:
        return
    label_map, is_rating = suggestion
    labels = ", ".join(classes)
    if is_rating:
        LOG.warning(
            "%s: the labels %s look like ratings; --label-map %s makes sentiment classes of them",
            name,
            labels,
            label_map,
        )
    else:
        LOG.info("%s: if the labels %s are sentiments, --label-map %s gives them names", name, labels, label_map)


def _describe_skipped(examples: Examples) -> str:
    reasons = [
        (examples.n_without_text, "without a text"),
        (examples.n_without_label, "without a label"),
        (examples.n_dropped, "by the label map"),
    ]
    given = [(count, reason) for count, reason in reasons if count]
    if not given:
        return ""
    rows = f"; left out {examples.n_skipped:,} row{'' if examples.n_skipped == 1 else 's'}"
    if len(given) == 1:
        return f"{rows} {given[0][1]}"
    return f"{rows} ({', '.join(f'{count:,} {reason}' for count, reason in given)})"


def _count_rows(count: int) -> str:
    return "1 row has" if count == 1 else f"{count:,} rows have"


def _find_typos(counts: Mapping[str, int]) -> list[tuple[str, str]]:
    """Pairs of a rare class and a common one that differ in one letter or in a plural ending."""
    return [
        (rare, common)
        for rare in counts
        for common in counts
        if counts[rare] * MIN_TYPO_RATIO <= counts[common] and _is_similar(rare.casefold(), common.casefold())
    ]


def _is_similar(first: str, second: str) -> bool:
    if min(len(first), len(second)) < MIN_TYPO_LETTERS or any(map(str.isdigit, first + second)):
        return False
    longer, shorter = (first, second) if len(first) >= len(second) else (second, first)
    if longer == shorter + "es":
        return True
    start = next((i for i, (a, b) in enumerate(zip(longer, shorter, strict=False)) if a != b), len(shorter))
    if len(longer) > len(shorter):
        return longer[start + 1 :] == shorter[start:]  # an inserted letter
    is_replaced = longer[start + 1 :] == shorter[start + 1 :]
    is_swapped = (
        longer[start : start + 2] == shorter[start : start + 2][::-1] and longer[start + 2 :] == shorter[start + 2 :]
    )
    return is_replaced or is_swapped
