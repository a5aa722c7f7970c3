"""The text encoding of an input, detected from its first bytes. Knows neither lines nor tables.

UTF-16 if there is a byte-order mark for it, otherwise UTF-8. A compressed file is rejected.
"""

import codecs
from collections.abc import Iterator
from pathlib import Path

from rnnsent.errors import DataError

UTF16 = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
# The first bytes of compressed files, which no text in any language starts with: the format, and the command that
# writes the content to stdout.
COMPRESSED = {
    b"\x1f\x8b": ("gzip", "zcat"),
    b"\x28\xb5\x2f\xfd": ("zstd", "zstdcat"),
    b"\xfd7zXZ\x00": ("xz", "xzcat"),
    b"PK\x03\x04": ("zip", "unzip -p"),
}
_SIGNATURES = (codecs.BOM_UTF8, *UTF16, *COMPRESSED)


def needs_more_bytes(prefix: bytes) -> bool:
    """Whether the prefix is the incomplete signature of an encoding or a compressed format."""
    return any(len(prefix) < len(signature) and signature.startswith(prefix) for signature in _SIGNATURES)


def reject_compressed(prefix: bytes, path: Path | None, suffix: str = "") -> None:
    """Reject an input whose first bytes are those of a compressed file.

    Args:
        path: the file for the message; None is stdin.
        suffix: of a table, whose decompressed file needs it because the suffix determines the format.

    Raises:
        DataError: the input is compressed.
    """
    for signature, (kind, command) in COMPRESSED.items():
        if prefix.startswith(signature):
            target = f"> unpacked{suffix}" if suffix else "| rnnsent predict -"
            raise DataError(
                f"{path or 'stdin'} is compressed ({kind}): decompress it first, "
                f"for example: {command} {path or 'FILE'} {target}"
            )


def detect_encoding(prefix: bytes) -> str:
    """The name of Python's codec that also removes the byte-order mark."""
    return "utf-16" if prefix[:2] in UTF16 else "utf-8-sig"


def as_utf8(chunks: Iterator[bytes | None], path: Path | None = None) -> Iterator[bytes | None]:
    """Transcode chunks of bytes to UTF-8, without a byte-order mark. None (a pause of the input) passes through.

    Raises:
        DataError: the input is compressed; the message names `path`, or stdin if it is None.
    """
    prefix = b""
    for chunk in chunks:
        if chunk is None:
            yield None
            continue
        prefix += chunk
        if not needs_more_bytes(prefix):
            break
    reject_compressed(prefix, path, _table_suffix(path))
    if (encoding := UTF16.get(prefix[:2])) is None:
        yield prefix.removeprefix(codecs.BOM_UTF8)
        yield from chunks
        return
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    yield decoder.decode(prefix[2:]).encode()
    for chunk in chunks:
        yield None if chunk is None else decoder.decode(chunk).encode()
    yield decoder.decode(b"", final=True).encode()


def _table_suffix(path: Path | None) -> str:
    """The suffix without that of the compression: `.csv` for `reviews.csv.gz`."""
    return path.with_suffix("").suffix if path else ""
