"""The scripts that build the English model: which texts are held out, and the phrases for training."""

from pathlib import Path

import pytest

from rnnsent.data.validation_split import hash_text
from tests.support.scripts import load_script

corpora, phrases = load_script("corpora"), load_script("phrases")
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
