"""Data sets are loaded from a Hub with the real client library, and every failure is reported in one line."""

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

from rnnsent.data import hub
from rnnsent.data.hub import HubSource
from rnnsent.errors import DataError
from tests.support.hub import DROPPED, TRUNCATED, serve

TOKEN = "hf_" + "secret" * 4
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


# Retries at once: the Hub's library would wait for 23 s before it reports an unreachable Hub.
RUN_WITHOUT_WAITING = "import time; time.sleep = lambda seconds: None; from rnnsent.__main__ import main; main()"


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


def run_rnnsent(home: Path, endpoint: str, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("HF_")}
    environment = (
        inherited
        | variables
        | {
            "HF_ENDPOINT": endpoint,
            "HF_HOME": str(home),
            "HF_HUB_DISABLE_TELEMETRY": "1",
            "NO_PROXY": "127.0.0.1",
            "PYTHONUTF8": "1",
        }
    )
    command = [sys.executable, "-c", RUN_WITHOUT_WAITING, *arguments]
    return subprocess.run(command, env=environment, cwd=home, capture_output=True, encoding="utf-8", timeout=120)


def test_summary(tmp_path: Path, endpoint: str) -> None:
    """`rnnsent datasets` summarizes a data set from the Hub split by split."""
    result = run_rnnsent(tmp_path, endpoint, "datasets", "owner/name", "--json")
    assert result.returncode == 0, result.stderr
    summary = json.loads(result.stdout)
    splits = {split["name"]: split for split in summary["splits"]}
    assert splits["train"]["classes"] == {"negative": 1, "positive": 2}
    assert splits["train"]["n_skipped"] == 1
    assert splits["test"]["texts"] == 2
    assert summary["shared"] == {"train/test": 1}
    assert summary["location"] == "owner/name"


def test_transient_errors(tmp_path: Path, root: Path) -> None:
    """A Hub that fails now and then is retried."""
    faults = cycle([0, 0, 0, 503, 0, 0, TRUNCATED, 0, 0, DROPPED])
    with serve(root, next_fault=lambda: next(faults)) as endpoint:
        result = run_rnnsent(tmp_path, endpoint, "datasets", "owner/name", "--json")
    assert (result.returncode, [split["texts"] for split in json.loads(result.stdout)["splits"]]) == (0, [3, 2])


def test_missing_data_set(tmp_path: Path, endpoint: str) -> None:
    """A data set that does not exist is reported in one line."""
    result = run_rnnsent(tmp_path, endpoint, "datasets", "no/such")
    assert (result.returncode, result.stdout) == (1, "")
    first, second = result.stderr.splitlines()
    assert first == "loading no/such from the Hugging Face Hub or its cache ..."
    assert second.startswith("rnnsent: error: ")
    assert "no data set 'no/such'" in second
    quiet = run_rnnsent(tmp_path, endpoint, "datasets", "no/such", "-q")
    assert quiet.stderr.splitlines() == [second]


@pytest.mark.parametrize(
    ("status", "code", "message"),
    [
        (401, "GatedRepo", "owner/name is gated: accept its terms on"),
        (403, "GatedRepo", "owner/name is gated: accept its terms on"),
        (401, "RepoNotFound", "a private one needs HF_TOKEN or `hf auth login`"),
        (401, "Invalid credentials in Authorization header", "(401): the token is invalid or lacks access; set"),
        (403, "", "(403): the token is invalid or lacks access; set HF_TOKEN to one with access"),
    ],
)
def test_access_denied(tmp_path: Path, root: Path, status: int, code: str, message: str) -> None:
    """The error for a data set that needs a token has a remedy, and the token is written nowhere."""
    with serve(root, denied={"owner": (status, code)}) as endpoint:
        result = run_rnnsent(tmp_path, endpoint, "datasets", "owner/name", "-q", HF_TOKEN=TOKEN)
    assert (result.returncode, result.stdout, result.stderr.count("\n")) == (1, "", 1)
    assert message in result.stderr
    assert TOKEN not in result.stderr
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and TOKEN.encode() in path.read_bytes()]


def error_with_status(status: int) -> Exception:
    """An error of the client library for an HTTP response with this status."""
    error = RuntimeError("the response was an error")
    error.response = SimpleNamespace(status_code=status)
    return error


def fail_every_load(monkeypatch: pytest.MonkeyPatch, error: Exception) -> list[dict[str, object]]:
    """Make every load fail without delays; returns the list to which each attempt adds its options."""
    import datasets

    attempts: list[dict[str, object]] = []

    def load_dataset(repo_id: str, **options: object) -> None:
        attempts.append(options)
        raise error

    monkeypatch.setattr(datasets, "load_dataset", load_dataset)
    monkeypatch.setattr(hub, "RETRY_DELAYS", (0.0, 0.0))
    return attempts


