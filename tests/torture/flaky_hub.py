"""Load a data set from a Hub with random faults: `python -m tests.torture.flaky_hub --minutes 5 --rate 0.2`.

The Hub is that of tests/support/hub.py. A fraction of its responses are errors, are truncated, or are never sent. Every
load, by `rnnsent datasets` or a small `rnnsent train`, starts with an empty cache and must either succeed or fail with
one line of error. The exit code is 1 if a load ended otherwise, or if the token was in its output or in a file.
"""

import argparse
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import threading
import time
import traceback
from dataclasses import dataclass
from pathlib import Path

from tests.support.hub import DROPPED, TRUNCATED, serve

FAULTS = (429, 500, 502, 503, 504, TRUNCATED, DROPPED)
TOKEN = "hf_" + "secret" * 4
TIMEOUT = 300  # seconds after which a load counts as hung
CRASHED = 70  # the exit status of a child that raised
TRAIN = ["train", "owner/name", "--device", "cpu", "--hidden-size", "4", "--epochs", "1"]
for setting in ("model.embedding_dim=4", "training.min_steps=0", "tokenizer.min_frequency=1"):
    TRAIN += ["--set", setting]
DATASETS = ["datasets", "owner/name", "--json"]


@dataclass
class Counts:
    """The outcomes of a campaign."""

    loads: int = 0
    succeeded: int = 0
    reported: int = 0  # failed with one line of error
    crashed: int = 0
    leaked: int = 0  # loads with the token in a stream or a file
    slowest: float = 0.0  # seconds

    def __str__(self) -> str:
        return (
            f"{self.loads} loads: {self.succeeded} succeeded, {self.reported} reported in one line, "
            f"{self.crashed} crashed, {self.leaked} leaked the token; slowest {self.slowest:.1f} s"
        )


def run_campaign(folder: Path, *, rate: float, seed: int, seconds: float, max_loads: int | None) -> Counts:
    """Load repeatedly until the time is over or `max_loads` is reached. Changes this process's environment for good."""
    write_data(folder / "root")
    random_load = random.Random(seed)
    endpoint, server = start_server(folder / "root", rate, seed)
    home = folder / "home"
    os.environ |= {"HF_ENDPOINT": endpoint, "HF_HOME": str(home), "HF_TOKEN": TOKEN, "NO_PROXY": "127.0.0.1"}
    os.environ |= {"HF_HUB_DISABLE_TELEMETRY": "1", "RNNSENT_MODELS_DIR": str(folder / "models")}
    os.environ.pop("HF_HUB_OFFLINE", None)
    import datasets  # noqa: F401 - after the variables are set, and once, because the children inherit it

    counts, deadline = Counts(), time.monotonic() + seconds
    try:
        while time.monotonic() < deadline and counts.loads != max_loads:
            for name in ("home", "models"):
                shutil.rmtree(folder / name, ignore_errors=True)
            home.mkdir()
            load_once(counts, folder, TRAIN if random_load.randrange(4) == 0 else DATASETS)
    finally:
        os.kill(server, signal.SIGKILL)
        os.waitpid(server, 0)
    return counts


def write_data(root: Path) -> None:
    data = root / "owner" / "name" / "data"
    data.mkdir(parents=True)
    for split, count in (("train", 60), ("test", 20)):
        rows = [f"{'good' if i % 2 else 'bad'} film {i},{'pos' if i % 2 else 'neg'}" for i in range(count)]
        (data / f"{split}.csv").write_text("text,label\n" + "\n".join(rows) + "\n", encoding="utf-8")


def start_server(root: Path, rate: float, seed: int) -> tuple[str, int]:
    """Serve the data in a child process until it is killed; returns the endpoint and the process id."""
    reader, writer = os.pipe()
    if process := os.fork():
        os.close(writer)
        with os.fdopen(reader) as pipe:
            return pipe.readline().strip(), process
    random_fault = random.Random(seed)

    def next_fault() -> int:
        return random_fault.choice(FAULTS) if random_fault.random() < rate else 0

    with serve(root, next_fault=next_fault) as endpoint:
        os.write(writer, endpoint.encode() + b"\n")
        while True:
            signal.pause()


def load_once(counts: Counts, folder: Path, arguments: list[str]) -> None:
    start = time.monotonic()
    status = run_in_child(arguments, folder)
    counts.loads += 1
    counts.slowest = max(counts.slowest, time.monotonic() - start)
    out, err = (folder / "out").read_text(encoding="utf-8"), (folder / "err").read_text(encoding="utf-8")
    errors = [line for line in err.splitlines() if not line.startswith("loading ")]
    if status == 0 and is_complete(arguments, out, folder):
        counts.succeeded += 1
    elif status == 1 and not out and len(errors) == 1 and errors[0].startswith("rnnsent: error: owner/name "):
        counts.reported += 1
    else:
        counts.crashed += 1
        print(f"{' '.join(arguments)}: status {status}\n{out}\n{err[-3_000:]}", flush=True)
    files = [path for path in folder.rglob("*") if path.is_file()]
    counts.leaked += any(TOKEN.encode() in path.read_bytes() for path in files)


def is_complete(arguments: list[str], out: str, folder: Path) -> bool:
    if arguments is TRAIN:
        return json.loads((folder / "models" / "name" / "config.json").read_text(encoding="utf-8"))["finished"]
    return [split["texts"] for split in json.loads(out)["splits"]] == [60, 20]


def run_in_child(arguments: list[str], folder: Path) -> int:
    """Run a command line in a child process, which is killed if it hangs; returns its exit status."""
    if pid := os.fork():
        killer = threading.Timer(TIMEOUT, os.kill, [pid, signal.SIGKILL])
        killer.start()
        status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        killer.cancel()
        killer.join()
        return status
    for name, descriptor in (("out", 1), ("err", 2)):
        os.dup2(os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), descriptor)
    status = CRASHED
    try:
        from rnnsent.cli.app import run

        status = run(arguments)
        sys.stdout.flush()
    except BaseException:
        traceback.print_exc()
    os._exit(status)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=1.0, help="Stop after this many minutes.")
    parser.add_argument("--loads", type=int, help="Stop after this many loads.")
    parser.add_argument("--rate", type=float, default=0.2, help="Fraction of responses that are faults.")
    parser.add_argument("--seed", type=int, default=0, help="Random seed.")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        counts = run_campaign(
            Path(folder), rate=options.rate, seed=options.seed, seconds=60 * options.minutes, max_loads=options.loads
        )
    print(counts)
    return 1 if counts.crashed or counts.leaked else 0


if __name__ == "__main__":
    sys.exit(main())
