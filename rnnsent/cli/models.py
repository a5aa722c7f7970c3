"""`rnnsent models`, `rnnsent models verify`, `rnnsent models default` and `rnnsent models rename`."""

from typing import TYPE_CHECKING, Annotated

import typer

from rnnsent.cli.options import JsonOption, complete_models, print_json
from rnnsent.cli.quiet_option import QuietOption
from rnnsent.output.terminal import notify, open_stdout, print_error

if TYPE_CHECKING:
    from rnnsent.checkpoint.checkpoint import Checkpoint


def complete_classes(context: typer.Context, incomplete: str) -> list[str]:
    """The classes of the model named before, each with the = that a new name follows."""
    from rnnsent.checkpoint.store import find_model
    from rnnsent.errors import RnnsentError

    try:
        classes = find_model(context.params.get("name")).classes
    except RnnsentError:
        return []
    return [f"{name}=" for name in classes if name.startswith(incomplete)]


app = typer.Typer(
    invoke_without_command=True, rich_markup_mode=None, subcommand_metavar="COMMAND", add_completion=False
)


@app.callback()
def models(context: typer.Context, json_: JsonOption = False, quiet: QuietOption = False) -> None:
    """List models and their metrics.

    Lists models in ./models (or $RNNSENT_MODELS_DIR) and the bundled one. The default model is marked.

    Example: rnnsent models --json
    """
    if context.invoked_subcommand:
        return
    from rnnsent.checkpoint.checkpoint import Checkpoint
    from rnnsent.checkpoint.store import available_models, choose_model, models_folder
    from rnnsent.errors import ModelError

    checkpoints: list[Checkpoint] = []
    unreadable: list[ModelError] = []
    for path in available_models().values():
        try:
            checkpoint = Checkpoint.read(path)
            _ = checkpoint.metrics
            checkpoints.append(checkpoint)
        except ModelError as error:
            unreadable.append(error)
    if not checkpoints and not unreadable:
        notify(f"no models in {models_folder()}; train one with `rnnsent train sentences`")
    default: Checkpoint | None = None
    try:
        default = choose_model(None).checkpoint if checkpoints else None
    except ModelError as error:
        notify(f"note: {error}")
    if default and default.path.resolve() not in [checkpoint.path.resolve() for checkpoint in checkpoints]:
        checkpoints.append(default)  # pinned in another folder
    if json_:
        print_json([_to_dict(checkpoint, default) for checkpoint in checkpoints])
        for problem in unreadable:
            notify(f"unreadable: {problem}")
        return
    from rnnsent.output.tables import print_models

    with open_stdout(escape=False) as output:
        print_models(output, checkpoints, unreadable, default=str(default.path) if default else None)


@app.command()
def verify(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="NAMES",
            autocompletion=complete_models,
            help="Names or paths of models.  [default: all]",
        ),
    ] = None,
    quiet: QuietOption = False,
) -> None:
    """Verify model files against manifest.json.

    Detects corruption and edits, not forgery: whoever can change a file can change the manifest.

    Example: rnnsent models verify english
    """
    from rnnsent.checkpoint.store import available_models, find_model
    from rnnsent.errors import ModelError

    errors: list[ModelError] = []
    with open_stdout() as output:
        for name in names or available_models():
            try:
                checkpoint = find_model(name)
                checkpoint.verify()
            except ModelError as error:
                errors.append(error)
                continue
            n_files = len(checkpoint.manifest.entries) if checkpoint.manifest else 0
            output.write(f"{checkpoint.name}: OK ({f'{n_files} files' if n_files else 'no manifest.json'})\n")
    for problem in errors[:-1]:
        print_error(str(problem))
    if errors:
        raise errors[-1]


@app.command()
def default(
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="NAME",
            autocompletion=complete_models,
            help="Name or path of a model.  [default: print the current default]",
        ),
    ] = None,
    unset: Annotated[bool, typer.Option("--unset", help="Remove the pinned default.")] = False,
    quiet: QuietOption = False,
) -> None:
    """Pin the default model, or print it.

    Commands use it without --model, in every folder. The order is --model, $RNNSENT_MODEL, the pinned model, the newest in models/, the bundled one.

    Example: rnnsent models default english
    """
    from rnnsent.checkpoint.store import choose_model, pin_default, unpin_default
    from rnnsent.errors import SettingsError

    if unset:
        if name:
            raise SettingsError("--unset takes no NAME")
        notify("removed the pinned default" if unpin_default() else "no default is pinned")
        return
    checkpoint = pin_default(name) if name else choose_model(None).checkpoint
    with open_stdout() as output:
        output.write(f"{checkpoint.path}\n")


@app.command()
def rename(
    name: Annotated[
        str, typer.Argument(metavar="NAME", autocompletion=complete_models, help="Name or path of a model.")
    ],
    classes: Annotated[
        list[str],
        typer.Argument(
            metavar="OLD=NEW",
            autocompletion=complete_classes,
            help="Classes and their new names; two may exchange their names.",
        ),
    ],
    quiet: QuietOption = False,
) -> None:
    """Rename classes of a model.

    Write -- before the first class if its name begins with a dash. A name with a comma or = is in double quotes.

    Example: rnnsent models rename mine 0=negative 1=positive
    """
    from rnnsent.checkpoint.rename import rename_classes
    from rnnsent.checkpoint.store import find_model
    from rnnsent.data.label_map import parse_label_map
    from rnnsent.errors import SettingsError

    names: dict[str, str] = {}
    for old, new in parse_label_map(classes, "rename").items():
        if new is None:
            raise SettingsError(f"rename: the class {old!r} needs a new name; write OLD=NEW")
        names[old] = new
    renamed = rename_classes(find_model(name).path, names)
    notify(f"the classes of {renamed.name} are {', '.join(renamed.classes)}")


def _to_dict(checkpoint: "Checkpoint", default: "Checkpoint | None") -> dict[str, object]:
    return {
        "name": checkpoint.name,
        "path": str(checkpoint.path),
        "default": default is not None and checkpoint.path.resolve() == default.path.resolve(),
        "size": checkpoint.size,
        **checkpoint.config(),
        "metrics": checkpoint.metrics,
    }
