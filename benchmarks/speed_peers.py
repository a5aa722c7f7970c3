"""What benchmarks/speed.py compares rnnsent with, inside this process: tokens per second of other implementations.

The implementations have the weights of the same model. They get token ids, and use their default number of threads.
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

from rnnsent.checkpoint.store import FOLDER_VARIABLE
from rnnsent.config import ModelConfig, TrainingConfig
from rnnsent.data.batches import pad
from rnnsent.data.examples import Examples
from rnnsent.data.ids import Ids
from rnnsent.network.classifier import Classifier
from rnnsent.network.device import autocast
from rnnsent.predictor import Predictor
from rnnsent.training.events import EpochResult, TrainingStarted
from rnnsent.training.request import TrainingRequest
from rnnsent.training.train import train

MEASUREMENT_SECONDS = 2.0
BATCH_SIZE = 32  # of a loop in input order
IDEAL_LENGTH = 256  # tokens in each row of an ideal batch
IDEAL_BATCH_SIZES = (8, 16, 32, 64)


@cache
def load_predictor(model: str) -> Predictor:
    return Predictor.load(model, device="cpu")


def encode(model: str, texts: Sequence[str]) -> list[Ids]:
    return load_predictor(model).checkpoint.tokenizer.encode(texts)


def measure_rate(step: Callable[[], int]) -> float:
    """Tokens per second of a function that returns how many tokens it processed, repeated after one warm-up call."""
    step()
    start, n_tokens = time.perf_counter(), 0
    while time.perf_counter() - start < MEASUREMENT_SECONDS:
        n_tokens += step()
    return n_tokens / (time.perf_counter() - start)


@cache
def build_lstm(model: str) -> tuple[nn.Embedding, nn.LSTM]:
    """The model's embedding, and its recurrent layers as an `nn.LSTM`."""
    checkpoint = load_predictor(model).checkpoint
    config, weights = checkpoint.recipe.model, checkpoint.weights
    layers = nn.LSTM(
        config.embedding_dim,
        config.hidden_size,
        config.num_layers,
        batch_first=True,
        bidirectional=config.bidirectional,
    )
    state = {}
    for name, tensor in weights.items():
        if name.startswith("layers."):
            _, layer, direction, parameter = name.split(".")
            suffix = "_reverse" if direction == "right_to_left" else ""
            state[f"{parameter.replace('_l0', f'_l{layer}')}{suffix}"] = torch.from_numpy(tensor)
    layers.load_state_dict(state)
    return nn.Embedding.from_pretrained(torch.from_numpy(weights["embedding.weight"])), layers.eval()


def ideal_lstm(model: str) -> float:
    """Tokens per second of `nn.LSTM` alone, on embedded rows of equal length, with the best batch size."""
    embedding, layers = build_lstm(model)

    def rate_for(batch_size: int) -> float:
        x = embedding(torch.randint(2, embedding.num_embeddings, (batch_size, IDEAL_LENGTH)))  # (B, T, E)

        def forward() -> int:
            layers(x)
            return batch_size * IDEAL_LENGTH

        return measure_rate(forward)

    with torch.inference_mode():
        return max(map(rate_for, IDEAL_BATCH_SIZES))


def lstm_loop(model: str, rows: Sequence[Ids]) -> float:
    """Tokens per second of a simple loop: batches of 32 in input order, padded to the longest row."""
    embedding, layers = build_lstm(model)

    def forward(ids: np.ndarray, _: np.ndarray) -> None:
        states, _ = layers(embedding(torch.from_numpy(ids)))  # (B, T, 2H)
        states.mean(dim=1)

    with torch.inference_mode():
        return measure_batches(rows, forward)


def measure_batches(rows: Sequence[Ids], forward: Callable[[np.ndarray, np.ndarray], None]) -> float:
    """Tokens per second of `forward`, called with the ids (B, T) and lengths (B,) of batches in input order."""
    nonempty = [row for row in rows if len(row)]
    start = time.perf_counter()
    for first in range(0, len(nonempty), BATCH_SIZE):
        forward(*pad(nonempty[first : first + BATCH_SIZE]))
    return sum(map(len, nonempty)) / (time.perf_counter() - start)


