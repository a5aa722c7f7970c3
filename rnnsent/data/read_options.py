"""What a user says about an input, instead of what would be guessed. Only data."""

from dataclasses import dataclass

from rnnsent.config import InputFormat, OnError


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
