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
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

import rnnsent
from rnnsent.atomic import remove_leftovers
from rnnsent.config import Device, Recipe
from rnnsent.data.embeddings import read_vectors
from rnnsent.data.sources import VALIDATION, Corpus, find_source, read_corpus
from rnnsent.evaluate import Evaluation, record_scores, score
from rnnsent.lock import held
from rnnsent.model.calibration import DECAY
from rnnsent.model.checkpoint import Checkpoint
from rnnsent.model.engines import TorchEngine
from rnnsent.model.ngrams import BIAS, WEIGHTS, Ngrams, network_of
from rnnsent.model.quantized import quantized
from rnnsent.model.resume import ResumeState
from rnnsent.model.shapes import EMBEDDING
from rnnsent.model.store import find_model, new_path
from rnnsent.predict import Predictor
from rnnsent.request import Request, check_place, check_same_data, default_name, resolve_recipe, resumed_recipe

if TYPE_CHECKING:
    import torch

    from rnnsent.fit.loop import Epoch, Fit, Update
    from rnnsent.fit.stage import PretrainingUpdate, Stage
    from rnnsent.lessons import Material
    from rnnsent.model.classifier import Classifier
    from rnnsent.teach import Labelled


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


Event: TypeAlias = "Labelled | Prepared | PretrainingUpdate | Update | Epoch | Saved | Stopped"


def train(request: Request, *, stop: Callable[[], bool] = lambda: False) -> Iterator[Event]:
    """Train a model and write its checkpoint, yielding what happens.

    Args:
        stop: asked after each update; once it is true the state is kept and the run ends with `Stopped`.

    Raises:
        RnnsentError: a setting, a source or the device is not usable, or the model is there already.
    """
    path = new_path(request.name or default_name(request.sources))
    with held(path, f"{path.name!r} is being trained"):
        yield from _train(request, path, stop)


def _train(request: Request, path: Path, stop: Callable[[], bool]) -> Iterator[Event]:
    from rnnsent.fit.loop import Epoch
    from rnnsent.lessons import read_material
    from rnnsent.model.device import choose_device

    state = ResumeState(path)
    check_place(request, path, state)
    for place in (path, state.path):
        remove_leftovers(place)
    before = state.read_run() if request.resume else {}
    recipe = resumed_recipe(request, before) if before else resolve_recipe(request)
    device = choose_device(request.device)

    sources = [find_source(name, text=request.text_column, label=request.label_column) for name in request.sources]
    corpus = read_corpus(sources, validation_share=recipe.training.validation, seed=recipe.training.seed)
    if before:
        check_same_data(before["data"], corpus)
    if request.force:
        state.remove()
    created = datetime.now(UTC).isoformat(timespec="seconds")
    checkpoint = Checkpoint(path, recipe, corpus.train.classes, created, corpus.sources, versions(), request.command)
    tokenizer = state.read_tokenizer() if before else None
    material = yield from read_material(recipe, request, sources, corpus, tokenizer)
    run = _Run(request, checkpoint, state, corpus, material, before, device)
    yield run.prepared()

    kept = time.monotonic()
    for stage in run.stages:
        for event in stage.run():
            if isinstance(event, Epoch):
                run.history.append(event.to_dict())
            yield event
            if stop():
                run.keep(stage)
                yield Stopped(run.save(finished=False) if run.fit.best else None)
                return
            if isinstance(event, Epoch) or time.monotonic() - kept > 60 * request.save_every:
                run.keep(stage)
                kept = time.monotonic()
    saved = run.save(finished=True)
    state.remove()
    yield saved


