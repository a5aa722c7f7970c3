"""What a user specifies about an input, instead of what would be guessed. Reads nothing."""

import codecs
from dataclasses import dataclass, replace

from rnnsent.config import InputFormat, OnError
from rnnsent.errors import SettingsError

DELIMITER_NAMES = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "pipe": "|", "bar": "|", "space": " "}


@dataclass(frozen=True)
class ReadOptions:
    """Everything about an input that can be guessed; None, or an empty tuple, guesses it.

    Attributes:
        input_format: the format, whatever the name and the content look like.
        encoding: the name of a Python codec.
        delimiter: the delimiter of CSV or TSV.
        header: whether the first row names the columns.
        text_columns: names, dotted paths or numbers of the columns of texts; several are joined in this order.
        label_column: name, dotted path or number of the column of labels.
        on_error: whether a row that cannot be read stops the command or is skipped.
    """

    input_format: InputFormat | None = None
    encoding: str | None = None
    delimiter: str | None = None
    header: bool | None = None
    text_columns: tuple[str, ...] = ()
    label_column: str | None = None
    on_error: OnError = "stop"


def check_read_options(options: ReadOptions) -> ReadOptions:
    """The options, the encoding as Python names it.

    Raises:
        SettingsError: the encoding is unknown, or the delimiter is not one character.
    """
    delimiter = DELIMITER_NAMES.get((options.delimiter or "").lower(), options.delimiter)
    if delimiter is not None and (len(delimiter) != 1 or delimiter in '\r\n"'):
        raise SettingsError(
            f"--delimiter {options.delimiter!r} is invalid; give one character, for example --delimiter ';', or tab"
        )
    encoding = options.encoding
    if encoding is not None:
        try:
            found = codecs.lookup(encoding)
        except (LookupError, ValueError):
            found = None
        if found is None or not found._is_text_encoding:
            raise SettingsError(
                f"--encoding {encoding!r} is unknown; for example utf-8, cp1252, latin-1, utf-16, gb18030"
            )
        encoding = found.name
    return replace(options, delimiter=delimiter, encoding=encoding)
