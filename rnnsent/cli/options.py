"""Options that several commands share. Loads nothing slow."""

import csv
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rnnsent.config import GROUPS, Device, InputFormat, OnError, PredictPrecision
from rnnsent.data.catalog import CATALOG
from rnnsent.data.read_options import ReadOptions, check_read_options
from rnnsent.errors import SettingsError
from rnnsent.output.terminal import notify, open_stdout
from rnnsent.recipe import recipe_names
from rnnsent.settings import option_name

if TYPE_CHECKING:
    from rnnsent.data.labels import LabelMap
    from rnnsent.predictor import Predictor

DATA, MODEL, TRAINING, DISTILLATION, RUN = "Data", "Model", "Training", "Distillation", "Run"  # groups of options


def complete_models(incomplete: str) -> list[str]:
    from rnnsent.checkpoint.store import available_models

    return [name for name in available_models() if name.startswith(incomplete)]


def complete_sources(incomplete: str) -> list[str]:
    return [*(name for name in CATALOG if name.startswith(incomplete)), *complete_files(incomplete)]


def complete_files(incomplete: str) -> list[str]:
    """Files and folders whose path starts with the text; hidden ones only if the text names them."""
    folder, _, prefix = incomplete.rpartition("/")
    parent = folder + "/" if "/" in incomplete else ""
    try:
        paths = sorted(Path(parent or ".").expanduser().iterdir())
    except OSError:
        return []
    return [
        parent + path.name + ("/" if path.is_dir() else "")
        for path in paths
        if path.name.startswith(prefix) and (prefix or not path.name.startswith("."))
    ]


def complete_recipes(incomplete: str) -> list[str]:
    return [name for name in (*recipe_names(), *complete_files(incomplete)) if name.startswith(incomplete)]


def complete_splits(incomplete: str) -> list[str]:
    return [name for name in ("train", "validation", "test") if name.startswith(incomplete)]


