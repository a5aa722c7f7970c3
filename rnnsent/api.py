"""The Python interface: load, train, evaluate and compare as plain functions. `import rnnsent` exports them."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rnnsent.config import Device, PredictPrecision
from rnnsent.environment import limit_spinning
from rnnsent.errors import RnnsentError
from rnnsent.predictor import Predictor

if TYPE_CHECKING:
    from rnnsent.data.read_options import ReadOptions
    from rnnsent.evaluation.compare import Comparison
    from rnnsent.evaluation.evaluate import Evaluation


def load(
    model: str | None = None,
    *,
    device: Device = "auto",
    precision: PredictPrecision = "float32",
    classes: Sequence[str] | None = None,
    abstain_at: float | None = None,
) -> Predictor:
    """Load a model.

    Args:
        model: name or path; None chooses as `rnnsent predict` does.
        device: auto uses CUDA if available.
        precision: bfloat16 makes large inputs faster where the device supports it; probabilities change by about 0.01.
        classes: the model chooses among these of its classes only, for example ("negative", "positive").
        abstain_at: texts get the label `unsure` unless at most this fraction of such labels is wrong, for example 0.05.

    Raises:
        ModelError: the model does not exist, or its checkpoint cannot be read.
        DeviceError: the device is not available.
        SettingsError: the model lacks one of the classes, or so small an error is out of reach.
    """
    limit_spinning()
    return Predictor.load(model, device=device, precision=precision, classes=classes, abstain_at=abstain_at)


def train(
    sources: str | Sequence[str],
    *,
    name: str | None = None,
    recipe: str | None = None,
    settings: Mapping[str, Any] | None = None,
    device: Device = "auto",
    text_column: str | Sequence[str] | None = None,
    label_column: str | None = None,
    label_map: Mapping[str, str | None] | None = None,
    resume: bool = False,
    force: bool = False,
    on_event: Callable[[object], None] | None = None,
) -> Predictor:
    """Train a model, save it to models/NAME, and return it ready to predict.

    Args:
        sources: short name, Hub id, file or folder; several train one model.
        name: of the model; None takes that of the data set.
        recipe: name or TOML file of a set of settings.
        settings: settings that differ from the recipe, by TABLE.KEY, for example {"training.epochs": 5}.
        device: auto uses CUDA if available.
        text_column: text column of the sources; several are joined; None infers it.
        label_column: label column of the sources; None infers it.
        label_map: original class name -> class name, or None to drop the class; "1-2" is a range of numbers.
        resume: continue an interrupted run.
        force: replace an existing model of this name.
        on_event: called with each event of the run, for example the result of each epoch.

    Raises:
        RnnsentError: a setting, a source or the device is invalid, or the model exists.
    """
    limit_spinning()
    from rnnsent.training.events import ModelSaved
    from rnnsent.training.request import TrainingRequest
    from rnnsent.training.train import train as run_training

    request = TrainingRequest(
        sources=(sources,) if isinstance(sources, str) else tuple(sources),
        name=name,
        recipe=recipe,
        settings=dict(settings or {}),
        device=device,
        read=_read_options(text_column, label_column),
        label_map=label_map,
        resume=resume,
        force=force,
    )
    event: object = None
    for event in run_training(request):
        if on_event:
            on_event(event)
    if not isinstance(event, ModelSaved):
        raise RnnsentError("the training run ended without a model")
    return Predictor(event.checkpoint, device=device)


def evaluate(
    model: Predictor | str | None,
    source: str,
    *,
    split: str | None = None,
    text_column: str | Sequence[str] | None = None,
    label_column: str | None = None,
    label_map: Mapping[str, str | None] | None = None,
) -> "Evaluation":
    """Evaluate a model on a labeled split. The metrics are returned, and not stored with the model.

    Args:
        model: a loaded model, or a name or path; None chooses as `rnnsent predict` does.
        source: short name, Hub id, file or folder.
        split: None is test, or all of a single file.
        text_column: text column of the source; several are joined; None infers it.
        label_column: label column of the source; None infers it.
        label_map: as in `train`; None recognizes the usual names of sentiments.

    Raises:
        DataError: the source cannot be read, or has a class that the model does not have.
        ModelError: the model cannot be read.
    """
    limit_spinning()
    from rnnsent.data.sources import find_source
    from rnnsent.evaluation.choose_split import choose_split
    from rnnsent.evaluation.evaluate import evaluate as run_evaluation

    predictor = model if isinstance(model, Predictor) else load(model)
    opened = find_source(source, _read_options(text_column, label_column), label_map=label_map)
    return run_evaluation(predictor, opened, choose_split(opened, split))


def compare(
    a: Predictor | str,
    b: Predictor | str,
    source: str,
    *,
    split: str | None = None,
    text_column: str | Sequence[str] | None = None,
    label_column: str | None = None,
    label_map: Mapping[str, str | None] | None = None,
) -> "Comparison":
    """Compare two models on the same labeled texts. Nothing is stored with the models.

    Args:
        a: a loaded model, or a name or path; likewise `b`. Differences are B minus A.
        source: short name, Hub id, file or folder.
        split: None is validation, or all of a single file that none of the models was trained on.
        text_column: text column of the source; several are joined; None infers it.
        label_column: label column of the source; None infers it.
        label_map: as in `evaluate`.

    Raises:
        DataError: the source cannot be read, or has a class that one of the models does not have.
        ModelError: a model cannot be read.
    """
    limit_spinning()
    from rnnsent.data.sources import find_source
    from rnnsent.evaluation.choose_split import choose_comparison_split
    from rnnsent.evaluation.compare_models import compare_models

    predictors = [model if isinstance(model, Predictor) else load(model) for model in (a, b)]
    opened = find_source(source, _read_options(text_column, label_column), label_map=label_map)
    chosen = choose_comparison_split(opened, split, *(predictor.checkpoint for predictor in predictors))
    return compare_models(predictors[0], predictors[1], opened, chosen)


def _read_options(text_column: str | Sequence[str] | None, label_column: str | None) -> "ReadOptions":
    from rnnsent.data.read_options import ReadOptions

    text_columns = (text_column,) if isinstance(text_column, str) else tuple(text_column or ())
    return ReadOptions(text_columns=text_columns, label_column=label_column)
