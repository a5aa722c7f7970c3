"""Keeps numpy's matrix products on the calling thread.

The products of a recurrent step are too small to be split: BLAS threads that wait for one another on a busy machine
made a step twelve times slower.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_n_users = 0
_limits: Any = None


@contextmanager
def single_threaded() -> Iterator[None]:
    """Limit BLAS to one thread in this process while the block runs, then restore the previous number.

    Only the main thread can do so: OpenBLAS ignores what others set. Blocks may be nested, and may be in generators
    that do not end in the order in which they started.
    """
    global _n_users, _limits
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    from threadpoolctl import threadpool_limits

    if not _n_users:
        _limits = threadpool_limits(limits=1, user_api="blas")
    _n_users += 1
    try:
        yield
    finally:
        _n_users -= 1
        if not _n_users:
            _limits.restore_original_limits()
