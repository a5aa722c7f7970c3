"""The codec of a legacy text is guessed right or not at all, and bytes that are not text are recognized."""

import codecs
import random
import re
import struct
import zlib

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from rnnsent.data.guess_encoding import CODECS, guess_encoding
from rnnsent.data.recognize_binary import looks_binary, looks_like_utf16

GERMAN = "Die Straße war schön, aber das Frühstück im Hotel ließ zu wünschen übrig. Äußerst ärgerlich für 80 Gäste."
FRENCH = (
    "L'hôtel était très agréable, mais le petit déjeuner a été servi trop tard. Ça ne m'a pas plu, à côté du théâtre."
)
SPANISH = "El camarero nos trató con mucha educación y la habitación tenía una vista preciosa. ¡Volveré el próximo año!"
PORTUGUESE = (
    "A refeição não estava boa, porém o atendimento foi ótimo e a localização é excelente. Não há razão para reclamar."
)
DANISH = "Maden var rigtig god, og på værelset kunne vi høre søen. Vi kommer også gerne igen til næste år."
POLISH = "Jedzenie było pyszne, ale obsługa mogłaby być milsza. Wrócę tu jeszcze, ponieważ cena jest świetna, a łóżka są duże."
CZECH = "Jídlo bylo výborné a obsluha příjemná, jen jsme čekali příliš dlouho. Určitě přijdeme znovu, líbilo se nám všechno."
HUNGARIAN = (
    "Nagyon jó film volt, a színészek kitűnően játszottak, és a zene is gyönyörű. Csak ajánlani tudom, őszintén."
)
TURKISH = (
    "Yemekler çok güzeldi ama servis biraz yavaştı. Çalışanlar güler yüzlü, fiyatlar da uygun. Yine geleceğiz inşallah."
)
LITHUANIAN = "Viešbutis buvo labai gražus, tačiau maistas mums nepatiko. Kitąmet važiuosime į kitą miestą, nes čia per daug žmonių."
RUSSIAN = "Очень хороший фильм, актёры играют прекрасно. Музыка мне тоже понравилась, а конец немного скучный."
UKRAINIAN = "Дуже гарний фільм, її гра мені сподобалася. Є кілька нудних місць, але загалом це найкраще, що я бачив."
GREEK = "Το φαγητό ήταν πολύ νόστιμο, αλλά περιμέναμε μία ώρα. Οι άνθρωποι είναι ευγενικοί και η θέα υπέροχη."
HEBREW = "האוכל היה טעים מאוד והשירות אדיב, אבל חיכינו יותר מדי זמן. נחזור לכאן שוב בשנה הבאה."
ARABIC = "كان الطعام لذيذا جدا والخدمة ممتازة ولكن الأسعار مرتفعة قليلا. سوف أعود مرة أخرى مع العائلة."
THAI = "อาหารอร่อยมาก บริการดี แต่ราคาแพงไปหน่อย คราวหน้าจะมาอีกแน่นอน"
KOREAN = "영화가 정말 재미있었어요. 배우들의 연기도 좋고 음악도 아름다웠습니다. 다시 보고 싶은 영화입니다."
JAPANESE = "とても面白い映画でした。音楽も素晴らしく、もう一度見たいと思います。カメラの動きが少し速すぎました。"
CHINESE = "这家酒店的服务很好，房间也很干净，但是早餐一般。下次来还会住在这里，我们都很满意。"
TRADITIONAL = "這家飯店的服務很好，房間也很乾淨，但是早餐普通。下次來還會住在這裡，我們都很滿意。"
ENGLISH = "It’s a “great” phone – I can’t complain… well, it’s £500."

