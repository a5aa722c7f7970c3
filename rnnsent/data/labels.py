"""Names of classes: their spellings, aliases and order, and how messages list them. Knows no texts."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from rnnsent.errors import SettingsError

# The abbreviations that data sets use, so that several data sets can train one model.
CLASS_ALIASES = {"neg": "negative", "pos": "positive", "neu": "neutral"}
NUMBER = re.compile(r"[+-]?[0-9]{1,18}(?:\.[0-9]{0,18})?")
WORD = re.compile(r"[^\W\d][\w-]*")  # a name that needs no quotes beside its count
MAX_LISTED = 10

# Original class name -> class name, or None to drop the class's rows. Several classes may map to the same one, and a
# range of numbers, for example 1-2, maps all classes in it.
LabelMap = Mapping[str, str | None]


def class_name(value: Any) -> str:
    """The normalized name of a class: `neg` and `Negative` become `negative`, 1.0 becomes `1`."""
    name = " ".join(spell(value).split())
    folded = name.casefold()
    if re.fullmatch(r"[+-]?[0-9]+\.0*", name):
        return name.partition(".")[0]
    return CLASS_ALIASES.get(folded, folded if folded in CLASS_ALIASES.values() else name)


def spell(value: Any) -> str:
    """A label as the source writes it, a Boolean as JSON does."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def fold_class(name: str) -> str:
    """What all spellings of a class have in common, which may differ in case, blanks and the format of a number."""
    name = unicodedata.normalize("NFC", class_name(name)).casefold()
    if not NUMBER.fullmatch(name):
        return name
    number = f"{Decimal(name).normalize():f}"
    return "0" if number == "-0" else number


def match_classes(names: Iterable[str], classes: Iterable[str]) -> dict[str, str | None]:
    """The class that each name means: the equal one, else the only one in another spelling; None if there is none."""
    by_fold: dict[str, list[str]] = {}
    for candidate in (candidates := set(classes)):
        by_fold.setdefault(fold_class(candidate), []).append(candidate)
    matches: dict[str, str | None] = {}
    for name in names:
        similar = by_fold.get(fold_class(name), ())
        matches[name] = name if name in candidates else similar[0] if len(similar) == 1 else None
    return matches


def select_classes(classes: Sequence[str], names: Iterable[str], model: str) -> tuple[str, ...]:
    """The classes of a model that the names mean, in the model's order.

    Raises:
        SettingsError: a name is no class of the model, or fewer than two classes are named.
    """
    matches = match_classes(names, classes)
    for name, match in matches.items():
        if match is None:
            raise SettingsError(f"the model {model!r} has no class {name!r}; its classes are {format_names(classes)}")
    selected = set(matches.values())
    if len(selected) < 2:
        raise SettingsError(f"a model chooses among at least two classes; name several of {format_names(classes)}")
    return tuple(name for name in classes if name in selected)


def name_spellings(counts: Mapping[str, int]) -> dict[str, str]:
    """The class name of each spelling: one name for all spellings of a class, that of the most frequent one.

    Args:
        counts: how often each spelling occurs.
    """
    groups: dict[str, list[str]] = {}
    for spelling in sorted(counts):
        groups.setdefault(fold_class(spelling), []).append(spelling)
    return {
        spelling: class_name(
            max(spellings, key=lambda spelling: counts[spelling])
        )  # the first of equally frequent ones
        for spellings in groups.values()
        for spelling in spellings
    }


def merge_spellings(parts: Iterable[Mapping[str, int]]) -> tuple[str, ...]:
    """The classes of several parts of a data set, given their counts; a class that they spell differently has one name.

    Spellings that are different classes within a part, as declared by the data set, stay different.
    """
    totals = Counter[str]()
    is_exact = False
    for counts in parts:
        totals.update(counts)
        is_exact |= len({fold_class(name) for name in counts}) < len(counts)
    return sort_classes(totals if is_exact else name_spellings(totals).values())


def sort_classes(names: Iterable[str]) -> tuple[str, ...]:
    """Unique class names in numeric order if all of them are numbers, otherwise in alphabetical order."""
    unique = set(names)
    if all(map(NUMBER.fullmatch, unique)):
        return tuple(sorted(unique, key=lambda name: (Decimal(name), name)))
    return tuple(sorted(unique))


def format_names(names: Iterable[str]) -> str:
    """The names in quotes for a message, at most 10 of them."""
    listed = list(names)
    more = f" and {len(listed) - MAX_LISTED} more" if len(listed) > MAX_LISTED else ""
    return ", ".join(map(repr, listed[:MAX_LISTED])) + more


def format_counts(counts: Mapping[str, int]) -> str:
    """The classes with their counts for a message, at most 10 of them: "negative 50, positive 50", "'0' 50, '1' 50"."""
    items = [f"{name if WORD.fullmatch(name) else repr(name)} {count:,}" for name, count in counts.items()]
    if len(items) <= MAX_LISTED:
        return ", ".join(items)
    rest = sum(list(counts.values())[MAX_LISTED:])
    return f"{', '.join(items[:MAX_LISTED])} and {len(items) - MAX_LISTED} more classes {rest:,}"
