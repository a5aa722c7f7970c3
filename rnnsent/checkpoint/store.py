"""Where models are saved and which one a command uses. Knows folders, environment variables and the pinned default.

Without an explicit name or path, a command uses the first of these: $RNNSENT_MODEL, the pinned default, the newest
model in models/ (or $RNNSENT_MODELS_DIR), the bundled English model. The pin applies to every folder that the user
works in: it is one line in the file `default-model` in $XDG_CONFIG_HOME/rnnsent, or in ~/.config/rnnsent.
"""

import difflib
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from rnnsent.atomic import replace_file
from rnnsent.checkpoint.checkpoint import CONFIG, Checkpoint
from rnnsent.checkpoint.safe_read import REMEDY, short_message
from rnnsent.errors import ModelError, SettingsError

MODEL_VARIABLE, FOLDER_VARIABLE, CONFIG_VARIABLE = "RNNSENT_MODEL", "RNNSENT_MODELS_DIR", "XDG_CONFIG_HOME"
PACKAGE = Path(__file__).parents[1]
DEFAULT_BUNDLED = "english"  # the bundled model that is used by default
# A wheel has the bundled model inside the package, a checkout beside it.
BUNDLED = next(
    (path for path in (PACKAGE / "models", PACKAGE.parent / "models") if (path / DEFAULT_BUNDLED).is_dir()),
    PACKAGE / "models",
)
REPIN = "pin another with `rnnsent models default NAME`, or remove the pin with `rnnsent models default --unset`"


@dataclass(frozen=True)
class ModelChoice:
    """The model that a command uses and where the choice comes from.

    `unreadable_models` has an error for each model in models/ that was skipped in the search for the newest.
    """

    checkpoint: Checkpoint
    source: Literal["explicit", "environment", "pinned", "newest", "bundled"]
    unreadable_models: tuple[ModelError, ...] = ()

    @property
    def reason(self) -> str | None:
        """A line for stderr if the choice depends on what happens to be in models/, else None."""
        if self.source != "newest":
            return None
        return (
            f"using {self.checkpoint.path}, the newest model in {models_folder()}/; choose another with --model, "
            'or pin one with "rnnsent models default NAME"'
        )


def models_folder() -> Path:
    """The folder that new models are written to."""
    return Path(os.environ.get(FOLDER_VARIABLE) or "models")


def available_models() -> dict[str, Path]:
    """Folders of all models by name; one in the models folder hides a bundled one of the same name."""
    models: dict[str, Path] = {}
    for folder in (BUNDLED, models_folder()):
        if folder.is_dir():
            models.update({path.name: path for path in sorted(folder.iterdir()) if _is_model(path)})
    return models


def has_bundled() -> bool:
    return _is_model(BUNDLED / DEFAULT_BUNDLED)


def bundled_name() -> str:
    """A name of the bundled model for `find_model`: its path if a model of the user has its name."""
    path = available_models().get(DEFAULT_BUNDLED)
    return DEFAULT_BUNDLED if path and is_bundled(path) else str(BUNDLED / DEFAULT_BUNDLED)


def is_bundled(path: Path) -> bool:
    """Whether the path is the bundled model. In a checkout of this project, its folder also holds the user's models."""
    return path.resolve() == (BUNDLED / DEFAULT_BUNDLED).resolve()


def find_model(name: str | None) -> Checkpoint:
    """The model with a name or path, or the default model for None. Raises ModelError like `choose_model`."""
    return choose_model(name).checkpoint


def choose_model(name: str | None) -> ModelChoice:
    """The model with a name or path; for None the default, in the order that the module describes.

    Raises:
        ModelError: there is no such model, or its checkpoint cannot be read.
    """
    if name is not None:
        return ModelChoice(_read_named(name), "explicit")
    if variable := os.environ.get(MODEL_VARIABLE):
        try:
            return ModelChoice(_read_named(variable), "environment")
        except ModelError as error:
            raise ModelError(f"${MODEL_VARIABLE}: {error}") from None
    if pinned := pinned_default():
        return ModelChoice(_read_pinned(pinned), "pinned")
    return _choose_unnamed()


