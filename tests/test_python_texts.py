"""Any column of texts is read, missing values keep their place, and everything else is an error with a remedy."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import numpy as np
import pyarrow
import pytest

from rnnsent.data.python_texts import read_python_texts

TEXTS = ["good", "", "bad"]


class Column:
    """A column as pandas and polars have it: iterable, of one dimension, and not a sequence."""

    ndim = 1

    def __init__(self, values: list[Any]) -> None:
        self._values = values

    def __iter__(self) -> Iterator[Any]:
        return iter(self._values)


NAType = type("NAType", (), {"__eq__": lambda self, other: self, "__bool__": lambda self: 1 / 0, "__hash__": None})
NaTType = type("NaTType", (), {})


@pytest.mark.parametrize(
    "texts",
    [
        TEXTS, tuple(TEXTS), iter(TEXTS), (text for text in TEXTS), dict.fromkeys(TEXTS).keys().__iter__(), Column(TEXTS),
        np.array(TEXTS), np.array(TEXTS, dtype=object), [np.str_(text) for text in TEXTS], pyarrow.array(TEXTS),
        pyarrow.chunked_array([TEXTS]),
    ],
    ids=lambda texts: type(texts).__name__,
)  # fmt: skip
def test_columns(texts: Any) -> None:
    """Every kind of column gives plain strings."""
    plain, missing = read_python_texts(texts)
    assert (plain, missing) == (TEXTS, frozenset())
    assert {type(text) for text in plain} == {str}


def test_missing() -> None:
    """None and every NaN are missing."""
    values = [None, float("nan"), np.nan, np.float32("nan"), NAType(), NaTType(), np.datetime64("NaT")]
    assert read_python_texts(["good", *values]) == (["good", *[""] * 7], frozenset(range(1, 8)))
    assert read_python_texts(pyarrow.array(["good", None])) == (["good", ""], {1})


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        ("good", r"a list of texts, not one str; write \['good'\]"),
        (np.str_("good"), "a list of texts, not one str_; write"),
        (b"good", r"a list of texts, not bytes; decode it, for example \[data.decode\(\)\]"),
        ({"text": "good"}, r'a list of texts, not a dict; pass one value, for example data\["text"\]'),
        ({"good"}, "a list of texts, not a set, which has no order; pass a list"),
        (SimpleNamespace(columns=["text"]), r'one column of texts, not a SimpleNamespace; pass one column, for example frame\["text"\]'),
        (pyarrow.table({"text": TEXTS}), r'one column of texts, not a Table; pass one column, for example frame\["text"\]'),
        (np.array([TEXTS]), r"a list of texts, not an array of 2 dimensions; pass one column, for example array\[:, 0\]"),
        (np.array("good"), r"a list of texts, not an array of 0 dimensions; pass \[text\]"),
        (7, "a list of texts, not an int"),
        (None, "a list of texts, not None"),
    ],
)  # fmt: skip
def test_not_a_column(texts: object, message: str) -> None:
    """What is not one column of texts is an error that says what to pass."""
    with pytest.raises(TypeError, match=f"^predict takes {message}"):
        read_python_texts(texts)


@pytest.mark.parametrize(
    ("element", "message"),
    [
        (7, r"element 2 is an int \(7\): pass texts, or convert it with str\(\)"),
        (1.5, r"element 2 is a float \(1.5\): pass texts"),
        (True, r"element 2 is a bool \(True\): pass texts"),
        (b"bad", r"element 2 is bytes \(b'bad'\): decode it, for example data.decode\(\)"),
        (["bad"], r"element 2 is a list \(\['bad'\]\): pass one flat list of texts"),
        ({"text": "bad"}, r"element 2 is a dict \(.*\): pass one flat list of texts"),
        (range(10**9), r"element 2 is a range \(range\(0, 1000000000\)\): pass one flat"),
    ],
)
def test_bad_element(element: object, message: str) -> None:
    """An element that is not a text is named with its index."""
    with pytest.raises(TypeError, match=f"^{message}"):
        read_python_texts(["good", None, element])


def test_pandas() -> None:
    """The columns of pandas, with each of its missing values; a frame or a row of a frame is refused."""
    pandas = pytest.importorskip("pandas")
    for dtype in ("object", "string", "str", "category"):
        assert read_python_texts(pandas.Series(["good", None, "bad"], dtype=dtype)) == (["good", "", "bad"], {1})
    assert read_python_texts(pandas.Index(TEXTS)) == (TEXTS, frozenset())
    values = pandas.Series(["good", pandas.NA, pandas.NaT, np.nan, None], dtype="object")
    assert read_python_texts(values) == (["good", *[""] * 4], {1, 2, 3, 4})
    frame = pandas.DataFrame({"text": TEXTS, "n": [1, 2, 3]})
    with pytest.raises(TypeError, match=r'not a DataFrame; pass one column, for example frame\["text"\]'):
        read_python_texts(frame)
    with pytest.raises(TypeError, match=r"^element 0 is an int"):
        read_python_texts(frame["n"])
