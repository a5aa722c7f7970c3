"""Substitutions in a text, each behind a cheap test, so that clean ASCII text costs next to nothing.

One driver returns the text; the other also returns where each character came from. Knows no particular substitution.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

Span: TypeAlias = tuple[int, int]  # (start, end) characters of the original text


@dataclass(frozen=True)
class Step:
    """A substitution, skipped for a text that does not need it.

    Attributes:
        expression: a regular expression, compiled once a text needs it, so that most commands need not wait for it.
        replacement: literal text, or a function of the match.
        is_needed: a cheap test; true whenever the pattern matches.
    """

    expression: str
    replacement: str | Callable[[re.Match[str]], str]
    is_needed: Callable[[str], object]

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        return re.compile(self.expression)

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