def pin_default(name: str) -> Checkpoint:
    """Make the model with a name or path the default in every folder, and return it.

    Raises:
        ModelError: there is no such model, or its checkpoint cannot be read.
    """
    checkpoint = _read_named(name)
    path = checkpoint.path.resolve() if ".." in checkpoint.path.parts else checkpoint.path.absolute()
    # The name of a bundled model stays valid when the package is installed elsewhere.
    line = path.name if is_bundled(path) else str(path)
    if line.splitlines() != [line]:
        raise ModelError(f"{line!r} cannot be the default model: its path contains a line break; rename the folder")
    file = _pin_file()
    if file is None:
        raise ModelError(f"the default model cannot be saved: there is no home folder; set ${CONFIG_VARIABLE}")
    file.parent.mkdir(parents=True, exist_ok=True)
    with replace_file(file) as temporary:
        temporary.write_bytes(os.fsencode(line) + b"\n")
    return checkpoint


def unpin_default() -> bool:
    """Remove the pin; False if there was none."""
    file = _pin_file()
    if file is None:
        return False
    try:
        file.unlink()
    except (FileNotFoundError, NotADirectoryError):
        return False
    return True


def pinned_default() -> str | None:
    """The path of the pinned default model, or its name if it is a bundled one; None without a pin.

    Raises:
        ModelError: the file cannot be read, or is not one line.
    """
    file = _pin_file()
    try:
        line = os.fsdecode(file.read_bytes()).removesuffix("\n") if file else None
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise ModelError(f"{file} cannot be read: {error.strerror}; correct that, or choose with --model") from None
    if line is not None and line.splitlines() != [line]:
        raise ModelError(f"{file} must be one line, the path of a model; {REPIN}")
    return line


def new_path(name: str) -> Path:
    """The path to write a new model to.

    Raises:
        SettingsError: the name is not a plain file name, or the models folder is not writable.
    """
    if not re.fullmatch(r"[\w][\w.+-]*", name):
        raise SettingsError(f"--name {name!r} is invalid; use letters, digits, '.', '_', '+' and '-'")
    folder = models_folder()
    existing = next(path for path in (folder.absolute(), *folder.absolute().parents) if path.exists())
    if not existing.is_dir() or not os.access(existing, os.W_OK | os.X_OK):
        why = "is not writable" if existing.is_dir() else "is not a folder"
        raise SettingsError(
            f"models are saved in {folder}, but {existing} {why}; set ${FOLDER_VARIABLE} to another folder"
        )
    return folder / name


def _pin_file() -> Path | None:
    """The file with the pinned default; None if the user has no home folder, as in some containers."""
    try:
        return Path(os.environ.get(CONFIG_VARIABLE) or Path.home() / ".config") / "rnnsent" / "default-model"
    except RuntimeError:
        return None


def _read_named(name: str) -> Checkpoint:
    if not name:
        raise ModelError("the name of the model is empty; see `rnnsent models` for the names")
    models = available_models()
    path = Path(name)
    if name in models and not (os.sep in name and path.is_dir()):
        return Checkpoint.read(models[name])
    if path.is_dir():
        return Checkpoint.read(path)
    close = difflib.get_close_matches(name, models, n=1)
    if close:
        hint = f"did you mean {close[0]!r}?"
    elif models:
        hint = f"available: {', '.join(models)}"
    else:
        hint = "train one with `rnnsent train`"
    raise ModelError(f"no model named {name!r} in {models_folder()}; {hint}")


def _read_pinned(pinned: str) -> Checkpoint:
    path = BUNDLED / pinned  # an absolute path replaces BUNDLED
    why = "does not exist"
    if path.is_dir():
        try:
            return Checkpoint.read(path)
        except ModelError as error:
            why = f"cannot be read ({short_message(error).removesuffix(f'; {REMEDY}')})"
    raise ModelError(f"the default model {pinned}, pinned in {_pin_file()}, {why}; {REPIN}")


def _choose_unnamed() -> ModelChoice:
    """The newest readable model of the models folder, else the bundled one."""
    folder = models_folder()
    readable: list[Checkpoint] = []
    unreadable: list[ModelError] = []
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if _is_model(path):
            try:
                readable.append(Checkpoint.read(path))
            except ModelError as error:
                unreadable.append(error)
    if readable:
        newest = max(readable, key=lambda checkpoint: checkpoint.created)
        return ModelChoice(newest, "bundled" if is_bundled(newest.path) else "newest", tuple(unreadable))
    if unreadable:
        raise unreadable[0]
    if has_bundled():
        return ModelChoice(Checkpoint.read(BUNDLED / DEFAULT_BUNDLED), "bundled")
    raise ModelError("no model yet; train one with `rnnsent train`")


def _is_model(path: Path) -> bool:
    return path.is_dir() and not path.name.startswith(".") and (path / CONFIG).is_file()
