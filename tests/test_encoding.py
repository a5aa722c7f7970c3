"""Text is decoded by --encoding, by a byte-order mark, or by a guess that is refused if it is none."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnsent.data.byte_input import ByteInput
from rnnsent.data.encoding import Utf8Input, decode_head
from rnnsent.errors import DataError
from tests.support.read_tables import open_pipe, read_content, read_lines, write_file

FRENCH = (
    "text;label\nIt’s a café thing – so very good;pos\nUne très bonne journée, à bientôt;pos\nDéçu par l’hôtel;neg\n"
)
RUSSIAN = "text;label\nПлохой сервис, номер;neg\nУдобный чайник и стол;pos\nСкучный фильм, ужасный звук;neg\n"
MIXED = "電影 is good, \U0001f600\nй é ß\n"
UNICODE = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_french(tmp_path: Path, encoding: str) -> None:
    """A table of Excel in Western Europe is read as it was written, from a file and from a pipe."""
    expected = [tuple(line.split(";")) for line in FRENCH.splitlines()[1:]]
    assert read_content(tmp_path, FRENCH.encode(encoding)) == expected
    assert read_lines(FRENCH.encode(encoding)) == FRENCH.splitlines()


@pytest.mark.parametrize("encoding", ["cp1251", "koi8-r", "utf-8", "utf-16"])
def test_russian(tmp_path: Path, encoding: str) -> None:
    expected = [tuple(line.split(";")) for line in RUSSIAN.splitlines()[1:]]
    assert read_content(tmp_path, RUSSIAN.encode(encoding)) == expected
    assert read_lines(RUSSIAN.encode(encoding)) == RUSSIAN.splitlines()


@pytest.mark.parametrize("encoding", [*UNICODE, "gb18030"])
def test_requested(tmp_path: Path, encoding: str) -> None:
    """A requested encoding is used whatever the bytes look like; a mark of its own is not text."""
    assert read_lines(MIXED.encode(encoding), encoding=encoding) == MIXED.splitlines()
    assert read_content(tmp_path, MIXED.encode(encoding), encoding=encoding, header=False, delimiter="|") == [
        (line,) for line in MIXED.splitlines()
    ]


def test_requested_legacy() -> None:
    """UTF-8 is read as Latin-1 if the user says so, and then a mark is text."""
    assert read_lines("\ufeffé\n".encode(), encoding="latin-1") == ["ï»¿Ã©"]


def test_wrong_encoding() -> None:
    """Bytes that the requested encoding does not have become U+FFFD; an encoding of another size is an error."""
    with pytest.raises(DataError, match=r"^stdin is not utf-16-le: .*; give its encoding with --encoding$"):
        read_lines(b"abcd\n", encoding="utf-16-le")
    assert read_lines(b"caf\xe9\nok\n", encoding="ascii") == ["caf\ufffd", "ok"]
    assert read_lines(b"caf\x81\nok\n", encoding="cp1252") == ["caf\ufffd", "ok"]
    assert read_lines(b"caf\xe9 ok\n", encoding="utf-8") == ["caf\ufffd ok"]


def test_late_bytes(tmp_path: Path) -> None:
    """The first bytes outside ASCII decide, wherever they are."""
    content = "text;label\n" + "so good;pos\n" * 30_000 + FRENCH.partition("\n")[2]
    assert read_content(tmp_path, content.encode("cp1252"))[-1] == ("Déçu par l’hôtel", "neg")
    assert read_content(tmp_path, content.encode())[-1] == ("Déçu par l’hôtel", "neg")


def test_unclear(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Bytes whose encoding cannot be inferred become U+FFFD in lines of text, and make a row of a table unreadable."""
    assert read_lines(b"ok\n\xff\xfe\xfd\x81\nok\n") == ["ok", "\ufffd\ufffd\ufffd\ufffd", "ok"]
    assert caplog.messages == [
        "stdin: 1 record with bytes that are not UTF-8, the first is record 2; the bytes became U+FFFD; --encoding gives the encoding"
    ]
    assert read_content(tmp_path, b"text,label\nso good,pos\n\xff\xfe\xfd\x81,neg\n") == [("so good", "pos"), 3]


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n", "a PDF file"),
        (b"\x89PNG\r\n\x1a\n\0\0\0", "a PNG image"),
        (b"\x7fELF\x02\x01\x01" + bytes(100), "a Linux program"),
        (bytes(range(32)) * 20, "binary data"),
    ],
)
def test_binary(tmp_path: Path, data: bytes, kind: str) -> None:
    """What is not text is refused, unless the user says that it is lines."""
    with pytest.raises(DataError, match=rf"^stdin is {kind}, not text; convert it to CSV, JSON Lines or plain text$"):
        read_lines(data)
    with pytest.raises(DataError, match=kind):
        read_content(tmp_path, data)
    assert read_lines(data, may_be_binary=True)


def test_nul_records() -> None:
    """Records that end at NUL are neither binary data nor UTF-16."""
    assert read_lines(b"good\0bad\0", b"\0") == ["good", "bad"]
    assert read_lines(b"g\0b\0", b"\0") == ["g", "b"]


@pytest.mark.parametrize("encoding", [*UNICODE, "cp1252"])
def test_pauses(encoding: str) -> None:
    """What is read does not depend on how bytes arrive."""
    text = FRENCH.replace("’", "'").replace("–", "-") if encoding == "cp1252" else FRENCH + MIXED
    data = text.encode(encoding)

    class Source:
        name, can_be_reopened = "in", False

        def head(self, size: int, **options: bool) -> bytes:
            return data[:size]

        def chunks(self) -> Iterator[bytes | None]:
            for start in range(0, len(data), 3):
                yield data[start : start + 3]
                if start % 2:
                    yield None

    chosen = "cp1252" if encoding == "cp1252" else None
    chunks = list(Utf8Input(Source(), chosen).chunks())  # type: ignore[arg-type]
    assert b"".join(chunk for chunk in chunks if chunk).decode() == text


@settings(deadline=None, derandomize=True)
@given(st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn", "Co"]), min_size=1), st.sampled_from(UNICODE))
def test_roundtrip(text: str, encoding: str) -> None:
    """Text in a requested encoding is read back."""
    text = text.lstrip("\ufeff")
    with open_pipe((text + "\n").encode(encoding)) as source:
        chunks = list(Utf8Input(source, encoding).chunks())
    assert b"".join(chunk for chunk in chunks if chunk).decode() == text + "\n"


def test_has_mark(tmp_path: Path) -> None:
    for data, expected in ((b"\xef\xbb\xbfa", True), (b"a", False), ("a".encode("utf-16"), True)):
        assert Utf8Input(ByteInput.open(write_file(tmp_path, "in", data))).has_mark == expected


def test_decode_head(tmp_path: Path) -> None:
    """A look at the format decodes UTF-16 and leaves the input unread."""
    source = ByteInput.open(write_file(tmp_path, "in", FRENCH.encode("utf-16")))
    assert decode_head(source) == FRENCH
    assert decode_head(source) == FRENCH
