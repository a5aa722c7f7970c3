"""Work on windows of items side by side, given back in order. Knows threads, not what the work is.

A window is dealt to the workers like cards, so that each gets items of every kind and the time that a window takes
does not depend on how its items are ordered. While one window is worked on, the next are fetched.
"""

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

THREADS = "rnnsent"  # what their names begin with
AHEAD = 2  # windows that are fetched before the first of them is done


class Metered(Generic[Item]):
    """The windows of a stream, and what work has come with them.

    Args:
        cost: the work of a window.
    """

    def __init__(self, windows: Iterable[Sequence[Item]], cost: Callable[[Sequence[Item]], float]) -> None:
        self._windows, self._cost = iter(windows), cost
        self._held: Sequence[Item] | None = None
        self.work = 0.0
        self.is_over = False

    def until(self, most: float) -> Iterator[Sequence[Item]]:
        """Those up to so much work in all; the one that passes it is kept for the next call."""
        while self._held is not None or self._fetched():
            if self.work > most or self._held is None:
                return
            window, self._held = self._held, None
            yield window

    def _fetched(self) -> bool:
        self._held = next(self._windows, None)
        self.is_over = self._held is None
        self.work += 0.0 if self._held is None else self._cost(self._held)
        return not self.is_over


def in_order(
    windows: Iterable[Sequence[Item]],
    work: Callable[[Sequence[Item]], Result],
    *,
    workers: int,
    start: Callable[[], None],
) -> Iterator[tuple[Sequence[Item], list[Result]]]:
    """Yield each window and the results of its hands; hand k of n is `window[k::n]`.

    An empty window says that no more input is at hand: what has been fetched is then given back before the next is
    asked for. An error in the work is raised in its window's turn, one of the input after all that came before it.
    Whoever stops early, by a signal or by closing the generator, does not wait for the work that is under way.

    Args:
        start: called once in each worker's thread.
    """
    pool = ThreadPoolExecutor(workers, thread_name_prefix=THREADS, initializer=start)
    pending: deque[tuple[Sequence[Item], list[Future[Result]]]] = deque()
    failed: list[Exception] = []
    wait = True
    try:
        for window in _until_error(windows, failed):
            if len(window):
                hands = min(workers, len(window))
                pending.append((window, [pool.submit(work, window[k::hands]) for k in range(hands)]))
            while pending and (not len(window) or len(pending) > AHEAD or _is_done(pending[0][1])):
                yield _collected(*pending.popleft())
        while pending:
            yield _collected(*pending.popleft())
        if failed:
            raise failed[0]
    except (GeneratorExit, KeyboardInterrupt, SystemExit):
        wait = False
        raise
    finally:
        pool.shutdown(wait=wait, cancel_futures=True)


def _until_error(windows: Iterable[Sequence[Item]], failed: list[Exception]) -> Iterator[Sequence[Item]]:
    """The windows; an error that ends them is kept in `failed`."""
    try:
        yield from windows
    except Exception as error:
        failed.append(error)


def _is_done(futures: Sequence[Future[Result]]) -> bool:
    return all(future.done() for future in futures)


def _collected(window: Sequence[Item], futures: Sequence[Future[Result]]) -> tuple[Sequence[Item], list[Result]]:
    return window, [future.result() for future in futures]


def is_work_under_way() -> bool:
    """Whether a thread still works on what nobody waits for."""
    return any(each.name.startswith(THREADS) for each in threading.enumerate())
