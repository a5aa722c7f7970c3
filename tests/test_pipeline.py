"""Windows come back in order, few are fetched ahead, and where the input pauses all are answered first."""

import math
import threading
import time
from collections.abc import Iterator, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnsent.pipeline import AHEAD, Metered, in_order


def nothing() -> None:
    pass


@settings(deadline=None, derandomize=True, max_examples=30)
@given(st.lists(st.lists(st.integers(0, 9), max_size=7), max_size=9), st.integers(1, 4))
def test_every_window_comes_back_in_order_with_what_was_made_of_its_items(
    windows: list[list[int]], workers: int
) -> None:
    def work(hand: Sequence[int]) -> list[int]:
        time.sleep(0.0001 * sum(hand))
        return [10 * each for each in hand]

    found = list(in_order(windows, work, workers=workers, start=nothing))
    assert [window for window, _ in found] == [window for window in windows if window]
    for window, hands in found:
        assert len(hands) == min(workers, len(window))
        for k, hand in enumerate(hands):
            assert hand == [10 * each for each in window[k :: len(hands)]]


def test_few_windows_are_fetched_before_the_first_is_given_back() -> None:
    fetched = 0
    held = threading.Event()

    def windows() -> Iterator[list[int]]:
        nonlocal fetched
        while True:
            fetched += 1
            if fetched == AHEAD + 1:
                held.set()
            yield [fetched]

    results = in_order(windows(), lambda hand: held.wait(10), workers=1, start=nothing)
    next(results)
    assert fetched == AHEAD + 1
    results.close()


def test_where_the_input_pauses_all_is_given_back_before_more_is_asked_for() -> None:
    asked: list[int] = []

    def windows() -> Iterator[list[int]]:
        for number in (1, 2):
            asked.append(number)
            yield [number]
        yield []
        asked.append(3)
        yield [3]

    results = in_order(windows(), lambda hand: time.sleep(0.01), workers=2, start=nothing)
    assert next(results)[0] == [1]
    assert next(results)[0] == [2]
    assert asked == [1, 2]
    assert next(results)[0] == [3]


def test_an_error_is_raised_in_its_windows_turn_and_the_threads_end() -> None:
    def work(hand: Sequence[int]) -> int:
        if 0 in hand:
            raise ValueError("no")
        return sum(hand)

    before = set(threading.enumerate())
    results = in_order([[1], [0], [2]], work, workers=2, start=nothing)
    assert next(results) == ([1], [1])
    with pytest.raises(ValueError, match="no"):
        next(results)
    assert set(threading.enumerate()) <= before  # those of another test may end meanwhile


def test_a_reader_that_goes_away_ends_the_work() -> None:
    done: list[int] = []

    def work(hand: Sequence[int]) -> None:
        done.append(hand[0])

    results = in_order(([number] for number in range(1_000)), work, workers=1, start=nothing)
    next(results)
    results.close()
    assert len(done) < 10


def test_each_thread_is_started_once() -> None:
    started: list[int] = []
    list(
        in_order([[1, 2, 3, 4]] * 20, lambda hand: None, workers=2, start=lambda: started.append(threading.get_ident()))
    )
    assert 1 <= len(started) == len(set(started)) <= 2


def test_a_metered_stream_is_cut_where_its_work_passes_a_limit_and_loses_no_window() -> None:
    stream = Metered([[1, 2], [], [3], [4, 5, 6], [7]], len)
    assert list(stream.until(3)) == [[1, 2], [], [3]]
    assert (stream.work, stream.is_over) == (6, False)
    assert list(stream.until(5)) == []
    assert list(stream.until(6)) == [[4, 5, 6]]
    assert list(stream.until(math.inf)) == [[7]]
    assert (stream.work, stream.is_over) == (7, True)
    assert list(stream.until(math.inf)) == []


def test_an_error_of_the_input_comes_after_the_answers_to_all_that_was_read() -> None:
    def broken() -> Iterator[list[int]]:
        yield [1, 2]
        yield [3]
        raise OSError("the disk is gone")

    answered: list[list[int]] = []
    with pytest.raises(OSError, match="the disk is gone"):
        for window, _ in in_order(broken(), sum, workers=2, start=nothing):
            answered.append(list(window))
    assert answered == [[1, 2], [3]]
