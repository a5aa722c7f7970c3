"""What benchmarks/speed.py compares rnnsent with, in this process: tokens a second of the same weights elsewhere.

Each is given token ids that are ready, on as many threads as the library takes by itself.
"""

import json
import os
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import numpy as np
import torch
from torch import nn

from rnnsent.config import ModelConfig, TrainConfig
from rnnsent.data.batches import pad
from rnnsent.data.examples import Examples
from rnnsent.data.tokenizer import Ids
from rnnsent.fit.loop import Epoch
from rnnsent.model.classifier import Classifier
from rnnsent.model.device import autocast
from rnnsent.model.store import FOLDER_VARIABLE
from rnnsent.predict import Predictor
from rnnsent.request import Request
from rnnsent.train import Prepared, train

SECONDS = 2.0  # that a rate is measured for
ROWS = 32  # of a user's batch
WORDS = 256  # tokens of a row of an ideal batch
IDEAL_ROWS = (8, 16, 32, 64)


@cache
def predictor(model: str) -> Predictor:
    return Predictor.load(model, device="cpu")


def encoded(model: str, texts: Sequence[str]) -> list[Ids]:
    return predictor(model).checkpoint.tokenizer.encode(texts)


def rate(work: Callable[[], int]) -> float:
    """Tokens a second of work that says how many tokens it did, repeated for SECONDS after a first time."""
    work()
    start, tokens = time.perf_counter(), 0
    while time.perf_counter() - start < SECONDS:
        tokens += work()
    return tokens / (time.perf_counter() - start)


@cache
def lstm(model: str) -> tuple[nn.Embedding, nn.LSTM]:
    """The model's embedding, and its layers as `nn.LSTM` has them."""
    checkpoint = predictor(model).checkpoint
    config, weights = checkpoint.recipe.model, checkpoint.weights
    layers = nn.LSTM(
        config.embedding_dim, config.hidden, config.layers, batch_first=True, bidirectional=config.bidirectional
    )
    state = {}
    for name, tensor in weights.items():
        if name.startswith("layers."):
            _, layer, direction, kind = name.split(".")
            end = "_reverse" if direction == "right_to_left" else ""
            state[f"{kind.replace('_l0', f'_l{layer}')}{end}"] = torch.from_numpy(tensor)
    layers.load_state_dict(state)
    return nn.Embedding.from_pretrained(torch.from_numpy(weights["embedding.weight"])), layers.eval()


def ideal_lstm(model: str) -> float:
    """`nn.LSTM` alone on rows of one length that are embedded already, in the batches that suit it best."""
    embedding, layers = lstm(model)

    def of(rows: int) -> float:
        x = embedding(torch.randint(2, embedding.num_embeddings, (rows, WORDS)))

        def forward() -> int:
            layers(x)
            return rows * WORDS

        return rate(forward)

    with torch.inference_mode():
        return max(map(of, IDEAL_ROWS))


def loop_of_lstm(model: str, rows: Sequence[Ids]) -> float:
    """What a user writes first: batches of 32 as the texts come, padded to the longest."""
    embedding, layers = lstm(model)

    def forward(ids: np.ndarray, _: np.ndarray) -> None:
        states, _ = layers(embedding(torch.from_numpy(ids)))
        states.mean(dim=1)

    with torch.inference_mode():
        return over_batches(rows, forward)


def over_batches(rows: Sequence[Ids], forward: Callable[[np.ndarray, np.ndarray], None]) -> float:
    real = [row for row in rows if len(row)]
    start = time.perf_counter()
    for first in range(0, len(real), ROWS):
        forward(*pad(real[first : first + ROWS]))
    return sum(map(len, real)) / (time.perf_counter() - start)


def onnx_runtime(model: str, rows: Sequence[Ids]) -> float:
    """The same embedding and LSTM under ONNX Runtime, in batches of 32 as the texts come."""
    run = onnx_session(model)
    return over_batches(rows, run)


@cache
def onnx_session(model: str) -> Callable[[np.ndarray, np.ndarray], None]:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    session = onnxruntime.InferenceSession(onnx_graph(model), options, providers=["CPUExecutionProvider"])

    def run(ids: np.ndarray, lengths: np.ndarray) -> None:
        session.run(None, {"ids": ids, "lengths": lengths.astype(np.int32)})

    return run


