"""Batches processed by a pool of threads, yielded in order. Knows threads, not what the work is.

The items of a batch are split round-robin into one shard per worker, so every shard has items of every kind and the
time for a batch does not depend on the order of its items. The next batches are read while one is processed.
"""

import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from enum import Enum
from typing import Final, Generic, TypeVar

Batch = TypeVar("Batch")
Item = TypeVar("Item")
Result = TypeVar("Result")

THREAD_PREFIX = "rnnsent"
SWITCH_SECONDS = 0.001  # a worker waits so long for the thread that reads and writes; Python's default is 0.005
PREFETCH = 2  # batches read before the first of them is done


class Pause(Enum):
    """In a stream of batches: no more input is available yet.

    A consumer that reads ahead must yield the results of everything before it, and only then request more.
    """

    PAUSE = "pause"


PAUSE: Final = Pause.PAUSE


class MeteredStream(Generic[Batch]):
    """A stream of batches that can be consumed up to a total cost, without losing a batch at the limit.

    Args:
        cost: the cost of one batch.
    """

    def __init__(self, batches: Iterable[Batch | Pause], cost: Callable[[Batch], float]) -> None:
        self._batches, self._cost = iter(batches), cost
        self._next: Batch | Pause | None = None
        self.total_cost = 0.0
        self.exhausted = False

    def take(self, budget: float) -> Iterator[Batch | Pause]:
        """Yield batches until the total cost exceeds the budget; the next call starts with the batch that did."""
        while self._next is not None or self._fetch():
            if self.total_cost > budget or self._next is None:
                return
            batch, self._next = self._next, None
            yield batch

    def _fetch(self) -> bool:
        self._next = next(self._batches, None)
        self.exhausted = self._next is None
        if self._next is not None and not isinstance(self._next, Pause):
            self.total_cost += self._cost(self._next)
        return not self.exhausted


def ordered_map(
    batches: Iterable[Batch | Pause],
    work: Callable[[Sequence[Item]], Result],
    *,
    items: Callable[[Batch], Sequence[Item]],
    workers: int,
    start: Callable[[], None],
) -> Iterator[tuple[Batch, list[Result]]]:
    """Yield each batch with the results of its shards; shard k of n is `items(batch)[k::n]`.

    An error in the work is raised when its batch is due; an error in the input, after every batch before it. A caller
    that stops early, by a signal or by closing the generator, does not wait for work in progress.

    Args:
        items: what a batch holds; no items make no shards.
        start: called once in each worker thread.
    """
    pool = ThreadPoolExecutor(workers, thread_name_prefix=THREAD_PREFIX, initializer=start)
    pending: deque[tuple[Batch, list[Future[Result]]]] = deque()
    errors: list[Exception] = []
    wait = True
    switch_seconds = sys.getswitchinterval()
    try:
        sys.setswitchinterval(SWITCH_SECONDS)
        for batch in _until_error(batches, errors):
            if not isinstance(batch, Pause):
                content = items(batch)
                n_shards = min(workers, len(content))
                pending.append((batch, [pool.submit(work, content[k::n_shards]) for k in range(n_shards)]))
            while pending and (isinstance(batch, Pause) or len(pending) > PREFETCH or _is_done(pending[0][1])):
                yield _collect(*pending.popleft())
        while pending:
            yield _collect(*pending.popleft())
        if errors:
            raise errors[0]
    except (GeneratorExit, KeyboardInterrupt, SystemExit):
        wait = False
        raise
    finally:
        sys.setswitchinterval(switch_seconds)
        pool.shutdown(wait=wait, cancel_futures=True)


def is_working() -> bool:
    """Whether a worker thread is still alive."""
    return any(thread.name.startswith(THREAD_PREFIX) for thread in threading.enumerate())


def _until_error(batches: Iterable[Batch | Pause], errors: list[Exception]) -> Iterator[Batch | Pause]:
    """The batches; an error that ends them goes into `errors`."""
    try:
        yield from batches
    except Exception as error:
        errors.append(error)


def _is_done(futures: Sequence[Future[Result]]) -> bool:
    return all(future.done() for future in futures)


def _collect(batch: Batch, futures: Sequence[Future[Result]]) -> tuple[Batch, list[Result]]:
    return batch, [future.result() for future in futures]
