"""Fine-tune a transformer on labeled sentences of film reviews, as a second teacher of the English model.

    python scripts/film_teacher.py OUT --base DIR [--epochs 2] [--learning-rate 5e-5] [--seed 0]

The transformer in DIR is a teacher of many domains (scripts/domain_teacher.py). This one knows films better, and has two
classes. It is trained on the train splits of sst5, with a target of one half for neutral sentences, and of `sentences`, without
the tenth that is for validation. OUT is a folder that transformers loads as a sequence classifier, as `rnnsent train --teacher`
requires. Used only in development.
"""

import argparse
import math
import shutil
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.nn import functional as F

from rnnsent.data.batches import make_batches
from rnnsent.data.examples import Examples
from rnnsent.data.overlap import without_near_duplicates_of
from rnnsent.data.sources import find_source
from rnnsent.data.validation_split import split_validation

# Target probability of the positive class for each label of sst5, and for each label of `sentences`.
SST5_TARGETS = {"very negative": 0.02, "negative": 0.1, "neutral": 0.5, "positive": 0.9, "very positive": 0.98}
SENTENCES_TARGETS = (0.05, 0.95)
# The English model is evaluated on these splits; neither their texts nor near duplicates of them are trained on.
EVALUATION_SPLITS = (("imdb", "test"), ("sst2", "validation"), ("sst5", "validation"), ("sentences", "test"))
MAX_LENGTH = 96  # tokens
BATCH_SIZE, EVALUATION_BATCH_SIZE = 32, 64
WEIGHT_DECAY, EMA_DECAY, WARMUP_FRACTION = 0.01, 0.99, 0.1
LOG_STEPS = 50


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--base", type=Path, required=True)
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--learning-rate", type=float, default=5e-5)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()

    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    torch.manual_seed(options.seed)
    tokenizer = AutoTokenizer.from_pretrained(options.base, local_files_only=True)
    model = AutoModelForSequenceClassification.from_pretrained(
        options.base,
        local_files_only=True,
        id2label={0: "negative", 1: "positive"},
        label2id={"negative": 0, "positive": 1},
    )
    averaged: Any = fine_tune(model, tokenizer, options.epochs, options.learning_rate, options.seed)
    temporary = options.out.with_name(options.out.name + ".part")
    averaged.save_pretrained(temporary)
    tokenizer.save_pretrained(temporary)
    shutil.rmtree(options.out, ignore_errors=True)
    temporary.rename(options.out)


def fine_tune(  # type: ignore[no-untyped-def]
    model: torch.nn.Module, tokenizer, epochs: int, learning_rate: float, seed: int
) -> torch.nn.Module:
    """Train the model in place; return a copy with the exponential moving average of its weights."""
    texts, targets, validation = load_data()
    rows = [row[:MAX_LENGTH] for row in tokenizer(texts)["input_ids"]]
    lengths = np.array(list(map(len, rows)))
    optimizer = torch.optim.AdamW(model.parameters(), lr=learning_rate, weight_decay=WEIGHT_DECAY)
    averaged = torch.optim.swa_utils.AveragedModel(
        model,
        multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(EMA_DECAY),  # type: ignore[no-untyped-call]
    )
    step, total_steps = 0, epochs * math.ceil(len(rows) / BATCH_SIZE)
    start = time.monotonic()
    for epoch in range(epochs):
        model.train()
        generator = np.random.default_rng([seed, epoch])
        batches = make_batches(lengths, max_rows=BATCH_SIZE, max_tokens=10**9, generator=generator)
        for batch in batches:
            progress = step / total_steps
            for group in optimizer.param_groups:
                group["lr"] = learning_rate * min(1.0, progress / WARMUP_FRACTION) * (1 - progress)
            with torch.autocast("cpu", dtype=torch.bfloat16):
                logits = model(**pad(tokenizer, [rows[i] for i in batch])).logits.float()  # (B, 2)
            loss = F.cross_entropy(logits, torch.from_numpy(targets[batch]))
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            averaged.update_parameters(model)
            step += 1
            if step % LOG_STEPS == 0:
                seconds = time.monotonic() - start
                print(
                    f"epoch {epoch + 1}, step {step}/{total_steps}, loss {loss:.3f}, {seconds:.0f} s",
                    flush=True,
                )
        for name, examples in validation.items():
            print(f"epoch {epoch + 1}: {name} {measure_accuracy(averaged.module, tokenizer, examples):.2%}", flush=True)
    return averaged.module


def load_data() -> tuple[list[str], np.ndarray, dict[str, Examples]]:
    """Training texts, their targets (N, 2), and named validation sets, which share no text with the training texts."""
    sst5, sst5_validation = split_validation(find_source("sst5").read("train"), 0.1)
    sentences, sentences_validation = split_validation(find_source("sentences").read("train"), 0.1)
    evaluation_texts = [text for name, split in EVALUATION_SPLITS for text in find_source(name).read_texts(split)]
    sentences = sentences.take(without_near_duplicates_of(sentences.texts, evaluation_texts))
    sst5 = sst5.take(without_near_duplicates_of(sst5.texts, evaluation_texts))
    positive = [SST5_TARGETS[sst5.classes[label]] for label in sst5.labels]
    positive += [SENTENCES_TARGETS[label] for label in sentences.labels]
    return (
        sst5.texts + sentences.texts,
        np.array([(1 - probability, probability) for probability in positive], dtype=np.float32),
        {"a tenth of sst5 train": fold_polarity(sst5_validation), "a tenth of sentences train": sentences_validation},
    )


def fold_polarity(examples: Examples) -> Examples:
    """The sentences of sst5 that are not neutral, as negative or positive."""
    positive = np.array([SST5_TARGETS[name] for name in examples.classes])[examples.labels]
    polar = np.flatnonzero(positive != 0.5)
    texts = [examples.texts[i] for i in polar]
    return Examples(texts, (positive[polar] > 0.5).astype(np.int64), ("negative", "positive"))


def pad(tokenizer, rows: list[list[int]]):  # type: ignore[no-untyped-def]
    return tokenizer.pad({"input_ids": rows}, return_tensors="pt")


@torch.inference_mode()
def measure_accuracy(model: torch.nn.Module, tokenizer, examples: Examples) -> float:  # type: ignore[no-untyped-def]
    model.eval()
    rows = [row[:MAX_LENGTH] for row in tokenizer(examples.texts)["input_ids"]]
    n_correct = 0
    for batch in make_batches(np.array(list(map(len, rows))), max_rows=EVALUATION_BATCH_SIZE, max_tokens=10**9):
        with torch.autocast("cpu", dtype=torch.bfloat16):
            logits = model(**pad(tokenizer, [rows[i] for i in batch])).logits  # (B, 2)
        n_correct += int((logits.argmax(dim=1).numpy() == examples.labels[batch]).sum())
    return n_correct / len(rows)


if __name__ == "__main__":
    main()
