"""A page of figures, charts and tables, and how it becomes HTML. Knows no evaluation; other reports have the same frame.

Every text is escaped by Jinja, and the page forbids scripts and requests by its own Content-Security-Policy.
"""

import base64
import hashlib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from rnnsent.output.report.charts import Chart
from rnnsent.output.terminal import escape_controls

FOLDER = Path(__file__).parent
MAX_TEXT_LENGTH = 300  # characters of a quoted text
ISOLATE, END_OF_ISOLATE = "\N{FIRST STRONG ISOLATE}", "\N{POP DIRECTIONAL ISOLATE}"


@dataclass(frozen=True)
class Figure:
    """One number of the headline."""

    name: str
    value: str
    detail: str = ""


@dataclass(frozen=True)
class Table:
    """A table; `numeric` and `texts` are the indices of columns of numbers and of quoted texts.

    `marks_diagonal`: whether the cells of a row and a column of the same number stand out.
    """

    caption: str
    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    numeric: Sequence[int] = ()
    texts: Sequence[int] = ()
    marks_diagonal: bool = False


@dataclass(frozen=True)
class Part:
    """Charts and tables side by side, and tables that are folded away."""

    charts: Sequence[Chart] = ()
    tables: Sequence[Table] = ()
    details: Sequence[Table] = ()


@dataclass(frozen=True)
class Section:
    id: str
    title: str
    text: str
    parts: Sequence[Part] = ()


@dataclass(frozen=True)
class Command:
    """A command line for the reader."""

    purpose: str
    line: str


@dataclass(frozen=True)
class Page:
    title: str
    summary: str
    notices: Sequence[str]
    figures: Sequence[Figure]
    sections: Sequence[Section]
    footer: Sequence[str]
    commands: Sequence[Command] = ()


def render(page: Page, template: str) -> str:
    """The HTML of a page."""
    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    style = environment.get_template("style.css").render()
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return environment.get_template(template).render(page=page, style_hash=digest)


def quote(text: str, max_length: int = MAX_TEXT_LENGTH) -> str:
    """A user's text in one line, shortened, with its control characters visible."""
    start = text[: 4 * max_length]
    line = escape_controls(" ".join(start.split()))
    is_whole = len(start) == len(text) and len(line) <= max_length
    return line if is_whole else f"{line[:max_length]}…"


def name_in_sentence(name: str) -> str:
    """A user's name of something within a sentence; one from right to left is isolated, so that the rest keeps its order."""
    is_right_to_left = any(unicodedata.bidirectional(character) in ("R", "AL") for character in name)
    return f"{ISOLATE}{quote(name)}{END_OF_ISOLATE}" if is_right_to_left else quote(name)
