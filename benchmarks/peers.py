"""Measure the accuracy of other tools on the same splits: lexicons, and linear models trained on the same train split.

    python benchmarks/peers.py imdb sst2:validation sentences

The linear models are trained on the source's train split with the settings from their documentation. Nothing is tuned,
and the split is scored once. Needs the extra `bench`.
"""

import re
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import record

from rnnsent.data.examples import Examples
from rnnsent.data.sources import find_source, find_split

Predictions = np.ndarray  # (N,) class indices


def main() -> None:
    for argument in sys.argv[1:]:
        name, _, split = argument.partition(":")
        split = split or "test"
        source = find_source(name)
        train, test = (source.read(find_split(source, part) or part) for part in ("train", split))
        for peer, predict in PEERS.items():
            start = time.perf_counter()
            accuracy = float((predict(train, test) == test.labels).mean())
            record.record(
                "peers",
                f"{peer} on {name} ({split})",
                {
                    "command": f"python benchmarks/peers.py {argument}",
                    "accuracy": accuracy,
                    "n": len(test),
                    "seconds": round(time.perf_counter() - start, 1),
                },
            )
            print(f"{peer} on {argument}: {accuracy:.2%}", flush=True)


def predict_vader(_: Examples, test: Examples) -> Predictions:
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    analyzer = SentimentIntensityAnalyzer()
    return np.array([analyzer.polarity_scores(text)["compound"] >= 0 for text in test.texts], dtype=int)


def predict_textblob(_: Examples, test: Examples) -> Predictions:
    from textblob import TextBlob

    return np.array([TextBlob(text).sentiment.polarity >= 0 for text in test.texts], dtype=int)


def predict_fasttext(train: Examples, test: Examples) -> Predictions:
    return train_fasttext(train)(test.texts)


def train_fasttext(train: Examples) -> Callable[[Sequence[str]], Predictions]:
    """A function that labels texts."""
    import fasttext

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "train.txt"
        lines = (
            f"__label__{train.labels[i]} {normalize_for_fasttext(train.texts[i])}\n"
            for i in np.random.default_rng(0).permutation(len(train))
        )
        path.write_text("".join(lines), encoding="utf-8")
        model = fasttext.train_supervised(str(path), wordNgrams=2, epoch=5, lr=0.5, verbose=0)

    def label(texts: Sequence[str]) -> Predictions:
        labels = [model.predict(normalize_for_fasttext(text))[0][0] for text in texts]
        return np.array([int(label.removeprefix("__label__")) for label in labels])

    return label


def normalize_for_fasttext(text: str) -> str:
    """One lowercase line with spaces around punctuation, as in fastText's own examples."""
    return " ".join(re.sub(r"([.!?,'/()])", r" \1 ", text.lower().replace("<br />", " ")).split())


def predict_tfidf(train: Examples, test: Examples) -> Predictions:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    vectorizer = TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True)
    regression = LogisticRegression(C=10, max_iter=1000)
    regression.fit(vectorizer.fit_transform(train.texts), train.labels)
    return np.asarray(regression.predict(vectorizer.transform(test.texts)))


def predict_nbsvm(train: Examples, test: Examples) -> Predictions:
    """NB-SVM (Wang and Manning 2012) on binary 1-3 grams, with logistic regression instead of an SVM."""
    from scipy.sparse import diags_array
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.linear_model import LogisticRegression

    vectorizer = CountVectorizer(ngram_range=(1, 3), min_df=2, binary=True, token_pattern=r"\w+|[^\w\s]")
    counts = vectorizer.fit_transform(train.texts).astype(np.float32)
    positive = train.labels == 1
    p, q = (np.asarray(counts[rows].sum(axis=0)).ravel() + 1 for rows in (positive, ~positive))
    log_ratio = diags_array(np.log((p / p.sum()) / (q / q.sum())))
    regression = LogisticRegression(C=4, solver="liblinear", dual=True).fit(counts @ log_ratio, train.labels)
    return np.asarray(regression.predict(vectorizer.transform(test.texts) @ log_ratio))


PEERS: dict[str, Callable[[Examples, Examples], Predictions]] = {
    "VADER": predict_vader,
    "TextBlob": predict_textblob,
    "fastText, bigrams": predict_fasttext,
    "TF-IDF 1-2 grams, logistic regression": predict_tfidf,
    "NB-SVM 1-3 grams": predict_nbsvm,
}

if __name__ == "__main__":
    main()
