"""Proves that a checkpoint comes back as it was written, and that nothing that is wrong with its files gets past a
ModelError which names the file."""

import json
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from rnnsent.errors import ModelError
from rnnsent.model.checkpoint import CONFIG, FORMAT, METRICS, TOKENIZER, WEIGHTS, Checkpoint
from rnnsent.model.manifest import MANIFEST
from rnnsent.predict import Predictor

FIGURES = {"n": 4, "accuracy": 0.5, "accuracy_interval": [0.2, 0.8], "macro_f1": 0.5, "log_loss": 0.7}
DEEP = "[" * 100_000 + "]" * 100_000


def change(model: Checkpoint, /, **values: Any) -> Path:
    """Set keys of config.json, as by hand; an ellipsis takes one out."""
    config = {**json.loads((model.path / CONFIG).read_text()), **values}
    config = {key: value for key, value in config.items() if value is not ...}
    (model.path / CONFIG).write_text(json.dumps(config), encoding="utf-8")
    (model.path / MANIFEST).unlink(missing_ok=True)
    return model.path


@pytest.fixture
def by_hand(model: Checkpoint) -> Checkpoint:
    """A model without a manifest, whose files are changed as by hand."""
    (model.path / MANIFEST).unlink()
    return Checkpoint.read(model.path)


def test_a_checkpoint_comes_back_as_it_was_written(tmp_path: Path, model: Checkpoint) -> None:
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
    metrics = {"x:test": FIGURES}
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


def test_its_numbers_are_counted_without_reading_them(model: Checkpoint) -> None:
    assert model.parameters == sum(tensor.size for tensor in model.weights.values())
    assert model.size == sum(path.stat().st_size for path in model.path.iterdir())


def test_a_view_of_an_array_is_written_with_its_own_order(model: Checkpoint) -> None:
    name = "layers.0.left_to_right.weight_hh_l0"
    turned = np.ascontiguousarray(model.weights[name].T).T
    assert not turned.flags.c_contiguous
    model.write(
        weights={**model.weights, name: turned}, tokenizer_json=model.tokenizer_json, metrics={}, history=[], card=""
    )
    assert np.array_equal(Checkpoint.read(model.path).weights[name], turned)


def test_scores_and_card_are_replaced_and_nothing_else(model: Checkpoint) -> None:
    before = {path.name: path.read_bytes() for path in model.path.iterdir()}
    model.record({"x:test": FIGURES}, "# card")
    after = {path.name: path.read_bytes() for path in model.path.iterdir()}
    assert model.metrics == {"x:test": FIGURES}
    assert {name for name in after if after[name] != before.get(name)} == {METRICS, "README.md", MANIFEST}
    assert before.keys() == after.keys()


def test_a_checkpoint_without_scores_has_none(model: Checkpoint) -> None:
    (model.path / METRICS).unlink()
    assert model.metrics == {}


def test_half_precision_on_disk_is_single_in_memory(by_hand: Checkpoint) -> None:
    halves = {name: tensor.astype(np.float16) for name, tensor in by_hand.weights.items()}
    save_file(halves, by_hand.path / WEIGHTS)
    read = Checkpoint.read(by_hand.path).weights
    assert {tensor.dtype for tensor in read.values()} == {np.dtype(np.float32)}
    assert np.array_equal(read["output.bias"], halves["output.bias"])


def test_what_is_left_out_of_an_older_config_is_as_in_the_default(model: Checkpoint) -> None:
    read = Checkpoint.read(change(model, data=..., versions=..., command=..., finished=..., teaching=...))
    assert (read.data, read.versions, read.command, read.finished) == ((), {}, (), True)


def test_a_model_of_the_first_format_has_no_ngrams(model: Checkpoint) -> None:
    settings = model.recipe.to_dict()["model"]
    older = {name: value for name, value in settings.items() if not name.startswith("ngram")}
    assert Checkpoint.read(change(model, format=1, model=older)).recipe.model.ngrams == 0
    assert Predictor.load(str(model.path)).predict(["good"])[0].label in model.classes


