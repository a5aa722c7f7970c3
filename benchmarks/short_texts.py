"""Compare the bundled model with VADER and TextBlob on short texts as people write them: phrases, emoji, hashtags, markup.

    python benchmarks/short_texts.py texts.tsv

The table has the columns `text` and `expected`, which is empty for a text without an opinion. VADER and TextBlob give a text
no label within 0.05 of 0, as VADER's documentation recommends. Needs the extra `bench`.
"""

import csv
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import record

from rnnsent.predictor import Predictor

NEUTRAL_SCORE = 0.05


def main() -> None:
    path = Path(sys.argv[1])
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    texts, expected = [row["text"] for row in rows], [row["expected"] or None for row in rows]
    for tool, predict in TOOLS.items():
        labels = predict(texts)
        right = [a == b for a, b in zip(labels, expected, strict=True)]
        kinds = {"negative": "negative", "positive": "positive", "without an opinion": None}
        values = {
            kind: f"{sum(ok for ok, label in zip(right, expected, strict=True) if label == wanted)} of {expected.count(wanted)}"
            for kind, wanted in kinds.items()
        }
        record.record("short_texts", tool, {"command": f"python benchmarks/short_texts.py {path.name}", **values})
        print(f"{tool}: {values}", flush=True)
        for text, label, wanted in zip(texts, labels, expected, strict=True):
            if label != wanted:
                print(f"  {text!r}: {label}, expected {wanted}")


def predict_rnnsent(texts: Sequence[str]) -> list[str | None]:
    labels = [prediction.label for prediction in Predictor.load("english", device="cpu").predict(texts)]
    return [None if label == "neutral" else label for label in labels]


def predict_vader(texts: Sequence[str]) -> list[str | None]:
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    analyzer = SentimentIntensityAnalyzer()
    return [name_score(analyzer.polarity_scores(text)["compound"]) for text in texts]


def predict_textblob(texts: Sequence[str]) -> list[str | None]:
    from textblob import TextBlob

    return [name_score(TextBlob(text).sentiment.polarity) for text in texts]


def name_score(score: float) -> str | None:
    if abs(score) < NEUTRAL_SCORE:
        return None
    return "positive" if score > 0 else "negative"


TOOLS: dict[str, Callable[[Sequence[str]], list[str | None]]] = {
    "bundled English model": predict_rnnsent,
    "VADER": predict_vader,
    "TextBlob": predict_textblob,
}

if __name__ == "__main__":
    main()
