"""Lines of fastText, `__label__NAME text`, as rows with a text and a label."""

import re
from collections.abc import Iterator

from rnnsent.data.lines import NOT_UTF8, TextLines
from rnnsent.data.rows import Row, Table, UnreadableRow

LABEL_PREFIX = "__label__"
LABELED_LINE = re.compile(r"__label__\S+[ \t]")
MISSING_LABEL = (
    f"each line of a fastText data set must begin with {LABEL_PREFIX}NAME and a space; "
    "a table with the columns text and label works too"
)


def read_fasttext(lines: TextLines, name: str) -> Table:
    return Table(name, "fasttext", ("text", "label"), _read_rows(lines), is_waiting=lines.is_waiting)


def _read_rows(lines: TextLines) -> Iterator[Row | UnreadableRow]:
    while True:
        lines.start_row()
        line = next(lines, None)
        if line is None:
            return
        line = line.rstrip("\r\n")
        if not line:
            continue
        label, _, text = line.replace("\t", " ", 1).partition(" ")
        if lines.is_damaged_in(line):
            yield UnreadableRow(lines.row_number, NOT_UTF8)
        elif not label.startswith(LABEL_PREFIX) or label == LABEL_PREFIX:
            yield UnreadableRow(lines.row_number, MISSING_LABEL)
        elif text.startswith(LABEL_PREFIX):
            yield UnreadableRow(lines.row_number, "two labels on one line; each text has one class")
        else:
            yield {"text": text, "label": label.removeprefix(LABEL_PREFIX)}
