"""Sources that lack a class say nothing about it: training, calibration and validation leave it out in their texts."""

from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional as F

from rnnsent.config import TrainingConfig
from rnnsent.data.corpus import read_corpus
from rnnsent.data.sources import find_source
from rnnsent.errors import DataError
from rnnsent.evaluation.evaluate import restrict_classes
from rnnsent.network.ngrams import WEIGHTS
from rnnsent.training.dataset import EncodedDataset, concatenate
from rnnsent.training.fit_calibration import fit_calibration
from rnnsent.training.fit_ngrams import fit_ngrams
from rnnsent.training.objective import masked_cross_entropy

TWO, THREE = ("negative", "positive"), ("negative", "neutral", "positive")


def write_source(path: Path, classes: tuple[str, ...], n: int = 20) -> str:
    rows = [f"{path.stem} {name} {number},{name}" for number in range(n) for name in classes]
    path.write_text("\n".join(["text,label", *rows]) + "\n", encoding="utf-8")
    return str(path)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_corpus(tmp_path: Path, log: list[str], order: tuple[int, int]) -> None:
    """The classes are those of the source with the most, in any order; the other's texts may not be neutral."""
    paths = [write_source(tmp_path / "films.csv", TWO), write_source(tmp_path / "tweets.csv", THREE)]
    corpus = read_corpus([find_source(paths[k]) for k in order], validation_fraction=0)
    for examples in (corpus.train, corpus.validation):
        assert examples.classes == THREE
        assert examples.allowed is not None
        for text, allowed in zip(examples.texts, examples.allowed.tolist(), strict=True):
            assert allowed == [True, "tweets" in text, True]
        taken = examples.take(np.array([1, 0]))
        assert taken.allowed is not None
        assert np.array_equal(taken.allowed, examples.allowed[[1, 0]])
    assert [line for line in log if "has no class" in line] == [
        f"{paths[0]} has no class 'neutral'; training ignores it in these texts"
    ]


def test_equal_classes(tmp_path: Path) -> None:
    """Nothing is left out if all sources have all classes."""
    paths = [write_source(tmp_path / "a.csv", THREE), write_source(tmp_path / "b.csv", THREE)]
    assert read_corpus([find_source(path) for path in paths], validation_fraction=0).train.allowed is None


def test_other_classes(tmp_path: Path) -> None:
    """A source with a class that the largest lacks is refused."""
    paths = [write_source(tmp_path / "a.csv", ("calm", "angry")), write_source(tmp_path / "b.csv", THREE)]
    with pytest.raises(DataError, match=r"b.csv has the classes 'negative', 'neutral', 'positive' and .*a.csv has"):
        read_corpus([find_source(path) for path in paths], validation_fraction=0)


def test_recognized_names(tmp_path: Path, log: list[str]) -> None:
    """A source with other names is mapped to the classes that it has."""
    paths = [write_source(tmp_path / "codes.csv", ("0", "1")), write_source(tmp_path / "tweets.csv", THREE)]
    corpus = read_corpus([find_source(path) for path in paths], validation_fraction=0)
    labels = {
        text.split()[1]: corpus.train.classes[label]
        for text, label in zip(corpus.train.texts, corpus.train.labels, strict=True)
    }
    assert labels == {"0": "negative", "1": "positive", **{name: name for name in THREE}}
    assert sum("mapped the labels" in line for line in log) == 1


@settings(deadline=None, derandomize=True)
@given(st.integers(0, 2**31), st.sampled_from([0.0, 0.1]), st.booleans())
def test_cross_entropy(seed: int, smoothing: float, weighted: bool) -> None:
    """The loss is that of the allowed logits alone, and has no gradient for the others."""
    generator = torch.Generator().manual_seed(seed)
    logits = (5 * torch.randn(6, 3, generator=generator)).requires_grad_()
    labels = torch.randint(0, 2, (6,), generator=generator) * 2  # negative or positive
    targets = F.one_hot(labels, 3).float()
    allowed = torch.tensor([[True, False, True]]).expand(6, 3)
    weights = torch.tensor([0.5, 3.0, 2.0]) if weighted else None
    losses = masked_cross_entropy(logits, targets, allowed, weights, smoothing)
    expected = F.cross_entropy(
        logits[:, [0, 2]],
        targets[:, [0, 2]],
        None if weights is None else weights[[0, 2]],
        reduction="none",
        label_smoothing=smoothing,
    )
    torch.testing.assert_close(losses, expected)
    losses.sum().backward()  # type: ignore[no-untyped-call]
    assert logits.grad is not None
    assert logits.grad[:, 1].abs().max() == 0
    everything = torch.ones_like(allowed)
    usual = F.cross_entropy(logits, targets, weights, reduction="none", label_smoothing=smoothing)
    torch.testing.assert_close(masked_cross_entropy(logits, targets, everything, weights, smoothing), usual)


