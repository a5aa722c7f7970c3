"""One spelling of what phones, web pages and spreadsheets write in many ways: markup, quotes, links, mojibake.

Applied to a text before any tokenizer, by the drivers in `substitution.py`. Knows no vocabulary and no tokenizer.
"""

import html
import re

from rnnsent.config import Normalization
from rnnsent.data.emoticons import REDUCE_EMOJI, REPLACE_EMOTICONS
from rnnsent.data.substitution import Step, contains, is_not_ascii

# Character references of HTML, also if they were escaped several times: &amp;amp;nbsp;
_NAME = r"(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});"
REFERENCE = rf"&(?:amp;)++(?:{_NAME})?|&{_NAME}|&(?:amp|quot|nbsp|lt|gt|apos)\b"
MAX_ESCAPES = 4

# Characters of cp1252 that a UTF-8 sequence decoded as cp1252 or Latin-1 consists of.
_CP1252 = "ŒœŠšŸŽžƒˆ˜–—‘’‚“”„†‡•…‰‹›€™"
_CONTINUATION = rf"[\x80-\xbf{_CP1252}]"
MOJIBAKE = (
    rf"[ÂÃÄÅÎÏÐÑØÙà-ð](?:(?<=[Â-Ù]){_CONTINUATION}|(?<=[à-ï]){_CONTINUATION}{{2}}|(?<=ð){_CONTINUATION}{{3}})"
    rf"[\x80-\xff{_CP1252}]*"
)

# Zero-width, soft hyphen, joiners, marks of direction, keycaps, variation selectors, skin color, tags of flags.
INVISIBLE = (
    "[\xad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\u20e3\ufe00-\ufe0f\ufeff"
    "\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]"
)

TAGS = [
    "a", "abbr", "address", "article", "aside", "b", "big", "blockquote", "body", "br", "button", "center", "cite",
    "code", "dd", "del", "details", "div", "dl", "dt", "em", "figure", "font", "footer", "form", "h1", "h2", "h3", "h4",
    "h5", "h6", "head", "header", "hr", "html", "i", "iframe", "img", "input", "ins", "label", "li", "link", "main",
    "mark", "meta", "nav", "ol", "option", "p", "pre", "q", "s", "script", "section", "select", "small", "span",
    "strike", "strong", "style", "sub", "summary", "sup", "svg", "table", "tbody", "td", "textarea", "tfoot", "th",
    "thead", "title", "tr", "tt", "u", "ul", "video", "wbr",
]  # fmt: skip
# A tag without attributes, or with values of them, so that "<a or b>" is text; or a comment.
TAG = rf"(?is)<(?:!--(?:(?!<!--|-->).)*+-->|/?(?:{'|'.join(TAGS)})(?:\s[^<>=]*+=[^<>]*+|\s*+/?)>)"

# Trailing punctuation belongs to the sentence.
LINK = r"""(?i)(?:https?://|(?<![\w.])www\.)[!#-;=?-~]*[a-z0-9]/?"""
USER_NAME = r"@(?<!\w.)[^\W\d]\w{0,49}"

_APOSTROPHES = "'’‘ʼ´`′＇‛ʹꞌʻ\x91\x92"
# Between letters; also backslash-escaped (\') and doubled ('').
APOSTROPHE = rf"[\\{_APOSTROPHES}](?<=[^\W_].)[\\{_APOSTROPHES}]{{0,4}}(?<!\\)(?=[^\W\d_])"
UNREADABLE_APOSTROPHE = "\ufffd(?<=[nN].)(?=[tT]\\b)"  # what a decoder put into isn't
SINGLE_QUOTE = "[’‘‛‚\x91\x92]"
DOUBLE_QUOTE = "[“”„‟\x93\x94]"

# Controls that are characters of cp1252, except for U+0085, which is a line break.
CP1252_CONTROL = "[\x80\x82-\x84\x86-\x8c\x8e\x91-\x9c\x9e\x9f]"


def _unescape(match: re.Match[str]) -> str:
    text = match[0]
    for _ in range(MAX_ESCAPES):
        unescaped = html.unescape(text)
        if unescaped == text:
            break
        text = unescaped
    return text.replace("\xa0", " ")


def _fix_mojibake(match: re.Match[str]) -> str:
    from ftfy import fix_encoding  # takes longer to import than to predict a text

    return fix_encoding(match[0])


def _decode_cp1252(match: re.Match[str]) -> str:
    return match[0].encode("latin-1").decode("cp1252")


_has_apostrophe = contains("`", "\\'", "''")


def _may_have_apostrophe(text: str) -> bool:
    return not text.isascii() or _has_apostrophe(text)


_READ_REFERENCES = Step(REFERENCE, _unescape, contains("&"))
_FIX_MOJIBAKE = Step(MOJIBAKE, _fix_mojibake, is_not_ascii)
_DECODE_CONTROLS = Step(CP1252_CONTROL, _decode_cp1252, is_not_ascii)
_REMOVE_INVISIBLE = Step(INVISIBLE, "", is_not_ascii)
_REMOVE_TAGS = Step(TAG, " ", contains("<"))
_REMOVE_LINKS = Step(LINK, " ", contains("://", "ww.", "WW."))
_REMOVE_USER_NAMES = Step(USER_NAME, " ", contains("@"))
_UNIFY_APOSTROPHES = Step(APOSTROPHE, "'", _may_have_apostrophe)
_READ_UNREADABLE_APOSTROPHES = Step(UNREADABLE_APOSTROPHE, "'", contains("\ufffd"))
_UNIFY_SINGLE_QUOTES = Step(SINGLE_QUOTE, "'", is_not_ascii)
_UNIFY_DOUBLE_QUOTES = Step(DOUBLE_QUOTE, '"', is_not_ascii)

# Reading comes before what it can bring to light: &lt;p&gt; is a tag, and &#8217; an apostrophe.
_READ = (_READ_REFERENCES, _FIX_MOJIBAKE)
_SIMPLIFY = (
    _REMOVE_INVISIBLE,
    _REMOVE_TAGS,
    _REMOVE_LINKS,
    _REMOVE_USER_NAMES,
    _UNIFY_APOSTROPHES,
    _READ_UNREADABLE_APOSTROPHES,
    _UNIFY_SINGLE_QUOTES,
    _UNIFY_DOUBLE_QUOTES,
)
STEPS: dict[Normalization, tuple[Step, ...]] = {
    "basic": (*_READ, *_SIMPLIFY),
    "full": (*_READ, _DECODE_CONTROLS, *REDUCE_EMOJI, *_SIMPLIFY, REPLACE_EMOTICONS),
}


def is_plain(text: str) -> bool:
    """Whether no step can change a text, nor the splitting of hashtags: ASCII without what any of them looks for.

    A single expression, because a test for each step costs a short text as much as the tokenizer does.
    """
    return text.isascii() and not (
        "&" in text
        or "<" in text
        or "@" in text
        or "#" in text
        or ":" in text
        or ";" in text
        or "=" in text
        or "^" in text
        or "_" in text
        or "`" in text
        or "\\" in text
        or "''" in text
        or "ww." in text
        or "WW." in text
        or "xD" in text
        or "XD" in text
    )
