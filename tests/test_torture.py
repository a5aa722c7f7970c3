"""A short form of the campaigns in tests/torture, which `make torture` runs whole."""

import itertools
import re
import subprocess
import sys
from pathlib import Path

import pytest
from tests.torture.inputs import run_campaign
from tests.torture.kills import campaign, spread


@pytest.mark.skipif(sys.platform == "win32", reason="processes are forked")
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_training_that_is_killed_or_cannot_write_loses_nothing_but_time(tmp_path: Path) -> None:
    counts = campaign(tmp_path, most=4)
    assert counts.writes > 100
    assert counts.survived == counts.kills == counts.faults == 4
    assert (counts.lost, counts.crashes, counts.wrong_exits, counts.left_behind) == (0, 0, 0, 0)


@pytest.mark.parametrize("count", [7, 100, 245])
def test_writes_are_disturbed_each_once_and_a_few_of_them_evenly(count: int) -> None:
    orders = [list(spread(count, seed)) for seed in range(9)]
    for order in orders:
        assert sorted(order) == list(range(1, count + 1))
        few = sorted(order[: count // 5])
        assert max(later - former for former, later in itertools.pairwise([0, *few, count + 1])) <= 15
    assert len({order[0] for order in orders}) > 1


def test_every_input_is_answered_record_by_record_or_refused_in_one_line(tmp_path: Path) -> None:
    counts = inputs.campaign(tmp_path, most=100)
    assert (counts.tried, counts.lost, counts.crashes) == (100, 0, 0)
    assert counts.records_in == counts.records_out > counts.refused > 10


@pytest.mark.skipif(sys.platform == "win32", reason="processes are forked")
def test_a_hub_that_fails_at_random_gives_its_data_or_one_line_of_error() -> None:
    root = Path(__file__).parents[1]
    command = [sys.executable, "-m", "tests.torture.flaky_hub", "--minutes", "5", "--loads", "2", "--rate", "0.1"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    found = re.fullmatch(
        r"2 loads: (\d) succeeded, (\d) reported in one line, 0 crashed, 0 leaked the token; .*\n", done.stdout
    )
    assert found
    assert int(found[1]) + int(found[2]) == 2
