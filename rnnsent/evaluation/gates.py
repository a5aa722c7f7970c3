"""Gates: what a script requires of the figures of a result, for example `accuracy>=0.92`. Knows no model and no data."""

import difflib
import math
import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rnnsent.errors import SettingsError
from rnnsent.evaluation.intervals import wilson_interval

OPERATORS: dict[str, Callable[[float, float], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
}
GATE = re.compile(r"\s*(.+?)\s*(>=|<=|>|<)\s*([^\s<>=]+)\s*", re.DOTALL)
BOUNDS = (".lower", ".upper")  # of the 95% confidence interval of a figure
MAX_LISTED = 12  # names of figures in an error

Figures = Mapping[str, float | None]  # the value of each figure by name; None if it is undefined


@dataclass(frozen=True)
class Gate:
    """One requirement: the figure `name` compared with a threshold. `text` is what the user wrote, without blanks."""

    text: str
    name: str
    operator: str
    threshold: float

    @property
    def has_bound(self) -> bool:
        """Whether the figure is a bound of a confidence interval."""
        return self.name.endswith(BOUNDS)


@dataclass(frozen=True)
class GateResult:
    """A gate and the value of its figure; an undefined figure fails."""

    gate: Gate
    value: float | None

    @property
    def passed(self) -> bool:
        return self.value is not None and OPERATORS[self.gate.operator](self.value, self.gate.threshold)

    def to_dict(self) -> dict[str, Any]:
        return {"gate": self.gate.text, "value": self.value, "passed": self.passed}

    def describe(self) -> str:
        """For example "accuracy>=0.92 (is 0.9121)"."""
        return f"{self.gate.text} (is {'undefined' if self.value is None else f'{self.value:.4g}'})"


def parse_gates(texts: Sequence[str], known: Mapping[str, bool], option: str = "--require") -> list[Gate]:
    """Parse gates of the form NAME OPERATOR NUMBER; a number may be a percentage.

    Args:
        known: the names of all figures, each with whether it is a fraction between 0 and 1.
        option: what the user wrote the gates with, for errors.

    Raises:
        SettingsError: a gate cannot be parsed, has an unknown name, or has a threshold that its figure cannot have.
    """
    by_fold = {fold_name(name): name for name in known}
    gates = []
    for text in texts:
        match = GATE.fullmatch(text)
        threshold = parse_number(match[3]) if match else None
        if match is None or threshold is None:
            raise SettingsError(f"{option} {text!r}: write NAME>=NUMBER or NAME<=NUMBER, for example {_example(known)}")
        name = by_fold.get(fold_name(match[1]))
        if name is None:
            raise SettingsError(f"{option} {text!r}: unknown figure {match[1]!r}; {_suggest(match[1], known)}")
        if known[name] and not 0 <= threshold <= 1:
            hint = f"; write {match[3]}% or {threshold / 100:g}" if 1 < threshold <= 100 else ""
            raise SettingsError(f"{option} {text!r}: {name} is between 0 and 1{hint}")
        gates.append(Gate(f"{name}{match[2]}{match[3]}", name, match[2], threshold))
    return gates


def check_gates(gates: Sequence[Gate], figures: Figures) -> list[GateResult]:
    """Compare every gate with the value of its figure."""
    return [GateResult(gate, figures.get(gate.name)) for gate in gates]


def add_interval(figures: dict[str, float | None], name: str, successes: int, n: int) -> None:
    """Add a proportion and the bounds NAME.lower and NAME.upper of its 95% Wilson interval; undefined if n is 0."""
    low, high = wilson_interval(successes, n) if n else (None, None)
    figures |= {name: successes / n if n else None, f"{name}.lower": low, f"{name}.upper": high}


def fold_name(name: str) -> str:
    """A name without differences of case, blanks, hyphens and underscores."""
    return re.sub(r"[\s_-]+", " ", name.strip()).casefold()


def parse_number(text: str) -> float | None:
    """A finite number, or a percentage as a fraction; None for anything else."""
    try:
        number = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _example(known: Mapping[str, bool]) -> str:
    return f"'{next(iter(known))}>=0.9'"


def _suggest(name: str, known: Mapping[str, bool]) -> str:
    """The most similar names, or else the first ones."""
    listed = [name for name in known if not name.endswith(BOUNDS)]
    similar = [entry for entry in listed if entry.startswith(name)] or difflib.get_close_matches(name, listed, n=3)
    if name and similar:
        return f"did you mean {' or '.join(similar[:3])}?"
    return f"available: {', '.join(listed[:MAX_LISTED])}{', ...' if len(listed) > MAX_LISTED else ''}"
