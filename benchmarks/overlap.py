"""Check the training data of the English model for texts that it is evaluated on: `python benchmarks/overlap.py BUILD`.

BUILD is the folder of scripts/english.py. Evaluation texts are those of scripts/english_data.py: the splits on the Hub and the
held-out parts of the corpora. For each part of the training data, count the texts, the texts with the same words as an
evaluation text, the near duplicates of an evaluation text (rnnsent.data.overlap), which training leaves out, and the texts of
either kind that remain after that. The teacher was trained on the corpora without the check against each other's held-out parts;
its row says how many of its texts are in question. Exits with 1 if any remain in the data of the model itself.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

import pyarrow.parquet
import record

from rnnsent.data.overlap import WORD, find_near_duplicates, without_near_duplicates_of
from rnnsent.data.sources import find_source

sys.path.append(str(Path(__file__).parents[1] / "scripts"))
from domain_teacher import load_examples
from english_data import PHRASES, POOL, THREE_CLASSES, TWO_CLASSES, read_evaluation_texts

TRAINED_ON = (("imdb", "train"), ("imdb", "unsupervised"), ("sst2", "train"), ("sentences", "train"))
TEACHER_TEXTS, TEACHER_SEED = 200_000, 0


def main() -> None:
    build = Path(sys.argv[1])
    evaluation_texts = read_evaluation_texts()
    parts: dict[str, Sequence[str]] = {
        f"{name} {split}": find_source(name).read_texts(split) for name, split in TRAINED_ON
    }
    for name in (THREE_CLASSES, TWO_CLASSES, PHRASES):
        parts[name] = pyarrow.parquet.read_table(build / name)["text"].to_pylist()
    parts["unlabeled pieces"] = (build / POOL).read_text(encoding="utf-8").splitlines()
    n_remaining = sum(check(part, texts, evaluation_texts) for part, texts in parts.items())
    teacher_texts = load_examples(TEACHER_TEXTS, TEACHER_SEED).texts
    check("labeled texts of the teacher", teacher_texts, evaluation_texts, is_filtered=False)
    sys.exit(1 if n_remaining else 0)


def check(part: str, texts: Sequence[str], evaluation_texts: Sequence[str], *, is_filtered: bool = True) -> int:
    """Record the counts of one part, and return how many texts of either kind remain in training."""
    filtered = [texts[i] for i in without_near_duplicates_of(texts, evaluation_texts)] if is_filtered else texts
    n_near = len(find_near_duplicates(filtered, evaluation_texts))
    counts = {
        "texts": len(texts),
        "same_words": count_same_words(texts, evaluation_texts),
        "removed": len(texts) - len(filtered),
        "remaining": n_near if not is_filtered else n_near + count_same_words(filtered, evaluation_texts),
    }
    record.record("overlap", part, {"command": "python benchmarks/overlap.py BUILD", **counts})
    print(part, counts, flush=True)
    return counts["remaining"]


def count_same_words(texts: Sequence[str], others: Sequence[str]) -> int:
    """The number of texts that equal one of the others apart from case, punctuation and markup."""
    known = {normalize(text) for text in others}
    return sum(normalize(text) in known for text in texts)


def normalize(text: str) -> str:
    return " ".join(WORD.findall(text.lower().replace("<br />", " ")))


if __name__ == "__main__":
    main()
