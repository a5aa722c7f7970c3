"""The accuracy of other tools on the same splits: lexicons as they are, linear models trained on the same train split.

    python benchmarks/peers.py imdb sst2:validation sentences

A linear model is trained on the source's train split with its documented settings, nothing is tuned, and the split
named is scored once. The peers are in the extra `bench`.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import record

from rnnsent.data.examples import Examples
from rnnsent.data.sources import find_source, matching_split

Answers = np.ndarray  # (N,), the class of each text


def main() -> None:
    for asked in sys.argv[1:]:
        name, _, split = asked.partition(":")
        source = find_source(name)
        train, scored = (source.read(matching_split(source, each) or each) for each in ("train", split or "test"))
        for peer, answer in PEERS.items():
            start = time.perf_counter()
            right = answer(train, scored) == scored.labels
            record.record(
                "peers",
                f"{peer} on {name} ({split or 'test'})",
                {
                    "command": f"python benchmarks/peers.py {asked}",
                    "accuracy": float(right.mean()),
                    "n": len(scored),
                    "seconds": round(time.perf_counter() - start, 1),
                },
            )
            print(f"{peer} on {asked}: {right.mean():.2%}", flush=True)


def vader(_: Examples, scored: Examples) -> Answers:
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    analyzer = SentimentIntensityAnalyzer()
    return np.array([analyzer.polarity_scores(text)["compound"] >= 0 for text in scored.texts], dtype=int)


def textblob(_: Examples, scored: Examples) -> Answers:
    from textblob import TextBlob

    return np.array([TextBlob(text).sentiment.polarity >= 0 for text in scored.texts], dtype=int)


def fasttext(train: Examples, scored: Examples) -> Answers:
    import fasttext as library

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "train.txt"
        lines = (
            f"__label__{train.labels[i]} {plain(train.texts[i])}\n"
            for i in np.random.default_rng(0).permutation(len(train))
        )
        path.write_text("".join(lines), encoding="utf-8")
        model = library.train_supervised(str(path), wordNgrams=2, epoch=5, lr=0.5, verbose=0)
    return np.array([int(model.predict(plain(text))[0][0].removeprefix("__label__")) for text in scored.texts])


def plain(text: str) -> str:
    """One line in lower case, punctuation apart, as fastText's own examples prepare their files."""
    import re

    return " ".join(re.sub(r"([.!?,'/()])", r" \1 ", text.lower().replace("<br />", " ")).split())


def tfidf(train: Examples, scored: Examples) -> Answers:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    vectorizer = TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True)
    regression = LogisticRegression(C=10, max_iter=1000)
    regression.fit(vectorizer.fit_transform(train.texts), train.labels)
    return np.asarray(regression.predict(vectorizer.transform(scored.texts)))


def nbsvm(train: Examples, scored: Examples) -> Answers:
    """Wang and Manning (2012), binary 1-3 grams, with logistic regression."""
    from scipy.sparse import diags_array
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.linear_model import LogisticRegression

    vectorizer = CountVectorizer(ngram_range=(1, 3), min_df=2, binary=True, token_pattern=r"\w+|[^\w\s]")
    texts = vectorizer.fit_transform(train.texts).astype(np.float32)
    positive = train.labels == 1
    p, q = (np.asarray(texts[side].sum(axis=0)).ravel() + 1 for side in (positive, ~positive))
    ratio = diags_array(np.log((p / p.sum()) / (q / q.sum())))
    regression = LogisticRegression(C=4, solver="liblinear", dual=True).fit(texts @ ratio, train.labels)
    return np.asarray(regression.predict(vectorizer.transform(scored.texts) @ ratio))


PEERS: dict[str, Callable[[Examples, Examples], Answers]] = {
    "VADER": vader,
    "TextBlob": textblob,
    "fastText, bigrams": fasttext,
    "TF-IDF 1-2 grams, logistic regression": tfidf,
    "NB-SVM 1-3 grams": nbsvm,
}

if __name__ == "__main__":
    main()
