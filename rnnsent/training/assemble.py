"""All tensors of a checkpoint: the trained network, the n-gram model fitted beside it, and the calibration of both."""

from collections.abc import Generator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnnsent.checkpoint.quantization import quantize
from rnnsent.checkpoint.shapes import EMBEDDING
from rnnsent.checkpoint.store import find_model
from rnnsent.config import Device
from rnnsent.network.calibration import EXPONENTS, SCALES, length_exponents
from rnnsent.network.ngrams import BIAS, WEIGHTS, NgramModel
from rnnsent.network.torch_engine import TorchEngine
from rnnsent.recipe import Recipe
from rnnsent.training.events import PhaseProgress
from rnnsent.training.fit_calibration import Prior, fit_calibration
from rnnsent.training.fit_ngrams import fit_ngrams
from rnnsent.training.training_data import TrainingData

BASE_PRIOR_STRENGTH = 10.0  # validation texts; small data sets have ten or fewer


def assemble_weights(
    network: dict[str, NDArray[Any]], recipe: Recipe, data: TrainingData, device: Device
) -> Generator[PhaseProgress, None, dict[str, NDArray[Any]]]:
    """Yield progress, and return the tensors by name.

    The n-gram model is fitted on the labeled texts, the calibration on the validation texts.

    Args:
        network: weights of the network by name, float32.
    """
    validation = data.validation
    n_classes = len(data.classes)
    ngrams: dict[str, NDArray[Any]] = {}
    if recipe.model.max_ngram:
        yield PhaseProgress("fitting the n-gram model")
        ngrams = fit_ngrams(
            data.labeled.rows,
            data.labeled.labels,
            data.labeled.allowed,
            n_classes=n_classes,
            max_ngram=recipe.model.max_ngram,
            max_features=recipe.model.max_ngram_features,
            seed=recipe.training.seed,
        )
    yield PhaseProgress("calibrating")
    logits = [TorchEngine(network, recipe.model, device).logits(validation.rows)]  # (N, K) for each model
    if ngrams:
        logits.append(NgramModel(ngrams, recipe.model.max_ngram, n_classes).logits(validation.rows))
    lengths = [len(row) for row in validation.rows]
    prior = _expect_base_calibration(recipe, len(logits))
    scales, exponents = fit_calibration(logits, validation.labels, lengths, validation.allowed, prior=prior)
    weights = network | ngrams
    # Logits are linear in these tensors, so scaling the tensors scales the logits.
    for names, scale in zip((("output.weight", "output.bias"), (WEIGHTS, BIAS)), scales, strict=False):
        weights |= {name: weights[name] * np.float32(scale) for name in names}
    if ngrams:
        weights[WEIGHTS] = weights[WEIGHTS].astype(np.float16)
    calibration = {SCALES: np.array(scales, dtype=np.float32), EXPONENTS: np.array(exponents, dtype=np.float32)}
    return weights | quantize(EMBEDDING, weights[EMBEDDING]) | calibration


def _expect_base_calibration(recipe: Recipe, n_models: int) -> Prior | None:
    """That the network is calibrated as its base model is, and that the n-grams of a few texts say little; None without one."""
    if not recipe.training.fine_tune:
        return None
    exponent = float(length_exponents(find_model(recipe.training.fine_tune).weights)[0])
    rest = [0.0] * (n_models - 1)
    return Prior([1.0, *rest], [exponent, *rest], BASE_PRIOR_STRENGTH)
