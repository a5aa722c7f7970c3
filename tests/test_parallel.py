"""Batches come back in order, few are read ahead, and a pause yields everything before more is requested."""

import math
import threading
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnsent.parallel import PAUSE, PREFETCH, MeteredStream, Pause, ordered_map


def no_setup() -> None:
    pass


def run(batches: Any, work: Any, *, workers: int = 2, start: Any = no_setup) -> Iterator[tuple[Any, list[Any]]]:
    """`ordered_map` of batches that are lists of their items."""
    return ordered_map(batches, work, items=lambda batch: batch, workers=workers, start=start)


@settings(deadline=None, derandomize=True, max_examples=30)
@given(st.lists(st.lists(st.integers(0, 9), max_size=7) | st.just(PAUSE), max_size=9), st.integers(1, 4))
def test_order(batches: list[list[int] | Pause], workers: int) -> None:
    """Every batch comes back in order, with the result of each of its shards."""

    def work(shard: Sequence[int]) -> list[int]:
        sum(range(1_000 * sum(shard)))  # shards take different times
        return [10 * item for item in shard]

    results = list(run(batches, work, workers=workers))
    assert [batch for batch, _ in results] == [batch for batch in batches if batch is not PAUSE]
    for batch, shards in results:
        assert len(shards) == min(workers, len(batch))
        for k, shard in enumerate(shards):
            assert shard == [10 * item for item in batch[k :: len(shards)]]


def test_prefetch() -> None:
    """Only PREFETCH batches are read before the first is yielded."""
    n_read = 0
    has_read_ahead = threading.Event()

    def batches() -> Iterator[list[int]]:
        nonlocal n_read
        while True:
            n_read += 1
            if n_read == PREFETCH + 1:
                has_read_ahead.set()
            yield [n_read]

    results = run(batches(), lambda shard: has_read_ahead.wait(10), workers=1)
    next(results)
    assert n_read == PREFETCH + 1
    results.close()  # type: ignore[attr-defined]


def test_pause() -> None:
    """At a pause everything is yielded before more input is requested."""
    requested: list[int] = []

    def batches() -> Iterator[list[int] | Pause]:
        for number in (1, 2):
            requested.append(number)
            yield [number]
        yield PAUSE
        requested.append(3)
        yield [3]

    results = run(batches(), sum)
    assert next(results)[0] == [1]
    assert next(results)[0] == [2]
    assert requested == [1, 2]
    assert next(results)[0] == [3]


def test_empty_batch() -> None:
    """A batch without items, such as a table without rows, has no shards and keeps its place."""
    assert list(run([[1], [], [2]], sum)) == [([1], [1]), ([], []), ([2], [2])]


def test_work_error() -> None:
    """An error in the work is raised when its batch is due, and the threads end."""

    def work(shard: Sequence[int]) -> int:
        if 0 in shard:
            raise ValueError("no")
        return sum(shard)

    before = set(threading.enumerate())
    results = run([[1], [0], [2]], work)
    assert next(results) == ([1], [1])
    with pytest.raises(ValueError, match="no"):
        next(results)
    assert set(threading.enumerate()) <= before  # threads of other tests may end meanwhile


def test_input_error() -> None:
    """An error in the input is raised after the results of everything before it."""

    def broken() -> Iterator[list[int]]:
        yield [1, 2]
        yield [3]
        raise OSError("the disk is gone")

    results: list[list[int]] = []
    with pytest.raises(OSError, match="the disk is gone"):
        for batch, _ in run(broken(), sum):
            results.append(list(batch))
    assert results == [[1, 2], [3]]


def test_close() -> None:
    """A caller that stops early ends the work."""
    done: list[int] = []

    def work(shard: Sequence[int]) -> None:
        done.append(shard[0])

    results = run(([number] for number in range(1_000)), work, workers=1)
    next(results)
    results.close()  # type: ignore[attr-defined]
    assert len(done) < 10


def test_thread_setup() -> None:
    """`start` runs once in each thread."""
    started: list[int] = []
    list(run([[1, 2, 3, 4]] * 20, lambda shard: None, start=lambda: started.append(threading.get_ident())))
    assert 1 <= len(started) == len(set(started)) <= 2


def test_metered_stream() -> None:
    """A metered stream stops at the batch that exceeds the budget, and loses none."""
    stream = MeteredStream([[1, 2], PAUSE, [3], [4, 5, 6], [7]], len)
    assert list(stream.take(3)) == [[1, 2], PAUSE, [3]]
    assert (stream.total_cost, stream.exhausted) == (6, False)
    assert list(stream.take(5)) == []
    assert list(stream.take(6)) == [[4, 5, 6]]
    assert list(stream.take(math.inf)) == [[7]]
    assert (stream.total_cost, stream.exhausted) == (7, True)
    assert list(stream.take(math.inf)) == []
