"""Locks that let one process at a time write a model. The system releases the lock of a process that dies.

Lock files are never removed, because two processes could then hold the same lock; they are stored in the system's
folder for temporary files.
"""

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rnnsent.errors import RnnsentError


@contextmanager
def run_lock(
    path: Path, activity: str, *, remedy: str = "wait for it, or choose another name with --name"
) -> Iterator[None]:
    """Hold the lock on `path` for the duration of the block.

    Args:
        path: what the block writes; it need not exist.
        activity: what the block does, for the error message of another process, e.g. "'imdb' is being trained".
        remedy: what its user can do, for the same message.

    Raises:
        RnnsentError: another process of the same user holds the lock.
    """
    import filelock

    user = os.getuid() if hasattr(os, "getuid") else "user"
    folder = Path(tempfile.gettempdir()) / f"rnnsent-locks-{user}"
    folder.mkdir(mode=0o700, exist_ok=True)
    digest = hashlib.sha256(os.fsencode(path.resolve())).hexdigest()
    lock = filelock.FileLock(folder / f"{digest[:32]}.lock", timeout=0)
    try:
        lock.acquire()
    except filelock.Timeout:
        raise RnnsentError(f"{activity} in another process; {remedy}") from None
    try:
        yield
    finally:
        lock.release()
