"""Compare a transformer with the LSTM that was distilled from it: accuracy, size and speed.

    python benchmarks/distillation.py TEACHER [MODEL]

TEACHER is a folder of scripts/domain_teacher.py. MODEL is the name or path of a checkpoint; the default is `english`. Both
label the same texts in the same process on the CPU, alternating; the speed is computed from the median of five repeats.
"""

import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median

import numpy as np
import record

from rnnsent.checkpoint.store import find_model
from rnnsent.data.sources import find_source
from rnnsent.predictor import Predictor

sys.path.append(str(Path(__file__).parents[1] / "scripts"))
from corpora import CLASSES
from domain_teacher import Teacher

SPLITS = (("sst2", "validation"), ("sentences", "test"))
REPEATS = 5


def main() -> None:
    teacher_folder = Path(sys.argv[1])
    checkpoint = find_model(sys.argv[2] if len(sys.argv) > 2 else "english")
    predictor = Predictor(checkpoint, device="cpu")
    models: dict[str, tuple[Callable[[Sequence[str]], np.ndarray], Sequence[str]]] = {
        "transformer": (Teacher.load(teacher_folder).probabilities, CLASSES),
        "LSTM": (lambda texts: predictor.predict_proba(texts).probabilities, predictor.classes),
    }
    sizes = {"transformer": folder_size(teacher_folder), "LSTM": folder_size(checkpoint.path)}
    for name, split in SPLITS:
        examples = find_source(name).read(split)
        seconds: dict[str, list[float]] = {label: [] for label in models}
        accuracy = {}
        for _ in range(REPEATS):
            for label, (predict_proba, classes) in models.items():
                columns = [classes.index(class_name) for class_name in examples.classes]
                start = time.perf_counter()
                probabilities = predict_proba(examples.texts)
                seconds[label].append(time.perf_counter() - start)
                accuracy[label] = float(np.mean(probabilities[:, columns].argmax(axis=1) == examples.labels))
        for label in models:
            values = {
                "command": f"python benchmarks/distillation.py {teacher_folder.name} {checkpoint.name}",
                "n": len(examples),
                "accuracy": accuracy[label],
                "texts_per_second": round(len(examples) / median(seconds[label])),
                "speedup": round(median(seconds["transformer"]) / median(seconds[label]), 1),
                "size_mb": round(sizes[label] / 1e6, 1),
            }
            record.record("distillation", f"{label} on {name} ({split})", values)
            print(label, name, split, values, flush=True)


def folder_size(folder: Path) -> int:
    """Size of the files in a folder, in bytes."""
    return sum(path.stat().st_size for path in folder.iterdir() if path.is_file())


if __name__ == "__main__":
    main()
