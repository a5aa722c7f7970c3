"""What is installed: the full package, the slim one that only predicts, or by mistake both."""

import importlib.util
from pathlib import Path

from rnnsent.errors import RnnsentError

INSTALL = "install the full package: pip uninstall rnnsent-predict && pip install rnnsent"
# Packages that rnnsent-predict leaves out.
FULL_ONLY = ("jinja2", "torch", "datasets", "sklearn", "scipy", "pyarrow", "filelock", "huggingface_hub")
DISTRIBUTIONS = ("rnnsent-*.dist-info", "rnnsent_predict-*.dist-info")


def require(feature: str, *modules: str) -> None:
    """Raise RnnsentError, which says how to install them, unless the modules are installed. Imports none."""
    for module in modules:
        if importlib.util.find_spec(module) is None:
            raise missing(feature, module)


def missing(feature: str, module: str) -> RnnsentError:
    return RnnsentError(f"{feature} needs {module}, which is not installed; {INSTALL}")


def has_conflict() -> bool:
    """Whether both packages are installed: they own the same files, and uninstalling one breaks the other."""
    folder = Path(__file__).parents[2]
    return all(any(folder.glob(pattern)) for pattern in DISTRIBUTIONS)
