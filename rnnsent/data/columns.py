"""Which column holds the text and which the label. Knows names and kinds of columns, not their contents."""

from collections.abc import Sequence

from rnnsent.errors import DataError

TEXT_NAMES = (
    "text", "sentence", "review", "content", "comment", "tweet", "document", "message", "body", "utterance", "question", "phrase",
    "review_body", "review_text", "reviewtext",
)  # fmt: skip
LABEL_NAMES = ("label", "labels", "sentiment", "class", "category", "target", "rating", "stars", "polarity")


def text_column(
    columns: Sequence[str],
    asked: str | None,
    where: str,
    *,
    strings: Sequence[str] | None = None,
    option: str = "--text-column",
) -> str:
    """The column of texts: the one asked for, else the only one with a usual name, else the only one of strings.

    Raises:
        DataError: there is no such column, or none or several could be meant.
    """
    if asked is not None:
        return existing_column(asked, columns, where, option)
    usual = [name for name in columns if name.casefold() in TEXT_NAMES]
    if len(usual) == 1:
        return usual[0]
    if not usual and strings is not None and len(strings) == 1:
        return strings[0]
    raise _unclear("text", usual, columns, where, option)


def label_column(columns: Sequence[str], asked: str | None, where: str, *, class_labels: Sequence[str] = ()) -> str:
    """The column of labels: the one asked for, else the only ClassLabel feature, else the only one with a usual name.

    Raises:
        DataError: there is no such column, or none or several could be meant.
    """
    if asked is not None:
        return existing_column(asked, columns, where, "--label-column")
    if len(class_labels) == 1:
        return class_labels[0]
    usual = [name for name in (class_labels or columns) if name.casefold() in LABEL_NAMES]
    if len(usual) == 1:
        return usual[0]
    raise _unclear("label", usual or class_labels, columns, where, "--label-column")


def existing_column(asked: str, columns: Sequence[str], where: str, option: str) -> str:
    """The column that was asked for. Raises DataError where there is none of that name."""
    if asked in columns:
        return asked
    raise DataError(f"{where} has no column {asked!r}; it has {', '.join(columns)}: choose one with {option}")


def _unclear(role: str, candidates: Sequence[str], columns: Sequence[str], where: str, option: str) -> DataError:
    why = f"{' and '.join(candidates)} could each be the {role}" if candidates else f"no column is plainly the {role}"
    others = " and --label-column" if option == "--text-column" else ""
    return DataError(f"{where}: {why}; the columns are {', '.join(columns)}: choose with {option}{others}")
