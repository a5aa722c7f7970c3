"""Write down anew what the English model says of the golden texts: `make golden`, after a change that is meant."""

import json
from pathlib import Path
from typing import Any

from rnnsent.model.checkpoint import Checkpoint
from rnnsent.predict import Predictor

FILE = Path(__file__).with_name("english.jsonl")
ENGLISH = Path(__file__).parents[2] / "models" / "english"
POSITIVE = "positive"


def recorded() -> list[dict[str, Any]]:
    """The texts, each with its kind and what was last written down of it."""
    return [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines()]


def answered(texts: list[str]) -> list[tuple[str | None, float | None]]:
    """For each text the model's label and the probability of `positive`."""
    found = Predictor(Checkpoint.read(ENGLISH), device="cpu").predict(texts)
    return [(each.label, each.probabilities and each.probabilities[POSITIVE]) for each in found]


def main() -> None:
    texts = recorded()
    changed = 0
    lines = []
    for old, (label, probability) in zip(texts, answered([each["text"] for each in texts]), strict=True):
        if old.get("label", label) != label:
            changed += 1
            print(f"{old['label']} -> {label} ({probability:.3f}): {old['text'][:100]!r}")
        rounded = None if probability is None else round(probability, 3)
        new = {"kind": old["kind"], "text": old["text"], "label": label, "probability": rounded}
        lines.append(json.dumps(new, ensure_ascii=False) + "\n")
    FILE.write_text("".join(lines), encoding="utf-8")
    print(f"{changed} of {len(lines)} labels changed in {FILE.name}")


if __name__ == "__main__":
    main()
