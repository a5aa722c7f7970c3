"""What the suffix of a file name says: its format, and whether it is compressed. Reads nothing, imports nothing slow."""

from pathlib import PurePath

from rnnsent.config import InputFormat

# To add an input format: its suffixes here, its reader in open_table.py, its name in rnnsent.config.InputFormat.
SUFFIXES: dict[str, InputFormat] = {
    ".csv": "csv", ".tsv": "tsv", ".tab": "tsv", ".json": "json", ".jsonl": "jsonl", ".ndjson": "jsonl", ".parquet": "parquet",
    ".pq": "parquet", ".xlsx": "xlsx", ".xlsm": "xlsx", ".xlsb": "xlsx", ".xls": "xlsx", ".ods": "xlsx", ".txt": "lines",
    ".text": "lines", ".ft": "fasttext",
}  # fmt: skip
TABLE_FORMATS = tuple(dict.fromkeys(kind for kind in SUFFIXES.values() if kind != "lines"))
TABLE_SUFFIXES = tuple(suffix for suffix, kind in SUFFIXES.items() if kind != "lines")
COMPRESSION_SUFFIXES = (".gz", ".gzip", ".bz2", ".xz", ".zst", ".zstd", ".zip")


def strip_compression(name: str) -> PurePath:
    """The name of a file as a path, without the suffix of a compression."""
    path = PurePath(name)
    return path.with_suffix("") if path.suffix.lower() in COMPRESSION_SUFFIXES else path


def format_of_name(name: str) -> InputFormat | None:
    """The format that the suffix of a file name means, below that of a compression."""
    return SUFFIXES.get(strip_compression(name).suffix.lower())
