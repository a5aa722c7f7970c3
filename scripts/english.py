"""Build the English model that ships: `make english`, or `python scripts/english.py BUILD`.

BUILD is a folder for what comes before the model. Each step is left out where its result is there already, and goes
on where it was stopped:

1. BUILD/teacher, a small transformer that has learned sentences (scripts/teacher.py);
2. BUILD/models/reviews, a model of whole reviews from imdb alone;
3. BUILD/models/english, from the labelled texts of imdb, sst2 and sentences, and from what the two teachers say of
   unlabelled reviews, of their sentences, of sst5's sentences with the neutral ones, and of made-up text;
4. its scores, by `rnnsent evaluate`, into its card.

Then BUILD/models/english takes the place of models/english.
"""

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from rnnsent.atomic import replaced_folder, write_text
from rnnsent.config import TeachConfig
from rnnsent.data.sources import find_source
from rnnsent.model.store import models_folder
from rnnsent.report.progress import training_progress
from rnnsent.request import Request
from rnnsent.train import train

ROOT = Path(__file__).parents[1]
SHIPPED = ROOT / "models" / "english"
HELD_OUT = (("imdb", "test"), ("sst2", "validation"), ("sst5", "validation"), ("sentences", "test"))
SCORED = ("imdb", "sst2 --split validation", "sentences")


def main() -> None:
    build = Path(sys.argv[1])
    build.mkdir(parents=True, exist_ok=True)
    os.chdir(build)  # so that the model's config.json names what it was made of by relative paths
    os.environ["RNNSENT_MODELS_DIR"] = "models"
    if not Path("teacher").is_dir():
        subprocess.run([sys.executable, ROOT / "scripts" / "teacher.py", "teacher"], check=True)
    kept_out = held_out_texts()
    run(Request(("imdb",), name="reviews", keep_out=kept_out))
    run(
        Request(
            ("imdb", "sst2", "sentences"),
            name="english",
            overrides={
                "teacher": "teacher",
                "unlabelled": "unsupervised,sst5",
                "pieces": "sentences",
                "most_pieces": 120_000,
                "made": 120_000,
                "labelled_copies": 2,
                "epochs": 2,
                "batch_size": 192,
                "validation": 0.1,  # of train, so that no split that the model is scored on chose anything
            },
            more_teaching=(
                TeachConfig(teacher="reviews", unlabelled="unsupervised", pieces="texts", most_pieces=30_000),
            ),
            keep_out=kept_out,
            command=("make", "english"),
        )
    )
    for split in SCORED:
        subprocess.run([sys.executable, "-m", "rnnsent", "evaluate", *split.split(), "--model", "english"], check=True)
    card = Path("models", "english", "README.md")
    notes = (ROOT / "scripts" / "english.md").read_text(encoding="utf-8")
    write_text(card, card.read_text(encoding="utf-8").rstrip() + "\n\n" + notes)
    with replaced_folder(SHIPPED) as folder:
        shutil.copytree(card.parent, folder, dirs_exist_ok=True)


def held_out_texts() -> list[str]:
    """Every text that the model is scored on; none of them, nor a near duplicate, is trained on."""
    return [text for name, split in HELD_OUT for text in find_source(name).texts(split)]


def run(request: Request) -> None:
    """Train unless it is done; the progress is that of `rnnsent train`."""
    assert request.name is not None
    unfinished = (models_folder() / f".{request.name}.resume").is_dir()
    if (models_folder() / request.name).is_dir() and not unfinished:
        return
    with training_progress() as progress:
        for event in train(replace(request, resume=unfinished)):
            progress.show(event)


if __name__ == "__main__":
    main()
