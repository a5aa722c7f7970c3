"""The model that a run starts from if none is named: the bundled one, provided that it can read the texts.

Small data sets profit most: the vocabulary, the word vectors and the recurrent layers come from a million texts. Knows
recipes and texts, and trains nothing.
"""

import logging
from collections.abc import Sequence

import numpy as np

from rnnsent.checkpoint.checkpoint import Checkpoint
from rnnsent.checkpoint.store import bundled_name, find_model, has_bundled
from rnnsent.config import AUTO, TokenizerConfig
from rnnsent.data.corpus import Corpus
from rnnsent.data.coverage import MAX_UNKNOWN
from rnnsent.data.tokenizer import Tokenizer
from rnnsent.data.validation_split import DEFAULT_VALIDATION_FRACTION
from rnnsent.recipe import Recipe
from rnnsent.training.recipe import NETWORK_KEYS, VOCAB_SIZE, apply_base_model
from rnnsent.training.request import TrainingRequest

LOG = logging.getLogger(__name__)

SAMPLE_TEXTS, SAMPLE_CHARS, SEED = 500, 2_000, 0


def resolve_base_model(recipe: Recipe, request: TrainingRequest, corpus: Corpus) -> Recipe:
    """The recipe with the bundled model or none in place of `auto`. Says which in one line.

    A run with another tokenizer or network, with word vectors, or with language-model pretraining starts from random
    weights.

    Raises:
        ModelError: the bundled model cannot be read.
    """
    if recipe.training.fine_tune != AUTO:
        return recipe
    from_scratch = recipe.with_settings({"training.fine_tune": ""})
    if recipe.training.pretrained_embeddings or recipe.training.lm_epochs or not has_bundled():
        return from_scratch
    base = find_model(bundled_name())
    obstacle = _find_difference(base, recipe, request) or _find_obstacle(base, recipe, corpus)
    if obstacle:
        LOG.info("training from random weights: %s", obstacle)
        return from_scratch
    LOG.info("starting from the bundled English model; --from-scratch starts from random weights")
    named = recipe.with_settings({"training.fine_tune": bundled_name()})
    return apply_base_model(named, base, request.settings)


def _find_difference(base: Checkpoint, recipe: Recipe, request: TrainingRequest) -> str | None:
    """The first setting of the tokenizer or the network that the recipe sets and the base model has not."""
    default = Recipe()
    for key in (*(f"tokenizer.{entry.name}" for entry in TokenizerConfig.entries()), *NETWORK_KEYS):
        value = recipe.get(key)
        is_set = key in request.settings or value != default.get(key)
        fits = value == base.recipe.get(key) or (key == VOCAB_SIZE and value >= len(base.tokenizer))
        if is_set and not fits:
            return f"the bundled model has {key}={base.recipe.get(key)}, not {value}"
    return None


def _find_obstacle(base: Checkpoint, recipe: Recipe, corpus: Corpus) -> str | None:
    """Why the base model does not suit the texts; None if it does."""
    unknown = measure_unknown_words(base.tokenizer, corpus.train.texts)
    if unknown > MAX_UNKNOWN:
        return f"{unknown:.0%} of the words are unknown to the bundled model"
    trained_on = {record["name"] for record in base.data}
    shared = [record["name"] for record in corpus.sources if record["name"] in trained_on]
    fraction, base_fraction = (
        settings.training.validation_fraction or DEFAULT_VALIDATION_FRACTION for settings in (recipe, base.recipe)
    )
    if shared and fraction > base_fraction:
        return f"the bundled model was trained on texts of {shared[0]} that are now for validation"
    return None


def measure_unknown_words(tokenizer: Tokenizer, texts: Sequence[str]) -> float:
    """The fraction of the words in a sample of texts that are not in a vocabulary; 1 if there are no words."""
    sample = np.random.default_rng(SEED).permutation(len(texts))[:SAMPLE_TEXTS]
    is_known = [known for i in sample for _, known in tokenizer.look_up_words(texts[i][:SAMPLE_CHARS])]
    return 1 - sum(is_known) / len(is_known) if is_known else 1.0
