"""Text to plainer text, before any tokenizer: one spelling of what phones, web pages and spreadsheets write in many ways.

Each step is a substitution behind a cheap test, so that clean ASCII text costs next to nothing. One driver returns the
text; the other also returns where each character came from. This module knows no vocabulary and no tokenizer.
"""

import html
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeAlias

from rnnsent.config import Normalization

Span: TypeAlias = tuple[int, int]  # (start, end) characters of the original text


@dataclass(frozen=True)
class Step:
    """A substitution, skipped for a text that does not need it.

    Attributes:
        replacement: literal text, or a function of the match.
        is_needed: a cheap test; true whenever the pattern matches.
    """

    pattern: re.Pattern[str]
    replacement: str | Callable[[re.Match[str]], str]
    is_needed: Callable[[str], object]

    def replace(self, match: re.Match[str]) -> str:
        return self.replacement if isinstance(self.replacement, str) else self.replacement(match)


def contains(*substrings: str) -> Callable[[str], bool]:
    """A test whether a text contains one of the substrings."""

    def contains_any(text: str) -> bool:
        # A generator would double the cost for a clean text.
        for substring in substrings:  # noqa: SIM110
            if substring in text:
                return True
        return False

    return contains_any


def is_not_ascii(text: str) -> bool:
    return not text.isascii()


def normalize(text: str, steps: Iterable[Step]) -> str:
    for step in steps:
        if step.is_needed(text):
            text = step.pattern.sub(step.replacement, text)
    return text


def normalize_with_spans(text: str, steps: Iterable[Step]) -> tuple[str, list[Span]]:
    """The text that `normalize` returns, and the span in the original text of each of its characters."""
    spans = [(index, index + 1) for index in range(len(text))]
    for step in steps:
        if step.is_needed(text):
            text, spans = _substitute(step, text, spans)
    return text, spans


def _substitute(step: Step, text: str, spans: list[Span]) -> tuple[str, list[Span]]:
    parts: list[str] = []
    new_spans: list[Span] = []
    position = 0
    for match in step.pattern.finditer(text):
        start, end = match.span()
        replacement = step.replace(match)
        parts += text[position:start], replacement
        new_spans += spans[position:start]
        new_spans += _align(match[0], replacement, spans[start:end])
        position = end
    parts.append(text[position:])
    new_spans += spans[position:]
    return "".join(parts), new_spans


def _align(matched: str, replacement: str, spans: list[Span]) -> list[Span]:
    """A span for each character of a replacement: its own, if blanks were inserted, else that of the whole match."""
    if replacement != matched and replacement.replace(" ", "") == matched:
        remaining = iter(spans)
        position = spans[0][0]
        aligned = []
        for character in replacement:
            span = (position, position) if character == " " else next(remaining)
            position = span[1]
            aligned.append(span)
        return aligned
    if len(replacement) == len(matched):
        return spans
    return [(spans[0][0], spans[-1][1])] * len(replacement)


# Character references of HTML, also if they were escaped several times: &amp;amp;nbsp;
_NAME = r"(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});"
REFERENCE = re.compile(rf"&(?:amp;)++(?:{_NAME})?|&{_NAME}|&(?:amp|quot|nbsp|lt|gt|apos)\b")
MAX_ESCAPES = 4

# Characters of cp1252 that a UTF-8 sequence decoded as cp1252 or Latin-1 consists of.
_CP1252 = "ŒœŠšŸŽžƒˆ˜–—‘’‚“”„†‡•…‰‹›€™"
_CONTINUATION = rf"[\x80-\xbf{_CP1252}]"
MOJIBAKE = re.compile(
    rf"[ÂÃÄÅÎÏÐÑØÙà-ð](?:(?<=[Â-Ù]){_CONTINUATION}|(?<=[à-ï]){_CONTINUATION}{{2}}|(?<=ð){_CONTINUATION}{{3}})"
    rf"[\x80-\xff{_CP1252}]*"
)

# Zero-width, soft hyphen, joiners, marks of direction, keycaps, variation selectors, skin color, tags of flags.
INVISIBLE = re.compile(
    "[\xad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\u20e3\ufe00-\ufe0f\ufeff"
    "\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]"
)

