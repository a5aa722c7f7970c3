"""Proves that whatever stands in a checkpoint, loading it and predicting with it give an answer or an RnnsentError that
names it, within seconds and a bounded memory. tests/torture/fuzz_checkpoints.py goes on for minutes."""

from collections import Counter
from pathlib import Path

from hostile import SECONDS, Spoiled, attempt, memory_limit, spoiled, warm_up
from hypothesis import HealthCheck, given, settings

SEEN: Counter[str] = Counter()


@settings(deadline=None, derandomize=True, max_examples=400, suppress_health_check=list(HealthCheck))
@given(spoiled())
def _no_spoiled_checkpoint_does_harm(tmp: Path, case: Spoiled) -> None:
    case.write(tmp / "model")
    answer, seconds = attempt(tmp / "model")
    SEEN[answer] += 1
    assert seconds < SECONDS


def test_no_spoiled_checkpoint_does_more_than_be_refused(tmp_path: Path) -> None:
    warm_up()
    SEEN.clear()
    with memory_limit():
        _no_spoiled_checkpoint_does_harm(tmp_path)
    assert SEEN["refused"] > 100  # the strategies reach both ends
    assert SEEN["loaded"] > 20
