"""Work on windows of items side by side, given back in order. Knows threads, not what the work is.

A window is dealt to the workers like cards, so that each gets items of every kind and the time that a window takes
does not depend on how its items are ordered. While one window is worked on, the next are fetched.
"""

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

THREADS = "rnnsent"  # what their names begin with
AHEAD = 2  # windows that are fetched before the first of them is done


def in_order(
    windows: Iterable[Sequence[Item]],
    work: Callable[[Sequence[Item]], Result],
    *,
    workers: int,
    start: Callable[[], None],
) -> Iterator[tuple[Sequence[Item], list[Result]]]:
    """Yield each window and the results of its hands; hand k of n is `window[k::n]`.

    An empty window says that no more input is at hand: what has been fetched is then given back before the next is
    asked for. An error in the work is raised in its window's turn. Whoever stops early, by a signal or by closing the
    generator, does not wait for the work that is under way.

    Args:
        start: called once in each worker's thread.
    """
    pool = ThreadPoolExecutor(workers, thread_name_prefix=THREADS, initializer=start)
    pending: deque[tuple[Sequence[Item], list[Future[Result]]]] = deque()
    wait = True
    try:
        for window in windows:
            if len(window):
                hands = min(workers, len(window))
                pending.append((window, [pool.submit(work, window[k::hands]) for k in range(hands)]))
            while pending and (not len(window) or len(pending) > AHEAD or _is_done(pending[0][1])):
                yield _collected(*pending.popleft())
        while pending:
            yield _collected(*pending.popleft())
    except (GeneratorExit, KeyboardInterrupt, SystemExit):
        wait = False
        raise
    finally:
        pool.shutdown(wait=wait, cancel_futures=True)


def _is_done(futures: Sequence[Future[Result]]) -> bool:
    return all(future.done() for future in futures)


def _collected(window: Sequence[Item], futures: Sequence[Future[Result]]) -> tuple[Sequence[Item], list[Result]]:
    return window, [future.result() for future in futures]


def is_work_under_way() -> bool:
    """Whether a thread still works on what nobody waits for."""
    return any(each.name.startswith(THREADS) for each in threading.enumerate())
