"""Check the training data of the English model for texts that it is evaluated on: `python benchmarks/overlap.py`.

For each part of the training data, count the texts, the texts with the same words as an evaluation text, the near
duplicates of an evaluation text (rnnsent.data.overlap), which training leaves out, and the texts of either kind that remain
after that. Exits with 1 if any remain.
"""

import sys
from pathlib import Path

import record

from rnnsent.data.overlap import WORD, find_near_duplicates, without_near_duplicates_of
from rnnsent.data.sources import find_source
from rnnsent.data.unlabeled import split_sentences

sys.path.append(str(Path(__file__).parents[1] / "scripts"))
import english_data

TRAINED_ON = (("imdb", "train"), ("imdb", "unsupervised"), ("sst2", "train"), ("sst5", "train"), ("sentences", "train"))


def main() -> None:
    evaluation_texts = english_data.read_evaluation_texts()
    parts = {f"{name} {split}": find_source(name).read_texts(split) for name, split in TRAINED_ON}
    parts["sentences of imdb unsupervised"] = split_sentences(parts["imdb unsupervised"])
    n_remaining = 0
    for part, texts in parts.items():
        filtered = [texts[i] for i in without_near_duplicates_of(texts, evaluation_texts)]
        counts = {
            "texts": len(texts),
            "same_words": count_same_words(texts, evaluation_texts),
            "removed": len(texts) - len(filtered),
            "remaining": count_same_words(filtered, evaluation_texts)
            + len(find_near_duplicates(filtered, evaluation_texts)),
        }
        n_remaining += counts["remaining"]
        record.record("overlap", part, {"command": "python benchmarks/overlap.py", **counts})
        print(part, counts, flush=True)
    sys.exit(1 if n_remaining else 0)


def count_same_words(texts: list[str], others: list[str]) -> int:
    """The number of texts that equal one of the others apart from case, punctuation and markup."""
    known = {normalize(text) for text in others}
    return sum(normalize(text) in known for text in texts)


def normalize(text: str) -> str:
    return " ".join(WORD.findall(text.lower().replace("<br />", " ")))


if __name__ == "__main__":
    main()
