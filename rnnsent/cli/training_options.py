"""The options that `train` and `tune` share, in groups. Every other setting is reached with --set."""

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rnnsent.cli.options import (
    DATA,
    DISTILLATION,
    MODEL,
    TRAINING,
    LabeledInputOptions,
    complete_files,
    complete_models,
    complete_recipes,
    complete_sources,
    setting_option,
)
from rnnsent.cli.quiet_option import QuietOption
from rnnsent.config import GROUPS, Cell, Device
from rnnsent.errors import SettingsError
from rnnsent.recipe import parse_assignments, recipe_names
from rnnsent.settings import option_name

if TYPE_CHECKING:
    from rnnsent.training.request import TrainingRequest


@dataclass(frozen=True, kw_only=True)
class TrainingOptions(LabeledInputOptions):
    sources: Annotated[
        list[str],
        typer.Argument(
            metavar="SOURCES",
            autocompletion=complete_sources,
            help="Short name, Hub id (owner/name or owner/name:config), file (.csv .tsv .jsonl .parquet .txt) or folder. "
            "Several sources train one model.",
        ),
    ]
    min_class_size: Annotated[
        int,
        typer.Option(
            "--min-class-size",
            min=1,
            help="Leave out classes with fewer texts; 1 keeps all, and a class of one text is not validated.",
            rich_help_panel=DATA,
        ),
    ] = 2
    name: Annotated[
        str | None,
        typer.Option("--name", "-n", help="Name of the model.  [default: the data set's name]", rich_help_panel=MODEL),
    ] = None
    fine_tune: Annotated[str | None, setting_option("training.fine_tune", MODEL, autocompletion=complete_models)] = None
    from_scratch: Annotated[
        bool, typer.Option("--from-scratch", help="Start from random weights.", rich_help_panel=MODEL)
    ] = False
    cell: Annotated[Cell | None, setting_option("model.cell", MODEL)] = None
    hidden_size: Annotated[int | None, setting_option("model.hidden_size", MODEL)] = None
    recipe: Annotated[
        str | None,
        typer.Option(
            "--recipe",
            autocompletion=complete_recipes,
            help=f"Named settings ({', '.join(recipe_names())}), or a TOML file. Other options override it.  [default: default]",
            rich_help_panel=TRAINING,
        ),
    ] = None
    epochs: Annotated[int | None, setting_option("training.epochs", TRAINING)] = None
    learning_rate: Annotated[float | None, setting_option("training.learning_rate", TRAINING)] = None
    device: Annotated[
        Device, typer.Option("--device", help="Device; auto uses CUDA if available.", rich_help_panel=TRAINING)
    ] = "auto"
    assignments: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="TABLE.KEY=VALUE",
            help="Any other setting, for example training.max_grad_norm=0.5 (repeatable; listed in docs/settings.md).",
            rich_help_panel=TRAINING,
        ),
    ] = None
    teacher: Annotated[str | None, setting_option("distillation.teacher", DISTILLATION)] = None
    unlabeled: Annotated[
        str | None, setting_option("distillation.unlabeled", DISTILLATION, autocompletion=complete_files)
    ] = None
    quiet: QuietOption = False

    def settings(self) -> dict[str, Any]:
        """The settings that the options give, by TABLE.KEY.

        Raises:
            SettingsError: --set is invalid, or repeats an option.
        """
        given = {
            f"{table}.{entry.name}": value
            for table, group in GROUPS.items()
            for entry in group.entries()
            if entry.metadata["option"] and (value := getattr(self, entry.name)) is not None
        }
        if self.from_scratch:
            if self.fine_tune is not None:
                raise SettingsError("--from-scratch starts from random weights and --fine-tune from a model; give one")
            given["training.fine_tune"] = ""
        assigned = parse_assignments(self.assignments or ())
        for key in given.keys() & assigned.keys():
            raise SettingsError(f"{option_name(key.partition('.')[2])} and --set {key} are the same setting; give one")
        return given | assigned

    def request(self, **run: Any) -> "TrainingRequest":
        """The training request; `run` has the fields that only one command offers."""
        from rnnsent.training.request import TrainingRequest

        return TrainingRequest(
            sources=tuple(self.sources),
            name=self.name,
            recipe=self.recipe,
            settings=self.settings(),
            device=self.device,
            read=self.read_options(),
            label_map=self.parsed_label_map(),
            min_class_size=self.min_class_size,
            command=("rnnsent", *sys.argv[1:]),
            **run,
        )
