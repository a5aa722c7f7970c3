"""What the arguments of predict mean: texts, files of lines, stdin, or a table. Chooses the reader."""

import os
import stat
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rnnsent.data.read_options import ReadOptions
from rnnsent.data.records import Reader, TextReader
from rnnsent.data.suffixes import TABLE_FORMATS, format_of_name
from rnnsent.errors import DataError, SettingsError

if TYPE_CHECKING:
    from rnnsent.data.byte_input import ByteInput

STDIN = "-"
PATH_PREFIXES = ("./", "../", "/", "~/")
REMEDY = "to score this as text, pipe it: echo ... | rnnsent predict -"
MAX_NAME_WORDS = 2  # in the name of a file; an argument with more is a text


def open_reader(arguments: Sequence[str], options: ReadOptions, *, null: bool = False) -> Reader:
    """The reader for the arguments; without any, stdin if it is not a terminal.

    Args:
        null: records of files and stdin end at NUL.

    Raises:
        DataError: an argument is a folder, or names a file that does not exist or cannot be read.
        SettingsError: there is nothing to read; texts, files and tables are mixed; or it is unclear what a file has.
    """
    arguments = arguments or _default_arguments()
    files = [argument for argument in arguments if argument == STDIN or _is_file(argument)]
    texts = [argument for argument in arguments if argument not in files]
    if files and texts:
        raise SettingsError(
            f"{files[0]} is a file and {_shorten(texts[0])!r} is a text: give texts or files, not both; "
            "a text can be piped through `predict -`"
        )
    if not files:
        _check_no_table_options(options, "texts")
        return TextReader([os.fsencode(text).decode("utf-8", "replace") for text in texts])  # UTF-8 whatever the locale
    return _open_files(files, options, null=null)


def _open_files(files: Sequence[str], options: ReadOptions, *, null: bool) -> Reader:
    from rnnsent.data.byte_input import ByteInput
    from rnnsent.data.detect_format import detect_format
    from rnnsent.data.line_reader import LineReader
    from rnnsent.data.table_reader import TableReader

    if null:
        _check_no_table(files, options)
    inputs = [ByteInput.stdin() if name == STDIN else ByteInput.open(Path(name)) for name in files]
    formats = [
        "lines" if null or (_is_typed(source) and not options.input_format) else detect_format(source, options)
        for source in inputs
    ]
    tables = [source for source, kind in zip(inputs, formats, strict=True) if kind in TABLE_FORMATS]
    if tables and len(files) > 1:
        raise SettingsError(f"{tables[0].name} is a table: give one table at a time")
    if tables:
        return TableReader(tables[0], formats[0], options)
    _check_no_table_options(options, f"lines of text ({inputs[0].name})")
    if "document" in formats:
        from rnnsent.data.encoding import read_document

        return TextReader([read_document(source, options.encoding) for source in inputs])
    return LineReader(inputs, b"\0" if null else b"\n", options.encoding, options.input_format == "lines")


def _default_arguments() -> list[str]:
    if sys.stdin is None or sys.stdin.isatty():
        raise SettingsError('nothing to predict: give a text ("A quiet triumph."), a file, or - for stdin')
    return [STDIN]


def _is_typed(source: "ByteInput") -> bool:
    """Whether a person types the input: it has no first bytes to look at yet."""
    return source.path is None and sys.stdin is not None and sys.stdin.isatty()


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
    """Whether an argument that names no file looks like the name of one."""
    if len(argument) > 4_096 or "\n" in argument:
        return False
    if argument.startswith(("http://", "https://")):
        return False
    folder, slash, name = argument.rpartition("/")
    is_in_folder = bool(slash and folder) and " " not in folder and Path(folder).expanduser().is_dir()
    has_suffix = format_of_name(name) is not None
    if len(name.split()) > MAX_NAME_WORDS:
        return is_in_folder and has_suffix
    is_prefixed = argument.startswith(PATH_PREFIXES) and not any(map(str.isspace, argument))
    return has_suffix or is_in_folder or is_prefixed


def _check_no_table_options(options: ReadOptions, what: str) -> None:
    """Raise SettingsError for an option that only a table has."""
    given = {
        "--text-column": options.text_columns,
        "--delimiter": options.delimiter,
        "--header": options.header,
        "--on-error": options.on_error != "stop",
    }
    for option, value in given.items():
        if value not in (None, (), False):
            raise SettingsError(
                f"{option} is for tables, and the input is {what}; a table has --input-format csv, for example"
            )


def _check_no_table(files: Sequence[str], options: ReadOptions) -> None:
    """Raise SettingsError for a table by its name or by --input-format, whose rows do not end at NUL."""
    for name in files:
        kind = options.input_format or format_of_name(name)
        if kind in TABLE_FORMATS:
            raise SettingsError(
                f"--null is for lines of text, and {name} is a table ({kind}); drop it, or add --input-format lines"
            )


def _shorten(text: str) -> str:
    return text if len(text) <= 40 else text[:39] + "…"
