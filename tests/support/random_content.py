"""Random columns of texts, labels and other values, and the encoding that can write them. Knows no format."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

from tests.support.sentences import ENCODINGS, SENTENCES

TEXT_NAMES = (
    "text", "Text", "TEXT", "sentence", "review", "Review", "Review Text", "review_text", "reviewText", "reviews.text", "comment",
    "Comments", "tweet", "content", "message", "Feedback", "clean_text", " text", "full-text", "document",
)  # fmt: skip
LABEL_NAMES = (
    "label", "Label", "LABEL", "sentiment", "Sentiment", "class", "target", "polarity", "airline_sentiment", "emotion", "rating",
    "Rating", "stars", "score", "overall", "Star-Rating", "sentiment ",
)  # fmt: skip
UNKNOWN_TEXT_NAMES = ("v2", "col_b", "F3", "Freitext", "texto", "what", "Column 2", "contents_en")
UNKNOWN_LABEL_NAMES = ("v1", "y_true", "Urteil", "grade", "Q7", "result", "Column 1", "gold")
KNOWN_NAMES = (TEXT_NAMES, LABEL_NAMES)
UNKNOWN_NAMES = (UNKNOWN_TEXT_NAMES, UNKNOWN_LABEL_NAMES)
LOCAL_NAMES = {  # of texts and labels
    "German": ("Größenhinweis", "Schätzung"), "French": ("Avis reçu", "Appréciation générale"), "Russian": ("Отзыв", "Оценка"),
    "Spanish": ("Opinión", "Valoración"), "Chinese": ("评论", "情感"), "Japanese": ("レビュー", "評価"), "Korean": ("리뷰", "감정"),
    "Polish": ("Treść", "Ocena"), "Czech": ("Příspěvek", "Hodnocení"),
}  # fmt: skip
QUESTIONS = (
    "What did you like about our product, and what could we do better? Please answer in your own words.",
    "How satisfied are you with us on a scale from 1 to 5?",
)
EXTRA_NAMES = {
    "id": ("id", "ID", "review_id", "Unnamed: 0", "nr", "ItemID"), "date": ("date", "Date", "created_at", "timestamp"),
    "number": ("price", "Age", "weight", "helpfulness"), "votes": ("votes", "likes", "thumbsUpCount"), "user": ("user", "author"),
    "category": ("category", "Department Name", "country", "product"), "url": ("url", "link", "source"), "title": ("title", "Summary"),
    "flag": ("verified", "is_new"), "empty": ("remarks", "Unnamed: 3"),
}  # fmt: skip
EXTRA_KINDS = [kind for kind in EXTRA_NAMES if kind != "empty"]
# Each class is the list of its spellings.
LABELS: tuple[tuple[tuple[Any, ...], ...], ...] = (
    (("neg",), ("pos",)), (("negative", "Negative"), ("positive", "Positive")), (("0",), ("1",)), (("0", "0.0"), ("1", "1.0")),
    (("-1",), ("0",), ("1",)), (("True", "TRUE", "true"), ("False", "FALSE")), (("Happy", "Happy ", "HAPPY"), ("sad", "Sad")),
    (("1",), ("2",), ("3",), ("4",), ("5",)), (("Positive",), ("Neutral",), ("Negative",)), (("4",), ("0",)),
    (("very good",), ("not good",)), (("P",), ("N",)), (("1.0",), ("2.0",), ("5.0",)),
)  # fmt: skip
TYPED_LABELS: tuple[tuple[tuple[Any, ...], ...], ...] = (
    ((0,), (1,)), ((-1,), (0,), (1,)), ((True,), (False,)), ((1, 1.0), (0, 0.0)), ((1,), (2,), (3,), (4,), (5,)),
)  # fmt: skip
MISSING_CELLS = ("", "", "NaN", "nan", "NA", "null", "NULL", "None", "N/A", "n/a", "#N/A", " ")
WIDE_ENCODINGS = (
    ("utf-16-le", b"\xff\xfe"), ("utf-16-le", b"\xff\xfe"), ("utf-16-be", b"\xfe\xff"), ("utf-16-le", b""), ("utf-16-be", b""),
    ("utf-32-le", b"\xff\xfe\0\0"),
)  # fmt: skip
ABSENT = object()  # a key that a JSON record lacks


@dataclass(frozen=True)
class TextEncoding:
    """How the characters of a table are written, and the language of its texts.

    Attributes:
        ascii: `all` for texts of ASCII alone, `all but one` for those with a single other character.
    """

    codec: str
    mark: bytes = b""
    language: str = "English"
    ascii: str = "no"

    @property
    def name(self) -> str:
        return self.codec + (" with BOM" if self.mark else "") + ("" if self.ascii == "no" else f", {self.ascii} ASCII")

    @property
    def is_plain(self) -> bool:
        return self.codec == "utf-8"

    def encode(self, text: str) -> bytes:
        return self.mark + text.encode(self.codec)

    def is_told_by(self, data: bytes) -> bool:
        """Whether there is more than a single character outside ASCII, which tells no encoding but the most usual ones."""
        if self.codec.startswith("utf") or self.codec == "cp1252":
            return True
        return sum(not character.isascii() for character in data.decode(self.codec)) != 1


@dataclass
class Content:
    """A table before it is written.

    Attributes:
        header: what its names are like.
        names: as the header has them.
        columns: the values of each column.
        text, label: the indices of these columns.
        texts: the text of each row; None if it is missing.
        classes: the class of each row; None if its label is missing.
    """

    header: str
    names: list[str]
    columns: list[list[Any]]
    text: int
    label: int | None
    texts: list[str | None]
    classes: list[int | None] | None

    @property
    def width(self) -> int:
        return len(self.names)

    @property
    def n_rows(self) -> int:
        return len(self.texts)

    @property
    def rows(self) -> list[list[Any]]:
        return [list(row) for row in zip(*self.columns, strict=True)]

    @property
    def is_plain(self) -> bool:
        """Whether everyone would find the texts and the labels, if there are any."""
        return self.header == "known" and self.width > 1 and any(self.texts) and any(
            index is not None for index in self.classes or (0,)
        )  # fmt: skip

    def has_blank_edge(self) -> bool:
        """Whether the last row, or a column without a name, has no values."""
        names = self.names if self.header != "none" else [""] * self.width
        blank = ("", " ")
        return all(cell in blank for cell in self.rows[-1]) or any(
            not name and all(cell in blank for cell in column) for name, column in zip(names, self.columns, strict=True)
        )

    def set_text(self, row: int, text: str) -> None:
        self.texts[row] = self.columns[self.text][row] = text

    def map_strings(self, function: Callable[[str], str]) -> None:
        self.names = [function(name) for name in self.names]
        for column in self.columns:
            column[:] = [function(cell) if isinstance(cell, str) else cell for cell in column]
        self.texts = [text if text is None else function(text) for text in self.texts]

    def cut_row(self, row: int, width: int) -> None:
        """Empty all cells of a row but the first ones."""
        for column in self.columns[width:]:
            column[row] = ""
        if self.text >= width:
            self.texts[row] = None
        if self.classes and self.label is not None and self.label >= width:
            self.classes[row] = None

    def rename_repeated(self) -> None:
        """Give each column a name of its own."""
        self.names = [
            name if name and name not in self.names[:index] else f"key {index}" for index, name in enumerate(self.names)
        ]


def draw_content(
    random: Random,
    encoding: TextEncoding,
    *,
    is_typed: bool = False,
    has_null: bool = False,
    only_texts_and_labels: bool = False,
) -> Content:
    """Random columns.

    Args:
        is_typed: whether numbers and Booleans are values of their own rather than text.
        has_null: whether missing values are null rather than cells that mean so.
        only_texts_and_labels: without any other columns and without missing values.
    """
    n_rows = random.choice([1, 2, 3, 4, 5, 8, 12, 20, 35, 60])
    header = random.choice(["known"] * 8 + ["unknown", "local", "questions", "none", "none", "unnamed", "repeated"])
    texts: list[str | None] = []
    for _ in range(n_rows):
        text = draw_text(random, encoding, is_long=n_rows > 12, may_be_special=header == "known" or n_rows > 4)
        texts.append(text if text not in texts else f"{text} {len(texts)}")
    if header == "none":  # nothing tells a comment from a short first row that begins like one
        texts[0] = (texts[0] or "").replace("#", "")
    if encoding.ascii == "all but one":
        texts[random.randrange(n_rows)] = f"It was fine ({draw_word(random, encoding)})"
    cells: list[Any] = list(texts)
    has_missing = not only_texts_and_labels and not random.randrange(4)
    roles: list[tuple[str, list[Any]]] = [("text", cells)]
    classes: list[int | None] | None = None
    if only_texts_and_labels or random.randrange(12):
        classes, labels = _draw_labels(random, n_rows, is_typed=is_typed, is_word=only_texts_and_labels)
        roles.append(("label", labels))
    for index in range(n_rows) if has_missing else ():
        if (header == "known" or index) and not random.randrange(6):  # a column of missing texts needs its name
            texts[index], cells[index] = None, _draw_missing(random, has_null=has_null) if index else ""
        if classes and index and not random.randrange(6):
            classes[index], labels[index] = None, _draw_missing(random, has_null=has_null)
    kinds = random.sample(EXTRA_KINDS, random.choice([0, 0, 1, 1, 2, 3, 5])) if not only_texts_and_labels else []
    roles += [
        (kind, [_draw_extra(random, kind, row, encoding, is_typed=is_typed) for row in range(n_rows)]) for kind in kinds
    ]
    if not only_texts_and_labels and header != "none" and not random.randrange(20):
        roles.append(("empty", [None if has_null else ""] * n_rows))
    random.shuffle(roles)
    names = [draw_name(random, role, header, encoding.language) for role, _ in roles]
    others = [index for index, (role, _) in enumerate(roles) if role not in ("text", "label")]
    if header == "unnamed" and others:
        names[random.choice(others)] = ""
    elif header == "repeated" and len(others) > 1:
        first, second = sorted(random.sample(others, 2))
        names[second] = names[first]
    if header in ("questions", "none") and len(names) == 1:  # nothing tells a header from texts, or commas in them
        names, header = [random.choice(TEXT_NAMES)], "known"
    order = [role for role, _ in roles]
    label = order.index("label") if "label" in order else None
    return Content(header, names, [values for _, values in roles], order.index("text"), label, texts, classes)


def draw_name(random: Random, role: str, header: str, language: str) -> str:
    """The name of a column with such values."""
    if role not in ("text", "label"):
        return random.choice(EXTRA_NAMES[role])
    index = ("text", "label").index(role)
    if header == "local" and language in LOCAL_NAMES:
        return LOCAL_NAMES[language][index]
    if header == "questions":
        return QUESTIONS[index]
    return random.choice((UNKNOWN_NAMES if header in ("unknown", "local") else KNOWN_NAMES)[index])


def draw_text(random: Random, encoding: TextEncoding, *, is_long: bool = False, may_be_special: bool = True) -> str:
    """One to three sentences, sometimes with what is special in some format, or only that."""
    language = encoding.language if encoding.ascii == "no" else "English"
    sentences = [
        random.choice(SENTENCES[language]) for _ in range(random.choice([1, 2, 3, 3] if is_long else [1, 1, 1, 2, 3]))
    ]
    text = " ".join(sentences)
    match random.randrange(24) if may_be_special else -1:
        case 0:
            text = random.choice(
                [
                    "5 stars",
                    "10/10",
                    "ok",
                    "good, cheap; fast",
                    "see https://example.com/a,b?c=d",
                    "#1 <b>best</b> &amp;",
                    "!!!",
                ]
            )
        case 1:
            text = f"{text} ({random.randrange(2000)})"
        case 2:
            text = random.choice(["# ", "- ", "=", "[", "{", "'"]) + text
        case 3:
            text = f" {text} "
    if encoding.ascii != "no":
        text = text.encode("ascii", "ignore").decode()
    return text.encode(encoding.codec, "ignore").decode(encoding.codec)


def draw_word(random: Random, encoding: TextEncoding) -> str:
    """A word with one character outside ASCII, or such a character alone."""
    words = {word for text in SENTENCES[encoding.language] for word in [*text.split(), *text]}
    one = sorted(word for word in words if sum(not letter.isascii() for letter in word) == 1)
    return random.choice([word for word in one if word.encode(encoding.codec, "ignore").decode(encoding.codec) == word])


def _draw_labels(random: Random, n_rows: int, *, is_typed: bool, is_word: bool) -> tuple[list[int | None], list[Any]]:
    spellings = random.choice([*LABELS, *(TYPED_LABELS * 2 if is_typed else ())])
    if is_word:
        spellings = random.choice(LABELS[:6])
    classes: list[int | None] = [random.randrange(len(spellings)) for _ in range(n_rows)]
    classes[:2] = random.sample(range(len(spellings)), 2)[:n_rows]
    return classes, [random.choice(spellings[index or 0]) for index in classes]


def _draw_missing(random: Random, *, has_null: bool) -> Any:
    return random.choice([None, None, "", ABSENT]) if has_null else random.choice(MISSING_CELLS)


def _draw_extra(random: Random, kind: str, row: int, encoding: TextEncoding, *, is_typed: bool) -> Any:
    value: Any
    match kind:
        case "id":
            value = row + 1
        case "date":
            value = f"2024-{row % 12 + 1:02}-{random.randrange(1, 29):02}"
        case "number":
            value = random.choice([round(random.random() * 100, 2), random.randrange(100)])
        case "votes":
            value = random.choice([0, 0, 0, 1, 2, 7])
        case "user":
            value = f"user{random.randrange(1000)}"
        case "category":
            value = random.choice(["books", "toys", "home & garden", ""])
        case "url":
            value = f"https://example.com/item?id={random.randrange(10_000)}&ref=a"
        case "title":
            value = " ".join(draw_text(random, encoding).split()[:3])
        case _:
            value = random.choice([True, False])
    return value if is_typed or isinstance(value, str) else str(value)


def draw_encoding(random: Random) -> TextEncoding:
    language = random.choice(["English", *SENTENCES])
    match random.randrange(8):
        case 0 | 1 | 2:
            return TextEncoding("utf-8", b"", language)
        case 3:
            return TextEncoding("utf-8", b"\xef\xbb\xbf", language)
        case 4:
            codec, mark = random.choice(WIDE_ENCODINGS)
            return TextEncoding(codec, mark, language)
        case 5:
            return TextEncoding("utf-8", b"", language, "all")
    codec = random.choice(sorted(ENCODINGS))
    is_ascii = random.choice(["no"] * 8 + ["all", "all but one"])
    if codec == "mac_roman" and is_ascii == "all but one":  # "día" is "d’a" in cp1252
        is_ascii = "no"
    return TextEncoding(codec, b"", random.choice(ENCODINGS[codec]), is_ascii)
