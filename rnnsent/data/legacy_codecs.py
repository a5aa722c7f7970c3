"""The encodings that bytes which are not UTF-8 may have, and the languages that are written in them."""

from rnnsent.data.letter_frequencies import BALTIC, CENTRAL, CYRILLIC, WESTERN

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
