"""No text that the English model is scored on, nor a near duplicate, is in what it learns: `python benchmarks/overlap.py`.

For each part of its training data: how many texts it has, how many of them stand in a scored split word for word, how
many are near duplicates of one (rnnsent.data.overlap), which is what scripts/english.py leaves out, and how many of
either kind are among those that remain. Exits with 1 unless none are.
"""

import sys
from pathlib import Path

import record

from rnnsent.data.overlap import WORD, distinct_from, near_duplicates
from rnnsent.data.sources import find_source
from rnnsent.data.unlabelled import sentences

sys.path.append(str(Path(__file__).parents[1] / "scripts"))
import english

LEARNED = (("imdb", "train"), ("imdb", "unsupervised"), ("sst2", "train"), ("sst5", "train"), ("sentences", "train"))


def main() -> None:
    held = english.held_out_texts()
    parts = {f"{name} {split}": find_source(name).texts(split) for name, split in LEARNED}
    parts["sentences of imdb unsupervised"] = sentences(parts["imdb unsupervised"])
    left = 0
    for part, texts in parts.items():
        kept = [texts[i] for i in distinct_from(texts, held)]
        figures = {
            "texts": len(texts),
            "same_words": same_words(texts, held),
            "left_out": len(texts) - len(kept),
            "remaining": same_words(kept, held) + len(near_duplicates(kept, held)),
        }
        left += figures["remaining"]
        record.record("overlap", part, {"command": "python benchmarks/overlap.py", **figures})
        print(part, figures, flush=True)
    sys.exit(1 if left else 0)


def same_words(texts: list[str], others: list[str]) -> int:
    """How many of the texts have the words of one of the others, whatever their case, punctuation and markup."""
    known = {words(text) for text in others}
    return sum(words(text) in known for text in texts)


def words(text: str) -> str:
    return " ".join(WORD.findall(text.lower().replace("<br />", " ")))


if __name__ == "__main__":
    main()
