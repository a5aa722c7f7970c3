"""Guess the codec of bytes that are not UTF-8, and recognize bytes that are no text. Knows neither files nor options.

A codec decides which characters the bytes are, so each codec is scored by how probable its characters are in the
languages that are written in it: a few bits for a frequent letter, many for one that the language does not have, for a
symbol inside a word or for a capital after a lower-case letter. The best codec is the answer if every other reading is
clearly less probable. charset-normalizer misread half of the short Western samples (docs/log.md).
"""

import codecs
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from functools import cache, lru_cache

# The bits by which the best reading must beat each different one. Symbols show less than letters: the byte of an ellipsis
# in one encoding is a frequent last letter of Italian words in another.
MIN_MARGIN, MIN_SYMBOL_MARGIN = 8, 11
MAX_LINES, MAX_LINE_BYTES, MIN_BYTE_LINES = 50, 2_000, 3  # what of a long sample is scored
MAX_LETTER_BITS, MAX_EAST_ASIAN_BITS = 7.5, 12  # a reading costs at most this per letter
MAX_WORDS, MAX_ASCII_WORDS = 1_500, 60
ASCII_WEIGHT = 0.25  # words in ASCII show the language, and only through it the codec
MAX_FOREIGN_BITS = 8  # cost of many words in ASCII in a text of another script