TAGS = [
    "a",
    "abbr",
    "address",
    "article",
    "aside",
    "b",
    "big",
    "blockquote",
    "body",
    "br",
    "button",
    "center",
    "cite",
    "code",
    "dd",
    "del",
    "details",
    "div",
    "dl",
    "dt",
    "em",
    "figure",
    "font",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "head",
    "header",
    "hr",
    "html",
    "i",
    "iframe",
    "img",
    "input",
    "ins",
    "label",
    "li",
    "link",
    "main",
    "mark",
    "meta",
    "nav",
    "ol",
    "option",
    "p",
    "pre",
    "q",
    "s",
    "script",
    "section",
    "select",
    "small",
    "span",
    "strike",
    "strong",
    "style",
    "sub",
    "summary",
    "sup",
    "svg",
    "table",
    "tbody",
    "td",
    "textarea",
    "tfoot",
    "th",
    "thead",
    "title",
    "tr",
    "tt",
    "u",
    "ul",
    "video",
    "wbr",
]
# A tag without attributes, or with values of them, so that "<a or b>" is text; or a comment.
TAG = re.compile(rf"(?is)<(?:!--(?:(?!<!--|-->).)*+-->|/?(?:{'|'.join(TAGS)})(?:\s[^<>=]*+=[^<>]*+|\s*+/?)>)")

# Trailing punctuation belongs to the sentence.
LINK = re.compile(r"""(?i)(?:https?://|(?<![\w.])www\.)[!#-;=?-~]*[a-z0-9]/?""")
USER_NAME = re.compile(r"@(?<!\w.)[^\W\d]\w{0,49}")

_APOSTROPHES = "'’‘ʼ´`′＇‛ʹꞌʻ\x91\x92"
# Between letters; also backslash-escaped (\') and doubled ('').
APOSTROPHE = re.compile(rf"[\\{_APOSTROPHES}](?<=[^\W_].)[\\{_APOSTROPHES}]{{0,4}}(?<!\\)(?=[^\W\d_])")
UNREADABLE_APOSTROPHE = re.compile("\ufffd(?<=[nN].)(?=[tT]\\b)")  # what a decoder put into isn't
SINGLE_QUOTE = re.compile("[’‘‛‚\x91\x92]")
DOUBLE_QUOTE = re.compile("[“”„‟\x93\x94]")

# Controls that are characters of cp1252, except for U+0085, which is a line break.
CP1252_CONTROL = re.compile("[\x80\x82-\x84\x86-\x8c\x8e\x91-\x9c\x9e\x9f]")

_EMOJI = "[\u2190-\u2bff\U0001f000-\U0001faff]"
_MODIFIERS = "[\ufe0f\U0001f3fb-\U0001f3ff]*+"
EMOJI_SEQUENCE = re.compile(rf"({_EMOJI}){_MODIFIERS}(?:\u200d{_EMOJI}{_MODIFIERS})+")
COUNTRY_FLAG = re.compile("[\U0001f1e6-\U0001f1ff][\U0001f1e6-\U0001f1ff]")
FLAG = "\U0001f3f3"  # of every country

# Patterns of emoticons and the emoji that each is replaced by. A colon after a digit or before a letter is none: 10:30,
# C:\, note:(see below).
EMOTICONS = {
    "😠": r"(?<!\w)>:-?\(+",
    "😢": r"(?<![\d:;=])[:=]['’]-?\(+(?![\w\"'])",
    "😂": r"(?<![\d:;=])[:=]['’]-?\)+",
    "🙁": r"(?<![\d:;=])(?::-?|(?<!\w)=-?)\(+(?![\w\"'])",
    "🙂": r"(?<![\d:;=])(?::-?|(?<!\w)=-?)\)+|(?<![\w(])\(:(?![\w(:])",
    "😉": r"(?<![\d)\]};&]);-?\)+",
    "😄": r"(?<![\w:;=])(?:[:;=]-?|[xX])D+(?!\w)",
    "😛": r"(?<![\w:;=])[:;=]-?[pP](?!\w)",
    "😕": r"(?<![\w:;=])[:=]-?[/\\](?![\w/\\])",
    "😮": r"(?<![\w:;=])[:=]-?[oO](?!\w)",
    "😘": r"(?<![\w:;=])[:;=]-?\*+(?!\w)",
    "😐": r"(?<![\w:;=|-])[:=]-?\|(?![\w|:-])",
    "❤": r"(?<![\w<])<3+(?!\w|[.,]\d)",
    "💔": r"(?<![\w<])</3+(?!\w|[.,]\d)",
    "😊": r"(?<![\w^])\^[_.-]?\^(?![\w^])",
    "😑": r"(?<![\w-])-_+-(?![\w-])",
    "😭": r"(?<!\w)(?:[Tt]_+[Tt]|;_+;)(?!\w)",
    "😳": r"(?<!\w)[oO]_+[oO](?!\w)",
    "🙌": r"(?<![\w\\])\\[oO]/(?!\w)",
}
_EMOTICON_EMOJI = tuple(EMOTICONS)
EMOTICON = re.compile(r"(?=[-:;=<>()^xXtToO\\])(?:" + "|".join(f"({pattern})" for pattern in EMOTICONS.values()) + ")")
EYES_AND_MOUTH = re.compile(r"[:;=]['’-]?[()DPpoO/\\*|]")


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


