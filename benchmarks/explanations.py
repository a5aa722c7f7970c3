"""How faithful explanations are: `python benchmarks/explanations.py [MODEL]`.

On sst2 validation and 1,000 reviews of imdb's validation part, words are ranked by `Predictor.explain`, by occlusion (the loss of
probability without each word), by gradient times input (Simonyan et al. 2013; of the logit, for the difference between a word's vector and
that of the unknown token), and at random. For the k highest of each ranking, the mean loss of probability of the predicted class is
measured when they are replaced by the unknown token (comprehensiveness, higher is better), when all others are (sufficiency, lower
is better; both DeYoung et al. 2020), and when they are cut out of the text (deletion, higher is better). Such measures favor methods that
take words away themselves. All use the same model.
"""

import sys
import time
from collections.abc import Callable, Sequence

import numpy as np
import record
import torch
from numpy.typing import NDArray

from rnnsent.data.ids import UNKNOWN_ID, Ids
from rnnsent.data.sources import find_source
from rnnsent.data.validation_split import split_validation
from rnnsent.network import equations
from rnnsent.network.calibration import length_factors
from rnnsent.network.classifier import from_weights
from rnnsent.predictor import Predictor

TOP = (1, 3, 5, 10)
N_REVIEWS, SEED = 1_000, 0
Scores = NDArray[np.float64]  # (T,) of the tokens of a text; tokens are the words of a word tokenizer


class Model:
    """A predictor, by token ids."""

    def __init__(self, name: str) -> None:
        self.predictor = Predictor.load(name, device="cpu")
        checkpoint = self.predictor.checkpoint
        self.tokenizer = checkpoint.tokenizer
        self._exponents = [float(power) for power in self.predictor._exponents]
        self._classifier = from_weights(self.predictor._weights, checkpoint.recipe.model, torch.device("cpu")).eval()

    def probabilities(self, rows: Sequence[Ids]) -> NDArray[np.float64]:
        """Calibrated probabilities (N, K) of rows."""
        lengths = np.array([len(row) for row in rows])
        parts = self.predictor._component_logits(rows)
        logits = sum(part * length_factors(power, lengths) for part, power in zip(parts, self._exponents, strict=False))
        return equations.softmax(np.asarray(logits, dtype=np.float64))

    def gradient_times_input(self, row: Ids, label: int) -> Scores:
        ids = torch.from_numpy(row[None].astype(np.int64))
        x = self._classifier.embed(ids).detach().requires_grad_()
        self._classifier.logits(x, torch.tensor([len(row)]))[0, label].backward()  # type: ignore[no-untyped-call]
        unknown = self._classifier.embed(torch.tensor([[UNKNOWN_ID]])).detach()
        assert x.grad is not None
        scores: Scores = (x.grad * (x - unknown)).sum(dim=-1)[0].detach().numpy().astype(np.float64)
        return scores


def main() -> None:
    name = sys.argv[1] if len(sys.argv) > 1 else "english"
    model = Model(name)
    _, reviews = split_validation(find_source("imdb").read("train"), 0.1)
    sets = {
        "sst2 (validation)": find_source("sst2").read("validation").texts,
        "imdb (validation)": reviews.texts[:N_REVIEWS],
    }
    for source, texts in sets.items():
        rows = [row for row in model.tokenizer.encode(texts) if len(row) > max(TOP) / 2]
        kept = [text for text in texts if len(model.tokenizer.encode([text])[0]) > max(TOP) / 2]
        for method, rank in METHODS.items():
            start = time.perf_counter()
            rankings = [
                np.argsort(-rank(model, text, row), kind="stable") for text, row in zip(kept, rows, strict=True)
            ]
            seconds = (time.perf_counter() - start) / len(rows)
            losses = measure(model, rows, rankings)
            values = {
                "command": f"python benchmarks/explanations.py {name}",
                "n": len(rows),
                "seconds": seconds,
                **losses,
            }
            record.record("explanations", f"{method} on {source}", values)
            print(
                method,
                source,
                {key: [round(loss, 3) for loss in value] for key, value in losses.items()},
                f"{seconds:.4f} s",
                flush=True,
            )


def measure(model: Model, rows: Sequence[Ids], rankings: Sequence[NDArray[np.intp]]) -> dict[str, list[float]]:
    """The mean loss of probability for each number of words in TOP."""
    before = model.probabilities(rows)
    labels = before.argmax(axis=1)
    index = np.arange(len(rows))
    losses: dict[str, list[float]] = {"comprehensiveness": [], "sufficiency": [], "deletion": []}
    for k in TOP:
        top = [np.isin(np.arange(len(row)), ranking[:k]) for row, ranking in zip(rows, rankings, strict=True)]
        pairs = list(zip(rows, top, strict=True))
        changed = {
            "comprehensiveness": [np.where(is_top, UNKNOWN_ID, row).astype(np.int32) for row, is_top in pairs],
            "sufficiency": [np.where(is_top, row, UNKNOWN_ID).astype(np.int32) for row, is_top in pairs],
            "deletion": [
                row[~is_top] if not is_top.all() else np.array([UNKNOWN_ID], np.int32) for row, is_top in pairs
            ],
        }
        for kind, new_rows in changed.items():
            after = model.probabilities(new_rows)
            losses[kind].append(float((before[index, labels] - after[index, labels]).mean()))
    return losses


def rank_by_explanation(model: Model, text: str, row: Ids) -> Scores:
    explanation = model.predictor.explain(text)
    scores = np.zeros(len(row))
    if explanation is not None and len(explanation.words) == len(row):
        scores[:] = [word.total for word in explanation.words]
    return scores


def rank_by_occlusion(model: Model, text: str, row: Ids) -> Scores:
    rows = np.tile(row, (len(row) + 1, 1))
    rows[np.arange(len(row)), np.arange(len(row))] = UNKNOWN_ID
    probabilities = model.probabilities(list(rows))
    label = int(probabilities[-1].argmax())
    scores: Scores = probabilities[-1, label] - probabilities[:-1, label]
    return scores


def rank_by_gradient(model: Model, text: str, row: Ids) -> Scores:
    return model.gradient_times_input(row, int(model.probabilities([row])[0].argmax()))


def rank_at_random(model: Model, text: str, row: Ids) -> Scores:
    return np.random.default_rng([SEED, *row.tolist()]).random(len(row))


METHODS: dict[str, Callable[[Model, str, Ids], Scores]] = {
    "rnnsent": rank_by_explanation,
    "occlusion": rank_by_occlusion,
    "gradient times input": rank_by_gradient,
    "random": rank_at_random,
}

if __name__ == "__main__":
    main()
