"""One training run: read the data, run the stages, write the checkpoint. A generator of events that prints nothing.

`models/NAME` is written when training ends, or is stopped after an epoch, and replaces an existing model as a whole.
Until then the run is saved in a hidden folder beside it, from which it can be resumed. Knows the resolved recipe, not
where it comes from.
"""

import platform
import time
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import rnnsent
from rnnsent.atomic import remove_temporary
from rnnsent.checkpoint.checkpoint import Checkpoint
from rnnsent.checkpoint.resume import ResumeState
from rnnsent.data.corpus import Corpus, read_corpus
from rnnsent.data.splits import VALIDATION
from rnnsent.evaluation.evaluate import compute_evaluation
from rnnsent.evaluation.store_metrics import store_evaluation
from rnnsent.predictor import Predictor
from rnnsent.recipe import Recipe
from rnnsent.training.events import EpochResult, Event, ModelSaved, PhaseProgress, TrainingStarted, TrainingStopped
from rnnsent.training.recipe import check_same_recipe, follow_base_model, read_recipe
from rnnsent.training.request import (
    TrainingRequest,
    check_output_path,
    check_same_data,
    check_same_sources,
    corpus_options,
    find_output_path,
    find_sources,
)

if TYPE_CHECKING:
    import torch

    from rnnsent.training.stages import Stage
    from rnnsent.training.training_data import TrainingData


def train_model(request: TrainingRequest, recipe: Recipe, *, stop: Callable[[], bool]) -> Iterator[Event]:
    """Train one model with a recipe, whose base model may still be `auto`. The caller holds the lock on its folder.

    Args:
        stop: as in `rnnsent.training.train.train`.

    Raises:
        RnnsentError: as in `train`.
    """
    path = find_output_path(request)
    state = ResumeState(path)
    check_output_path(request, path, state)
    for folder in (path, state.path):
        remove_temporary(folder)
    unfinished = state.read_run() if request.resume else {}
    if unfinished:
        check_same_sources(request, unfinished)
        check_same_recipe(unfinished, recipe)
        recipe = follow_base_model(recipe, read_recipe(unfinished))
    yield PhaseProgress("reading the data")
    sources = find_sources(request)  # before PyTorch is loaded, so that an unknown name fails at once

    from rnnsent.network.device import choose_device
    from rnnsent.training.base_model import resolve_base_model
    from rnnsent.training.training_data import load_training_data

    device = choose_device(request.device)
    corpus = read_corpus(sources, **corpus_options(request, recipe.training))
    recipe = resolve_base_model(recipe, request, corpus)
    if unfinished:
        check_same_data(unfinished, corpus)
    if request.force:
        state.remove()
    created = datetime.now(UTC).isoformat(timespec="seconds")
    checkpoint = Checkpoint(
        path, recipe, corpus.train.classes, created, corpus.sources, _get_versions(), request.command
    )
    tokenizer = state.read_tokenizer() if unfinished else None
    data = yield from load_training_data(recipe, request, sources, corpus, tokenizer)
    run = _Run(request, checkpoint, state, corpus, data, device)
    if unfinished:
        run.restore(unfinished)
    yield run.describe()
    yield from run.run(stop)


class _Run:
    """A run whose data is loaded: its stages, and how its state and its model are saved.

    Args:
        checkpoint: what the checkpoint will record of the run.
        state: where the state is saved.
    """

    def __init__(
        self,
        request: TrainingRequest,
        checkpoint: Checkpoint,
        state: ResumeState,
        corpus: Corpus,
        data: "TrainingData",
        device: "torch.device",
    ) -> None:
        from rnnsent.training.stages import make_stages

        self._request, self._checkpoint, self._state = request, checkpoint, state
        self._corpus, self._data, self._device = corpus, data, device
        self._stages, self._trainer = make_stages(checkpoint.recipe, data, device)
        self._history: list[dict[str, Any]] = []
        self._resumed_epoch: int | None = None

    def restore(self, unfinished: Mapping[str, Any]) -> None:
        """Continue an interrupted run; finished stages are dropped."""
        if unfinished["stage"] == self._trainer.NAME:
            self._stages = [self._trainer]
        self._stages[0].restore(self._state.read_tensors(), unfinished["progress"])
        self._history = list(unfinished["history"])
        self._resumed_epoch = self._stages[0].progress.epoch + 1

    def describe(self) -> TrainingStarted:
        return TrainingStarted(
            corpus=self._corpus,
            teacher_labeled=len(self._data.teacher_labeled.rows),
            vocab_size=len(self._data.tokenizer),
            num_parameters=sum(weight.numel() for weight in self._trainer.classifier.parameters()),
            epochs=self._trainer.epochs,
            device=self._device.type,
            resumed_epoch=self._resumed_epoch,
        )

    def run(self, stop: Callable[[], bool]) -> Iterator[Event]:
        """Run the stages and save the model, or the state if the run is stopped."""
        save_seconds = 60 * self._checkpoint.recipe.training.save_minutes
        last_saved = time.monotonic()
        for stage in self._stages:
            for event in stage.run():
                if isinstance(event, EpochResult):
                    self._history.append(event.to_dict())
                yield event
                if stop():
                    self._save_state(stage)
                    saved = (yield from self._save_model(finished=False)) if self._trainer.best_weights else None
                    yield TrainingStopped(saved)
                    return
                if isinstance(event, EpochResult) or time.monotonic() - last_saved > save_seconds:
                    self._save_state(stage)
                    last_saved = time.monotonic()
        saved = yield from self._save_model(finished=True)
        self._state.remove()
        yield saved

    def _save_state(self, stage: "Stage") -> None:
        tensors, progress = stage.state()
        run = {
            "stage": stage.NAME,
            "sources": list(self._request.sources),
            "progress": progress,
            "history": self._history,
        }
        self._state.write(tensors, {**self._checkpoint.config(), **run}, self._data.tokenizer.to_json())

    def _save_model(self, *, finished: bool) -> Generator[PhaseProgress, None, ModelSaved]:
        """Write the checkpoint with the best weights, then evaluate it as written, yielding progress.

        The state of the run is saved before, so that nothing is lost if this is interrupted.
        """
        from rnnsent.training.assemble import assemble_weights

        network = {name: tensor.float().numpy() for name, tensor in self._trainer.best_weights.items()}
        weights = yield from assemble_weights(network, self._checkpoint.recipe, self._data, self._request.device)
        replace(self._checkpoint, finished=finished).write(
            weights=weights,
            tokenizer_json=self._data.tokenizer.to_json(),
            metrics={},
            history=self._history,
            card="",
        )
        checkpoint = Checkpoint.read(self._checkpoint.path)
        yield PhaseProgress("evaluating on validation")
        evaluation = compute_evaluation(
            Predictor(checkpoint),
            self._corpus.validation,
            source="+".join(str(record["name"]) for record in checkpoint.data),
            split=VALIDATION,
            seen_in_training_as=VALIDATION,
        )
        store_evaluation(checkpoint, evaluation)
        return ModelSaved(checkpoint, evaluation, finished)


def _get_versions() -> dict[str, str]:
    return {
        "rnnsent": rnnsent.__version__,
        "python": platform.python_version(),
        **{name: version(name) for name in ("torch", "tokenizers", "datasets", "numpy")},
    }
