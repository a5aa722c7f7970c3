"""Options that several commands share, and an option for every setting of a recipe. Loads nothing slow."""

import functools
import inspect
import sys
from collections.abc import Callable
from dataclasses import Field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_type_hints

import typer

from rnnsent.config import GROUPS, Device, recipe_names
from rnnsent.data.catalog import CATALOG
from rnnsent.report.terminal import is_terminal, say, set_quiet
from rnnsent.settings import Settings, flag

if TYPE_CHECKING:
    from rnnsent.predict import Predictor


def complete_models(incomplete: str) -> list[str]:
    from rnnsent.model.store import available

    return [name for name in available() if name.startswith(incomplete)]


def complete_sources(incomplete: str) -> list[str]:
    return [*(name for name in CATALOG if name.startswith(incomplete)), *complete_files(incomplete)]


def complete_files(incomplete: str) -> list[str]:
    """Files and folders whose path begins so, those that are hidden only when they are asked for."""
    folder, _, beginning = incomplete.rpartition("/")
    prefix = folder + "/" if "/" in incomplete else ""
    try:
        there = sorted(Path(prefix or ".").expanduser().iterdir())
    except OSError:
        return []
    return [
        prefix + path.name + ("/" if path.is_dir() else "")
        for path in there
        if path.name.startswith(beginning) and (beginning or not path.name.startswith("."))
    ]


def complete_recipes(incomplete: str) -> list[str]:
    return [name for name in (*recipe_names(), *complete_files(incomplete)) if name.startswith(incomplete)]


def complete_splits(incomplete: str) -> list[str]:
    return [name for name in ("train", "validation", "test") if name.startswith(incomplete)]


def _quiet(asked: bool) -> None:
    if asked:
        set_quiet()


ModelOption = Annotated[
    str | None,
    typer.Option(
        "--model",
        "-m",
        autocompletion=complete_models,
        help="Name or path of a model.",
        show_default="$RNNSENT_MODEL, the newest in models/, the one that ships",
    ),
]
DeviceOption = Annotated[Device, typer.Option("--device", help="Where to compute; auto takes cuda when it is present.")]
FastOption = Annotated[
    bool,
    typer.Option(
        "--fast", help="Compute a long input in bfloat16 where the device has it; probabilities may differ by .01."
    ),
]
TextColumnOption = Annotated[
    str | None, typer.Option("--text-column", help="Column of the texts, where it is not plain.")
]
LabelColumnOption = Annotated[
    str | None, typer.Option("--label-column", help="Column of the labels, where it is not plain.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", callback=_quiet, help="Say nothing on stderr but errors.")]


def load_predictor(model: str | None, device: Device, *, fast: bool = False) -> "Predictor":
    """The model that --model means, ready; says which it is where a person sees the answers and named none."""
    from rnnsent.model.store import choose_model
    from rnnsent.predict import Predictor

    choice = choose_model(model)
    for error in choice.passed_over:
        say(f"note: passed over a model that cannot be read: {error}")
    if not choice.named and is_terminal(sys.stdout):
        say(f"model: {choice.checkpoint.name}")
    return Predictor(choice.checkpoint, device=device, fast=fast)


def with_settings(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command that takes **overrides an option for each setting of a recipe, None where it is not given.

    Name, help, bounds and the default that help shows are read from the dataclasses, where they stand once.
    """
    own = list(inspect.signature(command, eval_str=True).parameters.values())
    added = [_parameter(group, each) for group in GROUPS.values() for each in fields(group)]  # type: ignore[arg-type]
    parameters = [each for each in own if each.kind is not inspect.Parameter.VAR_KEYWORD] + added

    @functools.wraps(command)
    def wrapped(**values: Any) -> None:
        command(**values)

    wrapped.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    wrapped.__annotations__ = {each.name: each.annotation for each in parameters}
    return wrapped


def _parameter(group: type[Settings], each: "Field[Any]") -> inspect.Parameter:
    kind = get_type_hints(group)[each.name]
    name = flag(each.name)
    declared = f"{name}/--no-{name.removeprefix('--')}" if kind is bool else name
    default = "none" if each.default == "" else str(each.default).lower() if kind is bool else str(each.default)
    option = typer.Option(declared, help=f"{each.metadata['help']}  [{default}]", show_default=False)
    return inspect.Parameter(
        each.name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=Annotated[kind | None, option]
    )
