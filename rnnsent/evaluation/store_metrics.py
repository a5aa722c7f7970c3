"""Stores an evaluation with the model that was evaluated: in metrics.json and in its card."""

import errno

from rnnsent.checkpoint.card import model_card
from rnnsent.checkpoint.checkpoint import WEIGHTS, Checkpoint
from rnnsent.checkpoint.store import is_bundled
from rnnsent.errors import ModelError
from rnnsent.evaluation.evaluate import Evaluation
from rnnsent.lock import run_lock


def save_evaluation(checkpoint: Checkpoint, evaluation: Evaluation) -> bool:
    """Store an evaluation in the model's metrics, under "source:split", and in its card.

    Returns False if the folder of the model is not writable, or if the model is bundled: the text of its card refers to
    the metrics that it was published with.

    Raises:
        ModelError: the model was replaced since it was evaluated.
        RnnsentError: another process writes the model.
    """
    if is_bundled(checkpoint.path):
        return False
    name = checkpoint.name
    with run_lock(
        checkpoint.path, f"{name!r} is being written", remedy="the metrics are not stored; evaluate it again"
    ):
        current = Checkpoint.read(checkpoint.path)
        if _weights_entry(current) != _weights_entry(checkpoint):
            raise ModelError(
                f"{name!r} was replaced during its evaluation; the metrics are not stored; evaluate it again"
            )
        return store_evaluation(current, evaluation)


def store_evaluation(checkpoint: Checkpoint, evaluation: Evaluation) -> bool:
    """`save_evaluation` for a caller that holds the lock on the model, as training does."""
    metrics = {**checkpoint.metrics, f"{evaluation.source}:{evaluation.split}": evaluation.to_dict()}
    try:
        checkpoint.update_metrics(metrics, model_card(checkpoint, metrics))
    except PermissionError:
        return False
    except OSError as error:
        if error.errno not in (errno.EROFS, errno.EBUSY):  # EBUSY: a mount point cannot be replaced
            raise
        return False
    return True


def _weights_entry(checkpoint: Checkpoint) -> object:
    """What the manifest says of the weights; the time of training for a model without a manifest."""
    return checkpoint.manifest.entries.get(WEIGHTS) if checkpoint.manifest else checkpoint.created
