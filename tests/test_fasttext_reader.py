"""Lines of fastText have a label and a text, wherever they come from."""

from pathlib import Path

import pytest

from rnnsent.errors import DataError
from tests.support.read_tables import open_content, read_content, read_table

CONTENT = "__label__pos so good \u2028 yes\r\n\n__label__neg\tso, so\tbad\n__label__very-good x\n"
ROWS = [("so good \u2028 yes", "pos"), ("so, so\tbad", "neg"), ("x", "very-good")]


@pytest.mark.parametrize("name", ["in.txt", "in.ft", "in.csv", "in.train", "in"])
def test_names(tmp_path: Path, name: str) -> None:
    """The content decides."""
    table = open_content(tmp_path, CONTENT, name)
    assert (table.format, table.columns) == ("fasttext", ("text", "label"))
    assert read_content(tmp_path, CONTENT, name) == ROWS
    assert read_table(CONTENT) == ROWS


def test_unreadable(tmp_path: Path) -> None:
    """A line without a label, or with two, keeps its place."""
    content = "__label__a x\ny\n__label__ z\n__label__a __label__b w\n__label__b v\n"
    assert read_content(tmp_path, content, "in.txt", input_format="fasttext") == [("x", "a"), 2, 3, 4, ("v", "b")]
    with pytest.raises(
        DataError, match=r"in\.txt:2: each line of a fastText data set must begin with __label__NAME and "
    ):
        list(open_content(tmp_path, content, "in.txt", input_format="fasttext").readable_rows())
