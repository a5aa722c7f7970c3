"""What the words on the command line of predict mean: texts, files of lines, or a table. Reads none of them."""

import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rnnsent.data.tables import is_table
from rnnsent.errors import DataError, SettingsError

STDIN = "-"
PATH_BEGINNINGS = ("./", "../", "/", "~/")


@dataclass(frozen=True)
class Inputs:
    """Texts to score as they are, or files of lines (`-` is stdin), or one table; two of the three are empty."""

    texts: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    table: Path | None = None


def sort_inputs(words: Sequence[str]) -> Inputs:
    """Tell texts from files: a word is a file where one of that name is there.

    A text is what its bytes are in UTF-8, whatever the locale; a file's name stays as the system has it.

    Raises:
        DataError: a word is a folder, or plainly names a file that is not there.
        SettingsError: texts stand beside files, or a table beside anything else.
    """
    files = [word for word in words if word == STDIN or _is_file(word)]
    if not files:
        return Inputs(texts=tuple(os.fsencode(word).decode("utf-8", "replace") for word in words))
    others = [word for word in words if word not in files]
    if others:
        raise SettingsError(
            f"{files[0]} is a file and {_short(others[0])!r} is a text: give texts, or files; "
            "a text beside a file can be piped through `predict -`"
        )
    tables = [word for word in files if word != STDIN and is_table(Path(word))]
    if tables and len(words) > 1:
        raise SettingsError(f"{tables[0]} is a table; give one table at a time")
    return Inputs(table=Path(tables[0])) if tables else Inputs(files=tuple(files))


def _is_file(word: str) -> bool:
    try:
        mode = os.stat(word).st_mode  # noqa: PTH116 - a text of any length, not yet a path
    except (OSError, ValueError):
        if _names_a_file(word):
            raise DataError(
                f"there is no file {word}; to score these very words, pipe them: echo ... | rnnsent predict -"
            ) from None
        return False
    if stat.S_ISDIR(mode):
        raise DataError(
            f"{word} is a folder: give a file in it; to score this very word, pipe it: echo ... | rnnsent predict -"
        )
    return True


def _names_a_file(word: str) -> bool:
    if any(map(str.isspace, word)):
        return False
    return word.startswith(PATH_BEGINNINGS) or is_table(Path(word)) or Path(word).suffix.lower() == ".txt"


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:39] + "…"
