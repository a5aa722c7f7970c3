"""The data sets that have a short name: where they are and which columns to read. Data only; loads nothing."""

from dataclasses import dataclass
from pathlib import Path

EMBEDDED = Path(__file__).parents[1] / "assets" / "sentences"


@dataclass(frozen=True)
class Entry:
    """Where a short name leads: a Hub id (`config` where the set has several) or a folder that ships with the package.

    `classes` names integer labels where the Hub's own features do not, or name them by number.
    """

    location: str
    text_column: str
    label_column: str
    description: str
    config: str | None = None
    classes: tuple[str, ...] | None = None


NEGATIVE_POSITIVE = ("negative", "positive")

CATALOG: dict[str, Entry] = {
    "sentences": Entry(
        str(EMBEDDED),
        "text",
        "label",
        "3,000 sentences of reviews, 2 classes",
    ),
    "imdb": Entry("stanfordnlp/imdb", "text", "label", "50,000 film reviews, 2 classes", classes=NEGATIVE_POSITIVE),
    "sst2": Entry(
        "stanfordnlp/sst2",
        "sentence",
        "label",
        "film review sentences and phrases, 2 classes",
        classes=NEGATIVE_POSITIVE,
    ),
    "sst5": Entry(
        "SetFit/sst5",
        "text",
        "label",
        "film review sentences, 5 classes",
        classes=("very negative", "negative", "neutral", "positive", "very positive"),
    ),
    "rotten_tomatoes": Entry(
        "cornell-movie-review-data/rotten_tomatoes",
        "text",
        "label",
        "10,662 film review sentences, 2 classes",
        classes=NEGATIVE_POSITIVE,
    ),
    "yelp_polarity": Entry(
        "fancyzhx/yelp_polarity", "text", "label", "598,000 business reviews, 2 classes", classes=NEGATIVE_POSITIVE
    ),
    "yelp_review_full": Entry("Yelp/yelp_review_full", "text", "label", "700,000 business reviews, 1 to 5 stars"),
    "amazon_polarity": Entry(
        "fancyzhx/amazon_polarity",
        "content",
        "label",
        "4,000,000 product reviews, 2 classes",
        classes=NEGATIVE_POSITIVE,
    ),
    "tweet_eval": Entry(
        "cardiffnlp/tweet_eval",
        "text",
        "label",
        "59,899 tweets, 3 classes",
        config="sentiment",
        classes=("negative", "neutral", "positive"),
    ),
    "ag_news": Entry("fancyzhx/ag_news", "text", "label", "127,600 news items, 4 topics"),
    "trec": Entry("CogComp/trec", "text", "coarse_label", "5,952 questions, 6 kinds of answer"),
    "dbpedia_14": Entry("fancyzhx/dbpedia_14", "content", "label", "630,000 encyclopaedia abstracts, 14 classes"),
    "chnsenticorp": Entry(
        "lansinuote/ChnSentiCorp",
        "text",
        "label",
        "Chinese hotel, book and product reviews, 2 classes",
        classes=NEGATIVE_POSITIVE,
    ),
    "financial_phrasebank": Entry(
        "takala/financial_phrasebank",
        "sentence",
        "label",
        "4,846 sentences of financial news, 3 classes",
        config="sentences_50agree",
        classes=("negative", "neutral", "positive"),
    ),
}
