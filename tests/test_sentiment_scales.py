"""The usual names of sentiment classes are recognized where they are obvious, and nowhere else."""

import pytest

from rnnsent.data.sentiment_scales import recognize_classes, suggest_label_map

TWO = ("negative", "positive")
THREE = ("negative", "neutral", "positive")
FIVE = ("very negative", "negative", "neutral", "positive", "very positive")


@pytest.mark.parametrize(
    ("labels", "classes", "names"),
    [
        ("0 1", TWO, "negative positive"),
        ("1 0", ("positive", "negative"), "positive negative"),
        ("0 4", TWO, "negative positive"),
        ("0 2 4", THREE, "negative neutral positive"),
        ("-1 1", TWO, "negative positive"),
        ("1 5", TWO, "negative positive"),
        ("-1 0 1", THREE, "negative neutral positive"),
        ("1 2 3 4 5", THREE, "negative negative neutral positive positive"),
        ("1 2 4 5", TWO, "negative negative positive positive"),
        ("1 2 3 4 5", FIVE, "very_negative negative neutral positive very_positive"),
        ("0 1 2 3 4", FIVE, "very_negative negative neutral positive very_positive"),
        ("0 1 3 4", TWO, "negative negative positive positive"),
        ("-2 -1 0 1 2", THREE, "negative negative neutral positive positive"),
        ("P N", TWO, "positive negative"),
        ("True False", TWO, "positive negative"),
        ("LABEL_0 LABEL_1", TWO, "negative positive"),
        ("LABEL_0 LABEL_1 LABEL_2", THREE, "negative neutral positive"),
        ("LABEL_0 LABEL_2", TWO, "negative positive"),
        ("good bad", TWO, "positive negative"),
        ("strongly_negative Very-Positive", TWO, "negative positive"),
        ("negative positive", ("0", "1"), "0 1"),
        ("positive negative", ("LABEL_0", "LABEL_1"), "LABEL_1 LABEL_0"),
        ("1 2 3 4 5", TWO, "negative negative neutral positive positive"),
        ("0 2 4", TWO, "negative neutral positive"),
    ],
)
def test_recognize(labels: str, classes: tuple[str, ...], names: str) -> None:
    """Numbers, stars and abbreviations of all classes are recognized; a sentiment that the model lacks keeps its name."""
    expected = [name.replace("_", " ") if name.startswith("very") else name for name in names.split()]
    assert recognize_classes(labels.split(), classes) == dict(zip(labels.split(), expected, strict=True))


@pytest.mark.parametrize("classes", [TWO, THREE])
def test_recognize_strength(classes: tuple[str, ...]) -> None:
    """Beside classes of the model, words are folded into them."""
    assert recognize_classes(["Extremely Negative", *classes, "Extremely Positive"], classes) == {
        "Extremely Negative": "negative",
        "Extremely Positive": "positive",
    }


def test_recognize_letters() -> None:
    """P and N may stand beside a class of the model."""
    assert recognize_classes(["P", "neutral", "N"], THREE) == {"P": "positive", "N": "negative"}


@pytest.mark.parametrize(
    ("labels", "classes"),
    [
        ("negative positive", TWO),  # the model's own
        ("0 1", ("0", "1", "2")),
        ("0 4", ("0", "1")),  # 0 is a class of the model
        ("1 2", TWO),  # two stars, or the numbers of two classes
        ("0 1 2", THREE),  # neutral may be 0, 1 or 2
        ("1 2 3 4 5 6", TWO),
        ("0", TWO),
        ("1 x", TWO),
        ("P N x", TWO),
        ("0 1", ("spam", "ham")),
        ("0 1", ("negative", "positive", "spam")),
        ("negative positive", ("1", "2", "3", "4", "5")),
        ("neutral 0", TWO),
        ("Extremely Negative", THREE),
    ],
)
def test_not_recognized(labels: str, classes: tuple[str, ...]) -> None:
    """Whatever may mean something else is left as it is."""
    names = ["Extremely Negative"] if labels == "Extremely Negative" else labels.split()
    assert recognize_classes(names, classes) == {}


@pytest.mark.parametrize(
    ("labels", "label_map", "is_rating"),
    [
        ("1 2 3 4 5", "1-2=negative,3=neutral,4-5=positive", True),
        ("1 2 4 5", "1-2=negative,3=neutral,4-5=positive", True),
        ("0 1 2 3 4", "0-1=negative,2=neutral,3-4=positive", True),
        ("1 1.5 2 5", "1-2.5=negative,3=neutral,3.5-5=positive", True),
        ("1 2 9 10", "1-4=negative,5-6=neutral,7-10=positive", True),
        ("0 1", "0=negative,1=positive", False),
        ("-1 0 1", "-1=negative,0=neutral,1=positive", False),
        ("0 4", "0=negative,4=positive", False),
    ],
)
def test_suggest(labels: str, label_map: str, is_rating: bool) -> None:
    """For labels that are numbers, a label map is suggested."""
    assert suggest_label_map(labels.split()) == (label_map, is_rating)


@pytest.mark.parametrize("labels", ["negative positive", "1 2 3 4", "1 a", "3", "0 7", "true false"])
def test_no_suggestion(labels: str) -> None:
    assert suggest_label_map(labels.split()) is None
