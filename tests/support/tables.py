"""Small labeled tables on disk, as data sets for the tests of sources."""

from pathlib import Path


def write_table(path: Path, rows: list[tuple[str, str]]) -> Path:
    """Write (text, label) rows as a .csv file, without quoting."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("text,label\n" + "".join(f"{text},{label}\n" for text, label in rows), encoding="utf-8")
    return path


def two_class_rows(prefix: str, count: int = 10) -> list[tuple[str, str]]:
    """`count` different texts that begin with the prefix, alternately labeled neg and pos."""
    return [(f"{prefix} {i}", "pos" if i % 2 else "neg") for i in range(count)]
