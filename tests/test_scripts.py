"""The scripts that build the English model: which texts are held out, and the phrases for training."""

from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from rnnsent.data.validation_split import hash_text
from rnnsent.training.answers import Answers
from tests.support.scripts import load_script

corpora, phrases = load_script("corpora"), load_script("phrases")
noise, english_data, english_card = load_script("noise"), load_script("english_data"), load_script("english_card")
TEXTS = [f"text {number}" for number in range(500)]


def texts_of(part: str, splits: list[str] | None = None) -> set[str]:
    return {TEXTS[row] for row in corpora.choose_part(TEXTS, splits, part)}


def test_parts() -> None:
    """Without splits, a tenth is for validation, a tenth for test, by the hash; the validation texts are those of `train`."""
    parts = [texts_of(part) for part in ("train", "validation", "test")]
    assert sorted(text for part in parts for text in part) == sorted(TEXTS)
    assert parts[1] == {text for text in TEXTS if hash_text(text) < 0.1}
    assert 20 < len(parts[1]) < 80
    assert 20 < len(parts[2]) < 80


def test_own_splits() -> None:
    """Splits of the source stay; with a test split, no other texts are for test."""
    splits = ["test"] * 50 + ["validation"] * 50 + ["train"] * 400
    assert texts_of("test", splits) == set(TEXTS[:50])
    assert texts_of("validation", splits) >= set(TEXTS[50:100])
    assert texts_of("train", splits) == {text for text in TEXTS[100:] if hash_text(text) >= 0.1}
    assert texts_of("test", ["train"] * 500) == texts_of("test")


def test_copies() -> None:
    assert corpora.choose_part(["a", "b", "a"], ["train", "train", "test"], "test") == [2]
    assert len(corpora.choose_part(["same"] * 9, None, "train") or [0]) == 1


def test_licenses() -> None:
    """Corpora for evaluation are not read for training, and every corpus names its origin."""
    training = {corpus.name for corpus in (*corpora.LABELED, *corpora.UNLABELED)}
    assert not training & {corpus.name for corpus in corpora.EVALUATION_ONLY}
    assert all(corpus.license != "restricted" for corpus in (*corpora.LABELED, *corpora.UNLABELED))
    assert all(corpus.origin for corpus in (*corpora.LABELED, *corpora.UNLABELED, *corpora.EVALUATION_ONLY))


def test_missing_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("RNNSENT_CORPORA", str(tmp_path / "missing"))
    with pytest.raises(SystemExit, match="set it to the folder of the corpora"):
        corpora.read_labeled(corpora.LABELED[0], "train")


def test_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A corpus without neutral texts says that its texts may not be neutral."""
    import pyarrow
    import pyarrow.parquet

    corpus = corpora.LABELED[0]
    (tmp_path / corpus.name).mkdir()
    for labels in (["negative", "positive"], ["negative", "neutral"]):
        table = pyarrow.table({"text": TEXTS[:2], "label": labels, "split": ["train", "test"]})
        pyarrow.parquet.write_table(table, tmp_path / corpus.name / "data.parquet")
        monkeypatch.setenv("RNNSENT_CORPORA", str(tmp_path))
        (row,) = corpora.read_labeled(corpus, "test")
        assert (row.text, row.label, row.may_be_neutral) == (TEXTS[1], labels[1], "neutral" in labels)
        assert corpora.read_texts(corpus) == (TEXTS[:1] if hash_text(TEXTS[0]) >= 0.1 else [])


def test_phrases() -> None:
    """Phrases are different texts, as many of each label, without open slots, and the same for the same seed."""
    generated = phrases.generate_phrases(3_000, seed=0)
    assert generated == phrases.generate_phrases(3_000, seed=0) != phrases.generate_phrases(3_000, seed=1)
    texts = [text for text, _ in generated]
    assert len(set(texts)) == 3_000
    assert not [text for text in texts if "{" in text or "}" in text or "  " in text]
    labels = [label for _, label in generated]
    assert {name: labels.count(name) for name in corpora.CLASSES} == dict.fromkeys(corpora.CLASSES, 1_000)


def test_noise() -> None:
    """Noise keeps most of a text, is drawn with the generator, and uses no name of the behavioral suite."""
    text = "Sarah's hotel in London was really comfortable, and we didn't wait"
    noisy = [noise.add_noise(text, np.random.default_rng(seed)) for seed in range(60)]
    assert noisy == [noise.add_noise(text, np.random.default_rng(seed)) for seed in range(60)]
    assert len(set(noisy)) > 40
    assert all(len(set(each.split()) & set(text.split())) >= 5 for each in noisy)
    assert not any("Sarah's" in each and "London" in each for each in noisy[:10])
    assert any("http" in each for each in noisy)
    assert any("didnt" in each for each in noisy)


def test_names_of_the_suite() -> None:
    folder = files("rnnsent") / "assets" / "behavior"
    suite = " ".join((folder / name).read_text(encoding="utf-8") for name in ("names.toml", "words.toml"))
    assert not [name for name in noise.GROUPS if f'"{name}"' in suite]


def test_pool_answers(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Every line of the pool has the mean answer of the teachers, and a noisy copy that of its original."""
    pieces = ["the room was  very comfortable\nand quiet", "the waiter forgot everything", "not labeled"]
    monkeypatch.setattr(english_data, "read_pool", lambda: pieces)
    for number, probability in enumerate((0.25, 0.75)):
        probabilities = np.array([[0, 1 - probability, probability]] * 2)
        Answers.collect(english_data.CLASSES, pieces[:2], probabilities).write(tmp_path / f"{number}.npz")
    english_data.write_pool(tmp_path, [tmp_path / "0.npz", tmp_path / "1.npz"])
    lines = (tmp_path / english_data.POOL).read_text(encoding="utf-8").splitlines()
    assert lines[:2] == ["the room was very comfortable and quiet", "the waiter forgot everything"]
    assert 2 <= len(lines) <= 4
    answers = Answers.read(tmp_path / english_data.POOL_ANSWERS).look_up(lines)
    np.testing.assert_allclose(answers, [[0, 0.5, 0.5]] * len(lines), atol=1 / 128)


def test_card() -> None:
    """The notes of the card have every corpus with its license, replace earlier notes, and leave no slot open."""
    card = english_card.add_notes("# english\n\nmetrics\n")
    assert english_card.add_notes(card) == card
    assert card.startswith("# english\n\nmetrics\n\n## How the English model was built\n")
    assert "{" not in card
    for corpus in (*corpora.LABELED, *corpora.UNLABELED, *corpora.EVALUATION_ONLY):
        assert f"| {corpus.name} | {corpus.domain} | {corpus.license} |" in card
    scores = {
        "english on a": {
            "domain": "d",
            "n": 9,
            "n_classes": 2,
            "accuracy": 0.5,
            "interval": (0.25, 0.75),
            "macro_recall": 0.5,
            "ece": 0.1,
        }
    }
    assert "| d | a | 2 | 9 | 50.0% (25.0% to 75.0%) | 50.0% | 0.100 |" in english_card.describe_scores(
        scores | {"other on a": {"domain": "x"}}
    )
