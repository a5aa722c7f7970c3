"""Build the English model that ships: `make english`, or `python scripts/english.py BUILD`.

BUILD is a folder for what comes before the model, in which a link `all-mpnet-base-v2` to that transformer must stand
(Song et al. 2020, sentence-transformers; Apache-2.0). Each step is left out where its result is there already, and
goes on where it was stopped:

1. BUILD/teacher-0 and teacher-1, small transformers that have learned sentences, and mpnet, a large one
   (scripts/teacher.py);
2. BUILD/vectors.txt, word vectors to start from, out of mpnet (scripts/word_vectors.py);
3. BUILD/models/reviews, a model of whole reviews from imdb alone;
4. BUILD/models/english, from the labelled texts of imdb, sst2 and sentences, and from what the teachers say of
   unlabelled reviews, of their sentences, of sst5's sentences with the neutral ones, and of made-up text;
5. its scores, by `rnnsent evaluate`, into its card.

Then BUILD/models/english takes the place of models/english.
"""

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from rnnsent.atomic import replaced_folder
from rnnsent.config import TeachConfig
from rnnsent.data.sources import find_source
from rnnsent.model.checkpoint import CARD, Checkpoint
from rnnsent.model.store import models_folder
from rnnsent.report.progress import training_progress
from rnnsent.request import Request
from rnnsent.train import train

ROOT = Path(__file__).parents[1]
SHIPPED = ROOT / "models" / "english"
HELD_OUT = (("imdb", "test"), ("sst2", "validation"), ("sst5", "validation"), ("sentences", "test"))
SCORED = ("imdb", "sst2 --split validation", "sentences")
SEEDS = (0, 1)
LARGE, ITS_BASE = "mpnet", Path("all-mpnet-base-v2")
VECTORS = Path("vectors.txt")


def main() -> None:
    build = Path(sys.argv[1])
    build.mkdir(parents=True, exist_ok=True)
    os.chdir(build)  # so that the model's config.json names what it was made of by relative paths
    os.environ["RNNSENT_MODELS_DIR"] = "models"
    if not Path(LARGE).is_dir() and not ITS_BASE.is_dir():
        sys.exit(f"{build / ITS_BASE} is not there: link it to a folder of sentence-transformers/all-mpnet-base-v2")
    for seed in SEEDS:
        if not Path(f"teacher-{seed}").is_dir():
            script("teacher.py", f"teacher-{seed}", "--seed", str(seed))
    if not Path(LARGE).is_dir():
        script("teacher.py", LARGE, "--base", str(ITS_BASE), "--rate", "3e-5")
    if not VECTORS.is_file():
        script("word_vectors.py", LARGE, str(VECTORS))
    kept_out = held_out_texts()
    run(Request(("imdb",), name="reviews", keep_out=kept_out))
    run(english(kept_out))
    for split in SCORED:
        subprocess.run([sys.executable, "-m", "rnnsent", "evaluate", *split.split(), "--model", "english"], check=True)
    built = Checkpoint.read(Path("models", "english"))
    card = (built.path / CARD).read_text(encoding="utf-8")
    notes = (ROOT / "scripts" / "english.md").read_text(encoding="utf-8")
    built.record(built.metrics, card.rstrip() + "\n\n" + notes)
    with replaced_folder(SHIPPED) as folder:
        shutil.copytree(built.path, folder, dirs_exist_ok=True)


def english(kept_out: list[str]) -> Request:
    """Each sentence has one teacher of the three, so that the model learns their mean at the price of one."""
    first, second = (
        TeachConfig(
            teacher=f"teacher-{seed}",
            unlabelled="unsupervised,sst5",
            pieces="sentences",
            most_pieces=60_000 + seed,  # the number seeds the draw: each teacher gets sentences of its own
            made=60_000,
            labelled_copies=2,
        )
        for seed in SEEDS
    )
    return Request(
        ("imdb", "sst2", "sentences"),
        name="english",
        overrides={
            **vars(first),
            "embeddings": str(VECTORS),
            "embedding_dim": 128,
            "vocab_size": 25_000,
            "ngram_entries": 100_000,
            "epochs": 3,
            "batch_size": 192,
            "validation": 0.1,  # of train, so that no split that the model is scored on chose anything
        },
        more_teaching=(
            second,
            replace(second, teacher=LARGE, most_pieces=60_002, made=40_000),
            *(
                TeachConfig(teacher=f"teacher-{seed}", unlabelled="sentences", pieces="texts", made=20_000 + seed)
                for seed in SEEDS
            ),
            TeachConfig(teacher="reviews", unlabelled="unsupervised", pieces="texts", most_pieces=30_000),
        ),
        keep_out=kept_out,
        command=("make", "english"),
    )


def script(name: str, *arguments: str) -> None:
    subprocess.run([sys.executable, ROOT / "scripts" / name, *arguments], check=True)


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