# The letters of each language by their cost in bits, from 2 up, in groups separated by "|": the rounded binary logarithm
# of their frequency in words with at least one letter outside ASCII. Counted in the word lists of wordfreq and, for
# Estonian, Serbian and Thai, in the translations of Django.
LETTERS = {
    "English": "|et|aoinsrh|ldcumf|gywpb|vk||jx|qz",
    "German": "|e|niürsatdä|hulöcmg|obwfk|zvp||j|y|x",
    "French": "|eé|santirulo|dàcpm|èv|êqfçgbh|jxô|yîùâ|ûzœ|k|wïë",
    "Spanish": "|ea|osnriló|dítucámp|éñ|bgqyúvhf|j|z|x|k|wü",
    "Portuguese": "|aeo|srãi|dnmtuéçcápl|íêóv|gqfbhúõ|àzj|âxô||ykw",
    "Italian": "|è|eiaàontlr|sùcdòu|pméìgv|hfbz|q|||kyw|íúxáó",
    "Dutch": "|e|néëaitord|slg|hvmkjuïwbpz|cèfó||üá|öçàyí|êxã|â",
    "Catalan": "|ea|slrint|oéduócmpà|èíòvb|qgfçúh|xj|yïü|z|á|wkñ",
    "Swedish": "|ä|åaetrnöi|sldomgk|vhfup|bcj|y||x|wé",
    "Norwegian": "å|e|ørtni|aslodgkm|ævfphu|bj|y||cé|w",
    "Danish": "|eå|rænøtdai|slogkm|vfhubp|j|y|cé||w|x",
    "Finnish": "ä|a|itnesol|kum|övjrhyp|d|||gbcf||w",
    "Icelandic": "||aðrniesí|átlgumþkfo|vhóæöúéd|jybp|ý||c|wx",
    "Polish": "||aieozn|łtsęwrcydkżmpją|óślućbg|h|ń|fź|||vx",
    "Czech": "||eoanít|sáilvdkměrpuj|žcřhézyčbšý|ů||fúg|ňďť|xwó",
    "Slovak": "||oaeni|tsrváklmdpu|žčjcýhíšzbéúyť|ľ|ôď|ňfgóä||xw|ĺ",
    "Hungarian": "|e|aétánls|ikmozrgy|ödvbóőh|jüípucfú|ű|||wx",
    "Slovenian": "|e|aočinš|rsjtlvžkdpm|zubg|hc||f||yw",
    "Croatian": "|a|oiešn|jsčrutdžkvmlćp|zgb|đc|h|f||y|w",
    "Romanian": "|eăa|irntu|clşîosţdpm|â|fvbg|zh|jx||ykw",
    "Lithuanian": "|ia|soter|unkėųšmlpdžv|ąjgįbūy|č|ęc|zf|h||xw",
    "Latvian": "|a|iāsteru|nkīēmovldp|jšzbgū|cņļ|ž|ķfģč|h",
    "Estonian": "|aä|setivõln|ukrmdpüh|gj|ob|ö||ž|š|åf",
    "Turkish": "|aı|einrl|küdmştsyuçob|ğözg|vhcp|f||j|wâ",
    "Vietnamese": "|n|ha\u0301ict\u0300\u0323|guo\u0309ưêđơ|ôm\u0302âvly\u0303|pberksă|d|qx\u0306",
    "Russian": "|о|еаитнсрв|лкдмпу|яыьгбзчй|жхшю|цэщф||ё||ъ",
    "Ukrainian": "|о|аніивтер|скудлмпз|яьбгйч|цхжїюшщ|є|ф",
    "Bulgarian": "|аоеи|тнсвр|дклмпз|яъгбчу|щжйц|хшф||ю",
    "Macedonian": "|аое|интсд|рвкмлп|угјзбш|чцж|ќф|њѓ|х|џ",
    "Serbian": "|аеи|онртс|кдмвулјпз|б|гшцчњ|жљфћх|ђ|||џć",
    "Greek": "|α|τοσιεν|ρπκμηυλίά|όέγδωήχ|θύφώβ|ξζ||ψ||ϊ",
    "Hebrew": "|יוה|לאתרבמש|עםנדכח|קפסןגזצ|טך||ף|ץ",
    "Arabic": "|ال|يمنو|رتعبدةفهكسأ|قحج|ىصشطخذإضث|زغءئ|ظ|آؤ",
    "Persian": "|ا|یرندهومبت|سکشل|زفخگعق|جحپآ|چطصي|ضغظذث|ئكژ",
    "Urdu": "|ای|کروہےنم|تلسبںد|پجھگع|ئفقشحزخٹچص|آطڈ|ڑضظغ|ذث|ؤء|هي",
    "Thai": "||่านอก|เร้ลมัีงยสห|ดบวคทไตปิใูจืุ์ข|แชะพผ็ถำณ|ซโฟึ|ธฤญษศภ|ฉฮ|ฎ|ฐํ๊",
    "Korean": (
        "|||이다는|에하고가을지의로서은아한|어도기사니있를나해리시그요인들자일게대라으스수만보제|면정주"
        "전부여거과장했상안마구었데오야내원우신적것성국되세위와무할동생소트드모|미진문중말화공까러비습간없분"
        "조저입개터유계치월같경회선년때연실바음관용더명학네영교당작좋방려않합래발건된단재며각운금람행남물알차"
        "등통번르던두타후프겠체크랑식|히너산역버임호포예결반잘님함심속업본레파직디감처런카못노았군받배매출양"
        "표피살든현많른법달난집민설였최형또불력키천걸강날울테싶청루종언약애코점워토추준께질외근태올참격렇름친"
        "초늘권온린따록목복새료편능"
    ),
    "Japanese": (
        "|||のいてなにたでしる|とはがかっをすもらうんれまーだ|こりあくよンさそけき|スやどおトえ人イわち"
        "ル日ねッめつラリクアじ|せみゃろ大本見出一タば分時ドレ事中言ロ思年行間カシプ気マジメフ生自コ方会上今"
        "バ前者ム子|的月チテょ入ずご国手キ作来何最女全サ無グ合場動ブパャ用ニ後目発オデ話定当ほ学感理性高部べ"
        "画使回私実地新ビ体下知ナ物へエ通力ダィュ対家同度業げ良名多開ウ持ミ代意金関変セ所長数内要戦|以ツ外社"
        "化現取ョぎ明結世ネ俺食好ズ法モ心楽考ベハ味成能ポ不機初少期様面書違ボ員小々先ガぞ車立問ケ市解報近ワ連"
        "番び記付加安仕ぶノ売ソ界田教特公表主品むェ選題必信ピ聞終電神続悪ホ料強ゲぐ決他男死確山可二語正東真相"
        "情道円文始集向彼達愛身受別在活美元ぁ買野位過着ぜ切ひ経重次水点送有保制第調三万式限設利海待ペざ引民店"
        "得起果組運県ヤ勝屋指約予"
    ),
    "Chinese": (
        "|||的|是一在|不了有人我国这为中个们他大|会和年来以上要到时对么你能就可发也地生说家于出后与成学"
        "过行用日自现多都没作|下得还开经动法好方而公事分吗看民政主月子之里本所新天最其同业定全进部如那当前实"
        "关美机但被工因样等什些长理很小去道面间然内只力起从并着电心区想体问种加及将员者重高意产点由已文合外女"
        "制网情三场无第应名市题此代真表正位|资相计建让明果给西次期系度该任或她两教通使怎化利比活认提特世更性"
        "知立结东手总入物数话做务展统目社设己战别影把受解信司回常向保军见变安何治报接它平爱论界议台又品选府组"
        "件少权至北记共决海运原斯视各持身式站联据直处始老反再车快路口量交今导打才感程科金基万完南规放改传术划"
        "院强元号需领门际图求管历单每非片水指觉队达办党先带布广亚游头书专几类级约告太十球二参候技师取必请集色"
    ),
    "Traditional": (
        "|||的|是一在|不了有人我國這為中們他大|會和年來以上要到時對你能就個箇可也地生說成學過行用日自現"
        "多都沒作|下得還開經動法好方而公事分嗎看民政主月子之本所新天最其業定全進部如那前麼么實關美但被工因樣"
        "等什些長理發髮很小去道傢家於于間然齣出內力起從電心區想後后問與与加及將員者重高意產點由已文外女情三場"
        "無第應名市題此代真正位|資相計建讓明果給西次期度該任或她兩教通使怎化利比活認提特世更性知立結東手總入"
        "物數話做務展裡里統目社設己戰影把受衕同解信司常當噹保軍見變安何治報接機机它平愛論界議又品選府組件少權"
        "至北記共決海運原斯視各持身式站聯麵面直處始老反再車快路口量交隻只今導打感程科金基完體体南規放種种改傳"
        "院強元號需領門際圖求管閤合單每非片水指覺隊達製制辦先帶網网廣亞頭書專類級約告太十球二候技師取必請集色"
        "錶表吧"
    ),
}
COSTS = {
    language: {letter: bits for bits, group in enumerate(groups.split("|"), start=2) for letter in group}
    for language, groups in LETTERS.items()
}
WESTERN = (
    "English", "German", "French", "Spanish", "Portuguese", "Italian", "Dutch", "Catalan", "Swedish", "Norwegian", "Danish",
    "Finnish", "Estonian", "Icelandic",
)  # fmt: skip
CENTRAL = ("Polish", "Czech", "Slovak", "Hungarian", "Slovenian", "Croatian", "Romanian")
BALTIC = ("Lithuanian", "Latvian", "Estonian")
CYRILLIC = ("Russian", "Ukrainian", "Bulgarian", "Macedonian", "Serbian")
LATIN = frozenset((*WESTERN, *CENTRAL, *BALTIC, "Turkish", "Vietnamese"))
CHINESE = ("Chinese", "Traditional")
EAST_ASIAN = frozenset((*CHINESE, "Japanese", "Korean"))

