"""`rnnsent models`."""

import json

from rnnsent.cli.options import JsonOption, QuietOption
from rnnsent.report.terminal import say, standard_output


def models(json_: JsonOption = False, quiet: QuietOption = False) -> None:
    """List the models and their scores.

    They are those in models/, or in $RNNSENT_MODELS_DIR where that is set, and the one that ships.

    Example: rnnsent models --json
    """
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
