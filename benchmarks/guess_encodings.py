"""Measure how often the codec of a table in a legacy encoding is guessed right, wrong or not at all.

    python benchmarks/guess_encodings.py CORPORA [TRANSLATIONS]
    python benchmarks/guess_encodings.py CORPORA [TRANSLATIONS] --detector charset-normalizer

CORPORA is a folder with a folder per corpus that holds data.parquet (columns text and, in some, lang). TRANSLATIONS is the
folder django/conf/locale of an unpacked Django wheel, for the languages of which there is no corpus. The texts are written
as CSV under an ASCII header, in samples of 1, 10 and 1,000 texts, in each encoding usual for their language; characters that
an encoding does not have become "?". Samples that are valid UTF-8 are drawn again, because no codec is guessed for them.
A guess is right if it decodes the sample to the same text.
"""

import argparse
import random
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow.parquet as pq
from markdown_table import table

from rnnsent.data.guess_encoding import guess_encoding
from rnnsent.data.legacy_codecs import CODECS

N_SAMPLES = {1: 200, 10: 50, 1_000: 3}
MAX_DRAWS = 30  # per sample, for texts of which most are ASCII
WESTERN = ("cp1252", "iso8859-15", "cp850", "cp437", "mac_roman")
CENTRAL = ("cp1250", "iso8859-2", "cp852", "mac_latin2")
BALTIC = ("cp1257", "iso8859-13")
CYRILLIC = ("cp1251", "koi8-r", "iso8859-5", "cp866", "mac_cyrillic")
CORPORA = {  # language: the corpus, its value of lang, and the encodings
    "German": ("tweets_7lang", "german", WESTERN),
    "French": ("tweets_7lang", "french", WESTERN),
    "Spanish": ("tweets_7lang", "spanish", WESTERN),
    "Italian": ("tweets_7lang", "italian", WESTERN),
    "Portuguese": ("tweets_7lang", "portuguese", WESTERN),
    "Norwegian": ("no_norec_sentence", None, WESTERN),
    "Catalan": ("ca_eu_multibooked", "ca", WESTERN),
    "English": ("semeval2017_tweets", None, ("cp1252", "mac_roman")),
    "Czech": ("cs_alza", None, CENTRAL),
    "Hungarian": ("hu_husst", None, CENTRAL),
    "Croatian": ("sr_senticomments", None, CENTRAL),
    "Romanian": ("ro_laroseda", None, ("cp1250", "iso8859-2", "cp852")),
    "Turkish": ("tr_tweets", None, ("cp1254", "cp857")),
    "Vietnamese": ("vi_uit_vsfc", None, ("cp1258",)),
    "Russian": ("ru_rusentne_news", None, CYRILLIC),
    "Hebrew": ("he_sentiment", None, ("cp1255", "cp862")),
    "Arabic": ("ar_reviews", None, ("cp1256", "iso8859-6")),
    "Thai": ("th_wisesight", None, ("cp874",)),
    "Korean": ("ko_nsmc3", None, ("cp949",)),
    "Japanese": ("multiling_zh_ja_ms", "japanese", ("cp932", "euc_jp")),
    "Chinese": ("multiling_zh_ja_ms", "chinese", ("gb18030",)),
}
TRANSLATIONS = {  # language: the folder of its translation, and the encodings
    "Polish": ("pl", CENTRAL),
    "Slovak": ("sk", ("cp1250",)),
    "Slovenian": ("sl", ("cp1250",)),
    "Greek": ("el", ("cp1253", "iso8859-7", "cp737")),
    "Ukrainian": ("uk", ("cp1251", "koi8-u", "cp866")),
    "Bulgarian": ("bg", ("cp1251", "cp866")),
    "Serbian": ("sr", ("cp1251",)),
    "Lithuanian": ("lt", BALTIC),
    "Latvian": ("lv", BALTIC),
    "Estonian": ("et", ("cp1257", "cp1252")),
    "Icelandic": ("is", ("cp1252",)),
    "Danish": ("da", ("cp1252", "cp850")),
    "Swedish": ("sv", ("cp1252", "cp850")),
    "Finnish": ("fi", ("cp1252", "cp850")),
    "Dutch": ("nl", ("cp1252", "cp850")),
    "Persian": ("fa", ("cp1256",)),
    "Traditional": ("zh_Hant", ("cp950",)),
}
TONES = "\u0300\u0301\u0303\u0309\u0323"
COMMA_TO_CEDILLA = str.maketrans("ȘșȚț", "ŞşŢţ")  # all that legacy encodings of Romanian have