ModelOption = Annotated[
    str | None,
    typer.Option(
        "--model",
        "-m",
        autocompletion=complete_models,
        help="Name or path of a model.  [default: $RNNSENT_MODEL, the pinned model, the newest in models/, or the bundled "
        "one]",
    ),
]
DeviceOption = Annotated[Device, typer.Option("--device", help="Device; auto uses CUDA if available.")]
PrecisionOption = Annotated[
    PredictPrecision,
    typer.Option(
        "--precision",
        help="bfloat16 is faster on large inputs if the device supports it; probabilities change by about 0.01.",
    ),
]
ClassesOption = Annotated[
    str | None,
    typer.Option(
        "--classes",
        metavar="A,B,...",
        help="Choose among these classes only, for example negative,positive: their probabilities add up to 1.",
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@dataclass(frozen=True, kw_only=True)
class InputOptions:
    """The options of every command that reads files."""

    text_column: Annotated[
        list[str] | None,
        typer.Option(
            "--text-column",
            "-c",
            help="Text column, if it cannot be inferred: a name, a number, or a path such as review.text. Several are joined.",
            rich_help_panel=DATA,
        ),
    ] = None
    input_format: Annotated[
        InputFormat | None,
        typer.Option("--input-format", help="Format of the input, if it cannot be inferred.", rich_help_panel=DATA),
    ] = None
    encoding: Annotated[
        str | None,
        typer.Option("--encoding", help="Encoding of the input, if it cannot be inferred.", rich_help_panel=DATA),
    ] = None
    delimiter: Annotated[
        str | None,
        typer.Option("--delimiter", help="Delimiter of csv input, if it cannot be inferred.", rich_help_panel=DATA),
    ] = None
    header: Annotated[
        bool | None,
        typer.Option(
            "--header/--no-header", help="Whether the first row of a table names the columns.", rich_help_panel=DATA
        ),
    ] = None
    on_error: Annotated[
        OnError,
        typer.Option(
            "--on-error",
            help="How to handle unreadable rows: stop, or skip (predict keeps the row and leaves its label empty).",
            rich_help_panel=DATA,
        ),
    ] = "stop"

    def read_options(self) -> ReadOptions:
        """Raises SettingsError for an unknown encoding or a delimiter of several characters."""
        return check_read_options(
            ReadOptions(
                input_format=self.input_format,
                encoding=self.encoding,
                delimiter=self.delimiter,
                header=self.header,
                text_columns=tuple(self.text_column or ()),
                label_column=getattr(self, "label_column", None),
                on_error=self.on_error,
            )
        )


@dataclass(frozen=True, kw_only=True)
class LabeledInputOptions(InputOptions):
    """The options of every command that reads labeled texts."""

    label_column: Annotated[
        str | None,
        typer.Option("--label-column", help="Label column, if it cannot be inferred.", rich_help_panel=DATA),
    ] = None
    label_map: Annotated[
        list[str] | None,
        typer.Option(
            "--label-map",
            metavar="OLD=NEW,...",
            help="Rename, merge or drop classes, for example 1-2=negative,3=,4-5=positive.",
            rich_help_panel=DATA,
        ),
    ] = None

    def parsed_label_map(self) -> "LabelMap | None":
        """The label map, or None without --label-map. Raises SettingsError if it is invalid."""
        from rnnsent.data.label_map import parse_label_map

        return parse_label_map(self.label_map) if self.label_map else None


def setting_option(key: str, panel: str, **attributes: Any) -> Any:
    """The option of a recipe's setting, its help and default read from the dataclass that defines it."""
    table, _, name = key.partition(".")
    (entry,) = [entry for entry in GROUPS[table].entries() if entry.name == name]
    default = f"  [default: {entry.default}]" if entry.default != "" else ""
    return typer.Option(
        option_name(name),
        help=entry.metadata["help"] + default,
        rich_help_panel=panel,
        show_default=False,
        **attributes,
    )


def load_predictor(
    model: str | None,
    device: Device,
    precision: PredictPrecision,
    *,
    reason: str = "",
    classes: str | None = None,
    abstain_at: float | None = None,
) -> "Predictor":
    """Load the model that the options mean; notify which one and why unless it is explicit or the bundled one.

    Args:
        reason: why `model` was chosen, if not by the user.
        classes: the value of --classes.
        abstain_at: the error that --abstain-at allows.

    Raises:
        SettingsError: the model cannot choose among these classes.
    """
    from rnnsent.checkpoint.store import choose_model
    from rnnsent.predictor import Predictor

    choice = choose_model(model)
    for error in choice.unreadable_models:
        notify(f"note: skipped a model that cannot be read: {error}")
    if reason or choice.reason:
        notify(f"note: {reason or choice.reason}")
    if classes is None:
        return Predictor(choice.checkpoint, device=device, precision=precision, abstain_at=abstain_at)
    try:
        return Predictor(
            choice.checkpoint,
            device=device,
            precision=precision,
            classes=parse_names(classes),
            abstain_at=abstain_at,
        )
    except SettingsError as error:
        raise SettingsError(f"--classes {classes}: {error}") from None


def parse_names(text: str) -> list[str]:
    """The names in a list with commas; a name with a comma is in double quotes."""
    return [name.strip() for name in next(csv.reader([text], skipinitialspace=True), []) if name.strip()]


def check_output(option: str, path: Path, sources: Sequence[str] = ()) -> None:
    """Raise SettingsError if there is no folder for a file, or if it is one of the sources."""
    if not path.absolute().parent.is_dir():
        raise SettingsError(f"{option} {path}: no folder {path.absolute().parent}; create it first")
    if any(Path(source).exists() and Path(source).resolve() == path.resolve() for source in sources):
        raise SettingsError(f"{option} {path} is a source, which would be overwritten; choose another name")


def print_json(values: Any) -> None:
    """Print indented JSON on stdout."""
    with open_stdout() as output:
        output.write(format_json(values))


def format_json(values: Any) -> str:
    return json.dumps(values, indent=2, ensure_ascii=False) + "\n"
