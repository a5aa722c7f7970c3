"""numpy's matrix products on the thread that asks for them.

The products of a recurrent step are too small to be shared: threads of BLAS that wait for one another, on processors that
have other work too, made a step twelve times slower.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any

_lock = Lock()
_users = 0
_limits: Any = None


@contextmanager
def one_thread() -> Iterator[None]:
    """Keep BLAS to one thread in this process while anybody is inside; then it has as many as before."""
    global _users, _limits
    from threadpoolctl import threadpool_limits

    with _lock:
        if not _users:
            _limits = threadpool_limits(limits=1, user_api="blas")
        _users += 1
    try:
        yield
    finally:
        with _lock:
            _users -= 1
            if not _users:
                _limits.restore_original_limits()