Candidate = tuple[str, int, tuple[str, ...]]
# Codecs, how rare they are in bits (estimated), and their languages. Of equal readings the first wins, so Windows precedes ISO.
CODECS: tuple[Candidate, ...] = (
    ("cp1252", 0, WESTERN),
    ("iso8859-15", 2, WESTERN),
    ("cp850", 8, WESTERN[:-1]),
    ("cp437", 8, WESTERN[:-1]),
    ("mac_roman", 8, WESTERN),
    ("cp1250", 3, CENTRAL),
    ("iso8859-2", 5, CENTRAL),
    ("cp852", 8, CENTRAL),
    ("mac_latin2", 8, CENTRAL),
    ("cp1257", 7, BALTIC),
    ("iso8859-13", 9, BALTIC),
    ("cp775", 11, BALTIC),
    ("cp1254", 3, ("Turkish",)),
    ("cp857", 7, ("Turkish",)),
    ("mac_turkish", 8, ("Turkish",)),
    ("cp1251", 1, CYRILLIC),
    ("koi8-r", 2, ("Russian", "Bulgarian")),
    ("koi8-u", 3, ("Ukrainian",)),
    ("iso8859-5", 4, CYRILLIC),
    ("cp866", 4, CYRILLIC),
    ("mac_cyrillic", 7, CYRILLIC),
    ("cp1253", 1, ("Greek",)),
    ("iso8859-7", 3, ("Greek",)),
    ("cp737", 7, ("Greek",)),
    ("mac_greek", 8, ("Greek",)),
    ("cp1255", 1, ("Hebrew",)),
    ("cp862", 7, ("Hebrew",)),
    ("cp1256", 1, ("Arabic", "Persian", "Urdu")),
    ("iso8859-6", 3, ("Arabic",)),
    ("cp874", 1, ("Thai",)),
    ("cp1258", 3, ("Vietnamese",)),
    ("cp949", 1, ("Korean",)),
    ("cp932", 1, ("Japanese",)),
    ("euc_jp", 2, ("Japanese",)),
    ("gb18030", 1, ("Chinese",)),
    ("cp950", 1, ("Traditional",)),
    ("big5hkscs", 3, ("Traditional",)),
)
MULTIBYTE = frozenset(("cp949", "cp932", "euc_jp", "gb18030", "cp950", "big5hkscs"))

