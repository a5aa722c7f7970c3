"""The columns of texts and labels are inferred if possible; otherwise the error names the candidates and the option."""

from typing import Any

import pytest

from rnnsent.data.columns import find_label_column, find_text_columns, resolve_column
from rnnsent.data.fields import read_text, read_value
from rnnsent.errors import DataError, SettingsError

# Headers of public data sets, with the columns of texts and labels.
HEADERS = [
    ("review,sentiment", "review", "sentiment"),
    (
        "tweet_id,airline_sentiment,airline_sentiment_confidence,negativereason,airline,name,retweet_count,text,tweet_created",
        "text",
        "airline_sentiment",
    ),
    ("Id,ProductId,UserId,ProfileName,Score,Time,Summary,Text", "Text", "Score"),
    (",Clothing ID,Age,Title,Review Text,Rating,Recommended IND,Department Name", "Review Text", "Rating"),
    ("PhraseId,SentenceId,Phrase,Sentiment", "Phrase", "Sentiment"),
    ("clean_text,category", "clean_text", "category"),
    ("clean_comment,category", "clean_comment", "category"),
    ("UserName,ScreenName,Location,TweetAt,OriginalTweet,Sentiment", "OriginalTweet", "Sentiment"),
    ("textID,text,selected_text,sentiment", "text", "sentiment"),
    ("Review,Rating", "Review", "Rating"),
    ("id,label,tweet", "tweet", "label"),
    ("v1,v2", "v2", "v1"),
    ("ItemID,Sentiment,SentimentSource,SentimentText", "SentimentText", "Sentiment"),
    ("id,name,reviews.date,reviews.rating,reviews.text,reviews.title", "reviews.text", "reviews.rating"),
    ("App,Translated_Review,Sentiment,Sentiment_Polarity,Sentiment_Subjectivity", "Translated_Review", "Sentiment"),
    ("reviewId,userName,content,score,thumbsUpCount,at", "content", "score"),
    ("app_id,app_name,review_text,review_score,review_votes", "review_text", "review_score"),
    (
        "marketplace,customer_id,review_id,star_rating,review_headline,review_body,review_date",
        "review_body",
        "star_rating",
    ),
    ("rating,title,text,asin,user_id,timestamp", "text", "rating"),
    ("reviewText,overall,summary,asin", "reviewText", "overall"),
    ("Sentence,Sentiment", "Sentence", "Sentiment"),
    ("target,ids,date,flag,user,text", "text", "target"),
    ("CourseId,Review,Label", "Review", "Label"),
    ("uniqueID,drugName,condition,review,rating,date,usefulCount", "review", "rating"),
    ("User_ID,Description,Browser_Used,Device_Used,Is_Response", "Description", "Is_Response"),
    ("id,keyword,location,text,target", "text", "target"),
    ("id,comment_text,toxic", "comment_text", "toxic"),
    ("created_at,id_str,full_text,lang,sentiment", "full_text", "sentiment"),
    ("product_name,product_price,Rate,Review,Summary,Sentiment", "Review", "Sentiment"),
    ("Text,Emotion", "Text", "Emotion"),
    ("headline,is_sarcastic", "headline", "is_sarcastic"),
    ("Comment,Sentiment", "Comment", "Sentiment"),
    ("Tweet ID,entity,sentiment,Tweet content", "Tweet content", "sentiment"),
    ("asin,category,reviewText,overall", "reviewText", "overall"),
    ("Reviews,Rating", "Reviews", "Rating"),
    ("Unnamed: 0,Text,Sentiment,Timestamp,User,Platform", "Text", "Sentiment"),
    ("sentences,polarity", "sentences", "polarity"),
    ("Ticket ID,Subject,Description,Priority,Satisfaction", "Description", "Satisfaction"),
    ("title,body,label", "body", "label"),
    ("news,sentiment", "news", "sentiment"),
]
TEXTS = [
    "I liked this lamp a lot, it is bright",
    "It broke on the first day",
    "A lamp like any other, I think",
    "Never again!",
]


def make_rows(columns: list[str], text: str, label: str) -> list[dict[str, Any]]:
    """Rows with texts and three classes, and codes in every other column."""
    rows: list[dict[str, Any]] = []
    for i in range(40):
        row: dict[str, Any] = {name: f"{name[:2]}{i * 7}" for name in columns}
        rows.append(row | {text: f"{TEXTS[i % 4]} {i}", label: ("neg", "neu", "pos")[i % 3]})
    return rows


@pytest.mark.parametrize(("header", "text", "label"), HEADERS, ids=range(len(HEADERS)))
def test_public_headers(header: str, text: str, label: str) -> None:
    """The columns of public data sets are found by their names, and by their values where the names say nothing."""
    columns = header.split(",")
    rows = make_rows(columns, text, label)
    assert find_label_column(columns, None, "data", sample=rows) == label
    assert find_text_columns(columns, (), "data", sample=rows, exclude=[label]) == (text,)


def test_requested() -> None:
    """A requested column is used even if another one has a usual name; several keep their order."""
    assert find_text_columns(["text", "title"], ("title",), "data") == ("title",)
    assert find_text_columns(["text", "title"], ("title", "text"), "data") == ("title", "text")
    assert find_label_column(["label", "score"], "score", "data", class_labels=["label"]) == "score"