ENCODINGS = [
    *((text, codec) for text in (GERMAN, FRENCH, SPANISH, DANISH) for codec in ("cp1252", "cp850", "cp437", "mac_roman") if text is not DANISH or codec != "cp437"),
    (PORTUGUESE, "cp1252"), (PORTUGUESE, "cp850"), (PORTUGUESE, "mac_roman"),
    *((text, codec) for text in (POLISH, CZECH, HUNGARIAN) for codec in ("cp1250", "iso8859-2", "cp852", "mac_latin2")),
    (TURKISH, "cp1254"), (TURKISH, "cp857"), (LITHUANIAN, "cp1257"), (LITHUANIAN, "iso8859-13"),
    *((RUSSIAN, codec) for codec in ("cp1251", "koi8-r", "iso8859-5", "cp866", "mac_cyrillic")),
    (UKRAINIAN, "cp1251"), (UKRAINIAN, "koi8-u"), (GREEK, "cp1253"), (GREEK, "iso8859-7"), (GREEK, "cp737"),
    (HEBREW, "cp1255"), (HEBREW, "cp862"), (ARABIC, "cp1256"), (ARABIC, "iso8859-6"), (THAI, "cp874"),
    (KOREAN, "cp949"), (JAPANESE, "cp932"), (JAPANESE, "euc_jp"), (CHINESE, "gb18030"), (TRADITIONAL, "cp950"),
    (ENGLISH, "cp1252"),
]  # fmt: skip


def as_table(text: str) -> str:
    return f'id,text,label\n1,"{text}",positive\n2,ok,negative\n'


def draw_bytes(length: int, seed: int) -> bytes:
    return random.Random(seed).randbytes(length)


@pytest.mark.parametrize(("text", "encoding"), ENCODINGS)
def test_languages(text: str, encoding: str) -> None:
    """A table with two sentences is read in the encoding in which it was written, or an equal one."""
    sample = as_table(text).encode(encoding)
    codec = guess_encoding(sample)
    assert codec is not None
    assert sample.decode(codec) == as_table(text)
    assert looks_binary(sample) is None
    assert looks_like_utf16(sample) is None


