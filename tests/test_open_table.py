"""A table is opened by its format, and an option that the format does not have is refused."""

from pathlib import Path

import pytest

from rnnsent.data.byte_input import ByteInput
from rnnsent.data.open_table import open_table
from rnnsent.data.read_options import ReadOptions, check_read_options
from rnnsent.errors import DataError, SettingsError
from tests.support.read_tables import open_content, write_file


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"header": False}, r"in\.jsonl: --header and --no-header are for csv, tsv and xlsx, and this is jsonl$"),
        ({"header": True}, r"--header and --no-header are for"),
        ({"delimiter": ";"}, r"in\.jsonl: --delimiter is for csv and tsv, and this is jsonl$"),
    ],
)
def test_wrong_option(tmp_path: Path, options: dict[str, object], message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        open_content(tmp_path, '{"text": "x"}\n', "in.jsonl", **options)


def test_lines(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"in\.txt: --input-format lines is not a table, and columns are needed here$"):
        open_content(tmp_path, "x\n", "in.txt", input_format="lines")


def test_requested_format(tmp_path: Path) -> None:
    """A requested format takes precedence over the name and the content."""
    assert open_content(tmp_path, "text,label\nx y,pos\n", "in.json", input_format="csv").columns == ("text", "label")
    assert open_content(tmp_path, "text\tlabel\nx y\tpos\n", "in.txt", input_format="tsv").columns == ("text", "label")


@pytest.mark.parametrize(
    ("delimiter", "expected"),
    [("tab", "\t"), ("\\t", "\t"), ("TAB", "\t"), ("semicolon", ";"), (";", ";"), ("pipe", "|"), (" ", " ")],
)
def test_delimiter_names(delimiter: str, expected: str) -> None:
    assert check_read_options(ReadOptions(delimiter=delimiter)).delimiter == expected


@pytest.mark.parametrize("delimiter", ["", "::", "\n", '"'])
def test_invalid_delimiter(delimiter: str) -> None:
    with pytest.raises(
        SettingsError, match=r"^--delimiter .* is invalid; give one character, for example --delimiter ';', or tab$"
    ):
        check_read_options(ReadOptions(delimiter=delimiter))


@pytest.mark.parametrize(
    ("encoding", "expected"), [("UTF8", "utf-8"), ("latin1", "iso8859-1"), ("windows-1252", "cp1252")]
)
def test_encoding_names(encoding: str, expected: str) -> None:
    assert check_read_options(ReadOptions(encoding=encoding)).encoding == expected


@pytest.mark.parametrize("encoding", ["utf9", "rot13", "base64", "", "\0", "x" * 300])
def test_invalid_encoding(encoding: str) -> None:
    with pytest.raises(
        SettingsError, match=r"^--encoding .* is unknown; for example utf-8, cp1252, latin-1, utf-16, gb18030$"
    ):
        check_read_options(ReadOptions(encoding=encoding))


def test_error_closes_file(tmp_path: Path) -> None:
    """A row that cannot be read closes the file, of which most is unread."""
    path = write_file(tmp_path, "in.jsonl", '{"text": ' + "[" * 200_000 + "\n")
    source = ByteInput.open(path)
    with pytest.raises(DataError):
        list(open_table(source, "jsonl", ReadOptions()).readable_rows())
    assert source._file is not None and source._file.closed
