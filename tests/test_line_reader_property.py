"""Any bytes, however they arrive, give the records of the documented rule: the lines of the text."""

import codecs
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from rnnsent.cli.app import run
from rnnsent.data.line_reader import START_BYTES, read_records
from rnnsent.data.records import read_texts
from rnnsent.errors import DataError
from tests.support.read_tables import open_arriving

MARKS = (b"", b"", codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
FRAGMENTS = (
    b"\n",
    b"\r\n",
    b"\r",
    b"\0",
    b"\n\0",
    b"\r\0\n\0",
    b"\x1b",
    b"\x0b\x0c\x1c",
    b"\xed\xa0\x80",
    b"\xf0\x9f\x98\x80",
    b"text,label\n",
    b'{"text": "x"}\n',
)
texts = st.text().flatmap(
    lambda text: st.sampled_from(["utf-8", "utf-16-le", "utf-16-be", "latin-1"]).map(
        lambda name: text.encode(name, "ignore")
    )
)
contents = st.builds(
    lambda mark, parts: mark + b"".join(parts),
    st.sampled_from(MARKS),
    st.lists(st.one_of(st.binary(), texts, st.sampled_from(FRAGMENTS)), max_size=12),
)
WIDE = {
    codecs.BOM_UTF32_LE: "utf-32-le", codecs.BOM_UTF32_BE: "utf-32-be", codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}  # fmt: skip


def split_records(data: bytes, end: str) -> list[str] | None:
    """Split a whole text in UTF-8, or in UTF-16 or UTF-32 with a mark, into records; None if it is cut within a character."""
    mark = next((mark for mark in (*WIDE, codecs.BOM_UTF8) if data.startswith(mark)), b"")
    data = data.removeprefix(mark)
    try:
        if mark in WIDE:
            data = data.decode(WIDE[mark], "surrogatepass").encode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return None
    content = data.decode("utf-8", "replace")
    if end == "\n" and "\n" not in content and content.count("\r") > 1:
        end = "\r"
    *records, last = content.split(end)
    if end == "\n":
        records = [record.removesuffix("\r") for record in records]
    return [*records, last] if last else records


@settings(deadline=None, derandomize=True, max_examples=400)
@given(contents, st.lists(st.tuples(st.integers(0, 60), st.booleans()), max_size=20), st.sampled_from("\n\0"))
@example(b"\xff\xfe\x3d\xd8\x00\xde\n\x00", [(1, True), (1, True), (1, False), (2, True)], "\n")
@example(b"\xef\xbb\xbfa\r\nb", [(1, True), (1, True), (2, True), (1, True)], "\n")
@example(b"a\rb\rc", [(2, True), (2, True)], "\n")
@example(b"a\rb\rc\n", [(2, True), (2, True)], "\n")
def test_arrival(data: bytes, cuts: list[tuple[int, bool]], end: str) -> None:
    """Records do not depend on how their bytes arrive."""
    assert len(data) < START_BYTES

    def arrive() -> Iterator[bytes | None]:
        rest = data
        for length, pauses in cuts:
            if rest[:length]:
                yield rest[:length]
            rest = rest[length:]
            if pauses:
                yield None
        if rest:
            yield rest

    encoding = None if data.startswith(tuple(WIDE)) else "utf-8"
    expected = split_records(data, end)
    try:
        with open_arriving(arrive()) as source:
            records = list(read_texts(read_records(source, end.encode(), encoding=encoding)))
    except DataError as error:
        assert expected is None or "compressed" in str(error) or "zip" in str(error), str(error)
    else:
        assert records == expected


@settings(deadline=None, derandomize=True, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(contents)
@example(b"")
@example(b"\n" * 5_000)
def test_predict_lines(working_dir: Path, data: bytes) -> None:
    """Each line of input that is said to be lines is one record of output."""
    (working_dir / "in").write_bytes(data)
    with (
        pytest.MonkeyPatch.context() as patch,
        (working_dir / "in").open() as stdin,
        (working_dir / "out").open("w") as out,
    ):
        patch.setattr(sys, "stdin", stdin)
        patch.setattr(sys, "stdout", out)
        encoding = [] if data.startswith(tuple(WIDE)) else ["--encoding", "utf-8"]
        code = run(["predict", "-", "--json", "--input-format", "lines", *encoding])
    predictions = [json.loads(line) for line in (working_dir / "out").read_bytes().splitlines()]
    expected = split_records(data, "\n")
    if code:
        assert expected is None
    else:
        assert [prediction["text"] for prediction in predictions] == expected
