"""The public corpora that the English model and its teachers learn from, and the parts that are held out.

Each corpus is a folder FOLDER/NAME with a file data.parquet of the columns `text` and `label` (negative, neutral,
positive), and `split` if its source has splits. FOLDER is $RNNSENT_CORPORA. `origin` says where the data comes from, so
that anybody can get it.

Held-out parts are cut once, by this rule. A test or validation split of the source stays what it is. Of all other texts,
those whose `hash_text` is below 0.1 are for validation, as in `rnnsent train`; in a corpus without a test split, those
from 0.1 to 0.2 are for test. All others are for training.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from rnnsent.data.validation_split import hash_text

CLASSES = ("negative", "neutral", "positive")
VALIDATION_BELOW, TEST_BELOW = 0.1, 0.2

# open: labels and texts may train a model that is published. research: public, without an explicit license or with
# research terms; its labels are for teachers only. restricted: for evaluation only.
License: TypeAlias = Literal["open", "research", "restricted"]
Part: TypeAlias = Literal["train", "validation", "test"]


@dataclass(frozen=True)
class Corpus:
    """A corpus.

    Attributes:
        domain: what the texts are, for scores by domain.
        origin: a repository, or the id of a data set on the Hub (hub:OWNER/NAME).
    """

    name: str
    license: License
    domain: str
    origin: str


@dataclass(frozen=True)
class LabeledText:
    """A text, its class, and whether its corpus has the class neutral; a corpus without it says nothing about it."""

    text: str
    label: str
    may_be_neutral: bool


LABELED = (
    Corpus("amazon_grocery_reviews", "research", "products", "a sample of Amazon Fine Food Reviews (McAuley 2013)"),
    Corpus("amazon_grocery_titles", "research", "products", "titles of amazon_grocery_reviews"),
    Corpus("amazon_multidomain", "research", "products", "Multi-Domain Sentiment Dataset (Blitzer et al. 2007)"),
    Corpus("amazon_multidomain_titles", "research", "products", "titles of amazon_multidomain"),
    Corpus("android_app_reviews", "research", "apps", "reviews of Android apps with weak labels"),
    Corpus("apple_tweets", "research", "tweets", "CrowdFlower, Apple Twitter sentiment"),
    Corpus("bd_airline_reviews", "open", "travel", "reviews of airlines of Bangladesh, MIT"),
    Corpus("corona_tweets", "research", "tweets", "Coronavirus tweets NLP (2020)"),
    Corpus("course_evaluations", "open", "surveys", "course evaluations of an MIT-licensed package"),
    Corpus("crowdflower_tweets", "open", "tweets", "CrowdFlower tweets of an MIT-licensed package"),
    Corpus("emorynlp_dialogue", "open", "dialogue", "EmoryNLP emotion detection (Zahiri and Choi 2018)"),
    Corpus("goemotions3", "open", "reddit", "hub:google-research-datasets/go_emotions"),
    Corpus("hotel_reviews", "open", "travel", "hotel reviews of an MIT-licensed package"),
    Corpus("imdb_counterfactual", "open", "films", "counterfactually augmented IMDB (Kaushik et al. 2020)"),
    Corpus("mhealth_app_reviews", "research", "apps", "reviews of mental health apps (Oyebode et al. 2020)"),
    Corpus("newsmtsc", "open", "news", "hub:fhamborg/news_sentiment_newsmtsc"),
    Corpus("pros_cons", "open", "products", "pros and cons (Ganapathibhotla and Liu 2008)"),
    Corpus("sanders_tweets", "research", "tweets", "Sanders Twitter corpus (2011)"),
    Corpus("semeval2017_tweets", "open", "tweets", "github.com/cbaziotis/datastories-semeval2017-task4"),
    Corpus("sentfin_headlines", "open", "news", "SEntFiN 1.0 (Sinha et al. 2022)"),
    Corpus("software_comments", "research", "software", "github.com/soarsmu/SA4SE (Novielli et al. 2020)"),
    Corpus("sts_gold_tweets", "research", "tweets", "STS-Gold (Saif et al. 2013)"),
    Corpus("sxsw_product_tweets", "research", "tweets", "CrowdFlower, brands and products emotions"),
    Corpus("tweet_sentiment_extraction", "open", "tweets", "hub:mteb/tweet_sentiment_extraction"),
    Corpus("yelp_aspect_sentences", "research", "restaurants", "sentences of Yelp reviews by aspect"),
    Corpus("yelp_sentences", "research", "restaurants", "sentences of Yelp with the stars of their reviews (Shen et al. 2017)"),
    Corpus("zomato_restaurant_reviews", "research", "restaurants", "reviews of restaurants on Zomato"),
)  # fmt: skip
EVALUATION_ONLY = (
    Corpus("amazon_alexa_reviews", "restricted", "products", "reviews of Amazon Alexa devices"),
    Corpus("meld_dialogue", "restricted", "dialogue", "hub:declare-lab/MELD"),
)
UNLABELED = (
    Corpus("chat_requests_unlabelled", "open", "requests", "hub:clinc/clinc_oos, hub:PolyAI/banking77 and dialogues"),
    Corpus("misc_unlabelled", "research", "talk and facts", "dialogues, Wikipedia, overheard talk, bug reports, wine notes"),
    Corpus("tweets_unlabelled", "research", "tweets", "hub:cardiffnlp/tweet_eval, the splits for other tasks"),
    Corpus("youtube_comments_unlabelled", "research", "comments", "comments on YouTube"),
)  # fmt: skip


def corpora_folder() -> Path:
    """The folder of the corpora, from $RNNSENT_CORPORA."""
    folder = os.environ.get("RNNSENT_CORPORA")
    if not folder or not Path(folder).is_dir():
        raise SystemExit(f"RNNSENT_CORPORA={folder or ''}: set it to the folder of the corpora (scripts/corpora.py)")
    return Path(folder)


def read_labeled(corpus: Corpus, part: Part) -> list[LabeledText]:
    """The labeled texts of one part of a corpus, each text once."""
    columns = _read_columns(corpus)
    labels = columns["label"]
    may_be_neutral = "neutral" in labels
    chosen = choose_part(columns["text"], columns.get("split"), part)
    return [LabeledText(columns["text"][row], labels[row], may_be_neutral) for row in chosen]


def read_texts(corpus: Corpus) -> list[str]:
    """The training texts of a corpus, without labels, each once."""
    columns = _read_columns(corpus)
    return [columns["text"][row] for row in choose_part(columns["text"], columns.get("split"), "train")]


def choose_part(texts: Sequence[str], splits: Sequence[str] | None, part: Part) -> list[int]:
    """The rows of a part, by the rule above; of equal texts the first."""
    has_test = splits is not None and "test" in splits
    chosen: dict[str, int] = {}
    for row, text in enumerate(texts):
        split = splits[row] if splits is not None else "train"
        if split == "train":
            position = hash_text(text)
            if position < VALIDATION_BELOW:
                split = "validation"
            elif position < TEST_BELOW and not has_test:
                split = "test"
        if split == part:
            chosen.setdefault(text, row)
    return list(chosen.values())


def _read_columns(corpus: Corpus) -> dict[str, list[str]]:
    import pyarrow.parquet

    path = corpora_folder() / corpus.name / "data.parquet"
    names = set(pyarrow.parquet.read_schema(path).names) & {"text", "label", "split"}
    table = pyarrow.parquet.read_table(path, columns=sorted(names))
    return {name: table[name].to_pylist() for name in table.column_names}
