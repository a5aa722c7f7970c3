"""One process at a time for a name: a lock that a dead process does not hold."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rnnsent.errors import RnnsentError


@contextmanager
def held(path: Path, what: str) -> Iterator[None]:
    """Hold the lock file at `path`, which is made where it is not there, while the block runs.

    Raises:
        RnnsentError: another process holds it; `what` says what it is doing.
    """
    import filelock

    path.parent.mkdir(parents=True, exist_ok=True)
    lock = filelock.FileLock(path, timeout=0)
    try:
        lock.acquire()
    except filelock.Timeout:
        raise RnnsentError(f"{what} in another process; wait for it, or choose another name with --name") from None
    try:
        yield
    finally:
        lock.release()
