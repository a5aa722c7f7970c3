"""Checkpoints as a stranger may make them: strategies that spoil a sound one, and one attempt to use what comes out.

Shared by test_fuzz_checkpoint, for seconds, and tests/torture/fuzz_checkpoints.py, for minutes.
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
from typing import Any

import numpy as np
from hypothesis import strategies as st

from rnnsent.errors import RnnsentError
from rnnsent.model.card import model_card
from rnnsent.model.checkpoint import CONFIG, METRICS, TOKENIZER, WEIGHTS, Checkpoint
from rnnsent.model.manifest import MANIFEST
from rnnsent.predict import Predictor

FIXTURES = Path(__file__).parent / "checkpoints"
FORMATS = (1, 2, 3, 4)
SECONDS, BYTES = 2.0, 500_000_000
TEXTS = ["A good film.", "it's DULL <pad> 電影!", "", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!"]

# JSON that Python does not write, put in after it wrote the rest.
RAW = {
    "@deep@": "[" * 50_000 + "]" * 50_000,
    "@objects@": '{"a":' * 50_000 + "1" + "}" * 50_000,
    "@digits@": "9" * 9_000,
}
NUMBERS = [0, 1, 2, 3, -1, 0.5, -0.0, 255, 2**31, 2**32, 2**53, 2**63, 2**64, 10**30, 10**400, 1e308, 5e-324]
VALUES = st.one_of(
    st.sampled_from([*NUMBERS, float("nan"), float("inf"), -float("inf"), None, True, False, "", [], {}, [[]], *RAW]),
    st.sampled_from(
        ["F32", "F16", "F64", "BF16", "I8", "U8", "U32", "I64", "BOOL", "lstm", "word", "bpe", "x" * 9_000]
    ),
    st.text(max_size=8),
    st.lists(st.integers(-1, 2**63), max_size=4),
    st.dictionaries(st.text(max_size=4), st.integers(), max_size=3),
)


@dataclass(frozen=True)
class Spoiled:
    """A sound checkpoint of some format, and the content of the files that are exchanged."""

    format: int
    files: dict[str, bytes]

    def write(self, folder: Path) -> None:
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(FIXTURES / f"format-{self.format}", folder)
        for name, content in self.files.items():
            (folder / name).write_bytes(content)
        if MANIFEST not in self.files:  # what is spoiled would be told by its digest alone
            (folder / MANIFEST).unlink(missing_ok=True)


@st.composite
def spoiled(draw: st.DrawFn) -> Spoiled:
    format_ = draw(st.sampled_from(FORMATS))
    names = draw(st.lists(st.sampled_from([CONFIG, WEIGHTS, TOKENIZER, METRICS]), min_size=1, max_size=2, unique=True))
    if format_ == 4 and draw(st.integers(0, 9)) == 0:
        names = [MANIFEST]
    files = {}
    for name in names:
        content = (FIXTURES / f"format-{format_}" / name).read_bytes()
        way = draw(st.sampled_from([_damaged, _restated, _restated, _restated]))
        files[name] = way(draw, name, content)
    return Spoiled(format_, files)


def _damaged(draw: st.DrawFn, name: str, content: bytes) -> bytes:
    """Cut short, overwritten or made longer, without regard to what it means."""
    place = draw(st.integers(0, len(content)))
    other = draw(st.binary(max_size=16))
    return draw(
        st.sampled_from(
            [content[:place], content[:place] + other + content[place + len(other) :], content[:place] + other, other]
        )
    )


def _restated(draw: st.DrawFn, name: str, content: bytes) -> bytes:
    """The JSON with other values in a few places; of weights the header's, or its length, or the numbers behind it."""
    if name != WEIGHTS:
        return _json(draw, content)
    (length,) = struct.unpack("<Q", content[:8])
    header, numbers = content[8 : 8 + length], bytearray(content[8 + length :])
    part = draw(st.sampled_from(["header", "header", "length", "numbers"]))
    if part == "header":
        header = _json(draw, header)
        length = len(header)
    elif part == "length":
        length = draw(st.one_of(st.integers(0, 2**64 - 1), st.integers(0, 2 * length)))
    else:
        special = [np.nan, np.inf, -np.inf, 3e38, 1e30, 1e6, -1e6, 1e-45, 0]
        for value in draw(st.lists(st.sampled_from(special), min_size=1, max_size=8)):
            start = 4 * draw(st.integers(0, len(numbers) // 4 - 1))
            numbers[start : start + 4] = np.float32(value).tobytes()
    return struct.pack("<Q", length) + header + bytes(numbers)


def _json(draw: st.DrawFn, content: bytes) -> bytes:
    values = json.loads(content)
    for _ in range(draw(st.integers(1, 3))):
        _change(draw, values)
    text = json.dumps(values)
    for marker, raw in RAW.items():
        text = text.replace(json.dumps(marker), raw)
    return text.encode()


def _change(draw: st.DrawFn, values: Any) -> None:
    """Replace, remove or add one value, somewhere in lists and objects."""
    while True:
        keys = list(values) if isinstance(values, dict) else list(range(len(values)))
        if not keys:
            return
        key = draw(st.sampled_from(keys))
        if isinstance(values[key], (dict, list)) and values[key] and draw(st.integers(0, 4)):
            values = values[key]
            continue
        break
    way = draw(st.sampled_from(["replace", "replace", "replace", "remove", "add"]))
    value = copy.deepcopy(draw(VALUES))  # what is drawn is changed further
    if way == "remove":
        del values[key]
    elif way == "add" and isinstance(values, dict):
        values[draw(st.text(max_size=8))] = value
    elif way == "add":
        values.append(value)
    else:
        values[key] = value


def attempt(folder: Path) -> tuple[str, float]:
    """Load a checkpoint and use it in every way; "refused" or "loaded", and the seconds that it took.

    Whatever else than an RnnsentError comes out, a warning too, is let through.
    """
    start = time.process_time()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            _use(folder)
            answer = "loaded"
        except RnnsentError as error:
            assert str(folder) in str(error), f"no file is named in: {error}"
            assert len(str(error)) < 2_000
            answer = "refused"
    return answer, time.process_time() - start


def _use(folder: Path) -> None:
    checkpoint = Checkpoint.read(folder)
    _ = checkpoint.size, checkpoint.parameters, checkpoint.config()
    predictor = Predictor(checkpoint)
    for prediction in predictor.predict(TEXTS):
        if prediction.probabilities is not None:
            numbers = list(prediction.probabilities.values())
            assert all(0 <= each <= 1 for each in numbers), numbers
            assert abs(sum(numbers) - 1) < 1e-6, numbers
    predictor.trace(TEXTS[0])
    model_card(checkpoint, checkpoint.metrics)


@contextmanager
def memory_limit(most: int = BYTES) -> Iterator[None]:
    """Let this process ask for so much more memory than it has, where the system can tell."""
    if not sys.platform.startswith("linux"):
        yield
        return
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    before = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + most, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)


def warm_up() -> None:
    """Use a sound checkpoint of every format, so that what libraries keep is not counted as a stranger's doing."""
    for number in FORMATS:
        assert attempt(FIXTURES / f"format-{number}")[0] == "loaded"