def test_restrict_classes() -> None:
    """Probabilities add up to 1 over the allowed classes; a text without a prediction has none."""
    probabilities = np.array([[0.2, 0.5, 0.3], [0.0, 1.0, 0.0], [np.nan] * 3])
    allowed = np.array([[True, False, True]] * 3)
    expected = [[0.4, 0.0, 0.6], [0.5, 0.0, 0.5], [np.nan] * 3]
    np.testing.assert_allclose(restrict_classes(probabilities, allowed), expected)


def test_calibration() -> None:
    """A logit that a text may not have does not matter."""
    generator = np.random.default_rng(0)
    logits = generator.normal(size=(60, 3))
    labels = generator.integers(0, 2, 60) * 2
    logits[np.arange(60), labels] += 1
    allowed = np.ones((60, 3), dtype=bool)
    allowed[:, 1] = False
    fits = []
    for neutral in (-50.0, 50.0):
        logits[:, 1] = neutral
        fits.append(np.concatenate(fit_calibration([logits], labels, [5] * 60, allowed)))
    np.testing.assert_allclose(fits[0], fits[1])
    two = np.concatenate(fit_calibration([logits[:, [0, 2]]], labels // 2, [5] * 60))
    np.testing.assert_allclose(fits[0], two, rtol=1e-4)


def test_ngrams() -> None:
    """The regression of a class is fitted on the texts that may have it."""
    rows = [np.array([2, 3]), np.array([2, 4]), np.array([5, 3]), np.array([5, 4])] * 5
    labels = np.array([0, 0, 1, 1] * 5)
    others = [np.array([5, 6]), np.array([2, 6])] * 20
    other_labels = np.array([2, 0] * 20)
    allowed = np.ones((60, 3), dtype=bool)
    allowed[20:, 1] = False
    options = {"n_classes": 3, "max_ngram": 1, "max_features": 100, "seed": 0}
    fitted = fit_ngrams([*rows, *others], np.concatenate([labels, other_labels]), allowed, **options)
    unmasked = fit_ngrams([*rows, *others], np.concatenate([labels, other_labels]), **options)
    # Token 5 is in every neutral text; only without the mask do the positive texts with it speak against neutral.
    assert fitted[WEIGHTS][:, 1].max() > unmasked[WEIGHTS][:, 1].max()


def test_concatenate() -> None:
    """Data sets without a mask may have every class."""
    rows, targets = [np.array([2])], np.array([[1.0, 0.0]], dtype=np.float32)
    masked = EncodedDataset(rows, targets, np.array([[True, False]]))
    joined = concatenate([EncodedDataset(rows, targets), masked])
    assert joined.allowed is not None
    assert joined.allowed.tolist() == [[True, True], [True, False]]
    assert concatenate([EncodedDataset(rows, targets)] * 2).allowed is None


def test_train(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A plain statement stays neutral although a larger source without neutral texts has statements."""
    import rnnsent

    monkeypatch.chdir(tmp_path)
    generator = np.random.default_rng(0)
    fillers = ["the", "shop", "opens", "at", "noon", "on", "monday", "door", "street"]

    def text(word: str) -> str:
        words = [*generator.choice(fillers, 5), word]
        generator.shuffle(words)
        return " ".join(words)

    polar = [(text("awful"), "negative") for _ in range(60)] + [(text("lovely"), "positive") for _ in range(60)]
    plain = [(text("stands"), "neutral") for _ in range(60)]
    statements = [(text("stands"), label) for label in TWO for _ in range(120)]  # of reviews with a verdict elsewhere
    for name, rows in (("three", [*polar, *plain]), ("two", statements)):
        Path(f"{name}.csv").write_text("\n".join(["text,label", *(",".join(row) for row in rows)]) + "\n")
    settings = {"model.embedding_dim": 16, "model.hidden_size": 8, "training.epochs": 12, "training.min_steps": 1}
    model = rnnsent.train(["two.csv", "three.csv"], name="both", settings=settings, device="cpu")
    assert model.classes == THREE
    labels = [
        prediction.label for prediction in model.predict(["the shop stands at noon", "awful door", "lovely street"])
    ]
    assert labels == ["neutral", "negative", "positive"]
    metrics = model.checkpoint.metrics
    assert metrics


def test_loss_at_every_token() -> None:
    """The mask reaches the loss at every token."""
    from rnnsent.config import ModelConfig
    from rnnsent.network.classifier import Classifier
    from rnnsent.training.objective import Objective

    torch.manual_seed(0)
    config = ModelConfig(embedding_dim=4, hidden_size=4, bidirectional=False, pooling="last", max_ngram=0)
    classifier = Classifier(config, vocabulary=9, classes=3).eval()
    objective = Objective(classifier, TrainingConfig(loss="per-token"))
    ids, lengths = torch.tensor([[2, 3, 4], [5, 6, 0]]), torch.tensor([3, 2])
    targets = torch.tensor([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
    allowed = torch.tensor([[True, False, True]] * 2)
    with torch.no_grad():
        losses = []
        for bias in (-3.0, 3.0):
            classifier.output.bias[1] = bias
            losses.append(float(objective.compute(ids, lengths, targets, allowed)[1]))
    assert losses[0] == pytest.approx(losses[1])
