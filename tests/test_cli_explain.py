"""`rnnsent predict --explain` in every format."""

import csv
import io
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from rnnsent.checkpoint.checkpoint import Checkpoint
from rnnsent.cli.app import run
from rnnsent.cli.predict import EXPLAINED_WORDS
from rnnsent.data.sentiment_scales import weigh_sentiments

TEXT = "a great film, not very dull"


@pytest.fixture
def named(working_dir: Path, write_model: Callable[..., Checkpoint]) -> str:
    write_model(Path("models") / "m", max_ngram=2, classes=("negative", "neutral", "positive"))
    return "m"


def explain(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert run(["predict", "-m", "m", *arguments]) == 0
    return capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "count"),
    [
        (("--explain", TEXT), EXPLAINED_WORDS), (("--explain", "2", TEXT), 2), (("--explain=3", TEXT), 3),
        ((TEXT, "--explain", "1"), 1), ((TEXT, "--explain"), EXPLAINED_WORDS), (("--explain", "--", TEXT), EXPLAINED_WORDS),
        (("--explain", "4", "--explain", "2", TEXT), 2),
    ],
)  # fmt: skip
def test_number(named: str, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], count: int) -> None:
    """A number after the option is how many words are shown; anything else is a text."""
    label, probability, words, text = explain(capsys, *arguments).rstrip("\n").split("\t")
    assert text == TEXT
    assert label
    assert 0 < float(probability) < 1
    assert len(words.split("; ")) == count
    assert re.fullmatch(r"(?:\S+ [+-]\d\.\d\d(?:; )?)+", words)


