"""numpy's matrix products on the thread that asks for them.

The products of a recurrent step are too small to be shared: threads of BLAS that wait for one another, on processors that
have other work too, made a step twelve times slower.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_users = 0
_limits: Any = None


@contextmanager
def one_thread() -> Iterator[None]:
    """Keep BLAS to one thread in this process while the block runs; then it has as many as before.

    Only the main thread can: OpenBLAS takes no notice of what another one sets. Blocks may stand in one another, and in
    generators that do not end in the order in which they began.
    """
    global _users, _limits
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    from threadpoolctl import threadpool_limits

    if not _users:
        _limits = threadpool_limits(limits=1, user_api="blas")
    _users += 1
    try:
        yield
    finally:
        _users -= 1
        if not _users:
            _limits.restore_original_limits()
