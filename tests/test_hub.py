"""Proves that data sets come from a Hub through the real client library, and that a missing one is told in one line."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pyarrow
import pyarrow.parquet
import pytest
from hub import serve

CARD = """---
dataset_info:
  features:
  - name: text
    dtype: string
  - name: label
    dtype:
      class_label:
        names:
          '0': neg
          '1': pos
  splits:
  - name: train
    num_examples: 4
  - name: test
    num_examples: 2
configs:
- config_name: default
  data_files:
  - split: train
    path: data/train-*
  - split: test
    path: data/test-*
---
"""


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("hub")
    data = root / "owner" / "name" / "data"
    data.mkdir(parents=True)
    (root / "owner" / "name" / "README.md").write_text(CARD, encoding="utf-8")
    splits = {
        "train": (["good film", "bad film", "very good", "no label"], [1, 0, 1, -1]),
        "test": (["good film", "worse"], [1, 0]),
    }
    for split, (texts, labels) in splits.items():
        table = pyarrow.table({"text": texts, "label": pyarrow.array(labels, pyarrow.int64())})
        pyarrow.parquet.write_table(table, data / f"{split}-00000-of-00001.parquet")
    return root


@pytest.fixture(scope="module")
def endpoint(root: Path) -> Iterator[str]:
    with serve(root) as address:
        yield address


def rnnsent(home: Path, endpoint: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HF_")}
    environment = kept | {
        "HF_ENDPOINT": endpoint,
        "HF_HOME": str(home),
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "NO_PROXY": "127.0.0.1",
        "PYTHONUTF8": "1",
    }
    command = [sys.executable, "-m", "rnnsent", *arguments]
    return subprocess.run(command, env=environment, cwd=home, capture_output=True, encoding="utf-8", timeout=120)


def test_a_data_set_of_the_hub_is_shown_by_split(tmp_path, endpoint: str) -> None:
    done = rnnsent(tmp_path, endpoint, "datasets", "owner/name", "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    splits = {split["name"]: split for split in found["splits"]}
    assert splits["train"]["classes"] == {"negative": 1, "positive": 2}
    assert splits["train"]["left_out"] == 1
    assert splits["test"]["texts"] == 2
    assert found["shared"] == {"train/test": 1}
    assert found["location"] == "owner/name"


def test_a_hub_that_fails_now_and_then_is_asked_again(tmp_path, root: Path) -> None:
    with serve(root, failing=4) as endpoint:
        done = rnnsent(tmp_path, endpoint, "datasets", "owner/name", "--json")
    assert (done.returncode, [split["texts"] for split in json.loads(done.stdout)["splits"]]) == (0, [3, 2])


def test_a_data_set_that_is_missing_is_told_in_one_line(tmp_path, endpoint: str) -> None:
    done = rnnsent(tmp_path, endpoint, "datasets", "no/such")
    assert (done.returncode, done.stdout) == (1, "")
    first, second = done.stderr.splitlines()
    assert first == "reading no/such from the Hub, or from its cache ..."
    assert second.startswith("rnnsent: error: ")
    quiet = rnnsent(tmp_path, endpoint, "datasets", "no/such", "-q")
    assert quiet.stderr.splitlines() == [second]
    assert "there is no data set 'no/such'" in done.stderr
