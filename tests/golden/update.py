"""Record the English model's predictions for the golden texts: `make golden`, after an intended change."""

import json
from pathlib import Path
from typing import Any

from rnnsent.checkpoint.checkpoint import Checkpoint
from rnnsent.predictor import Predictor

FILE = Path(__file__).with_name("english.jsonl")
ENGLISH = Path(__file__).parents[2] / "models" / "english"
DECIMALS = 3
Prediction = tuple[str | None, dict[str, float] | None]


def read_golden() -> list[dict[str, Any]]:
    """The recorded texts, each with its kind, label and the probability of each class."""
    return [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines()]


def predict(texts: list[str]) -> list[Prediction]:
    """The model's label and probabilities for each text; None for a text without a known token."""
    predictions = Predictor(Checkpoint.read(ENGLISH), device="cpu").predict(texts)
    return [
        (prediction.label, prediction.probabilities and dict(prediction.probabilities)) for prediction in predictions
    ]


def main() -> None:
    golden = read_golden()
    n_changed = 0
    lines = []
    for record, (label, probabilities) in zip(golden, predict([record["text"] for record in golden]), strict=True):
        rounded = probabilities and {name: round(value, DECIMALS) for name, value in probabilities.items()}
        if record.get("label", label) != label:
            n_changed += 1
            print(f"{record['label']} -> {label} ({rounded}): {record['text'][:100]!r}")
        updated = {"kind": record["kind"], "text": record["text"], "label": label, "probabilities": rounded}
        lines.append(json.dumps(updated, ensure_ascii=False) + "\n")
    FILE.write_text("".join(lines), encoding="utf-8")
    print(f"{n_changed} of {len(lines)} labels changed in {FILE.name}")


if __name__ == "__main__":
    main()
