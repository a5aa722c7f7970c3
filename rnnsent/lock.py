"""One process at a time for a name: a lock that a dead process does not hold.

Lock files stay, since to remove one would let two processes hold it; so they stand with the temporary files, where they
are nobody's litter.
"""

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rnnsent.errors import RnnsentError


@contextmanager
def held(path: Path, what: str) -> Iterator[None]:
    """Hold the name of what is to be written at `path` while the block runs.

    Raises:
        RnnsentError: another process of this user holds it; `what` says what it is doing.
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
        raise RnnsentError(f"{what} in another process; wait for it, or choose another name with --name") from None
    try:
        yield
    finally:
        lock.release()
