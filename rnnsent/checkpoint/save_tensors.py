"""Write tensors as safetensors, with the operating system's errors raised as OSError, as for every other file."""

import errno
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any


def save_tensors(save_file: Callable[[Any, Path], None], tensors: Any, path: Path) -> None:
    """Call the `save_file` of `safetensors.numpy` or `safetensors.torch`. Raises OSError if the file cannot be written."""
    from safetensors import SafetensorError

    try:
        save_file(tensors, path)
    except SafetensorError as error:
        match = re.search(r"\(os error (\d+)\)", str(error))  # the library has errno only in its message
        code = int(match[1]) if match else errno.EIO
        raise OSError(code, os.strerror(code) if match else str(error), str(path)) from None
