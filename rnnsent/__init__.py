"""rnnsent: sentiment analysis with recurrent networks, on the command line and from Python.

    import rnnsent
    rnnsent.load("english").predict(["A quiet triumph."])

Names are imported when they are used, so that `import rnnsent` is fast.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rnnsent.api import compare as compare
    from rnnsent.api import evaluate as evaluate
    from rnnsent.api import load as load
    from rnnsent.api import train as train
    from rnnsent.errors import RnnsentError as RnnsentError
    from rnnsent.prediction import Prediction as Prediction
    from rnnsent.predictor import Predictor as Predictor

__version__ = "0.1.0"
__all__ = ["Prediction", "Predictor", "RnnsentError", "compare", "evaluate", "load", "train"]

_MODULES = {
    "Prediction": "rnnsent.prediction",
    "Predictor": "rnnsent.predictor",
    "RnnsentError": "rnnsent.errors",
    "compare": "rnnsent.api",
    "evaluate": "rnnsent.api",
    "load": "rnnsent.api",
    "train": "rnnsent.api",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module 'rnnsent' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_MODULES[name]), name)


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
