"""The corpus of a training run: the train and validation splits of its sources, merged."""

import logging
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from rnnsent.data.examples import (
    Examples,
    align_classes,
    choose_merged_classes,
    map_classes,
    merge,
    rename_classes,
)
from rnnsent.data.label_checks import check_classes, log_examples, suggest_names
from rnnsent.data.label_map import format_label_map
from rnnsent.data.labels import LabelMap, format_counts, match_classes, merge_spellings
from rnnsent.data.sentiment_scales import describe_mapping, recognize_classes
from rnnsent.data.sources import Source, find_split
from rnnsent.data.splits import TRAIN, VALIDATION
from rnnsent.data.validation_split import (
    DEFAULT_VALIDATION_FRACTION,
    HASH_RULE,
    count_distinct_texts,
    split_validation,
)
from rnnsent.errors import DataError

LOG = logging.getLogger(__name__)
MIN_CLASS_SIZE = 2


@dataclass(frozen=True)
class Corpus:
    """The texts of a training run, and a record of each source for the checkpoint."""

    train: Examples
    validation: Examples
    sources: tuple[dict[str, object], ...]


@dataclass(frozen=True)
class _Part:
    """What is read of one source; `validation` is None if it is to be taken from train."""

    source: Source
    train: Examples
    validation: Examples | None
    validation_split: str | None

    @property
    def splits(self) -> list[tuple[str, Examples]]:
        """The examples of each split, by a name for the user."""
        if self.validation is None:
            return [(self.source.name, self.train)]
        return [(self.source.name, self.train), (f"{self.source.name} ({self.validation_split})", self.validation)]

    def rename(self, names: LabelMap) -> "_Part":
        """Rename, merge or drop classes in every split."""
        validation = self.validation and rename_classes(self.validation, names)
        return replace(self, train=rename_classes(self.train, names), validation=validation)

    def spell_like(self, classes: Iterable[str]) -> "_Part":
        """Spell the classes as they are spelled in `classes`; others stay as they are."""
        matches = match_classes([name for _, examples in self.splits for name in examples.classes], classes)
        return self.rename({name: match for name, match in matches.items() if match})


def read_corpus(
    sources: Sequence[Source],
    *,
    validation_fraction: float,
    label_map: LabelMap | None = None,
    min_class_size: int = MIN_CLASS_SIZE,
    base_classes: Sequence[str] = (),
) -> Corpus:
    """Read the train and validation splits of the sources, never a test split.

    A source's own validation split is used unless `validation_fraction` is above 0. Otherwise, and for a source
    without one, validation is a part of the train split (`split_validation`).

    Args:
        label_map: applied to all sources; each of its keys is a class of at least one.
        min_class_size: a class with fewer distinct texts is left out.
        base_classes: the classes of the model to fine-tune, whose names and order are taken if they are the same ones.

    Raises:
        DataError: a source has no train split or only one class, or class names differ between sources.
        SettingsError: the labels are measurements, or the label map is ambiguous.
    """
    parts = [_read_part(source, use_own_validation=not validation_fraction) for source in sources]
    if label_map:
        parts = _map_parts(parts, label_map)
    for part in parts:
        _check_part(part)
        for name, examples in part.splits:
            log_examples(name, examples)
    parts = _unify_classes(parts, base_classes)
    parts = _drop_rare_classes(parts, min_class_size)
    classes = choose_merged_classes([(part.source.name, part.train) for part in parts])
    suggest_names(sources[0].name, classes)
    trains, validations, records = [], [], []
    for part in parts:
        train, validation = part.train, part.validation
        if validation is None:
            fraction = validation_fraction or DEFAULT_VALIDATION_FRACTION
            train, validation = split_validation(part.train, fraction, part.source.name)
        trains.append((part.source.name, train))
        validations.append((part.source.name, validation))
        records.append(
            {
                "name": part.source.name,
                "location": part.source.location,
                "train_rows": len(train),
                "validation_rows": len(validation),
                "validation_from": part.validation_split or "train",
                "validation_rule": "" if part.validation else HASH_RULE,
                "validation_in_train": _count_shared(validation.texts, train.texts) if part.validation else 0,
                "n_skipped": sum(examples.n_skipped for _, examples in part.splits),
                "label_map": format_label_map(label_map or {}),
                "min_class_size": min_class_size,
                "train_fingerprint": part.train.fingerprint(),  # before validation is taken from it
                "validation_fingerprint": validation.fingerprint(),
            }
        )
    return Corpus(merge(trains, classes), merge(validations, classes), tuple(records))


def _read_part(source: Source, *, use_own_validation: bool) -> _Part:
    train_split = find_split(source, TRAIN)
    if train_split is None:
        raise DataError(f"{source.name} has no train split; its splits are {', '.join(source.splits)}")
    train = source.read(train_split)
    validation_split = find_split(source, VALIDATION) if use_own_validation else None
    validation = source.read(validation_split) if validation_split else None
    if not validation:
        return _Part(source, train, None, None)
    classes = merge_spellings([train.counts(), validation.counts()])
    return _Part(source, train, validation, validation_split).spell_like(classes)


