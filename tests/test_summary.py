"""Summaries: shares and their correction, phrases, dates, samples, and the command."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnsent.checkpoint.checkpoint import Checkpoint
from rnnsent.checkpoint.known_errors import read_confusion_matrix
from rnnsent.cli.app import run
from rnnsent.errors import SettingsError
from rnnsent.prediction import Prediction
from rnnsent.summary import accumulate
from rnnsent.summary.accumulate import Accumulator
from rnnsent.summary.dates import EVERY, begin_of_period, find_parser, name_period
from rnnsent.summary.phrases import PhraseCounter, find_phrases
from rnnsent.summary.quantify import correct_shares
from rnnsent.summary.summarize import MIN_GROUP, summarize

CLASSES = ("negative", "neutral", "positive")
METRICS = {"n": 9, "accuracy": 0.5, "macro_f1": 0.5, "log_loss": 0.5, "accuracy_interval": [0.1, 0.9]}


def predict(text: str, label: str | None, probability: float = 0.9) -> Prediction:
    return Prediction(text, label, probability if label else None, None, 1, 0.0)


@pytest.mark.parametrize("shares", [[0.2, 0.3, 0.5], [0.9, 0.05, 0.05], [0.0, 0.4, 0.6]])
def test_correction(shares: list[float]) -> None:
    """From labels that err as on the validation texts, the true shares are found."""
    rates = np.array([[0.8, 0.15, 0.05], [0.2, 0.6, 0.2], [0.05, 0.1, 0.85]])
    counts = np.rint(1e6 * np.array(shares) @ rates).astype(int)
    corrected = correct_shares(counts.tolist(), (1e7 * rates).tolist())
    np.testing.assert_allclose(corrected, shares, atol=0.005)


@settings(derandomize=True, deadline=None, max_examples=50)
@given(st.lists(st.integers(0, 1000), min_size=2, max_size=5), st.integers(0, 99))
def test_corrected_shares(counts: list[int], seed: int) -> None:
    """Corrected shares are shares, whatever the confusion matrix; without a label there are none."""
    confusion = np.random.default_rng(seed).integers(0, 50, (len(counts), len(counts))).tolist()
    corrected = correct_shares(counts, confusion)
    assert (corrected is None) == (sum(counts) == 0)
    if corrected is not None:
        assert corrected.sum() == pytest.approx(1)
        assert (corrected >= 0).all()


def test_phrases() -> None:
    """Phrases that are typical of a part come first, long ones before their parts; rare and common ones are left out."""
    counter = PhraseCounter()
    for number in range(40):
        counter.add(f"The battery died on day {number} after an update", ["bad"])
        counter.add(f"We love the screen, day {number} is good", ["good"])
    counter.add("a unique remark", ["bad"])
    bad = [phrase.text for phrase in counter.typical("bad", 10)]
    assert bad[0] in ("battery died", "after an update")
    assert not {"day", "unique remark", "the", "battery"} & set(bad)
    assert counter.typical("good", 10)[0].n_texts == counter.typical("good", 10)[0].n_all == 40
    assert counter.typical("other", 10) == []


def test_find_phrases() -> None:
    assert list(find_phrases("battery life is good")) == ["battery", "battery life", "life", "life is good", "good"]
    assert list(find_phrases("not good, bad")) == ["not", "not good", "good", "bad"]
    assert list(find_phrases("it is 3.5!")) == []


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["2026-03-05", "2026-12-31"], date(2026, 3, 5)), (["2026-03-05T10:00:00Z"], date(2026, 3, 5)),
        (["2026-03-05 10:00"], date(2026, 3, 5)), (["31/12/2026", "05/03/2026"], date(2026, 12, 31)), (["12/31/2026"], date(2026, 12, 31)),
        (["5 Mar 2026"], date(2026, 3, 5)), (["March 5, 2026"], date(2026, 3, 5)), (["2026/03/05"], date(2026, 3, 5)),
        (["31.12.2026"], date(2026, 12, 31)), (["2026-03"], date(2026, 3, 1)), (["2026"], date(2026, 1, 1)),
        (["Thu, 05 Mar 2026 10:00:00 +0000"], date(2026, 3, 5)), (["20260305"], date(2026, 3, 5)),
    ],
)  # fmt: skip
def test_dates(values: list[str], expected: date) -> None:
    assert find_parser(values, "d")(values[0]) == expected


def test_ambiguous_dates() -> None:
    """Whether the day or the month is first is asked; a given format decides."""
    with pytest.raises(
        SettingsError, match=r"may begin with the day or the month; .*--date-format '%d/%m/%Y' or '%m/%d/%Y'"
    ):
        find_parser(["03/05/2026"], "d")
    assert find_parser(["03/05/2026"], "d", "%m/%d/%Y")("03/05/2026") == date(2026, 3, 5)
    with pytest.raises(SettingsError, match="'soon' in the column 'd' is not a known date"):
        find_parser(["soon"], "d")
    with pytest.raises(SettingsError, match="has no dates"):
        find_parser(["", " "], "d")
    assert find_parser(["2026-01-01"], "d")("soon") is None


@pytest.mark.parametrize(
    ("every", "begin", "name"),
    [
        ("day", date(2026, 8, 19), "2026-08-19"), ("week", date(2026, 8, 17), "2026-08-17"), ("month", date(2026, 8, 1), "2026-08"),
        ("quarter", date(2026, 7, 1), "2026-Q3"), ("year", date(2026, 1, 1), "2026"),
    ],
)  # fmt: skip
def test_periods(every: str, begin: date, name: str) -> None:
    assert begin_of_period(date(2026, 8, 19), every) == begin
    assert name_period(begin, every) == name
    assert every in EVERY


def test_sample(monkeypatch: pytest.MonkeyPatch) -> None:
    """Counts are of all records; the sample is bounded, and every text is as likely to be in it."""
    monkeypatch.setattr(accumulate, "SAMPLE_SIZE", 100)
    accumulator = Accumulator()
    for number in range(1_000):
        accumulator.add(predict(str(number), "positive"))
    assert accumulator.whole.counts["positive"] == 1_000
    numbers = [int(item.text) for item in accumulator.sample]
    assert len(numbers) == len(set(numbers)) == 100
    assert 400 < np.mean(numbers) < 600


def test_summarize() -> None:
    """Groups by size, small ones marked; examples without repeats; records without a label are counted apart."""
    accumulator = Accumulator()
    for number in range(MIN_GROUP):
        accumulator.add(predict(f"good {number}", "positive", 0.5 + number / 100), "large", "2026-02")
        accumulator.add(predict("good", "positive", 0.99), "large", "2026-01")
    accumulator.add(predict("bad", "negative"), "small", "2026-01")
    accumulator.add(predict("", None), "small")
    summary = summarize(accumulator, CLASSES, np.eye(3).tolist(), source="s", model="m", by="g", over="d")
    assert (summary.whole.n, summary.whole.n_unlabeled) == (2 * MIN_GROUP + 2, 1)
    assert [(group.name, group.is_small) for group in summary.groups] == [("large", False), ("small", True)]
    assert [period.name for period in summary.periods] == ["2026-01", "2026-02"]
    assert summary.clearest["positive"][0] == "good"
    assert len(set(summary.clearest["positive"])) == 3
    assert summary.least_certain[0] == ("good 0", "positive", 0.5)
    share = summary.whole.classes["positive"]
    assert share.interval[0] < share.share < share.interval[1]
    values = json.loads(json.dumps(summary.to_dict()))
    assert values["n"] == summary.whole.n
    assert values["classes"]["positive"].keys() == {"share", "interval", "corrected", "count"}
    bare = summarize(accumulator, CLASSES, None, source="s", model="m", has_quotes=False)
    assert bare.whole.classes["positive"].corrected is None
    assert not bare.clearest
    assert not bare.least_certain


@pytest.fixture
def table(tmp_path: Path, write_model: Callable[..., Checkpoint], monkeypatch: pytest.MonkeyPatch) -> Path:
    """A table, and a model that records its errors."""
    monkeypatch.chdir(tmp_path)
    model = write_model(Path("models") / "m", classes=CLASSES)
    validation = {**METRICS, "classes": CLASSES, "confusion_matrix": [[8, 1, 1], [1, 8, 1], [1, 1, 8]]}
    model.update_metrics({"a:validation": validation}, "")
    path = tmp_path / "reviews.csv"
    rows = [f"{('x', 'y')[k % 2]},2026-0{1 + k % 3}-05,{'a good film' if k % 5 else 'bad'} {k}" for k in range(60)]
    path.write_text("\n".join(["product,date,text", *rows, "x,,", "z,soon,good"]) + "\n", encoding="utf-8")
    return path


def test_json(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["summarize", str(table), "-m", "m", "--by", "product", "--over", "date", "--json"]) == 0
    values = json.loads(capsys.readouterr().out)
    assert (values["n"], values["n_unlabeled"], values["n_undated"]) == (62, 1, 2)
    assert sum(share["share"] for share in values["classes"].values()) == pytest.approx(1)
    assert sum(share["corrected"] for share in values["classes"].values()) == pytest.approx(1)
    assert [group["name"] for group in values["groups"]] == ["x", "y", "z"]
    assert [period["name"] for period in values["periods"]] == ["2026-01", "2026-02", "2026-03"]


def test_table(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["summarize", str(table), "-m", "m", "--by", "product", "--over", "date", "--every", "year"]) == 0
    output = capsys.readouterr().out
    assert "62 records, 1 without a label" in output
    assert "z*" in output
    assert "2026 " in output
    assert "2 records without a date" in output
    assert run(["summarize", str(table), "-m", "m", "--no-quotes"]) == 0
    assert "a good film" not in capsys.readouterr().out


def test_lines(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("lines.txt").write_text("good\nbad\n\n", encoding="utf-8")
    assert run(["summarize", "lines.txt", "-m", "m"]) == 0
    assert "lines.txt by m: 3 records, 1 without a label" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--by", "brand"], "--by brand: .* has no such column; its columns are product, date, text"),
        (["--over", "brand"], "has no such column"), (["--every", "week"], "name it with --over"),
        (["--over", "date", "--every", "decade"], "choose day, week, month, quarter, year"),
        (["--over", "product"], "is not a known date"),
    ],
)  # fmt: skip
def test_usage(table: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str) -> None:
    import re

    assert run(["summarize", str(table), "-m", "m", *arguments]) == 2
    assert re.search(message, capsys.readouterr().err)


def test_not_a_table(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("lines.txt").write_text("good\n", encoding="utf-8")
    assert run(["summarize", "lines.txt", "-m", "m", "--by", "product"]) == 2
    assert "is not a table" in capsys.readouterr().err


@pytest.mark.parametrize("matrix", [None, [], [[1]], [[1, 2, 3]] * 2, [[1, 2, "x"]] * 3, [[1, 2, -1]] * 3, {"a": 1}])
def test_invalid_matrix(table: Path, matrix: object) -> None:
    """A matrix of another shape or type is not used."""
    model = Checkpoint.read(Path("models") / "m")
    assert read_confusion_matrix(model) == [[8, 1, 1], [1, 8, 1], [1, 1, 8]]
    model.update_metrics({"a:validation": {**METRICS, "confusion_matrix": matrix}}, "")
    assert read_confusion_matrix(Checkpoint.read(model.path)) is None


def test_page(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The page has every part, escapes texts, and quotes none if that is not wanted."""
    rows = "".join(
        f"<b>brand</b>,2026-01-0{1 + k % 9},a good <script>alert(1)</script> film {k % 4}\n" for k in range(40)
    )
    table.write_text(table.read_text(encoding="utf-8") + rows, encoding="utf-8")
    arguments = ["summarize", str(table), "-m", "m", "--by", "product", "--over", "date", "--every", "day"]
    assert run([*arguments, "-o", "page.html"]) == 0
    assert capsys.readouterr().out == ""
    page = Path("page.html").read_text(encoding="utf-8")
    for part in ("Summary: ", "By product", "Over date", "Phrases", "Examples", "&lt;b&gt;brand"):
        assert part in page
    assert "<script" not in page
    assert "<b>brand" not in page
    assert run([*arguments, "-o", "bare.html", "--no-quotes"]) == 0
    assert "alert(1)" not in Path("bare.html").read_text(encoding="utf-8")
    assert run([*arguments, "-o", "numbers.json"]) == 0
    assert json.loads(Path("numbers.json").read_text(encoding="utf-8"))["n"] == 102
    assert run([*arguments, "-o", "page.pdf"]) == 2
    assert "ends in .html or .json" in capsys.readouterr().err


def test_page_without_labels(table: Path) -> None:
    table.write_text("text\n\n\n", encoding="utf-8")
    Path("lines.txt").write_text("zzz\n\n", encoding="utf-8")
    assert run(["summarize", "lines.txt", "-m", "m", "-o", "page.html"]) == 0
    assert "No text has a label." in Path("page.html").read_text(encoding="utf-8")
