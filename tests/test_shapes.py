"""The expected shapes follow from the settings, and other tensors are errors that name them.

test_equations.py compares the expected shapes with those of the PyTorch classifier.
"""

import re
from dataclasses import replace

import pytest

from rnnsent.checkpoint.shapes import MAX_PARAMETERS, TensorInfo, check_tensors, expected_shapes
from rnnsent.config import ModelConfig
from rnnsent.errors import ModelError
from rnnsent.network.calibration import EXPONENTS, SCALES
from rnnsent.network.ngrams import BIAS, KEYS, WEIGHTS

CONFIG = ModelConfig(hidden_size=3, embedding_dim=4, num_layers=2, pooling="mean", max_ngram=0)


def header() -> dict[str, TensorInfo]:
    shapes = expected_shapes(CONFIG, vocab_size=5, n_classes=2)
    return {name: TensorInfo(shape, "F32") for name, shape in shapes.items()}


def check(tensors: dict[str, TensorInfo], *, vocab_size: int = 5, n_classes: int = 2) -> None:
    check_tensors(tensors, CONFIG, vocab_size=vocab_size, n_classes=n_classes, source="file")


def test_lstm() -> None:
    """The shapes of a small LSTM are those counted by hand."""
    config = ModelConfig(hidden_size=3, embedding_dim=4, bidirectional=False, pooling="mean-max")
    assert expected_shapes(config, vocab_size=5, n_classes=2) == {
        "embedding.weight": (5, 4),
        "layers.0.left_to_right.weight_ih_l0": (12, 4),
        "layers.0.left_to_right.weight_hh_l0": (12, 3),
        "layers.0.left_to_right.bias_ih_l0": (12,),
        "layers.0.left_to_right.bias_hh_l0": (12,),
        "output.weight": (2, 6),
        "output.bias": (2,),
    }


def test_second_layer() -> None:
    """The input of a second layer is both directions of the first."""
    shapes = expected_shapes(CONFIG, vocab_size=5, n_classes=2)
    assert shapes["layers.1.right_to_left.weight_ih_l0"] == (12, 6)


@pytest.mark.parametrize(("cell", "rows"), [("rnn", 3), ("gru", 9), ("lstm", 12)])
def test_gates(cell: str, rows: int) -> None:
    """A cell has one row for each gate and unit."""
    shapes = expected_shapes(ModelConfig(cell=cell, hidden_size=3), vocab_size=5, n_classes=2)
    assert shapes["layers.0.left_to_right.bias_hh_l0"] == (rows,)


def test_valid() -> None:
    """Tensors of the expected shapes are valid."""
    check(header())


def test_missing_tensor() -> None:
    """A missing tensor is an error that names it."""
    tensors = header()
    del tensors["output.bias"]
    with pytest.raises(ModelError, match=r"^file: the tensor output\.bias is missing; train"):
        check(tensors)


def test_extra_tensor() -> None:
    """An unexpected tensor is an error that names it."""
    with pytest.raises(ModelError, match="file: the tensor extra is not part of the model"):
        check(header() | {"extra": TensorInfo((1,), "F32")})


@pytest.mark.parametrize(
    ("sizes", "name"), [({"vocab_size": 6}, "embedding.weight"), ({"n_classes": 3}, "output.bias")]
)
def test_wrong_shape(sizes: dict[str, int], name: str) -> None:
    """A wrong shape is an error with both shapes."""
    expected = rf"file: {name} has shape \(\d.*\), but config.json and tokenizer.json require \(\d"
    with pytest.raises(ModelError, match=expected):
        check(header(), **sizes)


def ngram_header(n_classes: int) -> dict[str, TensorInfo]:
    columns = 1 if n_classes == 2 else n_classes
    shapes = expected_shapes(CONFIG, vocab_size=5, n_classes=n_classes)
    return {
        **{name: TensorInfo(shape, "F32") for name, shape in shapes.items()},
        KEYS: TensorInfo((3,), "U32"),
        WEIGHTS: TensorInfo((3, columns), "F16"),
        BIAS: TensorInfo((columns,), "F32"),
    }