def test_the_tensors_of_the_ngrams_come_back_in_their_own_kinds(tmp_path: Path, write_model) -> None:
    written = write_model(tmp_path / "wide", ngrams=2)
    read = Checkpoint.read(written.path).weights
    assert (read["ngrams.keys"].dtype, read["ngrams.weights"].dtype) == (np.dtype(np.uint32), np.dtype(np.float32))
    assert (np.diff(read["ngrams.keys"].astype(np.int64)) > 0).all()


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"format": FORMAT + 1}, f"format {FORMAT + 1}; this rnnsent reads formats 1 to {FORMAT}: update rnnsent"),
        ({"format": 0}, "format 0; this rnnsent reads formats 1"),
        ({"format": "1"}, "format '1'; this rnnsent reads formats 1"),
        ({"format": True}, "format True; this rnnsent reads formats 1"),
        ({"format": 1.0}, "format 1.0; this rnnsent reads formats 1"),
        ({"format": ...}, "format None; this rnnsent reads formats 1"),
        ({"classes": ["a", "a"]}, "'classes' must be at least two different names"),
        ({"classes": ["a"]}, "'classes' must be at least two different names"),
        ({"classes": [0, 1]}, "'classes' must be at least two different names"),
        ({"classes": "ab"}, "'classes' must be a list"),
        ({"classes": None}, "'classes' must be a list"),
        ({"classes": ...}, "'classes' is missing"),
        ({"created": ...}, "'created' is missing"),
        ({"created": 3}, "'created' must be a str"),
        ({"finished": "no"}, "'finished' must be a bool"),
        ({"data": 5}, "'data' must be a list"),
        ({"data": None}, "'data' must be a list"),
        ({"data": [1]}, "'data' must be a list of objects"),
        ({"data": [{"train_rows": "many"}]}, "'train_rows' of 'data' is 'many'"),
        ({"data": [{"name": [1]}]}, "'name' of 'data' is .1."),
        ({"versions": {"rnnsent": 1}}, "'versions' and 'command' must hold texts"),
        ({"command": [1]}, "'versions' and 'command' must hold texts"),
        ({"model": {"cell": "x" * 9_000}}, "--cell is 'xxx.{,400}…$"),
        ({"versions": [1]}, "'versions' must be a dict"),
        ({"command": "rnnsent"}, "'command' must be a list"),
        ({"model": ...}, "'model' is missing"),
        ({"tokenizer": None}, "'tokenizer' is not one of the tables"),
        ({"teaching": {"unlabelled": "x"}}, "--unlabelled needs --teacher"),
        ({"training": []}, "'training' is not one of the tables"),
        ({"model": {"hiden": 3}}, "no setting 'hiden'; did you mean 'hidden'"),
        ({"model": {"hidden": -1}}, "--hidden is -1; it must be at least 1"),
        ({"model": {"cell": "transformer"}}, "--cell is 'transformer'; choose rnn, lstm, gru"),
        ({"training": {"epochs": "3"}}, "--epochs is '3'"),
    ],
)
def test_a_config_that_is_wrong_is_named_with_its_fault(model: Checkpoint, values: dict[str, Any], words: str) -> None:
    with pytest.raises(ModelError, match=f"config.json.*{words}"):
        Checkpoint.read(change(model, **values))


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"3", b"null", b"\xff\xfe\x00", DEEP.encode()])
@pytest.mark.parametrize("name", [CONFIG, METRICS])
def test_a_file_that_holds_no_json_object_is_named(by_hand: Checkpoint, name: str, content: bytes) -> None:
    (by_hand.path / name).write_bytes(content)
    with pytest.raises(ModelError, match=name):
        _ = Checkpoint.read(by_hand.path).metrics


def test_a_folder_without_a_config_is_no_model(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"is not a model: it has no config\.json"):
        Checkpoint.read(tmp_path)