def onnx_runtime(model: str, rows: Sequence[Ids]) -> float:
    """Tokens per second of the same embedding and LSTM in ONNX Runtime, in batches of 32 in input order."""
    return measure_batches(rows, start_onnx_session(model))


@cache
def start_onnx_session(model: str) -> Callable[[np.ndarray, np.ndarray], None]:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    session = onnxruntime.InferenceSession(build_onnx_model(model), options, providers=["CPUExecutionProvider"])

    def run(ids: np.ndarray, lengths: np.ndarray) -> None:
        session.run(None, {"ids": ids, "lengths": lengths.astype(np.int32)})

    return run


def build_onnx_model(model: str) -> bytes:
    """A serialized model from ids (B, T) and lengths (B,) to mean states (2, B, H), with ONNX's LSTM operator."""
    from onnx import TensorProto, helper, numpy_helper

    checkpoint = load_predictor(model).checkpoint
    H, weights = checkpoint.recipe.model.hidden_size, checkpoint.weights
    order = np.r_[0:H, 3 * H : 4 * H, H : 2 * H, 2 * H : 3 * H]  # PyTorch: i f g o; ONNX: i o f g

    def stack(parameter: str) -> np.ndarray:
        directions = ("left_to_right", "right_to_left")
        return np.stack([weights[f"layers.0.{direction}.{parameter}_l0"][order] for direction in directions])

    biases = np.concatenate([stack("bias_ih"), stack("bias_hh")], axis=1)
    constants = {"E": weights["embedding.weight"], "W": stack("weight_ih"), "R": stack("weight_hh"), "B": biases}
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
    onnx_model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    return bytes(onnx_model.SerializeToString())


def seconds_per_token(model: str, n_tokens: int) -> float:
    """Time per token of one text, after a text that is long enough to make the predictor choose its final engine."""
    predictor = load_predictor(model)
    predictor.predict(["good " * 30_000])
    text = "good bad " * (n_tokens // 2)
    repeats = max(1, 20_000 // n_tokens)
    start = time.perf_counter()
    for _ in range(repeats):
        predictor.predict([text])
    return (time.perf_counter() - start) / (repeats * n_tokens)


def train_epoch(examples: Examples) -> float:
    """Tokens per second of one epoch, from the first step to the end of the epoch, validation included."""
    settings = {"training.epochs": 1, "training.min_steps": 1, "training.fine_tune": "", "model.max_ngram": 0}
    with tempfile.TemporaryDirectory() as folder, use_models_folder(folder):
        path = Path(folder) / "texts.jsonl"
        rows = zip(examples.texts, examples.labels.tolist(), strict=True)
        path.write_text("".join(json.dumps({"text": text, "label": label}) + "\n" for text, label in rows))
        start, n_tokens, seconds = 0.0, 0.0, 0.0
        for event in train(TrainingRequest((str(path),), name="bench", settings=settings)):
            if isinstance(event, TrainingStarted):
                start = time.perf_counter()
            if isinstance(event, EpochResult):
                n_tokens += event.tokens_per_second * event.seconds
                seconds = time.perf_counter() - start
    return n_tokens / seconds


def forward_backward() -> float:
    """Tokens per second of the default network's forward and backward pass on one batch of rows of equal length."""
    config, settings = ModelConfig(), TrainingConfig()
    torch.manual_seed(0)
    classifier = Classifier(config, vocabulary=40_000, classes=2).train()
    ids = torch.randint(2, 40_000, (settings.batch_size, IDEAL_LENGTH))
    lengths = torch.full((settings.batch_size,), IDEAL_LENGTH)
    targets = torch.randint(0, 2, (settings.batch_size,))

    def step() -> int:
        classifier.zero_grad(set_to_none=True)
        with autocast(torch.device("cpu"), settings.precision):
            loss = nn.functional.cross_entropy(classifier(ids, lengths), targets)
        loss.backward()
        return ids.numel()

    return measure_rate(step)


@contextmanager
def use_models_folder(folder: str) -> Iterator[None]:
    """Save models in this folder while the block runs."""
    before = os.environ.get(FOLDER_VARIABLE)
    os.environ[FOLDER_VARIABLE] = folder
    try:
        yield
    finally:
        del os.environ[FOLDER_VARIABLE]
        if before is not None:
            os.environ[FOLDER_VARIABLE] = before
