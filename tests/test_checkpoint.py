"""A checkpoint is read as it was written, and every invalid file is a ModelError that names it."""

import json
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from rnnsent.checkpoint.checkpoint import CONFIG, METRICS, TOKENIZER, WEIGHTS, Checkpoint
from rnnsent.checkpoint.config_json import FORMAT
from rnnsent.checkpoint.manifest import MANIFEST
from rnnsent.errors import ModelError
from rnnsent.predictor import Predictor

METRIC_VALUES = {"n": 4, "accuracy": 0.5, "accuracy_interval": [0.2, 0.8], "macro_f1": 0.5, "log_loss": 0.7}
NESTED = "[" * 100_000 + "]" * 100_000


def edit_config(model: Checkpoint, /, **values: Any) -> Path:
    """Set keys of config.json as by hand, remove those whose value is an ellipsis, and return the folder."""
    config = {**json.loads((model.path / CONFIG).read_text()), **values}
    config = {key: value for key, value in config.items() if value is not ...}
    (model.path / CONFIG).write_text(json.dumps(config), encoding="utf-8")
    (model.path / MANIFEST).unlink(missing_ok=True)
    return model.path


@pytest.fixture
def unlisted(model: Checkpoint) -> Checkpoint:
    """A model without a manifest, so that edits of its files are not detected by their digests."""
    (model.path / MANIFEST).unlink()
    return Checkpoint.read(model.path)


def test_roundtrip(tmp_path: Path, model: Checkpoint) -> None:
    """A checkpoint is read as it was written."""
    written = Checkpoint(
        tmp_path / "other",
        model.recipe,
        ("schlecht", "好"),
        "2026-11-24T00:00:00+00:00",
        ({"name": "é", "train_rows": 3},),
        {"rnnsent": "0"},
        ("rnnsent", "train", "x y"),
        finished=False,
    )
    metrics = {"x:test": METRIC_VALUES}
    written.write(
        weights=model.weights,
        tokenizer_json=model.tokenizer_json,
        metrics=metrics,
        history=[{"epoch": 1}],
        card="# é\n",
    )
    read = Checkpoint.read(tmp_path / "other")
    assert read == written
    assert read.weights.keys() == model.weights.keys()
    assert all(np.array_equal(read.weights[name], model.weights[name]) for name in model.weights)
    assert (read.tokenizer_json, read.metrics, read.name) == (model.tokenizer_json, metrics, "other")
    assert (read.path / "history.jsonl").read_text() == '{"epoch": 1}\n'
    assert (read.path / "README.md").read_text(encoding="utf-8") == "# é\n"


def test_size(model: Checkpoint) -> None:
    """The number of parameters from the header is that of the tensors; the size is that of the files."""
    assert model.num_parameters == sum(tensor.size for tensor in model.weights.values())
    assert model.size == sum(path.stat().st_size for path in model.path.iterdir())


def test_non_contiguous(model: Checkpoint) -> None:
    """A transposed view is written in its logical order, not in that of its memory."""
    name = "layers.0.left_to_right.weight_hh_l0"
    transposed = np.ascontiguousarray(model.weights[name].T).T
    assert not transposed.flags.c_contiguous
    model.write(
        weights={**model.weights, name: transposed},
        tokenizer_json=model.tokenizer_json,
        metrics={},
        history=[],
        card="",
    )
    assert np.array_equal(Checkpoint.read(model.path).weights[name], transposed)


def test_update_metrics(model: Checkpoint) -> None:
    """New metrics change the metrics, the card and the manifest, and no other file."""
    before = {path.name: path.read_bytes() for path in model.path.iterdir()}
    model.update_metrics({"x:test": METRIC_VALUES}, "# card")
    after = {path.name: path.read_bytes() for path in model.path.iterdir()}
    assert model.metrics == {"x:test": METRIC_VALUES}
    assert {name for name in after if after[name] != before.get(name)} == {METRICS, "README.md", MANIFEST}
    assert before.keys() == after.keys()


def test_no_metrics(model: Checkpoint) -> None:
    """A checkpoint without metrics.json has no metrics."""
    (model.path / METRICS).unlink()
    assert model.metrics == {}


def test_float16(unlisted: Checkpoint) -> None:
    """Weights in float16 are read as float32."""
    halves = {name: tensor.astype(np.float16) for name, tensor in unlisted.weights.items()}
    save_file(halves, unlisted.path / WEIGHTS)
    read = Checkpoint.read(unlisted.path).weights
    assert {tensor.dtype for tensor in read.values()} == {np.dtype(np.float32)}
    assert np.array_equal(read["output.bias"], halves["output.bias"])


