"""Which format --output and --format mean, and what is refused before any work."""

import os
from pathlib import Path
from typing import get_args

import pytest

from rnnsent.config import InputFormat
from rnnsent.errors import SettingsError
from rnnsent.output.compression import COMPRESSION_SUFFIXES
from rnnsent.output.formats import DEFAULT_FORMATS, FORMATS, OutputFormat, parse_output

TEXT_FORMATS = [name for name, entry in FORMATS.items() if entry.suffixes and not entry.is_binary]


def test_registry() -> None:
    """Every format has an entry, every input format a default that stdout can have, and no suffix two meanings."""
    assert tuple(FORMATS) == get_args(OutputFormat)
    assert set(DEFAULT_FORMATS) == set(get_args(InputFormat))
    assert not any(FORMATS[name].is_binary for name in DEFAULT_FORMATS.values())
    suffixes = [suffix for entry in FORMATS.values() for suffix in entry.suffixes]
    assert len(set(suffixes)) == len(suffixes)


@pytest.mark.parametrize("name", FORMATS)
def test_suffixes(name: OutputFormat) -> None:
    """A suffix in any case means its format, with --format or without."""
    for suffix in FORMATS[name].suffixes:
        assert parse_output(Path(f"out{suffix.upper()}"), None) == (name, None)
        assert parse_output(Path(f"out{suffix}"), name) == (name, None)


@pytest.mark.parametrize("compression", COMPRESSION_SUFFIXES)
@pytest.mark.parametrize("name", TEXT_FORMATS)
def test_compressed_suffixes(name: OutputFormat, compression: str) -> None:
    """Every format of text can be compressed."""
    for suffix in FORMATS[name].suffixes:
        assert parse_output(Path(f"out{suffix}{compression}"), None) == (name, compression)
    assert parse_output(Path(f"out{compression}"), None) == (None, compression)
    assert parse_output(Path(f"out.dat{compression}"), name) == (name, compression)


@pytest.mark.parametrize("name", [name for name, entry in FORMATS.items() if entry.is_binary])
def test_compressed_twice(name: OutputFormat) -> None:
    for path, requested in ((Path(f"out.{name}.gz"), None), (Path("out.gz"), name)):
        with pytest.raises(SettingsError, match=f"{name} is compressed already; leave out .gz"):
            parse_output(path, requested)


def test_no_suffix(tmp_path: Path) -> None:
    """Without a suffix, and for stdout, nothing is said about the format."""
    for path in (None, Path("-"), tmp_path / "out", tmp_path / ".csv", Path("/dev/stdout"), Path("/dev/fd/1")):
        assert parse_output(path, None) == (None, None)


@pytest.mark.parametrize("name", ["out.html", "out.pdf", "out.xls", "out.csv.zip", "out.csv.html.gz", "out.2024"])
def test_unknown_suffix(name: str) -> None:
    """An unknown suffix is refused with the known ones, unless the format is named."""
    with pytest.raises(SettingsError, match=r"unknown suffix \.\w+; supported: \.tsv .*\.parquet.*\.zst.*--format$"):
        parse_output(Path(name), None)
    assert parse_output(Path(name), "csv").format == "csv"


def test_special_files(tmp_path: Path) -> None:
    """The name of a device or a pipe says nothing, whatever it ends with."""
    os.mkfifo(tmp_path / "pipe.html")
    assert parse_output(tmp_path / "pipe.html", None) == (None, None)
    os.mkfifo(tmp_path / "pipe.csv")
    assert parse_output(tmp_path / "pipe.csv", None) == ("csv", None)
    assert parse_output(Path("/dev/null"), None) == (None, None)


def test_contradiction() -> None:
    with pytest.raises(SettingsError, match=r"out\.parquet is parquet, but --format csv was given; choose one"):
        parse_output(Path("out.parquet"), "csv")
    with pytest.raises(SettingsError, match=r"out\.csv\.gz is csv, but --format jsonl was given; choose one"):
        parse_output(Path("out.csv.gz"), "jsonl")
