"""JSON as rows: one object per line, an array of objects, or objects one after another, as `jq` prints them.

A line that does not parse is reported and takes no other with it; in an array, an error is one of the whole file.
"""

import json
from collections.abc import Iterator
from json import JSONDecodeError, JSONDecoder
from typing import Any

from rnnsent.data.column_names import TEXT_TIERS, tier_of
from rnnsent.data.lines import NOT_UTF8, TextLines
from rnnsent.data.rows import Row, Table, UnreadableRow
from rnnsent.errors import DataError

NOT_AN_OBJECT = 'each record must be an object, for example {"text": "..."}'
MAX_LITERAL_CHARS = 30  # of null, true, and most numbers
JSON_SPACE = " \t\r\n"
DECODER = JSONDecoder()
RECORD_SPACE = JSON_SPACE + "\x1e"  # RFC 7464 begins each record with a record separator


def read_json(lines: TextLines, name: str, *, is_lines: bool | None = None) -> Table:
    """A table from JSON.

    Args:
        is_lines: whether every line is a record; None detects it from the content.
    """
    if is_lines is None:
        is_lines = _has_object_per_line(lines.sample())
    if is_lines:
        return Table(name, "jsonl", (), _read_lines(lines, name), is_waiting=lines.is_waiting)
    scanner = _Scanner(lines, name)
    return Table(name, "json", (), _read_values(scanner, name), is_waiting=scanner.is_waiting)


def looks_like_json(lines: list[str], *, is_complete: bool) -> bool:
    """Whether a text begins like JSON records: an object on the first line, or the beginning of one or of an array of them."""
    first = next((line for line in lines if line.strip()), "").strip()
    if not first or first[0] not in "{[":
        return False
    try:
        value = json.loads(first)
    except ValueError:  # not a value of one line
        return _begins_like_json("".join(lines).lstrip(), is_complete=is_complete)
    except RecursionError:
        return True
    return isinstance(value, dict) or (
        isinstance(value, list) and any(isinstance(item, (dict, list)) for item in value)
    )


def _begins_like_json(text: str, *, is_complete: bool) -> bool:
    """Whether a text that starts with a bracket is the beginning of an object or an array, or all of it."""
    opening = text[1:].lstrip()
    if text[0] == "[" and opening[:1] not in ("", "{", "[", '"', "]"):
        return False
    if text[0] == "{" and opening[:1] not in ("", '"', "}"):
        return False
    try:
        JSONDecoder().raw_decode(text)
    except JSONDecodeError as error:
        return _is_cut(text, error) or (not is_complete and error.pos >= len(text.rstrip()) - MAX_LITERAL_CHARS)
    except (ValueError, RecursionError):  # a number of too many digits, or too many brackets
        return True
    return True


def _is_cut(text: str, error: JSONDecodeError) -> bool:
    """Whether JSON is valid up to the end of the sample, or up to a string that the sample cuts."""
    return error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated string")


def _has_object_per_line(lines: list[str]) -> bool:
    """Whether each line is a record rather than a part of one; a line that does not parse may be either."""
    first, second, *others = [*filter(None, (line.strip(JSON_SPACE) for line in lines)), "", ""]
    if first.startswith("["):
        return False
    if first == "{":
        return second[:1] not in ('"', "}")
    is_continued = first.startswith("{") and first.endswith(("{", "[", ",", ":"))
    return not is_continued or any(line.startswith("{") and line.endswith("}") and _is_json(line) for line in others)


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _read_lines(lines: TextLines, name: str) -> Iterator[Row | UnreadableRow]:
    is_first = True
    start_row = lines.current_row.clear
    start_row()
    for line in lines:
        if record := line.strip(RECORD_SPACE):
            row = _parse(record, lines)
            if is_first:
                is_first = False
                if (problem := _describe_wrapper(row, name)) and not any(map(str.strip, lines.sample())):
                    raise DataError(problem)
            yield row
        start_row()


def _parse(line: str, lines: TextLines) -> Row | UnreadableRow:
    if lines.is_damaged_in(line):
        return UnreadableRow(lines.row_number, NOT_UTF8)
    try:
        row = DECODER.decode(line)
    except JSONDecodeError as error:
        return UnreadableRow(lines.row_number, f"not JSON: {error.msg} at column {error.colno}")
    except (ValueError, RecursionError) as error:
        return UnreadableRow(lines.row_number, f"JSON that cannot be read: {error}")
    return row if isinstance(row, dict) else UnreadableRow(lines.row_number, NOT_AN_OBJECT)


