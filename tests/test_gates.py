"""Gates are parsed before anything is computed, and an undefined figure fails."""

import pytest
from scipy.stats import binomtest

from rnnsent.errors import SettingsError
from rnnsent.evaluation.gates import Gate, add_interval, check_gates, parse_gates
from rnnsent.evaluation.intervals import wilson_interval

KNOWN = {"accuracy": True, "accuracy.lower": True, "recall.very bad": True, "recall.<3": True, "log_loss": False}


@pytest.mark.parametrize(
    ("text", "name", "operator", "threshold"),
    [
        ("accuracy>=0.92", "accuracy", ">=", 0.92),
        (" accuracy <= 92% ", "accuracy", "<=", 0.92),
        ("Accuracy.Lower>1e-1", "accuracy.lower", ">", 0.1),
        ("recall.very_bad<1", "recall.very bad", "<", 1.0),
        ("log-loss<=2.5", "log_loss", "<=", 2.5),
        ("recall.<3>=0.5", "recall.<3", ">=", 0.5),
    ],
)
def test_grammar(text: str, name: str, operator: str, threshold: float) -> None:
    """Case, blanks, hyphens and underscores do not matter in a name; a threshold may be a percentage."""
    (gate,) = parse_gates([text], KNOWN)
    assert (gate.name, gate.operator) == (name, operator)
    assert gate.threshold == pytest.approx(threshold)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("accuracy", "'accuracy': write NAME>=NUMBER"),
        ("accuracy=0.9", "write NAME>=NUMBER"),
        ("accuracy>=", "write NAME>=NUMBER"),
        (">=0.9", "write NAME>=NUMBER"),
        ("accuracy>=high", "write NAME>=NUMBER"),
        ("accuracy>=nan", "write NAME>=NUMBER"),
        ("accuracy>=inf", "write NAME>=NUMBER"),
        ("", "write NAME>=NUMBER"),
        ("acuracy>=0.9", r"unknown figure 'acuracy'; did you mean accuracy\?"),
        ("recall>=0.9", r"did you mean recall\.very bad or recall\.<3\?"),
        ("speed>=0.9", "available: accuracy, recall.very bad, recall.<3, log_loss"),
        ("accuracy>=92", "accuracy is between 0 and 1; write 92% or 0.92"),
        ("accuracy>=-1", "accuracy is between 0 and 1$"),
        ("accuracy<=101%", "accuracy is between 0 and 1"),
    ],
)
def test_invalid(text: str, message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        parse_gates([text], KNOWN)


@pytest.mark.parametrize(
    ("text", "value", "passed"),
    [
        ("accuracy>=0.9", 0.9, True),
        ("accuracy>0.9", 0.9, False),
        ("accuracy<=0.9", 0.9, True),
        ("accuracy<0.9", 0.9, False),
        ("accuracy>=0.9", None, False),
        ("accuracy<=0.9", None, False),
    ],
)
def test_check(text: str, value: float | None, passed: bool) -> None:
    """A figure may equal the threshold of >= and <=; an undefined one passes no gate."""
    (result,) = check_gates(parse_gates([text], KNOWN), {"accuracy": value})
    assert result.passed is passed
    assert result.to_dict() == {"gate": text, "value": value, "passed": passed}


def test_describe() -> None:
    gates = parse_gates(["accuracy >= 90%", "log_loss<=1"], KNOWN)
    described = [result.describe() for result in check_gates(gates, {"accuracy": 0.91234567})]
    assert described == ["accuracy>=90% (is 0.9123)", "log_loss<=1 (is undefined)"]


def test_bounds() -> None:
    assert [gate.has_bound for gate in parse_gates(["accuracy>=0", "accuracy.lower>=0"], KNOWN)] == [False, True]
    assert Gate("x", "accuracy.upper", ">=", 0.5).has_bound


def test_intervals() -> None:
    """Wilson's interval of 8 successes among 10, and none without trials."""
    assert wilson_interval(8, 10) == pytest.approx((0.4901625, 0.9433178))
    for successes, n in ((0, 1), (1, 1), (0, 50), (7, 9), (999, 1_000)):
        expected = binomtest(successes, n).proportion_ci(0.95, method="wilson")
        assert wilson_interval(successes, n) == pytest.approx((expected.low, expected.high), abs=1e-12)
    figures: dict[str, float | None] = {}
    add_interval(figures, "a", 8, 10)
    add_interval(figures, "b", 0, 0)
    assert figures["a"] == 0.8
    assert figures["a.lower"] == pytest.approx(0.4901625)
    assert figures["b"] is figures["b.lower"] is figures["b.upper"] is None