def _map_parts(parts: Sequence[_Part], label_map: LabelMap) -> list[_Part]:
    """Apply a label map whose keys are classes of any source, or of any of its splits."""

    def all_classes() -> set[str]:
        names = {name for part in parts for _, examples in part.splits for name in examples.classes}
        for part in parts:
            read = {find_split(part.source, TRAIN), part.validation_split}
            others = [split for split in part.source.splits if split not in read]
            names |= {name for split in others for name in part.source.read(split).classes}
        return names

    return [
        replace(
            part,
            train=map_classes(part.train, label_map, part.source.name, all_classes),
            validation=part.validation and map_classes(part.validation, label_map, part.source.name, all_classes),
        )
        for part in parts
    ]


def _check_part(part: _Part) -> None:
    """Raise an error unless there are labeled texts of at least two classes."""
    name, train = part.source.name, part.train
    if len(train) == 0:
        raise DataError(f"{name} has no labeled text to train on; choose its label column with --label-column")
    check_classes(name, train)
    present = [class_name for class_name, count in train.counts().items() if count]
    if len(present) < 2:
        raise DataError(f"{name} has only one class, {present[0]!r}; a classifier needs at least two")


def _unify_classes(parts: Sequence[_Part], base_classes: Sequence[str]) -> list[_Part]:
    """Name the classes of every source as those of one of them, where they agree: of the first source if it has all of them.

    The classes of that source are named as those of the base model, if they are the same ones.
    """
    by_size = sorted(range(len(parts)), key=lambda index: -len(_present_classes(parts[index].train)))
    attempts = [_name_like(parts, reference, base_classes) for reference in dict.fromkeys([0, *by_size])]
    unified = next((attempt for attempt in attempts if attempt.is_complete), attempts[0])
    for name, mapping in unified.mappings.items():
        LOG.info("%s: %s", name, describe_mapping(mapping))
    return unified.parts


@dataclass(frozen=True)
class _Unified:
    """Sources with the class names of one of them.

    Attributes:
        mappings: the names that were recognized, by source.
        is_complete: whether that one has the classes of all others.
    """

    parts: list[_Part]
    mappings: dict[str, dict[str, str]]
    is_complete: bool


def _name_like(parts: Sequence[_Part], reference: int, base_classes: Sequence[str]) -> _Unified:
    """Name the classes of every source as those of the source with this index."""
    named: dict[int, _Part] = {}
    mappings: dict[str, dict[str, str]] = {}
    for index in dict.fromkeys([reference, *range(len(parts))]):
        part = parts[index]
        targets = named[reference].train.classes if named else base_classes
        names = recognize_classes(_present_classes(part.train), targets)
        is_same = set(names.values()) <= set(targets) and (named or len(set(names.values())) == len(names))
        if names and is_same:
            mappings[part.source.name] = dict(names)
            part = part.rename(names)
        part = part.spell_like(targets)
        if set(part.train.classes) == set(targets):
            part = replace(part, train=align_classes(part.train, targets, part.source.name))
        named[index] = part
    classes = set(named[reference].train.classes)
    is_complete = all(set(part.train.classes) <= classes for part in named.values())
    return _Unified([named[index] for index in range(len(parts))], mappings, is_complete)


def _drop_rare_classes(parts: Sequence[_Part], min_class_size: int) -> list[_Part]:
    """Leave out the classes with too few distinct texts in all sources together, and align the others."""
    name = parts[0].source.name
    counts: Counter[str] = Counter()
    for part in parts:
        counts.update(count_distinct_texts(part.train, min_class_size))
    rare = {class_name: count for class_name, count in counts.items() if count < min_class_size}
    if rare:
        if len(counts) - len(rare) < 2:
            raise DataError(
                f"{name}: fewer than two classes have {min_class_size} distinct texts to train on: {format_counts(counts)}; "
                "add texts, or lower --min-class-size"
            )
        LOG.warning(
            "%s: left out the classes with fewer than %d distinct texts: %s; --min-class-size changes that",
            name, min_class_size, format_counts(rare),
        )  # fmt: skip
        parts = [part.rename(dict.fromkeys(rare)) for part in parts]
    return list(map(_align_part, parts))


def _align_part(part: _Part) -> _Part:
    """The part with the classes of train in validation too, in the same order."""
    if part.validation is None:
        return part
    name = f"{part.source.name} ({part.validation_split})"
    return replace(part, validation=align_classes(part.validation, part.train.classes, name))


def _present_classes(examples: Examples) -> list[str]:
    return [name for name, count in examples.counts().items() if count]


def _count_shared(texts: Sequence[str], others: Sequence[str]) -> int:
    unique_others = set(others)
    return sum(text in unique_others for text in texts)
