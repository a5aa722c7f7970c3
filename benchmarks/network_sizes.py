"""What the size of the English model's network costs and brings: `python benchmarks/network_sizes.py BUILD`.

BUILD is the folder of scripts/english.py, with its texts and word vectors. Each variant is trained for one epoch on the labeled
texts other than whole reviews and on a sample of the unlabeled pieces, with one seed, and validated on the tenth that training
leaves out. A block-diagonal recurrent matrix has two blocks: the halves of the hidden state do not see each other's past. Rates
are those of the numpy engine on reviews and on tweets, interleaved; a network of two blocks takes the time of two networks of half
the size, because no engine here skips the zeros.
"""

import os
import sys
import time
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import record
import torch

from rnnsent.checkpoint.quantization import dequantize, quantize
from rnnsent.checkpoint.shapes import EMBEDDING
from rnnsent.config import ModelConfig
from rnnsent.data.corpus import read_corpus
from rnnsent.data.sources import find_source
from rnnsent.network.numpy_engine import NumpyEngine
from rnnsent.network.torch_engine import TorchEngine
from rnnsent.recipe import Recipe
from rnnsent.training.events import EpochResult, StepResult
from rnnsent.training.request import TrainingRequest, corpus_options, find_sources
from rnnsent.training.stages import make_stages
from rnnsent.training.training_data import TrainingData, load_training_data

sys.path.append(str(Path(__file__).parents[1] / "scripts"))
from english_data import PHRASES, POOL, POOL_ANSWERS, THREE_CLASSES, TWO_CLASSES

COMMAND = "python benchmarks/network_sizes.py BUILD"
PIECES, TIMED_TEXTS, RUNS = 300_000, 4_000, 5
VARIANTS: dict[str, tuple[dict[str, Any], int]] = {  # settings, and number of blocks
    "hidden size 64": ({"model.hidden_size": 64}, 1),
    "hidden size 96": ({"model.hidden_size": 96}, 1),
    "hidden size 128": ({}, 1),
    "hidden size 128, block-diagonal": ({}, 2),
    "hidden size 192": ({"model.hidden_size": 192}, 1),
    "hidden size 192, block-diagonal": ({"model.hidden_size": 192}, 2),
}
BASE = {
    "training.fine_tune": "", "training.epochs": 1, "training.batch_size": 192, "training.validation_fraction": 0.1,
    "training.pretrained_embeddings": "vectors.txt", "tokenizer.vocab_size": 30_000, "model.max_ngram": 0,
    "distillation.teacher": POOL_ANSWERS, "distillation.unlabeled": POOL, "distillation.teacher_inputs": "texts",
    "distillation.max_unlabeled": PIECES,
}  # fmt: skip


def main() -> None:
    os.chdir(sys.argv[1])
    request = TrainingRequest(("sst2", "sentences", THREE_CLASSES, TWO_CLASSES, PHRASES), name="sizes", settings=BASE)
    recipe = Recipe().with_settings({**BASE, "model.embedding_dim": 128})
    sources = find_sources(request)
    corpus = read_corpus(sources, **corpus_options(request, recipe.training))
    data = exhaust(load_training_data(recipe, request, sources, corpus))
    timed = [find_source("imdb").read("train").texts[:TIMED_TEXTS], corpus.validation.texts[-TIMED_TEXTS:]]
    rows = [[row for row in data.tokenizer.encode(texts) if len(row)] for texts in timed]
    trained: dict[str, tuple[ModelConfig, dict[str, np.ndarray], dict[str, float]]] = {}
    for name, (settings, n_blocks) in VARIANTS.items():
        variant = recipe.with_settings(settings)
        weights, scores = train(variant, data, n_blocks)
        trained[name] = (variant.model, weights, scores)
        print(name, scores, flush=True)
    rates = measure_rates({name: (config, weights) for name, (config, weights, _) in trained.items()}, rows)
    for name, (config, weights, scores) in trained.items():
        n_blocks = VARIANTS[name][1]
        rate = [texts / n_blocks for texts in rates[f"hidden size {config.hidden_size // n_blocks}"]]
        values = {"reviews_per_second": round(rate[0]), "tweets_per_second": round(rate[1])}
        size = sum(weight.size for key, weight in weights.items() if key != EMBEDDING)
        record.record("network_sizes", name, {"command": COMMAND, "weights": size, **scores, **values})
        print(name, values, flush=True)


def exhaust(generator: Any) -> TrainingData:
    """What a generator returns in the end."""
    while True:
        try:
            next(generator)
        except StopIteration as end:
            result: TrainingData = end.value
            return result


def train(recipe: Recipe, data: TrainingData, n_blocks: int) -> tuple[dict[str, np.ndarray], dict[str, float]]:
    """The weights, and the scores on the validation texts: of the network, and with its embedding in 8 bits."""
    (stage,), trainer = make_stages(recipe, data, torch.device("cpu"))
    scores: dict[str, float] = {}
    models = [trainer.classifier] + ([trainer.averaged_model] if trainer.averaged_model is not None else [])
    for event in stage.run():
        if isinstance(event, StepResult) and n_blocks > 1:
            for model in models:
                clear_blocks(model, recipe.model.hidden_size, n_blocks)
        if isinstance(event, EpochResult):
            scores = {"accuracy": event.validation_accuracy, "log_loss": event.validation_loss}
    weights = {name: tensor.float().numpy() for name, tensor in trainer.best_weights.items()}
    quantized = dequantize(weights | quantize(EMBEDDING, weights[EMBEDDING]))
    logits = TorchEngine(quantized, recipe.model, "cpu").logits(data.validation.rows)
    if data.validation.allowed is not None:
        logits = np.where(data.validation.allowed, logits, -np.inf)
    scores["accuracy_8_bits"] = float((logits.argmax(axis=1) == data.validation.labels).mean())
    return weights, scores


@torch.no_grad()
def clear_blocks(model: torch.nn.Module, hidden_size: int, n_blocks: int) -> None:
    """Set the recurrent weights between different blocks of the hidden state to 0."""
    block = torch.arange(hidden_size) * n_blocks // hidden_size  # (H,)
    mask = (block[:, None] == block).float()  # (H, H)
    for name, weight in model.named_parameters():
        if "weight_hh" in name:
            weight.mul_(mask.repeat(len(weight) // hidden_size, 1))


def measure_rates(
    models: dict[str, tuple[ModelConfig, dict[str, np.ndarray]]], rows: list[list[Any]]
) -> dict[str, list[float]]:
    """Texts per second of each model on each list of rows, the median of interleaved runs."""
    engines = {name: NumpyEngine(weights, config) for name, (config, weights) in models.items()}
    seconds: dict[str, list[list[float]]] = {name: [[] for _ in rows] for name in engines}
    for _ in range(RUNS):
        for name, engine in engines.items():
            for index, texts in enumerate(rows):
                start = time.perf_counter()
                engine.logits(texts)
                seconds[name][index].append(time.perf_counter() - start)
    return {
        name: [len(texts) / median(runs) for texts, runs in zip(rows, seconds[name], strict=True)] for name in engines
    }


if __name__ == "__main__":
    main()