def _read_values(scanner: "_Scanner", name: str) -> Iterator[Row | UnreadableRow]:
    """The objects of an array, or objects one after another that may span lines. Few are in memory at a time."""
    is_array = scanner.skip("[")
    n_values = 0
    value: Any = None
    while not scanner.is_at_end() and not (is_array and scanner.skip("]")):
        if is_array and n_values and not scanner.skip(","):
            raise scanner.error("a comma is missing between two records")
        value = scanner.read_value()
        n_values += 1
        if not is_array and n_values == 1 and (problem := _describe_wrapper(value, name)) and scanner.is_at_end():
            raise DataError(problem)
        yield value if isinstance(value, dict) else UnreadableRow(scanner.row_number, NOT_AN_OBJECT)
    if is_array and not scanner.is_closed:
        raise scanner.error("the array is not closed; the file is incomplete")
    if is_array and not scanner.is_at_end():
        raise scanner.error("there is more after the array")


def _describe_wrapper(value: Any, name: str) -> str | None:
    """Why a single object is not a record, and how to extract its records; None if it may be a record."""
    if not isinstance(value, dict) or any(
        tier_of(key, TEXT_TIERS) is not None and isinstance(value[key], str) for key in value
    ):
        return None
    for key, inner in value.items():
        if isinstance(inner, list) and inner and isinstance(inner[0], dict):
            return (
                f"{name} is one object; its records are in {key!r}; take them out, for example: "
                f"jq '.[\"{key}\"]' {name} | rnnsent predict - --input-format json"
            )
    if value and all(isinstance(inner, (dict, list)) for inner in value.values()):
        return (
            f"{name} is one object, with a list or an object for each column or row; write a list of objects, for example with "
            "orient='records' in pandas"
        )
    return None


class _Scanner:
    """Reads JSON values from lines, as much as each needs."""

    def __init__(self, lines: TextLines, name: str) -> None:
        self._lines, self._name = lines, name
        self._text, self._position = "", 0
        self._decoder = JSONDecoder()
        self.is_closed = False

    @property
    def row_number(self) -> int:
        """The number of the line that is being read."""
        return self._lines.n_read - self._text.count("\n", self._position) + self._text.endswith("\n")

    def is_waiting(self) -> bool:
        """Whether the input has paused before the next value."""
        return self._text.find("{", self._position) < 0 and self._lines.is_waiting()

    def is_at_end(self) -> bool:
        """Skip whitespace; whether nothing else is left."""
        while True:
            while self._position < len(self._text) and self._text[self._position] in JSON_SPACE:
                self._position += 1
            if self._position < len(self._text):
                return False
            if not self._extend():
                return True

    def skip(self, character: str) -> bool:
        """Whether the next character is this one, which is then read."""
        if self.is_at_end() or self._text[self._position] != character:
            return False
        self._position += 1
        self.is_closed = character == "]"
        return True

    def read_value(self) -> Any:
        if self.is_at_end():
            raise self.error("a record is missing")
        size = 1
        while True:
            try:
                value, end = self._decoder.raw_decode(self._text, self._position)
            except JSONDecodeError as error:
                if not self._extend(size):
                    raise self.error(f"{error.msg}") from None
                size *= 2  # so that a long value is not parsed once for each of its lines
                continue
            except (ValueError, RecursionError) as error:
                raise self.error(str(error)) from None
            self._position = end
            return value

    def error(self, reason: str) -> DataError:
        return DataError(f"{self._name}: not JSON: {reason}, at or after line {max(self.row_number, 1)}")

    def _extend(self, n_lines: int = 1) -> bool:
        """Read more lines, and forget what was parsed; whether there was one."""
        added: list[str] = []
        for _ in range(n_lines):
            if added and self._lines.is_waiting():
                break
            self._lines.start_row()
            line = next(self._lines, None)
            if line is None:
                break
            if self._lines.is_damaged_in(line):
                raise DataError(f"{self._name}:{self._lines.row_number}: {NOT_UTF8}")
            added.append(line)
        self._text, self._position = self._text[self._position :] + "".join(added), 0
        return bool(added)