def onnx_graph(model: str) -> bytes:
    """Ids (B, T) and lengths (B,) -> the mean of the states, with ONNX's own LSTM, which knows lengths."""
    from onnx import TensorProto, helper, numpy_helper

    checkpoint = predictor(model).checkpoint
    H, weights = checkpoint.recipe.model.hidden, checkpoint.weights
    order = np.r_[0:H, 3 * H : 4 * H, H : 2 * H, 2 * H : 3 * H]  # PyTorch keeps i f g o, ONNX i o f g

    def both(kind: str) -> np.ndarray:
        return np.stack([weights[f"layers.0.{side}.{kind}_l0"][order] for side in ("left_to_right", "right_to_left")])

    biases = np.concatenate([both("bias_ih"), both("bias_hh")], axis=1)
    constants = {"E": weights["embedding.weight"], "W": both("weight_ih"), "R": both("weight_hh"), "B": biases}
    nodes = [
        helper.make_node("Gather", ["E", "ids"], ["rows"]),
        helper.make_node("Transpose", ["rows"], ["steps"], perm=[1, 0, 2]),
        helper.make_node(
            "LSTM", ["steps", "W", "R", "B", "lengths"], ["states"], hidden_size=H, direction="bidirectional"
        ),
        helper.make_node("ReduceMean", ["states"], ["mean"], axes=[0], keepdims=0),
    ]
    graph = helper.make_graph(
        nodes,
        "lstm",
        [
            helper.make_tensor_value_info("ids", TensorProto.INT64, ["B", "T"]),
            helper.make_tensor_value_info("lengths", TensorProto.INT32, ["B"]),
        ],
        [helper.make_tensor_value_info("mean", TensorProto.FLOAT, [2, "B", H])],
        [numpy_helper.from_array(np.ascontiguousarray(value), name) for name, value in constants.items()],
    )
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    return bytes(made.SerializeToString())


def seconds_a_token(model: str, tokens: int) -> float:
    """One text of so many tokens, past the switch to PyTorch."""
    ready = predictor(model)
    ready.predict(["good " * 30_000])
    text = "good bad " * (tokens // 2)
    repeats = max(1, 20_000 // tokens)
    start = time.perf_counter()
    for _ in range(repeats):
        ready.predict([text])
    return (time.perf_counter() - start) / (repeats * tokens)


def training(examples: Examples) -> float:
    """Tokens a second of an epoch of training, from the first update to the end, validation included."""
    overrides = {"epochs": 1, "min_updates": 1, "ngrams": 0}
    with tempfile.TemporaryDirectory() as folder, models_in(folder):
        path = Path(folder) / "texts.jsonl"
        rows = zip(examples.texts, examples.labels.tolist(), strict=True)
        path.write_text("".join(json.dumps({"text": text, "label": label}) + "\n" for text, label in rows))
        start, tokens, seconds = 0.0, 0.0, 0.0
        for event in train(Request((str(path),), name="bench", overrides=overrides)):
            if isinstance(event, Prepared):
                start = time.perf_counter()
            if isinstance(event, Epoch):
                tokens += event.tokens_per_second * event.seconds
                seconds = time.perf_counter() - start
    return tokens / seconds


def bare_training() -> float:
    """Forward and backward of the default network on one batch of rows of one length, in training's precision."""
    config, settings = ModelConfig(), TrainConfig()
    torch.manual_seed(0)
    classifier = Classifier(config, vocabulary=40_000, classes=2).train()
    ids = torch.randint(2, 40_000, (settings.batch_size, WORDS))
    lengths = torch.full((settings.batch_size,), WORDS)
    targets = torch.randint(0, 2, (settings.batch_size,))

    def step() -> int:
        classifier.zero_grad(set_to_none=True)
        with autocast(torch.device("cpu"), settings.precision):
            loss = nn.functional.cross_entropy(classifier(ids, lengths), targets)
        loss.backward()
        return ids.numel()

    return rate(step)


@contextmanager
def models_in(folder: str) -> Iterator[None]:
    """Models are written to this folder while the block runs."""
    before = os.environ.get(FOLDER_VARIABLE)
    os.environ[FOLDER_VARIABLE] = folder
    try:
        yield
    finally:
        del os.environ[FOLDER_VARIABLE]
        if before is not None:
            os.environ[FOLDER_VARIABLE] = before
