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

TEXT = "a great film, not very dull"


@pytest.fixture
def model(working_dir: Path, write_model: Callable[..., Checkpoint]) -> str:
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
def test_number(model: str, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], count: int) -> None:
    """A number after the option is how many words are shown; anything else is a text."""
    label, probability, words, text = explain(capsys, *arguments).rstrip("\n").split("\t")
    assert text == TEXT
    assert label
    assert 0 < float(probability) < 1
    assert len(words.split("; ")) == count
    assert re.fullmatch(r"(?:\S+ [+-]\d\.\d\d(?:; )?)+", words)


def test_json(model: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The whole explanation, which adds up; None for a text without a label."""
    first, blank = map(json.loads, explain(capsys, "--json", "--explain", TEXT, " ").splitlines())
    explanation = first["explanation"]
    assert explanation["class"] == first["label"]
    total = sum(word["network"] + word["ngrams"] for word in explanation["words"])
    assert explanation["base"] + total == pytest.approx(explanation["logit"], abs=1e-6)
    assert all(TEXT[word["start"] : word["end"]] == word["text"] for word in explanation["words"])
    assert blank["explanation"] is None


def test_table(model: str, capsys: pytest.CaptureFixture[str]) -> None:
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
def test_files(model: str, capsys: pytest.CaptureFixture[str], suffix: str) -> None:
    Path("in.csv").write_text(f'text\n"{TEXT}"\n', encoding="utf-8")
    explain(capsys, "in.csv", "--explain", "-o", f"out.{suffix}")
    if suffix == "parquet":
        import pyarrow.parquet

        assert pyarrow.parquet.read_table("out.parquet")["explanation"].to_pylist()[0].count("; ") == 4
    else:
        assert Path(f"out.{suffix}").stat().st_size > 0


def test_terminal(model: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The text is shown whole, the strongest words with signed numbers; without color, the signs say the same."""
    lines = explain(capsys, "--explain", "2", "-f", "table", TEXT, "").splitlines()
    marked = lines[1].strip()
    assert re.sub(r"\[[+-]\d\.\d\]", "", marked) == TEXT
    assert len(re.findall(r"\w\[[+-]\d\.\d\]", marked)) == 2
    assert re.search(
        r"^  \w+ [+-][\d.]+ = [+-][\d.]+ without words [+-][\d.]+ network [+-][\d.]+ n-grams; standard err", lines[2]
    )
    assert "\x1b" not in "".join(lines)


def test_control_characters(model: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert "\x1b" not in explain(capsys, "--explain", "-f", "table", "great \x1b[31m film")


def test_trace(model: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["predict", "-m", model, "--explain", "--trace", TEXT]) == 2
    assert "choose one" in capsys.readouterr().err
