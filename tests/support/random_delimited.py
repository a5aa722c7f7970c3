"""Random tables in CSV and TSV, as spreadsheets, databases and people write them."""

import csv
import io
import re
from collections.abc import Container
from dataclasses import dataclass
from random import Random
from typing import Any

from rnnsent.config import InputFormat
from tests.support.random_content import Content, TextEncoding, draw_content, draw_encoding

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe"}
TITLES = ("Customer reviews", "Export of 2024-05-01", "Report: all feedback", "Umfrage 2024")
NEEDS_QUOTES = re.compile('[",;]')  # in tables delimited by tabs, too
INTEGER = re.compile("0|-?[1-9][0-9]*")


@dataclass
class Written:
    """A table in a format, before compression."""

    kind: InputFormat
    data: bytes
    content: Content
    rows: list[list[Any] | None]
    traits: dict[str, str]
    is_plain: bool
    delimiter: str | None = None
    has_header: bool | None = None  # None for a format that has none to speak of
    encoding: TextEncoding | None = None


def write_delimited(random: Random) -> Written:
    encoding = draw_encoding(random)
    content = draw_content(random, encoding)
    delimiter, quoting, line_end, shape = _draw_form(random, content)
    if quoting in ("none", "literal", "broken"):
        content.map_strings(lambda cell: " ".join(cell.replace(delimiter, " ").replace('"', "'").split("\n")))
    if quoting in ("escaped", "literal", "broken", "minimal", "all") and (quoting == "literal" or random.randrange(2)):
        _add_quotes(random, content, quoting)
    rows: list[list[Any] | None] = [list(row) for row in content.rows]
    numeric = [index for index, column in enumerate(content.columns) if all(INTEGER.fullmatch(cell) for cell in column)]
    lines = [_format_row(row, delimiter, quoting, numeric) for row in content.rows]
    if quoting == "broken":
        _break_quote(random, content, rows, lines, delimiter)
    _reshape(random, rows, lines, shape, delimiter, content)
    above, preamble = draw_preamble(random, content, delimiter)
    names = [] if content.header == "none" else [_format_row(content.names, delimiter, quoting)]
    text = _join_lines(random, [*above, *names], lines, line_end, has_blank_lines=shape == "blank lines")
    is_plain = (
        content.is_plain and encoding.is_plain and quoting in ("minimal", "all", "nonnumeric") and line_end in ("\n", "\r\n")
        and shape == "regular" and not above
    )  # fmt: skip
    traits = {
        "format": "delimited", "encoding": encoding.name, "delimiter": DELIMITERS[delimiter], "quoting": quoting,
        "line end": repr(line_end), "shape": shape, "above": preamble,
    }  # fmt: skip
    kind: InputFormat = "tsv" if delimiter == "\t" else "csv"
    return Written(
        kind, encoding.encode(text), content, rows, traits, is_plain, delimiter, content.header != "none", encoding
    )


def _draw_form(random: Random, content: Content) -> tuple[str, str, str, str]:
    """A delimiter, quoting, line end and shape that the content can have; some cells get line breaks."""
    delimiter = random.choice([",", ",", ";", "\t", "\t", "|"])
    quoting = random.choice(
        ["minimal", "minimal", "minimal", "all", "nonnumeric", "none", "escaped", "literal", "broken"]
    )
    if quoting == "literal":
        delimiter = "\t"
    line_end = random.choice(["\n", "\n", "\n", "\r\n", "\r\n", "\r", "mixed"])
    shape = random.choice(["regular"] * 6 + ["short", "trailing", "long", "blank lines"])
    if quoting in ("minimal", "all", "nonnumeric", "escaped") and not random.randrange(4):
        break_lines(random, content, random.choice(["\n", "\r\n"]) if line_end != "\r" else "\r")
    if content.width == 1:  # a blank line is not a row
        content.map_strings(lambda cell: cell if cell.strip() else "NA")
    if quoting == "literal" and (content.width == 1 or content.n_rows < 4):  # too few cells to tell
        quoting = "none"
    if quoting == "literal" and content.width == 2 and shape == "long":  # too few tabs to tell
        shape = "regular"
    if quoting == "broken" and content.n_rows < 4:
        quoting = "minimal"
    if content.width == 1 or content.n_rows < 4 or (content.header == "none" and shape in ("trailing", "long")):
        shape = "regular"
    return delimiter, quoting, line_end, shape


