"""The corpus of a training run: the train and validation splits of its sources, merged."""

from collections.abc import Sequence
from dataclasses import dataclass

from rnnsent.data.examples import (
    DEFAULT_VALIDATION_FRACTION,
    Examples,
    align_classes,
    merge,
    require_two_classes,
    split_validation,
)
from rnnsent.data.sources import Source, find_split
from rnnsent.data.splits import TRAIN, VALIDATION
from rnnsent.errors import DataError


@dataclass(frozen=True)
class Corpus:
    """The texts of a training run, and a record of each source for the checkpoint."""

    train: Examples
    validation: Examples
    sources: tuple[dict[str, object], ...]


def read_corpus(sources: Sequence[Source], *, validation_fraction: float, seed: int) -> Corpus:
    """Read the train and validation splits of the sources, never a test split.

    A source's own validation split is used unless `validation_fraction` is above 0. Otherwise, and for a source
    without one, validation is a stratified sample of the train split, drawn with `seed`.

    Raises:
        DataError: a source has no train split or only one class, or class names differ between sources.
    """
    trains, validations, records = [], [], []
    for source in sources:
        train_split = find_split(source, TRAIN)
        if train_split is None:
            raise DataError(f"{source.name} has no train split; its splits are {', '.join(source.splits)}")
        train = source.read(train_split)
        require_two_classes(train, source.name)
        train_fingerprint, n_skipped = train.fingerprint(), train.n_skipped
        validation_split = None if validation_fraction else find_split(source, VALIDATION)
        validation = source.read(validation_split) if validation_split else None
        if validation is None or len(validation) == 0:
            validation_split = None
            fraction = validation_fraction or DEFAULT_VALIDATION_FRACTION
            train, validation = split_validation(train, fraction, seed, source.name)
        trains.append((source.name, train))
        aligned = align_classes(validation, train.classes, f"{source.name} ({validation_split})")
        validations.append((source.name, aligned))
        records.append(
            {
                "name": source.name,
                "location": source.location,
                "train_rows": len(train),
                "validation_rows": len(validation),
                "validation_from": validation_split or "train",
                "validation_in_train": _count_shared(validation.texts, train.texts) if validation_split else 0,
                "n_skipped": n_skipped + validation.n_skipped,
                "train_fingerprint": train_fingerprint,  # of the whole train split, before validation is taken from it
                "validation_fingerprint": validation.fingerprint(),
            }
        )
    return Corpus(merge(trains), merge(validations), tuple(records))


def _count_shared(texts: Sequence[str], others: Sequence[str]) -> int:
    unique_others = set(others)
    return sum(text in unique_others for text in texts)
