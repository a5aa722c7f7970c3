"""Sources -> checkpoint: reads, tokenises, fits, saves. A generator of events, so that printing stays outside.

What stands in `models/NAME` is replaced whole when the training ends, or is stopped after its first epoch. Until
then everything is in a hidden folder beside it, from which `resume` goes on.
"""

import platform
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

import rnnsent
from rnnsent.config import Device, Recipe, flag, load_recipe
from rnnsent.data.embeddings import read_vectors, vector_size
from rnnsent.data.examples import Examples
from rnnsent.data.sources import VALIDATION, Corpus, find_source, read_corpus
from rnnsent.data.tokenizer import Tokenizer
from rnnsent.errors import DataError, SettingsError
from rnnsent.evaluate import Evaluation, record_scores, score
from rnnsent.model.checkpoint import Checkpoint
from rnnsent.model.resume import ResumeState
from rnnsent.model.store import new_path
from rnnsent.predict import Predictor

if TYPE_CHECKING:
    from rnnsent.fit import Encoded, Epoch, Fit, Update

SAVE_EVERY = 5 * 60.0  # seconds between savings of the state within an epoch


@dataclass(frozen=True)
class Request:
    """What a training run is asked for. `overrides` replace settings of the recipe by name; None leaves one alone."""

    sources: tuple[str, ...]
    name: str | None = None
    recipe: str | None = None
    overrides: Mapping[str, Any] = field(default_factory=dict)
    device: Device = "auto"
    text_column: str | None = None
    label_column: str | None = None
    force: bool = False
    resume: bool = False
    command: tuple[str, ...] = ()


@dataclass(frozen=True)
class Prepared:
    """The data is read and the model built; training begins."""

    corpus: Corpus
    vocabulary: int
    parameters: int
    epochs: int
    device: str
    resumed_epoch: int | None


@dataclass(frozen=True)
class Saved:
    """The model is in its folder, its validation figures measured on the saved weights."""

    checkpoint: Checkpoint
    validation: Evaluation
    finished: bool


@dataclass(frozen=True)
class Stopped:
    """The run was stopped, and its state is kept; `saved` is the best model so far, if an epoch was finished."""

    saved: Saved | None


def train(
    request: Request, *, stop: Callable[[], bool] = lambda: False
) -> "Iterator[Prepared | Update | Epoch | Saved | Stopped]":
    """Train a model and write its checkpoint, yielding what happens.

    Args:
        stop: asked after each update; once it is true the state is kept and the run ends with `Stopped`.

    Raises:
        RnnsentError: a setting, a source or the device is not usable, or the model is there already.
    """
    path = new_path(request.name or default_name(request.sources))
    state = ResumeState(path)
    _check_place(request, path, state)
    before = state.read_run() if request.resume else {}
    recipe = _resumed_recipe(request, before) if before else resolve_recipe(request)

    sources = [find_source(name, text=request.text_column, label=request.label_column) for name in request.sources]
    corpus = read_corpus(sources, validation_share=recipe.training.validation, seed=recipe.training.seed)
    if before:
        _check_same_data(before["data"], corpus)
    if request.force:
        state.remove()
    tokenizer = (
        Tokenizer.from_json(state.read_tokenizer()) if before else Tokenizer.train(corpus.train.texts, recipe.tokenizer)
    )
    fit = _build(recipe, corpus, tokenizer, request.device)
    history: list[dict[str, Any]] = list(before.get("history", ()))
    if before:
        fit.restore(state.read_tensors(), before["place"])
    checkpoint = Checkpoint(
        path,
        recipe,
        corpus.train.classes,
        datetime.now(UTC).isoformat(timespec="seconds"),
        corpus.sources,
        versions(),
        request.command,
    )
    parameters = sum(weight.numel() for weight in fit.classifier.parameters())
    yield Prepared(
        corpus, len(tokenizer), parameters, fit.epochs, fit.device.type, fit.place.epoch + 1 if before else None
    )

    def keep_state() -> None:
        tensors, place = fit.state()
        run = {**checkpoint.config(), "sources": list(request.sources), "place": place, "history": history}
        state.write(tensors, run, tokenizer.to_json())

    kept = time.monotonic()
    for event in fit.run():
        if hasattr(event, "to_dict"):
            history.append(event.to_dict())
        yield event
        if stop():
            keep_state()
            saved = (
                _save(replace(checkpoint, finished=False), fit, tokenizer, corpus.validation, history)
                if fit.best
                else None
            )
            yield Stopped(saved)
            return
        if hasattr(event, "to_dict") or time.monotonic() - kept > SAVE_EVERY:
            keep_state()
            kept = time.monotonic()
    saved = _save(checkpoint, fit, tokenizer, corpus.validation, history)
    state.remove()
    yield saved


