"""The behavioral suite: its data, its kinds of tests, the folding of classes, and that it is never trained on."""

import ast
import csv
import hashlib
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

import rnnsent
from rnnsent.data.catalog import BUNDLED_SENTENCES
from rnnsent.data.overlap import find_near_duplicates
from rnnsent.errors import ModelError
from rnnsent.evaluation.behavior.perturbations import PERTURBATIONS
from rnnsent.evaluation.behavior.suite import (
    ALLOWED,
    behavior_figures,
    compute_figures,
    fold_probabilities,
    run_suite,
    run_test,
)
from rnnsent.evaluation.behavior.templates import (
    CAPABILITIES,
    CASES_PER_TEST,
    FOLDER,
    BehaviorTest,
    fill,
    read_suite,
    slot_names,
)

ROOT = Path(rnnsent.__file__).parents[1]
SUITE = read_suite()
NAMES = [test.name for test in SUITE]
DIGEST = "d93213bd8de7c314"


def score_by_words(texts: Sequence[str]) -> np.ndarray:
    """Scores of a model that knows four words; NaN for a text without letters."""
    scores = []
    for text in texts:
        words = set(re.findall(r"[a-z]+", text))
        index = 2 if "good" in words else 0 if "bad" in words else 1
        strong = 0.9 if "very" in words else 0.6
        row = [(1 - strong) / 2] * 3
        row[index] = strong
        scores.append(row if words else [np.nan] * 3)
    return np.array(scores)


def make_test(templates: Sequence[str], **fields: object) -> BehaviorTest:
    slots = {"word": ["good", "bad"], "name": ["ann", "bob"]}
    return BehaviorTest("negation", "a-test", "", tuple(templates), slots=slots, **fields)  # type: ignore[arg-type]


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
    cases = test.cases()
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
    cases = [case[0] for case in test.cases()]
    for template in test.templates:
        pattern = re.compile(re.sub(r"\\{\w+\\}", ".+", re.escape(template)))
        assert any(pattern.fullmatch(text) for text in cases), template


def test_digest() -> None:
    """The cases are the same on every machine; change the digest when the templates are changed."""
    cases = "\n".join(text for test in SUITE for case in test.cases() for text in case)
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
    own = {"rnnsent/cli/check.py", "rnnsent/output/behavior_table.py", "benchmarks/behavior.py", "benchmarks/report.py"}
    paths = [path for folder in ("rnnsent", "benchmarks", "scripts") for path in (ROOT / folder).rglob("*.py")]
    referring = {
        path.relative_to(ROOT).as_posix()
        for path in paths
        if any(map(mentions_suite, ast.walk(ast.parse(path.read_text(encoding="utf-8")))))
    }
    assert {name for name in referring if not name.startswith("rnnsent/evaluation/behavior/")} <= own | unrelated
    assert "benchmarks/behavior.py" in referring


def test_no_training_text() -> None:
    """No text of a case nearly equals one of the bundled data set or of the probes."""
    texts = [text for test in SUITE for case in test.cases() for text in case]
    rows = [row for path in sorted(BUNDLED_SENTENCES.glob("*.csv")) for row in read_rows(path)]
    others = [row["text"] for row in (*rows, *read_rows(ROOT / "benchmarks" / "probes.csv"))]
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


def test_swap() -> None:
    """Of several slots, the one in the template changes, and nothing else."""
    test = make_test(["{name} is here", "it is {word}"], kind="invariance", swap=("name", "word"))
    assert {frozenset(case) for case in test.cases()} == {
        frozenset({"ann is here", "bob is here"}),
        frozenset({"it is good", "it is bad"}),
    }


def test_labels() -> None:
    """The label has to be one of those expected; a text without a label fails."""
    outcome = run_test(score_by_words, make_test(["it is {word}"], expect="positive"), n_examples=5)
    assert (outcome.cases, outcome.failures) == (2, 1)
    (example,) = outcome.examples
    assert (example.texts, example.expected, example.predicted) == (("it is bad",), "positive", ("negative",))
    assert run_test(score_by_words, make_test(["it is {name}"], expect="not negative")).failures == 0
    outcome = run_test(score_by_words, make_test(["123", "good"], expect="positive"))
    assert (outcome.failures, outcome.n_unlabeled) == (1, 1)


def test_invariance() -> None:
    """Both texts must have the same label."""
    assert run_test(score_by_words, make_test(["{name} is {word}"], kind="invariance", swap=("name",))).failures == 0
    outcome = run_test(score_by_words, make_test(["{name} is {word}"], kind="invariance", swap=("word",)))
    assert outcome.failures == outcome.cases == 4
    outcome = run_test(score_by_words, make_test(["it is {word}"], kind="invariance", perturbation="uppercase"))
    assert outcome.n_unlabeled == outcome.cases


@pytest.mark.parametrize(("direction", "failures"), [("up", 0), ("down", 0)])
def test_direction(direction: str, failures: int) -> None:
    """The probability of the class must not move the wrong way by more than the tolerance."""
    word = "good" if direction == "up" else "bad"
    forward = make_test(
        [f"{{name}} is {word}"], kind="direction", direction=direction, changed=(f"{{name}} is very {word}",)
    )
    backward = make_test(
        [f"{{name}} is very {word}"], kind="direction", direction=direction, changed=(f"{{name}} is {word}",)
    )
    assert run_test(score_by_words, forward).failures == failures
    assert run_test(score_by_words, backward).failures == 2


def test_neutral() -> None:
    """Tests that expect neutral are left out for a model without it."""
    tests = [make_test(["it is {name}"], expect="neutral"), make_test(["{word}"], expect="positive")]
    assert len(run_suite(score_by_words, tests, has_neutral=False)) == 1
    assert len(run_suite(score_by_words, tests, has_neutral=True)) == 2


def test_figures() -> None:
    outcomes = run_suite(score_by_words, [make_test(["{word}"], expect="positive")], has_neutral=True)
    figures = compute_figures(outcomes)
    assert figures.keys() == behavior_figures([outcome.test for outcome in outcomes]).keys()
    assert figures["negation"] == figures["a-test"] == 0.5
    assert figures["negation.upper"] == outcomes[0].interval[1] == outcomes[0].to_dict()["interval"][1]


@pytest.mark.parametrize(
    ("classes", "expected"),
    [
        (("negative", "positive"), [0.1, 0, 0.9]),
        (("positive", "negative"), [0.9, 0, 0.1]),
        (("neg", "pos"), [0.1, 0, 0.9]),
        (("0", "1"), [0.1, 0, 0.9]),
        (("cat", "dog"), None),
    ],
)
def test_fold_two(classes: tuple[str, ...], expected: list[float] | None) -> None:
    probabilities = np.array([[0.1, 0.9]])
    if expected is None:
        with pytest.raises(ModelError, match="the classes of the model are"):
            fold_probabilities(probabilities, classes)
    else:
        assert fold_probabilities(probabilities, classes)[0].tolist() == expected


@pytest.mark.parametrize(
    "classes", [("1", "2", "3", "4", "5"), ("very negative", "negative", "neutral", "positive", "very positive")]
)
def test_fold_five(classes: tuple[str, ...]) -> None:
    """Strong and weak classes of one sentiment are added up."""
    folded = fold_probabilities(np.array([[0.1, 0.2, 0.3, 0.25, 0.15]]), classes)
    assert folded[0] == pytest.approx([0.3, 0.3, 0.4])
