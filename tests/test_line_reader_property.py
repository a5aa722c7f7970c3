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
from rnnsent.data.encoding import COMPRESSED, UTF16, as_utf8
from rnnsent.data.line_reader import _split
from rnnsent.errors import DataError
from tests.support.random_inputs import is_compressed, split_records

MARKS = (b"", codecs.BOM_UTF8, *UTF16, *COMPRESSED)
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


@settings(deadline=None, derandomize=True, max_examples=400)
@given(contents, st.lists(st.tuples(st.integers(0, 60), st.booleans()), max_size=20), st.sampled_from("\n\0"))
@example(b"\xff\xfe\x3d\xd8\x00\xde\n\x00", [(1, True), (1, True), (1, False), (2, True)], "\n")
@example(b"\xef\xbb\xbfa\r\nb", [(1, True), (1, True), (2, True), (1, True)], "\n")
def test_arrival(data: bytes, cuts: list[tuple[int, bool]], end: str) -> None:
    """Records do not depend on how their bytes arrive."""

    def arrive() -> Iterator[bytes | None]:
        rest = data
        for length, pauses in cuts:
            yield rest[:length]
            rest = rest[length:]
            if pauses:
                yield None
        yield rest

    records = _split(as_utf8(arrive()), end.encode())
    if is_compressed(data):
        with pytest.raises(DataError, match="stdin is compressed"):
            list(records)
    else:
        assert [raw.decode("utf-8", "replace") for raw in records if raw is not None] == split_records(data, end)


@settings(deadline=None, derandomize=True, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(contents)
@example(b"")
@example(b"\n" * 5_000)
def test_predict_lines(working_dir: Path, data: bytes) -> None:
    """Each line of input is one record of output."""
    (working_dir / "in").write_bytes(data)
    with (
        pytest.MonkeyPatch.context() as patch,
        (working_dir / "in").open() as stdin,
        (working_dir / "out").open("w") as out,
    ):
        patch.setattr(sys, "stdin", stdin)
        patch.setattr(sys, "stdout", out)
        code = run(["predict", "-", "--json"])
    predictions = [json.loads(line) for line in (working_dir / "out").read_bytes().splitlines()]
    if is_compressed(data):
        assert (code, predictions) == (1, [])
    else:
        assert (code, [prediction["text"] for prediction in predictions]) == (0, split_records(data))
        assert all((prediction["label"] is None) == (prediction["n_tokens"] == 0) for prediction in predictions)
