"""How a delimited file is written: what a reader must know to parse it, and a writer to return it in the same form."""

from dataclasses import dataclass
from typing import Literal

Quoting = Literal["minimal", "all", "none"]


@dataclass(frozen=True)
class Dialect:
    """The dialect of a .csv or .tsv file.

    Attributes:
        delimiter: one character.
        quoting: which cells are in quotes; with `none` a quote is an ordinary character.
        escape: the character before a quote inside a quoted cell; None if it is doubled.
        line_end: what ends a row.
        has_bom: whether the file begins with a byte-order mark.
        header: the names in the header as they are written, which may be empty or repeated; None without a header.
    """

    delimiter: str = ","
    quoting: Quoting = "minimal"
    escape: str | None = None
    line_end: str = "\n"
    has_bom: bool = False
    header: tuple[str, ...] | None = None
