"""Class names are normalized and sorted."""

import pytest

from rnnsent.data.labels import check_label_map, class_name, normalize_label_map, parse_label_map, sort_classes
from rnnsent.errors import DataError, SettingsError


@pytest.mark.parametrize(
    ("value", "name"),
    [("neg", "negative"), ("Positive", "positive"), (1.0, "1"), (0, "0"), (True, "true"), (" Very  Bad ", "Very Bad")],
)
def test_class_name(value: object, name: str) -> None:
    """A class has one name, however a data set writes it."""
    assert class_name(value) == name


def test_sort_numbers() -> None:
    """Class names are sorted as numbers if all of them are numbers, otherwise alphabetically."""
    assert sort_classes(["10", "9", "-2"]) == ("-2", "9", "10")
    assert sort_classes(["b", "10", "a"]) == ("10", "a", "b")


def test_sort_two_signs() -> None:
    """A name with two signs is not a number."""
    assert sort_classes(["--1", "+1"]) == ("+1", "--1")


def test_normalize_label_map() -> None:
    """The names in a label map are normalized like the labels."""
    assert normalize_label_map({"Neg": "bad", "pos": "POS", "3": None}, "data") == {
        "negative": "bad",
        "positive": "positive",
        "3": None,
    }
    with pytest.raises(DataError, match=r"^data: the label map maps the class 'negative' twice"):
        normalize_label_map({"neg": "a", "negative": "b"}, "data")


def test_check_label_map() -> None:
    """The error for unknown classes lists the classes that exist."""
    check_label_map({"a": "b"}, ["a", "b"], "data")
    with pytest.raises(DataError, match=r"^data: the label map has unknown classes 'x'; the classes are 'a', 'b'$"):
        check_label_map({"a": "b", "x": None}, ["a", "b"], "data")


@pytest.mark.parametrize(
    ("texts", "label_map"),
    [
        (["0=negative,4=positive"], {"0": "negative", "4": "positive"}),
        (["0=negative", "4=positive"], {"0": "negative", "4": "positive"}),
        (["1-2=negative,3=neutral,4-5=positive"], {"1-2": "negative", "3": "neutral", "4-5": "positive"}),
        ([" very bad = bad , unsure = "], {"very bad": "bad", "unsure": None}),
        (['"so, so"="a=b",x="say ""no"""'], {"so, so": "a=b", "x": 'say "no"'}),
        (["a=b,a=b"], {"a": "b"}),
        (["-1=negative,"], {"-1": "negative"}),
    ],
)
def test_parse_label_map(texts: list[str], label_map: dict[str, str | None]) -> None:
    """A label map is written OLD=NEW,OLD=NEW; names may contain blanks, and in double quotes anything."""
    assert parse_label_map(texts) == label_map


@pytest.mark.parametrize(
    ("text", "culprit"),
    [
        ("a", "'a'"),
        ("a=b,c", "'c'"),
        ("=b", "'=b'"),
        ("a=b=c", "'a=b=c'"),
        ('"a=b', "'\"a=b'"),
        ("", "''"),
        ("a=b,,", "','"),
    ],
)
def test_parse_invalid_label_map(text: str, culprit: str) -> None:
    """The error for an invalid label map names the part that is wrong."""
    with pytest.raises(SettingsError, match=r"^--label-map .* write OLD=NEW,OLD=NEW") as error:
        parse_label_map([text])
    assert f": {culprit} is invalid" in str(error.value)


def test_parse_mapped_twice() -> None:
    """A class cannot be mapped to two names."""
    with pytest.raises(SettingsError, match="maps the class 'a' twice, to 'b' and None; keep one"):
        parse_label_map(["a=b", "a="])