PUNCTUATION = frozenset("’‘“”„«»‹›–—…•·‚")
SYMBOLS = frozenset("´£€¥©®™°§¿¡ºª½¼¾²³×±µ¢\xa0\xad№")
CURRENCIES = frozenset("£€¥")
EAST_ASIAN_PUNCTUATION = frozenset("。、！？，「」『』：；（）～・《》“”…\u3000")
INSIDE_WORDS = {"’": 0, "·": 0, "\xad": 0, "\xa0": 0, "…": 2, "—": 3, "–": 4, "‘": 4}  # other symbols cost 8 more
OPENING, CLOSING = frozenset("¿¡«“‘„‚‹"), frozenset("”»›’")
APOSTROPHE = re.compile(r"\w’\w")
CONTRACTION = re.compile(r"’(?:s|d|m|re|ve|ll)$|n’t$|^(?:[cdjlmnst]|qu|un|dell|all|nell|dall)’", re.IGNORECASE)
WORD = re.compile(r"[A-Za-z0-9]*[^\x00-\x7f][A-Za-z0-9\u0080-\U0010ffff]*")
ASCII_WORD = re.compile(rb"(?<![A-Za-z\x80-\xff])[A-Za-z]+(?![A-Za-z\x80-\xff])")
UTF8_CHARACTER = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
C1_CONTROL = re.compile("[\x80-\x9f]")

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


@dataclass(frozen=True)
class Reading:
    """A sample decoded by one codec.

    Attributes:
        bits: the cost of the sample in its most probable language; lower is better.
        content: equal for two codecs that decode the sample to the same text.
        is_plausible: whether its words could be of that language at all.
        has_letters: whether there are letters among its characters outside ASCII.
    """

    codec: str
    bits: float
    content: str
    is_plausible: bool
    has_letters: bool


def guess_encoding(sample: bytes) -> str | None:
    """The codec of a text that is not UTF-8, guessed from its first bytes; None if it cannot be told with confidence."""
    if sample.isascii() or is_damaged_utf8(sample) or looks_binary(sample):
        return None
    readings = read_with_codecs(sample, CODECS)
    if not readings or not readings[0].is_plausible:
        return None
    best = readings[0]
    others = (reading.bits for reading in readings if reading.content != best.content)
    margin = next(others, float("inf")) - best.bits
    return best.codec if margin >= (MIN_MARGIN if best.has_letters else MIN_SYMBOL_MARGIN) else None


