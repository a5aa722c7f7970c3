"""Where sentences begin and end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnsent.data.sentences import sentence_spans


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Good film. Bad end!", ["Good film.", "Bad end!"]),
        ('He said "no." Then he left...  Really?!', ['He said "no."', "Then he left...", "Really?!"]),
        ("One<br /><br />Two\nThree\n\n", ["One", "Two", "Three"]),
        ("Mr. Smith met Dr. Jones at 3.5 p.m. yesterday. Fine.", ["Mr. Smith met Dr. Jones at 3.5 p.m. yesterday.", "Fine."]),
        ("J. R. R. Tolkien vs. No. 5, e.g. this. Yes", ["J. R. R. Tolkien vs. No. 5, e.g. this.", "Yes"]),
        ("很好。不错！真的", ["很好。", "不错！", "真的"]),
        ("a.b.c www.a.org/x?y=1 :) ok", ["a.b.c www.a.org/x?y=1 :) ok"]),
        ("  \n ", []), ("", []), ("...", ["..."]), (" a ", ["a"]),
    ],
)  # fmt: skip
def test_sentences(text: str, sentences: list[str]) -> None:
    assert [text[start:end] for start, end in sentence_spans(text)] == sentences


@given(st.text(alphabet="ab .!?\n<br/>\"'。\u3000"))
def test_cover(text: str) -> None:
    """Spans are in order, apart, without blanks around them, and leave out white space and line breaks only."""
    spans = sentence_spans(text)
    assert all(text[start:end].strip() == text[start:end] != "" for start, end in spans)
    ends = [0, *(end for _, end in spans)]
    starts = [*(start for start, _ in spans), len(text)]
    assert all(end <= start for end, start in zip(ends, starts, strict=True))
    between = "".join(text[end:start] for end, start in zip(ends, starts, strict=True))
    assert set(between) <= set(" \n\u3000<br/>")