def read_corpus(path: Path, lang: str | None) -> list[str]:
    """The texts of a corpus."""
    rows = pq.read_table(path / "data.parquet").to_pylist()
    return [row["text"] for row in rows if row["text"] and lang in (None, row.get("lang"))]


def read_translation(path: Path) -> list[str]:
    """The translated sentences of a gettext file, without its header."""
    content = path.read_text(encoding="utf-8")
    entries = re.findall(r'^msgstr(?:\[\d\])? ((?:".*"\n)+)', content, re.MULTILINE)
    texts = ["".join(line[1:-1] for line in entry.splitlines()) for entry in entries]
    return [text.replace("\\n", " ").replace('\\"', '"') for text in dict.fromkeys(texts[1:]) if text]


def adapt(text: str, encoding: str) -> str:
    """The text as it was written in the encoding: cedillas in Romanian, combining tones in Vietnamese."""
    if encoding != "cp1258":
        return text.translate(COMMA_TO_CEDILLA)
    letters = []
    for letter in unicodedata.normalize("NFC", text):
        marks = unicodedata.normalize("NFD", letter)
        tones = "".join(mark for mark in marks[1:] if mark in TONES)
        base = unicodedata.normalize("NFC", marks[0] + "".join(mark for mark in marks[1:] if mark not in TONES))
        letters.append(letter if letter.encode(encoding, "ignore") else base + tones)
    return "".join(letters)


def draw_samples(texts: list[str], encoding: str, n_texts: int) -> Iterator[bytes]:
    """Yield encoded tables that are not valid UTF-8."""
    generator = random.Random(f"{encoding} {n_texts}")
    n_samples = N_SAMPLES[n_texts]
    for _ in range(MAX_DRAWS * n_samples):
        chosen = generator.sample(texts, min(n_texts, len(texts)))
        rows = "".join(f'{index},"{text}",positive\n' for index, text in enumerate(chosen))
        sample = adapt(f"id,text,label\n{rows}", encoding).encode(encoding, "replace")
        try:
            sample.decode()
        except UnicodeDecodeError:
            yield sample
            n_samples -= 1
        if not n_samples:
            return


def detect_with_charset_normalizer(sample: bytes) -> str | None:
    """The best answer of charset-normalizer, from the same codecs."""
    from charset_normalizer import from_bytes

    match = from_bytes(sample, cp_isolation=[codec for codec, _, _ in CODECS]).best()
    return match.encoding if match else None


def measure(texts: list[str], encoding: str, n_texts: int, detect: Callable[[bytes], str | None]) -> Counter[str]:
    """How many samples are right, refused and wrong."""
    outcomes: Counter[str] = Counter()
    for sample in draw_samples(texts, encoding, n_texts):
        codec = detect(sample)
        if codec is None:
            outcomes["refused"] += 1
        else:
            outcomes["right" if sample.decode(codec, "replace") == sample.decode(encoding) else "wrong"] += 1
    return outcomes


def format_row(name: tuple[str, str, int], outcomes: Counter[str]) -> list[str]:
    language, encoding, n_texts = name
    total = max(1, outcomes.total())
    percentages = [f"{100 * outcomes[outcome] / total:.1f}" for outcome in ("right", "refused", "wrong")]
    return [language, encoding, f"{n_texts:,}", str(outcomes.total()), *percentages]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpora", type=Path)
    parser.add_argument("translations", type=Path, nargs="?")
    parser.add_argument("--detector", choices=("rnnsent", "charset-normalizer"), default="rnnsent")
    options = parser.parse_args()
    detect = guess_encoding if options.detector == "rnnsent" else detect_with_charset_normalizer
    sources = [
        (language, read_corpus(options.corpora / folder, lang), encodings)
        for language, (folder, lang, encodings) in CORPORA.items()
    ]
    if options.translations:
        sources += [
            (language, read_translation(options.translations / folder / "LC_MESSAGES" / "django.po"), encodings)
            for language, (folder, encodings) in TRANSLATIONS.items()
        ]
    rows, totals = [], {n_texts: Counter[str]() for n_texts in N_SAMPLES}
    for language, texts, encodings in sources:
        clean = [text for text in texts if not re.search("[\x80-\x9f]", text)]  # mojibake, of which nothing is right
        for encoding in encodings:
            for n_texts in N_SAMPLES:
                outcomes = measure(clean, encoding, n_texts, detect)
                totals[n_texts] += outcomes
                rows.append(format_row((language, encoding, n_texts), outcomes))
    rows += [format_row(("all", "all", n_texts), outcomes) for n_texts, outcomes in totals.items()]
    print(*table(["language", "encoding", "texts", "samples", "right %", "refused %", "wrong %"], rows), sep="\n")


if __name__ == "__main__":
    main()
