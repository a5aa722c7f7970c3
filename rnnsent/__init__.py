"""rnnsent: sentiment analysis with recurrent networks, on the command line and from Python.

`rnnsent.load("english").predict(["A quiet triumph."])` is the Python interface. Nothing slow is imported here.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rnnsent.config import Device
    from rnnsent.predict import Predictor

__version__ = "0.1.0"


def load(model: str | None = None, *, device: "Device" = "auto", fast: bool = False) -> "Predictor":
    """Load a model by name or path, as `--model` does; None means the one that `rnnsent predict` would use.

    With `fast` a long input is computed in bfloat16 where the device has it.

    Raises:
        rnnsent.errors.ModelError: there is no such model, or its checkpoint cannot be read.
    """
    from rnnsent.predict import Predictor

    return Predictor.load(model, device=device, fast=fast)