def test_optional_keys(model: Checkpoint) -> None:
    """Keys of config.json that may be missing have defaults."""
    read = Checkpoint.read(edit_config(model, data=..., versions=..., command=..., finished=...))
    assert (read.data, read.versions, read.command, read.finished) == ((), {}, (), True)


def test_normalization(model: Checkpoint) -> None:
    """The tokenizer normalizes as in training; a checkpoint from before that was recorded, at the basic level."""
    assert Checkpoint.read(model.path).recipe.tokenizer.normalization == "full"
    assert len(Checkpoint.read(model.path).tokenizer.encode([":-)"])[0]) == 1
    settings = {key: value for key, value in model.config()["tokenizer"].items() if key != "normalization"}
    read = Checkpoint.read(edit_config(model, tokenizer=settings))
    assert read.recipe.tokenizer.normalization == "basic"
    assert len(read.tokenizer.encode([":-)"])[0]) == 3
    with pytest.raises(ModelError, match=r"config\.json.*tokenizer\.normalization is 'more'; choose basic, full"):
        Checkpoint.read(edit_config(model, tokenizer={**settings, "normalization": "more"}))


def test_ngrams(tmp_path: Path, write_model) -> None:
    """The keys of n-grams stay integers in ascending order."""
    written = write_model(tmp_path / "ngrams", max_ngram=2)
    read = Checkpoint.read(written.path).weights
    assert (read["ngrams.keys"].dtype, read["ngrams.weights"].dtype) == (np.dtype(np.uint32), np.dtype(np.float32))
    assert (np.diff(read["ngrams.keys"].astype(np.int64)) > 0).all()


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (
            {"format": FORMAT + 1},
            f"format {FORMAT + 1} is not supported; this rnnsent reads format {FORMAT}: update rnnsent",
        ),
        ({"format": 0}, "format 0 is not supported; this rnnsent reads format 1"),
        ({"format": "1"}, "format '1' is not supported; this rnnsent reads format 1"),
        ({"format": True}, "format True is not supported; this rnnsent reads format 1"),
        ({"format": 1.0}, "format 1.0 is not supported; this rnnsent reads format 1"),
        ({"format": ...}, "format None is not supported; this rnnsent reads format 1"),
        ({"classes": ["a", "a"]}, "'classes' must be at least two different names"),
        ({"classes": ["a"]}, "'classes' must be at least two different names"),
        ({"classes": [0, 1]}, "'classes' must be at least two different names"),
        ({"classes": "ab"}, "'classes' must be a list"),
        ({"classes": None}, "'classes' must be a list"),
        ({"classes": ...}, "'classes' is missing"),
        ({"created": ...}, "'created' is missing"),
        ({"created": 3}, "'created' must be a string"),
        ({"finished": "no"}, "'finished' must be true or false"),
        ({"data": 5}, "'data' must be a list"),
        ({"data": None}, "'data' must be a list"),
        ({"data": [1]}, "'data' must be a list of objects"),
        ({"data": [{"train_rows": "many"}]}, "'train_rows' of 'data' has the invalid value 'many'"),
        ({"data": [{"name": [1]}]}, "'name' of 'data' has the invalid value .1."),
        ({"versions": {"rnnsent": 1}}, "'versions' and 'command' must contain strings only"),
        ({"command": [1]}, "'versions' and 'command' must contain strings only"),
        ({"model": {"cell": "x" * 9_000}}, "--cell is 'xxx.{,400}…$"),
        ({"versions": [1]}, "'versions' must be an object"),
        ({"command": "rnnsent"}, "'command' must be a list"),
        ({"model": ...}, "'model' is missing"),
        ({"tokenizer": None}, "'tokenizer' is not one of the tables"),
        ({"distillation": {"unlabeled": "x"}}, "--unlabeled needs --teacher"),
        ({"training": []}, "'training' is not one of the tables"),
        ({"model": {"hiden": 3}}, "unknown setting model.hiden; did you mean model.hidden_size"),
        ({"model": {"hidden_size": -1}}, "--hidden-size is -1; it must be at least 1"),
        ({"model": {"cell": "transformer"}}, "--cell is 'transformer'; choose rnn, lstm, gru"),
        ({"training": {"epochs": "3"}}, "--epochs is '3'"),
    ],
)
def test_invalid_config(model: Checkpoint, values: dict[str, Any], message: str) -> None:
    """An invalid value in config.json is an error with the file and the key."""
    with pytest.raises(ModelError, match=f"config.json.*{message}"):
        Checkpoint.read(edit_config(model, **values))


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"3", b"null", b"\xff\xfe\x00", NESTED.encode()])
@pytest.mark.parametrize("name", [CONFIG, METRICS])
def test_invalid_json(unlisted: Checkpoint, name: str, content: bytes) -> None:
    """A file that is not a JSON object is named in the error."""
    (unlisted.path / name).write_bytes(content)
    with pytest.raises(ModelError, match=name):
        _ = Checkpoint.read(unlisted.path).metrics


