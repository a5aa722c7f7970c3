"""The HTML report: complete, accessible in its structure, small, and deaf to what texts try to run."""

import json
import re
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from rnnsent.evaluation.report import compute_report
from rnnsent.output.report.charts import MAX_SERIES, fit_axis
from rnnsent.output.report.evaluation import make_page
from rnnsent.output.report.page import name_in_sentence, quote
from tests.support.evaluations import make_evaluation, make_scored
from tests.support.reports import HOSTILE, make_checkpoint, make_random_evaluation, render_report

TWO, THREE, FIVE = ("bad", "good"), ("negative", "neutral", "positive"), ("1", "2", "3", "4", "5")
MANY = tuple(f"class number {k} with a long name" for k in range(20))
VOID = {"meta", "line", "path", "rect", "circle", "polyline", "br", "link"}
MAX_BYTES = 150_000


class Page(HTMLParser):
    """The elements of a page in order, each with its attributes and its text, and whether they are nested properly."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self._open: list[str] = []
        self.feed(html)
        assert self._open == []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attributes)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attributes)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def count(self, tag: str) -> int:
        return sum(name == tag for name, _ in self.elements)


@pytest.mark.parametrize("classes", [TWO, THREE, FIVE, MANY], ids=len)
def test_structure(tmp_path: Path, classes: tuple[str, ...]) -> None:
    """Elements are nested properly, ids are unique, pictures have titles and tables, tables captions and scopes."""
    page = Page(render_report(tmp_path, classes))
    ids = Counter(values["id"] for _, values in page.elements if "id" in values)
    assert max(ids.values()) == 1
    for _, values in page.elements:
        for name in ("aria-labelledby", "aria-describedby", "href"):
            assert {part.lstrip("#") for part in (values.get(name) or "").split()} <= ids.keys()
    pictures = [values for tag, values in page.elements if tag == "svg" and values.get("role") == "img"]
    assert len(pictures) == page.count("desc") == 6
    assert all(values["aria-labelledby"] for values in pictures)
    assert page.count("table") == page.count("caption") >= len(pictures)
    assert all(values["scope"] in ("row", "col") for tag, values in page.elements if tag == "th")
    assert [tag for tag, _ in page.elements if tag in ("h1", "h2", "h3")] == ["h1"] + ["h2"] * 9
    assert ("html", {"lang": "en"}) in page.elements
    assert {"header", "main", "footer", "nav"} <= {tag for tag, _ in page.elements}


def test_nothing_runs(tmp_path: Path) -> None:
    """Texts are shown and run nothing: no script, no handler, no request, no inline style that a policy would block."""
    html = render_report(tmp_path, ("<b>bad</b>", '"good"'))
    page = Page(html)
    tags = {tag for tag, _ in page.elements}
    assert not tags & {"script", "img", "iframe", "object", "embed", "link", "form", "base", "b"}
    for tag, values in page.elements:
        assert not any(name.startswith("on") or name in ("style", "src", "xlink:href") for name in values), tag
        assert (values.get("href") or "#").startswith("#")
    assert "http" not in html.replace('http-equiv="Content-Security-Policy"', "")
    assert "default-src 'none'" in html
    shown = "".join(page.texts)
    assert {"<script>alert(1)", "<script>alert(2)"} <= set(re.findall(r"<script>alert\(.\)", shown))
    assert not re.search("[\x00\x1b\x07\u202e\u2066]", html)
    assert "{{ 7*7 }}" in shown


@pytest.mark.parametrize("classes", [TWO, FIVE], ids=len)
def test_size(tmp_path: Path, classes: tuple[str, ...]) -> None:
    """The page is small however many and long the texts are."""
    assert len(render_report(tmp_path, classes, 25_000, long=True).encode()) < MAX_BYTES


def test_same_bytes(tmp_path: Path) -> None:
    assert render_report(tmp_path, THREE) == render_report(tmp_path, THREE)


def test_no_quotes(tmp_path: Path) -> None:
    """Without quotes, no text of the data set is on the page."""
    quoted, unquoted = (Page(render_report(tmp_path, TWO, quotes=quotes)) for quotes in (True, False))
    visible = {quote(text) for text in HOSTILE}
    shown = [{text for text in visible if any(text in part for part in page.texts)} for page in (quoted, unquoted)]
    assert len(shown[0]) > 3
    assert shown[1] == set()
    assert not any(re.search(r"\btext \d", part) for part in unquoted.texts)


def test_no_folders(tmp_path: Path) -> None:
    """The page shows no folder of the machine: neither that of the data set nor those in command lines."""
    evaluation = replace(make_evaluation(make_scored([0, 1], [[0.9, 0.1], [0.2, 0.8]])), source="/home/someone/in.csv")
    page = make_page(compute_report(evaluation, make_checkpoint(tmp_path / "tiny", TWO)))
    assert page.title == "Evaluation: tiny on in.csv (test)"
    assert page.commands[0].line == "rnnsent evaluate in.csv --split test --model tiny --report report.html"
    assert page.commands[1].line == "rnnsent train '<script>alert(2)' --init=base"
    given = ("rnnsent", "evaluate", "/home/someone/in.csv", "--text-column", "full text", "-m", r"C:\Users\me\tiny")
    page = make_page(compute_report(evaluation, make_checkpoint(tmp_path / "tiny", TWO), given))
    assert page.commands[0].line == "rnnsent evaluate in.csv --text-column 'full text' -m tiny"


def test_numbers(tmp_path: Path) -> None:
    """The numbers of a report are a JSON object with a few texts."""
    evaluation = make_random_evaluation(3_000, TWO)
    report = compute_report(evaluation, make_checkpoint(tmp_path / "tiny", TWO))
    text = json.dumps(report.to_dict())
    assert json.loads(text)["metrics"]["accuracy"] == evaluation.metrics.accuracy
    assert (len(report.mistakes), len(report.conflicts), report.n_conflicts) == (20, 10, len(HOSTILE))
    assert len(set(re.findall(r"text \d+", text))) <= 20


def test_right_to_left(tmp_path: Path) -> None:
    """A name from right to left is isolated in a sentence, where it would turn the numbers around it; others are as they are."""
    page = make_page(
        compute_report(make_random_evaluation(50, ("سيئ", "good")), make_checkpoint(tmp_path / "tiny", ("سيئ", "good")))
    )
    assert "good taken for \u2068سيئ\u2069 (" in page.sections[0].text
    assert name_in_sentence("very good") == "very good"
    assert "\u2067" not in name_in_sentence("\u2067سيئ")


def test_notices(tmp_path: Path) -> None:
    """The page says if the texts are not a test split, or were seen in training, and what was left out."""
    nan = float("nan")
    scored = make_scored([0, 1, 1], [[0.9, 0.1], [0.2, 0.8], [nan, nan]])
    checkpoint = make_checkpoint(tmp_path / "tiny", (*TWO, "other"))
    evaluation = make_evaluation(scored)
    page = make_page(compute_report(evaluation, checkpoint))
    assert any("1 row without a text, a label or a known token left out" in notice for notice in page.notices)
    assert any("Only the classes bad, good are scored" in notice for notice in page.notices)
    for changes, message in (
        ({"split": "validation"}, "the split validation, not a test split"),
        ({"seen_in_training_as": "train"}, "the train texts of the model"),
    ):
        changed = make_page(compute_report(evaluation.__class__(**{**vars(evaluation), **changes}), checkpoint))
        assert any(message in notice for notice in changed.notices)


@pytest.mark.parametrize("labels", [[0], [0, 0, 0], [0, 1]])
def test_few_texts(tmp_path: Path, labels: list[int]) -> None:
    """One text, or texts of one class, make a page without what cannot be drawn."""
    scored = make_scored(labels, np.tile([0.7, 0.3], (len(labels), 1)))
    page = make_page(compute_report(make_evaluation(scored), make_checkpoint(tmp_path / "tiny", TWO)))
    (curves,) = [section for section in page.sections if section.id == "curves"]
    assert bool(curves.parts) == (len(set(labels)) > 1)


def test_history(tmp_path: Path) -> None:
    """A history that is missing or has no numbers leaves out the learning curve."""
    checkpoint = make_checkpoint(tmp_path / "tiny", TWO)
    evaluation = make_evaluation(make_scored([0, 1], [[0.9, 0.1], [0.2, 0.8]]))
    for content in ('{"epoch": 1}\n', "", '{"epoch": "1"}\n{"epoch": null}\n', '{"epoch": 1, "train_loss": 1e300}\n'):
        (checkpoint.path / "history.jsonl").write_text(content)
        (section,) = [
            section
            for section in make_page(compute_report(evaluation, checkpoint)).sections
            if section.id == "learning"
        ]
        assert section.parts == ()


def test_equal_epochs(tmp_path: Path) -> None:
    """A history with an impossible order of epochs makes a page too."""
    checkpoint = make_checkpoint(tmp_path / "tiny", TWO)
    line = '{"epoch": 2, "train_loss": 1, "validation_loss": 1, "validation_accuracy": 0.5}\n'
    for content in (2 * line, line + line.replace("2", "1")):
        (checkpoint.path / "history.jsonl").write_text(content)
        report = compute_report(make_evaluation(make_scored([0, 1], [[0.9, 0.1], [0.2, 0.8]])), checkpoint)
        (section,) = [section for section in make_page(report).sections if section.id == "learning"]
        assert len(section.parts) == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [("a" * 300, "a" * 300), ("a" * 301, "a" * 300 + "…"), ("a" + " " * 5_000 + "b", "a…"), ("a\n\tb", "a b")],
)
def test_quote(text: str, expected: str) -> None:
    """A quoted text ends with an ellipsis if any of it is left out."""
    assert quote(text) == expected


def test_many_classes(tmp_path: Path) -> None:
    """With many classes, lines are drawn for the most frequent ones, and the table has all."""
    html = render_report(tmp_path, MANY)
    assert f"the {MAX_SERIES} most frequent classes" in html
    assert html.count(MANY[19]) > 3


@pytest.mark.parametrize("values", [[0.0], [0.3], [0.001, 0.002], [0.5, 1.7], [12.0, 900.0]])
def test_axis(values: list[float]) -> None:
    """An axis covers the values with two to seven round ticks."""
    axis = fit_axis(values)
    assert axis.low <= min(values) and axis.high >= max(values)
    assert axis.high > axis.low
    assert 2 <= len(axis.ticks) <= 7
