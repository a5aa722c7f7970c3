"""int8 quantization is accurate to half a step of each row, and a scale that does not fit its table is an error."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from rnnsent.checkpoint.quantization import MAX_INT8, dequantize, quantize

NUMBERS = st.floats(-1e6, 1e6, width=32)


@settings(deadline=None, derandomize=True)
@given(arrays(np.float32, array_shapes(min_dims=2, max_dims=2), elements=NUMBERS))
def test_roundtrip(table: np.ndarray) -> None:
    """Every dequantized value is within half a step of its row, or within the smallest normal number."""
    stored = quantize("table", table)
    assert stored["table"].dtype == np.int8
    dequantized = dequantize(stored)["table"]
    assert dequantized.dtype == np.float32
    step = np.abs(table).max(axis=1, keepdims=True) / MAX_INT8
    assert (np.abs(dequantized - table) <= step * 0.501 + np.finfo(np.float32).tiny).all()


def test_other_tensors() -> None:
    """Other floats are converted to float32, and integers are unchanged."""
    tensors = dequantize({"half": np.ones(2, np.float16), "keys": np.ones(2, np.uint32)})
    assert (tensors["half"].dtype, tensors["keys"].dtype) == (np.float32, np.uint32)


@pytest.mark.parametrize(
    "tensors",
    [
        {"a.scale": np.ones((2, 1), np.float32)},
        {"a": np.ones((2, 3), np.float32), "a.scale": np.ones((2, 1), np.float32)},
        {"a": np.ones((2, 3), np.int8), "a.scale": np.ones((3, 1), np.float32)},
        {"a": np.ones((2, 3), np.int8), "a.scale": np.ones(2, np.float32)},
    ],
)
def test_wrong_scale(tensors: dict[str, np.ndarray]) -> None:
    """A scale without its int8 table, or of another shape, is an error."""
    with pytest.raises(ValueError, match=r"a\.scale does not fit its table"):
        dequantize(tensors)
