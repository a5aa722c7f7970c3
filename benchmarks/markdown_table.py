"""How docs/results.md and README.md write a table."""

from collections.abc import Iterable, Sequence


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """A table of Markdown. Raises ValueError where a row has more or fewer cells than the header."""
    lines = [list(cells) for cells in (header, ["---"] * len(header), *rows)]
    if any(len(cells) != len(header) for cells in lines):
        raise ValueError(f"a row under {', '.join(header)} does not have {len(header)} cells")
    return ["| " + " | ".join(cells) + " |" for cells in lines]