def check_ngrams(tensors: dict[str, TensorInfo], n_classes: int, max_features: int = 3) -> None:
    config = replace(CONFIG, max_ngram=2, max_ngram_features=max_features)
    check_tensors(tensors, config, vocab_size=5, n_classes=n_classes, source="file")


@pytest.mark.parametrize("n_classes", [2, 3])
def test_ngram_columns(n_classes: int) -> None:
    """The n-gram model has one column for two classes, else one per class."""
    check_ngrams(ngram_header(n_classes), n_classes)
    with pytest.raises(ModelError, match=r"ngrams\.bias has shape "):
        check_ngrams(ngram_header(n_classes) | {BIAS: TensorInfo((n_classes + 1,), "F32")}, n_classes)


def test_unexpected_ngrams() -> None:
    """n-grams in a model whose settings have none are an error."""
    with pytest.raises(ModelError, match=r"the tensor ngrams\.bias is not part of the model"):
        check(ngram_header(2))


@pytest.mark.parametrize(
    ("name", "info", "message"),
    [
        (KEYS, TensorInfo((3,), "I64"), r"ngrams\.keys has type I64, not U32"),
        (WEIGHTS, TensorInfo((3, 1), "I8"), r"ngrams\.weights has type I8, not F32 or F16"),
        (KEYS, TensorInfo((1, 3), "U32"), r"ngrams\.keys has shape \(1, 3\)"),
        (KEYS, TensorInfo((), "U32"), r"ngrams\.keys has shape \(\)"),
        (KEYS, TensorInfo((1,), "U32"), r"ngrams\.weights has shape \(3, 1\).*\(1, 1\)"),
        ("embedding.weight", TensorInfo((5, 4), "F64"), r"embedding\.weight has type F64, not F32 or F16 or I8"),
        ("output.bias", TensorInfo((2,), "I8"), r"output\.bias has type I8, not F32 or F16"),
        ("embedding.weight", TensorInfo((5, 4), "I8"), r"embedding\.weight\.scale is missing"),
        ("embedding.weight.scale", TensorInfo((5, 1), "F32"), r"embedding\.weight\.scale is not part"),
    ],
)
def test_wrong_tensor(name: str, info: TensorInfo, message: str) -> None:
    """A wrong type, a wrong shape, or a scale without its table or the reverse is an error."""
    with pytest.raises(ModelError, match=message):
        check_ngrams(ngram_header(2) | {name: info}, 2)


def test_int8_embedding() -> None:
    """An embedding in int8 has one scale per row, in float32."""
    table = {"embedding.weight": TensorInfo((5, 4), "I8")}
    check(header() | table | {"embedding.weight.scale": TensorInfo((5, 1), "F32")})
    for scale in (TensorInfo((5, 1), "F16"), TensorInfo((4, 1), "F32"), TensorInfo((5,), "F32")):
        with pytest.raises(ModelError, match=r"embedding\.weight\.scale has "):
            check(header() | table | {"embedding.weight.scale": scale})


def test_max_ngram_features() -> None:
    """More n-grams than the settings allow are an error."""
    with pytest.raises(ModelError, match=r"ngrams\.keys has 3 entries, but config\.json allows 2"):
        check_ngrams(ngram_header(2), 2, max_features=2)


def test_max_parameters() -> None:
    """A model that is too large for memory is an error, from its header alone."""
    config = ModelConfig(hidden_size=8192, num_layers=32, max_ngram=0)
    shapes = expected_shapes(config, vocab_size=5, n_classes=2)
    with pytest.raises(ModelError, match=rf"parameters; the limit is {MAX_PARAMETERS:,}"):
        check_tensors(
            {name: TensorInfo(shape, "F32") for name, shape in shapes.items()},
            config,
            vocab_size=5,
            n_classes=2,
            source="file",
        )


@pytest.mark.parametrize("name", [EXPONENTS, SCALES])
def test_calibration(name: str) -> None:
    """Calibration is optional and has one number for the network and one for the n-grams, if there are any."""
    check(header() | {name: TensorInfo((1,), "F32")})
    with pytest.raises(ModelError, match=rf"{re.escape(name)} has shape \(2,\), .* require \(1,\)"):
        check(header() | {name: TensorInfo((2,), "F32")})
