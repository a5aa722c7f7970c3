"""Training writes a whole checkpoint, repeats itself by seed, and goes on after a stop as if it had not stopped."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from rnnsent.data.examples import Examples
from rnnsent.data.sources import FileSource
from rnnsent.errors import SettingsError
from rnnsent.fit.loop import Epoch
from rnnsent.model.checkpoint import Checkpoint
from rnnsent.train import Request, Saved, Stopped, train

OVERRIDES = {"epochs": 3, "hidden": 8, "embedding_dim": 8, "min_updates": 0, "batch_size": 8, "min_frequency": 1}


def run(
    place: Path, name: str, *, stop: Callable[[], bool] = lambda: False, resume: bool = False, **overrides: object
) -> object:
    request = Request((str(place),), name=name, overrides={**OVERRIDES, **overrides}, resume=resume, device="cpu")
    return list(train(request, stop=stop))[-1]


def weights(place: Path, name: str) -> dict[str, np.ndarray]:
    return dict(Checkpoint.read(place.parent / "models" / name).weights)


def same(first: dict[str, np.ndarray], second: dict[str, np.ndarray]) -> bool:
    return first.keys() == second.keys() and all(np.array_equal(first[name], second[name]) for name in first)


def test_the_same_seed_gives_the_same_weights_and_another_others(place: Path) -> None:
    for name, seed in (("a", 0), ("b", 0), ("c", 1)):
        assert isinstance(run(place, name, seed=seed), Saved)
    assert same(weights(place, "a"), weights(place, "b"))
    assert not same(weights(place, "a"), weights(place, "c"))


@pytest.mark.parametrize("updates", [1, 7, 12, 20])
@pytest.mark.parametrize("average", [0.0, 0.9])
def test_a_stopped_run_goes_on_to_the_same_weights(place: Path, updates: int, average: float) -> None:
    run(place, "whole", average=average)
    asked = iter(range(1_000))
    stopped = run(place, "parts", average=average, stop=lambda: next(asked) >= updates)
    assert isinstance(stopped, Stopped)
    with pytest.raises(SettingsError, match="--resume"):
        run(place, "parts", average=average)
    with pytest.raises(SettingsError, match="--hidden"):
        run(place, "parts", average=average, resume=True, hidden=16)
    assert isinstance(run(place, "parts", average=average, resume=True), Saved)
    assert same(weights(place, "whole"), weights(place, "parts"))
    assert not (place.parent / "models" / ".parts.resume").exists()


def test_the_test_split_is_never_read(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read = FileSource.read
    seen: list[str] = []

    def watched(source: FileSource, split: str) -> Examples:
        seen.append(split)
        return read(source, split)

    monkeypatch.setattr(FileSource, "read", watched)
    run(place, "a", epochs=1)
    assert seen == ["train"]


@pytest.mark.parametrize(
    "overrides",
    [
        {"loss": "every-step", "pooling": "last"},
        {"class_weights": "balanced"},
        {"tokenizer": "bpe"},
        {"loss": "every-step", "pooling": "last", "virtual_adversarial": 0.02},
    ],
)
def test_variants_learn_what_is_plain(place: Path, overrides: dict[str, object]) -> None:
    saved = run(place, "a", epochs=12, patience=12, learning_rate=2e-2, warmup=0, average=0.0, **overrides)
    assert isinstance(saved, Saved)
    assert saved.validation.metrics.accuracy > 0.7


@pytest.fixture
def lines(place: Path) -> Path:
    path = place.parent / "lines.txt"
    path.write_text("it was a good film\n<br />\nit was a dull film\nso it was\n" * 10)  # one has no token
    return path


@pytest.mark.parametrize(("pretrain", "updates"), [("lm", 3), ("lm", 15), ("lm", 40), ("vectors", 1), ("vectors", 9)])
def test_a_pre_trained_run_goes_on_to_the_same_weights_from_either_stage(
    place: Path, lines: Path, pretrain: str, updates: int
) -> None:
    pretrained = {"pretrain": pretrain, "pretrain_epochs": 3, "unlabelled": str(lines)}
    run(place, "whole", **pretrained)
    asked = iter(range(1_000))
    assert isinstance(run(place, "parts", stop=lambda: next(asked) >= updates, **pretrained), Stopped)
    assert isinstance(run(place, "parts", resume=True, **pretrained), Saved)
    assert same(weights(place, "whole"), weights(place, "parts"))
    run(place, "without")
    assert weights(place, "without")["embedding.weight"].shape != weights(place, "whole")["embedding.weight"].shape


def test_texts_without_labels_are_learned_from_by_virtual_adversarial_training(place: Path, lines: Path) -> None:
    plain, virtual = (
        run(place, name, epochs=12, patience=12, learning_rate=2e-2, warmup=0, average=0.0, **settings)
        for name, settings in (
            ("plain", {}),
            ("virtual", {"virtual_adversarial": 0.05, "unlabelled": str(lines)}),
        )
    )
    assert isinstance(plain, Saved) and isinstance(virtual, Saved)
    assert virtual.validation.metrics.accuracy > 0.7
    words = virtual.checkpoint.tokenizer.vocabulary()
    assert "so" in words and "so" not in plain.checkpoint.tokenizer.vocabulary()


def test_a_checkpoint_teaches_what_it_knows_to_a_model_of_unlabelled_texts(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(place.parent / "cache"))
    run(place, "teacher", epochs=12, patience=12, learning_rate=2e-2, warmup=0, average=0.0)
    lines = place.parent / "lines.txt"
    lines.write_text("".join(f"it was {word} film\n\n" for word in ("good", "awful", "lovely", "dull") * 30))
    taught = run(place, "taught", epochs=12, teacher="teacher", unlabelled=str(lines), pieces="texts", made=20)
    assert isinstance(taught, Saved)
    assert taught.validation.metrics.accuracy > 0.7
    assert len(list((place.parent / "cache").rglob("*.npy"))) == 1


def test_a_fine_tuned_model_starts_where_its_base_ended(place: Path) -> None:
    run(place, "base", epochs=12, patience=12, learning_rate=2e-2, warmup=0, average=0.0)
    events: list[object] = []
    request = Request(
        (str(place),), name="more", overrides={"fine_tune": "base", "epochs": 1, "min_updates": 0}, device="cpu"
    )
    events += train(request)
    (epoch,) = [event for event in events if isinstance(event, Epoch)]
    assert epoch.train_accuracy > 0.9  # from the first batch on
    base, more = (Checkpoint.read(place.parent / "models" / name) for name in ("base", "more"))
    assert more.tokenizer_json == base.tokenizer_json
    assert more.recipe.model.hidden == base.recipe.model.hidden
    with pytest.raises(SettingsError, match="--hidden is 16, but --fine-tune base has 8"):
        run(place, "other", fine_tune="base", hidden=16)


def test_a_base_with_other_classes_gives_all_but_its_output(place: Path) -> None:
    run(place, "base")
    others = place.parent / "others.csv"
    others.write_text(
        "text,label\n" + "".join(f"it was {word} film {n},{n % 3}\n" for n in range(60) for word in ("a", "b"))
    )
    request = Request(
        (str(others),), name="three", overrides={"fine_tune": "base", "epochs": 1, "min_updates": 0}, device="cpu"
    )
    assert isinstance(list(train(request))[-1], Saved)
    assert Checkpoint.read(place.parent / "models" / "three").classes == ("0", "1", "2")


@pytest.mark.parametrize(("asked", "size"), [(None, 3), (5, 5)])
def test_given_vectors_are_the_first_numbers_of_the_embedding(place: Path, asked: int | None, size: int) -> None:
    vectors = place / "vectors.vec"
    vectors.write_text("good 7 8 9\nnowhere 1 2 3\n")
    still = {"learning_rate": 0.0, "average": 0.0, "epochs": 1, "embeddings": str(vectors), "embedding_dim": asked}
    saved = run(place, "vectors", **still)
    assert isinstance(saved, Saved)
    good = saved.checkpoint.tokenizer.vocabulary()["good"]
    embedding = saved.checkpoint.weights["embedding.weight"]
    assert embedding.shape[1] == size
    np.testing.assert_allclose(embedding[good][:3], [7, 8, 9], atol=9 / 127 / 2)  # half a step of int8


def test_vectors_wider_than_the_embedding_are_refused(place: Path) -> None:
    vectors = place / "vectors.vec"
    vectors.write_text("good 7 8 9\n")
    with pytest.raises(SettingsError, match=r"--embedding-dim is 2, but the vectors of .*vectors\.vec have 3"):
        run(place, "vectors", embeddings=str(vectors), embedding_dim=2)