def truncated(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-9])


def without_header(path: Path) -> None:
    path.write_bytes(b"\x00" * 8)


def with_an_endless_header(path: Path) -> None:
    path.write_bytes(struct.pack("<Q", 1 << 62) + b"{}")


def no_safetensors(path: Path) -> None:
    path.write_text("not weights")


def empty(path: Path) -> None:
    path.write_bytes(b"")


def absent(path: Path) -> None:
    path.unlink()


@pytest.mark.parametrize("spoil", [truncated, without_header, with_an_endless_header, no_safetensors, empty, absent])
def test_weights_that_cannot_be_read_are_named(by_hand: Checkpoint, spoil: Callable[[Path], None]) -> None:
    spoil(by_hand.path / WEIGHTS)
    read = Checkpoint.read(by_hand.path)
    with pytest.raises(ModelError, match=r"model\.safetensors cannot be read"):
        _ = read.weights
    with pytest.raises(ModelError, match=r"model\.safetensors cannot be read"):
        _ = read.parameters


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (lambda tensors: tensors.pop("output.bias"), "output.bias is missing"),
        (lambda tensors: tensors.update(extra=tensors["output.bias"]), "extra is not part of the model"),
        (lambda tensors: tensors.update({"output.bias": np.zeros(3, np.float32)}), r"output.bias is \(3,\).*\(2,\)"),
        (
            lambda tensors: tensors.update({"embedding.weight": tensors["embedding.weight"][1:]}),
            "embedding.weight is ",
        ),
    ],
    ids=["missing", "extra", "shape", "vocabulary"],
)
def test_weights_of_another_model_are_not_loaded(by_hand: Checkpoint, edit: Callable[[Any], Any], words: str) -> None:
    tensors = load_file(by_hand.path / WEIGHTS)
    edit(tensors)
    save_file({name: np.ascontiguousarray(tensor) for name, tensor in tensors.items()}, by_hand.path / WEIGHTS)
    with pytest.raises(ModelError, match=words):
        Predictor.load(str(by_hand.path))


def test_more_classes_than_the_weights_have_are_refused(model: Checkpoint) -> None:
    with pytest.raises(ModelError, match=r"output\.bias is "):
        Predictor.load(str(change(model, classes=["a", "b", "c"])))


@pytest.mark.parametrize("content", [None, b"", b"{}", b"[]", b"\xff", DEEP.encode()])
def test_a_tokenizer_that_cannot_be_read_is_named(by_hand: Checkpoint, content: bytes | None) -> None:
    path = by_hand.path / TOKENIZER
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ModelError, match=r"tiny/tokenizer\.json cannot be read: .*choose another with --model"):
        Predictor.load(str(by_hand.path))


def test_a_tokenizer_without_the_first_two_entries_is_refused(by_hand: Checkpoint) -> None:
    values = json.loads(by_hand.tokenizer_json)
    values["added_tokens"] = []
    del values["model"]["vocab"]["<pad>"]
    (by_hand.path / TOKENIZER).write_text(json.dumps(values), encoding="utf-8")
    with pytest.raises(
        ModelError, match=r"tokenizer\.json cannot be read: its first entries are not <pad> and <unk>; .*--model"
    ):
        Predictor.load(str(by_hand.path))


@pytest.mark.parametrize(
    "broken",
    [
        {"a": 1},
        {"a": {}},
        {"a": {**FIGURES, "n": "many"}},
        {"a": {**FIGURES, "accuracy_interval": [0.1]}},
        {"a": {**FIGURES, "accuracy": float("nan")}},
        {"a": {**FIGURES, "n": 10**400}},
    ],
)
def test_scores_of_the_wrong_shape_are_named(model: Checkpoint, broken: object) -> None:
    (model.path / "metrics.json").write_text(json.dumps(broken))
    with pytest.raises(ModelError, match=r"metrics\.json: 'a'"):
        _ = model.metrics
