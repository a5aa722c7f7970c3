"""Where the sentences of a text are. Knows characters only."""

import re
from collections.abc import Iterator

# A sentence ends at a mark before white space, with the quotes and brackets that close there; at a mark of a script without
# spaces; and at a line break, either a newline or <br />.
END = re.compile(r"[.!?…]+[\"'”’)\]]*(?=\s)|[。！？]+[”’」』）]*|(?i:(?:<br\s*/?>)+)|\n+")
# A period after one of these, or after a single letter, ends no sentence.
ABBREVIATION = re.compile(
    r"(?:^|[^\w.])(?:[A-Za-z]|Mrs?|Ms|Dr|Prof|St|Jr|Sr|vs|etc|approx|No|Nos|[Ff]ig|(?:[A-Za-z]\.)+[A-Za-z])\.$"
)
MAX_ABBREVIATION = 12  # characters before the end of a sentence that are looked at


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """(start, end) characters of each sentence, without the white space around it; none for a blank text."""
    return list(_spans(text))


def _spans(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for match in END.finditer(text):
        end = match.end()
        is_break = match[0][0] in "<\n"
        if match[0] == "." and ABBREVIATION.search(text[max(start, end - MAX_ABBREVIATION) : end]):
            continue
        yield from _strip(text, start, match.start() if is_break else end)
        start = end
    yield from _strip(text, start, len(text))


def _strip(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The span without white space around it; nothing if it is blank."""
    part = text[start:end]
    stripped = part.strip()
    if stripped:
        start += len(part) - len(part.lstrip())
        yield start, start + len(stripped)
