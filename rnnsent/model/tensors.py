"""Writing tensors as safetensors: a disk that is full is told as any other file's writer tells it."""

import errno
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any


def save_tensors(save_file: Callable[[Any, Path], None], tensors: Any, path: Path) -> None:
    """Call the `save_file` of `safetensors.numpy` or `safetensors.torch`. Raises OSError where the file cannot be written."""
    from safetensors import SafetensorError

    try:
        save_file(tensors, path)
    except SafetensorError as error:
        number = re.search(r"\(os error (\d+)\)", str(error))  # the library keeps the system's error in its text alone
        code = int(number[1]) if number else errno.EIO
        raise OSError(code, os.strerror(code) if number else str(error), str(path)) from None
