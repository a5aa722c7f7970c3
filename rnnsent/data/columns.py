"""Finds the columns of texts and labels of a table: the requested ones, else by their names, else by their values.

An ambiguous table is an error that names the candidates and the option.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from rnnsent.data.column_names import LABEL_TIERS, TEXT_TIERS, normalize_name, tier_of
from rnnsent.data.column_values import (
    describe_problem,
    has_classes,
    has_texts,
    is_blank,
    may_have_classes,
    may_have_texts,
)
from rnnsent.data.fields import MAX_LISTED, has_field, list_names
from rnnsent.errors import DataError, SettingsError

SAMPLE_ROWS = 1_000  # looked at to distinguish columns


def find_label_column(
    columns: Sequence[str],
    requested: str | None,
    source_name: str,
    *,
    class_labels: Sequence[str] = (),
    sample: Sequence[Mapping[str, Any]] = (),
    exclude: Sequence[str] = (),
) -> str:
    """The column of labels.

    Args:
        source_name: names the source in errors.
        class_labels: the columns that are a ClassLabel feature of the `datasets` library.
        sample: some rows, to distinguish columns by their values.
        exclude: columns that are known to be texts.

    Raises:
        DataError: the requested column does not exist.
        SettingsError: the column cannot be inferred.
    """
    if requested is not None:
        return resolve_column(requested, columns, source_name, "--label-column", sample)
    if len(class_labels) == 1:
        return class_labels[0]
    candidates = [name for name in (class_labels or columns) if name not in exclude]
    for tier in range(len(LABEL_TIERS)):
        named = [name for name in candidates if tier_of(name, LABEL_TIERS) == tier and not is_blank(name, sample)]
        if named and tier == len(LABEL_TIERS) - 1:  # a category may be one of products
            named += [name for name in candidates if name not in named and may_have_classes(name, sample)]
        if len(named) == 1:
            return named[0]
        if named:
            raise _ask("label", named, columns, source_name, sample=sample)
    by_ending = [name for name in candidates if normalize_name(name).endswith(("sentiment", "label", "class"))]
    if len(by_ending) == 1:
        return by_ending[0]
    by_values = [name for name in candidates if may_have_classes(name, sample)]
    if len(by_values) == 1 and not by_ending and has_classes(by_values[0], sample):
        return by_values[0]
    raise _ask("label", by_ending or by_values or class_labels, columns, source_name, sample=sample)


def find_text_columns(
    columns: Sequence[str],
    requested: Sequence[str],
    source_name: str,
    *,
    sample: Sequence[Mapping[str, Any]] = (),
    strings: Sequence[str] | None = None,
    exclude: Sequence[str] = (),
) -> tuple[str, ...]:
    """The columns of texts: the requested ones in their order, or the only one that can be inferred.

    Args:
        source_name: names the source in errors.
        sample: some rows, to distinguish columns by their values.
        strings: the columns of strings; None takes those of the sample.
        exclude: columns to leave out, for example the label column.

    Raises:
        DataError: a requested column does not exist.
        SettingsError: the column cannot be inferred, or has no text.
    """
    if requested:
        return tuple(resolve_column(name, columns, source_name, "--text-column", sample) for name in requested)
    candidates = [name for name in columns if name not in exclude]
    if strings is None and sample:
        strings = [name for name in candidates if any(isinstance(row.get(name), str) for row in sample)]
    for tier in range(len(TEXT_TIERS)):
        named = [name for name in candidates if tier_of(name, TEXT_TIERS) == tier]
        filled = [name for name in named if not is_blank(name, sample)]
        texts = [name for name in filled if describe_problem(name, sample) is None]
        if named and not filled and tier == 0:  # all texts are missing, or they are elsewhere
            filled = texts = named + [name for name in strings or () if may_have_texts(name, sample)]
        if texts and tier == len(TEXT_TIERS) - 1:  # a title may be one of a text under an unknown name
            texts += [name for name in strings or () if name not in texts and may_have_texts(name, sample)]
        if len(texts) == 1:
            return (texts[0],)
        if named := filled:
            problem = "" if texts else describe_problem(named[0], sample) or ""
            raise _ask("text", texts or named, columns, source_name, problem, sample)
    strings = [name for name in strings or () if name in candidates and not is_blank(name, sample)]
    by_values = [name for name in strings if may_have_texts(name, sample)]
    if len(by_values) == 1 and has_texts(by_values[0], sample):
        return (by_values[0],)
    has_blank = any(is_blank(name, sample) for name in candidates)
    if len(strings) == 1 and not has_blank and describe_problem(strings[0], sample) is None:
        return (strings[0],)
    raise _ask("text", by_values, columns, source_name, sample=sample)


def resolve_column(
    requested: str,
    columns: Sequence[str],
    source_name: str,
    option: str = "--text-column",
    sample: Sequence[Mapping[str, Any]] = (),
) -> str:
    """The column that a name, a number from 1, or a dotted path into objects means.

    Raises:
        DataError: there is none.
        SettingsError: the name means several.
    """
    if requested in columns:
        return requested
    alike = [name for name in columns if normalize_name(name) == normalize_name(requested)]
    if len(alike) == 1:
        return alike[0]
    if alike:
        raise SettingsError(
            f"{source_name}: {option} {requested} means {' or '.join(map(repr, alike))}; write it exactly"
        )
    if requested.isdecimal() and 1 <= int(requested) <= len(columns):
        return columns[int(requested) - 1]
    if "." in requested and (any(has_field(row, requested) for row in sample) or not columns):
        return requested
    raise DataError(f"{source_name} has no column {requested!r}; choose one with {option}: {list_names(columns)}")


def _ask(
    role: str,
    candidates: Sequence[str],
    columns: Sequence[str],
    source_name: str,
    reason: str = "",
    sample: Sequence[Mapping[str, Any]] = (),
) -> SettingsError:
    if "; choose" in reason:
        return SettingsError(f"{source_name}: {reason}")
    if reason:
        problem = f"the {role} column is unclear: {reason}"
    elif len(candidates) > 1:
        problem = f"the {role} column is ambiguous ({' or '.join(candidates[:MAX_LISTED])})"
    else:
        problem = f"the {role} column cannot be inferred"
    return SettingsError(
        f"{source_name}: {problem}; choose one with --{role}-column: {list_names(_expand(columns, sample))}"
    )


def _expand(columns: Sequence[str], sample: Sequence[Mapping[str, Any]]) -> list[str]:
    """The columns, and the dotted paths of the fields of one that has objects."""
    paths: list[str] = []
    for name in columns:
        objects = [row[name] for row in sample if isinstance(row.get(name), Mapping)]
        fields = dict.fromkeys(field for value in objects for field in value)
        inner = _expand(list(fields), objects) if fields else []
        paths += [f"{name}.{path}" for path in inner] or [name]
    return paths
