"""Modules of the folder `scripts`, which is not a package."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import rnnsent

SCRIPTS = Path(rnnsent.__file__).parents[1] / "scripts"


def load_script(name: str) -> ModuleType:
    """The module of a script, imported once; scripts import one another by name."""
    if name not in sys.modules:
        sys.path.insert(0, str(SCRIPTS))
        try:
            spec = importlib.util.find_spec(name)
            assert spec is not None
            assert spec.loader is not None
            module = importlib.util.module_from_spec(spec)
            sys.modules[name] = module
            spec.loader.exec_module(module)
        finally:
            sys.path.remove(str(SCRIPTS))
    return sys.modules[name]
