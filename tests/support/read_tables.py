"""Tables and lines of text in memory, read as a file or through a pipe."""

import contextlib
import io
import os
import threading
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from unittest import mock

from rnnsent.data import byte_input
from rnnsent.data.byte_input import ByteInput
from rnnsent.data.detect_format import detect_format
from rnnsent.data.line_reader import read_records
from rnnsent.data.open_table import open_file, open_table
from rnnsent.data.read_options import ReadOptions
from rnnsent.data.records import read_texts
from rnnsent.data.rows import Table, UnreadableRow


def write_file(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def open_content(folder: Path, content: str | bytes, name: str = "in.csv", **options: Any) -> Table:
    """Write the content to a file and open it as a table; keywords are ReadOptions."""
    return open_file(write_file(folder, name, content), ReadOptions(**options))


def read_cells(table: Table) -> list[tuple[Any, ...] | int]:
    """The values of each row, and the line of each unreadable one."""
    return [row.line if isinstance(row, UnreadableRow) else tuple(row.values()) for row in table.rows]


def read_content(
    folder: Path, content: str | bytes, name: str = "in.csv", **options: Any
) -> list[tuple[Any, ...] | int]:
    return read_cells(open_content(folder, content, name, **options))


@contextlib.contextmanager
def open_pipe(content: str | bytes, name: str = "stdin") -> Iterator[ByteInput]:
    """A pipe that a thread writes the content to."""
    data = content.encode() if isinstance(content, str) else content
    reader, writer = os.pipe()

    def feed() -> None:
        with contextlib.suppress(BrokenPipeError), os.fdopen(writer, "wb") as pipe:
            pipe.write(data)

    thread = threading.Thread(target=feed)
    thread.start()
    try:
        yield ByteInput(name, reader)
    finally:
        os.close(reader)
        thread.join()


@contextlib.contextmanager
def open_arriving(chunks: Iterable[bytes | None]) -> Iterator[ByteInput]:
    """An input whose bytes arrive in these chunks; None is a pause."""
    with (
        Path(os.devnull).open("rb") as file,
        mock.patch.object(byte_input, "_read_descriptor", return_value=iter(chunks)),
    ):
        yield ByteInput("stdin", file.fileno())


def read_lines(content: str | bytes, separator: bytes = b"\n", **options: Any) -> list[str]:
    """The records of a pipe."""
    with open_pipe(content) as source:
        return list(read_texts(read_records(source, separator, **options)))


def read_table(content: str | bytes, **options: Any) -> list[tuple[Any, ...] | int]:
    """The rows of a table in a pipe, whose format is guessed unless the options tell it."""
    chosen = ReadOptions(**options)
    with open_pipe(content) as source:
        return read_cells(open_table(source, detect_format(source, chosen, default=None), chosen))


def zip_files(**files: str | bytes) -> bytes:
    """A zip archive; the keyword `a_csv` becomes the member a.csv."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("_", "."), content)
    return buffer.getvalue()
