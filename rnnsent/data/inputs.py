"""What the arguments of predict mean: texts, files of lines, stdin, or a table. Chooses the reader, reads nothing."""

import os
import stat
import sys
from collections.abc import Sequence
from pathlib import Path

from rnnsent.config import OnError
from rnnsent.data.line_reader import STDIN, LineReader
from rnnsent.data.records import Reader, TextReader
from rnnsent.data.table_reader import TableReader, is_table
from rnnsent.errors import DataError, SettingsError

PATH_PREFIXES = ("./", "../", "/", "~/")
REMEDY = "to score this as text, pipe it: echo ... | rnnsent predict -"


def open_reader(
    arguments: Sequence[str], *, text_column: str | None = None, on_error: OnError = "stop", null: bool = False
) -> Reader:
    """The reader for the arguments; without any, stdin if it is not a terminal.

    Args:
        text_column: of a table.
        null: records of files and stdin end at NUL.

    Raises:
        DataError: an argument is a folder, or names a file that does not exist; or the table cannot be opened.
        SettingsError: there is nothing to read, or texts, files and tables are mixed.
    """
    arguments = arguments or _default_arguments()
    files = [argument for argument in arguments if argument == STDIN or _is_file(argument)]
    texts = [argument for argument in arguments if argument not in files]
    if files and texts:
        raise SettingsError(
            f"{files[0]} is a file and {_shorten(texts[0])!r} is a text: give texts or files, not both; "
            "a text can be piped through `predict -`"
        )
    tables = [name for name in files if name != STDIN and is_table(Path(name))]
    if tables and len(arguments) > 1:
        raise SettingsError(f"{tables[0]} is a table: give one table at a time")
    if tables:
        return TableReader(Path(tables[0]), text_column, on_error)
    if text_column is not None:
        raise SettingsError("--text-column names a column of a .csv, .tsv, .jsonl or .parquet file; none was given")
    if files:
        return LineReader(files, b"\0" if null else b"\n")
    return TextReader([os.fsencode(text).decode("utf-8", "replace") for text in texts])  # UTF-8 whatever the locale


def _default_arguments() -> list[str]:
    if sys.stdin is None or sys.stdin.isatty():
        raise SettingsError('nothing to predict: give a text ("A quiet triumph."), a file, or - for stdin')
    return [STDIN]


def _is_file(argument: str) -> bool:
    try:
        mode = os.stat(argument).st_mode  # noqa: PTH116 - may be a text of any length
    except (OSError, ValueError):
        if _looks_like_path(argument):
            raise DataError(f"no file named {argument}; {REMEDY}") from None
        return False
    if stat.S_ISDIR(mode):
        raise DataError(f"{argument} is a folder: give a file in it; {REMEDY}")
    return True


def _looks_like_path(argument: str) -> bool:
    if any(map(str.isspace, argument)):
        return False
    path = Path(argument)
    return argument.startswith(PATH_PREFIXES) or is_table(path) or path.suffix.lower() == ".txt"


def _shorten(text: str) -> str:
    return text if len(text) <= 40 else text[:39] + "…"
