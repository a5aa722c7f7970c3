"""Names of splits, and which split a file or folder name refers to. Reads nothing."""

import re
from collections.abc import Sequence
from pathlib import Path

TRAIN, VALIDATION, TEST = "train", "validation", "test"
# Common names of each split, in files and on the Hub; the first match wins.
SPLIT_ALIASES = {
    TRAIN: ("train", "training"),
    VALIDATION: ("validation", "valid", "val", "dev"),
    TEST: ("test", "eval"),
}
UNLABELED_SPLITS = ("unsupervised", "unlabelled", "unlabeled", "unsup")  # both spellings occur on the Hub


def match_split(splits: Sequence[str], requested: str) -> str | None:
    """The split with the requested name, or with an alias of it; None if there is none."""
    if requested in splits:
        return requested
    aliases = next(
        (aliases for aliases in SPLIT_ALIASES.values() if requested.lower() in aliases), (requested.lower(),)
    )
    return next((name for name in splits if name.lower() in aliases), None)


def is_unlabeled_split(name: str) -> bool:
    """Whether the name of a split says that its texts are unlabeled."""
    return name.lower() in UNLABELED_SPLITS


def split_from_path(path: Path) -> str | None:
    """The split that a word of the path names, as in `train-0.csv` or `test/a.csv`; None if no word does."""
    words = set(re.findall(r"[a-z]+", str(path.with_suffix("")).lower()))
    return next((split for split, aliases in SPLIT_ALIASES.items() if words & set(aliases)), None)
