"""Proves that the shapes follow from the settings, and that weights which are not a model's are refused by name.
That they are also those of the PyTorch classifier stands in test_equations."""

from dataclasses import replace

import numpy as np
import pytest

from rnnsent.config import ModelConfig
from rnnsent.errors import ModelError
from rnnsent.model.calibration import DECAY
from rnnsent.model.ngrams import BIAS, KEYS, WEIGHTS
from rnnsent.model.shapes import check_shapes, expected_shapes

CONFIG = ModelConfig(hidden=3, embedding_dim=4, layers=2, pooling="mean", ngrams=0)


def weights() -> dict[str, np.ndarray]:
    shapes = expected_shapes(CONFIG, vocabulary=5, classes=2)
    return {name: np.zeros(shape, dtype=np.float32) for name, shape in shapes.items()}


def check(found: dict[str, np.ndarray], *, vocabulary: int = 5, classes: int = 2) -> None:
    check_shapes(found, CONFIG, vocabulary=vocabulary, classes=classes, where="here")


def test_the_shapes_of_a_small_lstm_are_those_counted_by_hand() -> None:
    config = ModelConfig(hidden=3, embedding_dim=4, bidirectional=False, pooling="mean-max")
    assert expected_shapes(config, vocabulary=5, classes=2) == {
        "embedding.weight": (5, 4),
        "layers.0.left_to_right.weight_ih_l0": (12, 4),
        "layers.0.left_to_right.weight_hh_l0": (12, 3),
        "layers.0.left_to_right.bias_ih_l0": (12,),
        "layers.0.left_to_right.bias_hh_l0": (12,),
        "output.weight": (2, 6),
        "output.bias": (2,),
    }


def test_a_second_layer_reads_both_directions_of_the_first() -> None:
    shapes = expected_shapes(CONFIG, vocabulary=5, classes=2)
    assert shapes["layers.1.right_to_left.weight_ih_l0"] == (12, 6)


@pytest.mark.parametrize(("cell", "rows"), [("rnn", 3), ("gru", 9), ("lstm", 12)])
def test_a_cell_has_a_row_for_each_gate_and_unit(cell: str, rows: int) -> None:
    shapes = expected_shapes(ModelConfig(cell=cell, hidden=3), vocabulary=5, classes=2)
    assert shapes["layers.0.left_to_right.bias_hh_l0"] == (rows,)


def test_weights_of_these_shapes_are_accepted() -> None:
    check(weights())


def test_a_missing_tensor_is_named() -> None:
    found = weights()
    del found["output.bias"]
    with pytest.raises(ModelError, match=r"^here: the tensor output\.bias is missing$"):
        check(found)


def test_a_tensor_too_many_is_named() -> None:
    with pytest.raises(ModelError, match="here: the tensor extra is not part of the model"):
        check(weights() | {"extra": np.zeros(1, dtype=np.float32)})


@pytest.mark.parametrize(("sizes", "name"), [({"vocabulary": 6}, "embedding.weight"), ({"classes": 3}, "output.bias")])
def test_a_tensor_of_another_shape_is_named_with_both_shapes(sizes: dict[str, int], name: str) -> None:
    with pytest.raises(ModelError, match=rf"here: {name} is \(\d.*\); config.json and tokenizer.json make it \(\d"):
        check(weights(), **sizes)


def wide(classes: int) -> dict[str, np.ndarray]:
    columns = 1 if classes == 2 else classes
    shapes = expected_shapes(CONFIG, vocabulary=5, classes=classes)
    return {
        **{name: np.zeros(shape, dtype=np.float32) for name, shape in shapes.items()},
        KEYS: np.array([3, 7, 2**32 - 1], dtype=np.uint32),
        WEIGHTS: np.zeros((3, columns), dtype=np.float32),
        BIAS: np.zeros(columns, dtype=np.float32),
    }


def check_wide(found: dict[str, np.ndarray], classes: int) -> None:
    check_shapes(found, replace(CONFIG, ngrams=2), vocabulary=5, classes=classes, where="here")


@pytest.mark.parametrize("classes", [2, 3])
def test_ngrams_have_a_column_for_two_classes_and_one_for_each_of_more(classes: int) -> None:
    check_wide(wide(classes), classes)
    with pytest.raises(ModelError, match=r"ngrams\.bias is "):
        check_wide(wide(classes) | {BIAS: np.zeros(classes + 1, dtype=np.float32)}, classes)


def test_ngrams_that_the_settings_do_not_have_are_refused() -> None:
    with pytest.raises(ModelError, match=r"the tensor ngrams\.bias is not part of the model"):
        check(wide(2))


@pytest.mark.parametrize(
    ("name", "tensor", "words"),
    [
        (KEYS, np.array([7, 3, 9], dtype=np.uint32), "32-bit numbers in rising order"),
        (KEYS, np.array([3, 3, 9], dtype=np.uint32), "32-bit numbers in rising order"),
        (KEYS, np.array([3, 7, 9], dtype=np.int64), "32-bit numbers in rising order"),
        (KEYS, np.array([[3, 7, 9]], dtype=np.uint32), r"ngrams\.keys is \(1, 3\)"),
        (KEYS, np.array(3, dtype=np.uint32), r"ngrams\.keys is \(\)"),
        (KEYS, np.array([3], dtype=np.uint32), r"ngrams\.weights is \(3, 1\).*\(1, 1\)"),
    ],
)
def test_ngrams_in_no_order_or_number_are_refused(name: str, tensor: np.ndarray, words: str) -> None:
    with pytest.raises(ModelError, match=words):
        check_wide(wide(2) | {name: tensor}, 2)


def test_the_powers_of_the_length_are_one_for_each_part_where_there_are_any() -> None:
    check(weights() | {DECAY: np.zeros(1, dtype=np.float32)})
    with pytest.raises(ModelError, match=r"calibration\.decay is \(2,\); .* make it \(1,\)"):
        check(weights() | {DECAY: np.zeros(2, dtype=np.float32)})