def default_name(sources: tuple[str, ...]) -> str:
    """The name of a model trained on these sources: the short name, the Hub id's last part, or the file's stem."""
    return "+".join(Path(source.partition(":")[0] if not Path(source).exists() else source).stem for source in sources)


def resolve_recipe(request: Request) -> Recipe:
    """The recipe with its overrides; the size of given word vectors is that of the embedding unless one was asked for."""
    recipe = load_recipe(request.recipe or "default").overridden(request.overrides)
    if recipe.training.embeddings and request.overrides.get("embedding_dim") is None:
        recipe = recipe.overridden({"embedding_dim": vector_size(Path(recipe.training.embeddings))})
    return recipe


def versions() -> dict[str, str]:
    return {
        "rnnsent": rnnsent.__version__,
        "python": platform.python_version(),
        **{name: version(name) for name in ("torch", "tokenizers", "datasets", "numpy")},
    }


def _check_place(request: Request, path: Path, state: ResumeState) -> None:
    if request.resume and request.force:
        raise SettingsError("--resume goes on with a run and --force starts anew; choose one")
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


def _resumed_recipe(request: Request, before: Mapping[str, Any]) -> Recipe:
    """The recipe of the run that goes on; what the request asks for besides must be the same."""
    stored = Recipe.from_dict({key: before[key] for key in ("tokenizer", "model", "training")}, "the unfinished run")
    if list(request.sources) != before["sources"]:
        raise SettingsError(
            f"the unfinished run was trained on {' '.join(before['sources'])}; --resume cannot change that"
        )
    asked = (load_recipe(request.recipe) if request.recipe else stored).overridden(request.overrides)
    for group, settings in asked.to_dict().items():
        for key, value in settings.items():
            kept = stored.to_dict()[group][key]
            if value != kept and not (request.recipe and key == "embedding_dim" and stored.training.embeddings):
                raise SettingsError(
                    f"the unfinished run has {flag(key)} {kept}, not {value}; --resume cannot change that"
                )
    return stored


def _check_same_data(before: list[dict[str, Any]], corpus: Corpus) -> None:
    for then, now in zip(before, corpus.sources, strict=True):
        for key in ("train_fingerprint", "validation_fingerprint"):
            if then.get(key) != now[key]:
                part = key.partition("_")[0]
                raise DataError(
                    f"the {part} texts of {now['name']} are not those of the unfinished run; start anew with --force"
                )


def _build(recipe: Recipe, corpus: Corpus, tokenizer: Tokenizer, asked: Device) -> "Fit":
    """The classifier with its first weights, and the encoded examples."""
    import torch

    from rnnsent.fit import Fit
    from rnnsent.model.classifier import Classifier
    from rnnsent.model.device import choose_device

    device = choose_device(asked)
    torch.manual_seed(recipe.training.seed)
    classifier = Classifier(recipe.model, vocabulary=len(tokenizer), classes=len(corpus.train.classes))
    classifier.initialise()
    if recipe.training.embeddings:
        ids, vectors = read_vectors(
            Path(recipe.training.embeddings), tokenizer.vocabulary(), recipe.model.embedding_dim
        )
        classifier.embedding.weight.data[ids] = torch.from_numpy(vectors)
    parts = (_encode(corpus.train, tokenizer), _encode(corpus.validation, tokenizer))
    return Fit(classifier, *parts, recipe.training, device)


def _encode(examples: Examples, tokenizer: Tokenizer) -> "Encoded":
    from rnnsent.fit import Encoded

    rows = tokenizer.encode(examples.texts)
    real = np.array([len(row) > 0 for row in rows], dtype=bool)  # a text of invisible characters has no token
    return Encoded([row for row, keep in zip(rows, real, strict=True) if keep], examples.labels[real])


def _save(
    checkpoint: Checkpoint, fit: "Fit", tokenizer: Tokenizer, validation: Examples, history: list[dict[str, Any]]
) -> Saved:
    """Write the best weights, then measure them as any user of the checkpoint would."""
    weights = {name: tensor.float().numpy() for name, tensor in fit.best.items()}
    checkpoint.write(weights=weights, tokenizer_json=tokenizer.to_json(), metrics={}, history=history, card="")
    names = "+".join(str(record["name"]) for record in checkpoint.data)
    written = Checkpoint.read(checkpoint.path)
    evaluation = score(Predictor(written), validation, source=names, split=VALIDATION, seen_as=VALIDATION)
    record_scores(written, evaluation)
    return Saved(written, evaluation, checkpoint.finished)
