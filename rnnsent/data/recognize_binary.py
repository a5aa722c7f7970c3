"""Recognizes bytes that are not text, or text in UTF-16 without a byte-order mark. Knows neither files nor options."""

import codecs
import re
import unicodedata
from collections import Counter

UTF8_CHARACTER = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
UTF16 = ("utf-16-le", "utf-16-be")
BYTE_ORDER_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE)
# Controls of texts: white space, the end of a DOS file, ESC, and the invisible marks of scripts and emoji.
CONTROLS = frozenset(
    "\t\n\v\f\r\x1a\x1b\xad\u061c\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"
)
ODD_CONTROL = re.compile(rb"[\x01-\x08\x0e-\x19\x1c-\x1f\x7f]")  # in random bytes one of ten
MAX_CONTROLS = 0.04  # fraction of the bytes of a text

# The first bytes of files that hold no text: the offset, the bytes, and what the file is.
SIGNATURES = (
    (0, bytes.fromhex("d0cf11e0a1b11ae1"), "an Excel 97 workbook (.xls) or another old Office document"),
    (0, b"%PDF-", "a PDF file"),
    (0, b"\x89PNG\r\n\x1a\n", "a PNG image"),
    (0, b"\xff\xd8\xff", "a JPEG image"),
    (0, b"GIF87a", "a GIF image"),
    (0, b"GIF89a", "a GIF image"),
    (0, b"SQLite format 3\0", "a SQLite database"),
    (0, b"\x7fELF", "a Linux program"),
    (0, b"\xcf\xfa\xed\xfe", "a macOS program"),
    (0, b"\xce\xfa\xed\xfe", "a macOS program"),
    (0, b"\xca\xfe\xba\xbe\0", "a Java class file or a macOS program"),
    (0, b"\x93NUMPY", "a NumPy array (.npy)"),
    (0, b"\x89HDF\r\n\x1a\n", "an HDF5 file"),
    (0, b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (0, b"Rar!\x1a\x07", "a RAR archive"),
    (257, b"ustar", "a tar archive"),
    (0, b"\x1f\x8b", "a gzip file"),
    (0, b"BZh", "a bzip2 file"),
    (0, b"\xfd7zXZ\0", "an xz file"),
    (0, b"\x28\xb5\x2f\xfd", "a zstd file"),
    (0, b"\x04\x22\x4d\x18", "an lz4 file"),
    (0, b"Obj\x01", "an Avro file"),
    (0, b"ARROW1\0\0", "an Arrow file"),
    (0, b"\xff\xff\xff\xff", "an Arrow stream"),
    (0, b"FEA1", "a Feather file"),
    (0, b"PAR1", "a Parquet file"),
    (0, b"$FL2", "an SPSS file (.sav)"),
    (0, b"<stata_dta>", "a Stata file (.dta)"),
    (0, bytes(12) + bytes.fromhex("c2ea8160b31411cfbd92080009c7318c181f1011"), "a SAS file (.sas7bdat)"),
    (0, b"ID3", "an MP3 recording"),
    (4, b"ftyp", "an MP4 video"),
    (0, b"OggS\0", "an Ogg recording"),
)


def looks_like_utf16(sample: bytes) -> str | None:
    """`utf-16-le` or `utf-16-be` if the sample is UTF-16 text without a byte-order mark, otherwise None.

    The text must have a blank or a line break, which is what a text in UTF-16 has in common with no other text.
    """
    if has_valid_utf8(sample):
        return None
    readable = [codec for codec in UTF16 if (text := read_utf16(sample, codec)) and re.search(r"[ \t\r\n\u3000]", text)]
    return readable[0] if len(readable) == 1 else None


def read_utf16(sample: bytes, codec: str) -> str | None:
    """The sample decoded as UTF-16, None if the result is not the text of a language."""
    try:
        text = decode_prefix(sample, codec)
    except UnicodeDecodeError:
        return None
    without_nulls = sample.replace(b"\0", b"")
    if without_nulls.isascii() and not ODD_CONTROL.search(without_nulls) and len(without_nulls) > 1.1 * len(text):
        return None  # ASCII records, separated by NULs
    return text if is_text(text) and uses_one_script(text) else None


def has_valid_utf8(sample: bytes) -> bool:
    """Whether the sample is valid UTF-8 with characters outside ASCII."""
    try:
        decode_prefix(sample, "utf-8")
    except UnicodeDecodeError:
        return False
    return UTF8_CHARACTER.search(sample) is not None


def is_text(text: str) -> bool:
    """Whether all characters are assigned, and no control characters except those that texts have."""
    return all(unicodedata.category(character)[0] != "C" or character in CONTROLS for character in set(text))


def uses_one_script(text: str) -> bool:
    """Whether nearly all letters are Latin or of one further script."""
    letters = [letter for letter in text if letter.isalpha()]
    scripts = Counter("East Asian" if is_east_asian(letter) else ord(letter) >> 8 for letter in letters)
    n_latin = sum(scripts.pop(block, 0) for block in (0, 1, 0x1E))
    return n_latin + max(scripts.values(), default=0) >= 0.97 * len(letters)


def looks_binary(sample: bytes) -> str | None:
    """What the sample is if it is not text, for example "a PDF file"; None for text in any encoding."""
    for offset, signature, kind in SIGNATURES:
        if sample.startswith(signature, offset):
            return kind
    if sample.startswith(b"MZ") and b"\0" in sample[:64]:
        return "a Windows program"
    if sample.startswith(b"ORC") and b"\0" in sample[:64]:
        return "an ORC file"
    if sample.startswith(b"RIFF") and len(sample) >= 12:
        return {b"WEBP": "a WebP image", b"WAVE": "a WAV recording", b"AVI ": "an AVI video"}.get(
            sample[8:12], "a RIFF file"
        )
    if len(sample) > 1 and sample[0] == 0x80 and 2 <= sample[1] <= 5:
        return "a Python pickle"
    if is_wide_text(sample):
        return None
    n_controls = len(ODD_CONTROL.findall(sample)) + sum(map(len, re.findall(rb"\0{2,}", sample)))
    return "binary data" if n_controls >= max(2, MAX_CONTROLS * len(sample)) else None


def is_wide_text(sample: bytes) -> bool:
    """Whether the sample is text in UTF-16 or UTF-32, with or without a byte-order mark."""
    if any(read_utf16(sample, codec) for codec in UTF16):
        return True
    for codec in ("utf-32", "utf-16") if sample.startswith(BYTE_ORDER_MARKS) else ("utf-32-le", "utf-32-be"):
        try:
            text = decode_prefix(sample, codec)
        except UnicodeDecodeError:
            continue
        if text and is_text(text.replace("\0", "")):
            return True
    return False


def decode_prefix(sample: bytes, codec: str) -> str:
    """The text without a character that is cut at the end. Raises UnicodeDecodeError."""
    return codecs.getincrementaldecoder(codec)().decode(sample)


def is_east_asian(character: str) -> bool:
    return "\u3000" <= character <= "\u9fff" or "\uac00" <= character <= "\ud7af" or "\uff00" <= character <= "\uffef"