def test_json(named: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The whole explanation, which adds up; None for a text without a label."""
    first, blank = map(json.loads, explain(capsys, "--json", "--explain", TEXT, " ").splitlines())
    explanation = first["explanation"]
    assert explanation["class"] == first["label"]
    total = sum(word["network"] + word["ngrams"] for word in explanation["words"])
    assert explanation["base"] + total == pytest.approx(explanation["logit"], abs=1e-6)
    assert all(TEXT[word["start"] : word["end"]] == word["text"] for word in explanation["words"])
    assert blank["explanation"] is None


def test_table(named: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A table gets one more column, whose name is free; objects have whole explanations."""
    Path("in.csv").write_text(f'id,explanation,text\n1,mine,"{TEXT}"\n2,,\n', encoding="utf-8")
    rows = list(csv.DictReader(io.StringIO(explain(capsys, "in.csv", "--explain", "2", "--text-column", "text"))))
    assert [row["explanation"] for row in rows] == ["mine", ""]
    assert rows[0]["predicted_explanation"].count(";") == 1
    assert rows[1]["predicted_explanation"] == ""
    lines = explain(capsys, "in.csv", "--explain", "2", "--text-column", "text", "--json").splitlines()
    assert json.loads(lines[0])["predicted_explanation"]["words"][0]["text"] == "a"
    assert json.loads(lines[1])["predicted_explanation"] is None


@pytest.mark.parametrize("suffix", ["parquet", "xlsx", "tsv"])
def test_files(named: str, capsys: pytest.CaptureFixture[str], suffix: str) -> None:
    Path("in.csv").write_text(f'text\n"{TEXT}"\n', encoding="utf-8")
    explain(capsys, "in.csv", "--explain", "-o", f"out.{suffix}")
    if suffix == "parquet":
        import pyarrow.parquet

        assert pyarrow.parquet.read_table("out.parquet")["explanation"].to_pylist()[0].count("; ") == 4
    else:
        assert Path(f"out.{suffix}").stat().st_size > 0


def test_terminal(named: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The text is shown whole, the strongest words with signed numbers; without color, the signs say the same."""
    lines = explain(capsys, "--explain", "2", "-f", "table", TEXT, "").splitlines()
    marked = lines[1].strip()
    assert re.sub(r"\[[+-]\d\.\d\]", "", marked) == TEXT
    assert len(re.findall(r"\w\[[+-]\d\.\d\]", marked)) == 2
    assert re.search(
        r"^  \w+ [+-][\d.]+ = [+-][\d.]+ without words [+-][\d.]+ network [+-][\d.]+ n-grams; standard err", lines[2]
    )
    assert "\x1b" not in "".join(lines)


def test_control_characters(named: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert "\x1b" not in explain(capsys, "--explain", "-f", "table", "great \x1b[31m film")


def test_trace(named: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["predict", "-m", named, "--explain", "--trace", TEXT]) == 2
    assert "choose one" in capsys.readouterr().err


def test_score(named: str, capsys: pytest.CaptureFixture[str]) -> None:
    """--score is the probability of positive minus that of negative; it stands before an explanation, in every format."""
    _, _, score, words, _ = explain(capsys, "--score", "--explain", TEXT).rstrip("\n").split("\t")
    assert ";" in words
    first, blank = map(json.loads, explain(capsys, "--score", "--json", TEXT, "").splitlines())
    assert first["score"] == pytest.approx(first["probabilities"]["positive"] - first["probabilities"]["negative"])
    assert float(score) == pytest.approx(first["score"], abs=1e-4)
    assert blank["score"] is None
    header, row, empty = csv.reader(io.StringIO(explain(capsys, "--score", "-f", "csv", TEXT, "")))
    assert header[-1] == "score"
    assert float(row[-1]) == pytest.approx(first["score"])
    assert empty[-1] == ""
    trace = json.loads(explain(capsys, "--score", "--json", "--trace", TEXT))
    assert trace["score"] == first["score"]


def test_score_of_other_classes(
    working_dir: Path, write_model: Callable[..., Checkpoint], capsys: pytest.CaptureFixture[str]
) -> None:
    write_model(Path("models") / "m", classes=("joy", "anger"))
    assert run(["predict", "-m", "m", "--score", TEXT]) == 2
    assert "--score needs classes like negative and positive; those of 'm' are joy, anger" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("classes", "weights"),
    [
        (("negative", "positive"), (-1, 1)), (("positive", "neutral", "negative"), (1, 0, -1)), (("neg", "pos"), (-1, 1)),
        (("very negative", "negative", "neutral", "positive", "very positive"), (-1, -0.5, 0, 0.5, 1)),
        (("1", "2", "3", "4", "5"), (-1, -0.5, 0, 0.5, 1)), (("0", "1"), (-1, 1)), (("joy", "anger"), None),
        (("negative", "positive", "mixed"), None), (("neutral", "positive"), None),
    ],
)  # fmt: skip
def test_weights(classes: tuple[str, ...], weights: tuple[float, ...] | None) -> None:
    assert weigh_sentiments(classes) == weights


SENTENCES = "a great film. It was not dull! zzz"


def test_sentences(named: str, capsys: pytest.CaptureFixture[str]) -> None:
    """--per sentence: the text, then each sentence with its offsets and the prediction that it has alone."""
    lines = [line.split("\t") for line in explain(capsys, "--per", "sentence", SENTENCES, "").splitlines()]
    assert [line[:2] for line in lines] == [["1", ""], ["1", "1"], ["1", "2"], ["1", "3"], ["2", ""]]
    for _, number, start, end, label, probability, text in lines[1:4]:
        assert SENTENCES[int(start) : int(end)] == text
        alone = explain(capsys, text).rstrip("\n").split("\t")
        assert alone == [label, probability, text]
        assert (label == "") == (text == "zzz"), number
    record, blank = map(json.loads, explain(capsys, "--per", "sentence", "--json", SENTENCES, "").splitlines())
    assert [part["text"] for part in record["sentences"]] == ["a great film.", "It was not dull!", "zzz"]
    assert record["sentences"][2]["label"] is None
    assert blank["sentences"] == []
    assert run(["predict", "-m", named, "--per", "sentence", "--explain", SENTENCES]) == 2


def test_sentences_of_a_table(named: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("in.csv").write_text(f'id,sentence,text\n1,x,"{SENTENCES}"\n', encoding="utf-8")
    arguments = ("in.csv", "--text-column", "text", "--per", "sentence")
    rows = list(csv.DictReader(io.StringIO(explain(capsys, *arguments))))
    assert [row["part_sentence"] for row in rows] == ["", "1", "2", "3"]
    assert [row["part_sentence_text"] for row in rows][1] == "a great film."
    assert [row["id"] for row in rows] == ["1", "", "", ""]
    explain(capsys, *arguments, "-o", "out.parquet")
    (record,) = map(json.loads, explain(capsys, *arguments, "--json").splitlines())
    assert len(record["part_sentences"]) == 3


@pytest.mark.parametrize("count", [1, 7, 500])
def test_sparkline(named: str, capsys: pytest.CaptureFixture[str], count: int) -> None:
    """A trace on a terminal begins with the probability of the label at each token as one line."""
    lines = explain(capsys, "--trace", "-f", "table", "good " * count).splitlines()
    label, sparks = lines[1].split()
    assert label == lines[0].split()[0]
    assert set(sparks) <= set("▁▂▃▄▅▆▇█")
    assert len(sparks) == min(count, 100 - 8 - 2)
    assert len(lines) == count + 3
