"""Reading the files of a folder that a stranger may have filled. Knows no file's meaning.

No path in it leaves the folder, nothing but a plain file is opened, and none is read past the size that it may have.
"""

import json
import stat
from pathlib import Path
from typing import Any

from rnnsent.errors import ModelError

REMEDY = "train the model again, or choose another with --model"
LONGEST_REASON = 400  # what a library or a setting says of a value that is wrong may repeat all of it


def reason(error: Exception) -> str:
    """What an error says, of bounded length."""
    said = str(error)
    return said if len(said) <= LONGEST_REASON else said[:LONGEST_REASON] + "…"


def plain_file(folder: Path, name: str) -> Path | None:
    """The path of a file in the folder, None where there is none; a link is followed within the folder alone.

    Raises:
        ModelError: it is a link that leads out of the folder, or no plain file.
    """
    path = folder / name
    try:
        if path.is_symlink() and not path.resolve().is_relative_to(folder.resolve()):
            raise ModelError(f"{path} is a link that leads out of its folder; put the file itself there")
        mode = path.stat().st_mode
    except FileNotFoundError:
        return None
    except (OSError, RuntimeError) as error:
        raise ModelError(f"{path} cannot be read: {reason(error)}; {REMEDY}") from None
    if not stat.S_ISREG(mode):
        raise ModelError(f"{path} is no plain file; {REMEDY}")
    return path


def read_bytes(folder: Path, name: str, most: int) -> bytes:
    """The content of a file of at most so many bytes. Raises ModelError."""
    path = plain_file(folder, name)
    if path is None:
        raise ModelError(f"{folder / name} cannot be read: there is no such file; {REMEDY}")
    try:
        with path.open("rb") as file:
            content = file.read(most + 1)
    except OSError as error:
        raise ModelError(f"{path} cannot be read: {reason(error)}; {REMEDY}") from None
    if len(content) > most:
        raise ModelError(f"{path} has more than {most / 1e6:,.0f} MB, the most that such a file may have; {REMEDY}")
    return content


def json_object(content: bytes, path: Path) -> dict[str, Any]:
    """The object that a file of JSON holds. Raises ModelError."""
    try:
        values = json.loads(content.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise ModelError(f"{path} cannot be read: {reason(error)}; {REMEDY}") from None
    if not isinstance(values, dict):
        raise ModelError(f"{path} holds no object; {REMEDY}")
    return values
