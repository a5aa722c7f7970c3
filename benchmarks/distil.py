"""A transformer and the LSTM that learned from it: accuracy, size and speed side by side.

    python benchmarks/distil.py TEACHER [MODEL]

TEACHER is a folder of transformers, such as what scripts/teacher.py writes; MODEL a checkpoint, `english` unless named.
Both score the same texts in the same process, taken in turn, on the CPU; the speed is the median of five turns.
"""

import sys
import time
from pathlib import Path
from statistics import median

import numpy as np
import record

from rnnsent.data.sources import find_source
from rnnsent.model.store import find_model
from rnnsent.predict import Predictor
from rnnsent.teach import CheckpointTeacher, Teacher, find_teacher

SPLITS = (("sst2", "validation"), ("sentences", "test"))
TURNS = 5


def main() -> None:
    teacher_folder = Path(sys.argv[1])
    checkpoint = find_model(sys.argv[2] if len(sys.argv) > 2 else "english")
    predictor = Predictor(checkpoint, device="cpu")
    scorers: dict[str, Teacher] = {
        "transformer": find_teacher(str(teacher_folder), "cpu"),
        "LSTM": CheckpointTeacher(predictor),
    }
    sizes = {"transformer": folder_size(teacher_folder), "LSTM": folder_size(checkpoint.path)}
    for name, split in SPLITS:
        examples = find_source(name).read(split)
        seconds: dict[str, list[float]] = {scorer: [] for scorer in scorers}
        accuracy = {}
        for _ in range(TURNS):
            for scorer, teacher in scorers.items():
                start = time.perf_counter()
                answers = teacher.probabilities(examples.texts).argmax(axis=1)
                seconds[scorer].append(time.perf_counter() - start)
                accuracy[scorer] = float(np.mean(answers == examples.labels))
        for scorer in scorers:
            figures = {
                "command": f"python benchmarks/distil.py {teacher_folder.name} {checkpoint.name}",
                "n": len(examples),
                "accuracy": accuracy[scorer],
                "texts_per_second": round(len(examples) / median(seconds[scorer])),
                "times_as_fast": round(median(seconds["transformer"]) / median(seconds[scorer]), 1),
                "megabytes": round(sizes[scorer] / 1e6, 1),
            }
            record.record("distil", f"{scorer} on {name} ({split})", figures)
            print(scorer, name, split, figures, flush=True)


def folder_size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.iterdir() if path.is_file())


if __name__ == "__main__":
    main()
