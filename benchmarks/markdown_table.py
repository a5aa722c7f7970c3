"""Format the Markdown tables of docs/results.md and README.md."""

from collections.abc import Iterable, Sequence


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """The lines of a Markdown table. Raises ValueError if a row and the header differ in length."""
    lines = [list(cells) for cells in (header, ["---"] * len(header), *rows)]
    if any(len(cells) != len(header) for cells in lines):
        raise ValueError(f"a row under {', '.join(header)} does not have {len(header)} cells")
    return ["| " + " | ".join(cells) + " |" for cells in lines]
