"""`rnnsent models` and `rnnsent models verify`."""

import json
from typing import Annotated

import typer

from rnnsent.cli.options import JsonOption, QuietOption, complete_models
from rnnsent.report.terminal import say, say_error, standard_output

app = typer.Typer(invoke_without_command=True, rich_markup_mode=None, subcommand_metavar="[verify]")


@app.callback()
def models(context: typer.Context, json_: JsonOption = False, quiet: QuietOption = False) -> None:
    """List the models and their scores.

    They are those in models/, or in $RNNSENT_MODELS_DIR where that is set, and the one that ships.

    Example: rnnsent models --json
    """
    if context.invoked_subcommand:
        return
    from rnnsent.errors import ModelError
    from rnnsent.model.checkpoint import Checkpoint
    from rnnsent.model.store import available, models_folder

    checkpoints: list[Checkpoint] = []
    broken: list[ModelError] = []
    for path in available().values():
        try:
            checkpoint = Checkpoint.read(path)
            _ = checkpoint.metrics
            checkpoints.append(checkpoint)
        except ModelError as error:
            broken.append(error)
    if not checkpoints and not broken:
        say(f"there is no model in {models_folder()}; train one with `rnnsent train sentences`")
    if json_:
        listing = [
            {"name": each.name, "path": str(each.path), "size": each.size, **each.config(), "metrics": each.metrics}
            for each in checkpoints
        ]
        with standard_output() as output:
            output.write(json.dumps(listing, indent=2, ensure_ascii=False) + "\n")
        for each_error in broken:
            say(f"unreadable: {each_error}")
        return
    from rnnsent.report.tables import print_models

    with standard_output(guarded=False) as output:
        print_models(output, checkpoints, broken)


@app.command()
def verify(
    names: Annotated[
        list[str] | None,
        typer.Argument(autocompletion=complete_models, help="Names or paths of models.", show_default="all of them"),
    ] = None,
    quiet: QuietOption = False,
) -> None:
    """Check models: every digest in manifest.json, and all that is in the files.

    It tells damage and a change by hand, not who made a model: whoever changes a file can change the manifest too.

    Example: rnnsent models verify english
    """
    from rnnsent.errors import ModelError
    from rnnsent.model.store import available, find_model

    faults: list[ModelError] = []
    with standard_output() as output:
        for name in names or available():
            try:
                checkpoint = find_model(name)
                checkpoint.verify()
            except ModelError as error:
                faults.append(error)
                continue
            files = checkpoint.manifest and f"{len(checkpoint.manifest.entries)} files as manifest.json lists them"
            output.write(f"{checkpoint.name}: {files or 'sound, but without a manifest.json to compare with'}\n")
    for fault in faults[:-1]:
        say_error(str(fault))
    if faults:
        raise faults[-1]
