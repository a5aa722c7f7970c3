"""Proves that any bytes, however they arrive, give the records that the documented rule says: the lines of the text."""

import codecs
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from arbitrary import is_compressed, records_of
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from rnnsent.cli.app import run
from rnnsent.data.encoding import COMPRESSED, UTF16, as_utf8
from rnnsent.data.records import _split
from rnnsent.errors import DataError

MARKS = (b"", codecs.BOM_UTF8, *UTF16, *COMPRESSED)
PIECES = (
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
)
texts = st.text().flatmap(
    lambda text: st.sampled_from(["utf-8", "utf-16-le", "utf-16-be", "latin-1"]).map(
        lambda name: text.encode(name, "ignore")
    )
)
contents = st.builds(
    lambda mark, parts: mark + b"".join(parts),
    st.sampled_from(MARKS),
    st.lists(st.one_of(st.binary(), texts, st.sampled_from(PIECES)), max_size=12),
)


@settings(deadline=None, derandomize=True, max_examples=400)
@given(contents, st.lists(st.tuples(st.integers(0, 60), st.booleans()), max_size=20), st.sampled_from("\n\0"))
@example(b"\xff\xfe\x3d\xd8\x00\xde\n\x00", [(1, True), (1, True), (1, False), (2, True)], "\n")
@example(b"\xef\xbb\xbfa\r\nb", [(1, True), (1, True), (2, True), (1, True)], "\n")
def test_records_do_not_depend_on_how_their_bytes_arrive(data: bytes, cuts: list[tuple[int, bool]], end: str) -> None:
    def arriving() -> Iterator[bytes | None]:
        rest = data
        for length, pauses in cuts:
            yield rest[:length]
            rest = rest[length:]
            if pauses:
                yield None
        yield rest

    found = _split(as_utf8(arriving()), end.encode())
    if is_compressed(data):
        with pytest.raises(DataError, match="stdin is compressed"):
            list(found)
    else:
        assert [raw.decode("utf-8", "replace") for raw in found if raw is not None] == records_of(data, end)


@settings(deadline=None, derandomize=True, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(contents)
@example(b"")
@example(b"\n" * 5_000)
def test_a_line_in_is_a_record_out_of_the_command(working_folder: Path, data: bytes) -> None:
    (working_folder / "in").write_bytes(data)
    with (
        pytest.MonkeyPatch.context() as patch,
        (working_folder / "in").open() as given_,
        (working_folder / "out").open("w") as out,
    ):
        patch.setattr(sys, "stdin", given_)
        patch.setattr(sys, "stdout", out)
        code = run(["predict", "-", "--json"])
    answers = [json.loads(line) for line in (working_folder / "out").read_bytes().splitlines()]
    if is_compressed(data):
        assert (code, answers) == (1, [])
    else:
        assert (code, [each["text"] for each in answers]) == (0, records_of(data))
        assert all((each["label"] is None) == (each["n_tokens"] == 0) for each in answers)
