"""How the bytes of an input are text, told by its first bytes. Knows neither lines nor tables.

UTF-8 where nothing says otherwise, UTF-16 after its byte-order mark; an archive is no text, and is named as what it is.
"""

import codecs
from collections.abc import Iterator
from pathlib import Path

from rnnsent.errors import DataError

UTF16 = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
# What files of each kind begin with, in no text of any language; and what writes their content to stdout.
COMPRESSED = {
    b"\x1f\x8b": ("gzip", "zcat"),
    b"\x28\xb5\x2f\xfd": ("zstd", "zstdcat"),
    b"\xfd7zXZ\x00": ("xz", "xzcat"),
    b"PK\x03\x04": ("zip", "unzip -p"),
}
_BEGINNINGS = (codecs.BOM_UTF8, *UTF16, *COMPRESSED)


def is_undecided(beginning: bytes) -> bool:
    """Whether more bytes could still make these the mark of an encoding or of an archive."""
    return any(len(beginning) < len(each) and each.startswith(beginning) for each in _BEGINNINGS)


def refuse_compressed(beginning: bytes, path: Path | None, suffix: str = "") -> None:
    """Refuse the first bytes of an archive.

    Args:
        path: None is stdin.
        suffix: of a table, whose name must tell its format once it is unpacked.

    Raises:
        DataError: they are such bytes.
    """
    for magic, (kind, unpack) in COMPRESSED.items():
        if beginning.startswith(magic):
            target = f"> unpacked{suffix}" if suffix else "| rnnsent predict -"
            raise DataError(
                f"{path or 'stdin'} is compressed ({kind}): unpack it first, such as {unpack} {path or 'FILE'} {target}"
            )


def encoding_of(beginning: bytes) -> str:
    """UTF-16 where a byte-order mark says so, else UTF-8; Python leaves out the mark of either."""
    return "utf-16" if beginning[:2] in UTF16 else "utf-8-sig"


def as_utf8(chunks: Iterator[bytes | None], path: Path | None = None) -> Iterator[bytes | None]:
    """Bytes as they arrive, those of UTF-16 as UTF-8; the byte-order mark of either is left out. None passes through.

    Raises:
        DataError: they are those of an archive; `path` names it, None is stdin.
    """
    beginning = b""
    for chunk in chunks:
        if chunk is None:
            yield None
            continue
        beginning += chunk
        if not is_undecided(beginning):
            break
    refuse_compressed(beginning, path, _suffix_of_table(path))
    if (encoding := UTF16.get(beginning[:2])) is None:
        yield beginning.removeprefix(codecs.BOM_UTF8)
        yield from chunks
        return
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    yield decoder.decode(beginning[2:]).encode()
    for chunk in chunks:
        yield None if chunk is None else decoder.decode(chunk).encode()
    yield decoder.decode(b"", final=True).encode()


def _suffix_of_table(path: Path | None) -> str:
    """That of `reviews.csv` for `reviews.csv.gz`."""
    return path.with_suffix("").suffix if path else ""
