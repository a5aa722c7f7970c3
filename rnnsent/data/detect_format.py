"""The format of an input, by its first bytes and its name. Reads nothing but them.

The content takes precedence over the name. What is unclear is asked about: an error that names the option.
"""

import logging
import re
from collections.abc import Sequence

from rnnsent.config import InputFormat
from rnnsent.data.byte_input import ByteInput
from rnnsent.data.column_names import LABEL_TIERS, TEXT_TIERS, tier_of
from rnnsent.data.encoding import HEAD_BYTES, MARKS, head_lines
from rnnsent.data.fasttext_reader import LABELED_LINE
from rnnsent.data.json_reader import looks_like_json
from rnnsent.data.read_options import ReadOptions
from rnnsent.data.sniff_dialect import sniff_dialect
from rnnsent.data.suffixes import SUFFIXES, TABLE_SUFFIXES
from rnnsent.errors import DataError, SettingsError

LOG = logging.getLogger(__name__)

PARQUET, OLE = b"PAR1", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # OLE: workbooks of Excel 97
HTML = ("<!doctype html", "<html", "<table", "<?xml")
JAVASCRIPT = re.compile(r"\s*(?:window\.|var |let |const )[\w.]+\s*=\s*[\[{]")  # as in an archive of Twitter
MAX_NAME_WORDS = 3  # in the name of a column, for lines that may be sentences
ASK = "give --input-format {}, or --input-format lines to score every line as a text"


def detect_format(source: ByteInput, options: ReadOptions, *, default: InputFormat | None = "lines") -> InputFormat:
    """The format of an input.

    Args:
        default: of a text without a sign of a table; None refuses it.

    Raises:
        DataError: the content is of no format that can be read.
        SettingsError: the content looks like a table where lines of text are expected.
    """
    if options.input_format:
        return options.input_format
    by_name = SUFFIXES.get(source.suffix)
    if kind := _detect_binary(source):
        return kind
    lines = head_lines(source, options.encoding)
    start = "".join(lines[:2]).lstrip()
    is_complete = len(source.head(HEAD_BYTES, needs_line=True)) < HEAD_BYTES and not source.has_paused
    if start[:20].lower().startswith(HTML) and (by_name not in (None, "lines") or default is None):
        raise DataError(f"{source.name} is an HTML or XML page, not a table; export it as CSV or JSON Lines")
    if JAVASCRIPT.match(start):
        raise DataError(f"{source.name} is JavaScript; remove what precedes its first [ or {{")
    if is_fasttext(lines):
        return "fasttext"
    is_json = looks_like_json(lines, is_complete=is_complete)
    if by_name in ("json", "jsonl", "fasttext"):
        return by_name
    if by_name in ("csv", "tsv"):
        if is_json:
            LOG.info("%s: read as JSON, by its content; --input-format overrides this", source.name)
            return "json"
        return by_name
    if by_name in ("parquet", "xlsx"):  # a text under the name of a binary format, as some programs export it
        if is_json:
            return "json"
        sniffed = sniff_dialect(lines, options)
        if sniffed and sniffed.delimiter:
            LOG.info("%s: read as CSV, by its content; --input-format overrides this", source.name)
            return "csv"
        raise DataError(f"{source.name} is not a {source.suffix} file; export it as CSV or JSON Lines")
    if is_json:
        if default is None:
            return "json"
        raise SettingsError(f"{source.name} looks like JSON, not like lines of text; {ASK.format('json')}")
    return _detect_table(source, lines, options, is_lines=default is not None) or default or _refuse(source)


def _detect_binary(source: ByteInput) -> InputFormat | None:
    head = source.head(8)
    if source.is_archive:
        if SUFFIXES.get(source.suffix) == "xlsx":
            return "xlsx"
        raise DataError(f"{source.name} is a {source.suffix} document; save it as CSV or plain text")
    if head.startswith(PARQUET):
        return "parquet"
    return "xlsx" if head.startswith(OLE) else None


def is_fasttext(lines: Sequence[str]) -> bool:
    filled = [line for line in lines[:20] if line.strip()]
    return bool(filled) and all(LABELED_LINE.match(line) for line in filled[: max(len(filled) - 1, 1)])


def _detect_table(
    source: ByteInput, lines: Sequence[str], options: ReadOptions, *, is_lines: bool
) -> InputFormat | None:
    """CSV or TSV without its suffix. What Excel saves as "Unicode text" is read as such, and so is what the user says
    something about that only a table has; of other lines that look like a table there is a warning."""
    if options.delimiter or options.header is not None or options.text_columns or options.label_column:
        return "csv"
    sniffed = sniff_dialect(lines, options)
    if not sniffed or not sniffed.has_header:
        return None
    columns = sniffed.first_row
    has_text = any(tier_of(name, TEXT_TIERS) is not None for name in columns)
    has_label = any(tier_of(name, LABEL_TIERS) is not None for name in columns)
    if sniffed.delimiter == "\t" and (source.head(2) in MARKS or (has_text and source.suffix)):
        LOG.info("%s: read as a table delimited by tabs; --input-format lines reads lines of text", source.name)
        return "tsv"
    is_named = (has_text or has_label) and max(len(name.split()) for name in columns) <= MAX_NAME_WORDS
    is_column = tier_of(columns[0], TEXT_TIERS) == 0 and len({line.strip() for line in lines}) == len(lines)
    if is_named and is_lines and (len(columns) > 1 or is_column):
        LOG.warning(
            "%s: the lines look like CSV with the column%s %s, and each is scored as a text; --input-format csv reads a table, "
            "--input-format lines silences this",
            source.name,
            "s" * (len(columns) > 1),
            ", ".join(columns[:6]),
        )
    return None


def _refuse(source: ByteInput) -> InputFormat:
    raise DataError(
        f"{source.name}: its format cannot be inferred; give it with --input-format, or as one of {', '.join(TABLE_SUFFIXES)}"
    )
