"""A table in int8 comes back within half a step of each row's scale, and a scale that does not fit is refused."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from rnnsent.model.quantized import LARGEST, quantized, widened

NUMBERS = st.floats(-1e6, 1e6, width=32)


@settings(deadline=None, derandomize=True)
@given(arrays(np.float32, array_shapes(min_dims=2, max_dims=2), elements=NUMBERS))
def test_every_number_comes_back_within_half_a_step_of_its_row(table: np.ndarray) -> None:
    stored = quantized("table", table)
    assert stored["table"].dtype == np.int8
    back = widened(stored)["table"]
    assert back.dtype == np.float32
    step = np.abs(table).max(axis=1, keepdims=True) / LARGEST
    assert (np.abs(back - table) <= step * 0.501).all()


def test_what_is_not_a_table_is_widened_and_whole_numbers_stay() -> None:
    found = widened({"half": np.ones(2, np.float16), "keys": np.ones(2, np.uint32)})
    assert (found["half"].dtype, found["keys"].dtype) == (np.float32, np.uint32)


@pytest.mark.parametrize(
    "tensors",
    [
        {"a.scale": np.ones((2, 1), np.float32)},
        {"a": np.ones((2, 3), np.float32), "a.scale": np.ones((2, 1), np.float32)},
        {"a": np.ones((2, 3), np.int8), "a.scale": np.ones((3, 1), np.float32)},
        {"a": np.ones((2, 3), np.int8), "a.scale": np.ones(2, np.float32)},
    ],
)
def test_a_scale_that_does_not_fit_its_table_is_refused(tensors: dict[str, np.ndarray]) -> None:
    with pytest.raises(ValueError, match=r"a\.scale does not fit its table"):
        widened(tensors)
