"""What a training run is asked for, and whether it can be: by the model's place and by the run that it resumes."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from rnnsent.config import GROUPS, Device, Recipe, TeachConfig, load_recipe
from rnnsent.data.embeddings import vector_size
from rnnsent.data.sources import Corpus
from rnnsent.errors import DataError, SettingsError
from rnnsent.model.checkpoint import Checkpoint
from rnnsent.model.resume import ResumeState
from rnnsent.model.store import find_model
from rnnsent.settings import flag

NETWORK = ("cell", "embedding_dim", "hidden", "layers", "bidirectional")  # what a fine-tuned model keeps


@dataclass(frozen=True)
class Request:
    """What a training run is asked for. `overrides` replace settings of the recipe by name; None leaves one alone.

    `save_every` is the number of minutes between savings of the state within an epoch; `more_teaching` are teachers beside the recipe's own; texts of `keep_out`, and near duplicates of them, are not
    trained on.
    """

    sources: tuple[str, ...]
    name: str | None = None
    recipe: str | None = None
    overrides: Mapping[str, Any] = field(default_factory=dict)
    device: Device = "auto"
    text_column: str | None = None
    label_column: str | None = None
    force: bool = False
    resume: bool = False
    save_every: float = 5.0
    more_teaching: tuple[TeachConfig, ...] = ()
    keep_out: Sequence[str] = ()
    command: tuple[str, ...] = ()


def default_name(sources: tuple[str, ...]) -> str:
    """The name of a model trained on these sources: the short name, the Hub id's last part, or the file's stem."""
    return "+".join(Path(source.partition(":")[0] if not Path(source).exists() else source).stem for source in sources)


def resolve_recipe(request: Request) -> Recipe:
    """The recipe with its overrides; the size of given word vectors is that of the embedding unless a larger one was
    asked for.

    Raises:
        SettingsError: a setting cannot be, or differs from the model that is to be fine-tuned.
    """
    recipe = load_recipe(request.recipe or "default").overridden(request.overrides)
    if recipe.training.fine_tune:
        return _as_in(find_model(recipe.training.fine_tune), recipe, request.overrides)
    if recipe.training.embeddings:
        size = vector_size(Path(recipe.training.embeddings))
        if request.overrides.get("embedding_dim") is None:
            return recipe.overridden({"embedding_dim": size})
        if size > recipe.model.embedding_dim:
            raise SettingsError(
                f"--embedding-dim is {recipe.model.embedding_dim}, but the vectors of {recipe.training.embeddings} have {size} "
                "numbers; leave it out, or give a larger one"
            )
    return recipe


def _as_in(base: Checkpoint, recipe: Recipe, overrides: Mapping[str, Any]) -> Recipe:
    """The recipe with the tokenizer and the network of a model that is to be fine-tuned."""
    fixed = {**asdict(base.recipe.tokenizer), **{name: getattr(base.recipe.model, name) for name in NETWORK}}
    for name, value in fixed.items():
        if overrides.get(name) not in (None, value):
            raise SettingsError(
                f"{flag(name)} is {overrides[name]}, but --fine-tune {base.name} has {value}; leave it out"
            )
    return recipe.overridden(fixed)


def check_place(request: Request, path: Path, state: ResumeState) -> None:
    if request.resume and request.force:
        raise SettingsError("--resume goes on with a run and --force starts anew; choose one")
    if request.resume and not state.exists() and path.exists():
        raise SettingsError(f"the run of {path.name!r} is finished: {path} is whole; --force trains it anew")
    if request.resume and not state.exists():
        raise SettingsError(
            f"there is no unfinished run of {path.name!r} in {path.parent} to resume; leave --resume out"
        )
    if request.resume or request.force:
        return
    if state.exists():
        raise SettingsError(
            f"a run of {path.name!r} was stopped before its end: --resume goes on with it, --force starts anew"
        )
    if path.exists():
        raise SettingsError(f"{path} is there already: --force replaces it, --name NAME keeps both")


def resumed_recipe(request: Request, before: Mapping[str, Any]) -> Recipe:
    """The recipe of the run that goes on; what the request asks for besides must be the same."""
    stored = Recipe.from_dict({key: before[key] for key in GROUPS}, "the unfinished run")
    if list(request.sources) != before["sources"]:
        raise SettingsError(
            f"the unfinished run was trained on {' '.join(before['sources'])}; --resume cannot change that"
        )
    asked = resolve_recipe(request) if request.recipe else stored.overridden(request.overrides)
    for group, settings in asked.to_dict().items():
        for key, value in settings.items():
            kept = stored.to_dict()[group][key]
            if value != kept:
                raise SettingsError(
                    f"the unfinished run has {flag(key)} {kept}, not {value}; --resume cannot change that"
                )
    return stored


def check_same_data(before: list[dict[str, Any]], corpus: Corpus) -> None:
    for then, now in zip(before, corpus.sources, strict=True):
        for key in ("train_fingerprint", "validation_fingerprint"):
            if then.get(key) != now[key]:
                part = key.partition("_")[0]
                raise DataError(
                    f"the {part} texts of {now['name']} are not those of the unfinished run; start anew with --force"
                )
