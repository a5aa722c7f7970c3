"""Any corrupted checkpoint either gives valid predictions or is a RnnsentError that names it, in bounded time and memory.

tests/torture/fuzz_checkpoints.py runs the same for minutes.
"""

from collections import Counter
from pathlib import Path

from hypothesis import HealthCheck, given, settings

from tests.support.hostile import MAX_SECONDS, CorruptedCheckpoint, corrupted_checkpoints, memory_limit, use, warm_up

outcomes: Counter[str] = Counter()


@settings(deadline=None, derandomize=True, max_examples=400, suppress_health_check=list(HealthCheck))
@given(corrupted_checkpoints())
def check_corrupted(tmp: Path, corrupted: CorruptedCheckpoint) -> None:
    corrupted.write(tmp / "model")
    outcome, seconds = use(tmp / "model")
    outcomes[outcome] += 1
    assert seconds < MAX_SECONDS


def test_corrupted(tmp_path: Path) -> None:
    """No corrupted checkpoint causes another exception, a warning, an invalid probability, or takes long."""
    warm_up()
    outcomes.clear()
    with memory_limit():
        check_corrupted(tmp_path)
    assert outcomes["rejected"] > 100  # the strategies produce both outcomes
    assert outcomes["loaded"] > 20