def _first_emoji(match: re.Match[str]) -> str:
    return match[1]


def _decode_cp1252(match: re.Match[str]) -> str:
    return match[0].encode("latin-1").decode("cp1252")


def _emoticon_to_emoji(match: re.Match[str]) -> str:
    return _EMOTICON_EMOJI[(match.lastindex or 1) - 1]


_has_apostrophe = contains("`", "\\'", "''")
_has_eyes = contains(":", ";", "=")
_has_other_emoticon = contains("<3", "</3", "^", "_", "xD", "XD", "\\o", "\\O")


def _may_have_apostrophe(text: str) -> bool:
    return not text.isascii() or _has_apostrophe(text)


def _may_have_emoticon(text: str) -> bool:
    return _has_other_emoticon(text) or (_has_eyes(text) and EYES_AND_MOUTH.search(text) is not None) or "(:" in text


_READ_REFERENCES = Step(REFERENCE, _unescape, contains("&"))
_FIX_MOJIBAKE = Step(MOJIBAKE, _fix_mojibake, is_not_ascii)
_DECODE_CONTROLS = Step(CP1252_CONTROL, _decode_cp1252, is_not_ascii)
_REDUCE_EMOJI = Step(EMOJI_SEQUENCE, _first_emoji, contains("\u200d"))
_REDUCE_FLAGS = Step(COUNTRY_FLAG, FLAG, is_not_ascii)
_REMOVE_INVISIBLE = Step(INVISIBLE, "", is_not_ascii)
_REMOVE_TAGS = Step(TAG, " ", contains("<"))
_REMOVE_LINKS = Step(LINK, " ", contains("://", "ww.", "WW."))
_REMOVE_USER_NAMES = Step(USER_NAME, " ", contains("@"))
_UNIFY_APOSTROPHES = Step(APOSTROPHE, "'", _may_have_apostrophe)
_READ_UNREADABLE_APOSTROPHES = Step(UNREADABLE_APOSTROPHE, "'", contains("\ufffd"))
_UNIFY_SINGLE_QUOTES = Step(SINGLE_QUOTE, "'", is_not_ascii)
_UNIFY_DOUBLE_QUOTES = Step(DOUBLE_QUOTE, '"', is_not_ascii)
_REPLACE_EMOTICONS = Step(EMOTICON, _emoticon_to_emoji, _may_have_emoticon)

# Reading comes before what it can bring to light: &lt;p&gt; is a tag, and &#8217; an apostrophe.
STEPS: dict[Normalization, tuple[Step, ...]] = {
    "basic": (
        _READ_REFERENCES,
        _FIX_MOJIBAKE,
        _REMOVE_INVISIBLE,
        _REMOVE_TAGS,
        _REMOVE_LINKS,
        _REMOVE_USER_NAMES,
        _UNIFY_APOSTROPHES,
        _READ_UNREADABLE_APOSTROPHES,
        _UNIFY_SINGLE_QUOTES,
        _UNIFY_DOUBLE_QUOTES,
    ),
    "full": (
        _READ_REFERENCES,
        _FIX_MOJIBAKE,
        _DECODE_CONTROLS,
        _REDUCE_EMOJI,
        _REDUCE_FLAGS,
        _REMOVE_INVISIBLE,
        _REMOVE_TAGS,
        _REMOVE_LINKS,
        _REMOVE_USER_NAMES,
        _UNIFY_APOSTROPHES,
        _READ_UNREADABLE_APOSTROPHES,
        _UNIFY_SINGLE_QUOTES,
        _UNIFY_DOUBLE_QUOTES,
        _REPLACE_EMOTICONS,
    ),
}
