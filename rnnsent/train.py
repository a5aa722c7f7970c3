"""Sources -> checkpoint: reads, tokenises, fits, saves. A generator of events, so that printing stays outside.

What stands in `models/NAME` is replaced whole when the training ends, or is stopped after its first epoch. Until
then everything is in a hidden folder beside it, from which `resume` goes on.
"""

import platform
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

import rnnsent
from rnnsent.config import Device, Recipe
from rnnsent.data.embeddings import read_vectors
from rnnsent.data.examples import Examples
from rnnsent.data.overlap import distinct_from
from rnnsent.data.sources import VALIDATION, Corpus, find_source, read_corpus
from rnnsent.data.tokenizer import Tokenizer
from rnnsent.evaluate import Evaluation, record_scores, score
from rnnsent.model.checkpoint import Checkpoint
from rnnsent.model.ngrams import BIAS, WEIGHTS, Ngrams
from rnnsent.model.resume import ResumeState
from rnnsent.model.store import new_path
from rnnsent.predict import Predictor, TorchEngine
from rnnsent.request import Request, check_place, check_same_data, default_name, resolve_recipe, resumed_recipe

if TYPE_CHECKING:
    from rnnsent.fit.loop import Encoded, Epoch, Update
    from rnnsent.model.classifier import Classifier
    from rnnsent.teach import Labelled

HALF = ("embedding.weight", WEIGHTS)  # the large tensors, stored in half precision
SAVE_EVERY = 5 * 60.0  # seconds between savings of the state within an epoch


@dataclass(frozen=True)
class Prepared:
    """The data is read and the model built; training begins. `taught` texts have the teacher's answers as targets."""

    corpus: Corpus
    taught: int
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
) -> "Iterator[Labelled | Prepared | Update | Epoch | Saved | Stopped]":
    """Train a model and write its checkpoint, yielding what happens.

    Args:
        stop: asked after each update; once it is true the state is kept and the run ends with `Stopped`.

    Raises:
        RnnsentError: a setting, a source or the device is not usable, or the model is there already.
    """
    from rnnsent.fit.loop import Epoch, Fit
    from rnnsent.lessons import Lessons, encode, encode_all, read_lessons
    from rnnsent.model.device import choose_device

    path = new_path(request.name or default_name(request.sources))
    state = ResumeState(path)
    check_place(request, path, state)
    before = state.read_run() if request.resume else {}
    recipe = resumed_recipe(request, before) if before else resolve_recipe(request)
    device = choose_device(request.device)

    sources = [find_source(name, text=request.text_column, label=request.label_column) for name in request.sources]
    corpus = read_corpus(sources, validation_share=recipe.training.validation, seed=recipe.training.seed)
    if before:
        check_same_data(before["data"], corpus)
    corpus = replace(corpus, train=corpus.train.take(distinct_from(corpus.train.texts, request.keep_out)))
    if request.force:
        state.remove()
    teaching = [config for config in (recipe.teaching, *request.more_teaching) if config.teacher]
    lessons: Lessons
    for found in read_lessons(teaching, sources, corpus, request.device, recipe.training.seed):
        if isinstance(found, Lessons):
            lessons = found.take(distinct_from(found.texts, request.keep_out))
        else:
            yield found
    tokenizer = (
        state.read_tokenizer()
        if before
        else Tokenizer.train([*corpus.train.texts, *lessons.texts], recipe.tokenizer)
    )
    labelled, validation = encode(corpus.train, tokenizer), encode(corpus.validation, tokenizer)
    classifier = _build(recipe, tokenizer, len(corpus.train.classes))
    rows = encode_all(labelled, lessons, tokenizer, recipe.teaching.labelled_copies)
    fit = Fit(classifier, rows, validation, recipe.training, device)
    history: list[dict[str, Any]] = list(before.get("history", ()))
    if before:
        fit.restore(state.read_tensors(), before["place"])
    created = datetime.now(UTC).isoformat(timespec="seconds")
    checkpoint = Checkpoint(path, recipe, corpus.train.classes, created, corpus.sources, versions(), request.command)
    parameters = sum(weight.numel() for weight in classifier.parameters())
    resumed = fit.place.epoch + 1 if before else None
    yield Prepared(corpus, len(lessons.texts), len(tokenizer), parameters, fit.epochs, device.type, resumed)

    def keep_state() -> None:
        tensors, place = fit.state()
        run = {**checkpoint.config(), "sources": list(request.sources), "place": place, "history": history}
        state.write(tensors, run, tokenizer.to_json())

    def save(*, finished: bool) -> Saved:
        network = {name: tensor.float().numpy() for name, tensor in fit.best.items()}
        weights = _complete(network, recipe, labelled, validation, request.device)
        return _save(replace(checkpoint, finished=finished), weights, tokenizer, corpus.validation, history)

    kept = time.monotonic()
    for event in fit.run():
        if isinstance(event, Epoch):
            history.append(event.to_dict())
        yield event
        if stop():
            keep_state()
            yield Stopped(save(finished=False) if fit.best else None)
            return
        if isinstance(event, Epoch) or time.monotonic() - kept > SAVE_EVERY:
            keep_state()
            kept = time.monotonic()
    saved = save(finished=True)
    state.remove()
    yield saved


