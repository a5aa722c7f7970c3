"""The data sets that have a short name: where they are and which columns to read. Only data; imports nothing slow."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

BUNDLED_SENTENCES = Path(__file__).parents[1] / "assets" / "sentences"


@dataclass(frozen=True)
class Entry:
    """What a short name refers to.

    Args:
        location: a Hub id, or the path of the folder that is bundled with the package.
        config: the configuration to load from the Hub, for a data set that has several.
        class_names: the names of integer labels, if the features on the Hub lack them or name them by number.
        label_map: original class name -> class name, or None to drop the class's rows. Several classes may map to one.
    """

    location: str
    text_column: str
    label_column: str
    description: str
    config: str | None = None
    class_names: tuple[str, ...] | None = None
    label_map: Mapping[str, str | None] = field(default_factory=dict)

    @property
    def origin(self) -> str:
        """The Hub id, or "bundled"."""
        return "bundled" if self.location == str(BUNDLED_SENTENCES) else self.location

    def to_dict(self) -> dict[str, Any]:
        """The entry as plain data for JSON."""
        return {
            "from": self.origin,
            "config": self.config,
            "classes": list(self.class_names) if self.class_names else None,
            "description": self.description,
        }


NEGATIVE_POSITIVE = ("negative", "positive")

CATALOG: dict[str, Entry] = {
    "sentences": Entry(
        str(BUNDLED_SENTENCES),
        "text",
        "label",
        "3,000 review sentences, 2 classes",
    ),
    "imdb": Entry(
        "stanfordnlp/imdb", "text", "label", "50,000 movie reviews, 2 classes", class_names=NEGATIVE_POSITIVE
    ),
    "sst2": Entry(
        "stanfordnlp/sst2",
        "sentence",
        "label",
        "movie review sentences and phrases, 2 classes",
        class_names=NEGATIVE_POSITIVE,
    ),
    "sst5": Entry(
        "SetFit/sst5",
        "text",
        "label",
        "movie review sentences, 5 classes",
        class_names=("very negative", "negative", "neutral", "positive", "very positive"),
    ),
    "rotten_tomatoes": Entry(
        "cornell-movie-review-data/rotten_tomatoes",
        "text",
        "label",
        "10,662 movie review sentences, 2 classes",
        class_names=NEGATIVE_POSITIVE,
    ),
    "yelp_polarity": Entry(
        "fancyzhx/yelp_polarity", "text", "label", "598,000 business reviews, 2 classes", class_names=NEGATIVE_POSITIVE
    ),
    "yelp_review_full": Entry("Yelp/yelp_review_full", "text", "label", "700,000 business reviews, 1 to 5 stars"),
    "amazon_polarity": Entry(
        "fancyzhx/amazon_polarity",
        "content",
        "label",
        "4,000,000 product reviews, 2 classes",
        class_names=NEGATIVE_POSITIVE,
    ),
    "tweet_eval": Entry(
        "cardiffnlp/tweet_eval",
        "text",
        "label",
        "59,899 tweets, 3 classes",
        config="sentiment",
        class_names=("negative", "neutral", "positive"),
    ),
    "ag_news": Entry("fancyzhx/ag_news", "text", "label", "127,600 news articles, 4 topics"),
    "trec": Entry("CogComp/trec", "text", "coarse_label", "5,952 questions, 6 question types"),
    "dbpedia_14": Entry("fancyzhx/dbpedia_14", "content", "label", "630,000 Wikipedia abstracts, 14 classes"),
    "chnsenticorp": Entry(
        "lansinuote/ChnSentiCorp",
        "text",
        "label",
        "Chinese hotel, book and product reviews, 2 classes",
        class_names=NEGATIVE_POSITIVE,
    ),
    "financial_phrasebank": Entry(
        "takala/financial_phrasebank",
        "sentence",
        "label",
        "4,846 financial news sentences, 3 classes",
        config="sentences_50agree",
        class_names=("negative", "neutral", "positive"),
    ),
}
