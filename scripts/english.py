"""Build the bundled English model: `make english`, or `python scripts/english.py BUILD`.

BUILD is a folder for intermediate results. It must contain a link `all-mpnet-base-v2` to a folder with that transformer
(Song et al. 2020, sentence-transformers; Apache-2.0). A step whose result exists is skipped, and an interrupted step is
resumed:

1. BUILD/teacher-0, BUILD/teacher-1 and BUILD/mpnet: two small transformers and a large one, fine-tuned on labeled
   sentences (scripts/teacher.py).
2. BUILD/vectors.txt: word vectors from mpnet that initialize the embedding (scripts/word_vectors.py).
3. BUILD/models/reviews: a model for whole reviews, trained on imdb alone.
4. BUILD/models/english: trained on the labeled texts of imdb, sst2 and sentences, and on the teachers' probabilities for
   unlabeled reviews, their sentences, the sentences of sst5 (neutral ones included), and synthetic texts.
5. Its metrics, written into its model card by `rnnsent evaluate`.

Finally BUILD/models/english replaces models/english.
"""

import os
import shutil
import subprocess
import sys
from dataclasses import asdict, replace
from pathlib import Path

from rnnsent.atomic import replace_folder
from rnnsent.checkpoint.checkpoint import CARD, Checkpoint
from rnnsent.checkpoint.store import models_folder
from rnnsent.config import DistillationConfig
from rnnsent.data.sources import find_source
from rnnsent.output.progress import training_progress
from rnnsent.training.request import TrainingRequest
from rnnsent.training.train import train

ROOT = Path(__file__).parents[1]
BUNDLED = ROOT / "models" / "english"
EVALUATION_SPLITS = (("imdb", "test"), ("sst2", "validation"), ("sst5", "validation"), ("sentences", "test"))
EVALUATE_ARGUMENTS = ("imdb", "sst2 --split validation", "sentences")
SEEDS = (0, 1)
LARGE_TEACHER, LARGE_BASE = "mpnet", Path("all-mpnet-base-v2")
VECTORS = Path("vectors.txt")


def main() -> None:
    build = Path(sys.argv[1])
    build.mkdir(parents=True, exist_ok=True)
    os.chdir(build)  # the model's config.json then refers to its teachers and vectors by relative paths
    os.environ["RNNSENT_MODELS_DIR"] = "models"
    if not Path(LARGE_TEACHER).is_dir() and not LARGE_BASE.is_dir():
        sys.exit(f"{build / LARGE_BASE} does not exist: link it to a folder of sentence-transformers/all-mpnet-base-v2")
    for seed in SEEDS:
        if not Path(f"teacher-{seed}").is_dir():
            run_script("teacher.py", f"teacher-{seed}", "--seed", str(seed))
    if not Path(LARGE_TEACHER).is_dir():
        run_script("teacher.py", LARGE_TEACHER, "--base", str(LARGE_BASE), "--learning-rate", "3e-5")
    if not VECTORS.is_file():
        run_script("word_vectors.py", LARGE_TEACHER, str(VECTORS))
    evaluation_texts = read_evaluation_texts()
    train_unless_finished(TrainingRequest(("imdb",), name="reviews", exclude_near_duplicates_of=evaluation_texts))
    train_unless_finished(english(evaluation_texts))
    for arguments in EVALUATE_ARGUMENTS:
        subprocess.run(
            [sys.executable, "-m", "rnnsent", "evaluate", *arguments.split(), "--model", "english"], check=True
        )
    model = Checkpoint.read(Path("models", "english"))
    card = (model.path / CARD).read_text(encoding="utf-8")
    notes = (ROOT / "scripts" / "english.md").read_text(encoding="utf-8")
    model.update_metrics(model.metrics, card.rstrip() + "\n\n" + notes)
    with replace_folder(BUNDLED) as folder:
        shutil.copytree(model.path, folder, dirs_exist_ok=True)


def english(evaluation_texts: list[str]) -> TrainingRequest:
    """The training run of the English model.

    Three teachers label a sample of the sentences each, so the model approximates their average although each text is
    labeled only once.
    """
    small, second_small = (
        DistillationConfig(
            teacher=f"teacher-{seed}",
            unlabeled="unsupervised,sst5",
            teacher_inputs="sentences",
            max_unlabeled=60_000 + seed,  # the number seeds the sample, so each teacher gets a different one
            synthetic_texts=60_000,
            labeled_repeats=2,
        )
        for seed in SEEDS
    )
    large = replace(second_small, teacher=LARGE_TEACHER, max_unlabeled=60_002, synthetic_texts=40_000)
    small_on_sentences = (
        DistillationConfig(
            teacher=f"teacher-{seed}", unlabeled="sentences", teacher_inputs="texts", synthetic_texts=20_000 + seed
        )
        for seed in SEEDS
    )
    reviews = DistillationConfig(
        teacher="reviews", unlabeled="unsupervised", teacher_inputs="texts", max_unlabeled=30_000
    )
    return TrainingRequest(
        ("imdb", "sst2", "sentences"),
        name="english",
        settings={
            **{f"distillation.{key}": value for key, value in asdict(small).items()},
            "tokenizer.vocab_size": 25_000,
            "model.embedding_dim": 128,
            "model.max_ngram_features": 100_000,
            "training.pretrained_embeddings": str(VECTORS),
            "training.epochs": 3,
            "training.batch_size": 192,
            "training.validation_fraction": 0.1,  # of train: no split that the model is evaluated on selects the epoch
        },
        extra_teachers=(second_small, large, *small_on_sentences, reviews),
        exclude_near_duplicates_of=evaluation_texts,
        command=("make", "english"),
    )


def run_script(name: str, *arguments: str) -> None:
    subprocess.run([sys.executable, ROOT / "scripts" / name, *arguments], check=True)


def read_evaluation_texts() -> list[str]:
    """Every text that the model is evaluated on; neither these texts nor near duplicates of them are trained on."""
    return [text for name, split in EVALUATION_SPLITS for text in find_source(name).read_texts(split)]


def train_unless_finished(request: TrainingRequest) -> None:
    """Train or resume a model unless it is finished, with the progress display of `rnnsent train`."""
    assert request.name is not None
    is_interrupted = (models_folder() / f".{request.name}.resume").is_dir()
    if (models_folder() / request.name).is_dir() and not is_interrupted:
        return
    with training_progress() as progress:
        for event in train(replace(request, resume=is_interrupted)):
            progress.show(event)


if __name__ == "__main__":
    main()