def is_damaged_utf8(sample: bytes) -> bool:
    """Whether most bytes outside ASCII are of valid UTF-8 characters."""
    n_valid = sum(map(len, UTF8_CHARACTER.findall(sample)))
    return 2 * n_valid > sum(byte >= 0x80 for byte in sample)


def read_with_codecs(sample: bytes, candidates: tuple[Candidate, ...]) -> list[Reading]:
    """The readings of a sample, the most probable first. A long sample is scored in full only by the best candidates."""
    lines = [line[:MAX_LINE_BYTES] for line in re.split(rb"[\r\n]+", sample) if not line.isascii()]
    few, many = select_lines(lines, 0), select_lines(lines, MIN_BYTE_LINES)
    readings = score_candidates(sample, few, candidates)
    if readings and len(many) > len(few):
        limit = 1.3 * readings[0].bits
        codecs_left = {reading.codec for reading in readings if reading.bits <= limit}
        readings = score_candidates(sample, many, tuple(entry for entry in candidates if entry[0] in codecs_left))
    return readings


def score_candidates(sample: bytes, lines: list[bytes], candidates: tuple[Candidate, ...]) -> list[Reading]:
    """A reading for each language of each codec that can decode the sample, the most probable first.

    Args:
        lines: those of the sample by which it is scored.
    """
    evidence = b"\n".join(lines)
    alphabet = bytes(sorted(set(sample)))
    ascii_words = list(dict.fromkeys(word.decode().lower() for word in ASCII_WORD.findall(evidence)))[:MAX_ASCII_WORDS]
    ascii_letters = Counter("".join(ascii_words))
    ascii_bits = {language: ASCII_WEIGHT * letters_bits(language, ascii_letters) for language in LATIN}
    # A language of another script says nothing about words in ASCII.
    foreign_bits = ascii_bits["English"] + min(MAX_FOREIGN_BITS, len(ascii_words) / 2)
    readings = []
    for codec, rarity, languages in candidates:
        try:
            content = decode_prefix(sample, codec) if codec in MULTIBYTE else alphabet.decode(codec)
        except UnicodeDecodeError:
            continue
        text = codecs.getincrementaldecoder(codec)("ignore").decode(evidence)
        words = list(dict.fromkeys(WORD.findall(text)))[:MAX_WORDS]
        if not words or C1_CONTROL.search(content):
            continue
        counts = Counter("".join(words).lower())
        letters = Counter({letter: n for letter, n in counts.items() if is_letter(letter)})
        has_letters = any(not letter.isascii() for letter in letters)
        shape = shape_bits(words)
        for language in languages:
            bits = letters_bits(language, letters) + shape
            limit = MAX_EAST_ASIAN_BITS if language in EAST_ASIAN else MAX_LETTER_BITS
            is_plausible = bits <= limit * (letters.total() + len(words))
            total = bits + rarity + ascii_bits.get(language, foreign_bits)
            readings.append(Reading(codec, total, content, is_plausible, has_letters))
    return sorted(readings, key=lambda reading: reading.bits)  # stable: of equal readings the first in CODECS


def decode_prefix(sample: bytes, codec: str) -> str:
    """The text without a character that is cut at the end. Raises UnicodeDecodeError."""
    return codecs.getincrementaldecoder(codec)().decode(sample)


def select_lines(lines: list[bytes], n_lines_per_byte: int) -> list[bytes]:
    """Lines at regular distances, and for each byte outside ASCII so many lines that contain it."""
    step = len(lines) // MAX_LINES + 1
    if not n_lines_per_byte:
        return lines[::step]
    n_lines: Counter[int] = Counter()
    selected = []
    for index, line in enumerate(lines):
        used = {byte for byte in set(line) if byte >= 0x80}
        if index % step == 0 or any(n_lines[byte] < n_lines_per_byte for byte in used):
            selected.append(line)
            n_lines.update(used)
    return selected


def is_letter(character: str) -> bool:
    """Whether the cost of the character is that of a letter: letters and the marks that combine with them."""
    return (character.isalpha() and character not in "ªº") or unicodedata.category(character) == "Mn"


