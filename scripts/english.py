"""Build the bundled English model: `make english`, or `python scripts/english.py BUILD`.

BUILD is a folder for intermediate results. $RNNSENT_CORPORA is the folder of the corpora (scripts/corpora.py). A step
whose result exists is skipped, and an interrupted step is resumed:

1. BUILD/teacher-N: transformers fine-tuned on labeled texts of many domains (scripts/domain_teacher.py).
2. BUILD/teacher-N.npz: their probabilities for a million unlabeled pieces (scripts/answers.py).
3. BUILD/vectors.txt: word vectors from the first teacher that initialize the embedding (scripts/word_vectors.py).
4. The texts to train on, in BUILD (scripts/english_data.py).
5. BUILD/models/reviews: a model for whole reviews, trained on imdb alone. It has no class neutral, so what it teaches
   leaves neutral out.
6. BUILD/models/base: trained on labeled texts and on the teachers' probabilities.
7. BUILD/film-teacher: the first teacher, fine-tuned on sentences of film reviews (scripts/film_teacher.py).
8. BUILD/models/films starts from the base, and BUILD/models/english from that one: one more epoch each, with the film
   teacher.
9. Its metrics, written into its model card by `rnnsent evaluate`, and its scores by domain (benchmarks/domains.py).

Finally BUILD/models/english replaces models/english.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

from english_card import add_notes
from english_data import (
    PHRASES,
    POOL,
    POOL_ANSWERS,
    THREE_CLASSES,
    TWO_CLASSES,
    read_evaluation_texts,
    write_labeled,
    write_pool,
)

from rnnsent.atomic import replace_folder
from rnnsent.checkpoint.checkpoint import CARD, Checkpoint
from rnnsent.checkpoint.store import models_folder
from rnnsent.config import DistillationConfig
from rnnsent.output.progress import training_progress
from rnnsent.training.request import TrainingRequest
from rnnsent.training.train import train

ROOT = Path(__file__).parents[1]
BUNDLED = ROOT / "models" / "english"
EVALUATE_ARGUMENTS = ("imdb", "sst2 --split validation", "sentences")
SEEDS = (0,)
VECTORS, FILM_TEACHER = Path("vectors.txt"), Path("film-teacher")
SOURCES = ("imdb", "sst2", "sentences", THREE_CLASSES, TWO_CLASSES, PHRASES)


def main() -> None:
    build = Path(sys.argv[1])
    build.mkdir(parents=True, exist_ok=True)
    os.chdir(build)  # the model's config.json then refers to its teachers and vectors by relative paths
    os.environ["RNNSENT_MODELS_DIR"] = "models"
    teachers = [Path(f"teacher-{seed}") for seed in SEEDS]
    for seed, teacher in zip(SEEDS, teachers, strict=True):
        if not teacher.is_dir():
            run_script("domain_teacher.py", str(teacher), "--seed", str(seed))
        if not answers_path(teacher).is_file():
            run_script("answers.py", str(teacher), f"{teacher}-parts", str(answers_path(teacher)))
    if not VECTORS.is_file():
        run_script("word_vectors.py", str(teachers[0]), str(VECTORS))
    if not Path(PHRASES).is_file():  # the last of its files
        write_labeled(Path())
    if not Path(POOL).is_file():
        write_pool(Path(), list(map(answers_path, teachers)))
    if not is_finished("reviews"):
        train_or_resume(reviews(read_evaluation_texts()))
    if not is_finished("base"):
        train_or_resume(base(read_evaluation_texts()))
    if not FILM_TEACHER.is_dir():
        run_script("film_teacher.py", str(FILM_TEACHER), "--base", str(teachers[0]))
    if not is_finished("films"):
        train_or_resume(films(read_evaluation_texts()))
    if not is_finished("english"):
        train_or_resume(english(read_evaluation_texts()))
    for arguments in EVALUATE_ARGUMENTS:
        subprocess.run(
            [sys.executable, "-m", "rnnsent", "evaluate", *arguments.split(), "--model", "english"], check=True
        )
    subprocess.run([sys.executable, ROOT / "benchmarks" / "domains.py", "english"], check=True)
    model = Checkpoint.read(Path("models", "english"))
    model.update_metrics(model.metrics, add_notes((model.path / CARD).read_text(encoding="utf-8")))
    with replace_folder(BUNDLED) as folder:
        shutil.copytree(model.path, folder, dirs_exist_ok=True)


def answers_path(teacher: Path) -> Path:
    return teacher.with_suffix(".npz")


def reviews(evaluation_texts: Sequence[str]) -> TrainingRequest:
    """The training run of a teacher for whole reviews."""
    return TrainingRequest(
        ("imdb",),
        name="reviews",
        settings={"training.validation_fraction": 0.1},
        exclude_near_duplicates_of=evaluation_texts,
    )


def base(evaluation_texts: Sequence[str]) -> TrainingRequest:
    """The training run of the model that the English model starts from."""
    pieces = DistillationConfig(
        teacher=POOL_ANSWERS, unlabeled=POOL, teacher_inputs="texts", max_unlabeled=2_000_000, labeled_repeats=2
    )
    whole_reviews = DistillationConfig(
        teacher="reviews", unlabeled="unsupervised", teacher_inputs="texts", max_unlabeled=20_000
    )
    return TrainingRequest(
        SOURCES,
        name="base",
        settings={
            **{f"distillation.{key}": value for key, value in asdict(pieces).items()},
            "tokenizer.vocab_size": 30_000,
            "model.embedding_dim": 128,
            "model.max_ngram_features": 100_000,
            "training.pretrained_embeddings": str(VECTORS),
            "training.epochs": 3,
            "training.batch_size": 192,
            "training.validation_fraction": 0.1,  # of train: no split that the model is evaluated on selects the epoch
        },
        extra_teachers=(whole_reviews,),
        exclude_near_duplicates_of=evaluation_texts,
        command=("make", "english"),
    )


def continued(
    name: str,
    start: str,
    evaluation_texts: Sequence[str],
    *,
    learning_rate: float,
    n_pieces: int,
    film_sentences: Sequence[tuple[int, int]],
    n_reviews: Sequence[int],
) -> TrainingRequest:
    """One more epoch from another model, with sentences of films labeled by the teacher of films.

    Args:
        film_sentences: numbers of sentences and of synthetic texts; each pair draws another sample.
        n_reviews: numbers of whole reviews; each draws another sample.
    """
    pieces = DistillationConfig(
        teacher=POOL_ANSWERS, unlabeled=POOL, teacher_inputs="texts", max_unlabeled=n_pieces, labeled_repeats=2
    )
    films = [
        DistillationConfig(
            teacher=str(FILM_TEACHER),
            unlabeled="unsupervised,sst2",
            teacher_inputs="sentences",
            max_unlabeled=n_sentences,
            synthetic_texts=n_synthetic,
        )
        for n_sentences, n_synthetic in film_sentences
    ]
    whole_reviews = [
        DistillationConfig(teacher="reviews", unlabeled="unsupervised", teacher_inputs="texts", max_unlabeled=count)
        for count in n_reviews
    ]
    return TrainingRequest(
        SOURCES,
        name=name,
        settings={
            **{f"distillation.{key}": value for key, value in asdict(pieces).items()},
            "tokenizer.vocab_size": 30_000,
            "model.max_ngram_features": 100_000,
            "training.fine_tune": start,
            "training.learning_rate": learning_rate,
            "training.epochs": 1,
            "training.batch_size": 192,
            "training.validation_fraction": 0.1,
        },
        extra_teachers=(*films, *whole_reviews),
        exclude_near_duplicates_of=evaluation_texts,
        command=("make", "english"),
    )


def films(evaluation_texts: Sequence[str]) -> TrainingRequest:
    return continued(
        "films", "base", evaluation_texts,
        learning_rate=1e-3, n_pieces=600_000, film_sentences=[(150_000, 60_000)], n_reviews=[20_001],
    )  # fmt: skip


def english(evaluation_texts: Sequence[str]) -> TrainingRequest:
    """The training run of the English model."""
    return continued(
        "english", "films", evaluation_texts,
        learning_rate=7e-4, n_pieces=400_000, film_sentences=[(150_000, 60_000), (90_000, 30_000)],
        n_reviews=[20_000, 20_001],
    )  # fmt: skip


def run_script(name: str, *arguments: str) -> None:
    subprocess.run([sys.executable, ROOT / "scripts" / name, *arguments], check=True)


def is_finished(name: str) -> bool:
    return (models_folder() / name).is_dir() and not _is_interrupted(name)


def train_or_resume(request: TrainingRequest) -> None:
    """Train a model, or continue its interrupted run, with the progress display of `rnnsent train`."""
    assert request.name is not None
    with training_progress() as progress:
        for event in train(replace(request, resume=_is_interrupted(request.name))):
            progress.show(event)


def _is_interrupted(name: str) -> bool:
    return (models_folder() / f".{name}.resume").is_dir()


if __name__ == "__main__":
    main()
