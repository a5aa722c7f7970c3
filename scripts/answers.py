"""Label the pool of unlabeled texts with a teacher, into a small file of answers without the texts.

    python scripts/answers.py TEACHER PARTS OUT [OLD]

TEACHER is a folder of scripts/domain_teacher.py, PARTS a folder for intermediate results, so that an interrupted run
continues, and OUT the file of answers (rnnsent/training/answers.py). Texts with an answer in the file OLD are left out.
"""

import sys
import time
from pathlib import Path

import numpy as np
from corpora import CLASSES
from domain_teacher import Teacher
from text_pool import read_pool

from rnnsent.atomic import replace_file
from rnnsent.training.answers import Answers

TEXTS_PER_PART = 16_384


def main() -> None:
    teacher_folder, parts, out, *old = map(Path, sys.argv[1:])
    teacher = Teacher.load(teacher_folder)
    texts = read_pool()
    if old:
        is_new = np.isnan(Answers.read(old[0]).look_up(texts)[:, 0])
        texts = [text for text, keep in zip(texts, is_new.tolist(), strict=True) if keep]
    print(f"{len(texts):,} texts", flush=True)
    parts.mkdir(parents=True, exist_ok=True)
    start, n_labeled = time.monotonic(), 0
    for number, first in enumerate(range(0, len(texts), TEXTS_PER_PART)):
        path = parts / f"{number:04}.npy"
        if path.is_file():
            continue
        batch = texts[first : first + TEXTS_PER_PART]
        with replace_file(path) as temporary, temporary.open("wb") as file:
            np.save(file, teacher.probabilities(batch).astype(np.float16))
        n_labeled += len(batch)
        rate = n_labeled / (time.monotonic() - start)
        print(f"{first + len(batch):,} of {len(texts):,}, {rate:.0f} texts/s", flush=True)
    probabilities = np.concatenate([np.load(path) for path in sorted(parts.glob("*.npy"))]).astype(np.float32)
    answers = Answers.collect(CLASSES, texts[: len(probabilities)], probabilities)
    answers.write(out)
    print(f"{len(answers):,} answers, {out.stat().st_size / 1e6:.1f} MB", flush=True)


if __name__ == "__main__":
    main()