@pytest.mark.parametrize(("text", "encoding"), ENCODINGS)
def test_cut_anywhere(text: str, encoding: str) -> None:
    """A sample may end in the middle of a character."""
    sample = (text * 2).encode(encoding)
    for length in range(len(sample) // 2, len(sample), 7):
        codec = guess_encoding(sample[:length])
        if codec is not None:
            assert sample.decode(codec) == text * 2, length


@pytest.mark.parametrize(
    "sample",
    [
        b"caf\xe9", b"The caf\xe9 was closed.", b"It\x92s", b"don\x92t", b"\xa35", b"It costs \x805.", b"\x93Great\x94 \x96 I loved it",
        b"na\xefve caf\xe9s", b"r\xe9sum\xe9", b"Gr\xfc\xdfe", b"se\xf1or", b"l\x92heure", b"price;\xa320\n",
    ],
)  # fmt: skip
def test_short_western_samples(sample: bytes) -> None:
    """A few accented letters or typographic characters suffice for Windows-1252, the most frequent encoding."""
    assert guess_encoding(sample) == "cp1252"


@pytest.mark.parametrize(
    "sample",
    [
        b"\xe9",
        b"\xe0 \xe8",
        b"\x80 5",
        b"x \xff",
        b"\xa4\xa4",
        b"ab\x81\x82",
        b"\x85 \x85",
        '[{"Review": "No funcionó ni un solo día."}]'.encode("mac_roman"),
    ],
)
def test_ambiguous_samples(sample: bytes) -> None:
    """What many encodings could mean is not guessed."""
    assert guess_encoding(sample) is None


def test_superscript_in_word() -> None:
    """A digit above the line divides no word, even if the rest of the text is English."""
    english = (
        "Not bad for the price. The battery died after two days. Delivery took three weeks and nobody answered my emails. "
        "Is it worth 20? A quiet triumph, and the best film I have seen this year. Works great; would buy again! "
        "I cant recommend this to anyone. My kids love it and so do I! Terrible service: never again. It is ok so far"
    )
    texts = [*re.split(r"(?<=[.?!]) ", english), "It was fine (przestało)"]
    sample = "".join(f'{{"Treść": "{text}"}}\n' for text in texts)
    encoded = sample.encode("iso8859-2")
    assert encoded.decode(guess_encoding(encoded) or "iso8859-2") == sample


def test_one_accented_word() -> None:
    """In a table of English texts one accented word is read in the most frequent encoding."""
    sample = "id,text\n1,What a brilliant app. I told my neighbour about it\n2,The café was dreadful\n"
    assert guess_encoding(sample.encode("cp1252")) == "cp1252"


def test_equal_readings() -> None:
    """Windows codecs are preferred to the ISO codecs that decode the sample alike."""
    assert guess_encoding(as_table(GERMAN).encode("iso8859-1")) == "cp1252"
    assert guess_encoding(as_table(TURKISH).encode("iso8859-9")) == "cp1254"
    assert guess_encoding(as_table(HEBREW).encode("iso8859-8")) == "cp1255"
    assert guess_encoding(as_table(CHINESE).encode("gb2312")) == "gb18030"


def test_euro_sign() -> None:
    """A euro sign or the letter œ of ISO 8859-15 is not read as the symbol of Windows-1252."""
    text = as_table(f"{FRENCH} Son cœur bat pour 5 €.")
    assert guess_encoding(text.encode("iso8859-15")) == "iso8859-15"
    assert guess_encoding(text.encode("cp1252")) == "cp1252"


@pytest.mark.parametrize(
    "text", [GERMAN, SPANISH, POLISH, RUSSIAN, GREEK, HEBREW, ARABIC, THAI, KOREAN, JAPANESE, CHINESE]
)
@pytest.mark.parametrize("damage", [b"\xff", b"\xe9", b"\x80", b""])
def test_damaged_utf8(text: str, damage: bytes) -> None:
    """UTF-8 with one byte replaced or missing is not read in another encoding."""
    data = text.encode()
    for index in [index for index, byte in enumerate(data) if byte >= 0x80][::9]:
        sample = data[:index] + damage + data[index + 1 :]
        try:
            sample.decode()
        except UnicodeDecodeError:
            assert guess_encoding(sample) is None, index


@pytest.mark.parametrize("length", [100, 1_000, 20_000])
def test_random_bytes(length: int) -> None:
    for seed in range(10):
        sample = draw_bytes(length, seed)
        assert guess_encoding(sample) is None
        assert looks_binary(sample) == "binary data"
        assert looks_like_utf16(sample) is None


def test_rare_byte() -> None:
    """One line late in a long sample decides between codecs that differ in a single byte."""
    sample = "Très bien, je suis ravi.\n" * 20_000 + "Le cœur de la sœur.\n" + "Déjà vu, à côté.\n" * 20_000
    assert guess_encoding(sample.encode("iso8859-15")) == "iso8859-15"


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize(
    "text", [ENGLISH, GERMAN, POLISH, TURKISH, RUSSIAN, GREEK, HEBREW, ARABIC, THAI, KOREAN, JAPANESE, CHINESE]
)
def test_utf16(text: str, encoding: str) -> None:
    sample = as_table(text).encode(encoding)
    assert looks_like_utf16(sample) == encoding
    assert looks_like_utf16(sample[:-1]) == encoding
    assert looks_binary(sample) is None
    assert looks_binary(text.encode("utf-16")) is None
    assert looks_binary(text.encode("utf-32")) is None


@pytest.mark.parametrize(
    "sample",
    [
        b"a\0b\0c\0", b"\0a\0b\0c", b"good film\0bad film\0", b"abc\0def\0ghi\0", b"a b\0c d\0", b"", b"\0", b"plain text\n",
        "schön\0für\0".encode(), "хороший фильм\0плохой фильм\0".encode(), "好\0不好\0".encode(), b"\0" * 40,
    ],
)  # fmt: skip
def test_nul_separated(sample: bytes) -> None:
    """Records that end with NUL are not UTF-16."""
    assert looks_like_utf16(sample) is None


@pytest.mark.parametrize(
    "sample",
    [
        b"\x1b[31mred\x1b[0m and \x1b[1mbold\x1b[0m text\n", b"page one\x0cpage two\x0c", b"a\0b\0c\0", b"good\0bad\0",
        b"the end\r\n\x1a", b"one \x07 bell in a longer line of text", b"", b"\n", b"x", "schön 👩‍👩‍👧 \u200f".encode(),
        b"MZ is a text", b"RIFF", b"BZ", b"%PD", b"PK",
    ],
)  # fmt: skip
def test_text_is_not_binary(sample: bytes) -> None:
    assert looks_binary(sample) is None


@pytest.mark.parametrize(
    ("sample", "kind"),
    [
        (bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16), "an Excel 97 workbook (.xls) or another old Office document"),
        (b"%PDF-1.7\n", "a PDF file"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "a PNG image"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "a JPEG image"),
        (b"GIF89a\x01\0", "a GIF image"),
        (b"RIFF\x24\0\0\0WEBPVP8 ", "a WebP image"),
        (b"RIFF\x24\0\0\0WAVEfmt ", "a WAV recording"),
        (b"SQLite format 3\0\x10\0", "a SQLite database"),
        (b"\x7fELF\x02\x01\x01", "a Linux program"),
        (b"\xcf\xfa\xed\xfe\x07\0\0\x01", "a macOS program"),
        (b"MZ\x90\0\x03\0\0\0", "a Windows program"),
        (b"\x80\x04\x95\x10\0", "a Python pickle"),
        (b"\x93NUMPY\x01\0v\0{'descr'", "a NumPy array (.npy)"),
        (b"\x89HDF\r\n\x1a\n\0", "an HDF5 file"),
        (b"7z\xbc\xaf\x27\x1c\0\x04", "a 7z archive"),
        (b"Rar!\x1a\x07\x01\0", "a RAR archive"),
        (b"file.txt".ljust(257, b"\0") + b"ustar\x0000", "a tar archive"),
        (b"Obj\x01\x04\x16avro.schema", "an Avro file"),
        (b"ORC\x11\0\0\x0a", "an ORC file"),
        (b"ARROW1\0\0\xff\xff\xff\xff", "an Arrow file"),
        (b"FEA1\0\0", "a Feather file"),
        (b"PAR1\x15\x04", "a Parquet file"),
        (b"$FL2@(#) SPSS DATA FILE", "an SPSS file (.sav)"),
        (b"<stata_dta><header>", "a Stata file (.dta)"),
        (b"\x04\x22\x4d\x18\x64\x40", "an lz4 file"),
        (b"\x1f\x8b\x08\0", "a gzip file"),
        (b"BZh91AY&SY", "a bzip2 file"),
        (b"\xfd7zXZ\0\0\x04", "an xz file"),
        (b"\x28\xb5\x2f\xfd\x04", "a zstd file"),
        (b"ID3\x04\0\0", "an MP3 recording"),
        (b"\0\0\0\x18ftypmp42", "an MP4 video"),
        (b"OggS\0\x02", "an Ogg recording"),
        (b"\xca\xfe\xba\xbe\0\0\0\x34", "a Java class file or a macOS program"),
        (zlib.compress(draw_bytes(3_000, seed=1)), "binary data"),
        (struct.pack("<200d", *range(200)), "binary data"),
        (struct.pack("<200i", *range(200)), "binary data"),
    ],
)  # fmt: skip
def test_binary(sample: bytes, kind: str) -> None:
    assert looks_binary(sample) == kind
    assert guess_encoding(sample) is None


texts = st.tuples(
    st.text(max_size=40), st.sampled_from([codec for codec, _, _ in CODECS] + ["utf-16-le", "utf-16-be"])
).map(lambda pair: pair[0].encode(pair[1], "ignore"))
samples = st.one_of(
    st.binary(max_size=200), st.lists(st.one_of(texts, st.sampled_from([b"\n", b"a ", b"\0"]))).map(b"".join)
)


@settings(deadline=None, derandomize=True, max_examples=400)
@given(samples)
@example(b"\xff")
@example(b"\x82")
@example("İı".encode("cp1254"))
def test_any_bytes(sample: bytes) -> None:
    """No function raises, and a codec that is returned decodes the sample, except for a character cut at its end."""
    assert looks_binary(sample) is None or looks_binary(sample)
    for codec in (guess_encoding(sample), looks_like_utf16(sample)):
        if codec is not None:
            codecs.getincrementaldecoder(codec)().decode(sample)