def test_not_a_model(tmp_path: Path) -> None:
    """A folder without config.json is not a model."""
    with pytest.raises(ModelError, match=r"is not a model: it has no config\.json"):
        Checkpoint.read(tmp_path)


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-9])


def remove_header(path: Path) -> None:
    path.write_bytes(b"\x00" * 8)


def claim_huge_header(path: Path) -> None:
    path.write_bytes(struct.pack("<Q", 1 << 62) + b"{}")


def write_other_format(path: Path) -> None:
    path.write_text("not weights")


def empty(path: Path) -> None:
    path.write_bytes(b"")


def remove(path: Path) -> None:
    path.unlink()


@pytest.mark.parametrize("corrupt", [truncate, remove_header, claim_huge_header, write_other_format, empty, remove])
def test_unreadable_weights(unlisted: Checkpoint, corrupt: Callable[[Path], None]) -> None:
    """Weights that cannot be read are an error that names the file."""
    corrupt(unlisted.path / WEIGHTS)
    read = Checkpoint.read(unlisted.path)
    with pytest.raises(ModelError, match=r"model\.safetensors cannot be read"):
        _ = read.weights
    with pytest.raises(ModelError, match=r"model\.safetensors cannot be read"):
        _ = read.num_parameters


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (lambda tensors: tensors.pop("output.bias"), "output.bias is missing"),
        (lambda tensors: tensors.update(extra=tensors["output.bias"]), "extra is not part of the model"),
        (
            lambda tensors: tensors.update({"output.bias": np.zeros(3, np.float32)}),
            r"output.bias has shape \(3,\).*\(2,\)",
        ),
        (
            lambda tensors: tensors.update({"embedding.weight": tensors["embedding.weight"][1:]}),
            "embedding.weight has shape ",
        ),
    ],
    ids=["missing", "extra", "shape", "vocabulary"],
)
def test_wrong_tensors(unlisted: Checkpoint, edit: Callable[[Any], Any], message: str) -> None:
    """Weights that do not fit config.json and tokenizer.json are not loaded."""
    tensors = load_file(unlisted.path / WEIGHTS)
    edit(tensors)
    save_file({name: np.ascontiguousarray(tensor) for name, tensor in tensors.items()}, unlisted.path / WEIGHTS)
    with pytest.raises(ModelError, match=message):
        Predictor.load(str(unlisted.path))


def test_too_many_classes(model: Checkpoint) -> None:
    """More classes than the weights have outputs are an error."""
    with pytest.raises(ModelError, match=r"output\.bias has shape "):
        Predictor.load(str(edit_config(model, classes=["a", "b", "c"])))


@pytest.mark.parametrize("content", [None, b"", b"{}", b"[]", b"\xff", NESTED.encode()])
def test_unreadable_tokenizer(unlisted: Checkpoint, content: bytes | None) -> None:
    """A tokenizer that cannot be read is an error with the file and the remedy."""
    path = unlisted.path / TOKENIZER
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ModelError, match=r"tiny/tokenizer\.json cannot be read: .*choose another with --model"):
        Predictor.load(str(unlisted.path))


def test_special_tokens(unlisted: Checkpoint) -> None:
    """A vocabulary must start with <pad> and <unk>."""
    values = json.loads(unlisted.tokenizer_json)
    values["added_tokens"] = []
    del values["model"]["vocab"]["<pad>"]
    (unlisted.path / TOKENIZER).write_text(json.dumps(values), encoding="utf-8")
    with pytest.raises(
        ModelError, match=r"tokenizer\.json cannot be read: .*first entries .* are not <pad> and <unk>; .*--model"
    ):
        Predictor.load(str(unlisted.path))


@pytest.mark.parametrize(
    "metrics",
    [
        {"a": 1},
        {"a": {}},
        {"a": {**METRIC_VALUES, "n": "many"}},
        {"a": {**METRIC_VALUES, "accuracy_interval": [0.1]}},
        {"a": {**METRIC_VALUES, "accuracy": float("nan")}},
        {"a": {**METRIC_VALUES, "n": 10**400}},
    ],
)
def test_invalid_metrics(model: Checkpoint, metrics: object) -> None:
    """Metrics that are not the expected numbers are an error with the file and the name of the data set."""
    (model.path / "metrics.json").write_text(json.dumps(metrics))
    with pytest.raises(ModelError, match=r"metrics\.json: 'a'"):
        _ = model.metrics