def test_permanent_errors(monkeypatch: pytest.MonkeyPatch) -> None:
    """A Hub that always fails is retried a limited number of times, for a limited time."""
    error = OSError("Couldn't find any data file")
    error.__cause__ = error_with_status(503)
    attempts = fail_every_load(monkeypatch, error)
    with pytest.raises(DataError, match=r"owner/name cannot be loaded: \S+ responded with error 503; try again later$"):
        hub._load("owner/name", None)
    assert len(attempts) == len(hub.RETRY_DELAYS) + 1
    monkeypatch.setattr(hub, "RETRY_TIMEOUT", -1.0)
    attempts.clear()
    with pytest.raises(DataError, match="503"):
        hub._load("owner/name", None)
    assert len(attempts) == 1


def test_no_code_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """A data set with a loading script is loaded from its converted Parquet files; the script never runs."""
    attempts = fail_every_load(monkeypatch, RuntimeError("Dataset scripts are no longer supported, but found name.py"))
    with pytest.raises(DataError, match="cannot be loaded"):
        hub._load("owner/name", None)
    assert attempts == [{"name": None}, {"data_dir": None, "revision": hub.PARQUET_REVISION}]


def test_no_secret_in_errors(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tokens and passwords are removed from every error."""
    monkeypatch.setenv("HF_TOKEN", "plain-token")
    fail_every_load(monkeypatch, ValueError(f"bearer plain-token or {TOKEN} at http://me:pass@host/x"))
    with pytest.raises(DataError, match=r"cannot be loaded: bearer \*\*\* or  at http://host/x"):
        hub._load("owner/name", None)
    monkeypatch.setenv("HF_ENDPOINT", "http://me:pass@host")
    fail_every_load(monkeypatch, ConnectionError("no"))
    with pytest.raises(DataError, match="cannot connect to http://host; check the network"):
        hub._load("owner/name", None)


def test_offline(tmp_path: Path, endpoint: str) -> None:
    """Offline, a data set is loaded from the cache, or its absence is reported in one line."""
    assert run_rnnsent(tmp_path, endpoint, "datasets", "owner/name").returncode == 0
    unreachable = "http://127.0.0.1:9"
    result = run_rnnsent(tmp_path, unreachable, "datasets", "owner/name", "--json", HF_HUB_OFFLINE="1")
    assert [split["texts"] for split in json.loads(result.stdout)["splits"]] == [3, 2]
    result = run_rnnsent(tmp_path, unreachable, "datasets", "owner/other", "-q", HF_HUB_OFFLINE="1")
    assert (result.returncode, result.stderr.count("\n")) == (1, 1)
    assert "owner/other is not in the cache and HF_HUB_OFFLINE is set; unset it" in result.stderr
    result = run_rnnsent(tmp_path, unreachable, "datasets", "owner/other", "-q")
    assert f"cannot connect to {unreachable}; check the network" in result.stderr


def dataset(labels: list[int], names: list[str]) -> object:
    """A split with texts "text 0", "text 1", ... as the `datasets` library loads it."""
    import datasets

    features = datasets.Features({"text": datasets.Value("string"), "label": datasets.ClassLabel(names=names)})
    rows = {"text": [f"text {i}" for i in range(len(labels))], "label": labels}
    return datasets.Dataset.from_dict(rows, features=features)


def test_class_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Class names given for a data set replace those on the Hub."""
    monkeypatch.setattr(hub, "_load", lambda repo_id, config: {"train": dataset([1, 0, -1], ["0", "1"])})
    assert HubSource("set", "owner/set").read("train").classes == ("0", "1")
    examples = HubSource("set", "owner/set", class_names=("neg", "pos")).read("train")
    assert (examples.classes, examples.labels.tolist(), examples.n_skipped) == (("negative", "positive"), [1, 0], 1)


def test_unlabeled_split(monkeypatch: pytest.MonkeyPatch) -> None:
    """-1 means unlabeled where classes are declared, and in a split whose name says so; otherwise it is a class."""
    import datasets

    split = datasets.Dataset.from_dict({"text": ["good film", "bad film"], "label": [1, -1]})
    monkeypatch.setattr(hub, "_load", lambda repo_id, config: {"train": split, "unlabeled": split})
    source = HubSource("set", "owner/set")
    assert source.read("train").classes == ("-1", "1")
    assert source.read("train").origin == "text 'text', label 'label'"
    assert (source.read("unlabeled").classes, source.read("unlabeled").n_without_label) == (("1",), 1)


def test_label_map(monkeypatch: pytest.MonkeyPatch) -> None:
    """A label map renames, folds, and drops the classes of the features; an unknown class is rejected."""
    split = dataset([0, 1, 2, 3], ["very bad", "bad", "unclear", "good"])
    monkeypatch.setattr(hub, "_load", lambda repo_id, config: {"train": split})
    label_map = {"very bad": "negative", "bad": "negative", "unclear": None, "good": "positive"}
    examples = HubSource("set", "owner/set", label_map=label_map).read("train")
    assert (examples.texts, examples.classes) == (["text 0", "text 1", "text 3"], ("negative", "positive"))
    assert (examples.labels.tolist(), examples.n_skipped) == ([0, 0, 1], 1)
    with pytest.raises(
        DataError,
        match=r"^set \(owner/set, train\): .* 'worse'; the classes are 'very bad' 1, bad 1, unclear 1, good 1",
    ):
        HubSource("set", "owner/set", label_map={"worse": "bad"}).read("train")
