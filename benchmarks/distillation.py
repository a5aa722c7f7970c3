"""Compare a transformer with the LSTM that was distilled from it: accuracy, size and speed.

    python benchmarks/distillation.py TEACHER [MODEL]

TEACHER is a folder that transformers can load, for example the output of scripts/teacher.py. MODEL is the name or path
of a checkpoint; the default is `english`. Both label the same texts in the same process on the CPU, alternating; the
speed is computed from the median of five repeats.
"""

import sys
import time
from pathlib import Path
from statistics import median

import numpy as np
import record

from rnnsent.checkpoint.store import find_model
from rnnsent.data.sources import find_source
from rnnsent.predictor import Predictor
from rnnsent.training.teachers import CheckpointTeacher, Teacher, load_teacher

SPLITS = (("sst2", "validation"), ("sentences", "test"))
REPEATS = 5


def main() -> None:
    teacher_folder = Path(sys.argv[1])
    checkpoint = find_model(sys.argv[2] if len(sys.argv) > 2 else "english")
    models: dict[str, Teacher] = {
        "transformer": load_teacher(str(teacher_folder), "cpu"),
        "LSTM": CheckpointTeacher(Predictor(checkpoint, device="cpu")),
    }
    sizes = {"transformer": folder_size(teacher_folder), "LSTM": folder_size(checkpoint.path)}
    for name, split in SPLITS:
        examples = find_source(name).read(split)
        seconds: dict[str, list[float]] = {label: [] for label in models}
        accuracy = {}
        for _ in range(REPEATS):
            for label, model in models.items():
                start = time.perf_counter()
                predicted = model.predict_proba(examples.texts).argmax(axis=1)
                seconds[label].append(time.perf_counter() - start)
                accuracy[label] = float(np.mean(predicted == examples.labels))
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
