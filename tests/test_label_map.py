"""Label maps are parsed, and name the classes of a data set."""

import pytest

from rnnsent.data.label_map import drop_option, format_label_map, parse_label_map, resolve_label_map
from rnnsent.errors import SettingsError


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
def test_parse(texts: list[str], label_map: dict[str, str | None]) -> None:
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
def test_parse_invalid(text: str, culprit: str) -> None:
    """The error for an invalid label map names the part that is wrong."""
    with pytest.raises(SettingsError, match=r"^--label-map .* write OLD=NEW,OLD=NEW") as error:
        parse_label_map([text])
    assert f": {culprit} is invalid" in str(error.value)


def test_parse_mapped_twice() -> None:
    """A class cannot be mapped to two names."""
    with pytest.raises(SettingsError, match="maps the class 'a' twice, to 'b' and nothing; keep one"):
        parse_label_map(["a=b", "a="])


def test_format() -> None:
    """A label map is written as it is read."""
    label_map = {"so, so": None, 'say "no"': "a=b", "1-2": "negative"}
    assert parse_label_map([format_label_map(label_map)]) == label_map
    assert drop_option(["3", "so so"]) == "--label-map '3=,so so='"


def test_resolve() -> None:
    """A key means a class in any spelling, and a range all numbers in it."""
    resolved, unknown = resolve_label_map(
        {"1-2": "neg", "3.0": None, "3.5-5": "Positive", "x": "y"}, ["1", "2", "2.5", "3", "4", "5"]
    )
    assert resolved == {"1": "negative", "2": "negative", "3": None, "4": "positive", "5": "positive"}
    assert unknown == ["x"]
    assert resolve_label_map({"-2--1": "bad", "HAPPY": "x"}, ["-2", "-1", "1", "Happy"])[0] == {
        "-2": "bad", "-1": "bad", "Happy": "x",
    }  # fmt: skip


def test_resolve_range_or_class() -> None:
    """A class that is named like a range wins over the range."""
    assert resolve_label_map({"1-2": "low"}, ["1", "2", "1-2"]) == ({"1-2": "low"}, [])


def test_resolve_mapped_twice() -> None:
    """A class in two ranges, or in two spellings, has one target."""
    with pytest.raises(SettingsError, match="maps the class '3' twice, to 'low' and 'high'; keep one"):
        resolve_label_map({"1-3": "low", "3-5": "high"}, ["1", "3", "5"])
    with pytest.raises(SettingsError, match="maps the class 'Happy' twice, to 'a' and 'b'; keep one"):
        resolve_label_map({"happy": "a", "HAPPY": "b"}, ["Happy"])
