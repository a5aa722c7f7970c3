"""Texts that a Python program passes: lists, arrays and columns of any library, told apart by what they offer.

Imports no library of tables. Errors are TypeError, and say what to pass instead.
"""

from collections.abc import Iterable, Mapping, Set
from typing import Any

import numpy as np

MISSING_TYPES = frozenset({"NAType", "NaTType"})  # pandas.NA and pandas.NaT, which cannot be compared
MAX_SHOWN = 40  # characters of a value in an error


def read_python_texts(texts: Any) -> tuple[list[str], frozenset[int]]:
    """The texts as a list of plain strings, and the indices of missing values, which are empty texts.

    Raises:
        TypeError: this is not one column of texts, or an element is neither a text nor missing.
    """
    elements = _list_elements(texts)
    plain: list[str] = []
    missing: set[int] = set()
    for index, element in enumerate(elements):
        if type(element) is str:
            plain.append(element)
        elif isinstance(element, str):  # numpy.str_
            plain.append(str(element))
        elif _is_missing(element):
            plain.append("")
            missing.add(index)
        else:
            raise TypeError(_describe_element(element, index))
    return plain, frozenset(missing)


def _list_elements(texts: Any) -> Iterable[Any]:
    kind = type(texts).__name__
    if isinstance(texts, str):  # a string is an iterable of strings too, one per character
        raise TypeError(f"predict takes a list of texts, not one {kind}; write [{texts[:20]!r}]")
    if isinstance(texts, (bytes, bytearray, memoryview)):
        raise TypeError(f"predict takes a list of texts, not {kind}; decode it, for example [data.decode()]")
    if isinstance(texts, Mapping):
        raise TypeError(f'predict takes a list of texts, not a {kind}; pass one value, for example data["text"]')
    if isinstance(texts, Set):
        raise TypeError(f"predict takes a list of texts, not a {kind}, which has no order; pass a list")
    if hasattr(texts, "columns") or hasattr(texts, "column_names"):
        raise TypeError(f'predict takes one column of texts, not a {kind}; pass one column, for example frame["text"]')
    n_dimensions = getattr(texts, "ndim", 1)
    if n_dimensions != 1:
        instead = "pass one column, for example array[:, 0]" if n_dimensions else "pass [text]"
        raise TypeError(f"predict takes a list of texts, not an array of {n_dimensions} dimensions; {instead}")
    if hasattr(texts, "to_pylist"):  # of pyarrow, whose elements are not strings
        elements: list[Any] = texts.to_pylist()
        return elements
    if not isinstance(texts, Iterable):
        raise TypeError(f"predict takes a list of texts, not {_with_article(kind)}")
    return texts


def _is_missing(element: Any) -> bool:
    if element is None or type(element).__name__ in MISSING_TYPES:
        return True
    if isinstance(element, (float, np.floating)):
        return bool(np.isnan(element))
    return isinstance(element, np.datetime64) and bool(np.isnat(element))


def _describe_element(element: Any, index: int) -> str:
    kind = type(element).__name__
    if isinstance(element, (bytes, bytearray)):
        instead = "decode it, for example data.decode()"
    elif isinstance(element, Iterable):
        instead = "pass one flat list of texts"
    else:
        instead = "pass texts, or convert it with str()"
    return f"element {index} is {_with_article(kind)} ({repr(element)[:MAX_SHOWN]}): {instead}"


def _with_article(kind: str) -> str:
    if kind in ("NoneType", "bytes"):
        return {"NoneType": "None"}.get(kind, kind)
    return f"{'an' if kind[0].lower() in 'aeiou' else 'a'} {kind}"
