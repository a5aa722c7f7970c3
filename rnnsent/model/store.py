"""Where models live and how a name finds one. Knows folders and environment variables, not what a model is."""

import difflib
import os
import re
from dataclasses import dataclass
from pathlib import Path

from rnnsent.errors import ModelError, SettingsError
from rnnsent.model.checkpoint import CONFIG, Checkpoint

MODEL_VARIABLE, FOLDER_VARIABLE = "RNNSENT_MODEL", "RNNSENT_MODELS_DIR"
PACKAGE = Path(__file__).parents[1]
# In a wheel the shipped model is inside the package, in a checkout beside it.
SHIPPED = next(
    (path for path in (PACKAGE / "models", PACKAGE.parent / "models") if (path / "english").is_dir()),
    PACKAGE / "models",
)


def models_folder() -> Path:
    return Path(os.environ.get(FOLDER_VARIABLE) or "models")


def available() -> dict[str, Path]:
    """Models by name: those of the models folder, and those that ship with the package."""
    found: dict[str, Path] = {}
    for folder in (SHIPPED, models_folder()):
        if folder.is_dir():
            found.update({path.name: path for path in sorted(folder.iterdir()) if _is_model(path)})
    return found


@dataclass(frozen=True)
class Choice:
    """The model that a word means; `named` where a word or the variable names it.

    `passed_over` tells of the models that cannot be read, where the newest of the others was taken.
    """

    checkpoint: Checkpoint
    named: bool
    passed_over: tuple[ModelError, ...] = ()


def find_model(asked: str | None) -> Checkpoint:
    """The model that a word means. Raises ModelError like `choose_model`."""
    return choose_model(asked).checkpoint


def choose_model(asked: str | None) -> Choice:
    """The model that a word means: a path or a name; without one `RNNSENT_MODEL`, the newest here, the shipped one.

    Raises:
        ModelError: there is none, or its checkpoint cannot be read.
    """
    asked = asked or os.environ.get(MODEL_VARIABLE) or None
    return _newest() if asked is None else Choice(_named(asked), named=True)


def new_path(name: str) -> Path:
    """Where a model of this name is to be written.

    Raises:
        SettingsError: the name is no plain file name, or nothing can be written there.
    """
    if not re.fullmatch(r"[\w][\w.+-]*", name):
        raise SettingsError(f"--name is {name!r}; letters, digits, '.', '_', '+' and '-' make a name")
    folder = models_folder()
    there = next(path for path in (folder.absolute(), *folder.absolute().parents) if path.exists())
    if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
        why = "cannot be written to" if there.is_dir() else "is no folder"
        raise SettingsError(f"models go into {folder}, but {there} {why}; set ${FOLDER_VARIABLE} to another folder")
    return folder / name


def _named(asked: str) -> Checkpoint:
    models = available()
    path = Path(asked)
    if asked in models and not (os.sep in asked and path.is_dir()):
        return Checkpoint.read(models[asked])
    if path.is_dir():
        return Checkpoint.read(path)
    close = difflib.get_close_matches(asked, models, n=1)
    hint = (
        f"did you mean {close[0]!r}?"
        if close
        else f"there are {', '.join(models)}"
        if models
        else "train one with `rnnsent train`"
    )
    raise ModelError(f"there is no model {asked!r} in {models_folder()}; {hint}")


def _newest() -> Choice:
    folder = models_folder()
    here: list[Checkpoint] = []
    unreadable: list[ModelError] = []
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if _is_model(path):
            try:
                here.append(Checkpoint.read(path))
            except ModelError as error:
                unreadable.append(error)
    if here:
        newest = max(here, key=lambda checkpoint: checkpoint.created)
        return Choice(newest, named=False, passed_over=tuple(unreadable))
    if unreadable:
        raise unreadable[0]
    if _is_model(SHIPPED / "english"):
        return Choice(Checkpoint.read(SHIPPED / "english"), named=False)
    raise ModelError("there is no model yet; train one with `rnnsent train`")


def _is_model(path: Path) -> bool:
    return path.is_dir() and not path.name.startswith(".") and (path / CONFIG).is_file()
