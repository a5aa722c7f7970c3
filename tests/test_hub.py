"""Proves that data sets come from a Hub through the real client library, and that a missing one is told in one line."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from types import SimpleNamespace

import pyarrow
import pyarrow.parquet
import pytest
from hub import CUT, DROPPED, serve

from rnnsent.data import hub
from rnnsent.errors import DataError

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


def rnnsent(home: Path, endpoint: str, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HF_")}
    environment = (
        kept
        | variables
        | {
            "HF_ENDPOINT": endpoint,
            "HF_HOME": str(home),
            "HF_HUB_DISABLE_TELEMETRY": "1",
            "NO_PROXY": "127.0.0.1",
            "PYTHONUTF8": "1",
        }
    )
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
    troubles = cycle([0, 0, 0, 503, 0, 0, CUT, 0, 0, DROPPED])
    with serve(root, trouble=lambda: next(troubles)) as endpoint:
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


TOKEN = "hf_" + "secret" * 4


@pytest.mark.parametrize(
    ("status", "code", "words"),
    [
        (401, "GatedRepo", "owner/name is gated: accept its terms on"),
        (403, "GatedRepo", "owner/name is gated: accept its terms on"),
        (401, "RepoNotFound", "a private one needs HF_TOKEN or `hf auth login`"),
        (401, "Invalid credentials in Authorization header", "(401): the token is not valid or may not read it; set"),
        (403, "", "(403): the token is not valid or may not read it; set HF_TOKEN to one that may"),
    ],
)
def test_a_data_set_that_a_token_opens_says_what_to_do_and_tells_no_token(
    tmp_path, root: Path, status: int, code: str, words: str
) -> None:
    with serve(root, refused={"owner": (status, code)}) as endpoint:
        done = rnnsent(tmp_path, endpoint, "datasets", "owner/name", "-q", HF_TOKEN=TOKEN)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert words in done.stderr
    assert TOKEN not in done.stderr
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and TOKEN.encode() in path.read_bytes()]


def test_a_hub_that_only_fails_is_told_in_one_line(root: Path, tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    error = OSError("Couldn't find any data file")
    error.__cause__ = answered(503)
    tries = failing_load(monkeypatch, error)
    with pytest.raises(
        DataError, match=r"owner/name cannot be loaded: \S+ answers with the error 503; try again later"
    ):
        hub._load("owner/name", None)
    assert len(tries) == len(hub.PAUSES) + 1
    monkeypatch.setattr(hub, "PATIENCE", -1.0)
    tries.clear()
    with pytest.raises(DataError, match="503"):
        hub._load("owner/name", None)
    assert len(tries) == 1


def answered(status: int) -> Exception:
    """An error of the client library for an answer of that status."""
    error = RuntimeError("the Hub says no")
    error.response = SimpleNamespace(status_code=status)
    return error


def failing_load(monkeypatch: pytest.MonkeyPatch, error: Exception) -> list[dict[str, object]]:
    """Let every load fail; gives the list of what was asked for."""
    import datasets

    tries: list[dict[str, object]] = []

    def fail(identifier: str, **options: object) -> None:
        tries.append(options)
        raise error

    monkeypatch.setattr(datasets, "load_dataset", fail)
    monkeypatch.setattr(hub, "PAUSES", (0.0, 0.0))
    return tries


def test_no_code_of_a_data_set_is_run(monkeypatch: pytest.MonkeyPatch) -> None:
    tries = failing_load(monkeypatch, RuntimeError("Dataset scripts are no longer supported, but found name.py"))
    with pytest.raises(DataError, match="cannot be loaded"):
        hub._load("owner/name", None)
    assert tries == [{"name": None}, {"data_dir": None, "revision": hub.CONVERTED}]


def test_no_secret_is_told_whatever_the_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", "plain-token")
    failing_load(monkeypatch, ValueError(f"bearer plain-token or {TOKEN} at http://me:pass@host/x"))
    with pytest.raises(DataError, match=r"cannot be loaded: bearer \*\*\* or  at http://host/x"):
        hub._load("owner/name", None)
    monkeypatch.setenv("HF_ENDPOINT", "http://me:pass@host")
    failing_load(monkeypatch, ConnectionError("no"))
    with pytest.raises(DataError, match="cannot reach http://host; check the network"):
        hub._load("owner/name", None)


def test_offline_a_data_set_comes_from_the_cache_or_is_told_to_be_missing_there(tmp_path, endpoint: str) -> None:
    assert rnnsent(tmp_path, endpoint, "datasets", "owner/name").returncode == 0
    nowhere = "http://127.0.0.1:9"
    done = rnnsent(tmp_path, nowhere, "datasets", "owner/name", "--json", HF_HUB_OFFLINE="1")
    assert [split["texts"] for split in json.loads(done.stdout)["splits"]] == [3, 2]
    done = rnnsent(tmp_path, nowhere, "datasets", "owner/other", "-q", HF_HUB_OFFLINE="1")
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "owner/other is not in the cache and HF_HUB_OFFLINE is set; unset it" in done.stderr
    done = rnnsent(tmp_path, nowhere, "datasets", "owner/other", "-q")
    assert f"cannot reach {nowhere}; check the network" in done.stderr
