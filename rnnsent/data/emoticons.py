"""Emoji and emoticons, each as one character. Knows no tokenizer."""

import re

from rnnsent.data.substitution import Step, contains, is_not_ascii

_EMOJI = "[\u2190-\u2bff\U0001f000-\U0001faff]"
_MODIFIERS = "[\ufe0f\U0001f3fb-\U0001f3ff]*+"
EMOJI_SEQUENCE = rf"({_EMOJI}){_MODIFIERS}(?:\u200d{_EMOJI}{_MODIFIERS})+"
COUNTRY_FLAG = "[\U0001f1e6-\U0001f1ff][\U0001f1e6-\U0001f1ff]"
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
EMOTICON = r"(?=[-:;=<>()^xXtToO\\])(?:" + "|".join(f"({pattern})" for pattern in EMOTICONS.values()) + ")"
EYES_AND_MOUTH = re.compile(r"[:;=]['’-]?[()DPpoO/\\*|]")


def _first_emoji(match: re.Match[str]) -> str:
    return match[1]


def _emoticon_to_emoji(match: re.Match[str]) -> str:
    return _EMOTICON_EMOJI[(match.lastindex or 1) - 1]


_has_eyes = contains(":", ";", "=")
_has_other_emoticon = contains("<3", "</3", "^", "_", "xD", "XD", "\\o", "\\O")


def _may_have_emoticon(text: str) -> bool:
    return _has_other_emoticon(text) or (_has_eyes(text) and EYES_AND_MOUTH.search(text) is not None) or "(:" in text


REDUCE_EMOJI = (
    Step(EMOJI_SEQUENCE, _first_emoji, contains("\u200d")),
    Step(COUNTRY_FLAG, FLAG, is_not_ascii),
)
REPLACE_EMOTICONS = Step(EMOTICON, _emoticon_to_emoji, _may_have_emoticon)