class _Run:
    """A training run under way: its stages, and what is written of it."""

    def __init__(
        self,
        request: Request,
        checkpoint: Checkpoint,
        state: ResumeState,
        corpus: Corpus,
        material: "Material",
        before: Mapping[str, Any],
        device: "torch.device",
    ) -> None:
        from rnnsent.fit.loop import Fit

        self._request, self._checkpoint, self._state = request, checkpoint, state
        self._corpus, self._material, self._device = corpus, material, device
        self.history: list[dict[str, Any]] = list(before.get("history", ()))
        self.stages, self.fit = stages(checkpoint.recipe, material, device)
        if before.get("stage") == Fit.STAGE:
            self.stages = [self.fit]
        if before:
            self.stages[0].restore(state.read_tensors(), before["place"])
        self._resumed = self.stages[0].place.epoch + 1 if before else None

    def prepared(self) -> Prepared:
        parameters = sum(weight.numel() for weight in self.fit.classifier.parameters())
        return Prepared(
            self._corpus,
            len(self._material.taught.rows),
            len(self._material.tokenizer),
            parameters,
            self.fit.epochs,
            self._device.type,
            self._resumed,
        )

    def keep(self, stage: "Stage") -> None:
        """Write the state from which `--resume` goes on."""
        tensors, place = stage.state()
        run = {"stage": stage.STAGE, "sources": list(self._request.sources), "place": place, "history": self.history}
        self._state.write(tensors, {**self._checkpoint.config(), **run}, self._material.tokenizer.to_json())

    def save(self, *, finished: bool) -> Saved:
        """Write the checkpoint of the best weights, then measure it as any user of it would."""
        network = {name: tensor.float().numpy() for name, tensor in self.fit.best.items()}
        replace(self._checkpoint, finished=finished).write(
            weights=_complete(network, self._checkpoint.recipe, self._material, self._request.device),
            tokenizer_json=self._material.tokenizer.to_json(),
            metrics={},
            history=self.history,
            card="",
        )
        names = "+".join(str(record["name"]) for record in self._checkpoint.data)
        written = Checkpoint.read(self._checkpoint.path)
        validation = self._corpus.validation
        evaluation = score(Predictor(written), validation, source=names, split=VALIDATION, seen_as=VALIDATION)
        record_scores(written, evaluation)
        return Saved(written, evaluation, finished)


def versions() -> dict[str, str]:
    return {
        "rnnsent": rnnsent.__version__,
        "python": platform.python_version(),
        **{name: version(name) for name in ("torch", "tokenizers", "datasets", "numpy")},
    }


def stages(recipe: Recipe, material: "Material", device: "torch.device") -> "tuple[list[Stage], Fit]":
    """What is to be run, one after the other, on one network with its first weights; the last of them apart as well."""
    from rnnsent.fit.language_model import Pretraining
    from rnnsent.fit.loop import Encoded, Fit, joined
    from rnnsent.fit.word_vectors import WordVectors

    classifier = _build(recipe, material)
    learned = [material.labelled] * recipe.teaching.labelled_copies + [material.taught]
    if recipe.holds_unknown_answers:
        unknown = np.zeros((len(material.unlabelled), len(material.classes)), dtype=np.float32)
        learned.append(Encoded(material.unlabelled, unknown))
    fit = Fit(classifier, joined(learned), material.validation, recipe.training, device)
    rows = [*material.labelled.rows, *material.unlabelled]
    match recipe.training.pretrain:
        case "lm":
            return [Pretraining(classifier, rows, recipe.training, device), fit], fit
        case "vectors":
            return [WordVectors(classifier.embedding, rows, recipe.training), fit], fit
        case _:
            return [fit], fit


def _build(recipe: Recipe, material: "Material") -> "Classifier":
    """The network with its first weights: drawn, or those of the model that is to be fine-tuned, or of word vectors."""
    import torch

    from rnnsent.model.classifier import Classifier

    torch.manual_seed(recipe.training.seed)
    vocabulary = material.tokenizer.vocabulary()
    classifier = Classifier(recipe.model, vocabulary=len(vocabulary), classes=len(material.classes))
    classifier.initialise()
    if recipe.training.fine_tune:
        base = find_model(recipe.training.fine_tune)
        start = {name: torch.from_numpy(weight) for name, weight in network_of(base.weights).items()}
        for name, weight in classifier.state_dict().items():
            same_meaning = not name.startswith("output.") or base.classes == material.classes
            if same_meaning and name in start and start[name].shape == weight.shape:
                weight.copy_(start[name])
    if recipe.training.embeddings:
        ids, vectors = read_vectors(Path(recipe.training.embeddings), vocabulary)
        classifier.embedding.weight.data[ids, : vectors.shape[1]] = torch.from_numpy(vectors)
    return classifier


def _complete(
    network: dict[str, NDArray[Any]], recipe: Recipe, material: "Material", device: Device
) -> dict[str, NDArray[Any]]:
    """The network's tensors and those of the wide side, their logits scaled to the validation split."""
    from rnnsent.fit.calibration import fit_scales
    from rnnsent.fit.ngrams import fit_ngrams

    labelled, validation = material.labelled, material.validation
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
    scales, powers = fit_scales(parts, validation.labels, [len(row) for row in validation.rows])
    scaled = dict(zip((("output.weight", "output.bias"), (WEIGHTS, BIAS)), scales, strict=False))
    found = network | wide
    for names, scale in scaled.items():
        found |= {name: found[name] * np.float32(scale) for name in names}
    if WEIGHTS in found:
        found |= {WEIGHTS: found[WEIGHTS].astype(np.float16)}
    return found | quantized(EMBEDDING, found[EMBEDDING]) | {DECAY: np.array(powers, dtype=np.float32)}
