"""Proves that the shapes follow from the settings, and that weights which are not a model's are refused by name.
That they are also those of the PyTorch classifier stands in test_equations."""

from dataclasses import replace

import pytest

from rnnsent.config import ModelConfig
from rnnsent.errors import ModelError
from rnnsent.model.calibration import DECAY
from rnnsent.model.ngrams import BIAS, KEYS, WEIGHTS
from rnnsent.model.shapes import MOST_NUMBERS, Stored, check_stored, expected_shapes

CONFIG = ModelConfig(hidden=3, embedding_dim=4, layers=2, pooling="mean", ngrams=0)


def header() -> dict[str, Stored]:
    shapes = expected_shapes(CONFIG, vocabulary=5, classes=2)
    return {name: Stored(shape, "F32") for name, shape in shapes.items()}


def check(found: dict[str, Stored], *, vocabulary: int = 5, classes: int = 2) -> None:
    check_stored(found, CONFIG, vocabulary=vocabulary, classes=classes, where="here")


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
    check(header())


def test_a_missing_tensor_is_named() -> None:
    found = header()
    del found["output.bias"]
    with pytest.raises(ModelError, match=r"^here: the tensor output\.bias is missing; train"):
        check(found)


def test_a_tensor_too_many_is_named() -> None:
    with pytest.raises(ModelError, match="here: the tensor extra is not part of the model"):
        check(header() | {"extra": Stored((1,), "F32")})


@pytest.mark.parametrize(("sizes", "name"), [({"vocabulary": 6}, "embedding.weight"), ({"classes": 3}, "output.bias")])
def test_a_tensor_of_another_shape_is_named_with_both_shapes(sizes: dict[str, int], name: str) -> None:
    with pytest.raises(ModelError, match=rf"here: {name} is \(\d.*\); config.json and tokenizer.json make it \(\d"):
        check(header(), **sizes)


def wide(classes: int) -> dict[str, Stored]:
    columns = 1 if classes == 2 else classes
    shapes = expected_shapes(CONFIG, vocabulary=5, classes=classes)
    return {
        **{name: Stored(shape, "F32") for name, shape in shapes.items()},
        KEYS: Stored((3,), "U32"),
        WEIGHTS: Stored((3, columns), "F16"),
        BIAS: Stored((columns,), "F32"),
    }


def check_wide(found: dict[str, Stored], classes: int, entries: int = 3) -> None:
    config = replace(CONFIG, ngrams=2, ngram_entries=entries)
    check_stored(found, config, vocabulary=5, classes=classes, where="here")


@pytest.mark.parametrize("classes", [2, 3])
def test_ngrams_have_a_column_for_two_classes_and_one_for_each_of_more(classes: int) -> None:
    check_wide(wide(classes), classes)
    with pytest.raises(ModelError, match=r"ngrams\.bias is "):
        check_wide(wide(classes) | {BIAS: Stored((classes + 1,), "F32")}, classes)


def test_ngrams_that_the_settings_do_not_have_are_refused() -> None:
    with pytest.raises(ModelError, match=r"the tensor ngrams\.bias is not part of the model"):
        check(wide(2))


@pytest.mark.parametrize(
    ("name", "stored", "words"),
    [
        (KEYS, Stored((3,), "I64"), r"ngrams\.keys is of I64, not U32"),
        (WEIGHTS, Stored((3, 1), "I8"), r"ngrams\.weights is of I8, not F32 or F16"),
        (KEYS, Stored((1, 3), "U32"), r"ngrams\.keys is \(1, 3\)"),
        (KEYS, Stored((), "U32"), r"ngrams\.keys is \(\)"),
        (KEYS, Stored((1,), "U32"), r"ngrams\.weights is \(3, 1\).*\(1, 1\)"),
        ("embedding.weight", Stored((5, 4), "F64"), r"embedding\.weight is of F64, not F32 or F16 or I8"),
        ("output.bias", Stored((2,), "I8"), r"output\.bias is of I8, not F32 or F16"),
        ("embedding.weight", Stored((5, 4), "I8"), r"embedding\.weight\.scale is missing"),
        ("embedding.weight.scale", Stored((5, 1), "F32"), r"embedding\.weight\.scale is not part"),
    ],
)
def test_tensors_of_another_kind_or_number_are_refused(name: str, stored: Stored, words: str) -> None:
    with pytest.raises(ModelError, match=words):
        check_wide(wide(2) | {name: stored}, 2)


def test_an_embedding_in_int8_has_a_scale_for_each_row() -> None:
    table = {"embedding.weight": Stored((5, 4), "I8")}
    check(header() | table | {"embedding.weight.scale": Stored((5, 1), "F32")})
    for scale in (Stored((5, 1), "F16"), Stored((4, 1), "F32"), Stored((5,), "F32")):
        with pytest.raises(ModelError, match=r"embedding\.weight\.scale is "):
            check(header() | table | {"embedding.weight.scale": scale})


def test_no_more_ngrams_than_the_settings_allow() -> None:
    with pytest.raises(ModelError, match=r"ngrams\.keys has 3 entries; config\.json allows 2"):
        check_wide(wide(2), 2, entries=2)


def test_a_model_that_no_memory_would_hold_is_refused_by_its_header() -> None:
    config = ModelConfig(hidden=8192, layers=32, ngrams=0)
    shapes = expected_shapes(config, vocabulary=5, classes=2)
    with pytest.raises(ModelError, match=rf"too large; {MOST_NUMBERS:,} at most"):
        check_stored(
            {name: Stored(shape, "F32") for name, shape in shapes.items()}, config, vocabulary=5, classes=2, where="x"
        )


def test_the_powers_of_the_length_are_one_for_each_part_where_there_are_any() -> None:
    check(header() | {DECAY: Stored((1,), "F32")})
    with pytest.raises(ModelError, match=r"calibration\.decay is \(2,\); .* make it \(1,\)"):
        check(header() | {DECAY: Stored((2,), "F32")})
