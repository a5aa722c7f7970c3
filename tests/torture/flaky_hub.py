"""Load a data set from a Hub that fails at random: `python -m tests.torture.flaky_hub --minutes 5 --rate 0.2`.

The Hub is that of tests/hub.py; a share of its answers are errors, are cut short or never come. Each load, by `datasets`
or by a small `train`, starts with an empty cache and must end in success or in one line of error. The exit code is 1
where one ended otherwise, or a token was found in what it wrote.
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

sys.path.insert(0, str(Path(__file__).parents[1]))

from hub import CUT, DROPPED, serve

TROUBLES = (429, 500, 502, 503, 504, CUT, DROPPED)
TOKEN = "hf_" + "secret" * 4
LONGEST = 300  # seconds after which a load hangs
BROKEN = 70
SMALL = ["--hidden", "4", "--embedding-dim", "4", "--epochs", "1", "--min-updates", "0", "--min-frequency", "1"]


@dataclass
class Counts:
    """What a campaign did and found."""

    loads: int = 0
    succeeded: int = 0
    told: int = 0  # in one line of error
    crashes: int = 0
    leaks: int = 0  # of the token, into a stream or a file
    slowest: float = 0.0

    def __str__(self) -> str:
        return (
            f"{self.loads} loads: {self.succeeded} succeeded, {self.told} told in one line, crashes {self.crashes}, "
            f"tokens told {self.leaks}; slowest {self.slowest:.1f} s"
        )


def campaign(folder: Path, *, rate: float, seed: int, seconds: float, most: int | None) -> Counts:
    """Load until the time is over or so many loads were made. Sets variables of this process, once and for all."""
    write_data(folder / "root")
    chance = random.Random(seed)
    endpoint, server = in_a_process_of_its_own(folder / "root", rate, seed)
    home = folder / "home"
    os.environ |= {"HF_ENDPOINT": endpoint, "HF_HOME": str(home), "HF_TOKEN": TOKEN, "NO_PROXY": "127.0.0.1"}
    os.environ |= {"HF_HUB_DISABLE_TELEMETRY": "1", "RNNSENT_MODELS_DIR": str(folder / "models")}
    os.environ.pop("HF_HUB_OFFLINE", None)
    import datasets  # noqa: F401 - reads the variables, and no child loads it again

    counts, end = Counts(), time.monotonic() + seconds
    try:
        while time.monotonic() < end and counts.loads != most:
            for each in ("home", "models"):
                shutil.rmtree(folder / each, ignore_errors=True)
            home.mkdir()
            training = chance.randrange(4) == 0
            arguments = (
                ["train", "owner/name", "--device", "cpu", *SMALL] if training else ["datasets", "owner/name", "--json"]
            )
            one(counts, folder, arguments)
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


def in_a_process_of_its_own(root: Path, rate: float, seed: int) -> tuple[str, int]:
    """Serve the data until the process, whose id is given beside the endpoint, is killed."""
    reader, writer = os.pipe()
    if process := os.fork():
        os.close(writer)
        with os.fdopen(reader) as told:
            return told.readline().strip(), process
    chance = random.Random(seed)
    with serve(root, trouble=lambda: chance.choice(TROUBLES) if chance.random() < rate else 0) as endpoint:
        os.write(writer, endpoint.encode() + b"\n")
        while True:
            signal.pause()


def one(counts: Counts, folder: Path, arguments: list[str]) -> None:
    start = time.monotonic()
    status = in_child(arguments, folder)
    counts.loads += 1
    counts.slowest = max(counts.slowest, time.monotonic() - start)
    out, err = (folder / "out").read_text(encoding="utf-8"), (folder / "err").read_text(encoding="utf-8")
    errors = [line for line in err.splitlines() if not line.startswith("reading ")]
    if status == 0 and is_whole(arguments, out, folder):
        counts.succeeded += 1
    elif status == 1 and not out and len(errors) == 1 and errors[0].startswith("rnnsent: error: owner/name "):
        counts.told += 1
    else:
        counts.crashes += 1
        print(f"{' '.join(arguments)}: status {status}\n{out}\n{err[-3_000:]}", flush=True)
    files = [path for path in folder.rglob("*") if path.is_file()]
    counts.leaks += any(TOKEN.encode() in path.read_bytes() for path in files)


def is_whole(arguments: list[str], out: str, folder: Path) -> bool:
    if arguments[0] == "train":
        return json.loads((folder / "models" / "name" / "config.json").read_text(encoding="utf-8"))["finished"]
    return [split["texts"] for split in json.loads(out)["splits"]] == [60, 20]


def in_child(arguments: list[str], folder: Path) -> int:
    """Run a command line in a process of its own, which is killed where it hangs; its exit status."""
    if pid := os.fork():
        killer = threading.Timer(LONGEST, os.kill, [pid, signal.SIGKILL])
        killer.start()
        status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        killer.cancel()
        killer.join()
        return status
    for name, descriptor in (("out", 1), ("err", 2)):
        os.dup2(os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), descriptor)
    status = BROKEN
    try:
        from rnnsent.cli.app import run

        status = run(arguments)
        sys.stdout.flush()
    except BaseException:
        traceback.print_exc()
    os._exit(status)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--loads", type=int, help="Stop after so many.")
    parser.add_argument("--rate", type=float, default=0.2, help="Share of answers that fail.")
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        counts = campaign(Path(folder), rate=asked.rate, seed=asked.seed, seconds=60 * asked.minutes, most=asked.loads)
    print(counts)
    return 1 if counts.crashes or counts.leaks else 0


if __name__ == "__main__":
    sys.exit(main())