def versions() -> dict[str, str]:
    return {
        "rnnsent": rnnsent.__version__,
        "python": platform.python_version(),
        **{name: version(name) for name in ("torch", "tokenizers", "datasets", "numpy")},
    }


def _build(recipe: Recipe, tokenizer: Tokenizer, classes: int) -> "Classifier":
    """The network with its first weights."""
    import torch

    from rnnsent.model.classifier import Classifier

    torch.manual_seed(recipe.training.seed)
    classifier = Classifier(recipe.model, vocabulary=len(tokenizer), classes=classes)
    classifier.initialise()
    if recipe.training.embeddings:
        ids, vectors = read_vectors(
            Path(recipe.training.embeddings), tokenizer.vocabulary(), recipe.model.embedding_dim
        )
        classifier.embedding.weight.data[ids] = torch.from_numpy(vectors)
    return classifier


def _save(
    checkpoint: Checkpoint,
    weights: Mapping[str, NDArray[Any]],
    tokenizer: Tokenizer,
    validation: Examples,
    history: list[dict[str, Any]],
) -> Saved:
    """Write a checkpoint, then measure it as any user of it would."""
    checkpoint.write(weights=weights, tokenizer_json=tokenizer.to_json(), metrics={}, history=history, card="")
    names = "+".join(str(record["name"]) for record in checkpoint.data)
    written = Checkpoint.read(checkpoint.path)
    evaluation = score(Predictor(written), validation, source=names, split=VALIDATION, seen_as=VALIDATION)
    record_scores(written, evaluation)
    return Saved(written, evaluation, checkpoint.finished)


def _complete(
    network: dict[str, NDArray[Any]], recipe: Recipe, labelled: "Encoded", validation: "Encoded", device: Device
) -> dict[str, NDArray[Any]]:
    """The network's tensors and those of the wide side, their logits scaled to the validation split."""
    from rnnsent.fit.calibration import fit_scales
    from rnnsent.fit.ngrams import fit_ngrams

    classes = validation.targets.shape[1]
    parts = [TorchEngine(network, recipe.model, device).logits(validation.rows)]
    wide: dict[str, NDArray[Any]] = {}
    if recipe.model.ngrams:
        wide = fit_ngrams(
            labelled.rows,
            labelled.labels,
            classes=classes,
            longest=recipe.model.ngrams,
            most=recipe.model.ngram_entries,
            seed=recipe.training.seed,
        )
        parts.append(Ngrams(wide, recipe.model.ngrams, classes).logits(validation.rows))
    scales = fit_scales(parts, validation.labels)
    scaled = dict(zip((("output.weight", "output.bias"), (WEIGHTS, BIAS)), scales, strict=False))
    found = network | wide
    for names, scale in scaled.items():
        found |= {name: found[name] * np.float32(scale) for name in names}
    return found | {name: found[name].astype(np.float16) for name in HALF if name in found}