def _join_lines(random: Random, above: list[str], lines: list[str], line_end: str, *, has_blank_lines: bool) -> str:
    physical = list(above)
    for line in lines:
        physical.append(line)
        if has_blank_lines and not random.randrange(4):
            physical.append("")
    ends = ["\n", "\r\n"] if line_end == "mixed" else [line_end]
    text = "".join(line + random.choice(ends) for line in physical)
    if random.randrange(4):
        return text
    return text.removesuffix("\n").removesuffix("\r")


def break_lines(random: Random, content: Content, end: str) -> None:
    """Make some texts of several lines."""
    for index, text in enumerate(content.texts):
        if text is not None and " " in text.strip() and not random.randrange(3):
            content.set_text(index, text.replace(" ", end, random.choice([1, 2])))


def _add_quotes(random: Random, content: Content, quoting: str) -> None:
    """Put words of some texts in quotes; of literal quotes, whole texts if no spreadsheet would put them in quotes."""
    for index, text in enumerate(content.texts):
        if text is None or random.randrange(3) or (quoting == "literal" and index < 2):
            continue
        words = text.split(" ")
        at = random.randrange(len(words))
        words[at] = f'"{words[at]}"'
        quoted = " ".join(words)
        if quoting == "literal":
            quoted = random.choice([quoted, f'"{text}', f'{text}"', f'5" {text}'])
            if index and not NEEDS_QUOTES.search(text) and random.randrange(2):
                quoted = f'"{text}"'
        elif quoting == "broken" and at == 0:
            continue  # it would begin with a quote
        content.set_text(index, quoted)


def _format_row(cells: list[Any], delimiter: str, quoting: str, numeric: Container[int] = ()) -> str:
    if quoting in ("none", "literal", "broken"):
        return delimiter.join(map(str, cells))
    line = io.StringIO()
    options: dict[str, Any] = {"doublequote": False, "escapechar": "\\"} if quoting == "escaped" else {}
    kinds = {"all": csv.QUOTE_ALL, "nonnumeric": csv.QUOTE_NONNUMERIC}
    if quoting == "nonnumeric":
        cells = [int(cell) if index in numeric else cell for index, cell in enumerate(cells)]
    csv.writer(
        line, delimiter=delimiter, lineterminator="\r\n", quoting=kinds.get(quoting, csv.QUOTE_MINIMAL), **options
    ).writerow(cells)
    return line.getvalue().removesuffix("\r\n")


def _break_quote(
    random: Random, content: Content, rows: list[list[Any] | None], lines: list[str], delimiter: str
) -> None:
    """Begin one text with a quote that is never closed: its row is read as it is, or reported."""
    index = random.randrange(len(rows))
    text = content.texts[index]
    if text is None:
        return
    content.set_text(index, f'"{text}')
    rows[index] = content.rows[index]
    lines[index] = delimiter.join(map(str, content.rows[index]))


def _reshape(
    random: Random, rows: list[list[Any] | None], lines: list[str], shape: str, delimiter: str, content: Content
) -> None:
    """Cut rows short, or make them longer."""
    for index in random.sample(range(len(rows)), (len(rows) + 2) // 4):
        row = rows[index]
        if row is None:
            continue
        if shape == "trailing":
            lines[index] += delimiter * random.choice([1, 2])
        elif shape == "long":
            lines[index] += delimiter + random.choice(["x", "1", "more"])
            rows[index] = None
        elif shape == "short" and len(row) > 1 and "\n" not in lines[index] and '"' not in lines[index]:
            cells = lines[index].split(delimiter)
            n_cells = random.randrange(1, len(cells))
            if any(cell.strip() for cell in cells[:n_cells]):
                lines[index] = delimiter.join(cells[:n_cells])
                content.cut_row(index, n_cells)
                rows[index] = content.rows[index]


def draw_preamble(random: Random, content: Content, delimiter: str) -> tuple[list[str], str]:
    """Lines above the header. Without a header, nothing tells a title from a first row."""
    width = content.width
    if width == 1 or random.randrange(6):
        if random.randrange(30) or delimiter == "\t":
            return [], "nothing"
        return [f"sep={delimiter}"], "sep="
    title = random.choice(TITLES)
    match random.randrange(5):
        case 0 | 1 | 3 if content.header == "none":
            return [], "nothing"
        case 2 if content.n_rows < 3:
            return [], "nothing"
        case 0:
            return [title], "title"
        case 1:
            return [title + delimiter * (width - 1), delimiter * (width - 1)], "title"
        case 2:
            return [f"# {title}", "# do not edit"], "comment"
        case 3:
            return [title, ""], "title"
    return ["", ""], "blank lines"
