"""Hostile checkpoints: strategies that corrupt a valid checkpoint, and a function that uses the result in every way.

Shared by tests/test_fuzz_checkpoint.py, which runs for seconds, and tests/torture/fuzz_checkpoints.py, for minutes.
"""

import copy
import json
import resource
import shutil
import struct
import sys
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from hypothesis import strategies as st

from rnnsent.checkpoint.card import model_card
from rnnsent.checkpoint.checkpoint import CONFIG, METRICS, TOKENIZER, WEIGHTS, Checkpoint
from rnnsent.checkpoint.manifest import MANIFEST
from rnnsent.errors import RnnsentError
from rnnsent.predictor import Predictor

FIXTURES = Path(__file__).parents[1] / "checkpoints"
KINDS = ("rnn", "gru", "bpe", "lstm")
MAX_SECONDS, MAX_BYTES = 2.0, 500_000_000
TEXTS = ["A good film.", "it's DULL <pad> 電影!", "", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!"]

# JSON that Python's json module would not write; it replaces the markers after the rest was written.
RAW_JSON = {
    "@deep@": "[" * 50_000 + "]" * 50_000,
    "@objects@": '{"a":' * 50_000 + "1" + "}" * 50_000,
    "@digits@": "9" * 9_000,
}
NUMBERS = [0, 1, 2, 3, -1, 0.5, -0.0, 255, 2**31, 2**32, 2**53, 2**63, 2**64, 10**30, 10**400, 1e308, 5e-324]
VALUES = st.one_of(
    st.sampled_from(
        [*NUMBERS, float("nan"), float("inf"), -float("inf"), None, True, False, "", [], {}, [[]], *RAW_JSON]
    ),
    st.sampled_from(
        ["F32", "F16", "F64", "BF16", "I8", "U8", "U32", "I64", "BOOL", "lstm", "word", "bpe", "x" * 9_000]
    ),
    st.text(max_size=8),
    st.lists(st.integers(-1, 2**63), max_size=4),
    st.dictionaries(st.text(max_size=4), st.integers(), max_size=3),
)


@dataclass(frozen=True)
class CorruptedCheckpoint:
    """A valid checkpoint from tests/checkpoints, and the new content of some of its files."""

    kind: str
    files: dict[str, bytes]

    def write(self, folder: Path) -> None:
        """Write the checkpoint, without its manifest unless that is corrupted: the digests would detect all else."""
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(FIXTURES / self.kind, folder)
        for name, content in self.files.items():
            (folder / name).write_bytes(content)
        if MANIFEST not in self.files:
            (folder / MANIFEST).unlink(missing_ok=True)


@st.composite
def corrupted_checkpoints(draw: st.DrawFn) -> CorruptedCheckpoint:
    """Checkpoints with one or two corrupted files."""
    kind = draw(st.sampled_from(KINDS))
    names = draw(st.lists(st.sampled_from([CONFIG, WEIGHTS, TOKENIZER, METRICS]), min_size=1, max_size=2, unique=True))
    if draw(st.integers(0, 9)) == 0:
        names = [MANIFEST]
    files = {}
    for name in names:
        content = (FIXTURES / kind / name).read_bytes()
        corrupt = draw(st.sampled_from([_corrupt_bytes, _corrupt_values, _corrupt_values, _corrupt_values]))
        files[name] = corrupt(draw, name, content)
    return CorruptedCheckpoint(kind, files)


def _corrupt_bytes(draw: st.DrawFn, name: str, content: bytes) -> bytes:
    """Truncate, overwrite or extend the content, regardless of its format."""
    start = draw(st.integers(0, len(content)))
    other = draw(st.binary(max_size=16))
    return draw(
        st.sampled_from(
            [content[:start], content[:start] + other + content[start + len(other) :], content[:start] + other, other]
        )
    )


def _corrupt_values(draw: st.DrawFn, name: str, content: bytes) -> bytes:
    """Change values of the JSON; of the weights the header, its length, or the numbers."""
    if name != WEIGHTS:
        return _corrupt_json(draw, content)
    (length,) = struct.unpack("<Q", content[:8])
    header, numbers = content[8 : 8 + length], bytearray(content[8 + length :])
    part = draw(st.sampled_from(["header", "header", "length", "numbers"]))
    if part == "header":
        header = _corrupt_json(draw, header)
        length = len(header)
    elif part == "length":
        length = draw(st.one_of(st.integers(0, 2**64 - 1), st.integers(0, 2 * length)))
    else:
        special = [np.nan, np.inf, -np.inf, 3e38, 1e30, 1e6, -1e6, 1e-45, 0]
        for value in draw(st.lists(st.sampled_from(special), min_size=1, max_size=8)):
            start = 4 * draw(st.integers(0, len(numbers) // 4 - 1))
            numbers[start : start + 4] = np.float32(value).tobytes()
    return struct.pack("<Q", length) + header + bytes(numbers)


def _corrupt_json(draw: st.DrawFn, content: bytes) -> bytes:
    values = json.loads(content)
    for _ in range(draw(st.integers(1, 3))):
        _edit_value(draw, values)
    text = json.dumps(values)
    for marker, raw in RAW_JSON.items():
        text = text.replace(json.dumps(marker), raw)
    return text.encode()


def _edit_value(draw: st.DrawFn, values: Any) -> None:
    """Replace, remove or add one value at any depth of nested lists and objects."""
    while True:
        keys = list(values) if isinstance(values, dict) else list(range(len(values)))
        if not keys:
            return
        key = draw(st.sampled_from(keys))
        if isinstance(values[key], (dict, list)) and values[key] and draw(st.integers(0, 4)):
            values = values[key]
            continue
        break
    edit = draw(st.sampled_from(["replace", "replace", "replace", "remove", "add"]))
    value = copy.deepcopy(draw(VALUES))  # a later edit may change it
    if edit == "remove":
        del values[key]
    elif edit == "add" and isinstance(values, dict):
        values[draw(st.text(max_size=8))] = value
    elif edit == "add":
        values.append(value)
    else:
        values[key] = value


def use(folder: Path) -> tuple[Literal["rejected", "loaded"], float]:
    """Load a checkpoint and use it in every way; returns the outcome and the CPU time in seconds.

    Every exception but RnnsentError is raised, and so is a warning.
    """
    start = time.process_time()
    outcome: Literal["rejected", "loaded"] = "loaded"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            _load_and_predict(folder)
        except RnnsentError as error:
            assert str(folder) in str(error), f"the error names no file: {error}"
            assert len(str(error)) < 2_000
            outcome = "rejected"
    return outcome, time.process_time() - start


def _load_and_predict(folder: Path) -> None:
    checkpoint = Checkpoint.read(folder)
    _ = checkpoint.size, checkpoint.num_parameters, checkpoint.config()
    predictor = Predictor(checkpoint)
    for prediction in predictor.predict(TEXTS):
        if prediction.probabilities is not None:
            probabilities = list(prediction.probabilities.values())
            assert all(0 <= probability <= 1 for probability in probabilities), probabilities
            assert abs(sum(probabilities) - 1) < 1e-6, probabilities
    predictor.trace(TEXTS[0])
    model_card(checkpoint, checkpoint.metrics)


@contextmanager
def memory_limit(max_bytes: int = MAX_BYTES) -> Iterator[None]:
    """Limit the memory that this process may allocate in addition to what it uses; on Linux only."""
    if not sys.platform.startswith("linux"):
        yield
        return
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    before = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + max_bytes, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)


def warm_up() -> None:
    """Use every valid checkpoint, so that what libraries load once does not count against the limits."""
    for kind in KINDS:
        assert use(FIXTURES / kind)[0] == "loaded"
