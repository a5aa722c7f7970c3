"""The usual names of sentiment classes: 0 and 1, one to five stars, P and N. Knows no texts."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal

from rnnsent.data.labels import NUMBER, fold_class, match_classes

NEGATIVE, NEUTRAL, POSITIVE = "negative", "neutral", "positive"
VERY_NEGATIVE, VERY_POSITIVE = "very negative", "very positive"
WITHOUT_STRENGTH = {VERY_NEGATIVE: NEGATIVE, VERY_POSITIVE: POSITIVE}
STRENGTH = re.compile(r"(?:very|extremely|strongly)[ _-]?(negative|positive)")

TWO, THREE = (NEGATIVE, POSITIVE), (NEGATIVE, NEUTRAL, POSITIVE)
FIVE = (VERY_NEGATIVE, NEGATIVE, NEUTRAL, POSITIVE, VERY_POSITIVE)
# Names that have to be all there, in the order of their sentiments.
EXACT_SCALES: Sequence[tuple[tuple[str, ...], tuple[str, ...]]] = (
    (("0", "1"), TWO),
    (("0", "4"), TWO),  # Sentiment140
    (("0", "2", "4"), THREE),
    (("-1", "1"), TWO),
    (("1", "5"), TWO),  # the ends of five stars
    (("-1", "0", "1"), THREE),
    (("false", "true"), TWO),
    (("n", "p"), TWO),
    (("n", "neutral", "p"), THREE),
    (("bad", "good"), TWO),
    (("label_0", "label_1"), TWO),
    (("label_0", "label_2"), TWO),  # without the neutral one below
    (("label_0", "label_1", "label_2"), THREE),
)
# Scales of numbers, of which the lowest and the highest one, and one more, have to be there.
RATING_SCALES: Sequence[tuple[tuple[str, ...], tuple[str, ...]]] = (
    (("1", "2", "3", "4", "5"), FIVE),
    (("0", "1", "2", "3", "4"), FIVE),  # SST-5
    (("-2", "-1", "0", "1", "2"), FIVE),
)


def recognize_classes(labels: Sequence[str], classes: Sequence[str]) -> dict[str, str]:
    """New names of the labels that are sentiments under other names than the classes; empty unless that is obvious.

    A sentiment that the classes lack keeps its name: the label 3 of five stars becomes `neutral`. If a number or an
    abbreviation is itself a class, none of them is recognized.
    """
    matches = match_classes(labels, classes)
    unknown = [name for name, match in matches.items() if match is None]
    is_plain = all(match is None or name in FIVE for name, match in matches.items())
    sentiments = _recognize(labels) if is_plain else _recognize_words(labels)
    sentiments = {name: sentiment for name, sentiment in sentiments.items() if name in unknown}
    by_sentiment = {sentiment: name for name, sentiment in _recognize(classes).items()}
    if len(by_sentiment) < len(classes) or not {NEGATIVE, POSITIVE} <= by_sentiment.keys() or _is_rating(classes):
        return {}
    if len(unknown) == len(labels) and not {NEGATIVE, POSITIVE} <= {
        WITHOUT_STRENGTH.get(name, name) for name in sentiments.values()
    }:
        return {}
    targets = {
        name: by_sentiment.get(sentiment) or by_sentiment.get(WITHOUT_STRENGTH.get(sentiment, sentiment)) or sentiment
        for name, sentiment in sentiments.items()
    }
    return {name: target for name, target in targets.items() if name != target}


def suggest_label_map(labels: Collection[str]) -> tuple[str, bool] | None:
    """A --label-map that makes sentiments of labels that are numbers, and whether they are ratings; None for others."""
    numbers = sorted(Decimal(name) for name in labels if NUMBER.fullmatch(name))
    if len(numbers) < len(labels) or len(numbers) < 2:
        return None
    folded = {fold_class(name) for name in labels}
    for scale, sentiments in EXACT_SCALES:
        if folded == set(scale):
            return ",".join(f"{name}={sentiment}" for name, sentiment in zip(scale, sentiments, strict=True)), False
    lowest, highest, is_whole = numbers[0], numbers[-1], all(number % 1 == 0 for number in numbers)
    if is_whole and _is_rating(labels):
        return {
            1: "1-2=negative,3=neutral,4-5=positive",
            0: "0-1=negative,2=neutral,3-4=positive",
            -2: "-2--1=negative,0=neutral,1-2=positive",
        }[int(lowest)], True
    if highest == 5 and lowest in (Decimal("0.5"), 1) and len(numbers) > 2:
        return f"{lowest}-2.5=negative,3=neutral,3.5-5=positive", True
    if is_whole and lowest == 1 and highest == 10 and len(numbers) > 2:
        return "1-4=negative,5-6=neutral,7-10=positive", True
    return None


def _recognize(names: Iterable[str]) -> dict[str, str]:
    """The sentiment of each name, if all of them are of one scale or are words; else of those that are words."""
    by_fold = {fold_class(name): name for name in names}
    for scale, sentiments in (*EXACT_SCALES, *RATING_SCALES):
        known = dict(zip(scale, sentiments, strict=True))
        if by_fold.keys() == known.keys() or (len(scale) == len(FIVE) and _is_part_of(by_fold.keys(), scale)):
            return {by_fold[folded]: sentiment for folded, sentiment in known.items() if folded in by_fold}
    return _recognize_words(by_fold.values())


def _recognize_words(names: Iterable[str]) -> dict[str, str]:
    sentiments: dict[str, str] = {}
    for name in names:
        folded = fold_class(name)
        if match := STRENGTH.fullmatch(folded):
            folded = f"very {match[1]}"
        if folded in FIVE:
            sentiments[name] = folded
    return sentiments


def _is_rating(names: Iterable[str]) -> bool:
    folded = {fold_class(name) for name in names}
    return any(_is_part_of(folded, scale) for scale, _ in RATING_SCALES)


def _is_part_of(folded: Collection[str], scale: Sequence[str]) -> bool:
    return {scale[0], scale[-1]} < set(folded) <= set(scale)


def describe_mapping(names: Mapping[str, str]) -> str:
    """The sentence that tells the user of recognized classes."""
    return f"mapped the labels {', '.join(names)} to {', '.join(names.values())}; --label-map overrides"


def weigh_sentiments(classes: Sequence[str]) -> tuple[float, ...] | None:
    """How positive each class is, from -1 to 1; None unless all are sentiments, some of them opposite.

    Negative and positive are -1 and 1, or half of that if there are very negative or very positive ones.
    """
    sentiments = _recognize(classes)
    if fold_sentiments(classes) is None:
        return None
    has_strengths = not WITHOUT_STRENGTH.keys().isdisjoint(sentiments.values())
    plain = 0.5 if has_strengths else 1.0
    weights = {VERY_NEGATIVE: -1.0, NEGATIVE: -plain, NEUTRAL: 0.0, POSITIVE: plain, VERY_POSITIVE: 1.0}
    return tuple(weights[sentiments[name]] for name in classes)


def fold_sentiments(classes: Sequence[str]) -> tuple[str, ...] | None:
    """Whether each class is negative, neutral or positive; None unless all are sentiments, some of them opposite."""
    sentiments = _recognize(classes)
    if len(sentiments) < len(classes):
        return None
    folded = tuple(WITHOUT_STRENGTH.get(sentiments[name], sentiments[name]) for name in classes)
    return folded if {NEGATIVE, POSITIVE} <= set(folded) else None
