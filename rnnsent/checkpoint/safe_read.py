"""Safe reading of files in an untrusted folder. Knows nothing of their content but JSON.

No path leaves the folder, only regular files are opened, and no file is read beyond its size limit.
"""

import json
import stat
from pathlib import Path
from typing import Any

from rnnsent.errors import ModelError

REMEDY = "train the model again, or choose another with --model"
MAX_MESSAGE = 400  # characters; an error of a library or a setting may repeat a whole invalid value


def short_message(error: Exception) -> str:
    """The message of an error, truncated to MAX_MESSAGE characters."""
    message = str(error)
    return message if len(message) <= MAX_MESSAGE else message[:MAX_MESSAGE] + "…"


def regular_file(folder: Path, name: str) -> Path | None:
    """The path of a file in the folder, or None if there is no such file. A link is followed inside the folder only.

    Raises:
        ModelError: it is a link to a file outside the folder, or not a regular file.
    """
    path = folder / name
    try:
        if path.is_symlink() and not path.resolve().is_relative_to(folder.resolve()):
            raise ModelError(f"{path} links to a file outside its folder; replace the link with the file")
        mode = path.stat().st_mode
    except FileNotFoundError:
        return None
    except (OSError, RuntimeError) as error:
        raise ModelError(f"{path} cannot be read: {short_message(error)}; {REMEDY}") from None
    if not stat.S_ISREG(mode):
        raise ModelError(f"{path} is not a regular file; {REMEDY}")
    return path


def read_bytes(folder: Path, name: str, max_bytes: int) -> bytes:
    """The content of a file of at most `max_bytes`. Raises ModelError."""
    path = regular_file(folder, name)
    if path is None:
        raise ModelError(f"{folder / name} cannot be read: there is no such file; {REMEDY}")
    try:
        with path.open("rb") as file:
            content = file.read(max_bytes + 1)
    except OSError as error:
        raise ModelError(f"{path} cannot be read: {short_message(error)}; {REMEDY}") from None
    if len(content) > max_bytes:
        raise ModelError(f"{path} is larger than the limit of {max_bytes / 1e6:,.0f} MB; {REMEDY}")
    return content


def parse_json_object(content: bytes, path: Path) -> dict[str, Any]:
    """The JSON object in the content of the file at `path`. Raises ModelError."""
    try:
        values = json.loads(content.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise ModelError(f"{path} cannot be read: {short_message(error)}; {REMEDY}") from None
    if not isinstance(values, dict):
        raise ModelError(f"{path} is not a JSON object; {REMEDY}")
    return values
