"""The behavioral suite as data: its tests, cases and perturbations, and that it is never trained on."""

import ast
import csv
import hashlib
import re
from pathlib import Path

import numpy as np
import pytest

import rnnsent
from rnnsent.data.catalog import BUNDLED_SENTENCES
from rnnsent.data.overlap import find_near_duplicates
from rnnsent.evaluation.behavior.perturbations import PERTURBATIONS
from rnnsent.evaluation.behavior.suite import ALLOWED
from rnnsent.evaluation.behavior.templates import (
    CAPABILITIES,
    CASES_PER_TEST,
    FOLDER,
    BehaviorTest,
    fill,
    read_suite,
    slot_names,
)
from tests.support.scripts import load_script

ROOT = Path(rnnsent.__file__).parents[1]
SUITE = read_suite()
NAMES = [test.name for test in SUITE]
DIGEST = "d93213bd8de7c314"


def test_size() -> None:
    """At least thirty tests in seven capabilities, most of them for models of two classes too."""
    assert len(SUITE) >= 30
    assert tuple(dict.fromkeys(test.capability for test in SUITE)) == CAPABILITIES
    assert len(CAPABILITIES) == 7
    assert len({*NAMES, *CAPABILITIES}) == len(NAMES) + len(CAPABILITIES)
    assert sum(not test.needs_neutral for test in SUITE) >= 30


@pytest.mark.parametrize("test", SUITE, ids=NAMES)
def test_cases(test: BehaviorTest) -> None:
    """Every test has 200 distinct, complete cases of its kind."""
    cases = test.cases
    assert len(set(cases)) == len(cases) == CASES_PER_TEST
    assert {len(case) for case in cases} == {1 if test.kind == "label" else 2}
    for case in cases:
        assert len(set(case)) == len(case), "a changed text equals its original"
        for text in case:
            assert not re.search(r"[{}]|  |\.\.$|^[^A-Z@]", text) or test.capability == "robustness", text
            assert (
                not re.search(r"\b[Aa] [aeiouAEIOU]|\b[Aa]n [^aeiouhAEIOU]", text) or test.capability == "robustness"
            ), text
    assert re.fullmatch(r"[a-z-]+", test.name)
    assert test.description.endswith(".")


@pytest.mark.parametrize("test", SUITE, ids=NAMES)
def test_definition(test: BehaviorTest) -> None:
    """Every slot and option of a test is known and used, and every template occurs."""
    used = {name for template in (*test.templates, *test.changed) for name in slot_names(template)}
    assert used <= test.slots.keys()
    assert {"label": test.expect in ALLOWED, "direction": test.direction in ("up", "down"), "invariance": True}[
        test.kind
    ]
    assert len(test.changed) == (len(test.templates) if test.kind == "direction" else 0)
    if test.kind == "invariance":
        assert (test.perturbation in PERTURBATIONS) != bool(test.swap)
        swapped = [[name for name in test.swap if name in slot_names(template)] for template in test.templates]
        assert not test.swap or {len(names) for names in swapped} == {1}
    cases = [case[0] for case in test.cases]
    for template in test.templates:
        pattern = re.compile(re.sub(r"\\{\w+\\}", ".+", re.escape(template)))
        assert any(pattern.fullmatch(text) for text in cases), template


def test_digest() -> None:
    """The cases are the same on every machine; change the digest when the templates are changed."""
    cases = "\n".join(text for test in SUITE for case in test.cases for text in case)
    assert hashlib.sha256(cases.encode()).hexdigest()[:16] == DIGEST


def mentions_suite(node: ast.AST) -> bool:
    """Whether a node imports the suite, or holds a string that can be part of its path."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value == "behavior" or re.search(r"[/.]behavior\b|\bbehavior/", node.value) is not None
    names = [alias.name for alias in node.names] if isinstance(node, ast.Import | ast.ImportFrom) else []
    module = node.module or "" if isinstance(node, ast.ImportFrom) else ""
    return any("behavior" in name.split(".") for name in (module, *names))


def test_never_trained_on() -> None:
    """Only the package itself, its command, its table and its benchmark refer to the suite; the report reads its names."""
    unrelated = {"rnnsent/data/tokenizer_json.py"}  # "behavior" is a field of that format
    own = {
        "rnnsent/cli/check.py",
        "rnnsent/output/behavior_table.py",
        "benchmarks/behavior.py",
        "benchmarks/report_behavior.py",
    }
    paths = [path for folder in ("rnnsent", "benchmarks", "scripts") for path in (ROOT / folder).rglob("*.py")]
    referring = {
        path.relative_to(ROOT).as_posix()
        for path in paths
        if any(map(mentions_suite, ast.walk(ast.parse(path.read_text(encoding="utf-8")))))
    }
    assert {name for name in referring if not name.startswith("rnnsent/evaluation/behavior/")} <= own | unrelated
    assert "benchmarks/behavior.py" in referring


def test_no_training_text() -> None:
    """No text of a case nearly equals one of the bundled data set, of the probes, or of the phrases for training."""
    texts = [text for test in SUITE for case in test.cases for text in case]
    rows = [row for path in sorted(BUNDLED_SENTENCES.glob("*.csv")) for row in read_rows(path)]
    others = [row["text"] for row in (*rows, *read_rows(ROOT / "benchmarks" / "probes.csv"))]
    others += [text for text, _ in load_script("phrases").generate_phrases(5_000, seed=0)]
    assert len(rows) > 2000
    assert [texts[i] for i in find_near_duplicates(texts, others)] == []


def read_rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_files() -> None:
    """Every file of templates is read."""
    assert {path.stem for path in FOLDER.glob("*.toml")} == {"words", *CAPABILITIES}


def test_fill() -> None:
    assert fill("{Word} is {word}, {name}", {"word": "good", "name": "Ann"}) == "Good is good, Ann"
    assert slot_names("{Word} {name} {word}") == ["word", "name"]


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("lowercase", "What a Film!", "what a film!"),
        ("uppercase", "What a film!", "WHAT A FILM!"),
        ("typo", "It is good.", "It is godo."),
        ("typo", "I am so.", "I am so."),
        ("apostrophes", "It's bad, and I can't say why.", "Its bad, and I cant say why."),
        ("contractions", "It is bad, and I will not say why.", "It's bad, and I won't say why."),
        ("contractions", "I would buy it. You cannot lose, I am sure.", "I'd buy it. You can't lose, I'm sure."),
        ("emoji", "What a café ❤️", "What a café"),
        ("emoji", "I 😀 it 😍", "I 😀 it"),
    ],
)
def test_perturbation(name: str, text: str, expected: str) -> None:
    assert PERTURBATIONS[name](text, np.random.default_rng(0), ()) == expected


def test_random_perturbations() -> None:
    """Links come last, handles first; another end is never the same; the first vowel of the words is repeated."""
    random = np.random.default_rng(0)
    assert re.fullmatch(r"Fine\. (https?://|www\.)\S+", PERTURBATIONS["link"]("Fine.", random, ()))
    assert re.fullmatch(r"@\w+ Fine\.", PERTURBATIONS["handle"]("Fine.", random, ()))
    assert re.fullmatch(r"Fine(!| !|!!!|\.\.|\.\.\.)?", PERTURBATIONS["punctuation"]("Fine.", random, ()))
    assert re.fullmatch(r"So niii+ce", PERTURBATIONS["repeated-letters"]("So nice", random, ["nice"]))
