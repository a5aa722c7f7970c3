"""Names that people give to the columns of texts and labels. Only data and their normalization."""

import re

# Best first: a column with a name of an earlier tier is taken before those of later ones.
TEXT_TIERS = (
    frozenset(
        {
            "text", "texts", "sentence", "sentences", "review", "reviews", "reviewtext", "reviewstext", "reviewbody", "reviewcontent",
            "comment", "comments", "commenttext", "commentbody", "tweet", "tweets", "tweettext", "tweetcontent", "originaltweet",
            "fulltext", "content", "document", "message", "messagetext", "utterance", "phrase", "body", "bodytext", "translatedreview",
            "cleantext", "cleancomment", "cleanedtext", "cleantweet", "sentimenttext", "verbatim", "feedback", "feedbacktext",
            "answertext", "posttext", "rawtext", "inputtext", "textinput",
        }
    ),
    frozenset(
        {
            "description", "news", "question", "answer", "caption", "post", "paragraph", "passage", "snippet", "statement",
            "transcript", "response", "quote", "opinion", "bodyhtml", "reviewdescription", "note", "notes", "input", "premise",
        }
    ),
    frozenset({"title", "headline", "headlines", "subject", "summary", "newsheadline", "reviewtitle", "reviewheadline"}),
)  # fmt: skip
LABEL_TIERS = (
    frozenset(
        {
            "label", "labels", "sentiment", "sentiments", "class", "target", "polarity", "sentimentlabel", "airlinesentiment",
            "emotion", "emotions", "goldlabel", "classlabel", "sentimentclass", "labelname", "y",
        }
    ),
    frozenset(
        {
            "rating", "ratings", "stars", "star", "score", "overall", "starrating", "reviewrating", "reviewscore", "reviewsrating",
            "rate", "satisfaction", "toxic", "issarcastic", "isresponse", "recommended", "recommend", "isspam", "spam", "feeling",
            "mood", "tone", "reviewstars", "starscore", "userrating", "overallrating", "sentimentpolarity",
        }
    ),
    frozenset({"category", "categories", "topic", "type", "tag", "classification"}),
)  # fmt: skip
ID_NAME = re.compile(r"(?i:(?:^|[_\s.-])(?:id|ids|uuid|guid|index|idx|no|nr|number)$)|(?<=[a-z])(?:Id|ID|Ids|IDs)$")


def normalize_name(name: str) -> str:
    """The name of a column regardless of case, blanks, underscores, dots and hyphens."""
    return re.sub(r"[\s_.\-\ufeff]+", "", name).casefold()


def tier_of(name: str, tiers: tuple[frozenset[str], ...]) -> int | None:
    """The index of the tier that has the name; None if none does."""
    normalized = normalize_name(name)
    return next((index for index, names in enumerate(tiers) if normalized in names), None)


def is_known_name(name: str) -> bool:
    """Whether a header is likely to have this name: that of a text, a label or an id."""
    return (
        tier_of(name, TEXT_TIERS) is not None
        or tier_of(name, LABEL_TIERS) is not None
        or normalize_name(name) in ("id", "ids", "index", "date", "user", "username", "name", "time", "timestamp")
        or (ID_NAME.search(name) is not None and len(name) <= 30)
    )