def is_east_asian(character: str) -> bool:
    return "\u3000" <= character <= "\u9fff" or "\uac00" <= character <= "\ud7af" or "\uff00" <= character <= "\uffef"


@cache
def letter_bits(language: str, letter: str) -> int:
    """The cost of a lower-case letter in a language."""
    if (bits := COSTS[language].get(letter)) is not None:
        return bits
    if letter.isascii():
        return 8 if language in EAST_ASIAN else 9 if language in LATIN else 12
    if unicodedata.category(letter) == "Mn":
        return 9
    if language in EAST_ASIAN:
        return rare_character_bits(language, letter)
    return 12 if language == "English" else 14


def rare_character_bits(language: str, character: str) -> int:
    """The cost of a character that is not among the frequent ones of Chinese, Japanese or Korean.

    The national standards list the common characters before the rare ones.
    """
    if language == "Japanese" and "\u3040" <= character <= "\u30ff":
        return 12
    if language == "Korean":
        if not "\uac00" <= character <= "\ud7af":
            return 18
        return 13 if character.encode("euc_kr", "ignore") else 19
    if not "\u4e00" <= character <= "\u9fff":
        return 16
    standard, last_common = {"Chinese": ("gb2312", 0xD7), "Traditional": ("big5", 0xC6), "Japanese": ("euc_jp", 0xCF)}[
        language
    ]
    encoded = character.encode(standard, "ignore")
    if len(encoded) != 2:
        return 21
    return 13 if encoded[0] <= last_common else 18


def letters_bits(language: str, letters: Counter[str]) -> int:
    return sum(n * letter_bits(language, letter) for letter, n in letters.items())


def shape_bits(words: list[str]) -> int:
    """The cost of capitals, symbols and changes of script in words."""
    text = f"  {' '.join(words)}  "
    contexts = Counter(zip(text, text[1:], text[2:], strict=False))
    bits = sum(n * context_bits(*context) for context, n in contexts.items() if context[1] != " ")
    if "’" in text:
        bits += sum(-4 if CONTRACTION.search(word) else 4 for word in words if APOSTROPHE.search(word))
    return bits


@lru_cache(maxsize=50_000)
def context_bits(previous: str, character: str, following: str) -> int:
    """The cost of a character between its neighbors, besides that of the letter itself."""
    if is_letter(character):
        return letter_shape_bits(previous, character, following)
    if character.isascii():
        return 0
    if character in EAST_ASIAN_PUNCTUATION and (previous == " " or is_east_asian(previous)):
        return 5
    return symbol_bits(previous, character, following)


def letter_shape_bits(previous: str, letter: str, following: str) -> int:
    if is_east_asian(letter) or unicodedata.category(letter) == "Mn":
        return 0
    bits = 0
    if letter.isupper():
        bits += 1
        if previous.islower() and not (previous + letter).isascii():
            bits += 8
    if is_letter(previous) and not is_east_asian(previous) and is_latin(letter) != is_latin(previous):
        bits += 10
    if not letter.isascii() and (previous.isdigit() or following.isdigit()):
        bits += 8
    return bits


def is_latin(letter: str) -> bool:
    return letter < "\u0250" or "\u0300" <= letter <= "\u036f" or "\u1e00" <= letter <= "\u1eff"


def symbol_bits(previous: str, symbol: str, following: str) -> int:
    if symbol in CURRENCIES and (previous.isdigit() or following.isdigit()):
        return 3
    bits = 6 if symbol in PUNCTUATION else 8 if symbol in SYMBOLS else 20 if symbol == "¤" else 15
    if previous.isalpha() and following.isalpha():
        bits += INSIDE_WORDS.get(symbol, 8)
    elif symbol in OPENING and previous.isalpha():
        bits += 8
    elif (symbol in CLOSING and following.isalpha()) or (symbol == "•" and (previous + following).strip()):
        bits += 6
    return bits


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
    """What the sample is if it is no text, for example "a PDF file"; None for text in any encoding."""
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