@pytest.mark.parametrize("requested", ["Review Text", "review_text", "REVIEWTEXT", "review-text", "review.text", "2"])
def test_resolve(requested: str) -> None:
    """A name counts regardless of case, blanks and underscores; a number counts from 1."""
    assert resolve_column(requested, ["id", "Review Text"], "data") == "Review Text"


def test_resolve_exact() -> None:
    """The very name goes first, also before a number; two that differ in case only must be written exactly."""
    assert resolve_column("text", ["Text", "text"], "data") == "text"
    assert resolve_column("2", ["a", "b", "2"], "data") == "2"
    with pytest.raises(SettingsError, match=r"^data: --text-column TEXT means 'Text' or 'text'; write it exactly$"):
        resolve_column("TEXT", ["Text", "text"], "data")


def test_requested_missing() -> None:
    """The error for a column that does not exist lists the columns and names the option."""
    with pytest.raises(DataError, match=r"^data has no column 'x'; choose one with --text-column: a, b$"):
        find_text_columns(["a", "b"], ("x",), "data")
    with pytest.raises(DataError, match="--label-column"):
        find_label_column(["a", "b"], "x", "data")
    with pytest.raises(DataError, match=r"c18, c19, and 5 more$"):
        resolve_column("x", [f"c{i}" for i in range(25)], "data")


def test_usual_names() -> None:
    """Usual names are recognized in any case, without rows."""
    assert find_text_columns(["id", "Review"], (), "data") == ("Review",)
    assert find_label_column(["id", "SENTIMENT"], None, "data") == "SENTIMENT"


def test_only_string_column() -> None:
    """The only column of strings is the text column."""
    assert find_text_columns(["a", "b"], (), "data", strings=["b"]) == ("b",)


def test_only_class_label() -> None:
    """The only ClassLabel feature is the label column; of several, the one with a usual name."""
    assert find_label_column(["label", "kind"], None, "data", class_labels=["kind"]) == "kind"
    assert find_label_column(["label", "kind"], None, "data", class_labels=["kind", "label"]) == "label"


@pytest.mark.parametrize(
    ("columns", "problem"),
    [(["text", "sentence"], r"is ambiguous \(text or sentence\)"), (["a", "b"], "cannot be inferred")],
)
def test_text_not_inferred(columns: list[str], problem: str) -> None:
    """The error says why no text column was chosen and names the option."""
    with pytest.raises(SettingsError, match=rf"^data: the text column {problem}; choose one with --text-column: "):
        find_text_columns(columns, (), "data", strings=columns)


@pytest.mark.parametrize(
    ("columns", "problem"),
    [
        (["label", "class"], r"is ambiguous \(label or class\)"),
        (["stars", "rating"], r"is ambiguous \(stars or rating\)"),
        (["a", "b"], "cannot be inferred"),
    ],
)
def test_label_not_inferred(columns: list[str], problem: str) -> None:
    """The error says why no label column was chosen and names the option."""
    with pytest.raises(SettingsError, match=rf"^data: the label column {problem}; choose one with --label-column: "):
        find_label_column(columns, None, "data")


def test_category() -> None:
    """A category of products is not taken for a label: beside a rating the rating is one, and otherwise the user is asked."""
    rows = [{"category": ("Books", "Music")[i % 2], "text": TEXTS[i % 4], "overall": i % 5 + 1} for i in range(20)]
    assert find_label_column(list(rows[0]), None, "data", sample=rows) == "overall"
    rows = [
        {"category": ("Books", "Music")[i % 2], "text": TEXTS[i % 4], "verdict": ("good", "bad")[i // 2 % 2]}
        for i in range(20)
    ]
    with pytest.raises(SettingsError, match="the label column is ambiguous"):
        find_label_column(list(rows[0]), None, "data", sample=rows)


def test_blank_column() -> None:
    """A column with a usual name and no values is none."""
    rows = [{"text": "", "review": text, "label": None, "rating": i % 2} for i, text in enumerate(TEXTS)]
    assert find_text_columns(list(rows[0]), (), "data", sample=rows) == ("review",)
    assert find_label_column(list(rows[0]), None, "data", sample=rows) == "rating"


def test_read_value() -> None:
    """A dotted path leads into objects; what a row lacks is missing."""
    row = {"a": {"b.c": 1, "d": {"e": "x"}}, "a.f": 2}
    assert [read_value(row, path) for path in ("a.b.c", "a.d.e", "a.f", "a.d.z", "z", "a.d.e.z")] == [
        1,
        "x",
        2,
        None,
        None,
        None,
    ]


def test_read_text() -> None:
    """The text of a row is a string; several columns are joined by line breaks, and missing ones left out."""
    row = {"title": "Fine", "body": "so good", "n": 7, "none": None, "na": "NA"}
    assert read_text(row, ["title", "none", "body"], is_cell=False) == "Fine\nso good"
    assert (read_text(row, ["n"], is_cell=False), read_text(row, ["none"], is_cell=False)) == ("7", None)
    assert (read_text(row, ["na"], is_cell=True), read_text(row, ["na"], is_cell=False)) == (None, "NA")
