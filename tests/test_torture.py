"""Short forms of the campaigns in tests/torture, which `make torture` runs in full."""

import itertools
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.torture import inputs, kills, tables


@pytest.mark.skipif(sys.platform == "win32", reason="processes are forked")
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_kills(tmp_path: Path) -> None:
    """Training that is killed or cannot write loses only time."""
    counts = kills.run_campaign(tmp_path, max_writes=4)
    assert counts.writes > 100
    assert counts.survived == counts.kills == counts.faults == 4
    assert (counts.lost, counts.crashes, counts.wrong_exits, counts.left_behind) == (0, 0, 0, 0)


@pytest.mark.parametrize("count", [7, 100, 245])
def test_spread(count: int) -> None:
    """Every write is disturbed once, and the first few are spread evenly."""
    orders = [list(kills.spread(count, seed)) for seed in range(9)]
    for order in orders:
        assert sorted(order) == list(range(1, count + 1))
        few = sorted(order[: count // 5])
        assert max(later - earlier for earlier, later in itertools.pairwise([0, *few, count + 1])) <= 15
    assert len({order[0] for order in orders}) > 1


def test_inputs(tmp_path: Path) -> None:
    """Every input is answered record by record or refused in one line."""
    counts = inputs.run_campaign(tmp_path, max_inputs=100)
    assert (counts.inputs, counts.lost, counts.crashed) == (100, 0, 0)
    assert counts.records_in == counts.records_out > counts.rejected > 10


@pytest.mark.skipif(sys.platform == "win32", reason="alarms")
def test_tables(tmp_path: Path) -> None:
    """Every table is read right or refused in one line, and a plain one is not refused."""
    counts = tables.run_campaign(tmp_path, 300, every_command=150)
    assert counts.tables == 300
    assert counts.is_success, counts
    assert counts.right > 200
    assert counts.commands > 0


@pytest.mark.skipif(sys.platform == "win32", reason="processes are forked")
def test_flaky_hub() -> None:
    """A Hub that fails at random gives its data or one line of error."""
    root = Path(__file__).parents[1]
    command = [sys.executable, "-m", "tests.torture.flaky_hub", "--minutes", "5", "--loads", "2", "--rate", "0.1"]
    result = subprocess.run(command, cwd=root, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr
    match = re.fullmatch(
        r"2 loads: (\d) succeeded, (\d) reported in one line, 0 crashed, 0 leaked the token; .*\n", result.stdout
    )
    assert match
    assert int(match[1]) + int(match[2]) == 2
